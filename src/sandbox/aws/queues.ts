/** The queues of the stand-in. Time is the stand-in's own, but for the wait for a message, which is real. */
import { createHash, randomUUID } from 'node:crypto';
import { readHandle, writeHandle } from './receipt-handle.ts';

export type QueueSetup = {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  /** 30 when left out. */
  readonly visibilitySeconds?: number;
  /** Messages received this often without being deleted go to a second queue, `<name>-dead-letter`. */
  readonly deadLetterAfter?: number;
};

export type QueueCounts = { readonly ready: number; readonly inFlight: number; readonly delayed: number };

/** One message as it is handed out; `sentAt` in epoch milliseconds. */
export type ReceivedMessage = {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5: string;
  readonly attributes: unknown;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
  readonly deadLetterSource: string | null;
};

export type Receive = {
  readonly most: number;
  readonly waitMillis: number;
  readonly visibilityMillis: number;
  /** Whether the one who asks is still there: a message for nobody stays where it is. */
  readonly wanted: () => boolean;
};

export type Queue = {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly visibilityMillis: number;
  readonly createdAt: number;
  readonly deadLetter: { readonly queue: Queue; readonly after: number } | null;
  /** The answer is the id of the message. */
  send(body: string, said?: { readonly attributes?: unknown; readonly delayMillis?: number }): string;
  receive(asked: Receive): Promise<readonly ReceivedMessage[]>;
  /** Of a handle that is no longer the newest nothing is deleted, and nobody is told, as in SQS. `false`: no handle. */
  remove(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, millis: number): 'changed' | 'not in flight' | 'no handle';
  counts(): QueueCounts;
  /** The longest time from the first delivery of a message to its removal so far. */
  slowestRemovalMillis(): number;
  /** The bodies of all messages, in order of their sending. */
  bodies(): readonly string[];
  /** The next `count` messages that are received come once more. */
  duplicateNext(count: number): void;
  purge(): void;
  /** Ends all waiting. */
  close(): void;
};

type Message = {
  readonly key: string;
  readonly messageId: string;
  readonly body: string;
  readonly md5: string;
  readonly attributes: unknown;
  readonly sentAt: number;
  readonly deadLetterSource: string | null;
  receiveCount: number;
  firstReceivedAt: number;
  state: 'ready' | 'delayed' | 'in flight';
  visibleAt: number;
};

/** How often those who wait look whether time has made a message visible: it may leap. */
const lookMillis = 50;

/** Opens a queue; what is received `after` times without being deleted goes to `deadLetter`. */
export function openQueue(
  setup: {
    readonly name: string;
    readonly account: string;
    readonly region: string;
    readonly visibilitySeconds: number;
  },
  now: () => number,
  deadLetter: { readonly queue: DeadLetterQueue; readonly after: number } | null,
): DeadLetterQueue {
  const messages = new Map<string, Message>();
  /** In order of arrival, with what was deleted meanwhile; `head` is the first that was not taken. */
  let line: Message[] = [];
  let head = 0;
  let ready = 0;
  let hidden = 0;
  /** Nothing hidden becomes visible before this. */
  let earliest = Infinity;
  let duplicates = 0;
  let slowest = 0;
  const waiting = new Set<() => void>();
  const arn = `arn:aws:sqs:${setup.region}:${setup.account}:${setup.name}`;

  function wake(): void {
    for (const resume of waiting) resume();
  }

  function add(message: Message): void {
    messages.set(message.key, message);
    if (message.state === 'ready') enqueue(message);
    else hide(message, message.state, message.visibleAt);
    wake();
  }

  function enqueue(message: Message): void {
    message.state = 'ready';
    line.push(message);
    ready += 1;
  }

  function hide(message: Message, state: 'delayed' | 'in flight', until: number): void {
    message.state = state;
    message.visibleAt = until;
    hidden += 1;
    earliest = Math.min(earliest, until);
  }

  /** Back into the line, or to the dead letters when it was received too often. */
  function reveal(message: Message): void {
    hidden -= 1;
    if (deadLetter === null || message.receiveCount < deadLetter.after) return enqueue(message);
    messages.delete(message.key);
    const { messageId, body, md5, attributes, sentAt } = message;
    deadLetter.queue.take({ messageId, body, md5, attributes, sentAt, deadLetterSource: arn });
  }

  function revealDue(): void {
    const at = now();
    if (at < earliest) return;
    earliest = Infinity;
    for (const message of messages.values()) {
      if (message.state === 'ready') continue;
      if (message.visibleAt <= at) reveal(message);
      else earliest = Math.min(earliest, message.visibleAt);
    }
  }

  function next(): Message | undefined {
    for (; head < line.length; head += 1) {
      const message = line[head];
      if (message !== undefined && messages.has(message.key) && message.state === 'ready') break;
    }
    const found = line[head];
    if (found !== undefined) {
      head += 1;
      ready -= 1;
    }
    if (head > 1000 && head * 2 > line.length) {
      line = line.slice(head);
      head = 0;
    }
    return found;
  }

  function takeSome(asked: Receive): readonly ReceivedMessage[] {
    revealDue();
    const taken: ReceivedMessage[] = [];
    while (taken.length < asked.most) {
      const message = next();
      if (message === undefined) break;
      message.receiveCount += 1;
      if (message.receiveCount === 1) message.firstReceivedAt = now();
      if (duplicates > 0) {
        duplicates -= 1;
        add({ ...message, key: randomUUID(), state: 'ready' });
      }
      hide(message, 'in flight', now() + asked.visibilityMillis);
      taken.push({ ...message, receiptHandle: writeHandle(message) });
    }
    return taken;
  }

  /** The message of a handle; `null`: a newer handle exists or the message is gone. */
  function held(receiptHandle: string): Message | null | undefined {
    const read = readHandle(receiptHandle);
    if (read === null) return undefined;
    const message = messages.get(read.key);
    return message?.receiveCount === read.receiveCount ? message : null;
  }

  const queue: DeadLetterQueue = {
    name: setup.name,
    account: setup.account,
    arn,
    visibilityMillis: setup.visibilitySeconds * 1000,
    createdAt: now(),
    deadLetter,
    take(given) {
      add({
        ...given,
        key: randomUUID(),
        receiveCount: 0,
        firstReceivedAt: 0,
        state: 'ready',
        visibleAt: 0,
      });
    },
    send(body, said = {}) {
      const messageId = randomUUID();
      const { attributes = null, delayMillis = 0 } = said;
      const message: Message = {
        key: messageId,
        messageId,
        body,
        md5: md5Of(body),
        attributes,
        sentAt: now(),
        deadLetterSource: null,
        receiveCount: 0,
        firstReceivedAt: 0,
        state: delayMillis > 0 ? 'delayed' : 'ready',
        visibleAt: now() + delayMillis,
      };
      add(message);
      return messageId;
    },
    async receive(asked) {
      const until = performance.now() + asked.waitMillis;
      for (;;) {
        const taken = asked.wanted() ? takeSome(asked) : [];
        const left = until - performance.now();
        if (taken.length > 0 || left <= 0 || !asked.wanted()) return taken;
        await pause(hidden > 0 ? Math.min(left, lookMillis) : Math.min(left, 1000));
      }
    },
    remove(receiptHandle) {
      const message = held(receiptHandle);
      if (message === undefined) return false;
      if (message === null) return true;
      messages.delete(message.key);
      slowest = Math.max(slowest, now() - message.firstReceivedAt);
      if (message.state === 'ready') ready -= 1;
      else hidden -= 1;
      return true;
    },
    changeVisibility(receiptHandle, millis) {
      const message = held(receiptHandle);
      if (message === undefined) return 'no handle';
      if (message?.state !== 'in flight') return 'not in flight';
      message.visibleAt = now() + millis;
      earliest = Math.min(earliest, message.visibleAt);
      if (millis === 0) {
        reveal(message);
        wake();
      }
      return 'changed';
    },
    counts() {
      revealDue();
      const delayed = hidden === 0 ? 0 : [...messages.values()].filter(({ state }) => state === 'delayed').length;
      return { ready, inFlight: hidden - delayed, delayed };
    },
    slowestRemovalMillis: () => slowest,
    bodies: () => [...messages.values()].map(({ body }) => body),
    duplicateNext: (count) => void (duplicates += count),
    purge() {
      messages.clear();
      line = [];
      head = ready = hidden = 0;
    },
    close: wake,
  };

  async function pause(millis: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, millis);
    waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
  }

  return queue;
}

/** A queue that can take over a message as it is. */
export type DeadLetterQueue = Queue & {
  take(message: Pick<Message, 'messageId' | 'body' | 'md5' | 'attributes' | 'sentAt' | 'deadLetterSource'>): void;
};

export function md5Of(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
