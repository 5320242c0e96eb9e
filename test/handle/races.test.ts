import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { handle, recordWithin } from '../../src/handle.ts';
import { readIncident } from '../../src/postgres/incidents.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { ana, by, declaration, raised, redAlarm, system } from '../incident/scenario.ts';
import type { Replica } from './replica.ts';
import { count, declareWith, openReplica } from './replica.ts';

let database: TestDatabase;
let one: Replica;
let two: Replica;

beforeAll(async () => {
  database = await testDatabase();
  [one, two] = await Promise.all([openReplica(database.url), openReplica(database.url)]);
});

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.drop();
});

test('the same declaration from two processes at the same moment is one incident, also when no service is known', async () => {
  const tries = 20;
  for (let index = 0; index < tries; index += 1) {
    const asked = {
      id: `twice:${index}`,
      by: by(ana),
      incident: null,
      command: declaration({ services: [] }),
    };
    await Promise.all([handle(one, asked), handle(two, asked)]);
  }
  expect(await count(one, 'incident')).toBe(tries);
});

test('an alarm does not join an incident that is cancelled at the same moment, but opens its own', async () => {
  const { id } = await declareWith(one, 'declared');
  const cancelled = {
    incident: id,
    source: 'cancelled',
    happenings: [{ event: { kind: 'cancelled', byItself: true }, text: 'Cancelled.' }],
  } as const;
  const { promise: recorded, resolve } = Promise.withResolvers<void>();
  const cancelling = one.postgres.transaction(async (tx) => {
    await recordWithin(one, tx, cancelled);
    resolve();
    // Long enough for the alarm to have read what is open.
    await wait(500);
  });
  await recorded;
  const command = raised({ alarms: [redAlarm({ since: Date.now() })] });
  const outcome = await handle(two, { id: 'alarm', by: system, incident: null, command });
  await cancelling;
  expect((await readIncident(one.postgres, id))?.status).toBe('cancelled');
  expect(outcome).toMatchObject({ type: 'done', incident: { id: id + 1, status: 'investigating' } });
});
