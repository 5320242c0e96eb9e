import { createVerify, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';
import { type Posted, type Receiver, startReceiver } from './aws-receiver.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const arn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
let aws: SandboxAws;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  aws = await startAws({
    now: () => noon,
    roads: {
      queues: [{ name: 'wrapped' }, { name: 'raw' }],
      topics: [{ name: 'alarms', to: [{ queue: 'wrapped' }, { queue: 'raw', raw: true }] }],
      httpRetryMillis: 30,
    },
  });
});

afterEach(async () => {
  await aws.close();
  await receiver.close();
});

/** Fetches from the stand-in what the message says lies at SNS. */
async function fetchFromSns(url: string): Promise<Response> {
  expect(url).toMatch(/^https:\/\/sns\.eu-west-1\.amazonaws\.com\//);
  return fetch(url.replace('https://sns.eu-west-1.amazonaws.com', aws.url));
}

async function isGenuine(fields: Posted['fields']): Promise<boolean> {
  expect(fields['SigningCertURL']).toMatch(/\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
  const pem = await (await fetchFromSns(fields['SigningCertURL'] ?? '')).text();
  const names =
    fields['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const signed = names.flatMap((name) => (name in fields ? [`${name}\n${fields[name]}\n`] : [])).join('');
  const algorithm = fields['SignatureVersion'] === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  const { publicKey } = new X509Certificate(pem);
  return createVerify(algorithm)
    .update(signed)
    .verify(publicKey, fields['Signature'] ?? '', 'base64');
}

async function postedAt(index: number): Promise<Posted> {
  return vi.waitUntil(() => receiver.posted[index], { timeout: 5000, interval: 10 });
}

async function subscribeReceiver(): Promise<string> {
  const before = receiver.posted.length;
  const subscription = aws.topics.subscribe(arn, { http: receiver.url });
  const { fields } = await postedAt(before);
  expect((await fetchFromSns(fields['SubscribeURL'] ?? '')).status).toBe(200);
  return subscription;
}

test('a queue gets the message alone or in a signed envelope with all fields', async () => {
  const { messageId, done } = aws.topics.publish(arn, '{"a":"ü"}', { subject: 'ALARM: "x"' });
  expect((await done).map(({ outcome }) => outcome)).toEqual(['taken', 'taken']);
  expect(aws.queues.bodies('raw')).toEqual(['{"a":"ü"}']);
  const fields = JSON.parse(aws.queues.bodies('wrapped')[0] ?? '') as Posted['fields'];
  expect(fields).toMatchObject({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: arn,
    Subject: 'ALARM: "x"',
    Message: '{"a":"ü"}',
    Timestamp: '2026-11-20T12:00:00.000Z',
    SignatureVersion: '1',
    UnsubscribeURL: expect.stringContaining('Action=Unsubscribe'),
  });
  expect(await isGenuine(fields)).toBe(true);
  expect(await isGenuine({ ...fields, Message: 'changed' })).toBe(false);
});

test('a topic can sign with SHA-256, and messages keep their order', async () => {
  const newer = aws.topics.create({ name: 'newer', signatureVersion: '2', to: [{ queue: 'wrapped' }] });
  const all = ['1', '2', '3', '4', '5'].map((message) => aws.topics.publish(newer, message).done);
  await Promise.all(all);
  const bodies = aws.queues.bodies('wrapped').map((body) => JSON.parse(body) as Posted['fields']);
  expect(bodies.map(({ Message }) => Message)).toEqual(['1', '2', '3', '4', '5']);
  expect(bodies[0]?.['SignatureVersion']).toBe('2');
  expect(await isGenuine(bodies[0] ?? {})).toBe(true);
});

test('an address is asked to confirm and gets nothing before; then it gets text with the headers of SNS', async () => {
  const subscription = aws.topics.subscribe(arn, { http: receiver.url });
  const { fields, headers } = await postedAt(0);
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': 'SubscriptionConfirmation',
    'x-amz-sns-topic-arn': arn,
  });
  expect(await isGenuine(fields)).toBe(true);
  await aws.topics.publish(arn, 'too early').done;
  const wrong = await fetchFromSns((fields['SubscribeURL'] ?? '').replace(/Token=.*/, 'Token=guessed'));
  expect([wrong.status, aws.topics.subscriptions(arn).at(-1)?.state]).toEqual([400, 'pending']);
  const right = await fetchFromSns(fields['SubscribeURL'] ?? '');
  expect(await right.text()).toContain(`<SubscriptionArn>${subscription}</SubscriptionArn>`);
  const { messageId, done } = aws.topics.publish(arn, 'now');
  await done;
  expect(receiver.posted).toHaveLength(2);
  expect(receiver.posted[1]).toMatchObject({
    headers: {
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': messageId,
      'x-amz-sns-subscription-arn': subscription,
    },
    fields: { Message: 'now' },
  });
  expect(receiver.posted[1]?.fields).not.toHaveProperty('Subject');
});

test('who answers 5xx or 429, or hangs up, gets the same message again, three times at most; other 4xx are final', async () => {
  await subscribeReceiver();
  const outcome = async (...answers: (number | null)[]): Promise<unknown> => {
    receiver.answers.push(...answers);
    const { done } = aws.topics.publish(arn, 'try');
    return (await done).find(({ to }) => to === receiver.url)?.outcome;
  };
  expect(await outcome(500, 429, null)).toBe('taken');
  const ids = receiver.posted.slice(1).map(({ fields }) => fields['MessageId']);
  expect([ids.length, new Set(ids).size]).toEqual([4, 1]);
  expect(await outcome(503, 503, 503, 503)).toBe('given up');
  expect(await outcome(403)).toBe('refused');
  expect(aws.topics.attempts.slice(1).map(({ status }) => status)).toEqual([
    500,
    429,
    null,
    200,
    503,
    503,
    503,
    503,
    403,
  ]);
});

test('a message can be delivered twice, and a subscription that ends says how to come back', async () => {
  const subscription = await subscribeReceiver();
  await aws.topics.publish(arn, 'twice', { times: 2 }).done;
  expect(receiver.posted.slice(1).map(({ fields }) => fields['Message'])).toEqual(['twice', 'twice']);
  aws.topics.unsubscribe(subscription);
  const { fields } = await postedAt(3);
  expect(fields['Type']).toBe('UnsubscribeConfirmation');
  expect(await isGenuine(fields)).toBe(true);
  await aws.topics.publish(arn, 'gone').done;
  expect(receiver.posted).toHaveLength(4);
});

test('anything can be signed, for whoever tries to get past a check', async () => {
  const fields = {
    Type: 'Notification',
    MessageId: '1',
    TopicArn: arn,
    Message: 'm',
    Timestamp: '2020-01-01T00:00:00Z',
  };
  expect(await isGenuine(await aws.topics.sign(fields, '2'))).toBe(true);
});

test('calls of SNS go wrong as told', async () => {
  const { SigningCertURL = '' } = await aws.topics.sign({ TopicArn: arn });
  aws.inject({ service: 'sns', operation: 'GetSigningCertificate', kind: 'status', status: 503 });
  expect((await fetchFromSns(SigningCertURL)).status).toBe(503);
  expect((await fetchFromSns(SigningCertURL)).status).toBe(200);
  expect((await fetchFromSns(SigningCertURL.replace(/[0-9a-f]{32}/, '0'.repeat(32)))).status).toBe(404);
});
