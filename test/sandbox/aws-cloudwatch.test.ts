import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  DescribeAlarmContributorsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  GetMetricDataCommand,
  GetMetricWidgetImageCommand,
  ListAlarmMuteRulesCommand,
  ListTagsForResourceCommand,
  PutAlarmMuteRuleCommand,
} from '@aws-sdk/client-cloudwatch';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const minute = 60_000;
let now: number;
let aws: SandboxAws;
let cloudwatch: CloudWatchClient;

beforeEach(async () => {
  now = noon;
  aws = await startAws({ now: () => now });
  cloudwatch = new CloudWatchClient({
    endpoint: aws.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  cloudwatch.destroy();
  await aws.close();
});

test('a log alarm comes when it is asked for, with its query, its trouble and its settings', async () => {
  aws.alarms.put({
    name: 'errors',
    kind: 'log',
    logGroups: ['/aws/lambda/x'],
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    evaluationState: 'PARTIAL_DATA',
  });
  expect((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  const { LogAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes: ['LogAlarm'] }));
  expect(LogAlarms).toMatchObject([
    {
      AlarmName: 'errors',
      QueryResultsToEvaluate: 5,
      QueryResultsToAlarm: 3,
      EvaluationState: 'PARTIAL_DATA',
      ScheduledQueryConfiguration: { LogGroupIdentifiers: ['/aws/lambda/x'], AggregationExpression: 'count(*)' },
    },
  ]);
});

test('the series that are red are told one by one, and their history too', async () => {
  const { arn } = aws.alarms.put({ name: 'tables' });
  aws.alarms.setContributor(arn, { TableName: 'a' }, 'ALARM', { reason: 'too slow' });
  aws.alarms.setContributor(arn, { TableName: 'b' }, 'ALARM');
  aws.alarms.setContributor(arn, { TableName: 'b' }, 'OK');
  const { AlarmContributors = [] } = await cloudwatch.send(
    new DescribeAlarmContributorsCommand({ AlarmName: 'tables' }),
  );
  expect(AlarmContributors).toMatchObject([
    { ContributorAttributes: { TableName: 'a' }, StateReason: 'too slow', StateTransitionedTimestamp: new Date(noon) },
  ]);
  const { AlarmHistoryItems } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'tables', AlarmContributorId: AlarmContributors[0]?.ContributorId }),
  );
  expect(AlarmHistoryItems).toMatchObject([
    { HistoryItemType: 'AlarmContributorStateUpdate', AlarmContributorAttributes: { TableName: 'a' } },
  ]);
  await expect(cloudwatch.send(new DescribeAlarmContributorsCommand({ AlarmName: 'gone' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('an alarm tells its tags, when it was changed, and who can be found by its actions', async () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:bot';
  const { arn } = aws.alarms.put({ name: 'wired', okActions: [topic], tags: { team: 'pay' } });
  aws.alarms.put({ name: 'other' });
  const { Tags } = await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  expect(Tags).toEqual([{ Key: 'team', Value: 'pay' }]);
  now += 5 * minute;
  aws.alarms.put({ name: 'wired', okActions: [topic], threshold: 90 });
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ ActionPrefix: topic }));
  expect(MetricAlarms).toMatchObject([
    { AlarmName: 'wired', AlarmConfigurationUpdatedTimestamp: new Date(now), Threshold: 90 },
  ]);
});

test('mute rules are put, found, listed by what they are now, and deleted', async () => {
  const put = async (Name: string, Expression: string, Timezone: string): Promise<unknown> =>
    cloudwatch.send(
      new PutAlarmMuteRuleCommand({
        Name,
        Rule: { Schedule: { Expression, Duration: 'PT2H', Timezone } },
        MuteTargets: { AlarmNames: ['api'] },
      }),
    );
  await put('once', 'at(2026-11-20T20:30)', 'Asia/Tokyo');
  await put('nightly', 'cron(0 2 * * *)', 'UTC');
  await put('past', 'at(2026-11-19T09:00)', 'UTC');
  const statuses = async (): Promise<unknown> => {
    const { AlarmMuteRuleSummaries } = await cloudwatch.send(new ListAlarmMuteRulesCommand({ AlarmName: 'api' }));
    return AlarmMuteRuleSummaries?.map(({ Status, MuteType }) => `${Status} ${MuteType}`);
  };
  expect(await statuses()).toEqual(['ACTIVE ONE_TIME', 'SCHEDULED RECURRING', 'EXPIRED ONE_TIME']);
  now += 15 * 60 * minute;
  expect(await statuses()).toEqual(['EXPIRED ONE_TIME', 'ACTIVE RECURRING', 'EXPIRED ONE_TIME']);
  const nightly = new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'nightly' });
  expect(await cloudwatch.send(nightly)).toMatchObject({
    Status: 'ACTIVE',
    Rule: { Schedule: { Expression: 'cron(0 2 * * *)', Duration: 'PT120M' } },
    MuteTargets: { AlarmNames: ['api'] },
    LastUpdatedTimestamp: new Date(noon),
  });
  await cloudwatch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: 'nightly' }));
  await expect(cloudwatch.send(nightly)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  for (const wrong of ['every day', 'cron(0 25 * * *)'])
    await expect(put('wrong', wrong, 'UTC')).rejects.toMatchObject({ name: expect.stringContaining('Validation') });
});

test('a metric that no alarm owns has the values it is given, and can fall silent', async () => {
  const id = aws.metrics.put({
    namespace: 'AWS/ApplicationELB',
    metric: 'RequestCount',
    dimensions: { LoadBalancer: 'x' },
    value: 500,
  });
  const read = async (): Promise<unknown> => {
    const Metric = {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCount',
      Dimensions: [{ Name: 'LoadBalancer', Value: 'x' }],
    };
    const answer = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - 3 * minute),
        EndTime: new Date(now),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [{ Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
      }),
    );
    return answer.MetricDataResults?.[0]?.Values;
  };
  now += minute;
  aws.metrics.put({
    namespace: 'AWS/ApplicationELB',
    metric: 'RequestCount',
    dimensions: { LoadBalancer: 'x' },
    value: 7,
  });
  now += minute;
  expect(await read()).toEqual([500, 500, 7]);
  aws.metrics.stopData(id);
  now += 2 * minute;
  expect(await read()).toEqual([7]);
  aws.metrics.resumeData(id);
  now += minute;
  expect(await read()).toEqual([7]);
});

async function draw(widget: object | string): Promise<PNG> {
  const MetricWidget = typeof widget === 'string' ? widget : JSON.stringify(widget);
  const { MetricWidgetImage } = await cloudwatch.send(new GetMetricWidgetImageCommand({ MetricWidget }));
  return PNG.sync.read(Buffer.from(MetricWidgetImage ?? []));
}

/** How many dots have this colour. */
function dots({ data }: PNG, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count += 1;
  return count;
}

test('a widget is drawn as a picture with the line, the threshold and the marks that are asked for', async () => {
  const { arn } = aws.alarms.put({ name: 'latency', namespace: 'App', dimensions: { Host: 'a' }, threshold: 2 });
  now += 30 * minute;
  aws.alarms.setState(arn, 'ALARM');
  now += 20 * minute;
  const widget = {
    width: 900,
    height: 300,
    title: 'p99 latency',
    region: 'eu-west-1',
    timezone: '+0000',
    start: '-PT1H',
    metrics: [['App', 'latency', 'Host', 'a', { stat: 'p99', period: 60 }]],
  };
  const bare = await draw(widget);
  expect([bare.width, bare.height]).toEqual([900, 300]);
  const line = [31, 119, 180] as const;
  expect(dots(bare, line)).toBeGreaterThan(500);
  expect(dots(await draw({ ...widget, metrics: [['App', 'unknown']] }), line)).toBe(0);
  const vertical = [{ label: 'declared', value: '2026-11-20T12:32:00Z' }];
  const marked = await draw({ ...widget, annotations: { horizontal: [{ label: 'threshold', value: 2 }], vertical } });
  expect([dots(bare, [214, 39, 40]), dots(bare, [90, 90, 90])]).toEqual([0, 0]);
  expect(dots(marked, [214, 39, 40])).toBeGreaterThan(500);
  expect(dots(marked, [90, 90, 90])).toBeGreaterThan(200);
  const dark = await draw({
    ...widget,
    theme: 'dark',
    metrics: [
      ['App', 'latency', 'Host', 'b'],
      ['...', 'a'],
    ],
  });
  expect(dots(dark, [255, 127, 14])).toBeGreaterThan(100);
  const byAlarm = await draw({ metrics: [], annotations: { alarms: [arn] } });
  expect([byAlarm.width, dots(byAlarm, [214, 39, 40]) > 100]).toEqual([600, true]);
});

test('a widget that is wrong, too large or of another region is refused by name', async () => {
  const metrics = [['App', 'latency']];
  for (const wrong of [
    'not json',
    {},
    { metrics, width: 2001 },
    { metrics, height: 0 },
    { metrics, region: 'us-east-1' },
    { metrics: [['App']] },
    { metrics, start: 'yesterday' },
    { metrics, annotations: { vertical: [{ value: '-PT1H' }] } },
    { metrics: Array.from({ length: 101 }, () => ['App', 'latency']) },
    { metrics, title: 'x'.repeat(100_001) },
  ])
    await expect(draw(wrong), JSON.stringify(wrong).slice(0, 80)).rejects.toMatchObject({
      name: expect.stringMatching(/^Validation(Error|Exception)$/),
    });
});

test('metrics and mute rules are still there after a restart, also when many changes came at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  const stateFile = join(folder, 'aws.json');
  const first = await startAws({ stateFile });
  first.metrics.put({ namespace: 'App', metric: 'Requests' });
  first.muteRules.put({ name: 'kept', alarms: ['a'], forMinutes: 5 });
  for (let index = 0; index < 200; index += 1) first.alarms.put({ name: `alarm-${index}` });
  await first.close();
  const second = await startAws({ stateFile });
  expect(second.muteRules.list()).toMatchObject([{ name: 'kept', alarmNames: ['a'] }]);
  expect(second.alarms.list()).toHaveLength(200);
  second.metrics.stopData(second.metrics.put({ namespace: 'App', metric: 'Requests' }));
  await second.close();
  await rm(folder, { recursive: true });
});
