/** Databases for tests: each one is a copy of a template that was migrated once in the run. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { createLog } from '../../src/log.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import { installClock } from '../../src/sandbox/clock.ts';
import { startPostgres } from '../../src/sandbox/postgres.ts';

export type TestDatabase = {
  readonly url: string;
  /** Ends every connection to it and takes no new ones while the work lasts. */
  away(work: () => Promise<void>): Promise<void>;
  /** Ends every connection to it. Databases that are never dropped go with the run. */
  drop(): Promise<void>;
};

const template = 'muster_template';

/** A database of its own: migrated, with the queue's schema and a clock that can be moved, and nothing in it. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url } = await startPostgres({ folder: inject('postgresFolder'), durable: false });
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(url, async (client) => {
    await ensureTemplate(url, client);
    await client.query(`create database ${name} template ${template} strategy file_copy`);
  });
  return {
    url: sibling(url, name),
    away: (work) =>
      onServer(url, async (client) => {
        await client.query(`alter database ${name} with allow_connections false`);
        try {
          await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
          await work();
        } finally {
          await client.query(`alter database ${name} with allow_connections true`);
        }
      }),
    drop: () =>
      onServer(url, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** Built under another name, so that a template which is there is whole. Test files wait for one another here. */
async function ensureTemplate(url: string, client: Client): Promise<void> {
  await client.query('select pg_advisory_lock(1)');
  try {
    const found = await client.query('select from pg_database where datname = $1', [template]);
    if (found.rowCount !== 0) return;
    const draft = `${template}_draft`;
    await client.query(`drop database if exists ${draft} with (force)`);
    await client.query(`create database ${draft}`);
    const draftUrl = sibling(url, draft);
    const log = createLog('silent');
    await migrate(draftUrl, log);
    await (await openQueue(draftUrl, log)).stop();
    await onServer(draftUrl, (inside) => installClock(inside));
    await client.query(`alter database ${draft} rename to ${template}`);
  } finally {
    await client.query('select pg_advisory_unlock(1)');
  }
}

async function onServer<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function sibling(url: string, name: string): string {
  return url.replace(/[^/]*$/, name);
}
