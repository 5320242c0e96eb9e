import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Asked, Incident, IncidentId, PersonId, Responder, Watch } from '../../src/incident/incident.ts';
import { responderStates, statuses } from '../../src/incident/incident.ts';
import type { Page, Question } from '../../src/incident/page.ts';
import { isDue, nextDueAt, suggest } from '../../src/incident/standdown.ts';
import { untouched } from './untouched.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 20, 14, 0);
const at = (minutes: number): number => start + minutes * minute;

const ana = 'U0000ANA1' as PersonId;
const people = Array.from({ length: 12 }, (_, index) => `U000000${index + 10}` as PersonId);
const [ben, chi, dee, eli, fay] = people as [PersonId, PersonId, PersonId, PersonId, PersonId];

function active(person: PersonId, question: Question | null, service: string | null = null): Responder {
  const asked: Asked | null = question === null ? null : { question, service };
  return { person, state: 'active', since: start, asked, because: null };
}

/** Green since the start. */
function watch(name: string, service: string | null, more: Partial<Watch> = {}): Watch {
  return {
    alarm: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`,
    name,
    service,
    verdict: 'ok',
    since: start,
    because: '',
    doubt: null,
    timing: null,
    reds: [],
    discounted: null,
    ...more,
  };
}

const red = { verdict: 'alarm' } as const;

function page(key: string, called: readonly PersonId[], more: Partial<Page> = {}): Page {
  return {
    key,
    question: 'fix',
    service: null,
    reason: '',
    levels: [called],
    cadence: { repeatMillis: 4 * minute, climbMillis: 10 * minute, atNight: true },
    night: { fromHour: 22, toHour: 7 },
    openedAt: start,
    level: 0,
    calls: 1,
    called,
    repeatAt: at(4),
    climbAt: at(10),
    pauses: 0,
    pausedUntil: null,
    ended: 'answered',
    takenBy: null,
    ...more,
  };
}

/** Ana leads; checkout is red, search has been green since the start; alarms must stay green for 10 minutes. */
function incidentOf(responders: readonly Responder[], more: Partial<Incident> = {}): Incident {
  return {
    ...untouched,
    id: 12 as IncidentId,
    services: ['checkout', 'search'],
    declaredBy: { type: 'person', person: ana },
    declaredAt: start,
    roles: { commander: ana, communications: null, scribe: null },
    rolesSince: { commander: start, communications: null, scribe: null },
    responders: [active(ana, null), ...responders],
    watches: [watch('checkout-5xx', 'checkout', red), watch('search-stale', 'search')],
    stabilisationMillis: 10 * minute,
    ...more,
  };
}

const mitigated = { status: 'mitigated', mitigatedAt: at(20) } as const;
const allGreen = [watch('checkout-5xx', 'checkout'), watch('search-stale', 'search')];

const support = active(ben, 'impact');

describe('who could be let go', () => {
  test('support, once somebody said what users see', () => {
    expect(suggest(incidentOf([support]), at(12))).toEqual([]);
    const known = { impactKnown: true };
    expect(suggest(incidentOf([support], known), at(12))).toEqual([{ person: ben, because: 'we know what users see' }]);
    const pages = [page('impact:support', [ben], { question: 'impact' })];
    expect(suggest(incidentOf([support], { ...known, pages }), at(12))).toEqual([
      { person: ben, because: 'support was asked what users see, and we know that now' },
    ]);
  });

  test('support, once users are no longer affected, but not after a relapse', () => {
    expect(suggest(incidentOf([support], { ...mitigated, watches: allGreen }), at(30))).toEqual([
      { person: ben, because: 'users are no longer affected' },
    ]);
    expect(suggest(incidentOf([support], mitigated), at(30))).toEqual([]);
  });

  test('the engineers of a service that is proved healthy while another is not', () => {
    const incident = incidentOf([active(ben, 'fix', 'search'), active(chi, 'fix', 'checkout')]);
    expect(suggest(incident, at(9))).toEqual([]);
    expect(suggest(incident, at(12))).toEqual([
      { person: ben, because: 'search has been green for 12 min and nothing else points there' },
    ]);
  });

  test.each([
    ['red', red],
    ['flapping', { since: at(25), reds: [at(-20), at(0), at(9)] }],
    ['unknown', { verdict: 'unknown', doubt: 'no data' }],
    ['not read yet', { verdict: null }],
    ['green for too short a time', { since: at(25) }],
  ] as const)('never the engineers of a service with an alarm that is %s', (_name, more) => {
    const watches = [watch('checkout-5xx', 'checkout'), watch('one', 'search'), watch('two', 'search', more)];
    const engineer = active(ben, 'fix', 'search');
    for (const status of [{}, mitigated]) {
      expect(suggest(incidentOf([engineer], { watches, ...status }), at(30))).toEqual([]);
    }
    // What they were asked last makes no difference: they were called for that service as well.
    const pages = [page('service:search', [ben], { service: 'search' })];
    expect(suggest(incidentOf([active(ben, 'lead')], { watches, pages }), at(30))).toEqual([]);
  });

  test('an alarm that does not count here holds nobody, nor one that is gone for good', () => {
    const gone = { verdict: 'unknown', doubt: 'gone' } as const;
    for (const more of [{ ...red, discounted: 'it always is' }, gone]) {
      const watches = [watch('checkout-5xx', 'checkout', red), watch('one', 'search'), watch('two', 'search', more)];
      expect(suggest(incidentOf([active(ben, 'fix', 'search')], { watches }), at(30))).toHaveLength(1);
    }
    const justGone = [watch('one', 'search'), watch('two', 'search', { ...gone, since: at(25) })];
    expect(suggest(incidentOf([active(ben, 'fix', 'search')], { watches: justGone }), at(30))).toEqual([]);
  });

  test('nobody who repairs while an alarm is red of which nobody knows whose it is', () => {
    const watches = [...allGreen, watch('stray', null, red)];
    const engineers = [active(ben, 'fix', 'search'), active(chi, 'fix')];
    expect(suggest(incidentOf(engineers, { watches, ...mitigated }), at(30))).toEqual([]);
  });

  test('before mitigation nobody of the only service, nor of services that are all green though users are affected', () => {
    const engineers = [active(ben, 'fix', 'checkout'), active(chi, 'fix', 'search')];
    const one = incidentOf(engineers, { services: ['checkout'], watches: [watch('checkout-5xx', 'checkout')] });
    expect(suggest(one, at(30))).toEqual([]);
    expect(suggest(incidentOf(engineers, { watches: allGreen }), at(30))).toEqual([]);
    expect(suggest({ ...one, ...mitigated }, at(30))).toEqual([
      { person: ben, because: 'checkout has been green for 30 min, and users are no longer affected' },
      { person: chi, because: 'users are no longer affected, and no alarm points at search' },
    ]);
  });

  test('the engineers of a service that nothing watches only after mitigation', () => {
    const engineers = [active(ben, 'fix', 'mail')];
    const more = { services: ['checkout', 'mail'], watches: [watch('checkout-5xx', 'checkout')] };
    expect(suggest(incidentOf(engineers, more), at(30))).toEqual([]);
    expect(suggest(incidentOf(engineers, { ...more, ...mitigated }), at(30))).toEqual([
      { person: ben, because: 'users are no longer affected, and no alarm points at mail' },
    ]);
  });

  test('the engineers of a service that is not part of the incident any more', () => {
    const engineers = [active(ben, 'fix', 'search')];
    const pages = [page('service:search', [ben], { service: 'search' })];
    const more = { services: ['checkout'], watches: [watch('checkout-5xx', 'checkout', red)] };
    expect(suggest(incidentOf(engineers, { ...more, pages }), at(5))).toEqual([
      { person: ben, because: 'search is not part of this incident any more' },
    ]);
    // Somebody called them by hand for a service that was never part of it: they are not in the wrong room.
    const byHand = [page('call:1', [ben], { service: 'search' })];
    expect(suggest(incidentOf(engineers, { ...more, pages: byHand }), at(45))).toEqual([]);
  });

  test('who was called because nobody led, once somebody leads for good', () => {
    const caller = active(ben, 'lead');
    expect(suggest(incidentOf([caller]), at(12))).toEqual([{ person: ben, because: 'somebody leads now' }]);
    expect(suggest(incidentOf([caller], { provisional: true }), at(12))).toEqual([]);
    const unled = { roles: { commander: null, communications: null, scribe: null } };
    expect(suggest(incidentOf([caller], unled), at(12))).toEqual([]);
  });

  test('who was called to repair nothing in particular, once all is well', () => {
    const expert = active(ben, 'fix');
    expect(suggest(incidentOf([expert], { watches: allGreen }), at(30))).toEqual([]);
    expect(suggest(incidentOf([expert], mitigated), at(30))).toEqual([]);
    expect(suggest(incidentOf([expert], { watches: allGreen, ...mitigated }), at(30))).toEqual([
      { person: ben, because: 'users are no longer affected, and every alarm has been green for 30 min' },
    ]);
  });

  test('nobody who came by themselves, is not there, holds a role, or said that they are needed', () => {
    const done = { ...mitigated, watches: allGreen };
    const others = responderStates.filter((state) => state !== 'active');
    const responders = [
      active(ben, null),
      ...others.map((state, index): Responder => ({ ...active(people[5 + index] ?? fay, 'impact'), state })),
      active(chi, 'fix', 'search'),
      active(dee, 'impact'),
      active(eli, 'impact'),
    ];
    const incident = incidentOf(responders, {
      ...done,
      roles: { commander: ana, communications: null, scribe: chi },
      suggested: { at: at(25), people: [dee], asked: [dee], keep: [{ person: dee, at: at(26) }] },
    });
    expect(suggest(incident, at(30)).map(({ person }) => person)).toEqual([eli]);
    expect(suggest(incident, at(55)).map(({ person }) => person)).toEqual([eli]);
    expect(suggest(incident, at(56)).map(({ person }) => person)).toEqual([dee, eli]);
  });

  test('nobody whom somebody has just called by hand, or called back', () => {
    for (const key of ['call:3', 'recall:4']) {
      const pages = [page(key, [ben], { openedAt: at(20), question: 'impact' })];
      const incident = incidentOf([support], { ...mitigated, watches: allGreen, pages });
      expect(suggest(incident, at(49))).toEqual([]);
      expect(suggest(incident, at(50))).toHaveLength(1);
    }
  });

  test('who was called for two things only once both are answered', () => {
    const pages = [page('service:checkout', [ben], { service: 'checkout' }), page('lead', [ben], { question: 'lead' })];
    const incident = incidentOf([active(ben, 'lead')], { pages, services: ['checkout'], watches: [] });
    expect(suggest(incident, at(30))).toEqual([]);
    expect(suggest({ ...incident, ...mitigated }, at(30))).toEqual([{ person: ben, because: 'somebody leads now' }]);
  });
});

const done = { ...mitigated, watches: allGreen };
const three = [ben, chi, dee].map((person) => active(person, 'impact'));
const nine = people.slice(0, 8).map((person) => active(person, 'impact'));

describe('when the commander is told', () => {
  test('after mitigation, once three could be let go', () => {
    expect(isDue(incidentOf(three, done), at(21))).toBe(true);
    expect(isDue(incidentOf(three.slice(1), done), at(21))).toBe(false);
  });

  test('before mitigation only in a room of more than eight, half an hour in', () => {
    const full = incidentOf(nine, { impactKnown: true });
    expect(isDue(full, at(29))).toBe(false);
    expect(isDue(full, at(30))).toBe(true);
    expect(isDue(incidentOf(nine.slice(1), { impactKnown: true }), at(30))).toBe(false);
    expect(nextDueAt(full, at(3))).toBe(at(30));
    expect(nextDueAt(incidentOf(nine.slice(1), { impactKnown: true }), at(3))).toBeNull();
  });

  test('half an hour after the last time at the earliest', () => {
    const incident = incidentOf(three, { ...done, suggested: { at: at(21), people: [], asked: [], keep: [] } });
    expect(isDue(incident, at(50))).toBe(false);
    expect(isDue(incident, at(51))).toBe(true);
    expect(nextDueAt(incident, at(22))).toBe(at(51));
    expect(nextDueAt(incident, at(90))).toBe(at(90));
  });

  test('only when somebody leads', () => {
    const unled = incidentOf(three, { ...done, roles: { commander: null, communications: null, scribe: null } });
    expect(isDue(unled, at(30))).toBe(false);
    expect(nextDueAt(unled, at(30))).toBeNull();
  });

  test('not once it is closed, cancelled, or resolved long ago', () => {
    for (const status of ['closed', 'cancelled'] as const) {
      expect(isDue(incidentOf(three, { ...done, status, resolvedAt: at(40) }), at(41))).toBe(false);
    }
    const resolved = incidentOf(three, { ...done, status: 'resolved', resolvedAt: at(40) });
    expect(isDue(resolved, at(99))).toBe(true);
    expect(isDue(resolved, at(100))).toBe(false);
    expect(nextDueAt(resolved, at(100))).toBeNull();
  });

  test('as soon as alarms have been green for long enough', () => {
    const engineers = [ben, chi, dee].map((person) => active(person, 'fix', 'checkout'));
    const watches = [watch('checkout-5xx', 'checkout', { since: at(18) })];
    const incident = incidentOf(engineers, { ...mitigated, services: ['checkout'], watches });
    expect(nextDueAt(incident, at(21))).toBe(at(28));
  });
});

test('in a storm of three hundred alarms the next moment is found before anybody waits for it', () => {
  const engineers = Array.from({ length: 50 }, (_, index) => active(`U1${index}` as PersonId, 'fix', 'checkout'));
  const storm = Array.from({ length: 300 }, (_, index) =>
    watch(`alarm-${index}`, 'checkout', {
      since: at(18) + index * 1_000,
      reds: Array.from({ length: 10 }, (_red, each) => at(5) + index * 10 + each),
    }),
  );
  const begun = performance.now();
  const incident = incidentOf(engineers, { ...mitigated, services: ['checkout'], watches: storm });
  expect(nextDueAt(incident, at(21))).toBe(at(18) + 299_000 + 10 * minute);
  const red = storm.map((each, index) => (index === 0 ? { ...each, verdict: 'alarm' as const } : each));
  expect(nextDueAt({ ...incident, watches: red }, at(21))).toBeNull();
  // A process that computes for longer than this misses what Slack and the queue ask of it.
  expect(performance.now() - begun).toBeLessThan(3_000);
});

describe('whatever the incident is', () => {
  const moment = fc.integer({ min: -10, max: 130 }).map(at);
  const name = fc.constantFrom('checkout', 'search', '<!channel> ‮x', '');
  const service = fc.option(name);
  const responder = fc.record({
    person: fc.constantFrom(...people),
    state: fc.constantFrom(...responderStates, 'active', 'active'),
    since: moment,
    asked: fc.option(fc.record({ question: fc.constantFrom('fix', 'impact', 'lead'), service })),
    because: fc.constant(null),
  });
  const watched = fc
    .record({
      service,
      verdict: fc.constantFrom('ok', 'ok', 'ok', 'alarm', 'unknown', null),
      since: moment,
      doubt: fc.constantFrom('gone', 'no data'),
      reds: fc.array(moment, { maxLength: 4 }),
      discounted: fc.constantFrom(null, null, 'noise'),
    })
    .map(({ service, ...more }) => watch('alarm', service, more));
  const opened = fc
    .record({
      key: fc.constantFrom(
        'service:checkout',
        'service:search',
        'impact:support',
        'impact:',
        'lead',
        'call:1',
        'recall:2',
      ),
      called: fc.uniqueArray(fc.constantFrom(...people), { maxLength: 6 }),
      question: fc.constantFrom('fix', 'impact', 'lead'),
      service,
      openedAt: moment,
    })
    .map(({ key, called, ...more }) => page(key, called, more));
  const anyone = fc.option(fc.constantFrom(...people));
  const incidents = fc
    .record({
      responders: fc.uniqueArray(responder, { selector: ({ person }) => person, maxLength: 12 }),
      more: fc.record({
        status: fc.constantFrom(...statuses),
        services: fc.uniqueArray(name, { maxLength: 3 }),
        roles: fc.record({ commander: fc.oneof(fc.constant(ana), anyone), communications: anyone, scribe: anyone }),
        provisional: fc.boolean(),
        watches: fc.array(watched, { maxLength: 4 }),
        pages: fc.array(opened, { maxLength: 4 }),
        stabilisationMillis: fc.option(fc.constant(10 * minute)),
        impactKnown: fc.boolean(),
        mitigatedAt: fc.option(moment),
        resolvedAt: fc.option(moment),
        suggested: fc.option(
          fc.record({
            at: moment,
            people: fc.constant([]),
            asked: fc.constant([]),
            keep: fc.array(fc.record({ person: fc.constantFrom(...people), at: moment }), { maxLength: 3 }),
          }),
        ),
      }),
    })
    .map(({ responders, more }) => incidentOf(responders, more));

  test('each is active, was called, holds no role, is of no service in trouble, and has a calm reason', () => {
    fc.assert(
      fc.property(incidents, moment, (incident, now) => {
        for (const { person, because } of suggest(incident, now)) {
          const responder = incident.responders.find((one) => one.person === person);
          expect(responder).toMatchObject({ state: 'active', asked: expect.anything() });
          expect(Object.values(incident.roles)).not.toContain(person);
          const asked = responder?.asked;
          const own = incident.watches.filter((one) => one.service === asked?.service && one.discounted === null);
          const trouble = own.filter(({ verdict, doubt }) => verdict !== 'ok' && doubt !== 'gone');
          if (asked?.question === 'fix') expect(trouble).toEqual([]);
          expect(because).not.toBe('');
          expect(because).not.toMatch(/released|no longer needed|done your part|\.$/i);
        }
      }),
    );
  });

  test('the next moment is the first at which it is due', () => {
    fc.assert(
      fc.property(incidents, moment, (incident, now) => {
        const next = nextDueAt(incident, now);
        const minutes = Array.from({ length: 200 }, (_, index) => now + index * minute);
        expect(next).toBe(minutes.find((each) => isDue(incident, each)) ?? null);
      }),
      { numRuns: 300 },
    );
  });
});
