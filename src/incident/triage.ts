/** What comes of red alarms: which incident each belongs to, which open one, and which are only shown. */
import { clustersOf, raiseOrShow } from './clusters.ts';
import { belongsTo } from './dependencies.ts';
import type { AlarmArn, Incident, IncidentId, Instant, Severity, Watch } from './incident.ts';
import { isOngoing, isUnmitigated, isWatching, rank } from './incident.ts';
import type { Policy } from './policy.ts';
import { treat } from './treat.ts';
import type { Red, Triaged, UnsettledAlarm } from './triaged.ts';
import { toRaised } from './triaged.ts';

export type TriageAsk = {
  /** Those that nobody has dealt with yet. */
  readonly alarms: readonly UnsettledAlarm[];
  /** Red alarms that are only shown so far: evidence for an incident that opens on their services. */
  readonly shown: readonly UnsettledAlarm[];
  /** Incidents that are not over, resolved ones too. */
  readonly open: readonly Incident[];
  /** How many incidents alarms have opened within the last hour. */
  readonly recentRooms: number;
  readonly policy: Policy;
  readonly at: Instant;
};

/** Decides about every red alarm, each exactly once. */
export function triage({ alarms, shown, open, recentRooms, policy, at }: TriageAsk): readonly Triaged[] {
  const world: World = { open: open.filter(({ test }) => !test), policy, at };
  const known = (alarm: UnsettledAlarm): Red => ({ alarm, treated: treat(policy, alarm) });
  const red = alarms.filter(({ state }) => state === 'ALARM').map(known);
  const evidence = shown
    .filter((alarm) => alarm.state === 'ALARM' && quietUntil(alarm, at) === null)
    .map(known)
    // What belongs to an incident would bring those along that must not go there.
    .filter(({ treated }) => !world.open.some((incident) => belongsTo(incident, treated.service, world)));

  const quiet = red.filter(({ alarm }) => quietUntil(alarm, at) !== null);
  const loud = red.filter(({ alarm }) => quietUntil(alarm, at) === null);
  const watched = giveToWatchers(loud, world);
  const joined = joinIncidents(watched, world);
  const free = joined.rest.map((each) => (isDiscounted(each.alarm, world) ? withoutOpening(each) : each));
  const [apart, others] = [true, false].map((is) => free.filter(({ alarm }) => isSeparated(alarm, world) === is));
  const groups = [...clustersOf(apart ?? [], [], policy), ...clustersOf(others ?? [], evidence, policy)];
  const rooms = Math.max(0, policy.alarms.automaticRooms - recentRooms);
  return [
    ...quiet.map(({ alarm }): Triaged => ({ outcome: 'wait', until: quietUntil(alarm, at) ?? at, alarms: [alarm] })),
    ...watched.observed,
    ...joined.joins,
    ...raiseOrShow(groups, rooms, at),
  ];
}

type World = { readonly open: readonly Incident[]; readonly policy: Policy; readonly at: Instant };

/** Until when nothing is to be made of the alarm; `null`: now something is. */
function quietUntil({ mutedUntil, ignoredUntil }: UnsettledAlarm, at: Instant): Instant | null {
  const until = Math.max(mutedUntil ?? at, ignoredUntil ?? at);
  return until > at ? until : null;
}

type Watched = {
  readonly observed: readonly Triaged[];
  /** Worse than the incident that watches them: that one has to grow. */
  readonly worse: ReadonlyMap<IncidentId, readonly Red[]>;
  readonly rest: readonly Red[];
};

function giveToWatchers(red: readonly Red[], { open, at }: World): Watched {
  // One that goes on knows better than one that is over; of those the newest.
  const watching = open
    .filter((incident) => isWatching(incident, at))
    .toSorted((one, other) => Number(isOngoing(other)) - Number(isOngoing(one)) || other.id - one.id);
  const watcherOf = new Map<AlarmArn, Incident>();
  for (const incident of watching) {
    for (const { alarm, discounted } of incident.watches) {
      if (discounted === null && !watcherOf.has(alarm)) watcherOf.set(alarm, incident);
    }
  }
  const observed: Triaged[] = [];
  const worse = new Map<IncidentId, readonly Red[]>();
  for (const [incident, mine] of Map.groupBy(red, ({ alarm }) => watcherOf.get(alarm.alarm))) {
    if (incident === undefined) continue;
    const grows = mine.filter(({ treated }) => isWorse(treated.severity, incident));
    const alarms = mine.filter((each) => !grows.includes(each)).map(({ alarm }) => alarm);
    if (grows.length > 0) worse.set(incident.id, grows);
    if (alarms.length > 0) observed.push({ outcome: 'observe', incident: incident.id, alarms });
  }
  return { observed, worse, rest: red.filter(({ alarm }) => !watcherOf.has(alarm.alarm)) };
}

function isWorse(severity: Severity | null, incident: Incident): boolean {
  return severity !== null && isUnmitigated(incident) && rank(severity) < rank(incident.severity);
}

type Growing = { readonly incident: Incident; readonly mine: readonly Red[] };

/**
 * An incident of the alarm's own service comes before one of a neighbour; of those the newest. Each alarm that joins makes the
 * incident's circle wider, so that its own neighbours follow in the same round.
 */
function joinIncidents(
  { rest: red, worse }: Watched,
  world: World,
): { readonly joins: readonly Triaged[]; readonly rest: readonly Red[] } {
  let rest = red;
  const newest = world.open.filter(isUnmitigated).toSorted((one, other) => other.id - one.id);
  const growing = new Map<IncidentId, Growing>(
    newest.map((incident) => [incident.id, { incident, mine: worse.get(incident.id) ?? [] }]),
  );
  const takeIn = (own: boolean): boolean => {
    const before = rest.length;
    for (const [id, { incident, mine }] of growing) {
      const services = [...new Set(rest.flatMap(({ treated }) => treated.service ?? []))];
      const near = new Set(
        services.filter((name) => (!own || incident.services.includes(name)) && belongsTo(incident, name, world)),
      );
      const { more = [], others = [] } = Object.groupBy(rest, ({ alarm, treated: { service } }) =>
        service !== null && near.has(service) && !isRefused(incident, alarm.alarm) ? 'more' : 'others',
      );
      rest = others;
      const grown = { ...incident, watches: [...incident.watches, ...more.map(asWatch)] };
      growing.set(id, { incident: grown, mine: [...mine, ...more] });
    }
    return rest.length < before;
  };
  takeIn(true);
  while (takeIn(false));
  const joins = [...growing].flatMap(([incident, { mine }]): readonly Triaged[] =>
    mine.length === 0
      ? []
      : [{ outcome: 'join', incident, alarms: mine.map(({ alarm }) => alarm), raised: toRaised(mine) }],
  );
  return { joins, rest };
}

function asWatch({ alarm, treated }: Red): Watch {
  const { name, since, because } = alarm;
  return {
    alarm: alarm.alarm,
    name,
    service: treated.service,
    verdict: 'alarm',
    since,
    because,
    doubt: null,
    timing: null,
    reds: [since],
    discounted: null,
  };
}

/** People have said that the alarm is not part of it, or does not count in it. */
function isRefused({ separated, watches }: Incident, alarm: AlarmArn): boolean {
  return separated.includes(alarm) || watches.some((watch) => watch.alarm === alarm && watch.discounted !== null);
}

/** Where people work and say that an alarm does not count, it opens nothing of its own meanwhile. */
function isDiscounted(alarm: UnsettledAlarm, { open, at }: World): boolean {
  return open.some(
    (incident) =>
      isWatching(incident, at) && !incident.separated.includes(alarm.alarm) && isRefused(incident, alarm.alarm),
  );
}

function withoutOpening({ alarm, treated }: Red): Red {
  return { alarm, treated: { ...treated, opens: false } };
}

/** Together with others it would be brought back to the incident that it was taken out of. */
function isSeparated({ alarm }: UnsettledAlarm, { open }: World): boolean {
  return open.some(({ separated }) => separated.includes(alarm));
}
