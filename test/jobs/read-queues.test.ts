import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Received } from '../../src/aws/alarm-message.ts';
import { openAlarmQueue } from '../../src/aws/queue.ts';
import type { Account } from '../../src/catalog.ts';
import { type QueueReading, readQueues } from '../../src/jobs/read-queues.ts';
import { NotTaken } from '../../src/jobs/take-alarms.ts';
import { createLog } from '../../src/log.ts';
import { type Metrics, openMetrics } from '../../src/metrics.ts';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';
import { eventually } from '../harness/waiting.ts';

const production: Account = { id: '123456789012', name: 'production', roleArn: null, externalId: null };

let aws: SandboxAws;
let ahead: number;
let metrics: Metrics;
let lines: Record<string, unknown>[];
let taken: Received[];
let readings: QueueReading[];

beforeEach(async () => {
  ahead = 0;
  aws = await startAws({
    now: () => Date.now() + ahead,
    roads: { queues: [{ name: 'alarms', deadLetterAfter: 2 }, { name: 'plain' }] },
  });
  process.env['AWS_ENDPOINT_URL_SQS'] = aws.url;
  process.env['AWS_ENDPOINT_URL_STS'] = aws.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIASANDBOX';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'sandbox';
  process.env['AWS_REGION'] = 'eu-west-1';
  metrics = openMetrics();
  lines = [];
  taken = [];
  readings = [];
});

afterEach(async () => {
  await Promise.all(readings.map((reading) => reading.stop()));
  await aws.close();
});

type Take = (received: readonly Received[]) => Promise<void>;

async function note(received: readonly Received[]): Promise<void> {
  taken.push(...received);
  await wait(1);
}

function read(name: string, take: Take = note, account = production): QueueReading {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const reading = readQueues({
    queues: [openAlarmQueue(`https://sqs.eu-west-1.amazonaws.com/${account.id}/${name}`, [account])],
    take,
    now: () => Promise.resolve(Date.now() + ahead),
    metrics,
    log: createLog('info', destination),
  });
  readings.push(reading);
  return reading;
}

async function count(line: string): Promise<number> {
  const { text } = await metrics.render();
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(line))
      ?.slice(line.length) ?? 0,
  );
}

function names(): readonly string[] {
  return taken.map(({ translated }) => (translated.type === 'news' ? translated.news.name : translated.change.name));
}

function left(name: string): number {
  const { ready, inFlight, delayed } = aws.queues.counts(name);
  return ready + inFlight + delayed;
}

/** An event of EventBridge about an alarm that turned red. */
function event(name: string, more: Readonly<Record<string, unknown>> = {}): string {
  const at = new Date(Date.now() - 60_000).toISOString();
  return JSON.stringify({
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time: at,
    region: 'eu-west-1',
    resources: [`arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`],
    detail: { alarmName: name, state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: at } },
    ...more,
  });
}

describe('messages that are understood', () => {
  test('are taken, removed and counted, a storm of them too, also when they are delivered twice', async () => {
    aws.queues.duplicateNext('alarms', 50);
    await aws.deliver({ count: 1_000, to: { queue: 'alarms' } });
    read('alarms');
    expect(await aws.queues.emptied('alarms', 20_000)).toBe(true);
    expect(new Set(names()).size).toBe(1_000);
    expect(names()).toHaveLength(1_050);
    expect(await count('muster_alarm_messages_total{road="queue",outcome="stored"} ')).toBe(1_050);
    expect(aws.queues.bodies('alarms-dead-letter')).toEqual([]);
  });

  test('are removed only when they are stored', async () => {
    const stored = Promise.withResolvers<void>();
    aws.queues.send('alarms', event('slow'));
    read('alarms', async (received) => {
      await note(received);
      await stored.promise;
    });
    await eventually(() => taken.length === 1, 'the message is taken');
    await wait(100);
    expect(left('alarms')).toBe(1);
    stored.resolve();
    expect(await aws.queues.emptied('alarms', 5_000)).toBe(true);
  });

  test('about something else are removed and told, so that a queue may be shared', async () => {
    aws.queues.send('alarms', JSON.stringify({ Records: [{ eventSource: 'aws:s3' }] }));
    read('alarms');
    expect(await aws.queues.emptied('alarms', 5_000)).toBe(true);
    expect(await count('muster_alarm_messages_total{road="queue",outcome="not an alarm"} ')).toBe(1);
    expect(lines).toContainEqual(expect.objectContaining({ road: 'queue', what: 'events of another service' }));
  });

  test('in another account are read with the role of that account', async () => {
    const roleArn = 'arn:aws:iam::210987654321:role/muster-read-alarms';
    aws.queues.create({ name: 'theirs', account: '210987654321' });
    aws.queues.send('210987654321/theirs', event('elsewhere'));
    read('theirs', note, { id: '210987654321', name: 'other', roleArn, externalId: null });
    await eventually(() => names().includes('elsewhere'), 'the message is taken');
    const asked = aws.calls.filter(({ operation }) => operation === 'ReceiveMessage');
    expect(new Set(asked.map(({ account }) => account))).toEqual(new Set(['210987654321']));
  });
});

describe('messages that are not understood', () => {
  const poison = [
    { what: 'larger than 300 kB', body: event('large', { padding: 'x'.repeat(300_000) }) },
    { what: 'of the wrong type', body: event('typed', { resources: { 0: 'arn' } }) },
    { what: 'of an unknown version', body: event('version', { version: '7' }) },
    { what: 'without what matters', body: event('empty', { detail: {} }) },
    { what: 'not JSON', body: '{"version":' },
    { what: 'hostile', body: event('hostile', { resources: ['arn:aws:cloudwatch:x:1:alarm:<!channel> \u202e'] }) },
  ];

  test('go to the dead-letter queue, each with one reason in the log and once in the count', async () => {
    for (const { body } of poison) aws.queues.send('alarms', body);
    aws.queues.send('alarms', event('good'));
    read('alarms');
    await eventually(() => taken.length > 0, 'the good one is taken');
    await eventually(() => left('alarms') === poison.length, 'the good one is removed');
    for (let delivery = 0; delivery < 2; delivery++) {
      ahead += 31_000;
      await wait(300);
    }
    await eventually(() => left('alarms') === 0, 'nothing is left');
    expect(aws.queues.bodies('alarms-dead-letter').toSorted()).toEqual(poison.map(({ body }) => body).toSorted());
    expect(names()).toEqual(['good']);
    const refused = lines.filter(({ msg }) => msg === 'a message was refused');
    expect(refused).toHaveLength(poison.length);
    for (const line of refused) expect(line).toMatchObject({ road: 'queue', queue: 'alarms', because: /./ });
    expect(JSON.stringify(refused)).not.toMatch(/xxxx|channel/);
    expect(await count('muster_alarm_messages_refused_total{road="queue",reason="not understood"} ')).toBe(6);
  });

  test('stay hidden for a while where there is no dead-letter queue, and that is said at the start', async () => {
    aws.queues.send('plain', 'nonsense');
    read('plain');
    await eventually(
      () => aws.calls.some(({ operation }) => operation === 'ChangeMessageVisibilityBatch'),
      'the message is hidden',
    );
    ahead += 60_000;
    await wait(300);
    expect(aws.queues.counts('plain')).toMatchObject({ ready: 0, inFlight: 1 });
    expect(lines[0]).toMatchObject({ queue: 'plain', msg: expect.stringContaining('no dead-letter queue') });
  });

  test('and those that the database refuses do not keep the others from being removed', async () => {
    aws.queues.send('alarms', event('bad'));
    aws.queues.send('alarms', event('good'));
    read('alarms', async (received) => {
      await note(received);
      const bad = received.filter(({ translated }) => translated.type === 'news' && translated.news.name === 'bad');
      if (bad.length > 0) throw new NotTaken(bad, new Error('no such text'));
    });
    await eventually(() => left('alarms') === 1, 'one is removed');
    expect(aws.queues.bodies('alarms')).toEqual([expect.stringContaining('"bad"')]);
    await eventually(
      async () => (await count('muster_alarm_messages_refused_total{road="queue",reason="not saved"} ')) === 1,
      'the other is counted',
    );
  });
});

describe('in trouble', () => {
  test('while nothing can be stored, nothing more is received, and nothing is lost', async () => {
    let away = true;
    await aws.deliver({ count: 600, to: { queue: 'alarms' } });
    read('alarms', async (received) => {
      if (away) throw Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED' });
      await note(received);
    });
    await eventually(() => lines.some(({ msg }) => String(msg).startsWith('news of alarms wait')), 'that is told');
    await wait(500);
    expect(aws.queues.counts('alarms').ready).toBeGreaterThanOrEqual(600 - 32 * 10);
    expect(left('alarms')).toBe(600);
    away = false;
    expect(await aws.queues.emptied('alarms', 20_000)).toBe(true);
    expect(new Set(names()).size).toBe(600);
    expect(aws.queues.bodies('alarms-dead-letter')).toEqual([]);
  });

  test('a queue that is out of reach is asked again', async () => {
    aws.inject({ service: 'sqs', operation: 'ReceiveMessage', kind: 'status', status: 500, times: 4 });
    aws.queues.send('alarms', event('late'));
    read('alarms');
    await eventually(() => names().includes('late'), 'the message is taken');
    expect(lines.filter(({ msg }) => msg === 'the queue could not be read')).not.toHaveLength(0);
  });

  test('a stop ends the wait for messages at once, and lets what was received be stored and removed', async () => {
    const idle = read('plain');
    await eventually(() => aws.calls.some(({ operation }) => operation === 'ReceiveMessage'), 'somebody waits');
    const begun = performance.now();
    await idle.stop();
    expect(performance.now() - begun).toBeLessThan(1_000);

    aws.queues.send('alarms', event('last'));
    const busy = read('alarms', async (received) => {
      await wait(300);
      await note(received);
    });
    await eventually(() => aws.queues.counts('alarms').inFlight === 1, 'it is received');
    await busy.stop();
    expect(names()).toEqual(['last']);
    expect(left('alarms')).toBe(0);
  });
});
