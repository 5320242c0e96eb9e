/** A small catalog, five people, and an incident that can be asked things without a database. */
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
import type { Decision, Refusal } from '../../src/incident/decision.ts';
import type { Signal } from '../../src/incident/declare.ts';
import { declare } from '../../src/incident/declare.ts';
import type { EventKind, Happening, IncidentEvent, WatchedAlarm } from '../../src/incident/event.ts';
import type { Actor, Incident, IncidentId, Instant, PersonId, Verdict } from '../../src/incident/incident.ts';
import type { Directory, Target } from '../../src/incident/page.ts';
import { emptyDirectory } from '../../src/incident/page.ts';
import type { AlarmRule, Level, PeoplePolicy, Policy, Service } from '../../src/incident/policy.ts';
import type { Raised } from '../../src/incident/raise.ts';
import { raiseAlarms } from '../../src/incident/raise.ts';

export const ana = 'U0000ANA1' as PersonId;
export const ben = 'U0000BEN2' as PersonId;
export const chi = 'U0000CHI3' as PersonId;
export const dee = 'U0000DEE4' as PersonId;
export const eli = 'U0000ELI5' as PersonId;

export const system: Actor = { type: 'system' };

export function by(person: PersonId): Actor {
  return { type: 'person', person };
}

export const minute = 60_000;
/** When every scenario begins. */
export const start: Instant = Date.UTC(2026, 10, 20, 14, 0);

export const errors = alarmRule('checkout-5xx', 'SEV2');
export const latency = alarmRule('checkout-latency', null);
export const staleIndex = alarmRule('search-stale-index', 'SEV3');

function alarmRule(name: string, severity: AlarmRule['severity']): AlarmRule {
  return {
    alarm: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`,
    name,
    severity,
    opens: severity !== null,
    holdMillis: 2 * minute,
  };
}

export function level(...targets: readonly Target[]): Level {
  return { targets, atLeast: null };
}

export function service(name: string, more: Partial<Service>): Service {
  return {
    name,
    levels: [],
    alarms: [],
    needs: [],
    traffic: null,
    stabilisationMillis: 10 * minute,
    runbook: null,
    links: [],
    bridge: null,
    pager: null,
    ...more,
  };
}

/** As the catalog has it unless it says otherwise. */
export const people: PeoplePolicy = {
  cadences: {
    SEV1: { repeatMillis: 2 * minute, climbMillis: 5 * minute, atNight: true },
    SEV2: { repeatMillis: 4 * minute, climbMillis: 10 * minute, atNight: true },
    SEV3: { repeatMillis: 10 * minute, climbMillis: 30 * minute, atNight: false },
    SEV4: { repeatMillis: 30 * minute, climbMillis: 60 * minute, atNight: false },
    SEV5: { repeatMillis: 30 * minute, climbMillis: 60 * minute, atNight: false },
  },
  night: { fromHour: 22, toHour: 7 },
  circles: [],
  reliefMillis: 6 * 60 * minute,
  removes: false,
  archiveMillis: null,
};

/** `mail` has no alarms, `shop` needs `checkout`; whoever helps when the service is not known is Eli. */
export const policy: Policy = {
  services: [
    service('checkout', { levels: [level(ana, ben)], alarms: [errors, latency] }),
    service('search', { levels: [level(ben, chi)], alarms: [staleIndex], stabilisationMillis: 20 * minute }),
    service('mail', { levels: [level(chi)] }),
    service('shop', { levels: [level(dee)], needs: ['checkout'] }),
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
  people,
  pagers: [],
  fallbackLevels: [level(eli)],
  bridge: null,
  broadcastChannel: 'C0000CAST',
  roomPrefix: 'inc',
  defaultStabilisationMillis: 15 * minute,
  severities: { SEV1: 'one', SEV2: 'two', SEV3: 'three', SEV4: 'four', SEV5: 'five' },
};

export function watched(rule: AlarmRule, serviceName: string | null = 'checkout'): WatchedAlarm {
  return { alarm: rule.alarm, name: rule.name, service: serviceName };
}

export function declaration(more: Partial<Declare> = {}): Declare {
  return {
    name: 'declare',
    title: 'Payments fail',
    severity: 'SEV2',
    services: ['checkout'],
    test: false,
    origin: null,
    anyway: false,
    lead: false,
    ...more,
  };
}

/** `checkout-5xx`, red since two minutes before the start. */
export function redAlarm(more: Partial<RaisedAlarm> = {}): RaisedAlarm {
  return {
    watch: watched(errors),
    severity: 'SEV2',
    because: '4.2 % of requests answered 5xx',
    since: start - 2 * minute,
    firstBreachAt: start - 4 * minute,
    link: 'https://console.example.com/checkout-5xx',
    ...more,
  };
}

export function raised(more: Partial<RaiseAlarms> = {}): RaiseAlarms {
  return {
    name: 'raise alarms',
    alarms: [redAlarm()],
    title: 'checkout-5xx is red',
    severity: 'SEV2',
    services: ['checkout'],
    ...more,
  };
}

export function raise(
  open: readonly Incident[],
  more: Partial<RaiseAlarms> = {},
  around: { readonly signals?: readonly Signal[]; readonly before?: IncidentId | null; readonly at?: Instant } = {},
): Raised {
  return raiseAlarms(raised(more), { at: start, policy, open, before: null, signals: [], ...around });
}

type Around = { readonly open?: readonly Incident[]; readonly signals?: readonly Signal[]; readonly by?: Actor } & Pick<
  Surroundings,
  'policy'
>;

export function askToDeclare(more: Partial<Declare> = {}, around: Around = {}): Decision {
  return declare(declaration(more), { by: by(ana), policy, open: [], signals: [], ...around });
}

export function happeningsOf(decision: Decision): readonly Happening[] {
  if (decision.type !== 'decided') throw new Error(`refused: ${decision.text}`);
  return decision.happenings;
}

export function eventsOf(decision: Decision): readonly IncidentEvent[] {
  return happeningsOf(decision).map((happening) => happening.event);
}

export function refusalOf(decision: Decision): Refusal {
  if (decision.type === 'decided') throw new Error('not refused');
  return decision;
}

/** The events of one kind among what was decided. */
export function only<K extends EventKind>(decision: Decision, kind: K): readonly Extract<IncidentEvent, { kind: K }>[] {
  return eventsOf(decision).filter((event): event is Extract<IncidentEvent, { kind: K }> => event.kind === kind);
}

export function toEntry(happening: Happening, actor: Actor, at: Instant): Entry {
  return { event: happening.event, actor: happening.actor ?? actor, occurredAt: happening.occurredAt ?? at };
}

export function begun(happenings: readonly Happening[], actor: Actor, at: Instant, id = 1): Incident {
  const [first, ...rest] = happenings.map((happening) => toEntry(happening, actor, at));
  if (first === undefined) throw new Error('nothing happened');
  return rest.reduce(apply, begin(id as IncidentId, first));
}

/** What people know of each other, and what the catalog says, where a test needs it otherwise. */
export type Surroundings = { readonly policy?: Policy; readonly directory?: Directory };

/** What was decided with whom it calls, as it is saved. */
export function withConsequences(
  before: Incident | IncidentId,
  decision: Decision,
  around: { readonly by: Actor; readonly at: Instant } & Surroundings,
): Decision {
  if (decision.type !== 'decided') return decision;
  const { happenings } = decision;
  const following = consequences({ before, happenings, policy, directory: emptyDirectory, ...around });
  return { type: 'decided', happenings: [...happenings, ...following] };
}

const firstId = 1 as IncidentId;

/** What began with this decision, and with whom it calls. */
export function opened(decision: Decision, actor: Actor): Incident {
  return begun(happeningsOf(withConsequences(firstId, decision, { by: actor, at: start })), actor, start);
}

/** Declared by Ana at the start: Ben is paged, and Ana, who stands in the same level, has taken it. */
export function declared(more: Partial<Declare> = {}): Incident {
  return opened(askToDeclare(more), by(ana));
}

/** The same with Ana as commander. */
export function led(more: Partial<Declare> = {}): Incident {
  return declared({ lead: true, ...more });
}

/** Opened by the alarm `checkout-5xx` at the start. */
export function openedByAlarm(): Incident {
  const result = raise([]);
  if (result.type !== 'opens') throw new Error('joined');
  return opened(result.decision, system);
}

/** What is decided, with whom it calls. */
export function ask(
  incident: Incident,
  command: IncidentCommand,
  actor: Actor = by(ana),
  at = start,
  around: Surroundings = {},
): Decision {
  const decision = decide({ incident, command, by: actor, at, policy, directory: emptyDirectory, ...around });
  return withConsequences(incident, decision, { by: actor, at, ...around });
}

/** The incident after a command that must not be refused. */
export function after(
  incident: Incident,
  command: IncidentCommand,
  actor: Actor = by(ana),
  at = start,
  around: Surroundings = {},
): Incident {
  return happened(incident, happeningsOf(ask(incident, command, actor, at, around)), actor, at);
}

/** "I'm on it", with no page in particular. */
export const join: IncidentCommand = { name: 'join', page: null, said: false };

export const saidOnIt: IncidentCommand = { name: 'join', page: null, said: true };

/** Who read it will be called. */
export function page(targets: readonly Target[], more: Partial<Extract<IncidentCommand, { name: 'page' }>> = {}) {
  return { name: 'page', targets, services: [], reason: '', confirmed: true, ...more } as const;
}

/** Nobody named: whoever asks. */
export function standDown(
  persons: readonly PersonId[] = [],
  more: Partial<Extract<IncidentCommand, { name: 'stand down' }>> = {},
): IncidentCommand {
  return { name: 'stand down', people: persons, everyone: false, suggested: false, ...more };
}

export function happened(
  incident: Incident,
  happenings: readonly Happening[],
  actor: Actor = system,
  at = start,
): Incident {
  return happenings.map((happening) => toEntry(happening, actor, at)).reduce(apply, incident);
}

export function reading(rule: AlarmRule, verdict: Verdict, more: Partial<AlarmReading> = {}): AlarmReading {
  const doubt = verdict === 'unknown' ? 'no data' : null;
  return { alarm: rule.alarm, verdict, doubt, because: '', since: null, timing: null, ...more };
}

export function observe(incident: Incident, at: Instant, ...readings: readonly AlarmReading[]): Decision {
  return ask(incident, { name: 'observe alarms', readings, blind: [] }, system, at);
}

export function afterPoll(incident: Incident, at: Instant, ...readings: readonly AlarmReading[]): Incident {
  return after(incident, { name: 'observe alarms', readings, blind: [] }, system, at);
}

/** A poll that read nothing, because of where Muster is blind. */
export function afterBlindPoll(incident: Incident, at: Instant, ...blind: readonly Blindness[]): Incident {
  return after(incident, { name: 'observe alarms', readings: [], blind }, system, at);
}

export function stateOf(incident: Incident, person: PersonId): string | undefined {
  return incident.responders.find((responder) => responder.person === person)?.state;
}
