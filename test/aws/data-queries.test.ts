import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { expect, test } from 'vitest';
import { planCalls, type Question, questionAbout, questionOn } from '../../src/aws/data-queries.ts';

const now = Date.parse('2026-03-01T10:00:30Z');
const minute = 60_000;

function simple(name: string, given: MetricAlarm = {}): Question {
  const alarm = {
    Namespace: 'App',
    MetricName: name,
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    ...given,
  } as const;
  const question = questionAbout(name, alarm);
  if (question === null) throw new Error('nothing to ask');
  return question;
}

test('the window is the evaluation window, one running period and three minutes of delay', () => {
  expect(simple('errors', { Period: 300, EvaluationPeriods: 3 }).windowMillis).toBe((3 * 5 + 5 + 3) * minute);
});

test('a formula is asked about by the metrics that feed it', () => {
  const metric = (MetricName: string): object => ({
    Metric: { Namespace: 'App', MetricName },
    Period: 60,
    Stat: 'Sum',
  });
  const question = questionAbout('rate', {
    EvaluationPeriods: 1,
    Metrics: [
      { Id: 'e1', Expression: 'm1 / m2', ReturnData: true },
      { Id: 'm1', MetricStat: metric('errors') as never, ReturnData: false },
      { Id: 'm2', MetricStat: metric('requests') as never, ReturnData: false },
    ],
  });
  expect(question?.queries.map(({ Id }) => Id)).toEqual(['m1', 'm2']);
  const [call] = planCalls(question === null ? [] : [question], now);
  expect(call?.queries.map(({ Id, ReturnData }) => [Id, ReturnData])).toEqual([
    ['q0_m1', true],
    ['q0_m2', true],
  ]);
  expect(call?.aboutOf('q0_m2')).toBe('rate');
});

test('traffic is asked about like an alarm of one period, with its dimensions', () => {
  const question = questionOn('traffic', {
    account: '123456789012',
    region: 'eu-west-1',
    namespace: 'AWS/ApplicationELB',
    metric: 'RequestCount',
    dimensions: { LoadBalancer: 'app/x/1' },
    statistic: 'Sum',
    periodSeconds: 300,
  });
  expect(question.windowMillis).toBe((2 * 5 + 3) * minute);
  const [call] = planCalls([simple('errors'), question], now);
  expect(call?.queries.map(({ MetricStat }) => MetricStat?.Metric?.MetricName)).toEqual(['errors', 'RequestCount']);
  expect(call?.queries[1]?.MetricStat?.Metric?.Dimensions).toEqual([{ Name: 'LoadBalancer', Value: 'app/x/1' }]);
});

test('an alarm without any metric can not be asked about', () => {
  expect(questionAbout('promql', { EvaluationPeriods: 1 })).toBeNull();
});

test('500 short alarms are one call, 501 are two, and a search has a call of its own', () => {
  const many = Array.from({ length: 500 }, (_, index) => simple(`alarm-${index}`));
  expect(planCalls(many, now)).toHaveLength(1);
  expect(planCalls([...many, simple('one-more')], now)).toHaveLength(2);
  const search = questionAbout('search', {
    EvaluationPeriods: 1,
    Metrics: [{ Id: 'q1', Expression: 'SELECT MAX(Errors) FROM App', Period: 60, ReturnData: true }],
  });
  const calls = planCalls(search === null ? many : [...many, search], now);
  expect(calls).toHaveLength(2);
  expect(calls.map(({ queries }) => queries[0]?.Id).toSorted()).toEqual(['q0_m1', 'q1']);
});

test('no call asks for more data points than CloudWatch gives, nor for fine ones that it no longer has', () => {
  const questions = [
    ...Array.from({ length: 300 }, (_, index) => simple(`daily-${index}`, { EvaluationPeriods: 1440 })),
    ...Array.from({ length: 100 }, (_, index) => simple(`fine-${index}`, { Period: 10 })),
  ];
  for (const call of planCalls(questions, now)) {
    const periods = call.queries.map((query) => query.MetricStat?.Period ?? 60);
    const points = periods.reduce((sum, period) => sum + (call.to - call.from) / 1000 / period, 0);
    expect(points).toBeLessThanOrEqual(101_000);
    if (now - call.from > 181 * minute) expect(Math.min(...periods)).toBeGreaterThanOrEqual(60);
  }
});
