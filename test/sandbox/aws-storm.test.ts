import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';
import { type Receiver, startReceiver } from './aws-receiver.ts';

const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
let aws: SandboxAws;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
  aws = await startAws({ roads: { queues: [{ name: 'alarms' }], topics: [{ name: 'alarms' }] } });
});

afterEach(async () => {
  await aws.close();
  await receiver.close();
});

test('a storm to a queue is there at once, as events of the alarms that are named', async () => {
  const { taken } = await aws.deliver({
    count: 10_000,
    to: { queue: 'alarms' },
    say: (index) => ({ alarm: { name: `api-${index % 500}` }, at: 1_763_640_000_000 + index }),
  });
  expect([taken, aws.queues.counts('alarms').ready]).toEqual([10_000, 10_000]);
  expect(JSON.parse(aws.queues.bodies('alarms')[501] ?? '')).toMatchObject({
    'detail-type': 'CloudWatch Alarm State Change',
    detail: { alarmName: 'api-1', state: { value: 'ALARM' }, previousState: { value: 'OK' } },
  });
  expect(await aws.queues.emptied('alarms', 50)).toBe(false);
  aws.queues.purge('alarms');
  expect(await aws.queues.emptied('alarms', 50)).toBe(true);
});

test('a storm to an address is counted by what became of it', async () => {
  aws.topics.subscribe(topic, { http: receiver.url });
  const { fields } = await vi.waitUntil(() => receiver.posted[0], { timeout: 5000 });
  const { search } = new URL(fields['SubscribeURL'] ?? '');
  await fetch(`${aws.url}/${search}`);
  receiver.answers.push(403);
  const storm = await aws.deliver({ count: 300, to: { topic } });
  expect(storm).toMatchObject({ taken: 299, refused: 1, givenUp: 0 });
  expect(storm.perSecond).toBeGreaterThan(50);
  expect(storm.slowestAckMs).toBeGreaterThan(0);
  const names = receiver.posted.slice(1).map((one) => JSON.parse(one.fields['Message'] ?? '') as { AlarmName: string });
  expect(new Set(names.map(({ AlarmName }) => AlarmName)).size).toBe(300);
});

test('a storm can say anything at all', async () => {
  await aws.deliver({ count: 1, to: { queue: 'alarms' }, say: () => 'x'.repeat(300_000) });
  expect(aws.queues.bodies('alarms')[0]).toHaveLength(300_000);
});
