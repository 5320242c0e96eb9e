/** `POST /sns`: messages about alarms as SNS sends them over HTTPS. Anybody can write here, so nothing counts unverified. */
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { type Received, translatePublished } from '../aws/alarm-message.ts';
import type { SnsVerifier, Verified } from '../aws/verify-sns.ts';
import type { Road } from '../incident/alarm.ts';
import { openGathering } from './gather.ts';
import type { Answer } from './web.ts';

/** `not understood`: SNS sent it, but it says nothing that can be used. */
export type Refusal = 'too large' | 'malformed' | 'forged' | 'not understood';

export type TopicContext = {
  /** `null`: no topics are allowed. */
  readonly verifier: SnsVerifier | null;
  /** Resolves once all of it is stored. What was taken before may come again. */
  readonly take: (received: readonly Received[]) => Promise<void>;
  /** Counts. */
  readonly refused: (road: Road, refusal: Refusal) => void;
  readonly log: Logger;
};

/** The message itself may have 256 KiB; the envelope and its escapes come on top. */
const mostBytes = 300_000;

/** Without a word for this long the sender is given up, in milliseconds. */
const idleMillis = 10_000;

/** SNS waits fifteen seconds and then takes it that nothing arrived. */
const takeMillis = 10_000;

const most = { together: 200, waiting: 10_000 };

/** The handler; one for the whole process, since what arrives at the same time is stored together. */
export function openTopic(context: TopicContext): (request: IncomingMessage) => Promise<Answer> {
  const { verifier } = context;
  if (verifier === null) return () => Promise.resolve({ status: 404, body: { error: 'There is nothing here.' } });
  const store = openGathering<Received>({ take: context.take, most, limitMillis: takeMillis });
  return async (request) => {
    const body = await readText(request);
    switch (body) {
      case 'too large':
        return refuse(context, { status: 413, refusal: body, because: `it is larger than ${mostBytes / 1_000} kB` });
      case 'broken off':
        return tryAgain('it did not arrive whole');
      case 'unreadable':
        return refuse(context, { status: 400, refusal: 'malformed', because: 'it is not plain UTF-8' });
    }
    return answer(context, await verifier.verify(body.text), store);
  };
}

async function answer(
  context: TopicContext,
  verified: Verified,
  store: (received: Received) => Promise<void>,
): Promise<Answer> {
  switch (verified.type) {
    case 'malformed':
      return refuse(context, { status: 400, refusal: 'malformed', because: verified.because });
    case 'forged':
      return refuse(context, { status: 403, refusal: 'forged', because: verified.because });
    case 'later':
      return tryAgain(verified.because);
    case 'subscribed':
    case 'unsubscribed':
      return { status: 200, body: { done: verified.type } };
    case 'notification':
      return takeNotification(context, verified, store);
  }
}

async function takeNotification(
  context: TopicContext,
  { messageId, message, topic, now }: Extract<Verified, { readonly type: 'notification' }>,
  store: (received: Received) => Promise<void>,
): Promise<Answer> {
  const translated = translatePublished(message, now);
  switch (translated.type) {
    case 'refused':
      return refuse(context, { status: 400, refusal: 'not understood', because: translated.because, topic, messageId });
    case 'not an alarm':
      context.log.info({ road: 'topic', topic, messageId, what: translated.what }, 'a message is not about an alarm');
      return { status: 200, body: { done: 'nothing' } };
    case 'news':
    case 'reconfigured':
      try {
        await store({ road: 'topic', messageId, translated });
        return { status: 200, body: { done: 'saved' } };
      } catch (error) {
        context.log.error({ err: error, topic, messageId }, 'a message of SNS could not be saved');
        return tryAgain('it could not be saved');
      }
  }
}

/** SNS sends again after 5xx and 429 alone: everything else is its last word on this message. */
function tryAgain(because: string): Answer {
  return { status: 503, body: { error: `Please send it again: ${because}.` }, headers: { 'retry-after': '10' } };
}

function refuse(
  { log, refused }: TopicContext,
  {
    status,
    ...what
  }: {
    readonly status: number;
    readonly refusal: Refusal;
    readonly because: string;
    readonly topic?: string;
    readonly messageId?: string;
  },
): Answer {
  refused('topic', what.refusal);
  log.warn({ road: 'topic', ...what }, 'a message was refused');
  return { status, body: { error: `Refused: ${what.because}.` } };
}

type Read = { readonly text: string } | 'too large' | 'broken off' | 'unreadable';

/** Whatever the content type says: SNS calls its JSON plain text. */
async function readText(request: IncomingMessage): Promise<Read> {
  if (request.headers['content-encoding'] !== undefined) return 'unreadable';
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return 'too large';
  const bytes = await readBytes(request);
  if (!Buffer.isBuffer(bytes)) return bytes;
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return 'unreadable';
  }
}

function readBytes(request: IncomingMessage): Promise<Buffer | 'too large' | 'broken off'> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.setTimeout(idleMillis, () => resolve('broken off'));
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= mostBytes) chunks.push(chunk);
      // The rest is let pass by unread: a sender that is cut off would not see the answer.
      else resolve('too large');
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('broken off'));
    request.on('close', () => resolve('broken off'));
  });
}
