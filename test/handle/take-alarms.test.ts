import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Received } from '../../src/aws/alarm-message.ts';
import type { AlarmNews } from '../../src/incident/alarm.ts';
import type { IncidentId } from '../../src/incident/incident.ts';
import { NotTaken, takeAlarms } from '../../src/jobs/take-alarms.ts';
import { readUnsettled } from '../../src/postgres/alarms.ts';
import { readTimeline } from '../../src/postgres/timeline.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { errors, staleIndex } from '../incident/scenario.ts';
import type { Replica } from './replica.ts';
import { count, declareWith, openReplica } from './replica.ts';

let database: TestDatabase;
let replica: Replica;
let incident: IncidentId;

beforeAll(async () => {
  database = await testDatabase();
  replica = await openReplica(database.url);
  incident = (await declareWith(replica, 'declared', { services: ['checkout'] })).id;
});

afterAll(async () => {
  await replica.stop();
  await database.drop();
});

beforeEach(async () => {
  await replica.postgres.query(`delete from pgboss.job where name in ('triage-alarms', 'poll-alarms')`);
  await replica.postgres.query('truncate alarm, alarm_news');
});

let messages = 0;

function received(more: Partial<AlarmNews> = {}): Received {
  messages += 1;
  const news: AlarmNews = {
    alarm: staleIndex.alarm,
    name: staleIndex.name,
    contributor: null,
    state: 'ALARM',
    at: Date.parse('2026-03-01T12:00:00Z'),
    because: 'Threshold Crossed',
    description: '',
    tags: {},
    mutedUntil: null,
    firstBreachAt: null,
    ...more,
  };
  return { road: 'queue', messageId: `message-${messages}`, translated: { type: 'news', news } };
}

async function waiting(name: string): Promise<readonly Date[]> {
  const { rows } = await replica.postgres.query<{ start_after: Date }>(
    `select start_after from pgboss.job where name = $1 and state = 'created'`,
    [name],
  );
  return rows.map((row) => row.start_after);
}

test('what arrives is stored and one triage is told to look, however much it is', async () => {
  const many = Array.from({ length: 500 }, (_, index) => received({ alarm: `${staleIndex.alarm}-${index}` }));
  await takeAlarms(replica, [...many, ...many]);
  await takeAlarms(replica, many);
  expect(await count(replica, 'alarm')).toBe(500);
  expect(await count(replica, 'alarm_news')).toBe(500);
  expect(await waiting('triage-alarms')).toHaveLength(1);
  expect(await waiting('poll-alarms')).toEqual([]);
});

test('news of an alarm that an incident watches brings one poll forward, every five seconds at most', async () => {
  await takeAlarms(replica, [received({ alarm: errors.alarm })]);
  await takeAlarms(replica, [received({ alarm: errors.alarm, state: 'OK', at: Date.parse('2026-03-01T12:01:00Z') })]);
  const [at, ...others] = await waiting('poll-alarms');
  expect(others).toEqual([]);
  expect((at?.getTime() ?? 1) % 5_000).toBe(0);
});

test('what is known already brings no poll forward', async () => {
  await takeAlarms(replica, [received({ alarm: errors.alarm })]);
  await replica.postgres.query(`delete from pgboss.job where name = 'poll-alarms'`);
  await takeAlarms(replica, [received({ alarm: errors.alarm })]);
  expect(await waiting('poll-alarms')).toEqual([]);
});

test('one that the database refuses does not hold up the others', async () => {
  const bad = received({ because: 'no text may hold \u0000' });
  const good = Array.from({ length: 9 }, (_, index) => received({ alarm: `${staleIndex.alarm}-${index}` }));
  const failing = takeAlarms(replica, [...good.slice(0, 4), bad, ...good.slice(4)]);
  const error = await failing.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(NotTaken);
  expect(error instanceof NotTaken && [...error.received]).toEqual([bad]);
  expect(await count(replica, 'alarm')).toBe(9);
});

test('an incident hears once that an alarm it watches was changed, and others do not', async () => {
  const at = Date.now();
  const changed = (alarm: string, name: string): Received => ({
    road: 'queue',
    messageId: 'changed',
    translated: { type: 'reconfigured', change: { alarm, name, change: 'changed', at } },
  });
  await takeAlarms(replica, [changed(errors.alarm, errors.name), changed(staleIndex.alarm, staleIndex.name)]);
  await takeAlarms(replica, [changed(errors.alarm, errors.name)]);
  const rows = await readTimeline(replica.postgres, incident);
  expect(rows.filter(({ event }) => event.kind === 'alarm reconfigured')).toHaveLength(1);
  expect(await waiting('poll-alarms')).toHaveLength(1);
  expect(await readUnsettled(replica.postgres)).toEqual([]);
});

test('while the database is away nothing is taken, and that is said', async () => {
  await database.away(async () => {
    const taken = takeAlarms(replica, [received()]);
    await expect(taken).rejects.toThrow(Error);
    await expect(taken).rejects.not.toBeInstanceOf(NotTaken);
  });
  await takeAlarms(replica, [received()]);
  expect(await count(replica, 'alarm')).toBe(1);
});
