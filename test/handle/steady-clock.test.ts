import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { openSteadyClock } from '../../src/postgres/steady-clock.ts';
import { testDatabase } from '../harness/database.ts';

test('the steady clock goes on, asks once a second, and fails only as long as the database is away', async () => {
  const database = await testDatabase();
  const postgres = openPostgres(database.url, () => undefined);
  let asked = 0;
  const now = openSteadyClock({
    query: (text, values) => {
      asked += 1;
      return postgres.query(text, values);
    },
  });
  try {
    const [first = 0] = await Promise.all(Array.from({ length: 100 }, () => now()));
    expect(Math.abs(first - Date.now())).toBeLessThan(1_000);
    await wait(200);
    expect((await now()) - first).toBeGreaterThanOrEqual(190);
    expect(asked).toBe(1);
    await wait(1_000);
    await database.away(async () => {
      await expect(now()).rejects.toThrow(Error);
    });
    expect((await now()) - first).toBeGreaterThanOrEqual(1_190);
  } finally {
    await postgres.close();
    await database.drop();
  }
});
