import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IncidentId } from '../../src/incident/incident.ts';
import type { Job } from '../../src/incident/job.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { eventually } from '../harness/waiting.ts';
import { exitCode, firstWords, runElsewhere } from './process.ts';
import type { Replica } from './replica.ts';
import { handlersWith, openReplica } from './replica.ts';

let database: TestDatabase;
let one: Replica;

beforeEach(async () => {
  database = await testDatabase();
  one = await openReplica(database.url);
});

afterEach(async () => {
  await one.stop();
  await database.drop();
});

function card(incident: number): Job {
  const id = incident as IncidentId;
  return { name: 'status-card', key: `status-card:${id}`, data: { incident: id } };
}

function enqueue(replica: Replica, ...jobs: readonly Job[]): Promise<void> {
  return replica.postgres.transaction((tx) => replica.queue.enqueue(tx, jobs));
}

/** Says a word in the database, which jobs can read. */
const say = `insert into person (id, names) values ($1, '{}')`;

async function words(replica: Replica): Promise<readonly string[]> {
  const { rows } = await replica.postgres.query<{ id: string }>('select id from person order by id');
  return rows.map(({ id }) => id);
}

type Gate = { readonly opened: Promise<void>; open(): void };

function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

describe('a job', () => {
  test('that is rolled back never runs, and one that is committed runs', async () => {
    const ran: number[] = [];
    await one.queue.work(handlersWith({ 'status-card': async ({ incident }) => void ran.push(incident) }));
    const failing = one.postgres.transaction(async (tx) => {
      await one.queue.enqueue(tx, [card(1)]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await enqueue(one, card(2));
    await eventually(() => ran.includes(2), 'the committed job runs');
    await wait(1_500);
    expect(ran).toEqual([2]);
  });

  test('to which another transaction adds while it runs, runs again and sees what was added', async () => {
    const seen: (readonly string[])[] = [];
    const [started, finish] = [gate(), gate()];
    await one.queue.work(
      handlersWith({
        'status-card': async () => {
          seen.push(await words(one));
          started.open();
          await finish.opened;
        },
      }),
    );
    await enqueue(one, card(1));
    await started.opened;
    await one.postgres.transaction(async (tx) => {
      await tx.query(say, ['added']);
      await one.queue.enqueue(tx, [card(1)]);
      // The first run ends before this is committed.
      finish.open();
      await wait(700);
    });
    await eventually(() => seen.length === 2, 'it runs again');
    expect(seen).toEqual([[], ['added']]);
  });

  test('that waits is not taken while a transaction adds to it, and sees what was added', async () => {
    const seen: (readonly string[])[] = [];
    await enqueue(one, card(1));
    const two = await openReplica(database.url);
    try {
      await one.postgres.transaction(async (tx) => {
        await tx.query(say, ['added']);
        await one.queue.enqueue(tx, [card(1)]);
        await two.queue.work(handlersWith({ 'status-card': async () => void seen.push(await words(two)) }));
        await wait(1_500);
        expect(seen).toEqual([]);
      });
      await eventually(() => seen.length > 0, 'it runs');
      await wait(1_000);
      expect(seen).toEqual([['added']]);
    } finally {
      await two.stop();
    }
  });

  test('that many transactions want at once runs seldom, and at last sees what all of them wrote', async () => {
    const seen: (readonly string[])[] = [];
    const two = await openReplica(database.url);
    try {
      const handlers = handlersWith({
        'status-card': async () => {
          const said = await words(one);
          await wait(50);
          seen.push(said);
        },
      });
      await Promise.all([one.queue.work(handlers), two.queue.work(handlers)]);
      const all = Array.from({ length: 30 }, (_, index) => `word-${String(index).padStart(2, '0')}`);
      await Promise.all(
        all.map((word, index) => {
          const replica = index % 2 === 0 ? one : two;
          return replica.postgres.transaction(async (tx) => {
            await tx.query(say, [word]);
            await replica.queue.enqueue(tx, [card(1)]);
          });
        }),
      );
      await eventually(() => seen.at(-1)?.length === all.length, 'a run sees everything');
      expect(seen.length).toBeLessThanOrEqual(all.length);
    } finally {
      await two.stop();
    }
  });

  test('never runs twice at the same moment, though two processes work', async () => {
    const two = await openReplica(database.url);
    const running = new Map<number, number>();
    let most = 0;
    let runs = 0;
    try {
      const handlers = handlersWith({
        'status-card': async ({ incident }) => {
          const now = (running.get(incident) ?? 0) + 1;
          running.set(incident, now);
          most = Math.max(most, now);
          await wait(60);
          running.set(incident, (running.get(incident) ?? 0) - 1);
          runs += 1;
        },
      });
      await Promise.all([one.queue.work(handlers), two.queue.work(handlers)]);
      for (let round = 0; round < 15; round += 1) {
        await Promise.all([enqueue(one, card(1)), enqueue(two, card(2))]);
        await wait(40);
      }
      await eventually(async () => {
        const { rows } = await one.postgres.query<{ left: number }>(
          `select count(*)::int as left from pgboss.job where name = 'status-card' and state < 'completed'`,
        );
        return rows[0]?.left === 0;
      }, 'all is done');
      expect(most).toBe(1);
      expect(runs).toBeGreaterThanOrEqual(2);
    } finally {
      await two.stop();
    }
  });
});

describe('a process that is killed', () => {
  test('has its jobs in flight taken up again by another within 20 s', async () => {
    const child = runElsewhere(`
      const { openQueue } = await src('postgres/queue.ts');
      const { createLog } = await src('log.ts');
      const queue = await openQueue(${JSON.stringify(database.url)}, createLog('silent'));
      let running = 0;
      const stuck = () => { if ((running += 1) === 2) console.log('both'); return new Promise(() => undefined); };
      await queue.work(new Proxy({}, { get: () => stuck }));`);
    const both = firstWords(child);
    await enqueue(one, card(1), card(2));
    expect(await both).toMatch('both');
    const killed = Date.now();
    child.kill('SIGKILL');
    await exitCode(child);
    const ran = new Set<number>();
    await one.queue.work(handlersWith({ 'status-card': async ({ incident }) => void ran.add(incident) }));
    await eventually(() => ran.size === 2, 'both are taken up again', 30_000);
    expect(Date.now() - killed).toBeLessThan(20_000);
  });
});
