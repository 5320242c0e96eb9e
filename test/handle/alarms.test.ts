import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AlarmNews, alarmStates, type Road } from '../../src/incident/alarm.ts';
import {
  ignoreAlarm,
  readAlarms,
  readRedAlarms,
  readTransitions,
  readUnsettled,
  saveHistory,
  saveNews,
  settle,
  type StandingAlarm,
  unsettle,
} from '../../src/postgres/alarms.ts';
import { openPostgres, type Postgres } from '../../src/postgres/postgres.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';

let database: TestDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await testDatabase();
  postgres = openPostgres(database.url, () => undefined);
});

afterAll(async () => {
  await postgres.close();
  await database.drop();
});

afterEach(async () => {
  await postgres.query('truncate alarm, alarm_news');
});

const start = Date.parse('2026-03-01T12:00:00.250Z');
const second = 1_000;
const checkout = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx';
const search = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:search-errors';
const by = { type: 'system' } as const;

function news(more: Partial<AlarmNews> = {}): AlarmNews {
  return {
    alarm: checkout,
    name: 'checkout-5xx',
    contributor: null,
    state: 'ALARM',
    at: start,
    because: 'Threshold Crossed',
    description: 'Payments fail',
    tags: { team: 'payments' },
    mutedUntil: null,
    firstBreachAt: start - 60 * second,
    ...more,
  };
}

function save(...all: readonly AlarmNews[]): Promise<number> {
  return saveBy('queue', ...all);
}

function saveBy(road: Road, ...all: readonly AlarmNews[]): Promise<number> {
  return postgres.transaction((tx) =>
    saveNews(
      tx,
      all.map((each) => ({ road, news: each })),
    ),
  );
}

async function now(alarm = checkout): Promise<StandingAlarm> {
  const [standing, ...others] = await readAlarms(postgres, [alarm]);
  expect(others).toEqual([]);
  if (standing === undefined) throw new Error('nothing is known of the alarm');
  return standing;
}

async function settleNow(...alarms: readonly StandingAlarm[]): Promise<void> {
  const episodes = alarms.map(({ alarm, contributor, since }) => ({
    alarm,
    since,
    contributor: contributor?.id ?? '',
  }));
  await postgres.transaction((tx) => settle(tx, episodes, null));
}

async function heard(): Promise<readonly string[]> {
  const rows = await readTransitions(postgres, {
    alarms: [checkout, search],
    from: start - 1e9,
    to: start + 1e9,
  });
  return rows.map(({ state, at }) => `${state} ${(at - start) / second}`);
}

describe('news', () => {
  test('comes back as it was told, also what is hostile in it', async () => {
    const words = `'); drop table alarm; -- $1 \${x} "\\ \\u0000 <!channel> ﷽ 🔥`;
    const told = news({
      name: words,
      because: words,
      description: words,
      tags: { [words]: words, __proto__x: '' },
      contributor: { id: words, words },
      mutedUntil: start + 1,
    });
    expect(await save(told)).toBe(1);
    expect(await now()).toEqual({
      alarm: checkout,
      name: words,
      contributor: { id: words, words },
      state: 'ALARM',
      since: start,
      because: words,
      description: words,
      tags: { [words]: words, __proto__x: '' },
      mutedUntil: start + 1,
      ignoredUntil: null,
      firstBreachAt: start - 60 * second,
      settledSince: null,
      incident: null,
    });
  });

  test('is saved once, however often and by whatever road it comes', async () => {
    expect(await save(news(), news(), news())).toBe(1);
    expect(await saveBy('topic', news())).toBe(0);
    expect(await saveBy('poll', news(), news({ alarm: search }))).toBe(1);
    expect(await save()).toBe(0);
    expect(await heard()).toEqual(['ALARM 0', 'ALARM 0']);
  });

  test('that is older than what stands is kept but changes nothing', async () => {
    await save(news({ state: 'OK', at: start + 60 * second }));
    expect(await save(news(), news({ state: 'OK', at: start - 1 }))).toBe(2);
    expect(await now()).toMatchObject({ state: 'OK', since: start + 60 * second });
    expect(await heard()).toEqual(['OK -0.001', 'ALARM 0', 'OK 60']);
  });

  test('of the same time has red as the later one, in either order', async () => {
    await save(news({ state: 'OK' }));
    await save(news());
    expect(await now()).toMatchObject({ state: 'ALARM', settledSince: null });
    await save(news({ state: 'OK' }));
    expect(await now()).toMatchObject({ state: 'ALARM', settledSince: null });
  });

  test('of the same change by another road adds what was not known', async () => {
    await saveBy('poll', news({ because: '', description: '', tags: {}, firstBreachAt: null }));
    await settleNow(await now());
    expect(await save(news({ at: start + 400, mutedUntil: start + second }))).toBe(1);
    expect(await now()).toMatchObject({
      since: start,
      settledSince: start,
      because: 'Threshold Crossed',
      description: 'Payments fail',
      tags: { team: 'payments' },
      firstBreachAt: start - 60 * second,
      mutedUntil: start + second,
    });
    await saveBy('topic', news({ because: 'other words', tags: {}, mutedUntil: null }));
    expect(await now()).toMatchObject({ because: 'Threshold Crossed', tags: { team: 'payments' } });
  });

  test('of red that follows red is a new episode: nobody was told of the green in between', async () => {
    await save(news());
    await settleNow(await now());
    await save(news({ at: start + 600 * second, firstBreachAt: null }));
    expect(await now()).toMatchObject({ since: start + 600 * second, settledSince: start, firstBreachAt: null });
    expect(await readUnsettled(postgres)).toHaveLength(1);
  });

  test('of contributors stands apart from the alarm as a whole', async () => {
    const of = (id: string): AlarmNews['contributor'] => ({ id, words: `host=${id}` });
    await save(news(), news({ contributor: of('a') }), news({ contributor: of('b'), state: 'OK', at: start + 1 }));
    const standing = await readAlarms(postgres, [checkout]);
    expect(standing.map(({ contributor, state }) => [contributor?.words ?? null, state])).toEqual([
      [null, 'ALARM'],
      ['host=a', 'ALARM'],
      ['host=b', 'OK'],
    ]);
  });

  test('gives the same state in whatever order and lots it comes', async () => {
    const one = fc.record({ state: fc.constantFrom(...alarmStates), at: fc.integer({ min: 0, max: 4 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat({ max: 3 }), { minLength: 8, maxLength: 8 }),
        async (all, lots) => {
          await postgres.query('truncate alarm, alarm_news');
          const told = all.map(({ state, at }) => news({ state, at: start + at * 2 * second }));
          for (const lot of [0, 1, 2, 3]) await save(...told.filter((_, index) => lots[index] === lot));
          const newest = Math.max(...told.map(({ at }) => at));
          const last = told.filter(({ at }) => at === newest).map(({ state }) => state);
          const standing = await now();
          expect(standing.since).toBe(newest);
          expect(last).toContain(standing.state);
          if (last.includes('ALARM')) expect(standing.state).toBe('ALARM');
          expect(new Set(await heard()).size).toBe(new Set(told.map(({ state, at }) => `${state} ${at}`)).size);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of the same alarms, taken by two at once in opposite orders, waits instead of failing', async () => {
    const arns = Array.from({ length: 200 }, (_, index) => `${checkout}-${index}`);
    const rounds = Array.from({ length: 8 }, (_, round) => round);
    const saved = await Promise.all(
      rounds.map((round) => {
        const order = round % 2 === 0 ? arns : arns.toReversed();
        return save(...order.map((alarm) => news({ alarm, at: start + round * 2 * second })));
      }),
    );
    expect(saved).toEqual(rounds.map(() => 200));
    const standing = await readAlarms(postgres, arns);
    expect(new Set(standing.map(({ since }) => since))).toEqual(new Set([start + 14 * second]));
  });
});

describe('what is not settled', () => {
  test('is what is red or was red since, the oldest first, and never what was not red', async () => {
    await save(news({ at: start + second }), news({ alarm: search, name: 'search-errors' }));
    await save(news({ alarm: `${search}-2`, state: 'OK' }), news({ alarm: `${search}-3`, state: 'INSUFFICIENT_DATA' }));
    expect((await readUnsettled(postgres)).map(({ alarm }) => alarm)).toEqual([search, checkout]);
    expect((await readRedAlarms(postgres)).map(({ alarm }) => alarm)).toEqual([search, checkout]);

    await settleNow(await now(), await now(search));
    expect(await readUnsettled(postgres)).toEqual([]);
    await save(news({ state: 'OK', at: start + 5 * second }));
    expect(await readUnsettled(postgres)).toMatchObject([
      { alarm: checkout, state: 'OK', settledSince: start + second },
    ]);
    await settleNow(await now());
    await save(news({ state: 'INSUFFICIENT_DATA', at: start + 9 * second }));
    expect(await readUnsettled(postgres)).toEqual([]);
  });

  test('is also an alarm that was red only within one lot', async () => {
    await save(news(), news({ state: 'OK', at: start + 5 * second }));
    expect(await readUnsettled(postgres)).toMatchObject([{ state: 'OK', settledSince: null }]);
  });

  test('stays so when the alarm changes while it is being dealt with', async () => {
    await save(news());
    const seen = await now();
    await save(news({ state: 'OK', at: start + 5 * second }));
    await settleNow(seen);
    expect(await readUnsettled(postgres)).toMatchObject([{ state: 'OK', since: start + 5 * second }]);
  });

  test('is what was brought to an incident that it does not belong to, if it is still red', async () => {
    await save(news(), news({ alarm: search, state: 'OK' }));
    await settleNow(await now());
    await postgres.transaction(async (tx) => {
      await unsettle(tx, checkout);
      await unsettle(tx, search);
    });
    expect(await readUnsettled(postgres)).toMatchObject([{ alarm: checkout, settledSince: null, incident: null }]);
  });

  test('an alarm that is ignored is so with all its contributors, also with those that come later', async () => {
    await save(news(), news({ alarm: search }));
    const until = start + 3_600 * second;
    await postgres.transaction((tx) => ignoreAlarm(tx, { alarm: checkout, until, by }));
    await save(news({ contributor: { id: 'new', words: '' } }), news({ at: start + 60 * second }));
    const standing = await readAlarms(postgres, [checkout, search]);
    expect(standing.map(({ ignoredUntil }) => ignoredUntil)).toEqual([until, until, null]);
  });
});

test('history fills in what was not heard and changes no present state', async () => {
  await save(news());
  const transition = { alarm: checkout, contributor: '', because: '', firstBreachAt: null };
  const told = [
    { ...transition, state: 'ALARM', at: start },
    { ...transition, state: 'OK', at: start + 60 * second },
  ] as const;
  expect(await postgres.transaction((tx) => saveHistory(tx, told))).toBe(1);
  expect(await postgres.transaction((tx) => saveHistory(tx, told))).toBe(0);
  expect(await now()).toMatchObject({ state: 'ALARM', since: start });
  expect(await heard()).toEqual(['ALARM 0', 'OK 60']);
  const some = await readTransitions(postgres, { alarms: [checkout], from: start + 1, to: start + 60 * second });
  expect(some).toEqual([told[1]]);
});
