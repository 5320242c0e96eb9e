/** The header `Retry-After`: seconds, or a date. */

/** Whoever is to be called can't wait for longer than this, whatever the other side says. */
const mostMillis = 5 * 60_000;

/** In milliseconds, at least a second; `null` when it says nothing that can be read. */
export function readRetryAfter(header: string | null, now: number): number | null {
  const written = header?.trim() ?? '';
  const millis = /^\d{1,9}$/.test(written) ? Number(written) * 1_000 : Date.parse(written) - now;
  return Number.isFinite(millis) ? Math.min(mostMillis, Math.max(1_000, millis)) : null;
}
