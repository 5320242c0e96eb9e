import { expect, test } from 'vitest';
import { isOngoing, isUnmitigated, rank, roomKey, statuses } from '../../src/incident/incident.ts';
import { clock, servicesWords, severityWords, span, withWords } from '../../src/incident/timeline.ts';
import { declared, minute, start } from './scenario.ts';

test('a length of time is rounded down, for a claim of time must hold', () => {
  expect([-5, 0, 999, 59_999, minute, 2 * minute - 1, 60 * minute - 1].map(span)).toEqual([
    '0 s',
    '0 s',
    '0 s',
    '59 s',
    '1 min',
    '1 min',
    '59 min',
  ]);
  expect([60 * minute, 80 * minute, 26 * 60 * minute].map(span)).toEqual(['1 h', '1 h 20 min', '26 h']);
});

test('words are appended trimmed, and none leave a sentence', () => {
  expect(withWords('Mitigated', ' rolled back ')).toBe('Mitigated: rolled back');
  expect(withWords('Mitigated', ' ')).toBe('Mitigated.');
});

test('a clock reads UTC, and what is not known has words', () => {
  expect(clock(start + 9 * minute)).toBe('14:09');
  expect(severityWords(null)).toBe('severity not known yet');
  expect(servicesWords([])).toBe('service not known yet');
  expect(servicesWords(['checkout', 'search'])).toBe('checkout, search');
});

test('an unknown severity is as bad as SEV2', () => {
  expect([rank('SEV1'), rank(null), rank('SEV5')]).toEqual([0, rank('SEV2'), 4]);
});

test('people work while it is investigated, identified or mitigated; users are affected until it is mitigated', () => {
  const all = statuses.map((status) => ({ ...declared(), status }));
  expect(all.filter(isOngoing).map(({ status }) => status)).toEqual(['investigating', 'identified', 'mitigated']);
  expect(all.filter(isUnmitigated).map(({ status }) => status)).toEqual(['investigating', 'identified']);
  expect(roomKey(declared().id)).toBe('INC-1');
});
