/** Where CloudWatch can't be read, and for how long that has gone on. It outlives the process that noticed. */
import type { Missed } from '../aws/cloudwatch.ts';
import type { AlarmReading, Blindness } from '../incident/command.ts';
import type { Instant } from '../incident/incident.ts';
import { clock } from '../incident/timeline.ts';
import { finish, mark, markAgain, wantAgain } from '../postgres/outside-writes.ts';
import type { Sql } from '../postgres/postgres.ts';

/** A hiccup changes no verdict. After this long nobody can tell any more, in milliseconds. */
const hiccupMillis = 50_000;

/** Longer than this without a try, nobody looked there: it is not known to have been unreadable in between. */
const absenceMillis = 10 * 60_000;

function keyOf(place: string): string {
  return `read-alarms:${place}`;
}

/** These places could be read. */
export async function noteReached(sql: Sql, places: readonly string[]): Promise<void> {
  for (const place of places) await finish(sql, keyOf(place), 'read');
}

/** This place could not be read. Gives the blindness, once it has gone on for too long; before that `null`. */
export async function noteMissed(sql: Sql, missed: Missed, now: Instant): Promise<Blindness | null> {
  const write = { key: keyOf(missed.place), incident: null, method: 'DescribeAlarms' };
  const before = await mark(sql, write);
  const forgotten = !before.fresh && (before.attemptedAt === null || now - before.attemptedAt > absenceMillis);
  if (forgotten && !before.finished) await finish(sql, write.key, 'read');
  if (forgotten || before.finished) await wantAgain(sql, write.key, 'unread');
  const { wantedAt: since } = forgotten || before.finished ? await mark(sql, write) : before;
  await markAgain(sql, write.key);
  if (now - since < hiccupMillis) return null;
  return { place: missed.words, alarms: missed.alarms, since, because: missed.because };
}

/** What can be said of the alarms of a place that is blind. */
export function readUnread({ place, alarms, since, because }: Blindness): readonly AlarmReading[] {
  const words = `CloudWatch in ${place} can't be read: ${because} (since ${clock(since)} UTC)`;
  return alarms.map((alarm) => ({
    alarm,
    verdict: 'unknown',
    doubt: 'unread',
    because: words,
    since: null,
    timing: null,
  }));
}
