import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
let now: number;
let aws: SandboxAws;
let sqs: SQSClient;
let QueueUrl: string;

beforeEach(async () => {
  now = noon;
  aws = await startAws({ now: () => now, roads: { queues: [{ name: 'alarms', deadLetterAfter: 2 }] } });
  sqs = new SQSClient({
    endpoint: aws.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  QueueUrl = aws.queues.url('alarms');
});

afterEach(async () => {
  sqs.destroy();
  await aws.close();
});

async function receive(asked: Partial<ReceiveMessageCommand['input']> = {}): Promise<readonly Message[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...asked };
  return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

async function receiveOne(): Promise<Message> {
  const [message] = await receive({ MaxNumberOfMessages: 1 });
  if (message === undefined) throw new Error('There was no message.');
  return message;
}

test('a message is handed out with its attributes, hidden while it is worked on, and gone when deleted', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'grün' }));
  now += 5000;
  const message = await receiveOne();
  expect(message.Body).toBe('grün');
  expect(message.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(noon) });
  expect(await receive()).toEqual([]);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  now += 3_600_000;
  expect(await receive()).toEqual([]);
  expect(aws.queues.counts('alarms')).toEqual({ ready: 0, inFlight: 0, delayed: 0 });
});

test('a message that nobody deletes comes again after its time, and the old handle deletes nothing any more', async () => {
  aws.queues.send('alarms', 'again');
  const first = await receiveOne();
  now += 30_000;
  const second = await receiveOne();
  expect(second.MessageId).toBe(first.MessageId);
  expect(second.Attributes?.ApproximateReceiveCount).toBe('2');
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle }));
  expect(aws.queues.counts('alarms').inFlight).toBe(1);
  await expect(sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' }))).rejects.toMatchObject({
    name: 'ReceiptHandleIsInvalid',
  });
});

test('what is received too often goes to the dead letters with its id', async () => {
  aws.queues.send('alarms', 'poison');
  const first = await receiveOne();
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 0 }),
  );
  await receiveOne();
  now += 30_000;
  expect(await receive()).toEqual([]);
  expect(aws.queues.bodies('alarms-dead-letter')).toEqual(['poison']);
  const [dead] = await receive({ QueueUrl: aws.queues.url('alarms-dead-letter') });
  expect(dead).toMatchObject({
    MessageId: first.MessageId,
    Attributes: { DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-west-1:123456789012:alarms' },
  });
});

test('a long poll waits in real time and ends at once when a message comes', async () => {
  const asked = performance.now();
  expect(await receive({ WaitTimeSeconds: 1 })).toEqual([]);
  expect(performance.now() - asked).toBeGreaterThan(950);
  const waiting = receive({ WaitTimeSeconds: 20 });
  setTimeout(() => aws.queues.send('alarms', 'here'), 50);
  const sent = performance.now();
  expect((await waiting).map(({ Body }) => Body)).toEqual(['here']);
  expect(performance.now() - sent).toBeLessThan(2000);
});

test('a message that becomes visible because the clock leaps ends a long poll', async () => {
  aws.queues.send('alarms', 'back');
  await receiveOne();
  const waiting = receive({ WaitTimeSeconds: 20 });
  setTimeout(() => (now += 60_000), 50);
  expect((await waiting).map(({ Body }) => Body)).toEqual(['back']);
});

test('whoever hangs up takes no message along', async () => {
  const hangUp = AbortSignal.timeout(100);
  const asked = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
  await expect(sqs.send(asked, { abortSignal: hangUp })).rejects.toThrow(/abort/i);
  await new Promise((resolve) => setTimeout(resolve, 50));
  aws.queues.send('alarms', 'kept');
  expect((await receiveOne()).Attributes?.ApproximateReceiveCount).toBe('1');
});

test('a message can be made to come twice, also after it was deleted', async () => {
  aws.queues.duplicateNext('alarms', 1);
  aws.queues.send('alarms', 'twice');
  const first = await receiveOne();
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle }));
  const second = await receiveOne();
  expect(second.MessageId).toBe(first.MessageId);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second.ReceiptHandle }));
  expect(await aws.queues.emptied('alarms', 0)).toBe(true);
});

test('a queue tells its address and its attributes, whatever host it is asked by; an unknown one is refused by name', async () => {
  const { QueueUrl: found } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'alarms' }));
  expect(found).toBe(QueueUrl);
  aws.queues.send('alarms', 'one');
  const official = 'https://sqs.eu-west-1.amazonaws.com/123456789012/alarms';
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: official, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '1', VisibilityTimeout: '30' });
  expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
    deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:123456789012:alarms-dead-letter',
    maxReceiveCount: 2,
  });
  const unknown = receive({ QueueUrl: official.replace('alarms', 'nowhere') });
  await expect(unknown).rejects.toBeInstanceOf(QueueDoesNotExist);
  await expect(unknown).rejects.toMatchObject({ Code: 'AWS.SimpleQueueService.NonExistentQueue' });
  await expect(receive({ MaxNumberOfMessages: 11 })).rejects.toMatchObject({
    message: expect.stringContaining('Must be between 1 and 10'),
  });
});

test('a batch tells what became of each of its entries', async () => {
  const entries = [
    { Id: 'a', MessageBody: '1' },
    { Id: 'b', MessageBody: '' },
  ];
  const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries }));
  expect([sent.Successful?.map(({ Id }) => Id), sent.Failed?.map(({ Id }) => Id)]).toEqual([['a'], ['b']]);
  await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [] }))).rejects.toMatchObject({
    name: expect.stringContaining('EmptyBatchRequest'),
  });
});

test('ten thousand messages are taken and deleted without slowing down', async () => {
  for (let index = 0; index < 10_000; index += 1) aws.queues.send('alarms', `message ${index}`);
  const seen = new Set<string>();
  const began = performance.now();
  const take = async (): Promise<void> => {
    for (;;) {
      const messages = await receive();
      if (messages.length === 0) return;
      for (const { Body } of messages) seen.add(Body ?? '');
      const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
  await Promise.all([take(), take(), take(), take()]);
  expect(seen.size).toBe(10_000);
  expect(aws.queues.bodies('alarms')).toEqual([]);
  expect(performance.now() - began).toBeLessThan(20_000);
}, 30_000);

test('calls go wrong as told', async () => {
  aws.inject({ service: 'sqs', operation: 'ReceiveMessage', kind: 'status', status: 503 });
  await expect(receive()).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  aws.queues.send('alarms', 'lost on the way');
  aws.inject({ service: 'sqs', kind: 'lost-reply' });
  await expect(receive()).rejects.toThrow(/hang up|ECONNRESET|aborted/i);
  expect(aws.queues.counts('alarms').inFlight).toBe(1);
  expect(aws.calls.at(-1)).toMatchObject({ service: 'sqs', operation: 'ReceiveMessage' });
});
