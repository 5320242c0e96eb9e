/** CloudWatch's answers, from the alarms of the caller's account and region. */
import { z } from 'zod';
import { readMetric, type Alarm, type AlarmStore } from './alarms.ts';
import { AwsError, readInput, validationError, type Caller } from './wire.ts';

const types = ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] as const;
const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const paging = { MaxRecords: z.int().optional(), NextToken: z.string().optional() };

const describeAlarmsInput = z.object({
  AlarmNames: z.array(z.string().min(1).max(255)).optional(),
  AlarmNamePrefix: z.string().min(1).max(255).optional(),
  AlarmTypes: z.array(z.enum(types)).optional(),
  ActionPrefix: z.string().min(1).max(1024).optional(),
  StateValue: z.enum(states).optional(),
  ...paging,
});

const describeAlarmHistoryInput = z.object({
  AlarmName: z.string().min(1).max(255).optional(),
  AlarmTypes: z.array(z.enum(types)).optional(),
  HistoryItemType: z.string().optional(),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  ...paging,
});

const getMetricDataInput = z.object({
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

/** Answers one operation. @throws AwsError as CloudWatch would answer. */
export function answerCloudWatch(
  operation: string,
  input: unknown,
  caller: Caller,
  world: { readonly store: AlarmStore; readonly now: () => number },
): unknown {
  const mine = world.store.list().filter((alarm) => isOf(alarm, caller));
  switch (operation) {
    case 'DescribeAlarms':
      return describeAlarms(readInput(describeAlarmsInput, input), mine);
    case 'DescribeAlarmHistory':
      return describeAlarmHistory(readInput(describeAlarmHistoryInput, input), caller, world.store);
    case 'GetMetricData':
      return getMetricData(readInput(getMetricDataInput, input), mine, world.now());
    default:
      throw new AwsError('UnknownOperationException', '', { status: 404, silent: true });
  }
}

function describeAlarms(input: z.infer<typeof describeAlarmsInput>, alarms: readonly Alarm[]): unknown {
  if (input.AlarmNames !== undefined && input.AlarmNames.length > 100)
    throw validationError(
      "1 validation error detected: Value at 'alarmNames' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
  if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined)
    throw validationError('AlarmNamePrefix and AlarmNames cannot be used together');
  const kinds = input.AlarmTypes ?? ['MetricAlarm'];
  const found = alarms
    .filter((alarm) => kinds.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'))
    .filter((alarm) => input.AlarmNames?.includes(alarm.name) ?? true)
    .filter((alarm) => alarm.name.startsWith(input.AlarmNamePrefix ?? ''))
    .filter((alarm) => input.StateValue === undefined || alarm.state === input.StateValue)
    .filter(({ actions }) => actions.some((arn) => arn.startsWith(input.ActionPrefix ?? '')) || !input.ActionPrefix)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { page, next } = takePage(found, input, 50);
  return {
    MetricAlarms: page.filter(({ kind }) => kind === 'metric').map(showMetricAlarm),
    CompositeAlarms: page.filter(({ kind }) => kind === 'composite').map(showCompositeAlarm),
    LogAlarms: [],
    ...next,
  };
}

function describeAlarmHistory(
  input: z.infer<typeof describeAlarmHistoryInput>,
  caller: Caller,
  store: AlarmStore,
): unknown {
  const kinds = input.AlarmTypes ?? ['MetricAlarm'];
  const found = store
    .history()
    .filter((item) => isOf(item, caller))
    .filter((item) => kinds.includes(item.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'))
    .filter((item) => input.AlarmName === undefined || item.name === input.AlarmName)
    .filter((item) => input.HistoryItemType === undefined || item.type === input.HistoryItemType)
    .filter((item) => item.at >= (input.StartDate ?? 0) * 1000 && item.at < (input.EndDate ?? Infinity) * 1000)
    .toSorted((a, b) => (input.ScanBy === 'TimestampAscending' ? a.at - b.at : b.at - a.at));
  const { page, next } = takePage(found, input, 50);
  const items = page.map((item) => ({
    AlarmName: item.name,
    AlarmType: item.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
    Timestamp: item.at / 1000,
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
  }));
  return { AlarmHistoryItems: items, ...next };
}

function getMetricData(input: z.infer<typeof getMetricDataInput>, alarms: readonly Alarm[], now: number): unknown {
  if (input.MetricDataQueries.length > 500)
    throw validationError('The collection MetricDataQueries must not have a size greater than 500.');
  if (input.StartTime >= input.EndTime)
    throw validationError('The parameter StartTime must be less than the parameter EndTime.');
  const results = input.MetricDataQueries.filter((query) => query.ReturnData !== false).map((query) => {
    const alarm = alarms.find((candidate) => watches(candidate, query));
    const periodMillis = 1000 * (query.MetricStat?.Period ?? query.Period ?? alarm?.periodSeconds ?? 60);
    if (periodMillis <= 0) throw validationError('The parameter Period must be greater than 0.');
    const range = { from: input.StartTime * 1000, to: input.EndTime * 1000, periodMillis, now };
    const ascending = alarm === undefined ? [] : readMetric(alarm, range);
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

type MetricDataQuery = z.infer<typeof getMetricDataInput>['MetricDataQueries'][number];

function watches(alarm: Alarm, query: MetricDataQuery): boolean {
  if (alarm.kind === 'composite') return false;
  if (query.Expression !== undefined) return alarm.expression === query.Expression;
  const metric = query.MetricStat?.Metric;
  if (alarm.namespace !== metric?.Namespace || alarm.metric !== metric.MetricName) return false;
  const dimensions = metric.Dimensions ?? [];
  return (
    dimensions.length === Object.keys(alarm.dimensions).length &&
    dimensions.every(({ Name, Value }) => alarm.dimensions[Name] === Value)
  );
}

function showMetricAlarm(alarm: Alarm): unknown {
  const metric = {
    Namespace: alarm.namespace,
    MetricName: alarm.metric,
    Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
  const watched =
    alarm.expression === null
      ? { ...metric, Statistic: alarm.statistic, Period: alarm.periodSeconds }
      : {
          Metrics: [
            { Id: 'e1', Expression: alarm.expression, Label: alarm.metric, ReturnData: true },
            {
              Id: 'm1',
              MetricStat: { Metric: metric, Period: alarm.periodSeconds, Stat: alarm.statistic },
              ReturnData: false,
            },
          ],
        };
  return {
    ...showCommon(alarm),
    ...watched,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    StateReasonData: JSON.stringify({
      version: '1.0',
      queryDate: new Date(alarm.updatedAt).toISOString(),
      period: alarm.periodSeconds,
      threshold: alarm.threshold,
    }),
  };
}

function showCompositeAlarm(alarm: Alarm): unknown {
  return { ...showCommon(alarm), AlarmRule: alarm.compositeRule };
}

function showCommon(alarm: Alarm): object {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt / 1000,
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: alarm.actions,
    InsufficientDataActions: [],
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateUpdatedTimestamp: alarm.updatedAt / 1000,
    StateTransitionedTimestamp: alarm.transitionedAt / 1000,
  };
}

function isOf(owned: Caller, caller: Caller): boolean {
  return owned.account === caller.account && owned.region === caller.region;
}

function takePage<T>(
  all: readonly T[],
  asked: { readonly MaxRecords?: number | undefined; readonly NextToken?: string | undefined },
  usual: number,
): { readonly page: readonly T[]; readonly next: { readonly NextToken?: string } } {
  const size = asked.MaxRecords ?? usual;
  if (size < 1 || size > 100)
    throw validationError(
      "1 validation error detected: Value at 'maxRecords' failed to satisfy constraint: Member must be between 1 and 100",
    );
  const from = asked.NextToken === undefined ? 0 : Number(/^page-(\d+)$/.exec(asked.NextToken)?.[1] ?? Number.NaN);
  if (Number.isNaN(from))
    throw new AwsError('com.amazonaws.cloudwatch.v2010_08_01#InvalidNextToken', '', {
      queryCode: 'InvalidNextToken',
      silent: true,
    });
  const more = from + size < all.length;
  return { page: all.slice(from, from + size), next: more ? { NextToken: `page-${from + size}` } : {} };
}
