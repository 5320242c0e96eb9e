/** Waiting for something to become true, and lengths of time as stories write them. */
import { setTimeout as wait } from 'node:timers/promises';

/** Waits until something is so. @throws when it is not within the time. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string | (() => string),
  withinMillis = 20_000,
): Promise<void> {
  for (const until = Date.now() + withinMillis; Date.now() < until; await wait(10)) {
    if (await isSo()) return;
  }
  throw new Error(`it did not happen within ${withinMillis / 1000} s that ${typeof what === 'string' ? what : what()}`);
}

/** Milliseconds of `'90s'`, `'30m'` or `'2h'`. */
export function millisOf(duration: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(duration) ?? [];
  const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
  const millis = Number(amount) * (units[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(millis)) throw new Error(`"${duration}" is no duration`);
  return millis;
}
