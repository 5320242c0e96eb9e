import { describe, expect, test } from 'vitest';
import type { AlarmNews } from '../../src/incident/alarm.ts';
import { whatIsNew } from '../../src/jobs/hand-over.ts';
import type { StandingAlarm } from '../../src/postgres/alarms.ts';

const at = Date.parse('2026-03-01T10:00:00Z');
const news: AlarmNews = {
  alarm: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx',
  name: 'checkout-5xx',
  contributor: null,
  state: 'ALARM',
  at,
  because: 'Threshold Crossed',
  description: '',
  tags: {},
  mutedUntil: null,
  firstBreachAt: null,
};
const { at: since, ...told } = news;
const red: StandingAlarm = { ...told, since, ignoredUntil: null, settledSince: null, incident: null };
const web1 = { id: 'c1', words: 'host=web-1' };

describe('of what a poll reads', () => {
  test('a red alarm that nobody told of is new, and one that is well is not', () => {
    expect(whatIsNew(news, [])).toEqual([news]);
    expect(whatIsNew({ ...news, state: 'OK' }, [])).toEqual([]);
  });

  test('what is known is not new, nor what is older', () => {
    expect(whatIsNew(news, [red])).toEqual([]);
    expect(whatIsNew({ ...news, state: 'OK', at: at - 1 }, [red])).toEqual([]);
    expect(whatIsNew({ ...news, at: at - 60_000 }, [red])).toEqual([]);
  });

  test('another state, and another red time, are new', () => {
    const ok = { ...news, state: 'OK', at: at + 60_000 } as const;
    expect(whatIsNew(ok, [red])).toEqual([ok]);
    const again = { ...news, at: at + 60_000 };
    expect(whatIsNew(again, [red])).toEqual([again]);
  });

  test('a longer mute and the first tags are new', () => {
    const muted = { ...news, mutedUntil: at + 60_000 };
    expect(whatIsNew(muted, [red])).toEqual([muted]);
    expect(whatIsNew(muted, [{ ...red, mutedUntil: at + 60_000 }])).toEqual([]);
    const tagged = { ...news, tags: { service: 'checkout' } };
    expect(whatIsNew(tagged, [red])).toEqual([tagged]);
    expect(whatIsNew(tagged, [{ ...red, tags: { service: 'checkout' } }])).toEqual([]);
  });

  test('an alarm that is told of by its contributors is not told of as a whole, until all of it is well', () => {
    const contributor = { ...red, contributor: web1 };
    expect(whatIsNew(news, [contributor])).toEqual([]);
    const ok = { ...news, state: 'OK', at: at + 60_000 } as const;
    expect(whatIsNew(ok, [contributor])).toEqual([{ ...ok, contributor: web1 }]);
    expect(whatIsNew(ok, [red, contributor])).toEqual([ok, { ...ok, contributor: web1 }]);
    // A contributor that turned red after the alarm was seen to be well.
    expect(whatIsNew(ok, [{ ...contributor, since: at + 90_000 }])).toEqual([]);
  });
});
