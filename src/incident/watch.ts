/** One alarm of an incident, as it is read again and again. */
import type { AlarmChange, RedAlarm, WatchedAlarm } from './event.ts';
import type { Instant, Timing, Watch } from './incident.ts';

/** Before anybody read it. */
export function beginWatch({ alarm, name, service }: WatchedAlarm, since: Instant): Watch {
  return {
    alarm,
    name,
    service,
    verdict: null,
    since,
    because: '',
    doubt: null,
    discounted: null,
    timing: null,
    reds: [],
  };
}

/** As if nobody had read it yet; what people said of it, and how it went before, stays. */
export function unread(known: Watch, since: Instant): Watch {
  const { discounted, timing, reds } = known;
  return { ...beginWatch(known, since), discounted, timing, reds };
}

const mostReds = 10;

/** The watch after a poll. */
export function changeWatch(known: Watch, changes: readonly AlarmChange[]): Watch {
  const change = changes.find(({ alarm }) => alarm === known.alarm);
  if (change === undefined) return known;
  return {
    ...known,
    verdict: change.to,
    since: change.at,
    because: change.because,
    doubt: change.doubt,
    timing: firstTiming(known.timing, change.timing),
    // Still red as before nobody could tell is no further time.
    reds:
      change.to === 'alarm' && change.at !== known.reds.at(-1)
        ? [...known.reds, change.at].slice(-mostReds)
        : known.reds,
  };
}

/** As it was first read; the time of its configuration is forgotten when somebody says that it counts as it is now. */
function firstTiming(known: Timing | null, read: Timing | null): Timing | null {
  if (known === null || read === null) return known ?? read;
  return { ...known, configuredAt: known.configuredAt ?? read.configuredAt };
}

/** The watches with one that is known to be red. */
export function takeIn(watches: readonly Watch[], red: RedAlarm): readonly Watch[] {
  const known = watches.find(({ alarm }) => alarm === red.watch.alarm);
  const { since, because } = red;
  const before = known ?? beginWatch(red.watch, since);
  const now: Watch = {
    ...before,
    verdict: 'alarm',
    since,
    because,
    doubt: null,
    reds: [...before.reds, since].slice(-mostReds),
  };
  return known === undefined ? [...watches, now] : watches.map((each) => (each === known ? now : each));
}
