/** What CloudWatch itself noted of an alarm. It keeps that for 30 days, also after the alarm is deleted. */
import { type AlarmHistoryItem, DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { type AlarmNews, type AlarmReconfigured, alarmStates, type AlarmState } from '../incident/alarm.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { nameForPeople, readArn } from './alarm-arn.ts';
import { findFirstBreach } from './first-breach.ts';
import type { Place } from './place.ts';

/** A change of an alarm's state, or of one of its contributors'. */
export type PastChange = Pick<AlarmNews, 'alarm' | 'state' | 'at' | 'because' | 'firstBreachAt'> & {
  /** The contributor's id; empty: the alarm as a whole. */
  readonly contributor: string;
};

export type AlarmHistory = {
  readonly changes: readonly PastChange[];
  readonly reconfigured: readonly AlarmReconfigured[];
  /** Whether some could not be read this time, and may be another time. */
  readonly incomplete: boolean;
};

/** Of one alarm. */
const mostPages = 10;

/** Reads from `from` (included) on. @throws Unreadable */
export async function readAlarmHistory(
  place: Place,
  { alarm, from, to }: { readonly alarm: AlarmArn; readonly from: Instant; readonly to: Instant },
): Promise<Omit<AlarmHistory, 'incomplete'>> {
  const items: AlarmHistoryItem[] = [];
  let next: string | undefined;
  for (let page = 0; page === 0 || (next !== undefined && next !== ''); page++) {
    // The newest come first: of an alarm that flaps without end the rest tells nothing more.
    if (page === mostPages) break;
    const command = new DescribeAlarmHistoryCommand({
      AlarmName: readArn(alarm)?.name,
      // Left out, only metric alarms come back.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      StartDate: new Date(from),
      EndDate: new Date(to),
      ScanBy: 'TimestampDescending',
      MaxRecords: 100,
      NextToken: next,
    });
    const answer = await place.paced.history((client, abortSignal) => client.send(command, { abortSignal }));
    items.push(...(answer.AlarmHistoryItems ?? []));
    next = answer.NextToken;
  }
  return {
    changes: items.flatMap((item) => changeIn(alarm, item)),
    reconfigured: items.flatMap((item) => reconfigurationIn(alarm, item)),
  };
}

const stateShape = z.object({
  newState: z.object({
    stateValue: z.enum(alarmStates),
    stateReason: z.string().nullish(),
    stateReasonData: z.unknown().optional(),
  }),
});

function changeIn(alarm: AlarmArn, item: AlarmHistoryItem): readonly PastChange[] {
  const isChange = item.HistoryItemType === 'StateUpdate' || item.HistoryItemType === 'AlarmContributorStateUpdate';
  const said = stateShape.safeParse(readJson(item.HistoryData));
  if (!isChange || item.Timestamp === undefined || !said.success) return [];
  const { stateValue: state, stateReason, stateReasonData: reasonData } = said.data.newState;
  const at = item.Timestamp.getTime();
  const because = cutAt(plainLine(stateReason ?? ''), 1_023);
  const contributor = item.AlarmContributorId ?? '';
  return [{ alarm, contributor, state, at, because, firstBreachAt: breachOf({ state, at, because, reasonData }) }];
}

function breachOf(said: {
  readonly state: AlarmState;
  readonly at: Instant;
  readonly because: string;
  readonly reasonData: unknown;
}): Instant | null {
  const { state, at, because: reason, reasonData } = said;
  return state === 'ALARM' ? findFirstBreach({ at, reason, reasonData }) : null;
}

const operations: ReadonlyMap<string, AlarmReconfigured['change']> = new Map([
  ['Create', 'created'],
  ['Update', 'changed'],
  ['Delete', 'deleted'],
]);

function reconfigurationIn(alarm: AlarmArn, item: AlarmHistoryItem): readonly AlarmReconfigured[] {
  if (item.HistoryItemType !== 'ConfigurationUpdate' || item.Timestamp === undefined) return [];
  const said = z.object({ type: z.string() }).safeParse(readJson(item.HistoryData));
  const change = operations.get(said.success ? said.data.type : '');
  if (change === undefined) return [];
  return [{ alarm, name: nameForPeople(readArn(alarm)?.name ?? alarm), change, at: item.Timestamp.getTime() }];
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
