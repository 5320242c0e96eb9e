/** Do Not Disturb: the hours of each day in which Slack lets no notification through to a person. */
import { offsetSeconds } from './render-people-and-files.ts';
import type { Person } from './workspace.ts';

const dayMillis = 86_400_000;

export type QuietTime = {
  readonly dnd_enabled: boolean;
  /** Epoch seconds, also of a time that has begun; 1 where there is none. */
  readonly next_dnd_start_ts: number;
  readonly next_dnd_end_ts: number;
};

/** The quiet time that `now` (epoch milliseconds) lies in, or else the next one. */
export function quietTime({ quietHours, timeZone }: Person, now: number): QuietTime {
  if (quietHours === null) return { dnd_enabled: false, next_dnd_start_ts: 1, next_dnd_end_ts: 1 };
  const from = millisOf(quietHours.from);
  const to = millisOf(quietHours.to);
  const length = to > from ? to - from : to - from + dayMillis;
  const today = Math.floor((now + 1000 * offsetSeconds(timeZone, now)) / dayMillis) * dayMillis;
  const times = [-dayMillis, 0, dayMillis].map((days) => ({
    start: instantOf(today + days + from, timeZone),
    end: instantOf(today + days + from + length, timeZone),
  }));
  // What begins tomorrow ends after now.
  const { start, end } = times.find((time) => time.end > now) ?? { start: 1000, end: 1000 };
  return { dnd_enabled: true, next_dnd_start_ts: start / 1000, next_dnd_end_ts: end / 1000 };
}

/** Whether notifications are held back from this person at `now`, in epoch milliseconds. */
export function isQuiet(person: Person, now: number): boolean {
  const { dnd_enabled, next_dnd_start_ts } = quietTime(person, now);
  return dnd_enabled && next_dnd_start_ts * 1000 <= now;
}

/** Milliseconds after midnight of `22:00`. */
function millisOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}

/** When the clock on the wall shows that; in the hour that a daylight-saving change leaves out, an hour later. */
function instantOf(wall: number, timeZone: string): number {
  const guess = wall - 1000 * offsetSeconds(timeZone, wall);
  return wall - 1000 * offsetSeconds(timeZone, guess);
}
