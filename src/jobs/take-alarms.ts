/** Stores what the roads bring of alarms. Nothing is decided here: `triage-alarms` and `poll-alarms` are told to look. */
import type { Received } from '../aws/alarm-message.ts';
import { handle, type Shell } from '../handle.ts';
import type { AlarmReconfigured } from '../incident/alarm.ts';
import type { Instant } from '../incident/incident.ts';
import { alarmPoll, alarmTriage } from '../incident/job.ts';
import { saveNews } from '../postgres/alarms.ts';
import { isOutage, readNow, type Transaction } from '../postgres/postgres.ts';
import { readWatching } from '../postgres/watches.ts';

/** Some of what was received could not be stored, whatever was tried; all the rest is. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  readonly received: ReadonlySet<Received>;
  constructor(received: readonly Received[], cause: unknown) {
    super('some news of alarms could not be stored', { cause });
    this.received = new Set(received);
  }
}

/** However much news comes, alarms are polled at most this often because of it, in milliseconds. */
const pollMillis = 5_000;

/**
 * Stores all of it, however often it is delivered, and has it looked at. Resolves once everything is saved.
 * @throws NotTaken when the database refuses some of it, and what the database throws when it is away: then nothing is sure.
 */
export async function takeAlarms(shell: Shell, received: readonly Received[]): Promise<void> {
  const failures = await takeInParts(shell, received);
  const [first] = failures;
  if (first === undefined) return;
  throw new NotTaken(
    failures.map((failure) => failure.received),
    first.error,
  );
}

type Failure = { readonly received: Received; readonly error: unknown };

/** One that the database refuses must not hold up the others: they are stored without it. */
async function takeInParts(shell: Shell, received: readonly Received[]): Promise<readonly Failure[]> {
  try {
    await takeTogether(shell, received);
    return [];
  } catch (error) {
    const [only, ...others] = received;
    if (only === undefined || isOutage(error)) throw error;
    if (others.length === 0) return [{ received: only, error }];
    const half = Math.ceil(received.length / 2);
    const before = await takeInParts(shell, received.slice(0, half));
    return [...before, ...(await takeInParts(shell, received.slice(half)))];
  }
}

async function takeTogether(shell: Shell, received: readonly Received[]): Promise<void> {
  const news = received.flatMap(({ road, translated }) =>
    translated.type === 'news' ? [{ road, news: translated.news }] : [],
  );
  if (news.length > 0) {
    await shell.postgres.transaction(async (tx) => {
      const saved = await saveNews(tx, news);
      const alarms = new Set(news.map((each) => each.news.alarm));
      const watched = saved > 0 && (await readWatching(tx, [...alarms])).length > 0;
      await shell.queue.enqueue(tx, watched ? [alarmTriage, await nextPoll(tx)] : [alarmTriage]);
    });
  }
  for (const { translated } of received) {
    if (translated.type === 'reconfigured') await noteReconfigured(shell, translated.change);
  }
}

async function nextPoll(tx: Transaction): Promise<typeof alarmPoll & { readonly runAt: Instant }> {
  return { ...alarmPoll, runAt: Math.ceil((await readNow(tx)) / pollMillis) * pollMillis };
}

async function noteReconfigured(shell: Shell, change: AlarmReconfigured): Promise<void> {
  const incidents = await readWatching(shell.postgres, [change.alarm]);
  for (const incident of incidents) {
    await handle(shell, {
      id: `reconfigured:${change.alarm}:${change.change}:${change.at}`,
      by: { type: 'system' },
      incident,
      command: { name: 'note reconfigured alarm', change },
    });
  }
  if (incidents.length === 0) return;
  await shell.postgres.transaction(async (tx) => shell.queue.enqueue(tx, [await nextPoll(tx)]));
}
