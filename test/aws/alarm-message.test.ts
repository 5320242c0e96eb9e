import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translatePublished, translateQueued, type Translated } from '../../src/aws/alarm-message.ts';
import type { AlarmNews } from '../../src/incident/alarm.ts';

const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:api-5xx';
const at = Date.parse('2026-11-20T13:42:04.919Z');
const now = at + 1_000;
const minute = 60_000;
const day = 24 * 60 * minute;
const reason =
  'Threshold Crossed: 2 out of the last 3 datapoints [14.0 (20/11/26 13:41:00), 11.0 (20/11/26 13:39:00)] were greater ' +
  'than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition).';

type Fields = Record<string, unknown>;

const notification = (fields: Fields = {}): Fields => ({
  AlarmName: 'api-5xx',
  AlarmDescription: 'The API answers with errors',
  AWSAccountId: '123456789012',
  AlarmConfigurationUpdatedTimestamp: '2026-11-01T09:00:00.000+0000',
  NewStateValue: 'ALARM',
  NewStateReason: reason,
  StateChangeTime: '2026-11-20T13:42:04.919+0000',
  Region: 'US East (N. Virginia)',
  AlarmArn: arn,
  OldStateValue: 'OK',
  OKActions: [],
  AlarmActions: ['arn:aws:sns:us-east-1:123456789012:alarms'],
  Trigger: { MetricName: 'HTTPCode_Target_5XX_Count', Namespace: 'AWS/ApplicationELB', Statistic: 'SUM', Unit: null },
  ...fields,
});

const enveloped = (message: string): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'a0b1',
    TopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
    Subject: 'ALARM: "api-5xx" in US East (N. Virginia)',
    Message: message,
    Timestamp: '2026-11-20T13:42:05.000Z',
    SignatureVersion: '1',
    Signature: 'bm9uZQ==',
  });

const reasonData = {
  version: '1.0',
  queryDate: '2026-11-20T13:42:04.900+0000',
  startDate: '2026-11-20T13:39:00.000+0000',
  statistic: 'Sum',
  period: 60,
  recentDatapoints: [11, 2, 14],
  threshold: 10,
  evaluatedDatapoints: [
    { timestamp: '2026-11-20T13:41:00.000+0000', sampleCount: 5, value: 14 },
    { timestamp: '2026-11-20T13:40:00.000+0000', sampleCount: 5, value: 2 },
    { timestamp: '2026-11-20T13:39:00.000+0000', sampleCount: 5, value: 11 },
    { timestamp: '2026-11-20T13:38:00.000+0000', sampleCount: 5, value: 10 },
  ],
};

const state = {
  value: 'ALARM',
  reason,
  reasonData: JSON.stringify(reasonData),
  timestamp: '2026-11-20T13:42:04.919+0000',
};

const event = (detail: Fields = {}, fields: Fields = {}): Fields => ({
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-11-20T13:42:04Z',
  region: 'us-east-1',
  resources: [arn],
  detail: {
    alarmName: 'api-5xx',
    state,
    previousState: { value: 'OK', timestamp: '2026-11-20T09:00:00.000+0000' },
    configuration: { description: 'The API answers with errors', metrics: [] },
    ...detail,
  },
  ...fields,
});

const queued = (document: unknown): Translated => translateQueued(JSON.stringify(document), now);

function newsIn(translated: Translated): AlarmNews {
  if (translated.type !== 'news') throw new Error(`not news: ${JSON.stringify(translated)}`);
  return translated.news;
}

const news: AlarmNews = {
  alarm: arn,
  name: 'api-5xx',
  contributor: null,
  state: 'ALARM',
  at,
  because: reason,
  description: 'The API answers with errors',
  tags: {},
  mutedUntil: null,
  firstBreachAt: Date.parse('2026-11-20T13:39:00Z'),
};

describe('an alarm says the same', () => {
  test.each([
    ['in the envelope of SNS, as a queue gets it', enveloped(JSON.stringify(notification()))],
    ['as it is, with raw delivery', JSON.stringify(notification())],
    ['as an event of EventBridge', JSON.stringify(event())],
    ['as an event of EventBridge that went through a topic', enveloped(JSON.stringify(event()))],
  ])('%s', (_case, body) => {
    expect(translateQueued(body, now)).toEqual({ type: 'news', news });
  });

  test('as a topic delivers it over HTTPS', () => {
    expect(translatePublished(JSON.stringify(notification()), now)).toEqual({ type: 'news', news });
  });
});

describe('news', () => {
  test('comes from alarms on expressions, composite alarms and alarms on PromQL, which give no reason', () => {
    const math = notification({ Trigger: { Metrics: [{ Id: 'e1', Expression: 'm1/m2' }], Period: 60 } });
    expect(newsIn(queued(math))).toEqual(news);
    const { Trigger: _trigger, NewStateReason: _reason, ...bare } = notification();
    const composite = { ...bare, AlarmRule: 'ALARM(a) OR ALARM(b)', TriggeringChildren: [{ Arn: arn }] };
    expect(newsIn(queued(composite))).toMatchObject({ state: 'ALARM', because: '', firstBreachAt: null });
    expect(newsIn(queued({ ...bare, NewStateReason: null, AlarmDescription: null }))).toMatchObject({
      because: '',
      description: '',
    });
    const { reason: _words, reasonData: _data, ...silent } = state;
    expect(newsIn(queued(event({ state: silent, configuration: {} })))).toMatchObject({ because: '', description: '' });
  });

  test('comes from log alarms, with the tags and the results of the query', () => {
    const log = notification({
      LogGroups: ['/api'],
      QueryString: 'filter level = "error"',
      NewStateReason: 'Threshold Crossed: 1 out of the last 2 query results was greater than the threshold (100.0)',
      NewStateReasonData: {
        version: '1.0',
        threshold: 100,
        results: [
          { queryResultId: 'b', status: 'COMPLETE', timestamp: '2026-11-20T13:40:00.000+0000', value: 142 },
          { queryResultId: 'a', status: 'COMPLETE', timestamp: '2026-11-20T13:35:00.000+0000', value: 9 },
        ],
      },
      AlarmTags: [
        { Key: 'service', Value: 'checkout' },
        { Key: 'severity', Value: 'SEV2' },
      ],
      AlarmTagsStatus: 'SUCCESS',
    });
    expect(newsIn(queued(log))).toMatchObject({
      tags: { service: 'checkout', severity: 'SEV2' },
      firstBreachAt: Date.parse('2026-11-20T13:40:00Z'),
    });
  });

  test('names the one series it is about, on both roads', () => {
    const contributor = { id: '6d442278dba546f6', words: 'host=web-1, zone=a' };
    const attributes = { host: 'web-1', zone: 'a' };
    const told = notification({ AlarmContributorId: contributor.id, AlarmContributorAttributes: attributes });
    expect(newsIn(queued(told)).contributor).toEqual(contributor);
    const seen = event(
      { alarmContributor: { id: contributor.id, attributes } },
      { 'detail-type': 'CloudWatch Alarm Contributor State Change' },
    );
    expect(newsIn(queued(seen)).contributor).toEqual(contributor);
    expect(newsIn(queued(notification({ AlarmContributorId: 'x' }))).contributor).toEqual({ id: 'x', words: '' });
  });

  test('has the tags of an event, which are an object there', () => {
    const tags = { service: 'checkout', 'odd key': 'odd\nvalue', number: 5, ['__proto__']: 'x' };
    const { tags: read } = newsIn(
      queued(event({ alarmTags: JSON.parse(JSON.stringify(tags)), alarmTagsStatus: 'SUCCESS' })),
    );
    expect(read).toEqual({ service: 'checkout', 'odd key': 'odd value' });
    expect(
      newsIn(
        translateQueued(
          JSON.stringify(event({ alarmTags: {} })).replace('"alarmTags":{}', '"alarmTags":{"__proto__":"x"}'),
          now,
        ),
      ).tags,
    ).toEqual({});
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`key-${index}`, 'v'.repeat(2_000)]));
    const bounded = Object.values(newsIn(queued(event({ alarmTags: many }))).tags);
    expect(bounded).toHaveLength(50);
    expect(bounded[0]).toHaveLength(256);
  });

  test('keeps names with colons, slashes and letters of every kind, and the region of the ARN', () => {
    const odd = 'arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:team:a/b – ошибки 🔥';
    const read = newsIn(
      queued(notification({ AlarmArn: odd, AlarmName: 'team:a/b – ошибки 🔥', Region: 'Elsewhere' })),
    );
    expect(read).toMatchObject({ alarm: odd, name: 'team:a/b – ошибки 🔥' });
  });

  test('is on one line, bounded, and without what can not be seen', () => {
    const read = newsIn(
      queued(
        notification({
          AlarmDescription: `\u202e<!channel>\u0000\nrun\u200bbook ${'long '.repeat(5_000)}`,
          NewStateReason: 'r'.repeat(100_000),
          AlarmContributorId: 'a',
          AlarmContributorAttributes: { host: `a\n${'h'.repeat(5_000)}`, port: 80 },
        }),
      ),
    );
    expect(read.description).toMatch(/^<!channel> runbook long .*…$/);
    expect(read.description.length).toBeLessThanOrEqual(1_024);
    expect(read.because).toHaveLength(1_023);
    expect(read.contributor?.words).toMatch(/^host=a h+…$/);
    expect(read.contributor?.words).toHaveLength(200);
  });
});

describe('the first breach', () => {
  const breach = (data: unknown, because = reason): number | null =>
    newsIn(queued(event({ state: { ...state, reason: because, reasonData: data } }))).firstBreachAt;
  const time = (clock: string): number => Date.parse(`2026-11-20T${clock}Z`);
  const lessThan = 'Threshold Crossed: 1 datapoint was less than or equal to the threshold (2.0).';

  test.each<[string, unknown, string, number | null]>([
    ['the oldest evaluated point that breached, and none that only reached', reasonData, reason, time('13:39:00')],
    ['the same as JSON text', JSON.stringify(reasonData), reason, time('13:39:00')],
    [
      'a point that reached, where that counts',
      reasonData,
      reason.replace('greater than', 'greater than or equal to'),
      time('13:38:00'),
    ],
    ['a point that fell', { ...reasonData, threshold: 2 }, lessThan, time('13:40:00')],
    ['what the reason names, where data says nothing', undefined, reason, time('13:39:00')],
    [
      'a recent point, by its place',
      { ...reasonData, evaluatedDatapoints: undefined, threshold: 2 },
      lessThan,
      time('13:40:00'),
    ],
    [
      'the only recent point, crossing a band',
      { ...reasonData, threshold: undefined, evaluatedDatapoints: undefined, recentDatapoints: [0] },
      '',
      time('13:39:00'),
    ],
    ['nothing, when it is not said which of many', { ...reasonData, threshold: undefined }, '', null],
    [
      'nothing, when data was missing',
      { ...reasonData, evaluatedDatapoints: [{ timestamp: '2026-11-20T13:41:00.000+0000' }], recentDatapoints: [] },
      'no datapoints were received',
      null,
    ],
    ['nothing from a version that is not known', { ...reasonData, version: '2.0' }, '', null],
    ['nothing from text that is no JSON', '{', '', null],
    [
      'nothing of the future',
      {
        ...reasonData,
        evaluatedDatapoints: [{ timestamp: '2026-11-20T13:43:00.000+0000', value: 99 }],
        recentDatapoints: [],
      },
      lessThan.replace('less', 'greater'),
      null,
    ],
    ['nothing of another day', undefined, 'greater than the threshold [14.0 (18/11/26 13:41:00)]', null],
  ])('is %s', (_case, data, because, expected) => {
    expect(breach(data, because)).toBe(expected);
  });

  test('is not asked of an alarm that is well again', () => {
    expect(newsIn(queued(event({ state: { ...state, value: 'OK' } }))).firstBreachAt).toBeNull();
    expect(newsIn(queued(notification({ NewStateValue: 'INSUFFICIENT_DATA' }))).firstBreachAt).toBeNull();
  });
});

describe('a muted alarm', () => {
  const mutedUntil = (detail: Fields): number | null => newsIn(queued(event(detail))).mutedUntil;
  const suppressed = (by: string, configuration: Fields = {}): number | null =>
    mutedUntil({ state: { ...state, actionsSuppressedBy: by }, configuration });
  const rule = { mutedByArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:night' };

  test('is muted until its window ends, which is never more than 15 days away', () => {
    const muteDetail = { ...rule, muteWindowEnd: '2026-11-20T18:00:00.000+0000' };
    expect(mutedUntil({ muteDetail })).toBe(Date.parse('2026-11-20T18:00:00Z'));
    expect(mutedUntil({ muteDetail: { ...rule, muteWindowEnd: '2099-01-01T00:00:00.000+0000' } })).toBe(at + 15 * day);
    expect(mutedUntil({ muteDetail: rule })).toBe(at + day);
    expect(mutedUntil({ muteDetail: null })).toBeNull();
  });

  test('of a suppressor is muted for its wait or extension, else for a day', () => {
    const periods = { actionsSuppressorWaitPeriod: 120, actionsSuppressorExtensionPeriod: 180 };
    expect(suppressed('WaitPeriod', periods)).toBe(at + 2 * minute);
    expect(suppressed('ExtensionPeriod', periods)).toBe(at + 3 * minute);
    expect(suppressed('Alarm', periods)).toBe(at + day);
    expect(suppressed('WaitPeriod')).toBe(at + day);
    expect(suppressed('ExtensionPeriod', { actionsSuppressorExtensionPeriod: 'long' })).toBe(at + day);
    expect(suppressed('SomethingNew', periods)).toBe(at + day);
    expect(suppressed('', periods)).toBeNull();
  });

  test('that both hold back is muted until the later end', () => {
    const muteDetail = { ...rule, muteWindowEnd: '2026-11-20T18:00:00.000+0000' };
    const wait = { state: { ...state, actionsSuppressedBy: 'Alarm' }, muteDetail };
    expect(mutedUntil(wait)).toBe(at + day);
  });

  test('that is told of again when the hold ends counts from then, not from when it turned red', () => {
    const late = event({ state: { ...state, actionsSuppressedBy: 'Alarm' } }, { time: '2026-11-20T14:00:00Z' });
    const translated = translateQueued(JSON.stringify(late), now + 30 * minute);
    expect(newsIn(translated)).toMatchObject({ at, mutedUntil: Date.parse('2026-11-20T14:00:00Z') + day });
  });
});

describe('a changed configuration', () => {
  test.each([
    ['create', 'created'],
    ['update', 'changed'],
    ['delete', 'deleted'],
  ])('%s is told as %s', (operation, change) => {
    const fields = { 'detail-type': 'CloudWatch Alarm Configuration Change', region: 'us-east-*' };
    expect(queued(event({ operation, state: { value: 'INSUFFICIENT_DATA' } }, fields))).toEqual({
      type: 'reconfigured',
      change: { alarm: arn, name: 'api-5xx', change, at: Date.parse('2026-11-20T13:42:04Z') },
    });
  });

  test('of a kind that is not known is refused', () => {
    const fields = { 'detail-type': 'CloudWatch Alarm Configuration Change' };
    expect(queued(event({ operation: 'explode' }, fields))).toEqual({
      type: 'refused',
      because: 'detail.operation must be one of create, update, delete',
    });
  });
});

describe('what is not an alarm', () => {
  test.each<[string, string]>([
    [
      'a confirmation from SNS',
      JSON.stringify({ Type: 'SubscriptionConfirmation', TopicArn: 'a', Token: 'b', Message: 'c' }),
    ],
    ['a confirmation from SNS', JSON.stringify({ Type: 'UnsubscribeConfirmation', TopicArn: 'a', Token: 'b' })],
    ['a notice from SNS', 'You have chosen to subscribe to the topic arn:aws:sns:us-east-1:123456789012:alarms.'],
    ['a notice from SNS', enveloped('Successfully validated SNS topic for Amazon SES event publishing.')],
    ['words, not JSON', enveloped('hello, does this work?')],
    ['a test event of S3', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' })],
    ['a test event of S3', enveloped(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }))],
    ['events of another service', JSON.stringify({ Records: [{ eventSource: 'aws:s3' }] })],
    ['an event of Auto Scaling', enveloped(JSON.stringify({ Event: 'autoscaling:TEST_NOTIFICATION' }))],
    [
      'an event of another service',
      JSON.stringify(event({}, { source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification' })),
    ],
    ['an event of another service', JSON.stringify(event({}, { source: 'my.own.alarms' }))],
    ['another event of CloudWatch', JSON.stringify(event({}, { 'detail-type': 'CloudWatch Something New' }))],
  ])('is named: %s', (what, body) => {
    expect(translateQueued(body, now)).toEqual({ type: 'not an alarm', what });
  });
});

describe('a message is refused', () => {
  const contributorChange = { 'detail-type': 'CloudWatch Alarm Contributor State Change' };
  const without = (field: string): Fields =>
    Object.fromEntries(Object.entries(notification()).filter(([name]) => name !== field));

  test.each<[string, unknown, string]>([
    ['without an ARN', without('AlarmArn'), 'AlarmArn is missing'],
    ['without a name', without('AlarmName'), 'AlarmName is missing'],
    ['without a state', without('NewStateValue'), 'NewStateValue is missing'],
    ['without a time', without('StateChangeTime'), 'StateChangeTime is missing'],
    ['with a number for an ARN', notification({ AlarmArn: 5 }), "AlarmArn must be an alarm's ARN"],
    [
      'with an ARN of something else',
      notification({ AlarmArn: 'arn:aws:sns:us-east-1:123456789012:alarms' }),
      "AlarmArn must be an alarm's ARN",
    ],
    [
      'with an ARN that holds control characters',
      notification({ AlarmArn: `${arn}\u0000` }),
      "AlarmArn must be an alarm's ARN",
    ],
    ['with an ARN of two lines', notification({ AlarmArn: `${arn}\nx` }), "AlarmArn must be an alarm's ARN"],
    ['with an ARN of half a letter', notification({ AlarmArn: `${arn}\ud800` }), "AlarmArn must be an alarm's ARN"],
    [
      'with an ARN whose name can not be seen',
      notification({ AlarmArn: `${arn.slice(0, -7)}\u200b` }),
      "AlarmArn must be an alarm's ARN",
    ],
    [
      'with an ARN without end',
      notification({ AlarmArn: `${arn}${'x'.repeat(1_100)}` }),
      "AlarmArn must be an alarm's ARN",
    ],
    [
      'with a state that is not known',
      notification({ NewStateValue: 'PANIC' }),
      'NewStateValue must be one of ALARM, OK, INSUFFICIENT_DATA',
    ],
    ['with a list for a description', notification({ AlarmDescription: ['x'] }), 'AlarmDescription must be text'],
    ['with a reason of the wrong type', notification({ NewStateReason: { a: 1 } }), 'NewStateReason must be text'],
    [
      'with a time that is none',
      notification({ StateChangeTime: 'yesterday' }),
      'StateChangeTime must be a time such as 2026-03-01T12:00:00.000+0000',
    ],
    [
      'with a day that is none',
      notification({ StateChangeTime: '2026-13-41T13:42:04.919+0000' }),
      'StateChangeTime must be a time such as 2026-03-01T12:00:00.000+0000',
    ],
    [
      'with a time as a number',
      notification({ StateChangeTime: 1_763_646_124 }),
      'StateChangeTime must be a time such as 2026-03-01T12:00:00.000+0000',
    ],
    [
      'from the future',
      notification({ StateChangeTime: '2026-11-20T14:42:04.919+0000' }),
      'its time lies in the future',
    ],
    [
      'with a contributor of the wrong type',
      notification({ AlarmContributorId: 7 }),
      'AlarmContributorId must be an id of at most 256 plain characters',
    ],
    ['as an event of a version that is not known', event({}, { version: '1' }), 'version is none that is known'],
    ['as an event without a version', event({}, { version: undefined }), 'version is missing'],
    ['as an event without a detail', event({}, { detail: undefined }), 'detail is missing'],
    ['as an event with a list for a detail', event({}, { detail: [] }), 'detail must be an object'],
    ['as an event without an alarm', event({}, { resources: [] }), 'resources[0] is missing'],
    ['as an event with another alarm', event({}, { resources: [null] }), "resources[0] must be an alarm's ARN"],
    ['as an event without a state', event({ state: undefined }), 'detail.state is missing'],
    [
      'as an event that is muted in no way we know',
      event({ muteDetail: 'yes' }),
      'detail.muteDetail must be an object',
    ],
    ['as an event of no series', event({}, contributorChange), 'detail.alarmContributor is missing'],
    ['as an event with a number for a source', event({}, { source: 5 }), 'source and detail-type must be text'],
    [
      'as an event from the future',
      event(
        { operation: 'delete' },
        { 'detail-type': 'CloudWatch Alarm Configuration Change', time: '2030-01-01T00:00:00Z' },
      ),
      'its time lies in the future',
    ],
    [
      'as an envelope without words',
      { Type: 'Notification', TopicArn: 'a', Message: { a: 1 } },
      'Message must be text',
    ],
    ['as an envelope of another type', { Type: 'Ping', Message: 'x' }, 'Type is none that SNS is known to send'],
    [
      'as an envelope in an envelope',
      JSON.parse(enveloped(enveloped(JSON.stringify(notification())))),
      'it is nothing that CloudWatch sends',
    ],
    ['as nothing we know', { hello: 'world' }, 'it is nothing that CloudWatch sends'],
    ['as a list', [notification()], 'it is nothing that CloudWatch sends'],
    ['as a number', 5, 'it is nothing that CloudWatch sends'],
    ['as null', null, 'it is nothing that CloudWatch sends'],
    ['of 300 kB', notification({ AlarmDescription: 'x'.repeat(300_000) }), 'it is larger than 300 kB'],
  ])('%s', (_case, document, because) => {
    expect(queued(document)).toEqual({ type: 'refused', because });
  });

  test.each([
    ['that is no JSON', '{"AlarmName":', 'it is not JSON'],
    ['that is empty', '', 'it is not JSON'],
    ['that is nested without end', '['.repeat(200_000), 'it is not JSON'],
    ['of 300 kB in few characters', JSON.stringify('🔥'.repeat(75_000)), 'it is larger than 300 kB'],
  ])('%s', (_case, body, because) => {
    expect(translateQueued(body, now)).toEqual({ type: 'refused', because });
  });

  test('whatever stands in it, without a throw and without repeating it', () => {
    const secret = 'hunter2-secret';
    const anything = fc.oneof(fc.constant(secret), fc.jsonValue(), fc.constant(null));
    const documents = fc.oneof(
      fc
        .record({ field: fc.constantFrom(...Object.keys(notification())), value: anything })
        .map(({ field, value }) => notification({ [field]: value })),
      fc
        .record({ field: fc.constantFrom(...Object.keys(event())), value: anything })
        .map(({ field, value }) => event({}, { [field]: value })),
      fc
        .record({
          field: fc.constantFrom('state', 'configuration', 'muteDetail', 'alarmTags', 'alarmName'),
          value: anything,
        })
        .map(({ field, value }) => event({ [field]: value })),
      fc.dictionary(fc.constant(secret), anything),
    );
    fc.assert(
      fc.property(documents, (document) => {
        const translated = queued(document);
        if (translated.type === 'refused') {
          expect(translated.because).not.toContain(secret);
          expect(translated.because.length).toBeLessThan(200);
        }
        if (translated.type === 'news') expect(JSON.stringify(translated.news).length).toBeLessThan(100_000);
      }),
    );
  });
});
