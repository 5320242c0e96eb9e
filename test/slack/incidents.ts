/** Incidents to show: one as it might be at night, and hostile ones. */
import fc from 'fast-check';
import type { IncidentEvent, TimelineRow } from '../../src/incident/event.ts';
import { noteKinds, rowKind, signalKinds } from '../../src/incident/event.ts';
import type { Actor, GroupId, Incident, IncidentId, PersonId, Responder, Watch } from '../../src/incident/incident.ts';
import { doubts, promptSubjects, responderStates, roles, severities, statuses } from '../../src/incident/incident.ts';
import { type Cadence, type Call, type Page, pageEndings, questions } from '../../src/incident/page.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { isGroupId, isIncidentId, isPersonId } from '../../src/slack/ids.ts';
import { people } from '../incident/scenario.ts';
import { untouched } from '../incident/untouched.ts';

export function person(id: string): PersonId {
  if (!isPersonId(id)) throw new Error(`${id} is no person`);
  return id;
}

export function group(id: string): GroupId {
  if (!isGroupId(id)) throw new Error(`${id} is no group`);
  return id;
}

export function incidentId(number: number): IncidentId {
  if (!isIncidentId(number)) throw new Error(`${number} is no incident`);
  return number;
}

export const ana = person('U0ANA');
export const ben = person('U0BEN');
export const cleo = person('U0CLEO');
export const payments = group('S0PAY');
export const night = Date.UTC(2026, 2, 14, 3, 2, 0);

const minute = 60_000;

export const policy: Policy = {
  services: [
    {
      name: 'checkout',
      levels: [
        { targets: [ana, ben], atLeast: null },
        { targets: [payments], atLeast: null },
        { targets: [cleo], atLeast: 'SEV2' },
      ],
      alarms: [],
      needs: [],
      traffic: null,
      stabilisationMillis: 10 * minute,
      runbook: 'https://wiki.example.com/runbooks/checkout',
      links: [{ title: 'Dashboard', url: 'https://graphs.example.com/checkout?a=1&b=2' }],
      bridge: null,
      pager: null,
    },
    {
      name: 'search',
      levels: [{ targets: [cleo], atLeast: null }],
      alarms: [],
      needs: [],
      traffic: null,
      stabilisationMillis: 5 * minute,
      runbook: null,
      links: [],
      bridge: null,
      pager: null,
    },
  ],
  alarms: {
    queues: [],
    topics: [],
    selections: [],
    rules: [],
    windowMillis: 30 * minute,
    automaticRooms: 3,
    triageChannel: null,
  },
  people: { ...people, circles: [{ name: 'support', targets: [cleo], atLeast: null }] },
  fallbackLevels: [{ targets: [cleo], atLeast: null }],
  pagers: [],
  bridge: 'https://meet.example.com/incidents',
  broadcastChannel: 'C0BROAD',
  roomPrefix: 'inc',
  defaultStabilisationMillis: 10 * minute,
  severities: {
    SEV1: 'Nobody can use the product',
    SEV2: "Many people can't do what they came for",
    SEV3: 'Some people are slowed down or must work around it',
    SEV4: 'Few people notice',
    SEV5: 'Nobody notices yet',
  },
};

export const watch: Watch = {
  alarm: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx',
  name: 'checkout-5xx',
  service: 'checkout',
  verdict: 'alarm',
  since: night - 4 * minute,
  because: '34 errors a minute, 5 are usual',
  doubt: null,
  discounted: null,
  timing: null,
  reds: [night - 4 * minute],
};

/** 03:02: declared by Ana, nobody leads yet. */
export const incident: Incident = {
  ...untouched,
  id: incidentId(12),
  title: 'Payments fail for everyone',
  declaredBy: { type: 'person', person: ana },
  declaredAt: night,
  room: { channel: 'C0ROOM', name: 'inc-12-payments-fail-for-everyone' },
  unledSince: night,
  responders: [
    { person: ana, state: 'active', since: night, asked: null, because: null },
    { person: ben, state: 'paged', since: night, asked: { question: 'fix', service: 'checkout' }, because: null },
  ],
  watches: [watch],
  stabilisationMillis: 10 * minute,
  detection: { by: 'person', firstBreachAt: night - 6 * minute },
};

/** The page of checkout, which called Ben two minutes ago. */
export const page: Page = {
  key: 'service:checkout',
  question: 'fix',
  service: 'checkout',
  reason: '',
  levels: [[ana, ben], [payments], [cleo]],
  cadence: policy.people.cadences.SEV2,
  night: policy.people.night,
  openedAt: night,
  level: 0,
  calls: 1,
  called: [ana, ben],
  repeatAt: night + 4 * minute,
  climbAt: night + 10 * minute,
  pauses: 0,
  pausedUntil: null,
  ended: null,
  takenBy: null,
};

export function row(
  event: IncidentEvent,
  text: string,
  rest: Partial<Pick<TimelineRow, 'id' | 'actor' | 'link' | 'occurredAt'>> = {},
): TimelineRow {
  return {
    id: 7,
    occurredAt: night + 5 * minute,
    recordedAt: night + 5 * minute,
    actor: { type: 'person', person: ana },
    kind: rowKind(event),
    event,
    text,
    source: 'test#1',
    link: null,
    ...rest,
  };
}

/** Words that try to ping, link, hide, break or overflow. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    ' ',
    '\n\n',
    '<!channel> <!here> <!everyone> <!subteam^S1|@all>',
    '<https://evil.example|your bank>',
    '<@U0ANA> <#C0ROOM> @channel',
    '&lt;!channel&gt; & &amp;',
    '\u202egnp.exe \u2066x\u2069',
    '`*_~```',
    '🔥'.repeat(200),
    'a\u0301'.repeat(200),
    '👩‍👩‍👧‍👦'.repeat(100),
    '<&>'.repeat(1500),
    'https://example.com/?q=a|b&c=<d> '.repeat(50),
    'x'.repeat(4000),
    '<'.repeat(4000),
    '\ud83d',
    'مرحبا بالعالم',
  ),
);

const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });
const personId = fc.stringMatching(/^[UW][A-Z0-9]{3,12}$/).map(person);
const alarmArn = fc.oneof(
  fc.stringMatching(/^arn:aws:cloudwatch:[a-z0-9:-]{1,60}$/),
  fc.string({ minLength: 1, maxLength: 900 }),
);
const actor: fc.Arbitrary<Actor> = fc.oneof(
  personId.map((who): Actor => ({ type: 'person', person: who })),
  hostileText.map((name): Actor => ({ type: 'alarm', name })),
  hostileText.map((name): Actor => ({ type: 'webhook', name })),
  fc.constant<Actor>({ type: 'timer' }),
  fc.constant<Actor>({ type: 'system' }),
);
const hostileWatch: fc.Arbitrary<Watch> = fc.record({
  alarm: alarmArn,
  name: hostileText,
  service: fc.option(hostileText),
  verdict: fc.constantFrom('alarm', 'ok', 'unknown', null),
  since: instant,
  because: hostileText,
  doubt: fc.option(fc.constantFrom(...doubts)),
  discounted: fc.option(hostileText),
  timing: fc.constant(null),
  reds: fc.array(instant, { maxLength: 10 }),
});
const hostileResponder: fc.Arbitrary<Responder> = fc.record({
  person: personId,
  state: fc.constantFrom(...responderStates),
  since: instant,
  asked: fc.option(
    fc.record({
      question: fc.constantFrom(...questions),
      service: fc.option(fc.oneof(fc.constant('checkout'), hostileText)),
    }),
  ),
  because: fc.option(hostileText),
});

const cadence: Cadence = policy.people.cadences.SEV3;
const pageKey = fc.oneof(
  fc.constantFrom('service:checkout', 'impact:support', 'lead', 'call:1', 'recall:1'),
  hostileText.map((words) => `service:${words}`),
  hostileText.map((words) => `impact:${words}`),
);
const hostileCall: fc.Arbitrary<Call> = fc.record({
  key: pageKey,
  question: fc.constantFrom(...questions),
  service: fc.option(hostileText),
  reason: hostileText,
  levels: fc.array(fc.array(personId, { maxLength: 60 }), { maxLength: 4 }),
  cadence: fc.constant(cadence),
  night: fc.constant(policy.people.night),
});
const hostilePage: fc.Arbitrary<Page> = fc
  .record({
    call: hostileCall,
    openedAt: instant,
    level: fc.nat(3),
    calls: fc.nat(4),
    called: fc.array(personId, { maxLength: 60 }),
    repeatAt: instant,
    climbAt: fc.option(instant),
    ended: fc.option(fc.constantFrom(...pageEndings)),
  })
  .map(({ call, ...rest }) => ({ ...call, ...rest, pauses: 0, pausedUntil: null, takenBy: null }));

export const hostileIncident: fc.Arbitrary<Incident> = fc.record({
  id: fc.integer({ min: 1, max: 2_000_000_000 }).map(incidentId),
  title: hostileText,
  status: fc.constantFrom(...statuses),
  undoTo: fc.option(fc.constantFrom(...statuses)),
  severity: fc.option(fc.constantFrom(...severities)),
  severityJudged: fc.boolean(),
  services: fc.array(fc.oneof(fc.constantFrom('checkout', 'search'), hostileText), { maxLength: 30 }),
  test: fc.boolean(),
  declaredBy: actor,
  declaredAt: instant,
  origin: fc.constant(null),
  room: fc.option(fc.record({ channel: fc.oneof(fc.constant('C0ROOM'), hostileText), name: hostileText })),
  roles: fc.record({
    commander: fc.option(personId),
    communications: fc.option(personId),
    scribe: fc.option(personId),
  }),
  rolesSince: fc.record({
    commander: fc.option(instant),
    communications: fc.option(instant),
    scribe: fc.option(instant),
  }),
  provisional: fc.boolean(),
  unledSince: fc.option(instant),
  responders: fc.array(hostileResponder, { maxLength: 100 }),
  pages: fc.array(hostilePage, { maxLength: 6 }),
  prompts: fc.constant([]),
  watches: fc.array(hostileWatch, { maxLength: 100 }),
  separated: fc.array(alarmArn, { maxLength: 3 }),
  stabilisationMillis: fc.option(fc.integer({ min: 0, max: 86_400_000 })),
  blind: fc.array(fc.record({ place: hostileText, since: instant }), { maxLength: 3 }),
  detection: fc.record({ by: fc.constantFrom('alarm', 'person'), firstBreachAt: fc.option(instant) }),
  follows: fc.option(fc.constant(incidentId(3))),
  mergedInto: fc.option(fc.constant(incidentId(4))),
  merged: fc.array(fc.constant(incidentId(5)), { maxLength: 3 }),
  impactKnown: fc.boolean(),
  suggested: fc.constant(null),
  recoveredAt: fc.option(instant),
  touched: fc.boolean(),
  mitigatedAt: fc.option(instant),
  resolvedAt: fc.option(instant),
  closedAt: fc.option(instant),
  archivedAt: fc.option(instant),
});

export const hostilePolicy: fc.Arbitrary<Policy> = fc.record({
  services: fc.constant(policy.services),
  alarms: fc.constant(policy.alarms),
  people: fc.constant(policy.people),
  fallbackLevels: fc.constant(policy.fallbackLevels),
  pagers: fc.constant([]),
  bridge: fc.option(fc.oneof(hostileText, fc.webUrl(), fc.constant('javascript:alert(1)'))),
  broadcastChannel: fc.constant(null),
  roomPrefix: fc.oneof(fc.constant('inc'), hostileText),
  defaultStabilisationMillis: fc.constant(1),
  severities: fc.record({
    SEV1: hostileText,
    SEV2: hostileText,
    SEV3: hostileText,
    SEV4: hostileText,
    SEV5: hostileText,
  }),
});

/** Every kind of event, with hostile words. */
export const hostileEvent: fc.Arbitrary<IncidentEvent> = fc
  .record({
    alarm: alarmArn,
    words: hostileText,
    who: personId,
    yes: fc.boolean(),
    number: fc.nat(100),
    key: pageKey,
    crowd: fc.array(personId, { maxLength: 120 }),
  })
  .chain(({ alarm, words, who, yes, number, key, crowd }) =>
    fc.constantFrom<IncidentEvent>(
      {
        kind: 'declared',
        title: words,
        severity: null,
        services: [words],
        test: yes,
        origin: null,
        watches: [],
        stabilisationMillis: number,
        follows: null,
      },
      { kind: 'room opened', channel: words, name: words },
      { kind: 'noted', noteKind: noteKinds[number % noteKinds.length] ?? 'note', said: yes },
      { kind: 'signalled', signalKind: signalKinds[number % signalKinds.length] ?? 'alarm', adopted: yes },
      { kind: 'severity changed', from: null, to: 'SEV1' },
      { kind: 'identified' },
      { kind: 'mitigated' },
      { kind: 'resolved' },
      { kind: 'reopened', byItself: yes },
      { kind: 'closed' },
      { kind: 'cancelled', byItself: yes },
      { kind: 'undone', from: 'mitigated', to: 'investigating' },
      { kind: 'role given', role: roles[number % roles.length] ?? 'scribe', person: who, provisional: yes },
      {
        kind: 'page opened',
        repeatAt: number,
        call: { ...page, key, reason: words, service: words },
      },
      {
        kind: 'people paged',
        page: key,
        level: number % 3,
        call: number % 4,
        people: crowd,
        repeatAt: number,
        climbAt: number,
      },
      { kind: 'page held', page: key, level: 0, people: crowd, repeatAt: number },
      { kind: 'page paused', page: key, person: who, until: number, repeatAt: number, climbAt: number },
      { kind: 'page changed', page: key, levels: [crowd], cadence, repeatAt: number, climbAt: null },
      { kind: 'page answered', page: key, person: yes ? who : null, by: yes ? 'button' : 'pager' },
      { kind: 'page ended', page: key, because: yes ? 'unanswered' : 'nobody' },
      { kind: 'prompted', about: promptSubjects[number % promptSubjects.length] ?? 'lead', person: yes ? who : null },
      { kind: 'stand down suggested', people: crowd.map((each) => ({ person: each, because: words })) },
      { kind: 'stand down asked', people: crowd },
      { kind: 'stand down put off' },
      { kind: 'responder kept', person: who },
      { kind: 'responders recalled', people: crowd },
      { kind: 'room archived' },
      { kind: 'responder active', person: who },
      { kind: 'responder stood down', person: who },
      { kind: 'responder passed on', person: who },
      { kind: 'responder unreachable', person: who, because: words },
      { kind: 'renamed', title: words },
      { kind: 'services changed', services: [words], watches: [], stabilisationMillis: number },
      { kind: 'detected', detection: { by: 'alarm', firstBreachAt: number } },
      {
        kind: 'alarms joined',
        alarms: [{ watch: { alarm, name: words, service: null }, since: number, because: words }],
      },
      { kind: 'alarm separated', alarm },
      {
        kind: 'alarms changed',
        changes: [
          {
            alarm,
            from: 'ok',
            to: yes ? 'unknown' : 'alarm',
            doubt: yes ? 'no data' : null,
            because: words,
            at: number,
            timing: null,
          },
        ],
      },
      { kind: 'alarm trusted', alarm, timing: null },
      { kind: 'alarm reconfigured', alarm, change: 'changed' },
      { kind: 'blinded', place: words },
      { kind: 'seen again', place: words },
      {
        kind: 'merged',
        incident: incidentId(9),
        services: [words],
        watches: [],
        responders: [],
        stabilisationMillis: null,
      },
      { kind: 'merged into', incident: incidentId(9) },
      { kind: 'alarm discounted', alarm, reason: words },
      { kind: 'recovery proved' },
      { kind: 'relapsed', alarms: [alarm] },
      { kind: 'write failed', method: words },
    ),
  );

export const hostileRow: fc.Arbitrary<TimelineRow> = fc
  .record({
    event: hostileEvent,
    text: hostileText,
    actor,
    link: fc.option(fc.oneof(hostileText, fc.webUrl())),
    occurredAt: instant,
  })
  .map(({ event, text, ...rest }) => row(event, text, rest));
