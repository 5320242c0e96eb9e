/** The cluster's clock for what needs the time thousands of times a second. */
import type { Instant } from '../incident/incident.ts';
import { readNow, type Sql } from './postgres.ts';

/** How long the difference to this machine's own clock is taken to last, in milliseconds. */
const freshMillis = 1_000;

/** Gives the cluster's time, asking for it once a second at most. The function that it gives throws as `readNow` does. */
export function openSteadyClock(sql: Sql): () => Promise<Instant> {
  let readAt = -Infinity;
  let ahead: Promise<number> = Promise.resolve(0);
  return async () => {
    if (performance.now() - readAt > freshMillis) {
      readAt = performance.now();
      ahead = readNow(sql).then((now) => now - performance.now());
      ahead.catch(() => {
        readAt = -Infinity;
      });
    }
    return Math.round((await ahead) + performance.now());
  };
}
