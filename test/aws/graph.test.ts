import { PNG } from 'pngjs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Graph, type GraphAsked, type NoGraph, readGraph } from '../../src/aws/graph.ts';
import { graphQuestion } from '../../src/aws/graph-data.ts';
import { openPlaces } from '../../src/aws/place.ts';
import { buildWidget } from '../../src/aws/widget.ts';
import type { Account } from '../../src/catalog.ts';
import { createLog } from '../../src/log.ts';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const production: Account = { id: '123456789012', name: 'production', roleArn: null, externalId: null };
const log = createLog('silent');
const now = Date.parse('2026-11-20T03:10:00Z');
const start = now - hour;

let aws: SandboxAws;

beforeAll(async () => {
  aws = await startAws({ now: () => now });
  process.env['AWS_ENDPOINT_URL_CLOUDWATCH'] = aws.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIASANDBOX';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'sandbox';
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.clearFaults();
  aws.clearCalls();
});

/** Three errors a minute, and 91 of them from 02:31 to 02:52. */
function putCheckout(name = 'checkout-5xx', given: Parameters<SandboxAws['alarms']['put']>[0] = { name }): string {
  const { arn } = aws.alarms.put({ threshold: 80, dimensions: { LoadBalancer: 'app/x/1' }, ...given, name });
  const values = Array.from({ length: 60 }, (_, index) => (index >= 21 && index < 42 ? 91 : 3));
  aws.metrics.setDatapoints(
    arn,
    values.map((value, index) => ({ at: start + index * minute, value })),
  );
  return arn;
}

async function ask(alarm: string, given: Partial<GraphAsked> = {}): Promise<Graph | NoGraph> {
  // A place of its own, so that no test opens the breaker of the next.
  const place = openPlaces([production])({ account: production.id, region: 'eu-west-1' });
  if (place === null) throw new Error('the account is known');
  const marks = [
    { at: start + 23 * minute, label: 'declared' },
    { at: start + 40 * minute, label: 'mitigated' },
  ];
  return readGraph(place, { alarm, from: start, to: now, marks, now, log, ...given });
}

function sizeOf(graph: Graph | NoGraph): readonly [number, number] {
  if (graph.png === null) throw new Error(graph.because);
  const { width, height } = PNG.sync.read(Buffer.from(graph.png));
  return [width, height];
}

function asked(operation: string): readonly unknown[] {
  return aws.calls.filter((call) => call.operation === operation).map(({ input }) => input);
}

const words =
  'checkout-5xx from 02:10 to 03:10 UTC: between 3 and 91, above the threshold of 80 from 02:31 to 02:52, last 3 at 03:09. Marked: declared 02:33, mitigated 02:50.';

test('CloudWatch draws the graph, with the threshold across and the marks down, and the data gives the words', async () => {
  const graph = await ask(putCheckout());
  expect(graph).toMatchObject({ alt: words, source: 'CloudWatch' });
  expect(sizeOf(graph)).toEqual([900, 300]);
  const [call] = asked('GetMetricWidgetImage') as readonly { MetricWidget: string; OutputFormat: string }[];
  expect(call?.OutputFormat).toBe('png');
  expect(JSON.parse(call?.MetricWidget ?? '')).toEqual({
    title: 'checkout-5xx',
    width: 900,
    height: 300,
    region: 'eu-west-1',
    view: 'timeSeries',
    theme: 'light',
    timezone: '+0000',
    start: '2026-11-20T02:10:00.000Z',
    end: '2026-11-20T03:10:00.000Z',
    period: 60,
    metrics: [
      ['Sandbox', 'checkout-5xx', 'LoadBalancer', 'app/x/1', { id: 'm1', visible: true, stat: 'Average', period: 60 }],
    ],
    annotations: {
      horizontal: [{ value: 80, label: 'threshold', color: '#b3261e', fill: 'above' }],
      vertical: [
        { value: '2026-11-20T02:33:00.000Z', label: 'declared', color: '#59636e' },
        { value: '2026-11-20T02:50:00.000Z', label: 'mitigated', color: '#59636e' },
      ],
    },
  });
});

test.each([
  ['may not be asked', { kind: 'status', status: 403, code: 'AccessDeniedException' }],
  ['does not know the operation', { kind: 'status', status: 404, code: 'UnknownOperationException' }],
  ['fails for good', { kind: 'status', status: 503, times: 3 }],
] as const)('where CloudWatch %s, Muster draws the graph itself', async (_, fault) => {
  const arn = putCheckout();
  aws.inject({ operation: 'GetMetricWidgetImage', ...fault });
  const graph = await ask(arn);
  expect(graph).toMatchObject({ alt: words, source: 'data' });
  expect(sizeOf(graph)).toEqual([1800, 600]);
});

test('a picture is had even where the values are not, and its words say so', async () => {
  const arn = putCheckout();
  aws.inject({ operation: 'GetMetricData', kind: 'status', status: 403, code: 'AccessDeniedException' });
  expect(await ask(arn)).toMatchObject({
    source: 'CloudWatch',
    alt: "A graph of checkout-5xx between 02:10 and 03:10 UTC. Its values can't be told: Muster's permissions there don't allow it.",
  });
});

test('with neither picture nor values there is a reason', async () => {
  const arn = putCheckout();
  for (const operation of ['GetMetricData', 'GetMetricWidgetImage']) {
    aws.inject({ operation, kind: 'status', status: 403, code: 'AccessDeniedException' });
  }
  expect(await ask(arn)).toEqual({
    png: null,
    because: "CloudWatch in eu-west-1 (production) can't be read: Muster's permissions there don't allow it",
  });
});

test('alarms without a metric of their own have no graph, in words', async () => {
  const composite = aws.alarms.put({ name: 'all-of-checkout', compositeRule: 'ALARM(checkout-5xx)' }).arn;
  const logs = aws.alarms.put({ name: 'panics', kind: 'log' }).arn;
  expect(await ask(composite)).toEqual({
    png: null,
    because: 'it is made of other alarms and has no metric of its own',
  });
  expect(await ask(logs)).toEqual({ png: null, because: 'it watches logs, not a metric' });
  expect(await ask(`${composite}-gone`)).toEqual({
    png: null,
    because: 'CloudWatch has no such alarm: it was deleted or renamed, or is in another account or region',
  });
  expect(await ask('checkout')).toEqual({ png: null, because: 'it is no alarm of CloudWatch' });
  expect(asked('GetMetricWidgetImage')).toEqual([]);
});

test('of a formula the formula is drawn, and what it is fed with is not', async () => {
  const arn = putCheckout('error-rate', { name: 'error-rate', expression: 'm1 * 2' });
  const graph = await ask(arn);
  expect(graph).toMatchObject({ source: 'CloudWatch', alt: expect.stringMatching(/^error-rate .* between 3 and 91,/) });
  const [call] = asked('GetMetricWidgetImage') as readonly { MetricWidget: string }[];
  expect((JSON.parse(call?.MetricWidget ?? '') as { metrics: unknown }).metrics).toEqual([
    [expect.objectContaining({ id: 'e1', expression: 'm1 * 2', visible: true })],
    ['Sandbox', 'error-rate', 'LoadBalancer', 'app/x/1', expect.objectContaining({ id: 'm1', visible: false })],
  ]);
});

test('a metric that is silent is shown as silent', async () => {
  const { arn } = aws.alarms.put({ name: 'silent' });
  aws.metrics.setDatapoints(arn, []);
  aws.inject({ operation: 'GetMetricWidgetImage', kind: 'status', status: 403 });
  const graph = await ask(arn, { marks: [] });
  expect(graph).toMatchObject({ source: 'data', alt: 'silent from 02:10 to 03:10 UTC: no data.' });
  expect(sizeOf(graph)).toEqual([1800, 600]);
});

test('what is counted is read without the period that is still running', async () => {
  const arn = putCheckout('errors', { name: 'errors', statistic: 'Sum' });
  await ask(arn, { to: now + 30_000, now: now + 30_000 });
  expect(asked('GetMetricData')).toEqual([
    expect.objectContaining({ StartTime: start / 1000, EndTime: now / 1000, ScanBy: 'TimestampAscending' }),
  ]);
});

const counted = {
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Statistic: 'Sum',
  Period: 10,
  Threshold: 80,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
} as const;

test('data is asked for in the periods that CloudWatch still has, and counts then have no threshold', () => {
  const periods = [1 * hour, 4 * hour, 20 * day, 70 * day].map((age) => {
    const question = graphQuestion(counted, { from: now - age, to: now - age + hour, now });
    return [question?.periodSeconds, question?.threshold?.value, question?.queries[0]?.MetricStat?.Period];
  });
  expect(periods).toEqual([
    [10, 80, 10],
    [60, undefined, 60],
    [300, undefined, 300],
    [3600, undefined, 3600],
  ]);
  const average = graphQuestion({ ...counted, Statistic: 'Average' }, { from: now - 4 * hour, to: now, now });
  expect(average).toMatchObject({ periodSeconds: 60, threshold: { value: 80, breach: 'at or above' } });
});

test('a span too long to draw loses its beginning', () => {
  const question = graphQuestion({ ...counted, Period: 60 }, { from: now - 12 * day, to: now, now });
  expect(question).toMatchObject({ from: now - 7 * day, to: now });
});

test('an alarm on a moving band has no line for a threshold', () => {
  const band = { ...counted, ThresholdMetricId: 'ad1', Threshold: undefined } as const;
  expect(graphQuestion(band, { from: start, to: now, now })?.threshold).toBeNull();
});

test('more than CloudWatch draws in one picture is not asked of it', () => {
  const question = graphQuestion(counted, { from: start, to: now, now });
  if (question === null) throw new Error('it has a metric');
  const base = { width: 900, height: 300, from: start, to: now, thresholds: [], marks: [] };
  const queries = Array.from({ length: 101 }, () => question.queries[0] ?? { Id: 'm1' });
  expect(buildWidget({ ...base, title: 'a' }, { question, region: 'eu-west-1' })).toContain('"title":"a"');
  expect(buildWidget({ ...base, title: 'a'.repeat(100_000) }, { question, region: 'eu-west-1' })).toBeNull();
  expect(buildWidget({ ...base, title: 'a' }, { question: { ...question, queries }, region: 'eu-west-1' })).toBeNull();
});
