/** What CloudWatch's words about an alarm mean. Green is only what data shows; everything else is red or unknown. */
import type { CompositeAlarm, LogAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmReading } from '../incident/command.ts';
import type { AlarmArn, Instant, Verdict } from '../incident/incident.ts';
import { clock, span } from '../incident/timeline.ts';
import { cutAt, plainLine } from '../outside-text.ts';

/** An alarm as DescribeAlarms gave it. */
export type Described =
  | { readonly type: 'metric'; readonly alarm: MetricAlarm }
  | { readonly type: 'composite'; readonly alarm: CompositeAlarm }
  | { readonly type: 'log'; readonly alarm: LogAlarm };

/** What is known of the data that an alarm watches. */
export type Data =
  /** Nobody asked, or it has none of its own: its state is all there is. */
  | { readonly type: 'not asked' }
  /** The alarm watches something whose data can't be asked for. */
  | { readonly type: 'out of sight' }
  /** It was asked for and could not be given this time. */
  | { readonly type: 'failed' }
  | {
      readonly type: 'asked';
      /** When the newest data point begins; `null`: none was found. */
      readonly newest: Instant | null;
      /** Data points older than this show nothing. */
      readonly notBefore: Instant;
      /** How far back was asked, in milliseconds. */
      readonly lookbackMillis: number;
    };

const mostCharacters = 200;

/** The reading of an alarm that was found. */
export function readVerdict(arn: AlarmArn, { type, alarm }: Described, data: Data): AlarmReading {
  const since = (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? null;
  const read = (verdict: Verdict, because: string, when: Instant | null = since): AlarmReading => ({
    alarm: arn,
    verdict,
    because: cutAt(plainLine(because), mostCharacters),
    since: when,
  });
  // Red is red, however well it was evaluated.
  if (alarm.StateValue === 'ALARM') return read('alarm', alarm.StateReason ?? '');
  const evaluation = 'EvaluationState' in alarm ? alarm.EvaluationState : undefined;
  if (evaluation !== undefined) return read('unknown', evaluationWords(evaluation), null);
  if (alarm.StateValue === 'INSUFFICIENT_DATA') return read('unknown', 'CloudWatch has too little data to tell');
  if (alarm.StateValue !== 'OK') {
    const said = cutAt(plainLine(alarm.StateValue ?? ''), 40);
    return read('unknown', said === '' ? 'CloudWatch names no state' : `CloudWatch calls its state "${said}"`, null);
  }
  switch (data.type) {
    case 'not asked':
      return read('ok', { metric: 'OK', composite: 'OK by its rule', log: 'OK by its query' }[type]);
    case 'out of sight':
    case 'failed':
      return read('unknown', "OK, but the data that it watches can't be read", null);
    case 'asked':
      if (data.newest === null) {
        return read('unknown', `OK, but no data for at least ${span(data.lookbackMillis)}`, null);
      }
      if (data.newest < data.notBefore) {
        return read('unknown', `OK, but no data since ${clock(data.newest)} UTC`, null);
      }
      return read('ok', `newest data from ${clock(data.newest)} UTC`);
  }
}

/** The reading of an alarm that the answer left out. */
export function readMissing(arn: AlarmArn): AlarmReading {
  const because = 'CloudWatch has no such alarm: it was deleted or renamed, or is in another account or region';
  return { alarm: arn, verdict: 'unknown', because, since: null };
}

/** The reading when nobody can be asked about the alarm. */
export function readNothing(arn: AlarmArn, because: string): AlarmReading {
  return { alarm: arn, verdict: 'unknown', because: cutAt(plainLine(because), mostCharacters), since: null };
}

/** New states come without notice, so what is not known here is named. */
function evaluationWords(state: string): string {
  switch (state) {
    case 'PARTIAL_DATA':
      return 'CloudWatch could only look at part of its data';
    case 'EVALUATION_ERROR':
    case 'EVALUATION_FAILURE':
      return 'CloudWatch could not evaluate it';
    case 'IN_WARM_UP':
      return 'it is warming up and not evaluated yet';
    default:
      return `CloudWatch reports "${cutAt(plainLine(state), 40)}" about it`;
  }
}
