import { describe, expect, test } from 'vitest';
import { judge } from '../../src/incident/verdict.ts';
import type { Incident } from '../../src/incident/incident.ts';
import {
  after,
  afterPoll,
  ana,
  ben,
  by,
  chi,
  declared,
  errors,
  eventsOf,
  happeningsOf,
  latency,
  led,
  minute,
  observe,
  only,
  reading,
  staleIndex,
  standDown,
  start,
} from './scenario.ts';

const at = (minutes: number): number => start + minutes * minute;

/** Search has one alarm and a window of 20 minutes. */
const search = led({ services: ['search'] });
const red = afterPoll(search, at(1), reading(staleIndex, 'alarm'));
const green = afterPoll(red, at(5), reading(staleIndex, 'ok'));
const recovered = afterPoll(green, at(25), reading(staleIndex, 'ok'));

function isProved(incident: Incident, minutes: number, ...readings: Parameters<typeof observe>[2][]): boolean {
  return only(observe(incident, at(minutes), ...readings), 'recovery proved').length === 1;
}

describe('recovery', () => {
  test('is proved when every alarm has been green for the window, not a moment before', () => {
    expect(judge(green, at(25) - 1).verdict).toBe('recovering');
    expect(judge(green, at(25)).verdict).toBe('recovered');
    expect(recovered.recoveredAt).toBe(at(25));
  });

  test('is proved with evidence, once, also without a new reading', () => {
    expect(happeningsOf(observe(green, at(26)))).toEqual([
      {
        event: { kind: 'recovery proved' },
        text: 'Recovery proved: search-stale-index green for 21 min (since 14:05 UTC).',
        actor: { type: 'system' },
      },
    ]);
    expect(eventsOf(observe(recovered, at(30), reading(staleIndex, 'ok')))).toEqual([]);
  });

  test('is proposed only: the status stays what people said', () => {
    expect(recovered.status).toBe('investigating');
  });

  test('needs every alarm', () => {
    const one = afterPoll(led(), at(1), reading(errors, 'ok'), reading(latency, 'alarm'));
    expect(isProved(one, 30)).toBe(false);
    const both = afterPoll(one, at(30), reading(latency, 'ok'));
    expect(isProved(both, 39)).toBe(false);
    expect(isProved(both, 40)).toBe(true);
  });

  test('is not proved while an alarm was never read', () => {
    expect(isProved(afterPoll(led(), at(1), reading(errors, 'ok')), 60)).toBe(false);
  });

  test('is held back by an alarm that cannot tell', () => {
    const blind = afterPoll(green, at(10), reading(staleIndex, 'unknown', { because: 'no data' }));
    expect(isProved(blind, 60)).toBe(false);
    const seeing = afterPoll(blind, at(12), reading(staleIndex, 'ok'));
    expect(isProved(seeing, 31)).toBe(false);
    expect(isProved(seeing, 32)).toBe(true);
  });

  test('does not wait for an alarm that does not count here', () => {
    const one = afterPoll(led(), at(1), reading(errors, 'ok'), reading(latency, 'unknown'));
    const discounted = after(one, { name: 'discount alarm', alarm: latency.alarm, reason: 'deleted' });
    expect(isProved(discounted, 11)).toBe(true);
    expect(happeningsOf(observe(discounted, at(11)))[0]?.text).not.toContain('checkout-latency');
    expect(eventsOf(observe(discounted, at(2), reading(latency, 'alarm')))).toEqual([]);
  });

  test('cannot be proved by no alarms at all, nor when none of them counts', () => {
    expect(isProved(led({ services: ['mail'] }), 600)).toBe(false);
    const discounted = after(green, { name: 'discount alarm', alarm: staleIndex.alarm, reason: 'deleted' });
    expect(isProved(discounted, 600)).toBe(false);
  });

  test('readings of alarms that are not watched are passed over', () => {
    expect(eventsOf(observe(search, at(1), reading(errors, 'alarm')))).toEqual([]);
  });

  test('is watched while the incident is mitigated', () => {
    const mitigated = after(green, { name: 'mitigate', reason: 'x', confirmed: true });
    expect(isProved(mitigated, 25)).toBe(true);
  });
});

describe("the machine's own times", () => {
  test('count while the incident lasts', () => {
    const incident = afterPoll(red, at(6), reading(staleIndex, 'ok', { since: at(4) }));
    expect(incident.watches[0]?.since).toBe(at(4));
    expect(isProved(incident, 24)).toBe(true);
  });

  test('from before the declaration count for nothing', () => {
    const incident = afterPoll(
      declared({ services: ['search'] }),
      at(1),
      reading(staleIndex, 'ok', { since: at(-600) }),
    );
    expect(incident.watches[0]?.since).toBe(at(1));
    expect(isProved(incident, 20)).toBe(false);
    expect(isProved(incident, 21, reading(staleIndex, 'ok', { since: at(-600) }))).toBe(true);
  });

  test('from the future, or from before what is known already, count for nothing', () => {
    expect(afterPoll(red, at(6), reading(staleIndex, 'ok', { since: at(7) })).watches[0]?.since).toBe(at(6));
    expect(afterPoll(red, at(6), reading(staleIndex, 'ok', { since: start })).watches[0]?.since).toBe(at(6));
  });
});

describe('relapse', () => {
  test('inside the window starts the wait over, and says how long it was green', () => {
    const decision = observe(green, at(20), reading(staleIndex, 'alarm', { because: '3 h old' }));
    expect(happeningsOf(decision)).toMatchObject([
      { event: { kind: 'alarms changed', changes: [{ from: 'ok', to: 'alarm', because: '3 h old' }] } },
      {
        event: { kind: 'relapsed', alarms: [staleIndex.alarm] },
        text: 'search-stale-index went red again after 15 min green. Waiting for recovery starts over.',
      },
    ]);
    const again = afterPoll(afterPoll(green, at(20), reading(staleIndex, 'alarm')), at(22), reading(staleIndex, 'ok'));
    expect(isProved(again, 41)).toBe(false);
    expect(isProved(again, 42)).toBe(true);
  });

  test('claims only the green time that the machine vouches for', () => {
    const decision = observe(green, at(20), reading(staleIndex, 'alarm', { since: at(8) }));
    expect(happeningsOf(decision)[1]?.text).toMatch(/after 3 min green/);
  });

  test('the first red is no relapse', () => {
    expect(only(observe(search, at(1), reading(staleIndex, 'alarm')), 'relapsed')).toEqual([]);
  });

  test('after recovery was proved takes it back, and it is proved again', () => {
    const relapsed = afterPoll(recovered, at(30), reading(staleIndex, 'alarm'));
    expect(relapsed.recoveredAt).toBeNull();
    const again = afterPoll(relapsed, at(32), reading(staleIndex, 'ok'));
    expect(isProved(again, 52)).toBe(true);
  });

  test('after recovery takes it back also when the alarm could not tell in between', () => {
    const blind = afterPoll(recovered, at(28), reading(staleIndex, 'unknown'));
    const decision = observe(blind, at(30), reading(staleIndex, 'alarm'));
    expect(happeningsOf(decision)[1]?.text).toBe(
      'search-stale-index went red again after recovery had begun. Waiting for recovery starts over.',
    );
    expect(afterPoll(blind, at(30), reading(staleIndex, 'alarm')).recoveredAt).toBeNull();
  });
});

describe('recovery of what came back', () => {
  test('counts only what was green since it was reopened', () => {
    const resolved = after(recovered, { name: 'resolve', reason: 'x', confirmed: true });
    const reopened = after(resolved, { name: 'reopen', reason: 'it is back' }, by(chi), at(100));
    expect(reopened.recoveredAt).toBeNull();
    expect(isProved(reopened, 101)).toBe(false);
    const read = afterPoll(reopened, at(101), reading(staleIndex, 'ok', { since: at(5) }));
    expect(isProved(read, 120)).toBe(false);
    expect(isProved(read, 121)).toBe(true);
  });

  test('counts only what was green since a resolution was undone, for nobody looked meanwhile', () => {
    const resolved = after(green, { name: 'resolve', reason: 'x', confirmed: true });
    const undone = after(resolved, { name: 'undo' }, undefined, at(100));
    expect(isProved(undone, 101)).toBe(false);
    expect(isProved(afterPoll(undone, at(101), reading(staleIndex, 'ok')), 121)).toBe(true);
  });

  test('is not touched by undoing a mitigation: the alarms were watched all the while', () => {
    const mitigated = after(recovered, { name: 'mitigate', reason: 'x', confirmed: true });
    const undone = after(mitigated, { name: 'undo' });
    expect(undone.recoveredAt).toBe(recovered.recoveredAt);
    expect(undone.watches).toEqual(recovered.watches);
  });

  test('red again within the hour after it was resolved it reopens, and calls who leads and the first level', () => {
    const resolved = after(recovered, { name: 'resolve', reason: 'index rebuilt', confirmed: true }, by(ana), at(30));
    const decision = observe(resolved, at(60), reading(staleIndex, 'alarm'));
    expect(eventsOf(decision)[0]).toEqual({ kind: 'reopened', byItself: true });
    expect(
      only(decision, 'people paged')
        .flatMap(({ people }) => people)
        .toSorted(),
    ).toEqual([ana, ben, chi]);
    const reopened = afterPoll(resolved, at(60), reading(staleIndex, 'alarm'));
    expect(reopened).toMatchObject({ status: 'investigating', roles: { commander: ana } });
    expect(eventsOf(observe(resolved, at(91), reading(staleIndex, 'alarm')))).toEqual([]);
  });

  test('red when it was resolved, and again since then without anybody seeing it green, it reopens', () => {
    const red = afterPoll(recovered, at(28), reading(staleIndex, 'alarm', { since: at(28) }));
    const resolved = after(red, { name: 'resolve', reason: 'index rebuilt', confirmed: true }, by(ana), at(30));
    const same = observe(resolved, at(40), reading(staleIndex, 'alarm', { since: at(28) }));
    expect(eventsOf(same)).toEqual([]);
    const again = afterPoll(resolved, at(40), reading(staleIndex, 'alarm', { since: at(39) }));
    expect(again).toMatchObject({ status: 'investigating', watches: [{ verdict: 'alarm', since: at(39) }] });
  });

  test('whoever stood down is not called when it reopens, unless nobody else is left', () => {
    const called = (incident: Incident): readonly string[] =>
      only(observe(incident, at(60), reading(staleIndex, 'alarm')), 'people paged')
        .flatMap(({ people }) => people)
        .toSorted();
    const oneGone = after(
      after(recovered, standDown([chi]), by(ana), at(26)),
      { name: 'resolve', reason: 'index rebuilt', confirmed: true },
      by(ana),
      at(30),
    );
    expect(called(oneGone)).toEqual([ana, ben]);
    const allGone = after(oneGone, standDown([ben, ana]), by(ana), at(31));
    expect(called(allGone)).toEqual([ben, chi]);
  });

  test('an alarm that does not count here still does not after reopening', () => {
    const discounted = after(green, { name: 'discount alarm', alarm: staleIndex.alarm, reason: 'deleted' });
    const resolved = after(discounted, { name: 'resolve', reason: 'x', confirmed: true });
    const reopened = after(resolved, { name: 'reopen', reason: '' });
    expect(reopened.watches[0]?.discounted).toBe('deleted');
  });
});

describe('an alarm that goes red', () => {
  const two = afterPoll(led(), at(1), reading(errors, 'alarm', { since: at(1) }), reading(latency, 'ok'));

  test('for the first time while another is red is one more, and no relapse', () => {
    const decision = observe(two, at(2), reading(errors, 'alarm', { since: at(1) }), reading(latency, 'alarm'));
    expect(eventsOf(decision)).toEqual([
      {
        kind: 'alarms joined',
        alarms: [
          { watch: { alarm: latency.alarm, name: 'checkout-latency', service: 'checkout' }, since: at(2), because: '' },
        ],
      },
    ]);
  });

  test('for the first time while all that was red is green is a relapse', () => {
    const calm = afterPoll(two, at(3), reading(errors, 'ok'));
    expect(only(observe(calm, at(4), reading(latency, 'alarm')), 'relapsed')).toHaveLength(1);
  });

  test('is still red, and not once more, when nobody could tell meanwhile', () => {
    const blind = afterPoll(two, at(5), reading(errors, 'unknown'));
    const decision = observe(blind, at(8), reading(errors, 'alarm', { since: at(1) }));
    expect(happeningsOf(decision)).toMatchObject([{ text: 'checkout-5xx is still red.', occurredAt: at(8) }]);
    const seen = afterPoll(blind, at(8), reading(errors, 'alarm', { since: at(1) }));
    expect(seen.watches.find(({ alarm }) => alarm === errors.alarm)).toMatchObject({ since: at(1), reds: [at(1)] });
  });
});
