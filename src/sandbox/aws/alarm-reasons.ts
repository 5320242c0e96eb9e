/** Why an alarm is as it is, as CloudWatch says it in words and in data. */
import { typicalValue, type Alarm, type AlarmState } from './alarms.ts';

/** CloudWatch's own way to write times in messages and data: with an offset that has no colon. */
export function stampOf(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

/** The reason that CloudWatch would give for a state that began at `at`. */
export function reasonFor(alarm: Alarm, state: AlarmState, at: number): string {
  if (state === 'INSUFFICIENT_DATA') return 'Insufficient Data: 1 datapoint was unknown.';
  if (alarm.kind === 'composite') {
    const [child = alarm.name] = childrenOf(alarm);
    return `arn:aws:cloudwatch:${alarm.region}:${alarm.account}:alarm:${child} transitioned to ${state} at ${new Date(at).toUTCString()}`;
  }
  const compared = alarm.comparison.startsWith('Greater') ? 'greater' : 'less';
  const points = decisivePoints(alarm, state, at);
  const said = points.map((point) => `${point.value} (${shortTime(point.at)})`).join(', ');
  const noun = `${points.length} datapoint${points.length === 1 ? '' : 's'}`;
  const verb = `${points.length === 1 ? 'was' : 'were'}${state === 'ALARM' ? '' : ' not'}`;
  return `Threshold Crossed: ${noun} [${said}] ${verb} ${compared} than the threshold (${alarm.threshold}).`;
}

/** The data behind the reason as JSON text; `null` where CloudWatch has none. */
export function reasonDataFor(alarm: Alarm, state: AlarmState, at: number): string | null {
  switch (alarm.kind) {
    case 'composite': {
      const triggering = childrenOf(alarm).map((name) => ({
        arn: `arn:aws:cloudwatch:${alarm.region}:${alarm.account}:alarm:${name}`,
        state: { value: state, timestamp: stampOf(at) },
      }));
      return JSON.stringify({ triggeringAlarms: triggering });
    }
    case 'log': {
      const results = decisivePoints(alarm, state, at).map((point) => ({
        status: 'COMPLETE',
        timestamp: stampOf(point.at),
        value: point.value,
      }));
      return JSON.stringify({
        version: '1.0',
        queryDate: stampOf(at),
        threshold: alarm.threshold,
        queryResultsToEvaluate: alarm.evaluationPeriods,
        queryResultsToAlarm: alarm.datapointsToAlarm,
        results: results.toReversed(),
      });
    }
    case 'metric': {
      const points = state === 'INSUFFICIENT_DATA' ? [] : decisivePoints(alarm, state, at);
      const [first] = points;
      return JSON.stringify({
        version: '1.0',
        queryDate: stampOf(at),
        ...(first === undefined ? {} : { startDate: stampOf(first.at) }),
        ...(alarm.expression === null ? { statistic: alarm.statistic } : {}),
        period: alarm.periodSeconds,
        recentDatapoints: points.map(({ value }) => value),
        threshold: alarm.threshold,
        evaluatedDatapoints: points
          .toReversed()
          .map((point) => ({ timestamp: stampOf(point.at), sampleCount: 5, value: point.value })),
      });
    }
  }
}

/** The names in a composite alarm's rule. */
export function childrenOf(alarm: Alarm): readonly string[] {
  return [...(alarm.compositeRule ?? '').matchAll(/(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?([^")]+)"?\s*\)/g)].map(
    ([, name = '']) => name.trim().replace(/^arn:aws:cloudwatch:[^:]*:[^:]*:alarm:/, ''),
  );
}

/**
 * The points that made up CloudWatch's mind, oldest first: those set by hand, or as if the metric had turned just
 * long enough before.
 */
function decisivePoints(
  alarm: Alarm,
  state: AlarmState,
  at: number,
): readonly { readonly at: number; readonly value: number }[] {
  const count = state === 'ALARM' ? alarm.datapointsToAlarm : 1;
  const byHand = alarm.datapoints?.filter((point) => point.at <= at).slice(-count) ?? [];
  if (byHand.length > 0) return byHand;
  const periodMillis = alarm.periodSeconds * 1000;
  const end = Math.floor(at / periodMillis) * periodMillis;
  const value = typicalValue(alarm, state === 'ALARM' ? 'ALARM' : 'OK');
  return Array.from({ length: count }, (_, index) => ({ at: end - (count - index) * periodMillis, value }));
}

/** `20/11/26 13:34:00` */
function shortTime(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
