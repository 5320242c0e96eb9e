/** Reads queues of alarms for as long as the process lives: take, store, and only then remove. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Received, translateQueued } from '../aws/alarm-message.ts';
import { type AlarmQueue, mostMessages, type QueuedMessage } from '../aws/queue.ts';
import type { Instant } from '../incident/incident.ts';
import type { Metrics } from '../metrics.ts';
import { openGathering } from '../web/gather.ts';
import { NotTaken } from './take-alarms.ts';

export type QueuesContext = {
  readonly queues: readonly AlarmQueue[];
  /** Resolves once all of it is stored. What was taken before may come again. */
  readonly take: (received: readonly Received[]) => Promise<void>;
  readonly now: () => Promise<Instant>;
  readonly metrics: Pick<Metrics, 'taken' | 'refused'>;
  readonly log: Logger;
};

export type QueueReading = {
  /** Asks for nothing more, and lets what was received be stored and removed. */
  stop(): Promise<void>;
};

/** Those who ask a queue at the same time, while it is full; otherwise it is one. */
const mostReceivers = 32;

/** What several receivers brought is stored together: so many lots of ten. */
const most = { together: 40, waiting: 1_000 };

/** Without a dead-letter queue, a message that was refused comes back after this long. */
const hiddenSeconds = 15 * 60;

const longestWaitMillis = 30_000;

/** So many messages that were refused are remembered. */
const mostKnown = 10_000;

export function readQueues(context: QueuesContext): QueueReading {
  const stopping = new AbortController();
  const gather = openGathering<readonly Received[]>({
    take: (lots) => context.take(lots.flat()),
    most,
    limitMillis: 60_000,
  });
  const running = context.queues.map(async (queue) => {
    const hasDeadLetters = await findDeadLetters(context, queue);
    await readQueue({ ...context, queue, hasDeadLetters, gather, stopped: stopping.signal, known: new Set() });
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

type Reading = Omit<QueuesContext, 'queues' | 'take'> & {
  readonly queue: AlarmQueue;
  readonly hasDeadLetters: boolean;
  readonly gather: (lot: readonly Received[]) => Promise<void>;
  readonly stopped: AbortSignal;
  /** The ids of messages that were refused before. */
  readonly known: Set<string>;
};

async function findDeadLetters({ log }: QueuesContext, queue: AlarmQueue): Promise<boolean> {
  try {
    const found = await queue.hasDeadLetters();
    if (!found) {
      log.warn(
        { queue: queue.name },
        'the queue has no dead-letter queue: messages that are refused come again until they expire',
      );
    }
    return found;
  } catch (error) {
    log.warn({ queue: queue.name, err: error }, 'nobody can tell whether the queue has a dead-letter queue');
    return false;
  }
}

/** One asks all the time. While the lots are full more come to help, and they leave when there is nothing left. */
async function readQueue(reading: Reading): Promise<void> {
  const helping = new Set<Promise<void>>();
  const receive = async (helper: boolean): Promise<void> => {
    let failures = 0;
    while (!reading.stopped.aborted) {
      const messages = await receiveLot(reading, failures);
      failures = messages === null ? failures + 1 : 0;
      if (messages?.length === mostMessages && helping.size < mostReceivers - 1) {
        const one = receive(true).finally(() => helping.delete(one));
        helping.add(one);
      }
      if (messages !== null && messages.length > 0) await takeLot(reading, messages);
      else if (helper) return;
    }
  };
  await receive(false);
  await Promise.all(helping);
}

/** `null`: it could not be asked; the wait is over. */
async function receiveLot(
  { queue, stopped, log }: Reading,
  failures: number,
): Promise<readonly QueuedMessage[] | null> {
  try {
    return await queue.receive(stopped);
  } catch (error) {
    if (stopped.aborted) return null;
    log.warn({ queue: queue.name, err: error }, 'the queue could not be read');
    await backOff(failures, stopped);
    return null;
  }
}

async function backOff(failures: number, stopped: AbortSignal): Promise<void> {
  const millis = Math.min(longestWaitMillis, 1_000 * 2 ** Math.min(failures, 5)) * (0.5 + Math.random() / 2);
  await wait(millis, undefined, { signal: stopped }).catch(() => undefined);
}

type Lot = {
  /** What has to be stored, and the message that brought it. */
  readonly told: ReadonlyMap<Received, QueuedMessage>;
  /** What is done with, without storing anything. */
  readonly idle: readonly QueuedMessage[];
  readonly refused: readonly QueuedMessage[];
};

async function takeLot(reading: Reading, messages: readonly QueuedMessage[]): Promise<void> {
  const now = await untilItWorks(reading, () => reading.now());
  if (now === null) return;
  const { told, idle, refused } = translateLot(reading, messages, now);
  const failed = await untilItWorks(reading, () => store(reading, [...told.keys()]));
  if (failed === null) return;
  for (const received of failed) refuse(reading, told.get(received), 'not saved');
  const stored = [...told].flatMap(([received, message]) => (failed.has(received) ? [] : [message]));
  const kept = [...refused, ...[...failed].flatMap((received) => told.get(received) ?? [])];
  reading.metrics.taken('queue', 'stored', stored.length);
  reading.metrics.taken('queue', 'not an alarm', idle.length);
  await settle(reading, { done: [...stored, ...idle], kept });
}

function translateLot(reading: Reading, messages: readonly QueuedMessage[], now: Instant): Lot {
  const told = new Map<Received, QueuedMessage>();
  const idle: QueuedMessage[] = [];
  const refused: QueuedMessage[] = [];
  for (const message of messages) {
    const translated = translateQueued(message.body, now);
    switch (translated.type) {
      case 'news':
      case 'reconfigured':
        told.set({ road: 'queue', messageId: message.id, translated }, message);
        break;
      case 'not an alarm':
        reading.log.info(
          { road: 'queue', queue: reading.queue.name, messageId: message.id, what: translated.what },
          'a message is not about an alarm',
        );
        idle.push(message);
        break;
      case 'refused':
        refuse(reading, message, 'not understood', translated.because);
        refused.push(message);
        break;
    }
  }
  return { told, idle, refused };
}

/** Told and counted once: it comes again until it is moved to the dead-letter queue. */
function refuse(
  { queue, metrics, log, known }: Reading,
  message: QueuedMessage | undefined,
  refusal: 'not understood' | 'not saved',
  because = 'the database refuses it',
): void {
  if (message === undefined || known.has(message.id)) return;
  if (known.size >= mostKnown) known.clear();
  known.add(message.id);
  metrics.refused('queue', refusal);
  log.warn({ road: 'queue', queue: queue.name, messageId: message.id, refusal, because }, 'a message was refused');
}

/** Gives what could not be stored although the database answers. */
async function store({ gather, log }: Reading, lot: readonly Received[]): Promise<ReadonlySet<Received>> {
  if (lot.length === 0) return new Set();
  try {
    await gather(lot);
    return new Set();
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    log.error({ err: error }, 'news of alarms could not be stored');
    return new Set(lot.filter((received) => error.received.has(received)));
  }
}

/**
 * Nothing more is received while the database is away: each time that a message comes and is not stored, it is a step nearer
 * to the dead-letter queue. `null`: we were told to stop, and it comes again.
 */
async function untilItWorks<Result>({ stopped, log }: Reading, work: () => Promise<Result>): Promise<Result | null> {
  for (let failures = 0; !stopped.aborted; failures++) {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error }, 'news of alarms wait: they could not be stored');
      await backOff(failures, stopped);
    }
  }
  return null;
}

/** What is not removed, for whatever reason, comes again and changes nothing. */
async function settle(
  { queue, hasDeadLetters, log }: Reading,
  { done, kept }: { readonly done: readonly QueuedMessage[]; readonly kept: readonly QueuedMessage[] },
): Promise<void> {
  try {
    const left = done.length === 0 ? 0 : await queue.remove(done);
    if (left > 0) log.warn({ queue: queue.name, messages: left }, 'messages could not be removed from the queue');
    if (kept.length > 0 && !hasDeadLetters) await queue.hide(kept, hiddenSeconds);
  } catch (error) {
    log.warn({ queue: queue.name, err: error }, 'messages could not be removed from the queue');
  }
}
