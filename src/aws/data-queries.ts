/**
 * Which data shows that an alarm's OK is earned. An alarm that treats missing data as good is OK without any, and one whose
 * data has stopped may keep its last state: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
import type { MetricAlarm, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Instant } from '../incident/incident.ts';
import type { Metric } from '../incident/policy.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How late the data of a metric may arrive, beside the period that is still running, in milliseconds. */
const delayMillis = 3 * minute;

/** Data points of under a minute are kept this long. */
const fineMillis = 3 * hour;

/** CloudWatch's limits for one call. */
const mostQueries = 500;
const mostPoints = 100_000;

/** What to ask about one alarm, or about another metric that says something of it. */
export type Question = {
  /** Tells the questions of one call apart: the alarm's ARN, or any other name. */
  readonly about: string;
  readonly queries: readonly MetricDataQuery[];
  /** Data this young shows that the alarm can see: its evaluation window, a running period, and the delay. */
  readonly windowMillis: number;
  /** Asked back further than that, to be able to say since when there is none. */
  readonly lookbackMillis: number;
  readonly points: number;
  /** Formulas that search or select can't share a call. */
  readonly alone: boolean;
};

/** `null`: what it watches can't be asked for. */
export function questionAbout(about: string, alarm: MetricAlarm): Question | null {
  const inputs = inputsOf(alarm);
  const alone = inputs.length === 0;
  const given = alone ? (alarm.Metrics ?? []) : inputs;
  if (given.length === 0) return null;
  const periods = given.map((query) => query.MetricStat?.Period ?? query.Period ?? alarm.Period ?? 60);
  const periodMillis = Math.max(...periods) * second;
  return ask(about, { given, alone, windowMillis: periodMillis * ((alarm.EvaluationPeriods ?? 1) + 1) + delayMillis });
}

/** Whether a metric that the catalog names has data. */
export function questionOn(about: string, metric: Metric): Question {
  const Dimensions = Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: metric.namespace, MetricName: metric.metric, Dimensions };
  const given = [{ Id: 'm1', MetricStat: { Metric, Period: metric.periodSeconds, Stat: metric.statistic } }];
  return ask(about, { given, alone: false, windowMillis: metric.periodSeconds * second * 2 + delayMillis });
}

function ask(
  about: string,
  how: { readonly given: readonly MetricDataQuery[]; readonly alone: boolean; readonly windowMillis: number },
): Question {
  const { given, alone, windowMillis } = how;
  const lookbackMillis = windowMillis + hour;
  const queries = lookbackMillis > fineMillis ? given.map((query) => coarsen(query, 60)) : given;
  const shortest = Math.min(...queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 60)) * second;
  return { about, queries, windowMillis, lookbackMillis, alone, points: pointsOf(queries, lookbackMillis, shortest) };
}

/** The metrics that the alarm reads: its own, or those that its formula is fed with. */
function inputsOf(alarm: MetricAlarm): readonly MetricDataQuery[] {
  return queriesOf(alarm).filter((query) => query.MetricStat !== undefined);
}

/** All that the alarm watches, formulas too; empty when it watches something that is no metric. */
export function queriesOf(alarm: MetricAlarm): readonly MetricDataQuery[] {
  if (alarm.Metrics !== undefined && alarm.Metrics.length > 0) return alarm.Metrics;
  const { Namespace, MetricName, Dimensions, Period } = alarm;
  const Stat = alarm.Statistic ?? alarm.ExtendedStatistic;
  if (Namespace === undefined || MetricName === undefined || Period === undefined || Stat === undefined) return [];
  const Metric = { Namespace, MetricName, ...(Dimensions === undefined ? {} : { Dimensions }) };
  const unit = alarm.Unit === undefined ? {} : { Unit: alarm.Unit };
  return [{ Id: 'm1', MetricStat: { Metric, Period, Stat, ...unit } }];
}

/** With periods that are whole multiples of this many seconds: what is old, CloudWatch keeps only so. */
export function coarsen(query: MetricDataQuery, seconds: number): MetricDataQuery {
  const { MetricStat, Period } = query;
  const whole = (period: number): number => Math.ceil(period / seconds) * seconds;
  if (MetricStat !== undefined) {
    return { ...query, MetricStat: { ...MetricStat, Period: whole(MetricStat.Period ?? seconds) } };
  }
  return Period === undefined ? query : { ...query, Period: whole(Period) };
}

function pointsOf(queries: readonly MetricDataQuery[], lookbackMillis: number, shortestMillis: number): number {
  return queries.length * Math.ceil(lookbackMillis / shortestMillis);
}

/** Several questions that fit into one call, with the ids that tell their answers apart. */
export type Call = {
  readonly questions: readonly Question[];
  readonly queries: readonly MetricDataQuery[];
  readonly from: Instant;
  readonly to: Instant;
  /** What an answer is about, by the query's id. */
  readonly aboutOf: (id: string) => string | null;
};

/** As few calls as CloudWatch's limits allow; usually one. Questions that look back about as far go together. */
export function planCalls(questions: readonly Question[], now: Instant): readonly Call[] {
  const groups: Question[][] = [];
  for (const question of questions.toSorted((a, b) => a.lookbackMillis - b.lookbackMillis)) {
    const last = groups.at(-1);
    if (last !== undefined && fits([...last, question])) last.push(question);
    else groups.push([question]);
  }
  return groups.map((group) => callOf(group, now));
}

/** Whether these, in the order of how far they look back, may share a call. */
function fits(questions: readonly Question[]): boolean {
  const nearest = questions[0]?.lookbackMillis ?? 0;
  const furthest = questions.at(-1)?.lookbackMillis ?? 0;
  if (questions.some(({ alone }) => alone)) return false;
  if (nearest <= fineMillis && furthest > fineMillis) return false;
  // Every query of a call is asked back as far as the furthest.
  const points = sum(questions.map(({ points, lookbackMillis }) => (points * furthest) / lookbackMillis));
  return sum(questions.map(({ queries }) => queries.length)) <= mostQueries && points <= mostPoints;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function callOf(questions: readonly Question[], now: Instant): Call {
  const abouts = new Map<string, string>();
  const queries = questions.flatMap(({ about, alone, queries }, index) =>
    queries.map((query): MetricDataQuery => {
      // Formulas name each other's ids, so they keep theirs; metrics are told apart.
      const id = alone ? (query.Id ?? '') : `q${index}_${query.Id ?? ''}`;
      abouts.set(id, about);
      return alone ? query : { ...query, Id: id, ReturnData: true };
    }),
  );
  const furthest = Math.max(...questions.map(({ lookbackMillis }) => lookbackMillis));
  // CloudWatch rounds the start down to the minute; the end is not included.
  const from = Math.floor((now - furthest) / minute) * minute;
  return { questions, queries, from, to: now + second, aboutOf: (id) => abouts.get(id) ?? null };
}
