/** The values that an alarm watches, as the series of a chart. */
import { GetMetricDataCommand, type MetricAlarm, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Series, Threshold } from '../export/chart.ts';
import type { Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { coarsen, queriesOf } from './data-queries.ts';
import { type Place, Unreadable } from './place.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long CloudWatch keeps data of a period, in milliseconds and seconds; longer periods are kept for longer than this. */
const kept = [
  { forMillis: 3 * hour, seconds: 1 },
  { forMillis: 15 * day, seconds: 60 },
  { forMillis: 63 * day, seconds: 300 },
];

/** Of one series: a week by the minute. */
const mostPoints = 10_080;

/** No answer has more pages than this. */
const mostPages = 20;

/** What is asked to draw an alarm. */
export type GraphQuestion = {
  readonly queries: readonly MetricDataQuery[];
  readonly from: Instant;
  readonly to: Instant;
  /** Of the finest of them. */
  readonly periodSeconds: number;
  readonly threshold: Threshold | null;
};

/** `null`: the alarm watches no metric. What is too long to draw loses its beginning. */
export function graphQuestion(
  alarm: MetricAlarm,
  span: { readonly from: Instant; readonly to: Instant; readonly now: Instant },
): GraphQuestion | null {
  const given = queriesOf(alarm);
  if (given.length === 0) return null;
  const shortest = shortestPeriod(given);
  const to = Math.max(span.to, span.from + minute);
  const kindly = kept.find(({ forMillis }) => span.now - span.from <= forMillis)?.seconds ?? 3600;
  const finest = Math.ceil(shortest / kindly) * kindly;
  const from = Math.max(span.from, to - mostPoints * finest * second);
  const step = Math.max(60, finest) * second;
  const queries = given.map((query) => coarsen(query, kindly));
  return {
    queries,
    from: Math.floor(from / step) * step,
    to,
    periodSeconds: finest,
    threshold: finest === shortest || !given.some(addsUp) ? thresholdOf(alarm) : null,
  };
}

function shortestPeriod(queries: readonly MetricDataQuery[]): number {
  const periods = queries.flatMap((query) => query.MetricStat?.Period ?? query.Period ?? []);
  return Math.max(1, Math.min(...(periods.length === 0 ? [60] : periods)));
}

/** What is counted grows with the period, so that a threshold holds for its own period only. */
function addsUp({ MetricStat, Expression }: MetricDataQuery): boolean {
  return MetricStat === undefined
    ? Expression !== undefined && /\b(?:SUM|COUNT)\s*\(/i.test(Expression)
    : ['Sum', 'SampleCount'].includes(MetricStat.Stat ?? '');
}

/** `null`: it is a band that moves, or none. */
function thresholdOf({ Threshold: value, ThresholdMetricId, ComparisonOperator }: MetricAlarm): Threshold | null {
  const breach = breachOf(ComparisonOperator);
  if (value === undefined || ThresholdMetricId !== undefined || breach === null) return null;
  return { value, label: 'threshold', breach };
}

function breachOf(comparison: MetricAlarm['ComparisonOperator']): Threshold['breach'] | null {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return 'above';
    case 'GreaterThanOrEqualToThreshold':
      return 'at or above';
    case 'LessThanThreshold':
      return 'below';
    case 'LessThanOrEqualToThreshold':
      return 'at or below';
    case 'GreaterThanUpperThreshold':
    case 'LessThanLowerThreshold':
    case 'LessThanLowerOrGreaterThanUpperThreshold':
    case undefined:
      return null;
  }
}

/** The values, those that went furthest wrong first. @throws Unreadable */
export async function readSeries(place: Place, question: GraphQuestion): Promise<readonly Series[]> {
  const found = new Map<string, Found>();
  const period = question.periodSeconds * second;
  // What the running period has counted so far would look like a fall.
  const end = question.queries.some(addsUp) ? Math.floor(question.to / period) * period : question.to;
  let next: string | undefined;
  for (let page = 0; page === 0 || (next !== undefined && next !== ''); page++) {
    if (page === mostPages) throw new Unreadable('its answer has no end');
    const command = new GetMetricDataCommand({
      MetricDataQueries: [...question.queries],
      StartTime: new Date(question.from),
      EndTime: new Date(Math.max(end, question.from + period)),
      ScanBy: 'TimestampAscending',
      NextToken: next,
    });
    const answer = await place.run((client, abortSignal) => client.send(command, { abortSignal }));
    for (const { Id = '', Label = '', Timestamps = [], Values = [], StatusCode } of answer.MetricDataResults ?? []) {
      const key = `${Id} ${Label}`;
      const one = found.get(key) ?? { id: Id, label: Label, points: [], status: StatusCode };
      found.set(key, { ...one, points: one.points.concat(pair(Timestamps, Values)) });
    }
    next = answer.NextToken;
  }
  const refused = [...found.values()].find(({ points }) => points.length === 0);
  if (refused?.status === 'Forbidden')
    throw new Unreadable("Muster's permissions there don't allow it", { forbidden: true });
  if (refused?.status === 'InternalError') throw new Unreadable('AWS answers with errors');
  return worstFirst([...found.values()], question.threshold).map(({ id, label, points }): Series => {
    const name = cutAt(plainLine(label), 60);
    const query = question.queries.find(({ Id }) => Id === id);
    const period = query?.MetricStat?.Period ?? query?.Period ?? question.periodSeconds;
    return {
      name: name === '' ? 'without a name' : name,
      points,
      kind: { type: 'sampled', everyMillis: period * second },
    };
  });
}

type Found = {
  readonly id: string;
  readonly label: string;
  readonly points: Series['points'][number][];
  readonly status: string | undefined;
};

function pair(times: readonly Date[], values: readonly number[]): Found['points'] {
  return times.flatMap((at, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ at: at.getTime(), value }];
  });
}

/** A chart shows a few series only. */
function worstFirst(found: readonly Found[], threshold: Threshold | null): readonly Found[] {
  if (threshold === null) return found;
  const down = threshold.breach === 'below' || threshold.breach === 'at or below';
  const worst = ({ points }: Found): number =>
    points.reduce((most, { value }) => Math.max(most, down ? -value : value), -Infinity);
  return found.toSorted((a, b) => (worst(a) === worst(b) ? 0 : worst(b) - worst(a)));
}
