import { expect, test } from 'vitest';
import { windowEnd } from '../../src/aws/mute-rules.ts';

const at = (time: string): number => Date.parse(time);

test.each([
  ['one time', 'at(2026-03-01T02:00)', 'PT4H', 'UTC', '2026-03-01T05:59:00Z', '2026-03-01T06:00:00Z'],
  ['its first moment', 'at(2026-03-01T02:00)', 'PT4H', 'UTC', '2026-03-01T02:00:00Z', '2026-03-01T06:00:00Z'],
  ['over new year', 'at(2026-12-28T00:00)', 'P7D', 'UTC', '2027-01-02T00:00:00Z', '2027-01-04T00:00:00Z'],
  ['a time zone', 'at(2026-07-01T02:00)', 'PT1H', 'Europe/Berlin', '2026-07-01T00:30:00Z', '2026-07-01T01:00:00Z'],
  ['every night', 'cron(0 2 * * *)', 'PT2H', 'UTC', '2026-03-05T03:00:00Z', '2026-03-05T04:00:00Z'],
  ['a weekend', 'cron(0 18 * * FRI)', 'P2DT12H', 'UTC', '2026-03-08T00:00:00Z', '2026-03-09T06:00:00Z'],
])('the window of a rule for %s has an end', (_case, Expression, Duration, Timezone, now, end) => {
  expect(windowEnd({ Expression, Duration, Timezone }, at(now))).toBe(at(end));
});

test.each([
  ['is over', 'cron(0 2 * * *)', 'PT2H', 'UTC'],
  ['is no expression', 'rate(5 minutes)', 'PT2H', 'UTC'],
  ['is nonsense', 'cron(x y z)', 'PT2H', 'UTC'],
  ['has no length', 'cron(0 * * * *)', 'soon', 'UTC'],
  ['is in a zone that nobody knows', 'cron(0 * * * *)', 'PT2H', 'Mars/Olympus'],
])('a window that %s has no end that is known', (_case, Expression, Duration, Timezone) => {
  expect(windowEnd({ Expression, Duration, Timezone }, at('2026-03-05T12:30:00Z'))).toBeNull();
});
