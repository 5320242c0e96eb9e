import { expect, test } from 'vitest';
import { checkBlameless } from '../../src/postmortem/blameless.ts';

test.each([
  ['The team on call had simply failed to notice', 'team on call had simply failed to'],
  ['responder 2 forgot the flag', 'responder 2 forgot'],
  ['nobody bothered, they didn’t bother to look', 'they didn’t bother'],
  ['the commander broke replication', 'commander broke'],
  ['why did you restart it', 'why did you'],
  ['We should have rolled back', 'should have'],
  ["it couldn't have been seen", "couldn't have"],
  ['If only the alarm rang', 'If only'],
  ['This was human error', 'human error'],
  ['a typo in the config', 'typo'],
  ['That was careless', 'careless'],
  ['Obviously the pool was full', 'Obviously'],
  ['insufficient tests', 'insufficient'],
  ['a lack of monitoring', 'lack of monitoring'],
  ['The root cause is DNS', 'root cause'],
])('%j is worth a look', (text, phrase) => {
  expect(checkBlameless(text).map((hint) => hint.phrase)).toContain(phrase);
});

test.each([
  'The job failed to start',
  'the deploy tool failed to reach its own database',
  'We restarted the job, then it failed to start',
  'checkout-5xx: INSUFFICIENT_DATA',
  'The new release caused one pool per worker',
  'They rolled back and errors fell',
])('%j describes what happened', (text) => {
  expect(checkBlameless(text)).toEqual([]);
});

test('hints come in the order of the text, each with a question', () => {
  const hints = checkBlameless('The root cause was a typo; we should have known');
  expect(hints.map((hint) => hint.phrase)).toEqual(['root cause', 'typo', 'should have']);
  expect(hints.every((hint) => hint.advice.includes('?'))).toBe(true);
});
