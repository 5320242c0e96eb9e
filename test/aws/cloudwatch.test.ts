import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlarmAsked, type AlarmsRead, type CloudWatchDoor, openCloudWatch } from '../../src/aws/cloudwatch.ts';
import type { Account } from '../../src/catalog.ts';
import type { Metric } from '../../src/incident/policy.ts';
import { createLog } from '../../src/log.ts';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';

const minute = 60_000;
const production: Account = { id: '123456789012', name: 'production', roleArn: null, externalId: null };
const other: Account = {
  id: '210987654321',
  name: 'staging',
  roleArn: 'arn:aws:iam::210987654321:role/read',
  externalId: 'both',
};
const log = createLog('silent');

let ahead = 0;
const now = (): number => Date.now() + ahead;
let aws: SandboxAws;
let door: CloudWatchDoor;

function open(...accounts: readonly Account[]): CloudWatchDoor {
  return openCloudWatch({ accounts, log });
}

beforeAll(async () => {
  aws = await startAws({ now });
  process.env['AWS_ENDPOINT_URL_CLOUDWATCH'] = aws.url;
  process.env['AWS_ENDPOINT_URL_STS'] = aws.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIASANDBOX';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'sandbox';
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.clearFaults();
  aws.clearCalls();
  door = open(production);
});

function operations(): readonly string[] {
  return aws.calls.map(({ operation }) => operation);
}

/** Reads alarms that nobody waits for. */
function look(alarms: readonly string[], from: CloudWatchDoor = door): Promise<AlarmsRead> {
  return from.readAlarms({ alarms: alarms.map((alarm) => ({ alarm, watched: null })), now: now() });
}

/** Reads alarms that an incident of checkout waits for. */
function prove(
  alarms: readonly string[],
  traffic: Metric | null = null,
  from: CloudWatchDoor = door,
): Promise<AlarmsRead> {
  const watched: AlarmAsked['watched'] = { service: 'checkout', traffic };
  return from.readAlarms({ alarms: alarms.map((alarm) => ({ alarm, watched })), now: now() });
}

const requests: Metric = {
  account: production.id,
  region: 'eu-west-1',
  namespace: 'AWS/ApplicationELB',
  metric: 'RequestCount',
  dimensions: { LoadBalancer: 'app/x/1' },
  statistic: 'Sum',
  periodSeconds: 60,
};

test('250 alarms of one place are three calls, and those of another region a fourth', async () => {
  const here = Array.from({ length: 250 }, (_, index) => aws.alarms.put({ name: `many-${index}` }).arn);
  const there = aws.alarms.put({ name: 'elsewhere', region: 'us-east-1' }).arn;
  const { readings, missed, reached } = await look([...here, ...here, there]);
  expect(operations()).toEqual(['DescribeAlarms', 'DescribeAlarms', 'DescribeAlarms', 'DescribeAlarms']);
  expect(aws.calls.map(({ input }) => (input as { AlarmTypes: string[] }).AlarmTypes)).toEqual(
    Array.from({ length: 4 }, () => ['MetricAlarm', 'CompositeAlarm', 'LogAlarm']),
  );
  expect(readings).toHaveLength(251);
  expect(missed).toEqual([]);
  expect(reached.toSorted()).toEqual(['123456789012:eu-west-1', '123456789012:us-east-1']);
  expect(readings.find(({ alarm }) => alarm === there)?.verdict).toBe('ok');
});

test('green is proved with one question about all data, and is unknown once the data has stopped', async () => {
  const alarms = ['steady', 'dying', 'formula'].map(
    (name) =>
      aws.alarms.put({
        name,
        treatMissingData: 'notBreaching',
        ...(name === 'formula' ? { expression: 'm1 * 2' } : {}),
      }).arn,
  );
  const [, dying = ''] = alarms;
  const before = await prove(alarms);
  expect(before.readings.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  expect(before.readings[0]?.because).toMatch(/^newest data from \d\d:\d\d UTC$/);
  expect(operations()).toEqual(['DescribeAlarms', 'ListAlarmMuteRules', 'GetMetricData']);

  aws.metrics.stopData(dying);
  ahead += 6 * minute;
  const after = await prove(alarms);
  expect(after.readings.map(({ verdict }) => verdict)).toEqual(['ok', 'unknown', 'ok']);
  expect(after.readings[1]?.because).toMatch(
    /^OK, but no data since \d\d:\d\d UTC, and no traffic metric of checkout is named in the catalog$/,
  );

  aws.metrics.resumeData(dying);
  ahead += 2 * minute;
  const again = await prove(alarms);
  expect(again.readings.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
});

test('red, undecided, composite and deleted alarms are told apart', async () => {
  const red = aws.alarms.put({ name: 'red' });
  const turned = now() - 3 * minute;
  aws.alarms.setState(red.arn, 'ALARM', { reason: 'Too many errors', at: turned });
  aws.alarms.setState(red.arn, 'ALARM', { reason: 'Still too many errors' });
  const undecided = aws.alarms.put({ name: 'undecided', state: 'INSUFFICIENT_DATA' }).arn;
  const composite = aws.alarms.put({ name: 'composite', compositeRule: 'ALARM(red)' }).arn;
  const gone = aws.alarms.put({ name: 'gone' }).arn;
  aws.alarms.remove(gone);
  const alarms = [red.arn, undecided, composite, gone];
  const { readings } = await prove(alarms);
  expect(readings).toEqual([
    expect.objectContaining({
      alarm: red.arn,
      verdict: 'alarm',
      doubt: null,
      because: 'Still too many errors',
      since: turned,
      timing: expect.objectContaining({ periodMillis: 60_000, periods: 1, breaching: 1 }),
    }),
    expect.objectContaining({ doubt: 'no data', because: 'CloudWatch has too little data to tell' }),
    expect.objectContaining({ verdict: 'ok', because: 'OK by its rule' }),
    {
      alarm: gone,
      verdict: 'unknown',
      doubt: 'gone',
      timing: null,
      because: 'CloudWatch has no such alarm: it was deleted or renamed, or is in another account or region',
      since: null,
    },
  ]);
});

test('a role is assumed where the account has one, and an account that nobody listed is unknown', async () => {
  const there = aws.alarms.put({ name: 'there', account: other.id }).arn;
  const nowhere = 'arn:aws:cloudwatch:eu-west-1:999999999999:alarm:x';
  const { readings } = await look([there, nowhere], open(production, other));
  expect(operations()).toEqual(['AssumeRole', 'DescribeAlarms']);
  expect(readings.find(({ alarm }) => alarm === there)?.verdict).toBe('ok');
  expect(readings.find(({ alarm }) => alarm === nowhere)).toMatchObject({
    doubt: 'unread',
    because: 'its account is not in the catalog',
  });
});

test('credentials of the wrong account do not take its alarm of the same name for ours', async () => {
  aws.alarms.put({ name: 'twin' });
  const ours = 'arn:aws:cloudwatch:eu-west-1:210987654321:alarm:twin';
  const account: Account = { id: '210987654321', name: 'staging', roleArn: null, externalId: null };
  const { readings } = await look([ours], open(account));
  expect(readings[0]?.because).toMatch(/no such alarm/);
});

test('a hiccup is tried again by the SDK and leaves no trace', async () => {
  const { arn } = aws.alarms.put({ name: 'hiccup' });
  aws.inject({ kind: 'throttle', times: 1 });
  aws.inject({ kind: 'lost-reply', operation: 'GetMetricData', times: 1 });
  const { readings, missed } = await prove([arn]);
  expect(missed).toEqual([]);
  expect(readings.map(({ verdict }) => verdict)).toEqual(['ok']);
});

test.each([
  ['throttled', { kind: 'throttle', times: 3 }, 'too many calls are made in that account'],
  ['refused', { kind: 'status', status: 403, code: 'AccessDenied' }, "Muster's permissions there don't allow it"],
  ['failing', { kind: 'status', status: 503, code: '<!channel>', times: 3 }, 'AWS answers with errors'],
] as const)('when CloudWatch is %s nothing is said of its alarms but why', async (_case, fault, because) => {
  const { arn } = aws.alarms.put({ name: 'steady' });
  aws.inject({ ...fault, operation: 'DescribeAlarms' });
  const read = await prove([arn]);
  expect(read).toEqual({
    readings: [],
    news: [],
    missed: [{ place: '123456789012:eu-west-1', words: 'eu-west-1 (production)', alarms: [arn], because }],
    reached: [],
  });
});

test('when only the data can not be read, green is missed and red is still told', async () => {
  const green = aws.alarms.put({ name: 'green' }).arn;
  const red = aws.alarms.put({ name: 'crimson', state: 'ALARM' }).arn;
  aws.inject({ kind: 'status', status: 403, code: 'AccessDeniedException', operation: 'GetMetricData' });
  const { readings, missed } = await prove([green, red]);
  expect(readings.map(({ alarm }) => alarm)).toEqual([red]);
  expect(missed.map(({ alarms }) => alarms)).toEqual([[green]]);
});

test('a place that does not answer is asked once a poll, after three times not at all, and others are read', async () => {
  const alarms = Array.from({ length: 450 }, (_, index) => aws.alarms.put({ name: `dead-${index}` }).arn);
  const elsewhere = aws.alarms.put({ name: 'alive', region: 'us-east-1' }).arn;
  const off = aws.inject({ kind: 'status', status: 500, operation: 'DescribeAlarms', times: 9 });
  const { missed } = await look(alarms);
  // The SDK has tried three times.
  expect(aws.calls).toHaveLength(3);
  expect(missed.map((each) => each.alarms.length)).toEqual([450]);
  await look(alarms);
  await look(alarms);
  off();
  aws.clearCalls();
  const after = await look([...alarms, elsewhere]);
  expect(aws.calls.map(({ region }) => region)).toEqual(['us-east-1']);
  expect(after.readings.map(({ alarm }) => alarm)).toEqual([elsewhere]);
  expect(after.missed[0]?.because).toMatch(/^AWS does not answer$/);
});

test('a call that is never answered ends', { timeout: 40_000 }, async () => {
  const { arn } = aws.alarms.put({ name: 'silent' });
  aws.inject({ kind: 'never', times: 3 });
  const started = Date.now();
  const { missed } = await look([arn]);
  expect(missed[0]?.because).toMatch(/^AWS does not answer$/);
  expect(Date.now() - started).toBeLessThan(15_000);
});

describe('an error count that has fallen silent', () => {
  test('is green while the service has traffic, asked for in the same call and once for all its alarms', async () => {
    const errors = ['elb-5xx', 'target-5xx'].map(
      (name) => aws.alarms.put({ name, namespace: 'Silent', treatMissingData: 'notBreaching' }).arn,
    );
    for (const arn of errors) aws.metrics.setDatapoints(arn, []);
    const { account, region, namespace, metric, dimensions } = requests;
    const traffic = aws.metrics.put({ account, region, namespace, metric, dimensions });
    const alive = await prove(errors, requests);
    expect(operations().filter((name) => name === 'GetMetricData')).toHaveLength(1);
    const asked = aws.calls.at(-1)?.input as { MetricDataQueries: object[] };
    expect(asked.MetricDataQueries).toHaveLength(3);
    expect(alive.readings.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(alive.readings[0]?.because).toMatch(
      /^OK; nothing was counted, and the traffic metric of checkout has data from \d\d:\d\d UTC$/,
    );

    aws.metrics.stopData(traffic);
    ahead += 8 * minute;
    const gone = await prove(errors, requests);
    expect(gone.readings.map(({ verdict, doubt }) => [verdict, doubt])).toEqual([
      ['unknown', 'no data'],
      ['unknown', 'no data'],
    ]);
    expect(gone.readings[0]?.because).toMatch(
      /, and the traffic metric of checkout is silent too since \d\d:\d\d UTC$/,
    );
  });

  test('is missed when the place of the traffic can not be read, and only where it is needed', async () => {
    const silent = aws.alarms.put({ name: 'quiet', namespace: 'Silent', treatMissingData: 'notBreaching' }).arn;
    aws.metrics.setDatapoints(silent, []);
    const steady = aws.alarms.put({ name: 'steady', treatMissingData: 'notBreaching' }).arn;
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', operation: 'AssumeRole' });
    const { readings, missed, reached } = await prove(
      [silent, steady],
      { ...requests, account: other.id },
      open(production, other),
    );
    expect(readings.map(({ alarm, verdict }) => [alarm, verdict])).toEqual([[steady, 'ok']]);
    expect(missed.map(({ place, alarms }) => [place, alarms])).toEqual([['210987654321:eu-west-1', [silent]]]);
    expect(reached).toEqual(['123456789012:eu-west-1']);
  });
});

describe('mute rules', () => {
  test('make the OK of an alarm doubtful, are read every five minutes, and end on time', async () => {
    const muted = aws.alarms.put({ name: 'muted' }).arn;
    const red = aws.alarms.put({ name: 'muted-red', state: 'ALARM' }).arn;
    const rule = aws.muteRules.put({ name: 'nightly', alarms: ['muted', 'muted-red'], forMinutes: 7 });
    const { readings, news } = await prove([muted, red]);
    expect(readings.map(({ verdict, doubt }) => [verdict, doubt])).toEqual([
      ['unknown', 'muted'],
      ['alarm', null],
    ]);
    expect(readings[0]?.because).toBe('muted by the rule nightly; CloudWatch says OK');
    const until = Math.floor(now() / minute) * minute + 7 * minute;
    expect(news.find(({ alarm }) => alarm === red)?.mutedUntil).toBe(until);

    ahead += 4 * minute;
    aws.clearCalls();
    expect((await prove([muted])).readings[0]?.doubt).toBe('muted');
    expect(operations()).not.toContain('ListAlarmMuteRules');
    ahead += 2 * minute;
    expect((await prove([muted])).readings[0]?.doubt).toBe('muted');
    expect(operations().filter((name) => name === 'ListAlarmMuteRules')).toHaveLength(1);
    ahead = until - Date.now() + 1_000;
    expect((await prove([muted])).readings[0]?.verdict).toBe('ok');
    aws.muteRules.remove(rule.arn);
  });

  test('that may not be read are not known, and nothing else suffers', async () => {
    const { arn } = aws.alarms.put({ name: 'steady' });
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', operation: 'ListAlarmMuteRules' });
    const { readings, missed } = await prove([arn]);
    expect(missed).toEqual([]);
    expect(readings.map(({ verdict }) => verdict)).toEqual(['ok']);
  });

  test('are not asked for while nobody waits and nothing is red', async () => {
    const { arn } = aws.alarms.put({ name: 'steady' });
    await look([arn]);
    expect(operations()).toEqual(['DescribeAlarms']);
  });
});

test('a red alarm on many series names those that are red, asked for once', async () => {
  const { arn } = aws.alarms.put({ name: 'slow-queries', kind: 'log' });
  for (const host of ['web-1', 'web-2']) aws.alarms.setContributor(arn, { host }, 'ALARM');
  const { readings } = await prove([arn]);
  expect(readings[0]?.because).toMatch(/ \(in alarm: host=web-1; host=web-2\)$/);
  await prove([arn]);
  expect(operations().filter((name) => name === 'DescribeAlarmContributors')).toHaveLength(1);
});

describe('red alarms that nobody listed', () => {
  const there = { account: production.id, region: 'eu-west-1' };

  test('are found by prefix, by tag and by action, with their tags, their time and their first breach', async () => {
    aws.alarms.put({ name: 'payments-5xx', tags: { service: 'payments' }, state: 'ALARM' });
    aws.alarms.put({ name: 'payments-latency' });
    aws.alarms.put({ name: 'tagged', tags: { team: 'web' }, state: 'ALARM' });
    aws.alarms.put({ name: 'other-team', tags: { team: 'data' }, state: 'ALARM' });
    const topic = 'arn:aws:sns:eu-west-1:123456789012:muster';
    aws.alarms.put({ name: 'wired', actions: [topic], state: 'ALARM' });
    const selections = [
      { ...there, by: { type: 'prefix', prefix: 'payments-' } as const },
      { ...there, by: { type: 'tag', key: 'team', value: 'web' } as const },
      { ...there, by: { type: 'action', action: topic } as const },
    ];
    const found = await door.findRedAlarms({ selections, now: now() });
    expect(found.map(({ name }) => name).toSorted()).toEqual(['payments-5xx', 'tagged', 'wired']);
    expect(found.find(({ name }) => name === 'payments-5xx')).toMatchObject({
      state: 'ALARM',
      tags: { service: 'payments' },
      contributor: null,
      mutedUntil: null,
    });
    aws.clearCalls();
    await door.findRedAlarms({ selections, now: now() });
    expect(operations()).toEqual(['DescribeAlarms', 'DescribeAlarms', 'DescribeAlarms']);
  });

  test('are found elsewhere when one place can not be searched', async () => {
    aws.alarms.put({ name: 'far-5xx', state: 'ALARM' });
    const selections = [other.id, production.id].map((account) => {
      return { ...there, account, by: { type: 'prefix', prefix: 'far-' } as const };
    });
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', operation: 'AssumeRole' });
    const found = await open(other, production).findRedAlarms({ selections, now: now() });
    expect(found.map(({ name }) => name)).toEqual(['far-5xx']);
  });
});

describe('the history of alarms', () => {
  test('has every change of state and configuration from a time on, also of an alarm that is gone', async () => {
    const from = now() - minute;
    const { arn } = aws.alarms.put({ name: 'with-a-past' });
    aws.alarms.setState(arn, 'ALARM', { reason: 'Too many', at: now() + 1_000 });
    aws.alarms.setState(arn, 'OK', { at: now() + 2_000 });
    aws.alarms.remove(arn);
    const history = await door.readHistory({ alarms: [arn], from, to: now() + minute });
    expect(history.incomplete).toBe(false);
    expect(history.changes.map(({ state, because }) => [state, because]).toSorted()[0]).toEqual(['ALARM', 'Too many']);
    expect(history.changes).toHaveLength(2);
    expect(history.reconfigured.map(({ change }) => change).toSorted()).toEqual(['created', 'deleted']);
    const later = await door.readHistory({ alarms: [arn], from: now() + 10_000, to: now() + minute });
    expect(later.changes).toEqual([]);
  });

  test('is incomplete when a place does not answer, and not when it may not be read', async () => {
    const { arn } = aws.alarms.put({ name: 'steady' });
    const ask = { alarms: [arn], from: now() - minute, to: now() + minute };
    aws.inject({ kind: 'throttle', operation: 'DescribeAlarmHistory', times: 3 });
    expect(await door.readHistory(ask)).toMatchObject({ changes: [], incomplete: true });
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', operation: 'DescribeAlarmHistory' });
    expect(await door.readHistory(ask)).toMatchObject({ changes: [], incomplete: false });
  });
});
