/**
 * Reads every alarm that matters, once for all incidents, and arms the next poll. There is one chain of polls in a cluster,
 * because the queue lets one job of a key wait and one run.
 */
import type { AlarmAsked } from '../aws/cloudwatch.ts';
import type { AlarmNews } from '../incident/alarm.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import { alarmPoll } from '../incident/job.ts';
import type { Policy } from '../incident/policy.ts';
import { readRedAlarms } from '../postgres/alarms.ts';
import { readNow } from '../postgres/postgres.ts';
import { noteMissed, noteReached, readUnread } from './blind-places.ts';
import type { Context } from './context.ts';
import { type FollowedIncident, readFollowed, tellFollowed } from './followed-incidents.ts';
import { handOver } from './hand-over.ts';

const second = 1_000;

/** Where nobody waits for recovery, and red alarms are only looked for. */
const lookingMillis = 60 * second;

/** Where there is nothing to read, until an incident or the catalog changes. */
const idleMillis = 10 * 60 * second;

/** After a poll that broke. */
const brokenMillis = 30 * second;

/** So that not all clusters in the world ask at the same second. */
const jitter = 0.1;

/** Red alarms that nobody watches are looked after too, as many as this. */
const mostStanding = 1_000;

/** One poll. What goes wrong in it is logged; the next poll is armed all the same. */
export async function pollAlarms(context: Context): Promise<void> {
  const begun = await readNow(context.postgres);
  const everyMillis = await pollOnce(context, begun).catch((error: unknown) => {
    context.log.error({ err: error }, 'the poll of alarms failed');
    return brokenMillis;
  });
  const now = await readNow(context.postgres);
  const waitMillis = Math.round(everyMillis * (1 + (Math.random() * 2 - 1) * jitter));
  const runAt = Math.max(begun + waitMillis, now + second);
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [{ ...alarmPoll, runAt }]));
}

/** Makes sure that polling goes on; called when a process starts, also beside others that poll already. */
export async function ensurePolling(context: Context): Promise<void> {
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [alarmPoll]));
}

/** Gives how soon the next one is wanted, in milliseconds. */
async function pollOnce(context: Context, begun: Instant): Promise<number> {
  const { postgres, policy, cloudWatch } = context;
  const followed = await readFollowed(postgres, begun);
  const opening = openers(policy);
  const standing = (await readRedAlarms(postgres)).map(({ alarm }) => alarm).slice(-mostStanding);
  const alarms = whatToAsk(followed, [...opening, ...standing], policy);

  const [read, found] = await Promise.all([
    cloudWatch.readAlarms({ alarms, now: begun }),
    cloudWatch.findRedAlarms({ selections: policy.alarms.selections, now: begun }),
  ]);
  const now = await readNow(postgres);
  await noteReached(postgres, read.reached);
  const blind = (await Promise.all(read.missed.map((missed) => noteMissed(postgres, missed, now)))).filter(
    (each) => each !== null,
  );
  const all = [...read.readings, ...blind.flatMap(readUnread)];
  const readings = new Map(all.map((reading) => [reading.alarm, reading]));
  await tellFollowed(context, { readings, blind, at: now });

  const roads = new Set([...opening, ...standing]);
  const gone = standing.filter((alarm) => readings.get(alarm)?.doubt === 'gone');
  await handOver(context, {
    news: together(
      read.news.filter(({ alarm }) => roads.has(alarm)),
      found,
    ),
    gone,
    now,
  });
  return paceOf(followed, roads.size > 0 || policy.alarms.selections.length > 0);
}

/** The listed alarms that may open an incident by themselves. */
function openers(policy: Policy): readonly AlarmArn[] {
  return policy.services.flatMap(({ alarms }) => alarms.flatMap(({ alarm, opens }) => (opens ? [alarm] : [])));
}

/** Each alarm once. Whether data has to show that it is well depends on whether an incident waits for it. */
function whatToAsk(
  followed: readonly FollowedIncident[],
  others: readonly AlarmArn[],
  policy: Policy,
): readonly AlarmAsked[] {
  const traffic = new Map(policy.services.map((service) => [service.name, service.traffic]));
  const asked = new Map<AlarmArn, AlarmAsked>(others.map((alarm) => [alarm, { alarm, watched: null }]));
  for (const alarms of new Set(followed.map((incident) => incident.alarms))) {
    for (const { alarm, service } of alarms) {
      if (service === null && asked.get(alarm)?.watched) continue;
      const metric = service === null ? null : (traffic.get(service) ?? null);
      asked.set(alarm, { alarm, watched: { service, traffic: metric } });
    }
  }
  return [...asked.values()];
}

/** What was found by looking knows the alarm's tags. */
function together(read: readonly AlarmNews[], found: readonly AlarmNews[]): readonly AlarmNews[] {
  return [...new Map([...read, ...found].map((news) => [news.alarm, news])).values()];
}

function paceOf(followed: readonly FollowedIncident[], looking: boolean): number {
  const wanted = followed.flatMap(({ everyMillis }) => everyMillis ?? []);
  return Math.min(...wanted, looking ? lookingMillis : idleMillis);
}
