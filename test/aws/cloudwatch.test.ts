import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CloudWatchDoor, openCloudWatch } from '../../src/aws/cloudwatch.ts';
import type { Account } from '../../src/catalog.ts';
import { createLog } from '../../src/log.ts';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';

const minute = 60_000;
const production: Account = { id: '123456789012', name: 'production', roleArn: null, externalId: null };
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

test('250 alarms of one place are three calls, and those of another region a fourth', async () => {
  const here = Array.from({ length: 250 }, (_, index) => aws.alarms.put({ name: `many-${index}` }).arn);
  const there = aws.alarms.put({ name: 'elsewhere', region: 'us-east-1', state: 'ALARM' }).arn;
  const asked = { alarms: [...here, ...here, there], prove: new Set<string>(), now: now() };
  const { readings, missed, reached } = await door.readAlarms(asked);
  expect(operations()).toEqual(['DescribeAlarms', 'DescribeAlarms', 'DescribeAlarms', 'DescribeAlarms']);
  expect(aws.calls.map(({ input }) => (input as { AlarmTypes: string[] }).AlarmTypes)).toEqual(
    Array.from({ length: 4 }, () => ['MetricAlarm', 'CompositeAlarm', 'LogAlarm']),
  );
  expect(readings).toHaveLength(251);
  expect(missed).toEqual([]);
  expect(reached.toSorted()).toEqual(['123456789012:eu-west-1', '123456789012:us-east-1']);
  expect(readings.find(({ alarm }) => alarm === there)?.verdict).toBe('alarm');
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
  const prove = new Set(alarms);
  const before = await door.readAlarms({ alarms, prove, now: now() });
  expect(before.readings.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  expect(before.readings[0]?.because).toMatch(/^newest data from \d\d:\d\d UTC$/);
  expect(operations()).toEqual(['DescribeAlarms', 'GetMetricData']);

  aws.metrics.stopData(dying);
  ahead += 6 * minute;
  const after = await door.readAlarms({ alarms, prove, now: now() });
  expect(after.readings.map(({ verdict }) => verdict)).toEqual(['ok', 'unknown', 'ok']);
  expect(after.readings[1]?.because).toMatch(/^OK, but no data since \d\d:\d\d UTC$/);

  aws.metrics.resumeData(dying);
  ahead += 2 * minute;
  const again = await door.readAlarms({ alarms, prove, now: now() });
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
  const { readings } = await door.readAlarms({ alarms, prove: new Set(alarms), now: now() });
  expect(readings).toEqual([
    { alarm: red.arn, verdict: 'alarm', because: 'Still too many errors', since: turned },
    expect.objectContaining({ verdict: 'unknown', because: 'CloudWatch has too little data to tell' }),
    expect.objectContaining({ verdict: 'ok', because: 'OK by its rule' }),
    {
      alarm: gone,
      verdict: 'unknown',
      because: 'CloudWatch has no such alarm: it was deleted or renamed, or is in another account or region',
      since: null,
    },
  ]);
});

test('a role is assumed where the account has one, and an account that nobody listed is unknown', async () => {
  const other = {
    id: '210987654321',
    name: 'staging',
    roleArn: 'arn:aws:iam::210987654321:role/read',
    externalId: 'both',
  };
  const there = aws.alarms.put({ name: 'there', account: other.id }).arn;
  const nowhere = 'arn:aws:cloudwatch:eu-west-1:999999999999:alarm:x';
  const asked = { alarms: [there, nowhere], prove: new Set<string>(), now: now() };
  const { readings } = await open(production, other).readAlarms(asked);
  expect(operations()).toEqual(['AssumeRole', 'DescribeAlarms']);
  expect(readings.find(({ alarm }) => alarm === there)?.verdict).toBe('ok');
  expect(readings.find(({ alarm }) => alarm === nowhere)?.because).toBe('its account is not in the catalog');
});

test('credentials of the wrong account do not take its alarm of the same name for ours', async () => {
  aws.alarms.put({ name: 'twin' });
  const ours = 'arn:aws:cloudwatch:eu-west-1:210987654321:alarm:twin';
  const account: Account = { id: '210987654321', name: 'staging', roleArn: null, externalId: null };
  const { readings } = await open(account).readAlarms({ alarms: [ours], prove: new Set(), now: now() });
  expect(readings[0]?.because).toMatch(/no such alarm/);
});

test('a hiccup is tried again by the SDK and leaves no trace', async () => {
  const { arn } = aws.alarms.put({ name: 'hiccup' });
  aws.inject({ kind: 'throttle', times: 1 });
  aws.inject({ kind: 'lost-reply', operation: 'GetMetricData', times: 1 });
  const { readings, missed } = await door.readAlarms({ alarms: [arn], prove: new Set([arn]), now: now() });
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
  const read = await door.readAlarms({ alarms: [arn], prove: new Set([arn]), now: now() });
  expect(read).toEqual({
    readings: [],
    missed: [
      {
        place: '123456789012:eu-west-1',
        alarms: [arn],
        because: `CloudWatch in eu-west-1 (production) can't be read: ${because}`,
      },
    ],
    reached: [],
  });
});

test('when only the data can not be read, green is missed and red is still told', async () => {
  const green = aws.alarms.put({ name: 'green' }).arn;
  const red = aws.alarms.put({ name: 'crimson', state: 'ALARM' }).arn;
  aws.inject({ kind: 'status', status: 403, code: 'AccessDeniedException', operation: 'GetMetricData' });
  const { readings, missed } = await door.readAlarms({
    alarms: [green, red],
    prove: new Set([green, red]),
    now: now(),
  });
  expect(readings.map(({ alarm }) => alarm)).toEqual([red]);
  expect(missed.map(({ alarms }) => alarms)).toEqual([[green]]);
});

test('after three dead calls in a row a place is left in peace, and another one is not', async () => {
  const alarms = Array.from({ length: 450 }, (_, index) => aws.alarms.put({ name: `dead-${index}` }).arn);
  const elsewhere = aws.alarms.put({ name: 'alive', region: 'us-east-1' }).arn;
  const off = aws.inject({ kind: 'status', status: 500, operation: 'DescribeAlarms', times: 9 });
  await door.readAlarms({ alarms, prove: new Set(), now: now() });
  expect(aws.calls).toHaveLength(9);
  off();
  aws.clearCalls();
  const { readings, missed } = await door.readAlarms({ alarms: [...alarms, elsewhere], prove: new Set(), now: now() });
  expect(aws.calls.map(({ region }) => region)).toEqual(['us-east-1']);
  expect(readings.map(({ alarm }) => alarm)).toEqual([elsewhere]);
  expect(missed[0]?.because).toMatch(/AWS does not answer$/);
});

test('a call that is never answered ends', { timeout: 40_000 }, async () => {
  const { arn } = aws.alarms.put({ name: 'silent' });
  aws.inject({ kind: 'never', times: 3 });
  const started = Date.now();
  const { missed } = await door.readAlarms({ alarms: [arn], prove: new Set(), now: now() });
  expect(missed[0]?.because).toMatch(/AWS does not answer$/);
  expect(Date.now() - started).toBeLessThan(15_000);
});
