/** Times and durations in words. Everything is UTC, and clocks show minutes: `14:07`. */
import type { Instant } from '../incident/incident.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** `2026-11-20` */
export function formatDay(at: Instant): string {
  return new Date(at).toISOString().slice(0, -'T00:00:00.000Z'.length);
}

/** `14:07` */
export function formatClock(at: Instant): string {
  return new Date(at).toISOString().slice(-'00:00:00.000Z'.length).slice(0, 'hh:mm'.length);
}

/** `2026-11-20 14:07 UTC` */
export function formatMoment(at: Instant): string {
  return `${formatDay(at)} ${formatClock(at)} UTC`;
}

/** `14:07`, or `2026-11-21 00:10` when it is another day than `beside`. */
export function formatBeside(at: Instant, beside: Instant): string {
  return formatDay(at) === formatDay(beside) ? formatClock(at) : `${formatDay(at)} ${formatClock(at)}`;
}

/** `between 00:41 and 06:51 UTC`; both days are shown when they differ. */
export function formatSpan(from: Instant, to: Instant): string {
  return formatDay(from) === formatDay(to)
    ? `between ${formatClock(from)} and ${formatClock(to)} UTC`
    : `between ${formatDay(from)} ${formatClock(from)} and ${formatDay(to)} ${formatClock(to)} UTC`;
}

/** `20 min after the declaration (14:07 UTC)`: the length, what it is counted from, and when that was. */
export function countFrom(at: Instant, start: Instant, startName: string): string {
  const millis = at - start;
  const when = `${formatBeside(start, at)} UTC`;
  if (millis === 0) return `at the same time as ${startName} (${when})`;
  return `${formatDuration(Math.abs(millis))} ${millis > 0 ? 'after' : 'before'} ${startName} (${when})`;
}

/** `45 s`, `19 min 40 s`, `6 h 10 min`. Seconds are left out from an hour up. Takes milliseconds, never negative. */
export function formatDuration(millis: number): string {
  const hours = Math.floor(millis / hour);
  const minutes = Math.floor((millis % hour) / minute);
  const seconds = Math.floor((millis % minute) / second);
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
  return `${seconds} s`;
}
