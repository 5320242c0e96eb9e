import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/incident/incident.ts';
import { pagingsOf } from '../../src/jobs/call-pager.ts';
import { declareOnCall, onlyServices } from '../incident/on-call.ts';
import { ben, minute } from '../incident/scenario.ts';

const policy = {
  ...onlyServices,
  services: onlyServices.services.map((each) => (each.name === 'checkout' ? { ...each, pager: 'payments' } : each)),
};
const key = 'service:checkout';

/** What the pager is to be told, page by page. */
function acts(incident: Incident, triggers: readonly string[]): readonly string[] {
  return pagingsOf(incident, { triggers, policy }).map(({ act, page }) => `${act} ${page.openedAt}`);
}

function keyOf({ id, pages }: Incident): string {
  return `muster:${id}:${pages.find((page) => page.key === key)?.openedAt ?? 0}:${key}`;
}

describe('a pager', () => {
  test('calls until somebody has it, and ends with the trouble', () => {
    const course = declareOnCall({ policy });
    const { openedAt } = course.page(key);
    expect(acts(course.incident(), [])).toEqual([`trigger ${openedAt}`]);
    course.ask(ben, { name: 'join', page: key, said: false });
    expect(acts(course.incident(), [keyOf(course.incident())])).toEqual([`acknowledge ${openedAt}`]);
  });

  test('does not ring on for a page that was opened anew', () => {
    const course = declareOnCall({ policy });
    course.ask(ben, { name: 'join', page: key, said: false });
    const before = course.page(key).openedAt;
    const triggers = [keyOf(course.incident())];
    course.wait(minute);
    // Nobody has it any more, so it is called again.
    course.ask(ben, { name: 'pass on' });
    const { openedAt } = course.page(key);
    expect(openedAt).toBeGreaterThan(before);
    expect(acts(course.incident(), triggers)).toEqual([`resolve ${before}`, `trigger ${openedAt}`]);
    expect(acts(course.incident(), [...triggers, keyOf(course.incident())])).toEqual([
      `resolve ${before}`,
      `trigger ${openedAt}`,
    ]);
  });

  test('is told nothing of services that have none, nor of keys that are none of ours', () => {
    const course = declareOnCall({ policy, services: ['search'] });
    expect(acts(course.incident(), ['muster:1:5:service:search', 'muster:1:5:lead', 'else'])).toEqual([]);
  });
});
