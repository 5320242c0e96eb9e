/** What alarms went through, and how CloudWatch tells it. */
import { z } from 'zod';
import type { Alarm, AlarmContributor, AlarmKind } from './alarms.ts';
import { isOf, paging, takePage } from './paging.ts';
import type { Caller } from './wire.ts';

type HistoryType =
  'ConfigurationUpdate' | 'StateUpdate' | 'Action' | 'AlarmContributorStateUpdate' | 'AlarmContributorAction';

export type HistoryItem = {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly kind: AlarmKind;
  readonly at: number;
  readonly type: HistoryType;
  readonly summary: string;
  readonly data: string;
  readonly contributor: Pick<AlarmContributor, 'id' | 'attributes'> | null;
};

/** What is to be written; times in epoch milliseconds. */
export type HistoryNote = Pick<HistoryItem, 'at' | 'type' | 'summary'> & {
  readonly contributor?: Pick<AlarmContributor, 'id' | 'attributes'>;
};

export const alarmTypes = { metric: 'MetricAlarm', composite: 'CompositeAlarm', log: 'LogAlarm' } as const;
export const alarmTypeNames = Object.values(alarmTypes);

/** An item for the history. */
export function recordOf(alarm: Alarm, item: HistoryNote, data: unknown): HistoryItem {
  const { arn, name, account, region, kind } = alarm;
  const { at, type, summary, contributor } = item;
  const kept = contributor === undefined ? null : { id: contributor.id, attributes: contributor.attributes };
  return { arn, name, account, region, kind, at, type, summary, data: JSON.stringify(data), contributor: kept };
}

export const describeAlarmHistoryInput = z.object({
  AlarmName: z.string().min(1).max(255).optional(),
  AlarmContributorId: z.string().min(1).max(16).optional(),
  AlarmTypes: z.array(z.enum(alarmTypeNames)).optional(),
  HistoryItemType: z.string().optional(),
  StartDate: z.number().optional(),
  EndDate: z.number().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
  ...paging,
});

/** The answer to DescribeAlarmHistory. */
export function describeAlarmHistory(
  input: z.infer<typeof describeAlarmHistoryInput>,
  caller: Caller,
  history: readonly HistoryItem[],
): unknown {
  const kinds: readonly string[] = input.AlarmTypes ?? [alarmTypes.metric];
  const found = history
    .filter((item) => isOf(item, caller))
    .filter((item) => kinds.includes(alarmTypes[item.kind]))
    .filter((item) => input.AlarmName === undefined || item.name === input.AlarmName)
    .filter(({ contributor }) => [undefined, contributor?.id].includes(input.AlarmContributorId))
    .filter((item) => input.HistoryItemType === undefined || item.type === input.HistoryItemType)
    .filter((item) => item.at >= (input.StartDate ?? 0) * 1000 && item.at < (input.EndDate ?? Infinity) * 1000)
    .toSorted((a, b) => (input.ScanBy === 'TimestampAscending' ? a.at - b.at : b.at - a.at));
  const { page, next } = takePage(found, input, 50);
  const items = page.map((item) => ({
    AlarmName: item.name,
    AlarmType: alarmTypes[item.kind],
    Timestamp: item.at / 1000,
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
    ...(item.contributor && {
      AlarmContributorId: item.contributor.id,
      AlarmContributorAttributes: item.contributor.attributes,
    }),
  }));
  return { AlarmHistoryItems: items, ...next };
}
