import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNight, morningAfter, wallClock } from '../../src/incident/night.ts';

const night = { fromHour: 22, toHour: 7 };
const utc = (text: string): number => Date.parse(text);
const told = (at: number): string => new Date(at).toISOString().slice(0, 16);

describe('the night', () => {
  test('is the person’s own, across midnight', () => {
    expect(isNight(utc('2026-11-21T00:00Z'), 'Africa/Nairobi', night)).toBe(true);
    expect(wallClock(utc('2026-11-21T00:00Z'), 'Africa/Nairobi')).toBe('03:00');
    expect(isNight(utc('2026-11-21T00:00Z'), 'Asia/Tokyo', night)).toBe(false);
    expect(isNight(utc('2026-11-21T21:59Z'), 'UTC', night)).toBe(false);
    expect(isNight(utc('2026-11-21T22:00Z'), 'UTC', night)).toBe(true);
    expect(isNight(utc('2026-11-22T06:59Z'), 'UTC', night)).toBe(true);
    expect(isNight(utc('2026-11-22T07:00Z'), 'UTC', night)).toBe(false);
  });

  test('ends at seven on the wall, however the clock was changed meanwhile', () => {
    expect(told(morningAfter(utc('2026-11-21T00:00Z'), 'Africa/Nairobi', night))).toBe('2026-11-21T04:00');
    // Clocks go back at 03:00 on 25 October 2026, and forward at 02:00 on 29 March 2026.
    expect(told(morningAfter(utc('2026-10-24T21:00Z'), 'Europe/Berlin', night))).toBe('2026-10-25T06:00');
    expect(told(morningAfter(utc('2026-03-28T22:00Z'), 'Europe/Berlin', night))).toBe('2026-03-29T05:00');
    expect(told(morningAfter(utc('2026-11-20T20:00Z'), 'Asia/Kathmandu', night))).toBe('2026-11-21T01:15');
  });

  test('is never where nobody knows the zone, and neither where the catalog has none', () => {
    expect(isNight(utc('2026-11-21T00:00Z'), 'Nowhere/Atlantis', night)).toBe(false);
    expect(wallClock(utc('2026-11-21T00:00Z'), 'Nowhere/Atlantis')).toBeNull();
    expect(isNight(utc('2026-11-21T00:00Z'), 'UTC', { fromHour: 0, toHour: 0 })).toBe(false);
  });

  test('is over within a day, and morning is day', () => {
    const zones = fc.constantFrom(
      'Africa/Nairobi',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Chatham',
      'Europe/Berlin',
    );
    const instants = fc.integer({ min: utc('2026-01-01T00:00Z'), max: utc('2027-01-01T00:00Z') });
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const morning = morningAfter(at, zone, night);
        expect(isNight(morning, zone, night)).toBe(false);
        expect(morning - at).toBeLessThanOrEqual(10 * 60 * 60_000 + 15 * 60_000);
      }),
      { numRuns: 60 },
    );
  });
});
