/** GetMetricData: values of the metrics of alarms, and of those that no alarm owns. */
import { z } from 'zod';
import { readMetric, type Alarm, type Datapoint, type Range } from './alarms.ts';
import { readSeries, type Series } from './series.ts';
import { validationError } from './wire.ts';

export const getMetricDataInput = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  MaxDatapoints: z.int().optional(),
  MetricDataQueries: z.array(
    z.object({
      Id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
      Label: z.string().optional(),
      ReturnData: z.boolean().optional(),
      Expression: z.string().optional(),
      Period: z.int().optional(),
      MetricStat: z
        .object({
          Metric: z.object({
            Namespace: z.string().optional(),
            MetricName: z.string().optional(),
            Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
          }),
          Period: z.int(),
          Stat: z.string(),
        })
        .optional(),
    }),
  ),
});

/** What somebody asks data of: a formula as it stands in an alarm, or a metric. */
export type Watched =
  | { readonly expression: string }
  | {
      readonly namespace: string | undefined;
      readonly metric: string | undefined;
      readonly dimensions: Readonly<Record<string, string>>;
    };

/** What the caller's account and region has. */
export type Holdings = { readonly alarms: readonly Alarm[]; readonly series: readonly Series[] };

/** Where the values come from; `periodSeconds` is the one that fits best. */
export type Source = {
  readonly alarm: Alarm | null;
  readonly periodSeconds: number;
  read(range: Range): readonly Datapoint[];
};

/** Finds who has the data; `null`: nobody. */
export function findSource(watched: Watched, { alarms, series }: Holdings): Source | null {
  const alarm = alarms.find((one) => one.kind !== 'composite' && watches(one, watched));
  if (alarm !== undefined)
    return { alarm, periodSeconds: alarm.periodSeconds, read: (range) => readMetric(alarm, range) };
  const found = 'expression' in watched ? undefined : series.find((one) => isSame(one, watched));
  if (found === undefined) return null;
  return { alarm: null, periodSeconds: found.periodSeconds, read: (range) => readSeries(found, range) };
}

/** The answer to GetMetricData. @throws AwsError for limits and wrong times. */
export function getMetricData(input: z.infer<typeof getMetricDataInput>, holdings: Holdings, now: number): unknown {
  if (input.MetricDataQueries.length > 500)
    throw validationError('The collection MetricDataQueries must not have a size greater than 500.');
  if (input.StartTime >= input.EndTime)
    throw validationError('The parameter StartTime must be less than the parameter EndTime.');
  const results = input.MetricDataQueries.filter((query) => query.ReturnData !== false).map((query) => {
    const source = findSource(watchedBy(query), holdings);
    const periodMillis = 1000 * (query.MetricStat?.Period ?? query.Period ?? source?.periodSeconds ?? 60);
    if (periodMillis <= 0) throw validationError('The parameter Period must be greater than 0.');
    const range = { from: input.StartTime * 1000, to: input.EndTime * 1000, periodMillis, now };
    const ascending = source?.read(range) ?? [];
    const points = input.ScanBy === 'TimestampAscending' ? ascending : ascending.toReversed();
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
      Timestamps: points.map(({ at }) => at / 1000),
      Values: points.map(({ value }) => value),
      StatusCode: 'Complete',
    };
  });
  return { MetricDataResults: results, Messages: [] };
}

function watchedBy(query: z.infer<typeof getMetricDataInput>['MetricDataQueries'][number]): Watched {
  if (query.Expression !== undefined) return { expression: query.Expression };
  const metric = query.MetricStat?.Metric;
  return {
    namespace: metric?.Namespace,
    metric: metric?.MetricName,
    dimensions: Object.fromEntries((metric?.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
}

function watches(alarm: Alarm, watched: Watched): boolean {
  return 'expression' in watched ? alarm.expression === watched.expression : isSame(alarm, watched);
}

function isSame(
  one: Pick<Series, 'namespace' | 'metric' | 'dimensions'>,
  wanted: Exclude<Watched, { readonly expression: string }>,
): boolean {
  const names = Object.keys(wanted.dimensions);
  return (
    one.namespace === wanted.namespace &&
    one.metric === wanted.metric &&
    names.length === Object.keys(one.dimensions).length &&
    names.every((name) => one.dimensions[name] === wanted.dimensions[name])
  );
}
