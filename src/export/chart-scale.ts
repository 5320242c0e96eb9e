/** Where the lines of a chart's axes stand, and what is written beside them. */
import type { Instant } from '../incident/incident.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export type Scale = {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
};

/** An axis of round numbers that holds all of these, with about `most` lines. It begins at zero unless that hides what moves. */
export function scaleOf(values: readonly number[], most: number): Scale {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const greatest = values.reduce((high, value) => Math.max(high, value), -Infinity);
  if (least > greatest) return scaleOf([0, 1], most);
  if (least === greatest) return scaleOf(least === 0 ? [0, 1] : [Math.min(0, 2 * least), Math.max(0, 2 * least)], most);
  const range = greatest - least;
  const bottom = least > 0 && range > greatest / 10 ? 0 : least;
  const top = greatest < 0 && range > -least / 10 ? 0 : greatest;
  // Finer steps than this drown in the rounding of floating numbers.
  const finest = Math.max(1e-12, 1e-10 * Math.max(Math.abs(top), Math.abs(bottom)));
  const round = roundStep(Math.max(finest, (top - bottom) / most));
  const step = values.every(Number.isInteger) ? Math.max(1, round) : round;
  const first = Math.floor(bottom / step);
  const last = Math.ceil(top / step);
  const write = numberWriter(step, Math.max(Math.abs(first), Math.abs(last)) * step);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => {
    const value = (first + index) * step;
    return { value, label: write(value) };
  });
  return { low: first * step, high: last * step, ticks };
}

function roundStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  const digit = [1, 2, 5].find((digit) => digit * power >= about * 0.8) ?? 10;
  return digit * power;
}

/** With as many digits as it takes to tell two ticks apart, and no more. */
function numberWriter(step: number, greatest: number): (value: number) => string {
  if (greatest >= 1e16) {
    const digits = Math.max(0, Math.floor(Math.log10(greatest)) - Math.floor(Math.log10(step) + 1e-9));
    return (value) => (value === 0 ? '0' : value.toExponential(digits));
  }
  const unit = greatest < 10_000 ? 1 : 1000 ** Math.min(4, Math.floor(Math.log10(greatest) / 3));
  const digits = Math.min(15, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9)));
  const suffix = { 1: '', 1e3: 'K', 1e6: 'M', 1e9: 'B', 1e12: 'T' }[unit] ?? '';
  const format = new Intl.NumberFormat('en', { maximumFractionDigits: digits });
  // Rounding leaves a negative zero where zero is meant.
  return (value) => (value === 0 ? '0' : `${format.format(value / unit)}${suffix}`.replace(/^-0$/, '0'));
}

const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 7, 14].map((days) => days * day),
];

/** Round times of UTC, at most about `most`. Midnight is written as its day. */
export function timeTicks(from: Instant, to: Instant, most: number): readonly { at: Instant; label: string }[] {
  const range = to - from;
  const fit = timeSteps.find((step) => range / step <= most);
  const step = fit ?? Math.ceil(range / most / day) * day;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => {
    const at = first + index * step;
    const written = new Date(at).toISOString();
    return { at, label: at % day === 0 ? dayFormat.format(at) : written.slice(11, 16) };
  });
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A measured value for people: `91`, `1,234`, `0.0123`, `1.23M`. */
export function writeValue(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 100_000) {
    const digits = Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
    return Math.abs(value) < 1e-6 ? value.toExponential(2) : new Intl.NumberFormat('en', digits).format(value);
  }
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}
