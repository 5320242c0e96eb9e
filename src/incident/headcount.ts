/** How many people were there, and for how long: read from the timeline alone, so that every figure can be found there again. */
import { apply, begin } from './apply.ts';
import type { TimelineRow } from './event.ts';
import type { Incident, IncidentId, Instant, PersonId, Role, ServiceName } from './incident.ts';
import { isOngoing, roles } from './incident.ts';

export type Heads = { readonly paged: number; readonly active: number; readonly standby: number };

/** From this moment to the next one's. */
export type Count = Heads & {
  readonly at: Instant;
  /** The number of the timeline row that made it so. */
  readonly row: number;
};

/** What time was given to. Whoever holds several roles counts for the first of them. */
export type Purpose =
  | { readonly type: 'role'; readonly role: Role }
  | { readonly type: 'service'; readonly service: ServiceName }
  | { readonly type: 'others' };

/** The time of all who were active, added up: an hour of two people is two hours. */
export type Share = {
  readonly purpose: Purpose;
  readonly millis: number;
  /** When the first of it was given, and the last. */
  readonly from: Instant;
  readonly to: Instant;
};

export type Headcount = {
  /** The declaration. */
  readonly from: Instant;
  /** When it was resolved, cancelled or merged into another; while it goes on: now. */
  readonly to: Instant;
  /** The number of the row that ended it; `null`: it goes on. */
  readonly endedBy: number | null;
  /** One for each change, in order; the first is of the declaration. */
  readonly counts: readonly Count[];
  /** The first stretch in which most were active. */
  readonly most: Count & { readonly until: Instant };
  readonly last: Count;
  readonly totalMillis: number;
  /** They add up to the total: roles first, then services by their names, then the others. */
  readonly shares: readonly Share[];
};

/** Who is there now. Whoever holds a role is active, whatever else is said of them. */
export function countHeads(incident: Incident): Heads {
  const active = activePeople(incident);
  const elsewhere = incident.responders.filter(({ person }) => !active.has(person));
  return {
    active: active.size,
    paged: elsewhere.filter(({ state }) => state === 'paged').length,
    standby: elsewhere.filter(({ state }) => state === 'standby').length,
  };
}

function activePeople(incident: Incident): ReadonlySet<PersonId> {
  const holders = roles.flatMap((role) => incident.roles[role] ?? []);
  const active = incident.responders.filter(({ state }) => state === 'active').map(({ person }) => person);
  return new Set([...holders, ...active]);
}

/**
 * @param rows of one incident, in any order. `null`: it was not declared.
 * @param at now: an incident that goes on is counted up to it.
 */
export function readHeadcount(rows: readonly TimelineRow[], at: Instant): Headcount | null {
  const steps = follow(rows);
  const end = endOf(steps);
  const within = end === null ? steps : steps.slice(0, end + 1);
  const [first] = within;
  const newest = within.at(-1);
  if (first === undefined || newest === undefined) return null;
  const to = end === null ? Math.max(at, newest.at) : newest.at;
  const counts = countsOf(within);
  const last = counts.at(-1) ?? countOf(newest);
  const most = counts.reduce((before, count) => (count.active > before.active ? count : before), counts[0] ?? last);
  const until = counts.find((count) => count.at > most.at && count.active < most.active)?.at ?? to;
  const shares = sharesOf(within, to);
  return {
    from: first.at,
    to,
    endedBy: end === null ? null : newest.row,
    counts,
    most: { ...most, until },
    last,
    totalMillis: shares.reduce((sum, { millis }) => sum + millis, 0),
    shares,
  };
}

/** How many were there at a moment between its beginning and its end. */
export function headsAt({ counts, last }: Headcount, moment: Instant): Heads {
  return counts.findLast(({ at }) => at <= moment) ?? counts[0] ?? last;
}

const tenthMillis = 6 * 60_000;

/** Person-hours with one digit behind the point, such as `11.5`. */
export function personHours(millis: number): string {
  const tenths = Math.round(millis / tenthMillis);
  return tenths === 0 && millis > 0 ? 'less than 0.1' : (tenths / 10).toFixed(1);
}

/** The incident from one row to the next, as far as it matters who is there. */
type Step = { readonly at: Instant; readonly row: number; readonly incident: Incident };

function follow(rows: readonly TimelineRow[]): readonly Step[] {
  const steps: Step[] = [];
  for (const { id: row, event, actor, occurredAt, recordedAt } of rows.toSorted((one, other) => one.id - other.id)) {
    const before = steps.at(-1);
    // Things are counted in the order in which they were recorded, so none may lie before the one that it follows.
    const at = Math.max(before?.at ?? -Infinity, Math.min(occurredAt, recordedAt));
    if (before === undefined) {
      // Its number counts nothing here.
      if (event.kind === 'declared')
        steps.push({ at, row, incident: begin(0 as IncidentId, { event, actor, occurredAt }) });
      continue;
    }
    if (event.kind === 'declared') continue;
    const incident = apply(before.incident, { event, actor, occurredAt });
    if (isSameRoom(before.incident, incident)) steps[steps.length - 1] = { ...before, incident };
    else steps.push({ at, row, incident });
  }
  return steps;
}

function isSameRoom(one: Incident, other: Incident): boolean {
  return one.responders === other.responders && one.roles === other.roles && one.status === other.status;
}

/** Where the step stands that ended it; `null`: it goes on. */
function endOf(steps: readonly Step[]): number | null {
  const after = steps.findLastIndex(({ incident }) => isOngoing(incident)) + 1;
  return after < steps.length ? after : null;
}

/** What holds at the end of a moment counts for it. */
function countsOf(steps: readonly Step[]): readonly Count[] {
  return steps
    .filter(({ at }, index) => steps[index + 1]?.at !== at)
    .map(countOf)
    .filter((count, index, all) => {
      const before = all[index - 1];
      return before === undefined || heads.some((name) => before[name] !== count[name]);
    });
}

const heads = ['paged', 'active', 'standby'] as const;

function countOf({ at, row, incident }: Step): Count {
  return { at, row, ...countHeads(incident) };
}

function sharesOf(steps: readonly Step[], to: Instant): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const [index, { at: from, incident }] of steps.entries()) {
    const until = steps[index + 1]?.at ?? to;
    if (until <= from) continue;
    for (const person of activePeople(incident)) {
      const purpose = purposeOf(incident, person);
      const key = JSON.stringify(purpose);
      const known = shares.get(key) ?? { purpose, millis: 0, from, to: until };
      shares.set(key, { ...known, millis: known.millis + until - from, to: until });
    }
  }
  return [...shares.values()].toSorted(({ purpose: one }, { purpose: other }) => compare(orderOf(one), orderOf(other)));
}

function purposeOf(incident: Incident, person: PersonId): Purpose {
  const role = roles.find((candidate) => incident.roles[candidate] === person);
  if (role !== undefined) return { type: 'role', role };
  const service = incident.responders.find((responder) => responder.person === person)?.asked?.service ?? null;
  return service === null ? { type: 'others' } : { type: 'service', service };
}

function orderOf(purpose: Purpose): string {
  switch (purpose.type) {
    case 'role':
      return `0${roles.indexOf(purpose.role)}`;
    case 'service':
      return `1${purpose.service}`;
    case 'others':
      return '2';
  }
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
