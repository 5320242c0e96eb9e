import { afterAll, beforeAll, expect, test } from 'vitest';
import { handle } from '../../src/handle.ts';
import type { IncidentId } from '../../src/incident/incident.ts';
import { ensureTime } from '../../src/jobs/keep-time.ts';
import type { Replica } from '../handle/replica.ts';
import { declareWith, openReplica } from '../handle/replica.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { ana, by } from '../incident/scenario.ts';

let database: TestDatabase;
let replica: Replica;

beforeAll(async () => {
  database = await testDatabase();
  replica = await openReplica(database.url);
});

afterAll(async () => {
  await replica.stop();
  await database.drop();
});

async function kept(): Promise<readonly IncidentId[]> {
  const { rows } = await replica.postgres.query<{ incident: IncidentId }>(
    `select (data ->> 'incident')::int as incident from pgboss.job where name = 'keep-time' order by 1`,
  );
  return rows.map(({ incident }) => incident);
}

test('a process that starts takes up the time of every incident that is not over, once', async () => {
  const { id } = await declareWith(replica, 'going on', { lead: true });
  const over = await declareWith(replica, 'over', { lead: true, anyway: true });
  const cancel = { name: 'cancel', reason: 'a drill', confirmed: true } as const;
  await handle(replica, { id: 'cancelled', by: by(ana), incident: over.id, command: cancel });
  // As it is after somebody emptied the queue, or a job of it was given up.
  await replica.postgres.query(`delete from pgboss.job where name = 'keep-time'`);
  await Promise.all([ensureTime(replica), ensureTime(replica)]);
  expect(await kept()).toEqual([id]);
});
