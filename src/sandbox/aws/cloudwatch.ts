/** CloudWatch's answers, from what the caller's account and region holds. */
import { z } from 'zod';
import { describeAlarmHistory, describeAlarmHistoryInput, alarmTypeNames, alarmTypes } from './alarm-history.ts';
import { showCompositeAlarm, showLogAlarm, showMetricAlarm } from './alarm-shapes.ts';
import type { AlarmStore } from './alarm-store.ts';
import type { Alarm } from './alarms.ts';
import { getMetricData, getMetricDataInput, type Holdings } from './metric-data.ts';
import { getMetricWidgetImage, getMetricWidgetImageInput } from './metric-widget.ts';
import { answerMuteRules, muteRuleOperations, type MuteRules } from './mute-rules.ts';
import { isOf, paging, takePage } from './paging.ts';
import type { SeriesStore } from './series.ts';
import { AwsError, readInput, validationError, type Caller } from './wire.ts';

const describeAlarmsInput = z.object({
  AlarmNames: z.array(z.string().min(1).max(255)).optional(),
  AlarmNamePrefix: z.string().min(1).max(255).optional(),
  AlarmTypes: z.array(z.enum(alarmTypeNames)).optional(),
  ActionPrefix: z.string().min(1).max(1024).optional(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
  ...paging,
});
const describeAlarmContributorsInput = z.object({
  AlarmName: z.string().min(1).max(255),
  NextToken: z.string().optional(),
});
const listTagsInput = z.object({ ResourceARN: z.string().min(1).max(1024) });

/** Everything that CloudWatch knows, of all accounts and regions. */
export type CloudWatchWorld = {
  readonly store: AlarmStore;
  readonly series: SeriesStore;
  readonly muteRules: MuteRules;
  readonly now: () => number;
};

/** Answers one operation. @throws AwsError as CloudWatch would answer. */
export function answerCloudWatch(operation: string, input: unknown, caller: Caller, world: CloudWatchWorld): unknown {
  const { store, series, muteRules, now } = world;
  const alarms = store.list().filter((alarm) => isOf(alarm, caller));
  const holdings = (): Holdings => ({ alarms, series: series.list().filter((one) => isOf(one, caller)) });
  if (muteRuleOperations.has(operation)) return answerMuteRules(operation, input, caller, muteRules);
  switch (operation) {
    case 'DescribeAlarms':
      return describeAlarms(readInput(describeAlarmsInput, input), alarms);
    case 'DescribeAlarmHistory':
      return describeAlarmHistory(readInput(describeAlarmHistoryInput, input), caller, store.history());
    case 'DescribeAlarmContributors':
      return describeAlarmContributors(readInput(describeAlarmContributorsInput, input), alarms);
    case 'ListTagsForResource':
      return listTags(readInput(listTagsInput, input).ResourceARN, alarms);
    case 'GetMetricData':
      return getMetricData(readInput(getMetricDataInput, input), holdings(), now());
    case 'GetMetricWidgetImage':
      return getMetricWidgetImage(readInput(getMetricWidgetImageInput, input), { caller, ...holdings(), now: now() });
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
  const kinds: readonly string[] = input.AlarmTypes ?? [alarmTypes.metric];
  const prefix = input.ActionPrefix;
  const found = alarms
    .filter((alarm) => kinds.includes(alarmTypes[alarm.kind]))
    .filter((alarm) => input.AlarmNames?.includes(alarm.name) ?? true)
    .filter((alarm) => alarm.name.startsWith(input.AlarmNamePrefix ?? ''))
    .filter((alarm) => input.StateValue === undefined || alarm.state === input.StateValue)
    .filter((alarm) => prefix === undefined || actionsOf(alarm).some((arn) => arn.startsWith(prefix)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { page, next } = takePage(found, input, 50);
  return {
    MetricAlarms: page.filter(({ kind }) => kind === 'metric').map(showMetricAlarm),
    CompositeAlarms: page.filter(({ kind }) => kind === 'composite').map(showCompositeAlarm),
    LogAlarms: page.filter(({ kind }) => kind === 'log').map(showLogAlarm),
    ...next,
  };
}

function actionsOf({ actions, okActions, insufficientDataActions }: Alarm): readonly string[] {
  return [...actions, ...okActions, ...insufficientDataActions];
}

function describeAlarmContributors(
  input: z.infer<typeof describeAlarmContributorsInput>,
  alarms: readonly Alarm[],
): unknown {
  const alarm = alarms.find(({ name }) => name === input.AlarmName);
  if (alarm === undefined) throw notFound('ResourceNotFoundException');
  const red = alarm.contributors.filter(({ state }) => state === 'ALARM');
  const { page, next } = takePage(red, input, 100);
  return {
    AlarmContributors: page.map((one) => ({
      ContributorId: one.id,
      ContributorAttributes: one.attributes,
      StateReason: one.reason,
      StateTransitionedTimestamp: one.transitionedAt / 1000,
    })),
    ...next,
  };
}

function listTags(arn: string, alarms: readonly Alarm[]): unknown {
  const alarm = alarms.find((one) => one.arn === arn);
  if (alarm === undefined) throw notFound('ResourceNotFoundException');
  return { Tags: Object.entries(alarm.tags).map(([Key, Value]) => ({ Key, Value })) };
}

function notFound(type: string): AwsError {
  return new AwsError(`com.amazonaws.cloudwatch.v2010_08_01#${type}`, 'Not found', {
    status: 404,
    queryCode: type,
  });
}
