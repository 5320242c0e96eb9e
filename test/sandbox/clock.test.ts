import { mkdtemp, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passTime } from '../../src/sandbox/clock-steps.ts';
import { installClock, moveClock, readClock } from '../../src/sandbox/clock.ts';
import { removePostgres, startPostgres } from '../../src/sandbox/postgres.ts';

const hour = 3_600_000;
let folder: string;
let url: string;
let pool: Pool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  await chmod(folder, 0o755);
  url = (await startPostgres({ folder, durable: false })).url;
  pool = new Pool({ connectionString: url });
});

afterAll(async () => {
  await pool.end();
  await removePostgres(folder);
});

/** Hours that a function's time is ahead of real time, rounded to a tenth. */
async function hoursAhead(name: string): Promise<number> {
  const { rows } = await pool.query<{ ahead: number }>(
    `select extract(epoch from ${name}() - clock_timestamp())::float8 / 3600 as ahead`,
  );
  return Math.round((rows[0]?.ahead ?? Number.NaN) * 10) / 10;
}

test('the clock shows real time until it is moved, forwards, to an instant and backwards', async () => {
  await Promise.all([installClock(pool), installClock(pool)]);
  expect(Math.abs((await readClock(pool)).now - Date.now())).toBeLessThan(1000);
  expect((await moveClock(pool, { byMillis: 2 * hour })).offsetMillis).toBe(2 * hour);
  const then = Date.parse('2026-01-02T03:04:05Z');
  const moved = await moveClock(pool, { to: then });
  expect(Math.abs(moved.now - then)).toBeLessThan(1000);
  expect(moved.offsetMillis).toBeLessThan(0);
});

test('installing again keeps the time that was set', async () => {
  await moveClock(pool, { to: Date.now() + 5 * hour });
  await installClock(pool);
  expect(Math.round((await readClock(pool)).offsetMillis / hour)).toBe(5);
});

test('a function made, or made again, after the clock obeys it', async () => {
  const create = `create or replace function muster_now() returns timestamptz language sql volatile as 'select clock_timestamp()'`;
  await pool.query(create);
  expect(await hoursAhead('muster_now')).toBe(5);
  await pool.query(create);
  expect(await hoursAhead('muster_now')).toBe(5);
  await pool.query(`create schema other; create function other.muster_now() returns int language sql as 'select 1'`);
  expect((await pool.query('select other.muster_now() as one')).rows).toEqual([{ one: 1 }]);
});

test('a job of tomorrow runs at once when the clock is moved there, also after the queue was started again', async () => {
  const ran: string[] = [];
  async function startQueue(): Promise<PgBoss> {
    const boss = new PgBoss({ connectionString: url, useListenNotify: true, schema: 'pgboss' });
    await boss.start();
    await boss.createQueue('later', { notify: true });
    await boss.work<{ name: string }>(
      'later',
      { pollingIntervalSeconds: 30, notifyPollingIntervalSeconds: 30 },
      async (jobs) => {
        for (const job of jobs) ran.push(job.data.name);
      },
    );
    return boss;
  }
  for (const name of ['first', 'second']) {
    const boss = await startQueue();
    expect(await hoursAhead('pgboss.job_now')).toBe(Math.round((await readClock(pool)).offsetMillis / hour));
    const { now } = await readClock(pool);
    await boss.send('later', { name }, { startAfter: new Date(now + 24 * hour) });
    await wait(100);
    expect(ran).not.toContain(name);
    await moveClock(pool, { byMillis: 24 * hour });
    await expect.poll(() => ran, { interval: 5, timeout: 2000 }).toContain(name);
    await boss.stop({ graceful: false });
  }
});

test('time that passes stops at every due job, so each runs at its own moment', async () => {
  const seen: number[] = [];
  const boss = new PgBoss({ connectionString: url, useListenNotify: true });
  await boss.start();
  await boss.createQueue('hourly', { notify: true });
  const { now } = await readClock(pool);
  await boss.work('hourly', { pollingIntervalSeconds: 30, notifyPollingIntervalSeconds: 30 }, async () => {
    const at = (await readClock(pool)).now;
    seen.push(Math.round((at - now) / hour));
    await boss.send('hourly', {}, { startAfter: new Date(at + hour) });
  });
  await boss.send('hourly', {}, { startAfter: new Date(now + hour) });
  const after = await passTime(pool, now + 4.5 * hour);
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(Math.abs(after.now - now - 4.5 * hour)).toBeLessThan(5000);
  await boss.stop({ graceful: false });
});
