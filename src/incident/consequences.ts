/** What follows from what was decided: whoever is to be called now is called, in the same breath. */
import { apply, begin, type Entry } from './apply.ts';
import { callsFor, followCalls } from './calls.ts';
import type { Ask } from './decision.ts';
import type { Happening } from './event.ts';
import type { Actor, Incident, IncidentId, Instant, PersonId, ServiceName } from './incident.ts';
import { isUnmitigated, rank } from './incident.ts';
import { pageAgain } from './decide-people.ts';
import { leadKey } from './decide-roles.ts';
import { leadCall } from './keep-time.ts';
import { openPage } from './paging.ts';

type Following = Pick<Ask, 'at' | 'policy' | 'directory'> & {
  /** The incident before, or the number of a new one. */
  readonly before: Incident | IncidentId;
  readonly happenings: readonly Happening[];
  readonly by: Actor;
};

/** Whether calls may go out, change or end because of these happenings. */
export function changesCalls({ before, happenings, by, at }: Omit<Following, 'policy' | 'directory'>): boolean {
  const after = replay(before, happenings, { by, at });
  if (after === null) return false;
  return typeof before === 'number' || !isSame(before, after) || isReopened(happenings) || lost(happenings).length > 0;
}

/** The calls that go out, change or end because of these happenings, after them. */
export function consequences({ before, happenings, by, at, policy, directory }: Following): readonly Happening[] {
  const after = replay(before, happenings, { by, at });
  if (after === null || !changesCalls({ before, happenings, by, at })) return [];
  const again = lost(happenings).flatMap((person) => pageAgain(after, person, { at, directory }));
  if (again.length > 0) return again;
  const anew = isReopened(happenings);
  const worse = isWorse(before, after);
  const calls = callsFor({ services: affected(after, happenings), severity: after.severity }, policy);
  const byHand = calledByHand(before, after);
  const followed = followCalls(after, { calls, at, directory, anew, worse, byHand });
  if (!anew) return followed;
  const called = replay(after, followed, { by, at }) ?? after;
  return [...followed, ...callCommander(called, { at, policy, directory })];
}

/** Those who turned out to be out of reach. */
function lost(happenings: readonly Happening[]): readonly PersonId[] {
  return happenings.flatMap(({ event }) => (event.kind === 'responder unreachable' ? [event.person] : []));
}

function isReopened(happenings: readonly Happening[]): boolean {
  return happenings.some(({ event }) => event.kind === 'reopened' && event.byItself);
}

/** The incident after these happenings; `null`: nothing happened to begin one with. */
export function replay(
  before: Incident | IncidentId,
  happenings: readonly Happening[],
  { by, at }: { readonly by: Actor; readonly at: Instant },
): Incident | null {
  let incident: Incident | null = typeof before === 'number' ? null : before;
  for (const { event, actor, occurredAt } of happenings) {
    const entry: Entry = { event, actor: actor ?? by, occurredAt: occurredAt ?? at };
    incident =
      incident === null && typeof before === 'number' ? begin(before, entry) : apply(incident ?? fail(), entry);
  }
  return incident;
}

function fail(): never {
  throw new Error('an incident is there before anything else happens to it');
}

/** Whether nothing changed on which it depends who is called. */
function isSame(before: Incident, after: Incident): boolean {
  return (
    before.severity === after.severity &&
    isUnmitigated(before) === isUnmitigated(after) &&
    before.services.length === after.services.length &&
    before.services.every((name) => after.services.includes(name))
  );
}

/** Users are affected more than before, or again. */
function isWorse(before: Incident | IncidentId, after: Incident): boolean {
  if (typeof before === 'number') return true;
  return rank(after.severity) < rank(before.severity) || !isUnmitigated(before);
}

/** Its own services, and those whose alarm made it worse: they are called for as long as that alarm is red. */
function affected(incident: Incident, happenings: readonly Happening[]): readonly ServiceName[] {
  const worse = happenings.some(({ event }) => event.kind === 'severity changed');
  const joined = happenings.flatMap(({ event }) =>
    event.kind === 'alarms joined' && worse ? event.alarms.flatMap(({ watch }) => watch.service ?? []) : [],
  );
  const red = incident.watches.flatMap(({ verdict, service }) =>
    verdict === 'alarm' && service !== null ? [service] : [],
  );
  const called = red.filter((service) =>
    incident.pages.some((page) => page.service === service && page.ended === null),
  );
  return [...new Set([...incident.services, ...joined, ...called])];
}

/** What runs for services that were never a part of this, nor have an alarm here. */
function calledByHand(before: Incident | IncidentId, after: Incident): readonly ServiceName[] {
  const known = [
    ...(typeof before === 'number' ? [] : before.services),
    ...after.watches.map(({ service }) => service),
  ];
  return after.pages.flatMap(({ service }) => (service === null || known.includes(service) ? [] : [service]));
}

/** Whoever led may have gone to bed: they are called like everyone else. */
function callCommander(
  incident: Incident,
  circumstances: Pick<Ask, 'at' | 'policy' | 'directory'>,
): readonly Happening[] {
  const { commander } = incident.roles;
  if (commander === null || incident.test) return [];
  if (incident.pages.some(({ key, ended, called }) => key !== leadKey && ended === null && called.includes(commander)))
    return [];
  const call = leadCall(incident, circumstances.policy);
  return openPage(incident, { ...call, levels: [[commander], ...call.levels] }, circumstances);
}
