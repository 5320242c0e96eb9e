import { describe, expect, test } from 'vitest';
import type { AlarmReading } from '../../src/incident/command.ts';
import type { Incident, Timing } from '../../src/incident/incident.ts';
import { holdOf, judge } from '../../src/incident/verdict.ts';
import {
  after,
  afterBlindPoll,
  afterPoll,
  ask,
  by,
  chi,
  errors,
  happeningsOf,
  join,
  latency,
  led,
  minute,
  observe,
  only,
  reading,
  standDown,
  start,
  stateOf,
  system,
} from './scenario.ts';

const at = (minutes: number): number => start + minutes * minute;

const timing: Timing = { periodMillis: minute, periods: 5, breaching: 3, configuredAt: at(-600) };

/** Checkout has two alarms and a window of ten minutes. */
function poll(
  incident: Incident,
  minutes: number,
  one: Partial<AlarmReading> & Pick<AlarmReading, 'verdict'>,
  other: Partial<AlarmReading> & Pick<AlarmReading, 'verdict'> = { verdict: 'ok' },
): Incident {
  return afterPoll(incident, at(minutes), reading(errors, one.verdict, one), reading(latency, other.verdict, other));
}

const noWindow = (incident: Incident): Incident => ({ ...incident, stabilisationMillis: null });

describe('the verdict on an incident', () => {
  test('is red while one alarm is red, whatever the others are', () => {
    const incident = poll(led(), 1, { verdict: 'alarm' }, { verdict: 'unknown' });
    expect(judge(incident, at(1))).toMatchObject({ verdict: 'red', reason: '1 of 2 red' });
  });

  test('is unknown, counted, while one cannot tell', () => {
    const incident = poll(led(), 1, { verdict: 'unknown', because: 'no data' });
    expect(judge(incident, at(60))).toMatchObject({ verdict: 'unknown', reason: 'unknown: 1 of 2' });
    expect(judge(incident, at(60)).alarms[0]).toMatchObject({
      verdict: 'unknown',
      reason: "can't tell since 14:01 UTC: no data",
    });
  });

  test('is recovering, then recovered', () => {
    const incident = poll(led(), 1, { verdict: 'ok' });
    expect(judge(incident, at(10))).toMatchObject({ verdict: 'recovering', earliest: at(11) });
    expect(judge(incident, at(11))).toMatchObject({ verdict: 'recovered', earliest: null });
  });

  test('is nobody’s but people’s when nothing watches', () => {
    expect(judge(led({ services: ['mail'] }), at(1))).toMatchObject({
      verdict: 'unwatched',
      reason: 'nothing watches this service, you decide',
      earliest: null,
    });
  });
});

describe('the window', () => {
  test('is what the catalog says, else twice the longest evaluation between 10 and 30 minutes', () => {
    expect(holdOf(led())).toBe(10 * minute);
    const windows = [1, 6, 15, 60].map((period) => {
      const incident = poll(led(), 1, {
        verdict: 'ok',
        timing: { ...timing, periods: 1, periodMillis: period * minute },
      });
      return holdOf(noWindow(incident)) / minute;
    });
    expect(windows).toEqual([10, 12, 30, 30]);
  });

  test('is not made longer by an alarm that does not count here', () => {
    const incident = poll(led(), 1, { verdict: 'ok', timing: { ...timing, periodMillis: 5 * minute } });
    const without = after(incident, { name: 'discount alarm', alarm: errors.alarm, reason: 'x' });
    expect([holdOf(noWindow(incident)), holdOf(noWindow(without))]).toEqual([30 * minute, 10 * minute]);
  });
});

describe('the earliest confirmation', () => {
  test('of a red alarm follows from its periods and M of N', () => {
    // 3 of 5 by the minute: three healthy periods, then the window.
    const incident = poll(led(), 1, { verdict: 'alarm', timing });
    expect(judge(incident, at(20)).earliest).toBe(at(20 + 3 + 10));
  });

  test('is that of the last alarm', () => {
    const incident = poll(
      led(),
      1,
      { verdict: 'alarm', timing },
      { verdict: 'alarm', timing: { ...timing, breaching: 1 } },
    );
    expect(judge(incident, at(20)).earliest).toBe(at(20 + 5 + 10));
  });
});

describe('flapping', () => {
  const flapped = [1, 3, 5].reduce(
    (incident, minutes) => poll(poll(incident, minutes, { verdict: 'alarm' }), minutes + 1, { verdict: 'ok' }),
    led(),
  );

  test('is told as what it is, red or green, and counted', () => {
    expect(judge(flapped, at(7))).toMatchObject({ verdict: 'flapping', reason: '1 of 2 flapping' });
    expect(judge(flapped, at(7)).alarms[0]?.reason).toBe('green since 14:06 UTC, red 3 times within an hour');
    const red = poll(flapped, 8, { verdict: 'alarm' });
    expect(judge(red, at(8))).toMatchObject({ verdict: 'flapping' });
  });

  test('is over after the whole window green', () => {
    expect(judge(flapped, at(16)).verdict).toBe('recovered');
  });
});

describe('an alarm that is gone', () => {
  const gone = poll(led(), 1, { verdict: 'unknown', doubt: 'gone', because: 'deleted' });

  test('is named, and not awaited for ever', () => {
    expect(judge(gone, at(10)).verdict).toBe('unknown');
    expect(judge(gone, at(11)).verdict).toBe('recovered');
    expect(happeningsOf(observe(gone, at(11)))[0]?.text).toBe(
      'Recovery proved: checkout-latency green for 10 min (since 14:01 UTC). Gone, and not awaited: checkout-5xx.',
    );
  });

  test('proves nothing when all of them are', () => {
    const all = poll(led(), 1, { verdict: 'unknown', doubt: 'gone' }, { verdict: 'unknown', doubt: 'gone' });
    expect(judge(all, at(600))).toMatchObject({
      verdict: 'unwatched',
      reason: 'every alarm that watched this is gone, you decide',
    });
  });
});

describe('an alarm that was changed meanwhile', () => {
  const changed = { ...timing, configuredAt: at(3) };
  const before = poll(led(), 1, { verdict: 'alarm', timing });
  const doubted = poll(before, 4, { verdict: 'ok', timing: changed });

  test('does not count as green by itself', () => {
    expect(doubted.watches[0]).toMatchObject({
      verdict: 'unknown',
      doubt: 'changed',
      because: 'its configuration was changed at 14:03 UTC, so its OK may mean something else',
    });
    expect(judge(doubted, at(60)).verdict).toBe('unknown');
  });

  test('is red when it is red', () => {
    expect(poll(before, 4, { verdict: 'alarm', timing: changed }).watches[0]?.verdict).toBe('alarm');
  });

  test('counts from when somebody says that it does', () => {
    const trusted = after(doubted, { name: 'trust alarm', alarm: 'checkout-5xx' }, by(chi), at(10));
    const green = poll(trusted, 11, { verdict: 'ok', timing: changed });
    expect(green.watches[0]).toMatchObject({ verdict: 'ok', since: at(11), timing: { configuredAt: at(3) } });
    const again = poll(green, 12, { verdict: 'ok', timing: { ...timing, configuredAt: at(12) } });
    expect(again.watches[0]?.doubt).toBe('changed');
  });
});

describe('a blind spell', () => {
  const place = 'eu-west-1 (production)';
  const blind = { place, alarms: [errors.alarm], since: at(2), because: 'AWS does not answer' };

  test('is told once when it begins and once when it ends', () => {
    const lost = observeBlind(led(), 3);
    expect(lost.map(({ text }) => text)).toEqual([
      'Blind in eu-west-1 (production) since 14:02 UTC: AWS does not answer. Its alarms are unknown until CloudWatch can be read there again.',
    ]);
    const incident = afterBlindPoll(led(), at(3), blind);
    expect(incident.blind).toEqual([{ place, since: at(2) }]);
    expect(observeBlind(incident, 4)).toEqual([]);
    expect(happeningsOf(observe(incident, at(14))).map(({ text }) => text)).toEqual([
      'CloudWatch in eu-west-1 (production) can be read again, after 12 min.',
    ]);
  });

  test('elsewhere is no concern of this incident', () => {
    expect(afterBlindPoll(led(), at(3), { ...blind, alarms: ['arn:other'] }).blind).toEqual([]);
  });

  function observeBlind(incident: Incident, minutes: number): ReturnType<typeof happeningsOf> {
    const command = { name: 'observe alarms', readings: [], blind: [blind] } as const;
    return happeningsOf(ask(incident, command, system, at(minutes)));
  }
});

describe('red again after it was resolved', () => {
  const green = poll(led(), 1, { verdict: 'ok' });
  const resolved = after(green, { name: 'resolve', reason: 'rolled back', confirmed: true }, undefined, at(20));

  test('within the hour reopens it, and pages the first level and the commander', () => {
    const decision = observe(resolved, at(32), reading(errors, 'alarm', { since: at(31) }));
    expect(happeningsOf(decision).map(({ text }) => text)).toEqual([
      'Reopened: checkout-5xx went red 11 min after it was resolved.',
      'checkout-5xx is red',
      'A page for checkout goes out.',
      'Paged for checkout: <@U0000ANA1>, <@U0000BEN2>.',
    ]);
    const reopened = afterPoll(resolved, at(32), reading(errors, 'alarm'));
    expect(reopened).toMatchObject({ status: 'investigating', recoveredAt: null, resolvedAt: null });
    expect(reopened.watches.map(({ verdict }) => verdict)).toEqual(['alarm', null]);
  });

  test('later, or once it is closed, does not', () => {
    expect(only(observe(resolved, at(80), reading(errors, 'alarm')), 'reopened')).toEqual([]);
    const closed = after(resolved, { name: 'close' }, undefined, at(21));
    expect(happeningsOf(observe(closed, at(22), reading(errors, 'alarm')))).toEqual([]);
  });

  test('does not wake who helped and stood down', () => {
    const helped = after(after(green, join, by(chi)), standDown([chi]), by(chi));
    const over = after(helped, { name: 'resolve', reason: 'x', confirmed: true }, undefined, at(20));
    expect(stateOf(afterPoll(over, at(30), reading(errors, 'alarm')), chi)).toBe('standby');
  });
});
