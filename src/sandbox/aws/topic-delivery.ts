/** How SNS posts to an address: as text, with headers that tell what it is, and again when it is not taken. */
import { Agent, type ClientRequest, request as requestHttp } from 'node:http';
import { Agent as SecureAgent, request as requestHttps } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import type { SnsFields } from './sns-signature.ts';

/** One try; `status` is `null` when no answer came. `at` is the stand-in's time, in epoch milliseconds. */
export type DeliveryAttempt = {
  readonly at: number;
  readonly url: string;
  readonly type: string;
  readonly messageId: string;
  readonly status: number | null;
};

/** What came of a message for one subscriber; `ackMillis` is how long the last answer took. */
export type Delivered = {
  readonly to: string;
  readonly outcome: 'taken' | 'refused' | 'given up';
  readonly status: number | null;
  readonly ackMillis: number;
};

export type Poster = {
  /** Never throws. */
  post(url: string, fields: SnsFields, subscriptionArn: string | null): Promise<Delivered>;
  readonly attempts: readonly DeliveryAttempt[];
  close(): void;
};

/** How long SNS waits for an answer. */
const answerMillis = 15_000;
const retries = 3;
const kept = 20_000;

/** `retryMillis` is the real time between tries, `atOnce` how many posts run at a time. */
export function createPoster(setup: {
  readonly now: () => number;
  readonly retryMillis: number;
  readonly atOnce: number;
}): Poster {
  const sockets = { keepAlive: true, maxSockets: setup.atOnce };
  const agents = { http: new Agent(sockets), https: new SecureAgent(sockets) };
  const closing = new AbortController();
  /** Ended one by one: a signal that thousands of requests listen to is slow to take on one more. */
  const running = new Set<ClientRequest>();
  const attempts: DeliveryAttempt[] = [];

  async function tryOnce(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number | null; readonly ackMillis: number }> {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const secure = url.startsWith('https:');
    let began = performance.now();
    const all = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
    const sent = (secure ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers: all,
      agent: secure ? agents.https : agents.http,
    });
    running.add(sent);
    sent.once('socket', () => {
      began = performance.now();
      sent.setTimeout(answerMillis, () => sent.destroy());
    });
    sent.once('response', (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? null));
      response.once('error', () => resolve(null));
    });
    sent.once('error', () => resolve(null));
    sent.once('close', () => resolve(null));
    sent.end(body);
    const status = await promise;
    running.delete(sent);
    return { status, ackMillis: performance.now() - began };
  }

  return {
    async post(url, fields, subscriptionArn) {
      const body = JSON.stringify(fields, null, 2);
      const [type = '', messageId = '', topicArn = ''] = [fields['Type'], fields['MessageId'], fields['TopicArn']];
      const headers = {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': type,
        'x-amz-sns-message-id': messageId,
        'x-amz-sns-topic-arn': topicArn,
        ...(subscriptionArn === null ? {} : { 'x-amz-sns-subscription-arn': subscriptionArn }),
      };
      for (let left = retries; ; left -= 1) {
        const { status, ackMillis } = await tryOnce(url, body, headers);
        attempts.push({ at: setup.now(), url, type, messageId, status });
        if (attempts.length > kept) attempts.splice(0, kept / 2);
        if (status !== null && status >= 200 && status < 300) return { to: url, outcome: 'taken', status, ackMillis };
        const mayRetry = status === null || status === 429 || status >= 500;
        if (!mayRetry) return { to: url, outcome: 'refused', status, ackMillis };
        const over = left === 0 || !(await paused(setup.retryMillis, closing.signal));
        if (over) return { to: url, outcome: 'given up', status, ackMillis };
      }
    },
    attempts,
    close() {
      closing.abort();
      for (const sent of running) sent.destroy();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** `false`: the wait was cut short. */
async function paused(millis: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(millis, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
