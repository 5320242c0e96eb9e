import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import {
  AddCommunicationToCaseCommand,
  CreateCaseCommand,
  DescribeCasesCommand,
  DescribeCommunicationsCommand,
  DescribeServicesCommand,
  DescribeSeverityLevelsCommand,
  ResolveCaseCommand,
  SupportClient,
} from '@aws-sdk/client-support';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAws, type SandboxAws } from '../../src/sandbox/aws/aws.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const minute = 60_000;
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
let now: number;
let aws: SandboxAws;
let cloudwatch: CloudWatchClient;
let support: SupportClient;

beforeEach(async () => {
  now = noon;
  aws = await startAws({ now: () => now, accounts: { AKIDOTHER: '999988887777' } });
  const settings = { endpoint: aws.url, credentials: keys, maxAttempts: 1 };
  cloudwatch = new CloudWatchClient({ ...settings, region: 'eu-west-1' });
  support = new SupportClient({ ...settings, region: 'us-east-1' });
});

afterEach(async () => {
  cloudwatch.destroy();
  support.destroy();
  await aws.close();
});

async function namesSeen(client: CloudWatchClient): Promise<unknown> {
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  return MetricAlarms?.map(({ AlarmName }) => AlarmName);
}

async function valuesSeen(metric: string, minutes: number): Promise<unknown> {
  const answer = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - minutes * minute),
      EndTime: new Date(now),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {
          Id: 'm1',
          MetricStat: { Metric: { Namespace: 'Sandbox', MetricName: metric }, Period: 60, Stat: 'Average' },
        },
      ],
    }),
  );
  expect(answer.MetricDataResults?.[0]?.StatusCode).toBe('Complete');
  return answer.MetricDataResults?.[0]?.Values;
}

test('an alarm shows its state, when that state began and why', async () => {
  const { arn } = aws.alarms.put({ name: 'checkout-5xx', description: 'too many errors' });
  now += 5 * minute;
  aws.alarms.setState(arn, 'ALARM', { reason: 'too many' });
  now += 5 * minute;
  aws.alarms.setState(arn, 'ALARM', { reason: 'still too many' });
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['checkout-5xx', 'gone'] }));
  expect(MetricAlarms).toHaveLength(1);
  expect(MetricAlarms?.[0]).toMatchObject({
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx',
    StateValue: 'ALARM',
    StateReason: 'still too many',
    StateTransitionedTimestamp: new Date(noon + 5 * minute),
    StateUpdatedTimestamp: new Date(noon + 10 * minute),
    MetricName: 'checkout-5xx',
  });
  const history = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'checkout-5xx', HistoryItemType: 'StateUpdate' }),
  );
  expect(history.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm updated from OK to ALARM',
  ]);
});

test('composite alarms come only when they are asked for', async () => {
  aws.alarms.put({ name: 'single' });
  aws.alarms.put({ name: 'whole', compositeRule: 'ALARM("single")' });
  expect(await namesSeen(cloudwatch)).toEqual(['single']);
  const both = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }));
  expect(both.CompositeAlarms?.[0]?.AlarmRule).toBe('ALARM("single")');
});

test('each account and region sees its own alarms, also through an assumed role', async () => {
  aws.alarms.put({ name: 'here' });
  aws.alarms.put({ name: 'north', region: 'eu-north-1' });
  aws.alarms.put({ name: 'theirs', account: '999988887777' });
  const north = new CloudWatchClient({ endpoint: aws.url, credentials: keys, region: 'eu-north-1' });
  const byKey = new CloudWatchClient({
    endpoint: aws.url,
    credentials: { accessKeyId: 'AKIDOTHER', secretAccessKey: 'secret' },
    region: 'eu-west-1',
  });
  const byRole = new CloudWatchClient({
    endpoint: aws.url,
    region: 'eu-west-1',
    credentials: fromTemporaryCredentials({
      masterCredentials: keys,
      params: { RoleArn: 'arn:aws:iam::999988887777:role/war-room', RoleSessionName: 'test' },
      clientConfig: { endpoint: aws.url, region: 'eu-west-1' },
    }),
  });
  expect(await namesSeen(cloudwatch)).toEqual(['here']);
  expect(await namesSeen(north)).toEqual(['north']);
  expect(await namesSeen(byKey)).toEqual(['theirs']);
  expect(await namesSeen(byRole)).toEqual(['theirs']);
});

test('pages follow one another, and a wrong token, 101 names or an unknown operation are refused by name', async () => {
  for (let index = 0; index < 7; index += 1) aws.alarms.put({ name: `alarm-${index}` });
  const seen: unknown[] = [];
  for await (const page of paginateDescribeAlarms({ client: cloudwatch, pageSize: 3 }, {}))
    seen.push(page.MetricAlarms?.length);
  expect(seen).toEqual([3, 3, 1]);
  await expect(cloudwatch.send(new DescribeAlarmsCommand({ NextToken: 'nonsense' }))).rejects.toMatchObject({
    name: 'InvalidNextToken',
  });
  const names = Array.from({ length: 101 }, (_, index) => `alarm-${index}`);
  await expect(cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: names }))).rejects.toMatchObject({
    name: expect.stringMatching(/^Validation(Error|Exception)$/),
    message: expect.stringContaining('100'),
  });
  await expect(cloudwatch.send(new ListMetricsCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
});

test('the metric follows the state of its alarm in whole ended periods, start included and end excluded', async () => {
  const { arn } = aws.alarms.put({ name: 'latency', threshold: 80 });
  now += 2 * minute;
  aws.alarms.setState(arn, 'ALARM');
  now += 2 * minute;
  expect(await valuesSeen('latency', 4)).toEqual([40, 40, 120, 120]);
  now += 30_000;
  expect(await valuesSeen('latency', 1.5)).toEqual([120]);
});

test('data can be stopped, resumed and set by hand while the alarm stays as it is', async () => {
  const { arn } = aws.alarms.put({ name: 'orders', threshold: 10, comparison: 'LessThanThreshold' });
  aws.metrics.stopData(arn);
  now += 3 * minute;
  expect(await valuesSeen('orders', 3)).toEqual([]);
  aws.metrics.resumeData(arn);
  now += 2 * minute;
  expect(await valuesSeen('orders', 5)).toEqual([15, 15]);
  aws.metrics.setDatapoints(arn, [{ at: now - minute, value: 3 }]);
  expect(await valuesSeen('orders', 5)).toEqual([3]);
});

test('an alarm on a formula gives its data by the formula', async () => {
  aws.alarms.put({ name: 'ratio', expression: 'm1 * 100', threshold: 5 });
  now += 2 * minute;
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  const queries = MetricAlarms?.[0]?.Metrics;
  const answer = await cloudwatch.send(
    new GetMetricDataCommand({ StartTime: new Date(noon), EndTime: new Date(now), MetricDataQueries: queries }),
  );
  expect(answer.MetricDataResults?.map(({ Id, Values }) => [Id, Values])).toEqual([['e1', [2.5, 2.5]]]);
});

test('a case is opened, answered, found again with its resolved ones, and closed', async () => {
  const { caseId } = await support.send(
    new CreateCaseCommand({ subject: 'INC-1 databases', communicationBody: 'help', severityCode: 'urgent' }),
  );
  expect(caseId).toMatch(/^case-123456789012-muen-2026-[0-9a-f]{16}$/);
  aws.support.reply(caseId ?? '', 'We are looking.');
  await support.send(new AddCommunicationToCaseCommand({ caseId, communicationBody: 'thank you' }));
  const said = await support.send(new DescribeCommunicationsCommand({ caseId }));
  expect(said.communications?.map(({ body }) => body)).toEqual(['thank you', 'We are looking.', 'help']);
  await support.send(new ResolveCaseCommand({ caseId }));
  expect((await support.send(new DescribeCasesCommand({}))).cases).toEqual([]);
  const since = new Date(noon - minute).toISOString();
  const all = await support.send(new DescribeCasesCommand({ includeResolvedCases: true, afterTime: since }));
  expect(all.cases).toMatchObject([{ caseId, status: 'resolved', subject: 'INC-1 databases', severityCode: 'urgent' }]);
  expect(aws.cases()[0]?.displayId).toBe(all.cases?.[0]?.displayId);
});

test('a dry run, a missing plan, an unknown case and a page of nine are refused by name', async () => {
  const one = { subject: 's', communicationBody: 'b' };
  await expect(support.send(new CreateCaseCommand({ ...one, dryRun: true }))).rejects.toMatchObject({
    name: 'DryRunOperationException',
  });
  expect(aws.cases()).toEqual([]);
  await expect(support.send(new ResolveCaseCommand({ caseId: 'case-none' }))).rejects.toMatchObject({
    name: 'CaseIdNotFound',
  });
  await expect(support.send(new DescribeCasesCommand({ maxResults: 9 }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  expect((await support.send(new DescribeSeverityLevelsCommand({}))).severityLevels).toHaveLength(5);
  expect((await support.send(new DescribeServicesCommand({}))).services?.length).toBeGreaterThan(1);
  aws.support.setPlan('123456789012', false);
  await expect(support.send(new DescribeSeverityLevelsCommand({}))).rejects.toMatchObject({
    name: 'SubscriptionRequiredException',
  });
});

test('calls go wrong as told, as often as told, and are all on record', async () => {
  aws.inject({ operation: 'DescribeAlarms', kind: 'throttle' });
  await expect(namesSeen(cloudwatch)).rejects.toMatchObject({ name: 'Throttling' });
  aws.inject({ service: 'cloudwatch', kind: 'status', status: 503, times: 2 });
  for (let time = 0; time < 2; time += 1)
    await expect(namesSeen(cloudwatch)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  const takeBack = aws.inject({ kind: 'never' });
  takeBack();
  aws.inject({ kind: 'late', millis: 60 });
  const asked = performance.now();
  expect(await namesSeen(cloudwatch)).toEqual([]);
  expect(performance.now() - asked).toBeGreaterThan(55);
  aws.inject({ operation: 'CreateCase', kind: 'lost-reply' });
  await expect(support.send(new CreateCaseCommand({ subject: 's', communicationBody: 'b' }))).rejects.toThrow(
    /hang up|ECONNRESET|aborted/i,
  );
  expect(aws.cases()).toHaveLength(1);
  aws.inject({ kind: 'never' });
  const signal = AbortSignal.timeout(50);
  await expect(cloudwatch.send(new DescribeAlarmsCommand({}), { abortSignal: signal })).rejects.toThrow(/abort/i);
  expect(aws.calls.map(({ operation }) => operation)).toEqual([
    ...Array.from({ length: 4 }, () => 'DescribeAlarms'),
    'CreateCase',
    'DescribeAlarms',
  ]);
  expect(aws.calls[4]).toMatchObject({ service: 'support', at: noon, input: { subject: 's' }, region: 'us-east-1' });
});

test('alarms and cases are still there after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  const stateFile = join(folder, 'state', 'aws.json');
  const first = await startAws({ stateFile });
  first.alarms.setState(first.alarms.put({ name: 'kept' }).arn, 'ALARM');
  await first.close();
  const second = await startAws({ stateFile });
  expect(second.alarms.list()).toMatchObject([{ name: 'kept', state: 'ALARM' }]);
  await second.close();
  await rm(folder, { recursive: true });
});
