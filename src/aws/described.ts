/** Alarms as DescribeAlarms gives them, and what stands in them beside the verdict: how they are evaluated, what is new. */
import {
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  type LogAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { type AlarmNews, alarmStates } from '../incident/alarm.ts';
import type { Instant, Timing } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { nameForPeople } from './alarm-arn.ts';
import { findFirstBreach } from './first-breach.ts';
import type { Mute } from './mute-rules.ts';
import { type Run, Unreadable } from './place.ts';

export type Described =
  | { readonly type: 'metric'; readonly alarm: MetricAlarm }
  | { readonly type: 'composite'; readonly alarm: CompositeAlarm }
  | { readonly type: 'log'; readonly alarm: LogAlarm };

/** CloudWatch's limit for names, and for alarms in one page. */
export const mostNames = 100;

/** No answer has more pages than this. */
const mostPages = 50;

/** All alarms that fit, of every type. @throws Unreadable */
export async function describeAlarms(
  run: Run,
  which: Omit<DescribeAlarmsCommandInput, 'AlarmTypes' | 'MaxRecords' | 'NextToken'>,
): Promise<readonly Described[]> {
  const described: Described[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const command = new DescribeAlarmsCommand({
      ...which,
      // Left out, only metric alarms come back.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      MaxRecords: mostNames,
      NextToken: next,
    });
    const answer = await run((client, abortSignal) => client.send(command, { abortSignal }));
    for (const alarm of answer.MetricAlarms ?? []) described.push({ type: 'metric', alarm });
    for (const alarm of answer.CompositeAlarms ?? []) described.push({ type: 'composite', alarm });
    for (const alarm of answer.LogAlarms ?? []) described.push({ type: 'log', alarm });
    next = answer.NextToken;
    if (next === undefined || next === '') return described;
  }
  throw new Unreadable('its answer has no end');
}

/** When its state last became another one; `null` when CloudWatch does not say. */
export function turnedAt({ alarm }: Described): Instant | null {
  return (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? null;
}

/** The alarm's state as news; `null` when its state or its time is none that is known. */
export function newsOf(
  described: Described,
  { mute, now }: { readonly mute: Mute | null; readonly now: Instant },
): AlarmNews | null {
  const { alarm } = described;
  const state = alarmStates.find((known) => known === alarm.StateValue);
  const at = turnedAt(described);
  if (alarm.AlarmArn === undefined || state === undefined || at === null) return null;
  const because = cutAt(plainLine(alarm.StateReason ?? ''), 1_023);
  return {
    alarm: alarm.AlarmArn,
    name: nameForPeople(alarm.AlarmName ?? ''),
    contributor: null,
    state,
    at,
    because,
    description: cutAt(plainLine(alarm.AlarmDescription ?? ''), 1_024),
    tags: {},
    mutedUntil: mutedUntil(described, mute, now),
    firstBreachAt:
      state === 'ALARM' ? findFirstBreach({ at, reason: because, reasonData: alarm.StateReasonData }) : null,
  };
}

/** Nobody says when a suppressor lets go: as far as anyone knows not before the next looks. Steps, not a new time at each. */
const suppressedMillis = 10 * 60_000;
const stepMillis = 5 * 60_000;

function mutedUntil({ type, alarm }: Described, mute: Mute | null, now: Instant): Instant | null {
  if (type !== 'composite' || alarm.ActionsSuppressedBy === undefined) return mute?.until ?? null;
  return Math.max(mute?.until ?? 0, Math.floor(now / stepMillis) * stepMillis + suppressedMillis);
}

/** How the alarm is evaluated; `null` for one over other alarms. */
export function timingOf({ type, alarm }: Described): Timing | null {
  const configuredAt = alarm.AlarmConfigurationUpdatedTimestamp?.getTime() ?? null;
  switch (type) {
    case 'composite':
      return null;
    case 'metric': {
      // On PromQL there are no periods: what was breaching has to be well for so long.
      const recovery = alarm.EvaluationCriteria?.PromQLCriteria;
      if (recovery !== undefined) {
        const seconds = Math.max(recovery.RecoveryPeriod ?? 0, alarm.EvaluationInterval ?? 60);
        return { periodMillis: seconds * 1000, periods: 1, breaching: 1, configuredAt };
      }
      const periods = alarm.EvaluationPeriods ?? 1;
      const breaching = alarm.DatapointsToAlarm ?? periods;
      return { periodMillis: longestPeriod(alarm) * 1000, periods, breaching, configuredAt };
    }
    case 'log': {
      const periods = alarm.QueryResultsToEvaluate ?? 1;
      const breaching = alarm.QueryResultsToAlarm ?? periods;
      const rate = alarm.ScheduledQueryConfiguration?.ScheduleConfiguration?.ScheduleExpression ?? '';
      return { periodMillis: readRate(rate), periods, breaching, configuredAt };
    }
  }
}

/** In seconds. */
function longestPeriod(alarm: MetricAlarm): number {
  const periods = (alarm.Metrics ?? []).map((query) => query.MetricStat?.Period ?? query.Period ?? 0);
  return Math.max(alarm.Period ?? 0, ...periods) || 60;
}

const usualRateMillis = 5 * 60_000;

/** `rate(5 minutes)`, in milliseconds. */
function readRate(expression: string): number {
  const [, count = '', unit = ''] = /^rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)$/.exec(expression.trim()) ?? [];
  const units = new Map([
    ['minute', 60_000],
    ['hour', 3_600_000],
    ['day', 86_400_000],
  ]);
  return Number(count) * (units.get(unit) ?? 0) || usualRateMillis;
}
