import { describe, expect, test } from 'vitest';
import { consoleLink, readArn } from '../../src/aws/alarm-arn.ts';
import { type Data, type Described, readVerdict } from '../../src/aws/verdict.ts';

const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx';
const turned = new Date('2026-03-01T10:00:00Z');
const fresh: Data = {
  type: 'asked',
  newest: Date.parse('2026-03-01T10:20:00Z'),
  notBefore: Date.parse('2026-03-01T10:17:00Z'),
  lookbackMillis: 65 * 60_000,
};

function metric(alarm: Extract<Described, { type: 'metric' }>['alarm']): Described {
  return { type: 'metric', alarm: { AlarmArn: arn, StateTransitionedTimestamp: turned, ...alarm } };
}

describe('a verdict', () => {
  test('is red while the alarm is, with its reason on one line, cut, and without marks that hide or turn text', () => {
    const reason = `\u202eThreshold\u0000\ncrossed: <!channel> ${'9'.repeat(1000)}`;
    const reading = readVerdict(arn, metric({ StateValue: 'ALARM', StateReason: reason }), { type: 'not asked' });
    expect(reading).toMatchObject({ alarm: arn, verdict: 'alarm', since: turned.getTime() });
    expect(reading.because).toMatch(/^Threshold crossed: <!channel> 9+…$/);
    expect(reading.because).toHaveLength(200);
  });

  test('is red for an alarm that names no reason, as those on PromQL do', () => {
    expect(readVerdict(arn, metric({ StateValue: 'ALARM' }), fresh)).toMatchObject({ verdict: 'alarm', because: '' });
  });

  test('is green with data that shows it, and says how young that is', () => {
    expect(readVerdict(arn, metric({ StateValue: 'OK' }), fresh)).toEqual({
      alarm: arn,
      verdict: 'ok',
      because: 'newest data from 10:20 UTC',
      since: turned.getTime(),
    });
  });

  test.each<[string, Data, string]>([
    ['old data', { ...fresh, newest: Date.parse('2026-03-01T10:02:00Z') }, 'OK, but no data since 10:02 UTC'],
    ['no data at all', { ...fresh, newest: null }, 'OK, but no data for at least 1 h 5 min'],
    ['data that nobody may see', { type: 'out of sight' }, "OK, but the data that it watches can't be read"],
  ])('is unknown for an OK with %s', (_case, data, because) => {
    expect(readVerdict(arn, metric({ StateValue: 'OK' }), data)).toMatchObject({ verdict: 'unknown', because });
  });

  test.each([
    ['PARTIAL_DATA', 'CloudWatch could only look at part of its data'],
    ['EVALUATION_ERROR', 'CloudWatch could not evaluate it'],
    ['IN_WARM_UP', 'it is warming up and not evaluated yet'],
    ['A_STATE_OF_NEXT_YEAR', 'CloudWatch reports "A_STATE_OF_NEXT_YEAR" about it'],
  ])('is unknown for an OK that was evaluated as %s', (state, because) => {
    // The type knows only the states of its day.
    const alarm = { StateValue: 'OK' as const, EvaluationState: state as 'PARTIAL_DATA' };
    expect(readVerdict(arn, metric(alarm), fresh)).toMatchObject({ verdict: 'unknown', because });
  });

  test('is unknown for too little data and for a state that nobody knows', () => {
    expect(readVerdict(arn, metric({ StateValue: 'INSUFFICIENT_DATA' }), fresh)).toMatchObject({
      verdict: 'unknown',
      because: 'CloudWatch has too little data to tell',
    });
    const strange = readVerdict(arn, metric({ StateValue: 'FINE' as 'OK' }), fresh);
    expect(strange).toMatchObject({ verdict: 'unknown', because: 'CloudWatch calls its state "FINE"' });
  });

  test('of a composite alarm is its own state', () => {
    const alarm = { AlarmArn: arn, StateValue: 'OK', StateTransitionedTimestamp: turned } as const;
    expect(readVerdict(arn, { type: 'composite', alarm }, { type: 'not asked' })).toMatchObject({
      verdict: 'ok',
      because: 'OK by its rule',
    });
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
