import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { exitCode, runElsewhere } from './process.ts';

const empty = `empty_${randomBytes(6).toString('hex')}`;
let migrated: TestDatabase;
let server: Client;
let url: string;

beforeAll(async () => {
  migrated = await testDatabase();
  server = new Client({ connectionString: migrated.url });
  await server.connect();
  await server.query(`create database ${empty}`);
  url = migrated.url.replace(/[^/]*$/, empty);
});

afterAll(async () => {
  await server.query(`drop database if exists ${empty} with (force)`);
  await server.end();
  await migrated.drop();
});

const columns = `select table_name, column_name, data_type from information_schema.columns
  where table_schema = 'public' order by table_name, column_name`;

test('three processes that migrate at once end with one schema, and each migration applied once', async () => {
  const script = `const { migrate } = await src('postgres/migrate.ts');
    const { createLog } = await src('log.ts');
    await migrate(${JSON.stringify(url)}, createLog('silent'));`;
  const children = [runElsewhere(script), runElsewhere(script), runElsewhere(script)];
  expect(await Promise.all(children.map(exitCode))).toEqual([0, 0, 0]);
  // Once more, when there is nothing left to do.
  expect(await exitCode(runElsewhere(script))).toBe(0);

  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const applied = await client.query<{ name: string }>('select name from migration order by name');
    const files = (await readdir(new URL('../../migrations', import.meta.url))).filter((file) => file.endsWith('.sql'));
    expect(applied.rows.map(({ name }) => `${name}.sql`)).toEqual(files.toSorted());
    expect((await client.query(columns)).rows).toEqual((await server.query(columns)).rows);
  } finally {
    await client.end();
  }
});
