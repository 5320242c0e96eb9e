import { DescribeAlarmHistoryCommand, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const minute = 60_000;
let now: number;
let aws: SandboxAws;

beforeEach(async () => {
  now = noon;
  aws = await startAws({
    now: () => now,
    roads: {
      queues: [{ name: 'alarms' }, { name: 'events' }],
      topics: [{ name: 'alarms', inEveryAlarm: true, to: [{ queue: 'alarms', raw: true }] }],
      events: 'events',
    },
  });
});

afterEach(async () => {
  await aws.close();
});

type Json = { readonly [name: string]: unknown };

function read(queue: string): readonly Json[] {
  return aws.queues.bodies(queue).map((body) => JSON.parse(body) as Json);
}

async function messages(count: number): Promise<readonly Json[]> {
  await vi.waitUntil(() => read('alarms').length >= count, { timeout: 5000, interval: 10 });
  return read('alarms');
}

function kindsOfEvents(): readonly unknown[] {
  return read('events').map((event) => event['detail-type']);
}

test('a change of state, and only a change, is published as CloudWatch writes it', async () => {
  const { arn } = aws.alarms.put({
    name: 'api-5xx',
    description: 'too many errors',
    namespace: 'AWS/ApplicationELB',
    metric: 'HTTPCode_Target_5XX_Count',
    dimensions: { LoadBalancer: 'app/x/1' },
    statistic: 'Sum',
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    threshold: 10,
    treatMissingData: 'notBreaching',
  });
  now += minute + 19;
  aws.alarms.setState(arn, 'ALARM');
  aws.alarms.setState(arn, 'ALARM', { reason: 'still' });
  const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
  expect(await messages(1)).toEqual([
    {
      AlarmName: 'api-5xx',
      AlarmDescription: 'too many errors',
      AWSAccountId: '123456789012',
      AlarmConfigurationUpdatedTimestamp: '2026-11-20T12:00:00.000+0000',
      NewStateValue: 'ALARM',
      NewStateReason: expect.stringMatching(/^Threshold Crossed: 3 datapoints \[15 \(20\/11\/26 11:58:00\), /),
      StateChangeTime: '2026-11-20T12:01:00.019+0000',
      Region: 'EU (Ireland)',
      AlarmArn: arn,
      OldStateValue: 'OK',
      OKActions: [topic],
      AlarmActions: [topic],
      InsufficientDataActions: [topic],
      Trigger: {
        MetricName: 'HTTPCode_Target_5XX_Count',
        Namespace: 'AWS/ApplicationELB',
        StatisticType: 'Statistic',
        Statistic: 'SUM',
        Unit: null,
        Dimensions: [{ name: 'LoadBalancer', value: 'app/x/1' }],
        Period: 60,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 10,
        TreatMissingData: 'notBreaching',
        EvaluateLowSampleCountPercentile: '',
      },
    },
  ]);
});

test('an alarm publishes only what its actions say, and a failed action stands in the history', async () => {
  const { arn } = aws.alarms.put({
    name: 'quiet',
    okActions: [],
    actions: ['arn:aws:sns:eu-west-1:123456789012:gone'],
  });
  aws.alarms.setState(arn, 'ALARM');
  aws.alarms.setState(arn, 'OK');
  aws.alarms.setState(arn, 'INSUFFICIENT_DATA');
  expect((await messages(1)).map((message) => message['NewStateValue'])).toEqual(['INSUFFICIENT_DATA']);
  const actions = aws.alarms.history().filter(({ type }) => type === 'Action');
  expect(actions.map(({ data }) => (JSON.parse(data) as Json)['actionState'])).toEqual(['Failed', 'Succeeded']);
});

test('formulas, composite and log alarms, tags and alarms without a reason each have their own message', async () => {
  const child = aws.alarms.put({ name: 'child', actions: [] });
  aws.alarms.setState(child.arn, 'ALARM');
  const setups = [
    { name: 'ratio', expression: 'm1 * 100', tags: { team: 'pay' }, tagsInMessages: true },
    { name: 'whole', compositeRule: 'ALARM("child") OR ALARM(other)' },
    { name: 'errors', kind: 'log' as const, logGroups: ['/aws/lambda/x'], query: 'filter level = "ERROR"' },
  ];
  for (const setup of setups) aws.alarms.setState(aws.alarms.put(setup).arn, 'ALARM');
  aws.alarms.setState(aws.alarms.put({ name: 'prom' }).arn, 'ALARM', { reason: '' });
  const [ratio, whole, errors, prom] = await messages(4);
  expect(ratio).toMatchObject({
    Trigger: { Metrics: [{ Id: 'e1', Expression: 'm1 * 100' }, { Id: 'm1' }] },
    AlarmTags: [{ Key: 'team', Value: 'pay' }],
  });
  expect(whole).toMatchObject({
    AlarmRule: 'ALARM("child") OR ALARM(other)',
    TriggeringChildren: [{ Arn: child.arn, State: { Value: 'ALARM' } }],
  });
  expect(errors).toMatchObject({ LogGroups: ['/aws/lambda/x'], QueryString: 'filter level = "ERROR"' });
  expect([whole, errors].map((message) => message !== undefined && 'Trigger' in message)).toEqual([false, false]);
  expect(prom).not.toHaveProperty('NewStateReason');
});

test('an alarm with many series notifies for each of them, and is red while any is', async () => {
  const { arn } = aws.alarms.put({ name: 'tables' });
  aws.alarms.setContributor(arn, { TableName: 'a' }, 'ALARM');
  aws.alarms.setContributor(arn, { TableName: 'b' }, 'ALARM');
  const after = aws.alarms.setContributor(arn, { TableName: 'a' }, 'OK');
  expect([after.state, after.reason]).toEqual(['ALARM', '1 out of 2 time series evaluated to ALARM']);
  const told = await messages(3);
  expect(told.map((one) => [one['NewStateValue'], one['AlarmContributorAttributes']])).toEqual([
    ['ALARM', { TableName: 'a' }],
    ['ALARM', { TableName: 'b' }],
    ['OK', { TableName: 'a' }],
  ]);
  expect(told[0]?.['AlarmContributorId']).toMatch(/^[0-9a-f]{16}$/);
  expect(kindsOfEvents()).toEqual([
    'CloudWatch Alarm Configuration Change',
    'CloudWatch Alarm Contributor State Change',
    'CloudWatch Alarm State Change',
    'CloudWatch Alarm Contributor State Change',
    'CloudWatch Alarm Contributor State Change',
  ]);
  expect(read('events')[1]).toMatchObject({
    detail: { alarmContributor: { attributes: { TableName: 'a' } }, state: { value: 'ALARM' } },
  });
});

test('events say what was before, and what somebody did to the alarm itself', () => {
  const { arn } = aws.alarms.put({ name: 'api', threshold: 70, dimensions: { Host: 'a' } });
  aws.alarms.setState(arn, 'ALARM', { reason: 'because' });
  aws.alarms.put({ name: 'api', threshold: 80 });
  aws.alarms.remove(arn);
  const [created, turned, updated, deleted] = read('events');
  expect(created).toMatchObject({ source: 'aws.cloudwatch', detail: { operation: 'create' } });
  expect(turned).toMatchObject({
    version: '0',
    account: '123456789012',
    region: 'eu-west-1',
    time: '2026-11-20T12:00:00Z',
    resources: [arn],
    detail: {
      alarmName: 'api',
      state: { value: 'ALARM', reason: 'because', timestamp: '2026-11-20T12:00:00.000+0000' },
      previousState: { value: 'OK' },
      configuration: {
        metrics: [{ metricStat: { metric: { name: 'api', dimensions: { Host: 'a' } }, period: 60 } }],
      },
    },
  });
  expect(turned?.['detail']).not.toHaveProperty('muteDetail');
  expect(updated).toMatchObject({
    detail: { operation: 'update', configuration: { threshold: 80 }, previousConfiguration: { threshold: 70 } },
  });
  expect(deleted).toMatchObject({ detail: { operation: 'delete' } });
  aws.sendEventsTo(null);
  aws.alarms.put({ name: 'unheard' });
  expect(read('events')).toHaveLength(4);
});

test('a muted alarm publishes nothing until the window ends, then what still holds; its events say that it is muted', async () => {
  const stays = aws.alarms.put({ name: 'stays' });
  const passes = aws.alarms.put({ name: 'passes', okActions: [] });
  aws.muteRules.put({ name: 'deployment', alarms: ['stays', 'passes'], forMinutes: 30 });
  now += 5 * minute;
  aws.alarms.setState(stays.arn, 'ALARM');
  aws.alarms.setState(passes.arn, 'ALARM');
  aws.alarms.setState(passes.arn, 'OK');
  expect(read('events')[2]).toMatchObject({
    detail: {
      muteDetail: {
        mutedByArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:deployment',
        muteWindowStart: '2026-11-20T12:00:00.000+0000',
        muteWindowEnd: '2026-11-20T12:30:00.000+0000',
      },
    },
  });
  now += 24 * minute;
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(read('alarms')).toEqual([]);
  now += minute;
  expect(await messages(1)).toMatchObject([
    { AlarmName: 'stays', NewStateValue: 'ALARM', StateChangeTime: '2026-11-20T12:05:00.000+0000' },
  ]);
});

test('the history has the data behind each change, and what its actions published', async () => {
  const { arn } = aws.alarms.put({ name: 'api', evaluationPeriods: 2, threshold: 80 });
  now += 3 * minute;
  aws.alarms.setState(arn, 'ALARM');
  const cloudwatch = new CloudWatchClient({
    endpoint: aws.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  const { AlarmHistoryItems: items = [] } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'api', ScanBy: 'TimestampAscending' }),
  );
  cloudwatch.destroy();
  expect(items.map(({ HistoryItemType }) => HistoryItemType)).toEqual(['ConfigurationUpdate', 'StateUpdate', 'Action']);
  const [, update, action] = items.map(({ HistoryData }) => JSON.parse(HistoryData ?? '') as Json);
  expect(update?.['newState']).toMatchObject({
    stateValue: 'ALARM',
    stateReasonData: {
      startDate: '2026-11-20T12:01:00.000+0000',
      period: 60,
      recentDatapoints: [120, 120],
      threshold: 80,
      evaluatedDatapoints: [
        { timestamp: '2026-11-20T12:02:00.000+0000', value: 120 },
        { timestamp: '2026-11-20T12:01:00.000+0000', value: 120 },
      ],
    },
  });
  expect(action).toMatchObject({
    actionState: 'Succeeded',
    stateUpdateTimestamp: now,
    publishedMessage: expect.stringContaining('"NewStateValue":"ALARM"'),
    error: null,
  });
});

test('alarms of another region publish to the topic of their region', async () => {
  const { arn, actions } = aws.alarms.put({ name: 'north', region: 'eu-north-1' });
  expect(actions).toEqual(['arn:aws:sns:eu-north-1:123456789012:alarms']);
  aws.alarms.setState(arn, 'ALARM');
  expect(await messages(1)).toMatchObject([{ AlarmName: 'north', Region: 'EU (Stockholm)' }]);
});
