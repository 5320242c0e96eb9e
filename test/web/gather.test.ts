import { describe, expect, test } from 'vitest';
import { openGathering } from '../../src/web/gather.ts';

const most = { together: 3, waiting: 10 };

describe('what is gathered', () => {
  test('goes alone while nothing else is there, and together while something is being taken', async () => {
    const batches: (readonly number[])[] = [];
    const take = async (batch: readonly number[]): Promise<void> => {
      batches.push(batch);
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const add = openGathering({ take, most, limitMillis: 1_000 });
    await Promise.all([1, 2, 3, 4, 5, 6].map((item) => add(item)));
    await add(7);
    expect(batches).toEqual([[1], [2, 3, 4], [5, 6], [7]]);
  });

  test('fails with its batch, and what comes after is taken all the same', async () => {
    const take = (batch: readonly number[]): Promise<void> =>
      batch.includes(1) ? Promise.reject(new Error('no')) : Promise.resolve();
    const add = openGathering({ take, most, limitMillis: 1_000 });
    await expect(add(1)).rejects.toThrow('no');
    await expect(add(2)).resolves.toBeUndefined();
  });

  test('is given up in time, and forgotten if it was not begun', async () => {
    const release: (() => void)[] = [];
    const taken: number[] = [];
    const take = (batch: readonly number[]): Promise<void> => {
      taken.push(...batch);
      return new Promise((resolve) => release.push(resolve));
    };
    const add = openGathering({ take, most, limitMillis: 20 });
    const results = await Promise.allSettled([add(1), add(2)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const last = add(3);
    release[0]?.();
    await expect.poll(() => taken).toEqual([1, 3]);
    release[1]?.();
    await last;
  });

  test('is bounded: past that, nothing more is let in', async () => {
    const release: (() => void)[] = [];
    const add = openGathering({
      take: () => new Promise<void>((resolve) => release.push(resolve)),
      most: { together: 10, waiting: 2 },
      limitMillis: 1_000,
    });
    const two = [add(1), add(2)];
    await expect(add(3)).rejects.toThrow('too much');
    release[0]?.();
    await two[0];
    release[1]?.();
    await two[1];
  });
});
