/**
 * A graph as CloudWatch's own language describes it:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html
 */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Chart, Threshold } from '../export/chart.ts';
import type { GraphQuestion } from './graph-data.ts';

/** CloudWatch's limits for one picture. */
const mostMetrics = 100;
const mostBytes = 100_000;

/** `null`: it is more than CloudWatch draws in one picture. */
export function buildWidget(
  chart: Omit<Chart, 'series'>,
  { question, region }: { readonly question: GraphQuestion; readonly region: string },
): string | null {
  const { title, width, height, from, to, thresholds, marks } = chart;
  if (question.queries.length > mostMetrics) return null;
  const widget = JSON.stringify({
    title,
    width,
    height,
    region,
    view: 'timeSeries',
    theme: 'light',
    timezone: '+0000',
    start: new Date(from).toISOString(),
    end: new Date(to).toISOString(),
    period: question.periodSeconds,
    metrics: question.queries.map(writeQuery),
    annotations: {
      horizontal: thresholds.map(({ value, label, breach }) => ({
        value,
        label,
        color: '#b3261e',
        fill: sideOf(breach),
      })),
      vertical: marks.map(({ at, label }) => ({ value: new Date(at).toISOString(), label, color: '#59636e' })),
    },
  });
  return Buffer.byteLength(widget) > mostBytes ? null : widget;
}

/** `[namespace, metric, dimension, value, …, options]`, or for a formula its options alone. */
function writeQuery({ Id, Label, Period, AccountId, Expression, MetricStat, ReturnData }: MetricDataQuery): unknown[] {
  const options = { id: Id, label: Label, accountId: AccountId, visible: ReturnData !== false };
  if (MetricStat === undefined) return [{ ...options, expression: Expression, period: Period }];
  const { Metric, Stat, Period: period } = MetricStat;
  const dimensions = (Metric?.Dimensions ?? []).flatMap(({ Name, Value }) => [Name, Value]);
  return [Metric?.Namespace, Metric?.MetricName, ...dimensions, { ...options, stat: Stat, period }];
}

function sideOf(breach: Threshold['breach']): 'above' | 'below' {
  switch (breach) {
    case 'above':
    case 'at or above':
      return 'above';
    case 'below':
    case 'at or below':
      return 'below';
  }
}
