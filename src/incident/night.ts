/** Whose night it is: by each person's own zone, across midnight and changes of the clock. */
import type { Instant } from './ids.ts';

/** Hours of the local day, such as 22 to 7; the end is not included. */
export type Night = { readonly fromHour: number; readonly toHour: number };

const quarter = 15 * 60_000;

/** No night is longer than this; zones may change their clocks meanwhile. */
const mostMillis = 26 * 60 * 60_000;

const clocks = new Map<string, Intl.DateTimeFormat | null>();

/** `null`: there is no such zone. */
function clockOf(zone: string): Intl.DateTimeFormat | null {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  let clock: Intl.DateTimeFormat | null = null;
  try {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    // Not a zone that this machine knows.
  }
  clocks.set(zone, clock);
  return clock;
}

/** `03:12`, as the clock on the wall there shows it; `null`: nobody knows. @param zone such as `Africa/Nairobi` */
export function wallClock(at: Instant, zone: string): string | null {
  return clockOf(zone)?.format(at) ?? null;
}

/** Where the zone is not known nobody can tell, so it counts as day: better woken than not called. */
export function isNight(at: Instant, zone: string, { fromHour, toHour }: Night): boolean {
  const shown = wallClock(at, zone);
  if (shown === null || fromHour === toHour) return false;
  const hour = Number(shown.slice(0, 2));
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}

/** The first moment from `at` on that is not night there. Every zone keeps to quarters of an hour. */
export function morningAfter(at: Instant, zone: string, night: Night): Instant {
  if (!isNight(at, zone, night)) return at;
  const first = Math.floor(at / quarter) * quarter + quarter;
  for (let moment = first; moment < at + mostMillis; moment += quarter) {
    if (!isNight(moment, zone, night)) return moment;
  }
  return at;
}
