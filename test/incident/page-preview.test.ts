import { expect, it } from 'vitest';
import type { GroupId, PersonId } from '../../src/incident/incident.ts';
import { previewWords } from '../../src/incident/page-preview.ts';

const night = { fromHour: 22, toHour: 7 };
const [ben, chen] = ['U0BEN', 'U0CHEN'] as readonly string[] as readonly [PersonId, PersonId];
const group = 'S0PAY' as GroupId;

function preview(over: Partial<Parameters<typeof previewWords>[0]>): string {
  const zones = new Map([
    [ben, 'Europe/Berlin'],
    [chen, 'Africa/Nairobi'],
  ]);
  return previewWords({ people: [ben, chen], zones, at: Date.UTC(2026, 2, 28, 19, 30), night, missing: [], ...over });
}

it('says who is called and what time it is there, those in their night first', () => {
  expect(preview({})).toBe(
    'This pages 2 people at once; it is night for 1 of them: <@U0CHEN> 22:30, night there · <@U0BEN> 20:30',
  );
});

it('follows a change of the clock', () => {
  // On 29 March 2026 Berlin goes from UTC+1 to UTC+2.
  expect(preview({ people: [ben], at: Date.UTC(2026, 2, 29, 0, 59) })).toContain('<@U0BEN> 01:59, night there');
  expect(preview({ people: [ben], at: Date.UTC(2026, 2, 29, 1, 0) })).toContain('<@U0BEN> 03:00, night there');
  expect(preview({ people: [ben], at: Date.UTC(2026, 2, 29, 5, 0) })).toBe(
    'This pages 1 person at once: <@U0BEN> 07:00',
  );
});

it('says nothing of the time where nobody knows it', () => {
  expect(preview({ zones: new Map([[chen, 'Nowhere/Else']]) })).toBe(
    'This pages 2 people at once: <@U0BEN> · <@U0CHEN>',
  );
});

it('names thirty and counts the others, those in their night first', () => {
  const many = Array.from({ length: 50 }, (_, index) => `U0MANY${index}` as PersonId);
  const words = preview({ people: [...many, chen] });
  expect(words.match(/<@/g)).toHaveLength(30);
  expect(words).toMatch(/: <@U0CHEN> 22:30, night there · .* and 21 more$/);
});

it('names groups that nobody has read yet', () => {
  expect(preview({ people: [], missing: [group] })).toBe(
    "I don't know yet who is in the group S0PAY: its members are called as soon as I do.",
  );
});
