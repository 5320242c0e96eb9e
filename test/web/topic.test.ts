import { Writable } from 'node:stream';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Received } from '../../src/aws/alarm-message.ts';
import { openSnsVerifier } from '../../src/aws/verify-sns.ts';
import { createLog } from '../../src/log.ts';
import { openTopic, type TopicContext } from '../../src/web/topic.ts';
import { send, startWeb, type Web } from '../../src/web/web.ts';
import {
  certificatePath,
  certificateUrl,
  confirmation,
  makeSigner,
  notification,
  sign,
  type Signer,
  type SnsHost,
  startSnsHost,
  topicArn,
} from '../aws/sns-sender.ts';

const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:api-5xx';
let signer: Signer;
let sns: SnsHost;
let web: Web;
let closed: Web;
const logged: string[] = [];
const log = createLog(
  'info',
  new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) }),
);
const taken: Received[] = [];
const refusals: string[] = [];
let take: TopicContext['take'];

async function start(context: TopicContext): Promise<Web> {
  const answer = openTopic(context);
  return startWeb({
    port: 0,
    routes: [
      {
        path: '/sns',
        method: ['POST'],
        handler: (incoming, response) => void answer(incoming).then((given) => send(response, given)),
      },
    ],
  });
}

beforeAll(async () => {
  signer = await makeSigner();
  sns = await startSnsHost(signer);
  const refused = (road: string, refusal: string): void => void refusals.push(`${road}: ${refusal}`);
  const verifier = openSnsVerifier({ topics: [topicArn], endpoint: sns.endpoint, now: Date.now, log });
  web = await start({ verifier, take: (received) => take(received), refused, log });
  closed = await start({ verifier: null, take: (received) => take(received), refused, log });
});
afterAll(async () => {
  await web.close();
  await closed.close();
  await sns.close();
});
beforeEach(() => {
  sns.answer = null;
  for (const list of [logged, taken, refusals, sns.asked]) list.length = 0;
  take = (received) => {
    taken.push(...received);
    return Promise.resolve();
  };
});

/** As SNS does it: JSON that calls itself plain text. */
async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${web.port}/sns`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification', ...headers },
    body,
  });
  await response.text();
  return response.status;
}

const alarm = (fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    AlarmName: 'api-5xx',
    AlarmArn: arn,
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed',
    StateChangeTime: new Date().toISOString().replace('Z', '+0000'),
    ...fields,
  });

describe('a message of an allowed topic', () => {
  test('is handed on with its id and answered once it is stored', async () => {
    const fields = notification({ Message: alarm() });
    expect(await post(sign(fields, signer))).toBe(200);
    expect(taken).toEqual([
      {
        road: 'topic',
        messageId: fields['MessageId'],
        translated: { type: 'news', news: expect.objectContaining({ alarm: arn, state: 'ALARM' }) },
      },
    ]);
    expect(refusals).toEqual([]);
  });

  test('keeps the same id however often it is delivered', async () => {
    const body = sign(notification({ Message: alarm() }), signer);
    expect([await post(body), await post(body, { 'content-type': 'application/json' })]).toEqual([200, 200]);
    expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('is asked for again while it can not be stored', async () => {
    take = () => Promise.reject(new Error('the database is away'));
    const body = sign(notification({ Message: alarm() }), signer);
    expect(await post(body)).toBe(503);
    expect(refusals).toEqual([]);
    take = (received) => {
      taken.push(...received);
      return Promise.resolve();
    };
    expect(await post(body)).toBe(200);
    expect(taken).toHaveLength(1);
  });

  test('is asked for again while its certificate can not be had', async () => {
    const SigningCertURL = certificateUrl.replace(/[0-9a-f]{32}/, 'f'.repeat(32));
    const body = sign(notification({ Message: alarm(), SigningCertURL }), signer);
    sns.answer = (_request, response) => void response.writeHead(503).end('Slow Down');
    expect(await post(body)).toBe(503);
    sns.answer = (_request, response) => void response.end(signer.certificate);
    expect(await post(body)).toBe(200);
  });

  test('that is no alarm is answered and dropped', async () => {
    expect(await post(sign(notification({ Message: 'does this work?' }), signer))).toBe(200);
    expect(taken).toEqual([]);
    expect(refusals).toEqual([]);
    expect(logged.join('')).toContain('words, not JSON');
  });

  test('that can not be understood is refused, counted and logged without its content', async () => {
    const body = sign(notification({ Message: alarm({ NewStateValue: 'hunter2' }) }), signer);
    expect(await post(body)).toBe(400);
    expect(refusals).toEqual(['topic: not understood']);
    expect(logged.join('')).toContain('NewStateValue must be one of');
    expect(logged.join('')).not.toContain('hunter2');
  });

  test('of 256 kB is taken', async () => {
    const Message = alarm({ AlarmDescription: 'x'.repeat(256_000) });
    expect(await post(sign(notification({ Message }), signer))).toBe(200);
    expect(taken).toHaveLength(1);
  });

  test('tells SNS that the topic may send here, once it is confirmed', async () => {
    expect(await post(sign(confirmation(), signer))).toBe(200);
    expect(sns.asked.filter((path) => path.startsWith('/?Action=ConfirmSubscription'))).toHaveLength(1);
    expect(await post(sign(confirmation({ Type: 'UnsubscribeConfirmation' }), signer))).toBe(200);
    expect(sns.asked.filter((path) => path !== certificatePath)).toHaveLength(1);
    expect(taken).toEqual([]);
  });

  test('comes in storms: all are stored, each once, many at a time', async () => {
    const bodies = Array.from({ length: 300 }, () => sign(notification({ Message: alarm() }), signer));
    let batches = 0;
    take = async (received) => {
      batches += 1;
      await new Promise((resolve) => setTimeout(resolve, 10));
      taken.push(...received);
    };
    const statuses = await Promise.all(bodies.map((body) => post(body)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(300);
    expect(taken).toHaveLength(300);
    expect(batches).toBeLessThan(150);
  });
});

describe('what is refused', () => {
  test.each<[string, number, string, () => string | Uint8Array<ArrayBuffer>]>([
    ['a forgery', 403, 'forged', () => sign(notification({ Message: alarm() }), signer, { Message: 'hunter2' })],
    ['another topic', 403, 'forged', () => sign(notification({ TopicArn: `${topicArn}-hunter2` }), signer)],
    [
      "a bucket's certificate",
      403,
      'forged',
      () => sign(notification({ SigningCertURL: `https://sns.s3-us-west-2.amazonaws.com${certificatePath}` }), signer),
    ],
    ['an old message', 403, 'forged', () => sign(notification({ Timestamp: '2020-01-01T00:00:00.000Z' }), signer)],
    ['an alarm without envelope', 400, 'malformed', () => alarm()],
    ['text', 400, 'malformed', () => 'hunter2'],
    ['nothing', 400, 'malformed', () => ''],
    ['bytes that are no text', 400, 'malformed', () => Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['what is too large', 413, 'too large', () => sign(notification({ Message: 'hunter2'.repeat(50_000) }), signer)],
  ])('is %s, with %i', async (_case, status, refusal, body) => {
    expect(await post(body())).toBe(status);
    expect(taken).toEqual([]);
    expect(refusals).toEqual([`topic: ${refusal}`]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('a message was refused');
    expect(logged[0]).not.toContain('hunter2');
  });

  test('is what is compressed', async () => {
    const body = Uint8Array.from(gzipSync(sign(notification({ Message: alarm() }), signer)));
    expect(await post(body, { 'content-encoding': 'gzip' })).toBe(400);
  });

  test('is what is too large and does not say so', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        {
          host: '127.0.0.1',
          port: web.port,
          path: '/sns',
          method: 'POST',
          headers: { 'transfer-encoding': 'chunked' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sending.on('error', reject);
      for (let kilobytes = 0; kilobytes < 400; kilobytes += 1) sending.write('x'.repeat(1_000));
      sending.end();
    });
    expect(status).toBe(413);
    expect(refusals).toEqual(['topic: too large']);
  });

  test('is everything when no topic is allowed', async () => {
    const body = sign(notification({ Message: alarm() }), signer);
    const response = await fetch(`http://127.0.0.1:${closed.port}/sns`, { method: 'POST', body });
    expect(response.status).toBe(404);
    expect(taken).toEqual([]);
  });
});
