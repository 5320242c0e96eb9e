import { Client } from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from './database.ts';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('databases that are asked for at once are migrated, empty and apart', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await ask(one.url, `insert into person (id, names) values ('U1', '{Ada}')`);
  expect(await ask(one.url, 'select id from person')).toEqual([{ id: 'U1' }]);
  expect(await ask(two.url, 'select id from person')).toEqual([]);
  expect(await ask(two.url, `select name from pgboss.queue where name = 'poll-alarms'`)).toHaveLength(1);
});

test('the clock of one database can be moved without the other', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await ask(one.url, `update sandbox.clock set ahead = interval '1 day'`);
  const ahead = 'select muster_now() > clock_timestamp() + interval $$1 hour$$ as ahead';
  expect(await ask(one.url, ahead)).toEqual([{ ahead: true }]);
  expect(await ask(two.url, ahead)).toEqual([{ ahead: false }]);
});

test('a dropped database is gone', async () => {
  const database = await testDatabase();
  await database.drop();
  await expect(ask(database.url, 'select 1')).rejects.toThrow(/does not exist/);
});
