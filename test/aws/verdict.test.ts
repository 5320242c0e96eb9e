import { describe, expect, test } from 'vitest';
import { consoleLink, readArn } from '../../src/aws/alarm-arn.ts';
import { type Described, timingOf } from '../../src/aws/described.ts';
import type { Data } from '../../src/aws/read-data.ts';
import { type Companion, type Evidence, readMissing, readVerdict } from '../../src/aws/verdict.ts';
import type { AlarmReading } from '../../src/incident/command.ts';

const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx';
const turned = new Date('2026-03-01T10:00:00Z');
const fresh: Data = {
  type: 'asked',
  newest: Date.parse('2026-03-01T10:20:00Z'),
  notBefore: Date.parse('2026-03-01T10:17:00Z'),
  lookbackMillis: 65 * 60_000,
};
const stale: Data = { ...fresh, newest: Date.parse('2026-03-01T10:02:00Z') };

type Metric = Extract<Described, { type: 'metric' }>['alarm'];

function metric(alarm: Metric): Described {
  return { type: 'metric', alarm: { AlarmArn: arn, StateTransitionedTimestamp: turned, ...alarm } };
}

function traffic(data: Data | null, service: string | null = 'checkout'): Companion {
  return { service, traffic: data };
}

function read(described: Described, evidence: Partial<Evidence> = {}): AlarmReading {
  return readVerdict(arn, described, {
    data: fresh,
    companion: traffic(null),
    muteRule: null,
    contributors: [],
    ...evidence,
  });
}

describe('a red alarm', () => {
  test('reads red with its reason on one line, cut, and without marks that hide or turn text', () => {
    const reason = `\u202eThreshold\u0000\ncrossed: <!channel> ${'9'.repeat(1000)}`;
    const reading = read(metric({ StateValue: 'ALARM', StateReason: reason }));
    expect(reading).toMatchObject({ alarm: arn, verdict: 'alarm', doubt: null, since: turned.getTime() });
    expect(reading.because).toMatch(/^Threshold crossed: <!channel> 9+…$/);
    expect(reading.because).toHaveLength(200);
  });

  test('needs no reason, as those on PromQL give none', () => {
    expect(read(metric({ StateValue: 'ALARM' }))).toMatchObject({ verdict: 'alarm', because: '' });
  });

  test('names up to three of its series, and that it is muted', () => {
    const contributors = ['host=web-1', 'host=web-2', 'host=web-3', 'host=web-4', 'host=web-5'];
    const reading = read(metric({ StateValue: 'ALARM', StateReason: 'Too many errors' }), {
      contributors,
      muteRule: 'nightly',
    });
    expect(reading.because).toBe(
      'Too many errors (in alarm: host=web-1; host=web-2; host=web-3 and 2 more; muted by the rule nightly)',
    );
    expect(reading.verdict).toBe('alarm');
  });
});

describe('an OK', () => {
  const silent = { StateValue: 'OK', TreatMissingData: 'notBreaching' } as const;

  test('is green with data that shows it, and says how young that is', () => {
    expect(read(metric({ StateValue: 'OK' }))).toEqual({
      alarm: arn,
      verdict: 'ok',
      doubt: null,
      because: 'newest data from 10:20 UTC',
      since: turned.getTime(),
      timing: { periodMillis: 60_000, periods: 1, breaching: 1, configuredAt: null },
    });
  });

  test.each<[string, Data, string]>([
    ['old data', stale, 'OK, but no data since 10:02 UTC'],
    ['no data at all', { ...fresh, newest: null }, 'OK, but no data for at least 1 h 5 min'],
  ])('is unknown with %s, however alive the service is', (_case, data, because) => {
    const reading = read(metric({ StateValue: 'OK', TreatMissingData: 'missing' }), {
      data,
      companion: traffic(fresh),
    });
    expect(reading).toMatchObject({ verdict: 'unknown', doubt: 'no data', because });
  });

  test('is unknown where the alarm keeps its state without data', () => {
    expect(read(metric({ StateValue: 'OK', TreatMissingData: 'ignore' }), { data: stale }).because).toBe(
      'OK, but no data since 10:02 UTC, and without data it keeps its state',
    );
  });

  test('counts without data when missing data is good and the service is alive', () => {
    expect(read(metric(silent), { data: stale, companion: traffic(fresh) })).toMatchObject({
      verdict: 'ok',
      because: 'OK; nothing was counted, and the traffic metric of checkout has data from 10:20 UTC',
    });
  });

  test.each<[string, Companion, string]>([
    ['is silent too', traffic(stale), 'the traffic metric of checkout is silent too since 10:02 UTC'],
    ['was never there', traffic({ ...fresh, newest: null }), 'the traffic metric of checkout is silent too'],
    ['is not named', traffic(null), 'no traffic metric of checkout is named in the catalog'],
    ['may not be seen', traffic({ type: 'out of sight' }), "the traffic metric of checkout can't be read"],
    ['is of no service', traffic(null, null), 'no service is known whose traffic could tell'],
  ])('is unknown without data when the traffic %s', (_case, companion, because) => {
    expect(read(metric(silent), { data: stale, companion })).toMatchObject({
      verdict: 'unknown',
      doubt: 'no data',
      because: `OK, but no data since 10:02 UTC, and ${because}`,
    });
  });

  test('is unknown when Muster may not see the data', () => {
    expect(read(metric({ StateValue: 'OK' }), { data: { type: 'out of sight' } })).toMatchObject({
      verdict: 'unknown',
      doubt: 'unread',
      because: 'OK, but Muster may not read the data that it watches',
    });
  });

  test('is not asked for proof where no incident waits for it', () => {
    expect(read(metric(silent), { data: { type: 'not asked' }, companion: null }).verdict).toBe('ok');
  });

  test('of PromQL, whose data can not be asked for, counts with a living service only', () => {
    const described = metric({ StateValue: 'OK', EvaluationCriteria: { PromQLCriteria: { Query: 'up == 0' } } });
    const data: Data = { type: 'unaskable' };
    expect(read(described, { data, companion: traffic(fresh) }).verdict).toBe('ok');
    expect(read(described, { data }).because).toBe(
      "OK, but its data can't be asked for, and no traffic metric of checkout is named in the catalog",
    );
  });

  test('of a log alarm stands by itself unless missing results are good', () => {
    const log = (TreatMissingData: string): Described => ({
      type: 'log',
      alarm: { AlarmArn: arn, StateValue: 'OK', TreatMissingData },
    });
    const data: Data = { type: 'unaskable' };
    expect(read(log('missing'), { data })).toMatchObject({ verdict: 'ok', because: 'OK by its query' });
    expect(read(log('notBreaching'), { data })).toMatchObject({ verdict: 'unknown', doubt: 'no data' });
    expect(read(log('notBreaching'), { data, companion: traffic(fresh) }).verdict).toBe('ok');
  });

  test('of a composite alarm is its own state, unless the service has gone silent', () => {
    const alarm = { AlarmArn: arn, StateValue: 'OK', StateTransitionedTimestamp: turned } as const;
    const data: Data = { type: 'unaskable' };
    expect(read({ type: 'composite', alarm }, { data })).toMatchObject({
      verdict: 'ok',
      because: 'OK by its rule',
      timing: null,
    });
    expect(read({ type: 'composite', alarm }, { data, companion: traffic(stale) })).toMatchObject({
      verdict: 'unknown',
      because: 'OK by its rule, but the traffic metric of checkout is silent too since 10:02 UTC',
    });
  });

  test('of a muted alarm does not count, and says what CloudWatch says', () => {
    expect(read(metric({ StateValue: 'OK' }), { muteRule: 'nightly' })).toMatchObject({
      verdict: 'unknown',
      doubt: 'muted',
      because: 'muted by the rule nightly; CloudWatch says OK',
    });
    const ActionsSuppressor = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:maintenance';
    const alarm = { AlarmArn: arn, StateValue: 'OK', ActionsSuppressedBy: 'Alarm', ActionsSuppressor } as const;
    expect(read({ type: 'composite', alarm })).toMatchObject({
      doubt: 'muted',
      because: 'its actions are suppressed by maintenance; CloudWatch says OK',
    });
  });

  test.each([
    ['PARTIAL_DATA', 'CloudWatch could only look at part of its data'],
    ['EVALUATION_ERROR', 'CloudWatch could not evaluate it'],
    ['IN_WARM_UP', 'it is warming up and not evaluated yet'],
    ['A_STATE_OF_NEXT_YEAR', 'CloudWatch reports "A_STATE_OF_NEXT_YEAR" about it'],
  ])('is unknown when it was evaluated as %s', (state, because) => {
    // The type knows only the states of its day.
    const alarm = { StateValue: 'OK' as const, EvaluationState: state as 'PARTIAL_DATA' };
    expect(read(metric(alarm))).toMatchObject({ verdict: 'unknown', doubt: 'not evaluated', because });
  });
});

test('too little data, a state that nobody knows and an alarm that is gone are told apart', () => {
  expect(read(metric({ StateValue: 'INSUFFICIENT_DATA' }))).toMatchObject({
    verdict: 'unknown',
    doubt: 'no data',
    because: 'CloudWatch has too little data to tell',
  });
  expect(read(metric({ StateValue: 'FINE' as 'OK' }))).toMatchObject({
    verdict: 'unknown',
    doubt: 'not evaluated',
    because: 'CloudWatch calls its state "FINE"',
  });
  expect(readMissing(arn)).toMatchObject({ verdict: 'unknown', doubt: 'gone', timing: null });
});

describe('the timing of an alarm', () => {
  const AlarmConfigurationUpdatedTimestamp = new Date('2026-02-01T00:00:00Z');
  const configuredAt = AlarmConfigurationUpdatedTimestamp.getTime();

  test('is its period and M of N; without M all of them', () => {
    const base = { AlarmConfigurationUpdatedTimestamp, Period: 300, EvaluationPeriods: 5 };
    const timing = { periodMillis: 300_000, periods: 5, configuredAt };
    expect(timingOf(metric({ ...base, DatapointsToAlarm: 3 }))).toEqual({ ...timing, breaching: 3 });
    expect(timingOf(metric(base))).toEqual({ ...timing, breaching: 5 });
  });

  test('of a formula is the longest period that feeds it', () => {
    const fed = (Period: number): object => ({ MetricStat: { Metric: {}, Period, Stat: 'Sum' } });
    const Metrics = [
      { Id: 'e1', Expression: 'm1/m2' },
      { Id: 'm1', ...fed(60) },
      { Id: 'm2', ...fed(300) },
    ];
    expect(timingOf(metric({ Metrics, EvaluationPeriods: 2 }))).toMatchObject({ periodMillis: 300_000, periods: 2 });
  });

  test('of a log alarm is the rate of its query', () => {
    const ScheduleConfiguration = { ScheduleExpression: 'rate(15 minutes)', StartTimeOffset: 900 };
    const query = { QueryString: '', ScheduledQueryRoleARN: '', AggregationExpression: 'count(*)' };
    const alarm = {
      AlarmConfigurationUpdatedTimestamp,
      QueryResultsToEvaluate: 3,
      QueryResultsToAlarm: 2,
      ScheduledQueryConfiguration: { ...query, ScheduleConfiguration },
    };
    expect(timingOf({ type: 'log', alarm })).toEqual({ periodMillis: 900_000, periods: 3, breaching: 2, configuredAt });
  });
});

describe('an ARN', () => {
  test('gives the place and the whole name, colons and slashes included', () => {
    expect(readArn('arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a:b/ü c')).toEqual({
      partition: 'aws-cn',
      region: 'cn-north-1',
      account: '123456789012',
      name: 'a:b/ü c',
    });
    expect(readArn('arn:aws:sns:eu-west-1:123456789012:topic')).toBeNull();
  });

  test('leads to the page of the console, with the name encoded', () => {
    expect(consoleLink('arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a b|<c>')).toBe(
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/a%20b%7C%3Cc%3E',
    );
    expect(consoleLink('arn:aws-iso:cloudwatch:us-iso-east-1:123456789012:alarm:a')).toBeNull();
  });
});
