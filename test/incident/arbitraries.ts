/** Random commands by random people, and the run of an incident that they make. */
import fc from 'fast-check';
import type { Entry } from '../../src/incident/apply.ts';
import { apply, begin } from '../../src/incident/apply.ts';
import type {
  AlarmReading,
  Blindness,
  Declare,
  IncidentCommand,
  RaiseAlarms,
  RaisedAlarm,
} from '../../src/incident/command.ts';
import { consequences } from '../../src/incident/consequences.ts';
import { decide } from '../../src/incident/decide.ts';
import type { Decision } from '../../src/incident/decision.ts';
import type { Signal } from '../../src/incident/declare.ts';
import { declare, signalled } from '../../src/incident/declare.ts';
import type { Happening } from '../../src/incident/event.ts';
import { noteKinds, signalKinds } from '../../src/incident/event.ts';
import type { Actor, Incident, IncidentId, Instant, PersonId } from '../../src/incident/incident.ts';
import { doubts, isUnmitigated, roles, severities } from '../../src/incident/incident.ts';
import type { Directory } from '../../src/incident/page.ts';
import { joinAlarms, raiseAlarms } from '../../src/incident/raise.ts';
import { directory as known, onCall as policy, payments, unread } from './on-call.ts';
import {
  ana,
  ben,
  by,
  chi,
  dee,
  eli,
  errors,
  latency,
  minute,
  staleIndex,
  start,
  system,
  toEntry,
  watched,
} from './scenario.ts';

/** As doors deliver words: anything, but broadcasts are plain words by then. */
const words = fc
  .oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom('', ' ', '!here', '<', 'a\nb', '<@U0000BEN2>', '*bold* <', '漢字 🎉'),
  )
  .filter((text) => !text.includes('<!'));

/** Ana most of all: much is allowed only to who works on the incident. */
const people = fc.constantFrom(ana, ana, ana, ben, chi, dee, eli);
const alarms = fc.constantFrom(
  watched(errors),
  watched(latency),
  watched(staleIndex, 'search'),
  watched({ ...errors, alarm: 'arn:elsewhere', name: 'elsewhere' }, null),
);
const alarm = alarms.map((each) => each.alarm);
const severity = fc.constantFrom(...severities);
const services = fc.array(fc.constantFrom('checkout', 'search', 'mail'), { maxLength: 3 });
const pageKeys = fc.constantFrom('service:checkout', 'service:search', 'service', 'lead', 'call:1', 'recall:1');
const links = fc.constantFrom(null, 'https://example.com/seen');
const ago = fc.integer({ min: -5 * minute, max: 120 * minute });
const verdicts = fc.constantFrom('alarm', 'ok', 'ok', 'ok', 'unknown');

export const actors: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 8, arbitrary: people.map(by) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Actor>(system, { type: 'timer' }, { type: 'webhook', name: 'deploys' }),
  },
);

/** `at`: commands carry times, and those lie around the moment of asking. */
export function commandsAt(at: Instant): fc.Arbitrary<IncidentCommand> {
  const ending = {
    reason: fc.oneof({ weight: 3, arbitrary: fc.constant('rolled back') }, { weight: 1, arbitrary: words }),
    confirmed: fc.boolean(),
  };
  const timings = fc.record({
    periodMillis: fc.constantFrom(minute, 5 * minute),
    periods: fc.integer({ min: 1, max: 5 }),
    breaching: fc.constant(1),
    configuredAt: fc.option(ago.map((millis) => at - millis)),
  });
  const readings: fc.Arbitrary<AlarmReading> = fc
    .record({
      alarm,
      verdict: verdicts,
      doubt: fc.constantFrom(...doubts),
      because: words,
      since: fc.option(ago.map((millis) => at - millis)),
      timing: fc.option(timings),
    })
    .map((reading) => (reading.verdict === 'unknown' ? reading : { ...reading, doubt: null }));
  const blindness: fc.Arbitrary<Blindness> = fc.record({
    place: fc.constantFrom('eu-west-1 (production)', 'us-east-1 (production)'),
    alarms: fc.array(alarm, { maxLength: 3 }),
    since: ago.map((millis) => at - millis),
    because: words,
  });
  const named = <N extends IncidentCommand['name']>(name: N): { readonly name: fc.Arbitrary<N> } => ({
    name: fc.constant(name),
  });
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ ...named('join'), page: fc.option(pageKeys), said: fc.boolean() }) },
    fc.record(named('pass on')),
    fc.record(named('speak')),
    fc.record({ ...named('take in pager'), page: pageKeys, who: words }),
    fc.record({
      ...named('note'),
      noteKind: fc.constantFrom(...noteKinds),
      text: words,
      occurredAt: fc.option(ago.map((millis) => at - millis)),
      link: links,
      said: fc.boolean(),
      saidBy: fc.option(people),
    }),
    fc.record({ ...named('set severity'), severity, reason: words }),
    fc.record({ ...named('give role'), role: fc.constantFrom(...roles), person: people }),
    fc.record({
      ...named('page'),
      targets: fc.array(fc.oneof(people, fc.constantFrom(payments, unread)), { maxLength: 4 }),
      services: fc.array(fc.constantFrom('checkout', 'search', 'mail'), { maxLength: 2 }),
      reason: words,
      confirmed: fc.boolean(),
    }),
    fc.record({
      ...named('stand down'),
      people: fc.array(people, { maxLength: 3 }),
      everyone: fc.boolean(),
      suggested: fc.boolean(),
    }),
    fc.record({ ...named('ask to stand down'), people: fc.array(people, { maxLength: 3 }) }),
    fc.record(named('put off standing down')),
    fc.record(named('keep me')),
    {
      weight: 2,
      arbitrary: fc.record({
        ...named('recall'),
        people: fc.array(people, { maxLength: 2 }),
        services: fc.array(fc.constantFrom('checkout', 'search'), { maxLength: 1 }),
        everyone: fc.boolean(),
        reason: words,
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({ ...named('keep time'), lastWordAt: fc.option(ago.map((millis) => at - millis)) }),
    },
    fc.record({ ...named('identify'), text: words }),
    { weight: 3, arbitrary: fc.record({ ...named('mitigate'), ...ending }) },
    { weight: 3, arbitrary: fc.record({ ...named('resolve'), ...ending }) },
    fc.record({ ...named('cancel'), ...ending }),
    { weight: 3, arbitrary: fc.record(named('undo')) },
    { weight: 2, arbitrary: fc.record({ ...named('reopen'), reason: words }) },
    { weight: 5, arbitrary: fc.record(named('close')) },
    fc.record({ ...named('rename'), title: words }),
    fc.record({ ...named('set services'), services }),
    fc.record({ ...named('discount alarm'), alarm, reason: words }),
    fc.record({ ...named('separate alarm'), alarm }),
    fc.record({ ...named('trust alarm'), alarm }),
    fc.record({ ...named('join alarms'), alarms: fc.array(redAt(at), { maxLength: 3 }) }),
    {
      weight: 6,
      arbitrary: fc.record({
        ...named('observe alarms'),
        readings: fc.uniqueArray(readings, { maxLength: 4, selector: (reading) => reading.alarm }),
        blind: fc.uniqueArray(blindness, { maxLength: 2, selector: ({ place }) => place }),
      }),
    },
  );
}

/** What comes from outside the rules: jobs and machines record it. */
type Seen =
  | { readonly type: 'room' }
  | { readonly type: 'unreachable'; readonly person: PersonId }
  | { readonly type: 'failed' }
  | { readonly type: 'signal'; readonly signal: Signal }
  | { readonly type: 'alarms'; readonly alarms: readonly RaisedAlarm[] };

function redAt(at: Instant): fc.Arbitrary<RaisedAlarm> {
  return fc.record({
    watch: alarms,
    severity: fc.option(severity),
    because: words,
    since: fc.integer({ min: 0, max: 120 * minute }).map((millis) => at - millis),
    firstBreachAt: fc.option(fc.integer({ min: 0, max: 120 * minute }).map((millis) => at - millis)),
    link: links,
  });
}

function raisedAt(at: Instant): fc.Arbitrary<RaiseAlarms> {
  return fc.record({
    name: fc.constant('raise alarms' as const),
    alarms: fc.uniqueArray(redAt(at), { minLength: 1, maxLength: 3, selector: ({ watch }) => watch.alarm }),
    title: words.filter((title) => title.trim() !== ''),
    severity,
    services: fc.uniqueArray(fc.constantFrom('checkout', 'search', 'mail'), { maxLength: 2 }),
  });
}

function signalsAt(at: Instant): fc.Arbitrary<Signal> {
  return fc.record({
    kind: fc.constantFrom(...signalKinds),
    text: words.filter((text) => text.trim() !== ''),
    link: links,
    at: ago.map((millis) => at - millis),
    from: fc.constant<Actor>({ type: 'webhook', name: 'deploys' }),
  });
}

function seenAt(at: Instant): fc.Arbitrary<Seen> {
  return fc.oneof(
    fc.constant<Seen>({ type: 'room' }),
    fc.constant<Seen>({ type: 'failed' }),
    people.map((person): Seen => ({ type: 'unreachable', person })),
    signalsAt(at).map((signal): Seen => ({ type: 'signal', signal })),
    fc.array(redAt(at), { maxLength: 3 }).map((red): Seen => ({ type: 'alarms', alarms: red })),
  );
}

type Step = {
  readonly at: Instant;
  readonly actor: Actor;
  readonly ask: IncidentCommand | null;
  readonly seen: Seen | null;
};

function stepAt(at: Instant): fc.Arbitrary<Step> {
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ at: fc.constant(at), actor: actors, ask: commandsAt(at), seen: fc.constant(null) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        at: fc.constant(at),
        actor: fc.constant(system),
        ask: fc.constant(null),
        seen: seenAt(at),
      }),
    },
  );
}

const declarations: fc.Arbitrary<Declare> = fc.record({
  name: fc.constant('declare' as const),
  title: words.filter((title) => title.trim() !== ''),
  severity: fc.option(severity),
  services,
  test: fc.integer({ max: 9, min: 0 }).map((number) => number === 0),
  origin: fc.constantFrom(null, { channel: 'C1', message: '1.2' }),
  anyway: fc.boolean(),
  lead: fc.boolean(),
});

type Beginning = {
  readonly actor: Actor;
  readonly command: Declare | RaiseAlarms;
  readonly signals: readonly Signal[];
};

const beginnings: fc.Arbitrary<Beginning> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      actor: actors,
      command: declarations,
      signals: fc.array(signalsAt(start), { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ actor: fc.constant(system), command: raisedAt(start), signals: fc.constant([]) }),
  },
);

/** Chi has said something an hour after the beginning. */
export const directory: Directory = { ...known, words: new Map([[chi, start + 60 * minute]]) };

export type Plan = { readonly beginning: Beginning; readonly steps: readonly Step[] };

/** A beginning and up to 40 steps; time goes on by up to half an hour at each. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    beginning: beginnings,
    pauses: fc.array(fc.integer({ min: 0, max: 30 * minute }), { minLength: 1, maxLength: 40, size: 'max' }),
  })
  .chain(({ beginning, pauses }) => {
    let now = start;
    const steps = pauses.map((pause) => stepAt((now += pause)));
    return fc.record({ beginning: fc.constant(beginning), steps: fc.tuple(...steps) });
  });

/** One step of a run: what was asked of which incident, what came of it, and the incident after it. */
export type Taken = {
  readonly step: Step | null;
  readonly before: Incident | null;
  readonly decision: Decision;
  /** What was decided, and whom it calls. */
  readonly happenings: readonly Happening[];
  readonly entries: readonly Entry[];
  readonly states: readonly Incident[];
  readonly after: Incident;
};

export function runPlan({ beginning, steps }: Plan): readonly Taken[] {
  const first = decideBeginning(beginning);
  if (first.type !== 'decided') throw new Error(`a plan begins with what is allowed, but: ${first.text}`);
  const taken = [take(null, null, first, beginning.actor, start)];
  for (const step of steps) {
    const before = taken.at(-1)?.after ?? null;
    if (before === null) break;
    taken.push(take(step, before, decideStep(before, step), step.actor, step.at));
  }
  return taken;
}

function decideBeginning({ actor, command, signals }: Beginning): Decision {
  const around = { by: actor, policy, open: [], signals };
  if (command.name === 'declare') return declare(command, around);
  const result = raiseAlarms(command, { at: start, policy, open: [], before: null, signals });
  if (result.type !== 'opens') throw new Error('nothing is open, so there is nothing to join');
  return result.decision;
}

export function decideStep(incident: Incident, { at, actor, ask, seen }: Step): Decision {
  if (ask !== null) return decide({ incident, command: ask, by: actor, at, policy, directory });
  return { type: 'decided', happenings: seen === null ? [] : happeningsOf(incident, seen) };
}

function happeningsOf(incident: Incident, seen: Seen): readonly Happening[] {
  switch (seen.type) {
    case 'room':
      return incident.room === null
        ? [{ event: { kind: 'room opened', channel: 'C0INC0001', name: 'inc-1' }, text: 'War room opened.' }]
        : [];
    case 'failed':
      return [{ event: { kind: 'write failed', method: 'pins.add' }, text: 'The card could not be pinned.' }];
    case 'unreachable':
      return incident.responders.some(({ person }) => person === seen.person)
        ? [
            {
              event: { kind: 'responder unreachable', person: seen.person, because: 'they are a guest' },
              text: `<@${seen.person}> could not be invited: they are a guest`,
            },
          ]
        : [];
    case 'signal':
      return [signalled(seen.signal)];
    case 'alarms':
      return isUnmitigated(incident) && !incident.test ? joinAlarms(incident, seen.alarms) : [];
  }
}

function take(step: Step | null, before: Incident | null, decision: Decision, actor: Actor, at: Instant): Taken {
  const decided = decision.type === 'decided' ? decision.happenings : [];
  const around = { before: before ?? (1 as IncidentId), happenings: decided, by: actor, at, policy, directory };
  const happenings = [...decided, ...consequences(around)];
  const entries = happenings.map((happening): Entry => {
    const entry = toEntry(happening, actor, at);
    return { ...entry, occurredAt: Math.min(entry.occurredAt, at) };
  });
  const states: Incident[] = [];
  let now = before;
  for (const entry of entries) {
    now = now === null ? begin(1 as IncidentId, entry) : apply(now, entry);
    states.push(now);
  }
  if (now === null) throw new Error('nothing happened to begin an incident with');
  return { step, before, decision, happenings, entries, states, after: now };
}
