/** What CloudWatch's words about an alarm mean. Green is only what data shows; everything else is red or unknown. */
import type { AlarmReading } from '../incident/command.ts';
import type { AlarmArn, Doubt, Instant, ServiceName } from '../incident/incident.ts';
import { clock, span } from '../incident/timeline.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { type Described, timingOf, turnedAt } from './described.ts';
import type { Data } from './read-data.ts';

/** What can be known of an alarm beside its own words. */
export type Evidence = {
  /** Of the data that the alarm watches. */
  readonly data: Data;
  /** `null`: nobody asked, because nothing hangs on this alarm's OK. */
  readonly companion: Companion | null;
  /** The mute rule that is active on it; `null`: none is, or nobody knows. */
  readonly muteRule: string | null;
  /** The series that are in alarm, in words; empty when it watches one, or nobody asked. */
  readonly contributors: readonly string[];
};

/** What shows that the service is alive while nothing goes wrong in it. */
export type Companion = {
  readonly service: ServiceName | null;
  /** `null`: the catalog names no such metric. */
  readonly traffic: Data | null;
};

const mostCharacters = 200;

/** The reading of an alarm that was found. */
export function readVerdict(arn: AlarmArn, described: Described, evidence: Evidence): AlarmReading {
  const { alarm } = described;
  const about: About = { arn, described, since: turnedAt(described) };
  // Red is red, however well it was evaluated and whether or not anyone is told.
  if (alarm.StateValue === 'ALARM') return red(about, evidence);
  const muted = mutedWords(described, evidence);
  if (muted !== null) return doubtful(about, 'muted', `${muted}; CloudWatch says ${stateWords(alarm.StateValue)}`);
  const evaluation = 'EvaluationState' in alarm ? alarm.EvaluationState : undefined;
  if (evaluation !== undefined) return doubtful(about, 'not evaluated', evaluationWords(evaluation), null);
  if (alarm.StateValue === 'INSUFFICIENT_DATA') {
    return doubtful(about, 'no data', 'CloudWatch has too little data to tell');
  }
  if (alarm.StateValue !== 'OK') {
    const said = stateWords(alarm.StateValue);
    const because = said === '' ? 'CloudWatch names no state' : `CloudWatch calls its state "${said}"`;
    return doubtful(about, 'not evaluated', because, null);
  }
  return judgeOk(about, evidence);
}

/** Whether the verdict hangs on the companion metric, so that it has to be readable. */
export function needsCompanion(described: Described, data: Data): boolean {
  const { type, alarm } = described;
  if (alarm.StateValue !== 'OK') return false;
  if (type === 'composite') return true;
  return staysOkWithoutData(described) && !isFresh(data);
}

/** Whether its OK may stand without any data behind it. */
export function staysOkWithoutData({ type, alarm }: Described): boolean {
  switch (type) {
    case 'composite':
      return true;
    case 'log':
      return alarm.TreatMissingData === 'notBreaching';
    case 'metric':
      // On PromQL a series that vanishes turns OK.
      return alarm.TreatMissingData === 'notBreaching' || alarm.EvaluationCriteria !== undefined;
  }
}

/** The reading of an alarm that the answer left out. */
export function readMissing(arn: AlarmArn): AlarmReading {
  const because = 'CloudWatch has no such alarm: it was deleted or renamed, or is in another account or region';
  return { alarm: arn, verdict: 'unknown', doubt: 'gone', because, since: null, timing: null };
}

/** The reading when the alarm can't be asked about. */
export function readNothing(arn: AlarmArn, because: string): AlarmReading {
  return { alarm: arn, verdict: 'unknown', doubt: 'unread', because: bounded(because), since: null, timing: null };
}

type About = { readonly arn: AlarmArn; readonly described: Described; readonly since: Instant | null };

function red({ arn, described, since }: About, evidence: Evidence): AlarmReading {
  const muted = mutedWords(described, evidence);
  const asides = [...seriesWords(evidence.contributors), ...(muted === null ? [] : [muted])];
  const aside = asides.length === 0 ? '' : ` (${cutAt(plainLine(asides.join('; ')), mostCharacters / 2)})`;
  const reason = cutAt(plainLine(described.alarm.StateReason ?? ''), mostCharacters - aside.length);
  const because = `${reason}${aside}`.trim();
  return { alarm: arn, verdict: 'alarm', doubt: null, because, since, timing: timingOf(described) };
}

function doubtful(about: About, doubt: Doubt, because: string, since: Instant | null = about.since): AlarmReading {
  const { arn, described } = about;
  return { alarm: arn, verdict: 'unknown', doubt, because: bounded(because), since, timing: timingOf(described) };
}

function green({ arn, described, since }: About, because: string): AlarmReading {
  return { alarm: arn, verdict: 'ok', doubt: null, because: bounded(because), since, timing: timingOf(described) };
}

/**
 * An OK counts with fresh data behind it. Without, it may mean that all is well (errors that don't happen are not counted)
 * or that the service is gone: only another metric of the service, which has data as long as it lives, tells them apart.
 */
function judgeOk(about: About, { data, companion }: Evidence): AlarmReading {
  const { described } = about;
  if (companion === null) return green(about, 'OK');
  if (data.type === 'asked' && data.newest !== null && isFresh(data)) {
    return green(about, `newest data from ${clock(data.newest)} UTC`);
  }
  if (data.type === 'out of sight') {
    return doubtful(about, 'unread', 'OK, but Muster may not read the data that it watches', null);
  }
  if (described.type === 'composite') return judgeByRule(about, companion);
  if (described.type === 'log' && !staysOkWithoutData(described) && described.alarm.TreatMissingData !== 'ignore') {
    return green(about, 'OK by its query');
  }
  const silence = silenceWords(data);
  if (!staysOkWithoutData(described)) {
    const kept = described.alarm.TreatMissingData === 'ignore' ? ', and without data it keeps its state' : '';
    return doubtful(about, 'no data', `OK, but ${silence}${kept}`, null);
  }
  const traffic = companion.traffic;
  if (traffic?.type === 'asked' && traffic.newest !== null && isFresh(traffic)) {
    return green(
      about,
      `OK; nothing was counted, and ${trafficOf(companion)} has data from ${clock(traffic.newest)} UTC`,
    );
  }
  return doubtful(about, 'no data', `OK, but ${silence}, and ${trafficSilence(companion)}`, null);
}

/** A composite alarm has no data of its own; its parts may have gone silent with the service. */
function judgeByRule(about: About, companion: Companion): AlarmReading {
  const { traffic } = companion;
  if (traffic === null || isFresh(traffic)) return green(about, 'OK by its rule');
  return doubtful(about, 'no data', `OK by its rule, but ${trafficSilence(companion)}`, null);
}

function isFresh(data: Data): boolean {
  return data.type === 'asked' && data.newest !== null && data.newest >= data.notBefore;
}

function silenceWords(data: Data): string {
  switch (data.type) {
    case 'asked':
      return data.newest === null
        ? `no data for at least ${span(data.lookbackMillis)}`
        : `no data since ${clock(data.newest)} UTC`;
    case 'not asked':
    case 'unaskable':
    case 'out of sight':
    case 'failed':
      return "its data can't be asked for";
  }
}

function trafficOf({ service }: Companion): string {
  return service === null ? 'the traffic metric' : `the traffic metric of ${service}`;
}

function trafficSilence(companion: Companion): string {
  const { service, traffic } = companion;
  if (traffic === null) {
    return service === null
      ? 'no service is known whose traffic could tell'
      : `no traffic metric of ${service} is named in the catalog`;
  }
  switch (traffic.type) {
    case 'asked': {
      const since = traffic.newest === null ? '' : ` since ${clock(traffic.newest)} UTC`;
      return `${trafficOf(companion)} is silent too${since}`;
    }
    case 'not asked':
    case 'unaskable':
    case 'out of sight':
    case 'failed':
      return `${trafficOf(companion)} can't be read`;
  }
}

/** Muting stops what an alarm does, not how it is evaluated: but somebody expected it to say what does not count. */
function mutedWords({ type, alarm }: Described, { muteRule }: Evidence): string | null {
  if (muteRule !== null) return `muted by the rule ${cutAt(plainLine(muteRule), 60)}`;
  if (type !== 'composite' || alarm.ActionsSuppressedBy === undefined) return null;
  const suppressor = cutAt(plainLine(/:alarm:(.+)$/s.exec(alarm.ActionsSuppressor ?? '')?.[1] ?? ''), 60);
  return suppressor === '' ? 'its actions are suppressed' : `its actions are suppressed by ${suppressor}`;
}

const mostSeries = 3;

function seriesWords(contributors: readonly string[]): readonly string[] {
  if (contributors.length === 0) return [];
  const left = contributors.length - mostSeries;
  const shown = contributors.slice(0, mostSeries).map((words) => cutAt(words, 30));
  return [`in alarm: ${shown.join('; ')}${left > 0 ? ` and ${left} more` : ''}`];
}

function stateWords(state: string | undefined): string {
  return cutAt(plainLine(state ?? ''), 40);
}

function bounded(words: string): string {
  return cutAt(plainLine(words), mostCharacters);
}

/** New states come without notice, so what is not known here is named. */
function evaluationWords(state: string): string {
  switch (state) {
    case 'PARTIAL_DATA':
      return 'CloudWatch could only look at part of its data';
    case 'EVALUATION_ERROR':
    case 'EVALUATION_FAILURE':
      return 'CloudWatch could not evaluate it';
    case 'IN_WARM_UP':
      return 'it is warming up and not evaluated yet';
    default:
      return `CloudWatch reports "${cutAt(plainLine(state), 40)}" about it`;
  }
}
