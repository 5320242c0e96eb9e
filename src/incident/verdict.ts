/** What the alarms prove, alarm by alarm and for the whole incident, with reasons that can be read aloud. */
import type { Incident, Instant, Watch } from './incident.ts';
import { clock, span } from './timeline.ts';

const minute = 60_000;

/** Without a window in the catalog: twice the longest evaluation, within these limits. */
const leastHoldMillis = 10 * minute;
const mostHoldMillis = 30 * minute;

/** An alarm that went red this often within this long is flapping, until it has stayed green for the whole window. */
const flaps = 3;
const flapMillis = 60 * minute;

export type AlarmVerdict = {
  readonly watch: Watch;
  readonly verdict: 'red' | 'flapping' | 'unknown' | 'recovering' | 'recovered' | 'gone';
  /** Without the alarm's name: `green since 02:41 UTC`. */
  readonly reason: string;
};

export type Judgement = {
  readonly verdict: 'unwatched' | 'red' | 'flapping' | 'unknown' | 'recovering' | 'recovered';
  /** `2 of 7 are red`, `unknown: 2 of 7`. */
  readonly reason: string;
  /** The alarms that count. */
  readonly alarms: readonly AlarmVerdict[];
  /** CloudWatch can't confirm recovery before then, even if all is well from now on; this is not a repair time. */
  readonly earliest: Instant | null;
};

/** The alarms that count: watched, and nobody said that they do not count here. */
export function counted(incident: Incident): readonly Watch[] {
  return incident.watches.filter((watch) => watch.discounted === null);
}

/** How long every alarm must stay green, in milliseconds. */
export function holdOf(incident: Incident): number {
  if (incident.stabilisationMillis !== null) return incident.stabilisationMillis;
  const windows = counted(incident).map(({ timing }) => (timing === null ? 0 : timing.periods * timing.periodMillis));
  return Math.min(mostHoldMillis, Math.max(leastHoldMillis, 2 * Math.max(0, ...windows)));
}

export function isFlapping(watch: Watch, at: Instant): boolean {
  return watch.reds.filter((red) => at - red < flapMillis).length >= flaps;
}

/** From when on it is not flapping any more, if it does not go red again. */
export function calmAt({ reds }: Watch): Instant {
  const last = reds.toSorted((one, other) => other - one)[flaps - 1];
  return last === undefined ? -Infinity : last + flapMillis;
}

export function judge(incident: Incident, at: Instant): Judgement {
  const holdMillis = holdOf(incident);
  const alarms = counted(incident).map((watch) => judgeWatch(watch, { at, holdMillis }));
  // What is gone is named, and not awaited for ever.
  const awaited = alarms.filter(({ verdict, watch }) => verdict !== 'gone' || at - watch.since < holdMillis);
  if (alarms.every(({ verdict }) => verdict === 'gone')) {
    const reason =
      alarms.length === 0
        ? 'nothing watches this service, you decide'
        : 'every alarm that watched this is gone, you decide';
    return { verdict: 'unwatched', reason, alarms, earliest: null };
  }
  const earliest = Math.max(...awaited.map(({ watch }) => earliestOf(watch, { at, holdMillis })));
  const of = (...verdicts: readonly AlarmVerdict['verdict'][]): number =>
    awaited.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const all = awaited.length;
  const [red, flapping, unknown, recovering] = [of('red'), of('flapping'), of('unknown', 'gone'), of('recovering')];
  if (red > 0) return { verdict: 'red', reason: `${red} of ${all} red`, alarms, earliest };
  if (flapping > 0) return { verdict: 'flapping', reason: `${flapping} of ${all} flapping`, alarms, earliest };
  if (unknown > 0) return { verdict: 'unknown', reason: `unknown: ${unknown} of ${all}`, alarms, earliest };
  if (recovering > 0) {
    return {
      verdict: 'recovering',
      reason: `all ${all} green, not yet for ${span(holdMillis)}`,
      alarms,
      earliest,
    };
  }
  return { verdict: 'recovered', reason: `all ${all} green for ${span(holdMillis)} or longer`, alarms, earliest: null };
}

type Moment = { readonly at: Instant; readonly holdMillis: number };

function judgeWatch(watch: Watch, { at, holdMillis }: Moment): AlarmVerdict {
  const told = (verdict: AlarmVerdict['verdict'], reason: string): AlarmVerdict => ({ watch, verdict, reason });
  const times = watch.reds.filter((red) => at - red < flapMillis).length;
  const flapping = `red ${times} times within an hour`;
  const since = `since ${clock(watch.since)} UTC`;
  const because = watch.because === '' ? '' : `: ${watch.because}`;
  switch (watch.verdict) {
    case null:
      return told('unknown', 'not read yet');
    case 'alarm':
      return isFlapping(watch, at)
        ? told('flapping', `red ${since}, ${flapping}${because}`)
        : told('red', `red ${since}${because}`);
    case 'unknown':
      return watch.doubt === 'gone'
        ? told('gone', `gone ${since}${because}`)
        : told('unknown', `can't tell ${since}${because}`);
    case 'ok': {
      const green = `green ${since}${watch.because === '' ? '' : `, ${watch.because}`}`;
      if (at - watch.since >= holdMillis) return told('recovered', green);
      return isFlapping(watch, at) ? told('flapping', `${green}, ${flapping}`) : told('recovering', green);
    }
  }
}

/**
 * When a red alarm can turn green at the earliest: once fewer than M of the last N data points breach, which takes N − M + 1
 * healthy periods.
 */
function earliestOf({ verdict, since, timing }: Watch, { at, holdMillis }: Moment): Instant {
  if (verdict === 'ok') return since + holdMillis;
  const healthy = timing === null ? 0 : (timing.periods - timing.breaching + 1) * timing.periodMillis;
  return at + holdMillis + (verdict === 'alarm' ? healthy : 0);
}
