/** Alarms as DescribeAlarms shows them. */
import type { Alarm, Suppressor } from './alarms.ts';

/** A metric alarm, on one metric or on a formula. */
export function showMetricAlarm(alarm: Alarm): unknown {
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
    ...(alarm.evaluationState === null ? {} : { EvaluationState: alarm.evaluationState }),
  };
}

export function showCompositeAlarm(alarm: Alarm): unknown {
  const suppressed =
    alarm.suppressedBy === null
      ? {}
      : { ActionsSuppressedBy: alarm.suppressedBy, ActionsSuppressedReason: suppressionReason(alarm.suppressedBy) };
  return { ...showCommon(alarm), AlarmRule: alarm.compositeRule, ...suppressed };
}

export function showLogAlarm(alarm: Alarm): unknown {
  return {
    ...showCommon(alarm),
    ScheduledQueryConfiguration: {
      QueryString: queryOf(alarm),
      LogGroupIdentifiers: alarm.logGroups,
      QueryARN: `arn:aws:logs:${alarm.region}:${alarm.account}:scheduled-query:${encodeURIComponent(alarm.name)}`,
      ScheduledQueryRoleARN: `arn:aws:iam::${alarm.account}:role/scheduled-query`,
      ScheduleConfiguration: {
        ScheduleExpression: `rate(${Math.max(1, Math.round(alarm.periodSeconds / 60))} minutes)`,
        StartTimeOffset: alarm.periodSeconds,
        EndTimeOffset: 0,
      },
      AggregationExpression: aggregationOf(alarm),
    },
    QueryResultsToEvaluate: alarm.evaluationPeriods,
    QueryResultsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
    ...(alarm.evaluationState === null ? {} : { EvaluationState: alarm.evaluationState }),
  };
}

export function queryOf(alarm: Alarm): string {
  return alarm.query ?? 'fields @timestamp, @message | filter level = "ERROR"';
}

export function aggregationOf(alarm: Alarm): string {
  return alarm.expression ?? 'count(*)';
}

export function suppressionReason(by: Suppressor): string {
  return `Actions suppressed by ${by}`;
}

function showCommon(alarm: Alarm): object {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt / 1000,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: alarm.okActions,
    AlarmActions: alarm.actions,
    InsufficientDataActions: alarm.insufficientDataActions,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    ...(alarm.reasonData === null ? {} : { StateReasonData: alarm.reasonData }),
    StateUpdatedTimestamp: alarm.updatedAt / 1000,
    StateTransitionedTimestamp: alarm.transitionedAt / 1000,
    ...(alarm.tagsInMessages ? { ActionConfiguration: { AlarmTagsPropagation: { Enabled: true } } } : {}),
  };
}
