/** What CloudWatch publishes to a topic when an alarm, or one of its series, changes state. */
import { aggregationOf, queryOf } from './alarm-shapes.ts';
import { childrenOf, stampOf } from './alarm-reasons.ts';
import type { Alarm, AlarmContributor, AlarmState } from './alarms.ts';

/** A change as it is told; `at` in epoch milliseconds. */
export type Turned = {
  readonly alarm: Alarm;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: number;
  readonly contributor: AlarmContributor | null;
};

const regionNames: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-2': 'US West (Oregon)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-north-1': 'EU (Stockholm)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
};

/** The subject, which SNS cuts at 100 characters. */
export function subjectOf({ alarm, to }: Turned): string {
  return `${to}: "${alarm.name}" in ${regionName(alarm)}`;
}

/** The message; `others` are the alarms of the same account and region, among them the children of a composite one. */
export function messageOf(turned: Turned, others: readonly Alarm[]): string {
  const { alarm, from, to, reason, at, contributor } = turned;
  return JSON.stringify({
    AlarmName: alarm.name,
    AlarmDescription: alarm.description === '' ? null : alarm.description,
    AWSAccountId: alarm.account,
    AlarmConfigurationUpdatedTimestamp: stampOf(alarm.configuredAt),
    NewStateValue: to,
    // Alarms on PromQL give no reason.
    ...(reason === '' ? {} : { NewStateReason: reason }),
    StateChangeTime: stampOf(at),
    Region: regionName(alarm),
    AlarmArn: alarm.arn,
    OldStateValue: from,
    OKActions: alarm.okActions,
    AlarmActions: alarm.actions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...watchedBy(alarm, others),
    ...(contributor && {
      AlarmContributorId: contributor.id,
      AlarmContributorAttributes: contributor.attributes,
    }),
    ...(alarm.tagsInMessages && {
      AlarmTags: Object.entries(alarm.tags).map(([Key, Value]) => ({ Key, Value })),
      AlarmTagsStatus: 'SUCCESS',
    }),
  });
}

function regionName({ region }: Alarm): string {
  return regionNames[region] ?? region;
}

function watchedBy(alarm: Alarm, others: readonly Alarm[]): object {
  switch (alarm.kind) {
    case 'composite':
      return { AlarmRule: alarm.compositeRule, TriggeringChildren: triggering(alarm, others) };
    case 'log':
      return {
        LogGroups: alarm.logGroups,
        QueryString: queryOf(alarm),
        AggregationExpression: aggregationOf(alarm),
        QueryExecutionId: `${alarm.name}-${alarm.transitionedAt}`,
      };
    case 'metric':
      return { Trigger: triggerOf(alarm) };
  }
}

function triggering(alarm: Alarm, others: readonly Alarm[]): readonly object[] {
  const names = childrenOf(alarm);
  return others
    .filter(({ name, state }) => names.includes(name) && state === 'ALARM')
    .slice(0, 10)
    .map((child) => ({
      Arn: child.arn,
      State: { Value: child.state, Timestamp: stampOf(child.transitionedAt) },
    }));
}

function triggerOf(alarm: Alarm): object {
  const dimensions = Object.entries(alarm.dimensions).map(([name, value]) => ({ value, name }));
  const evaluated = {
    Period: alarm.periodSeconds,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: '',
  };
  if (alarm.expression === null)
    return {
      MetricName: alarm.metric,
      Namespace: alarm.namespace,
      StatisticType: 'Statistic',
      Statistic: alarm.statistic.toUpperCase(),
      Unit: null,
      Dimensions: dimensions,
      ...evaluated,
    };
  const metric = { Dimensions: dimensions, MetricName: alarm.metric, Namespace: alarm.namespace };
  return {
    ...evaluated,
    Metrics: [
      { Expression: alarm.expression, Id: 'e1', Label: alarm.metric, ReturnData: true },
      {
        Id: 'm1',
        MetricStat: { Metric: metric, Period: alarm.periodSeconds, Stat: alarm.statistic },
        ReturnData: false,
      },
    ],
  };
}
