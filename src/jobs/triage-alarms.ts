/**
 * Decides what comes of the alarms that nobody has dealt with yet, all of them at once: which are brought to an incident,
 * which open one, which are only shown. Whatever is done about an alarm notes in the same transaction that it is dealt with.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { located } from '../aws/alarm-arn.ts';
import { handle, type Outcome } from '../handle.ts';
import type { RaisedAlarm } from '../incident/command.ts';
import type { Incident, IncidentId, Instant } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import { alarmTriage, type Job } from '../incident/job.ts';
import { treat } from '../incident/treat.ts';
import { triage } from '../incident/triage.ts';
import { groupOf, type Triaged, type UnsettledAlarm } from '../incident/triaged.ts';
import { counted } from '../incident/verdict.ts';
import { type Episode, readRedAlarms, readUnsettled, settle, type StandingAlarm } from '../postgres/alarms.ts';
import { readOpenIncidents } from '../postgres/incidents.ts';
import { isOutage, readNow, type Transaction } from '../postgres/postgres.ts';
import {
  countAutomatic,
  endSpells,
  groupsShowing,
  notePaged,
  showAlarms,
  unsettleSeparated,
} from '../postgres/triage.ts';
import type { Context } from './context.ts';
import { digest } from './keep.ts';

/** Time over which automatic rooms are counted, in milliseconds. */
export const roomsMillis = 60 * 60_000;

/** As many are read at once; more are dealt with in the next run. */
const mostAtOnce = 2_000;

/** After a run with so many alarms the next one waits a moment, in milliseconds. */
const manyAlarms = 50;
const restMillis = 400;

/** What could not be done because the world moved on meanwhile is looked at again, in milliseconds. */
const againMillis = 1_000;

/** What failed in a way that nobody foresaw is tried again, in milliseconds. */
const brokenMillis = 30_000;

export async function triageAlarms(context: Context): Promise<void> {
  const { postgres, queue, policy } = context;
  await unsettleSeparated(postgres);
  const standing = await readUnsettled(postgres);
  const alarms = standing.map(located);
  const at = await readNow(postgres);
  const open = await readOpenIncidents(postgres);
  const outcomes = triage({
    alarms,
    shown: await readEvidence(context, alarms, at),
    open,
    recentRooms: await countAutomatic(postgres, at - roomsMillis),
    policy,
    at,
  });

  const again: Instant[] = [];
  for (const outcome of outcomes) {
    const next = await bringAbout(context, outcome, { open, at }).catch((error: unknown) => {
      if (isOutage(error)) throw error;
      // The others are brought about all the same.
      context.log.error(
        { outcome: outcome.outcome, err: error },
        'alarms could not be dealt with and are looked at again',
      );
      return at + brokenMillis;
    });
    if (next !== null) again.push(next);
  }
  await postgres.transaction(async (tx) => {
    await settleCleared(tx, standing);
    // An incident that opened can be joined from every card, so all of them are looked at then.
    const opened = outcomes.some(({ outcome }) => outcome === 'raise');
    const groups = await groupsShowing(tx, opened ? null : standing.map(({ alarm }) => alarm));
    await endSpells(tx);
    // What cleared is dealt with too, so there is room for others.
    const moves = standing.some(({ state }) => state !== 'ALARM') || outcomes.some(({ outcome }) => outcome !== 'wait');
    const more = standing.length >= mostAtOnce && moves;
    await queue.enqueue(tx, [...groups.map(triageCard), ...(more ? [alarmTriage] : nextTriage(again))]);
  });
  // In a storm there is something new at every moment: taken together it costs less, and the storm itself goes first.
  if (standing.length >= manyAlarms) await wait(restMillis);
}

/** Has a triage made when the catalog or anything else may have changed, such as at the start of a process. */
export async function ensureTriage(context: Context): Promise<void> {
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [alarmTriage]));
}

export function triageCard(group: string): Job {
  return { name: 'triage-card', key: `triage-card:${group}`, data: { group } };
}

function nextTriage(times: readonly Instant[]): readonly Job[] {
  return times.length === 0 ? [] : [{ ...alarmTriage, runAt: Math.min(...times) }];
}

/** Only what may open an incident asks for what else is red. */
async function readEvidence(
  { postgres, policy }: Context,
  alarms: readonly UnsettledAlarm[],
  at: Instant,
): Promise<readonly UnsettledAlarm[]> {
  if (!alarms.some((alarm) => alarm.state === 'ALARM' && treat(policy, alarm).opens)) return [];
  return (await readRedAlarms(postgres))
    .filter(({ settledSince, since, incident }) => settledSince === since && incident === null)
    .filter(({ since }) => at - since < policy.alarms.windowMillis)
    .map(located);
}

export function episodesOf(alarms: readonly Pick<UnsettledAlarm, 'alarm' | 'contributor' | 'since'>[]): Episode[] {
  return alarms.map(({ alarm, contributor, since }) => ({ alarm, contributor: contributor?.id ?? '', since }));
}

/** What is not red any more keeps what it was brought to, so that its line still tells. */
async function settleCleared(tx: Transaction, standing: readonly StandingAlarm[]): Promise<void> {
  const cleared = standing.filter(({ state }) => state !== 'ALARM');
  for (const [incident, mine] of Map.groupBy(cleared, (each) => each.incident)) {
    await settle(tx, episodesOf(mine), incident);
  }
}

type World = { readonly open: readonly Incident[]; readonly at: Instant };

/** Gives when these alarms are to be looked at again; `null`: not before there are news of them. */
async function bringAbout(context: Context, triaged: Triaged, world: World): Promise<Instant | null> {
  switch (triaged.outcome) {
    case 'wait':
      return triaged.until;
    case 'observe':
      return observe(context, triaged, world);
    case 'join':
      return join(context, triaged, world);
    case 'raise':
      return raise(context, triaged, world);
    case 'show':
      await show(context, triaged.group, triaged.alarms, false);
      return null;
    case 'overflow':
      await show(context, triaged.service, triaged.alarms, true);
      return null;
  }
}

type Of<O extends Triaged['outcome']> = Extract<Triaged, { outcome: O }>;

async function observe(
  context: Context,
  { incident: id, alarms }: Of<'observe'>,
  world: World,
): Promise<Instant | null> {
  const incident = world.open.find((each) => each.id === id);
  const readings = [...Map.groupBy(alarms, ({ alarm }) => alarm)].map(([alarm, [first]]) => ({
    alarm,
    verdict: 'alarm' as const,
    doubt: null,
    because: first?.because ?? '',
    since: first?.since ?? null,
    timing: null,
  }));
  // News say nothing about what can be seen: that stays as it is.
  const watched = incident === undefined ? [] : counted(incident).map(({ alarm }) => alarm);
  const blind = (incident?.blind ?? []).map((each) => ({ ...each, because: '', alarms: watched }));
  const outcome = await handle(context, {
    id: sourceOf(`news:${id}`, alarms),
    by: { type: 'system' },
    incident: id,
    command: { name: 'observe alarms', readings, blind },
    also: (tx, after) => settleInto(tx, after, alarms),
  });
  return settledAll(context, outcome, { id, alarms, at: world.at });
}

async function join(
  context: Context,
  { incident: id, alarms, raised }: Of<'join'>,
  world: World,
): Promise<Instant | null> {
  const outcome = await handle(context, {
    id: sourceOf(`join:${id}`, alarms),
    by: { type: 'alarm', name: nameOf(raised) },
    incident: id,
    command: { name: 'join alarms', alarms: raised },
    also: (tx, after) => settleInto(tx, after, alarms),
  });
  return settledAll(context, outcome, { id, alarms, at: world.at });
}

async function raise(context: Context, triaged: Of<'raise'>, { open, at }: World): Promise<Instant | null> {
  const { alarms, raised, title, severity, services } = triaged;
  // An alarm that people took out of an incident may open another for the same red.
  const apart = open.filter(({ separated }) => alarms.some(({ alarm }) => separated.includes(alarm)));
  const outcome = await handle(context, {
    id: sourceOf(['raise', ...apart.map(({ id }) => roomKey(id)).toSorted()].join(':'), alarms),
    by: { type: 'alarm', name: nameOf(raised) },
    incident: null,
    command: { name: 'raise alarms', alarms: raised, title, severity, services },
    also: (tx, incident) => settleInto(tx, incident, alarms),
  });
  if (outcome.type !== 'done') {
    context.log.warn({ services }, 'alarms could not open an incident');
    return at + againMillis;
  }
  if (!outcome.repeated) return settledAll(context, outcome, { id: outcome.incident.id, alarms, at });
  // They opened one already and are no part of it any more: the same red opens nothing twice, and is not forgotten either.
  const brought = new Set(taken(outcome.incident, alarms));
  const left = alarms.filter((alarm) => !brought.has(alarm));
  for (const [group, mine] of Map.groupBy(left, (alarm) => groupOf(treat(context.policy, alarm).service))) {
    await show(context, group, mine, false);
  }
  return null;
}

/** The same alarms, red since the same time, are the same request, however often it is made. */
function sourceOf(kind: string, alarms: readonly UnsettledAlarm[]): string {
  const parts = episodesOf(alarms).map(({ alarm, contributor, since }) => `${alarm}:${contributor}:${since}`);
  return `${kind}:${digest(parts.toSorted().join('\n'))}`;
}

function nameOf([first]: readonly RaisedAlarm[]): string {
  return first?.watch.name ?? '';
}

function taken({ watches }: Incident, alarms: readonly UnsettledAlarm[]): readonly UnsettledAlarm[] {
  const mine = new Set(
    watches.filter(({ verdict, discounted }) => verdict === 'alarm' && discounted === null).map(({ alarm }) => alarm),
  );
  return alarms.filter(({ alarm }) => mine.has(alarm));
}

/** What the incident did not take, because somebody decided otherwise meanwhile, is not dealt with. */
async function settleInto(tx: Transaction, incident: Incident, alarms: readonly UnsettledAlarm[]): Promise<void> {
  await settle(tx, episodesOf(taken(incident, alarms)), incident.id);
}

function settledAll(
  context: Context,
  outcome: Outcome,
  ask: { readonly id: IncidentId; readonly alarms: readonly UnsettledAlarm[]; readonly at: Instant },
): Instant | null {
  if (outcome.type === 'done' && taken(outcome.incident, ask.alarms).length === ask.alarms.length) return null;
  context.log.info({ incident: roomKey(ask.id) }, 'alarms were not taken by an incident and are looked at again');
  return ask.at + againMillis;
}

async function show(
  { postgres, queue }: Context,
  group: string,
  alarms: readonly UnsettledAlarm[],
  overflows: boolean,
): Promise<void> {
  await postgres.transaction(async (tx) => {
    await settle(tx, episodesOf(alarms), null);
    await showAlarms(tx, group, alarms);
    const page = overflows && (await notePaged(tx, group));
    const paging: Job = { name: 'page-overflow', key: `page-overflow:${group}`, data: { service: group } };
    await queue.enqueue(tx, [triageCard(group), ...(page ? [paging] : [])]);
  });
}
