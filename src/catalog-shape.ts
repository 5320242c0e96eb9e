/** What may stand in `muster.yaml`, key by key. Each wrong value has a sentence; keys that mean nothing are refused. */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { severities } from './incident/incident.ts';
import type { Target } from './incident/page.ts';

/** A message for a wrong value; a value that is not there is said to be missing whatever was expected. */
function wrong(sentence: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: (issue) => (issue.input === undefined || issue.input === null ? 'is missing' : sentence) };
}

/** An object that refuses keys it does not know, one line for each of `issue.keys`. */
function only<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return wrong(`must have keys: ${known.join(', ')}`).error(issue);
      return issue.keys.map((key) => sayUnknown(key, known)).join('\n');
    },
  });
}

function sayUnknown(key: string, known: readonly string[]): string {
  const meant = closest(key, known);
  const slips = distance(key.toLowerCase(), meant.toLowerCase());
  return slips > Math.max(1, key.length / 3)
    ? `unknown key; known here: ${known.join(', ')}`
    : `unknown key, did you mean "${meant}"?`;
}

function words(most: number): z.ZodString {
  const sentence = `must be text of 1 to ${most} characters on one line`;
  return z
    .string(wrong(sentence))
    .trim()
    .regex(/^[^\p{Cc}]+$/u, sentence)
    .max(most, sentence);
}

function pattern(expression: RegExp, sentence: string): z.ZodString {
  return z.string(wrong(sentence)).regex(expression, sentence);
}

const address = z
  .url({ protocol: /^https?$/, ...wrong('must be a link that starts with https:// or http://') })
  .max(2000, 'must be a link of at most 2000 characters')
  .regex(/^[^\s<>|]*$/, 'must be a link without spaces, "<", ">" and "|"');
const duration = pattern(/^(?=.)(?:\d{1,2}h)?(?:\d{1,4}m)?(?:\d{1,5}s)?$/, 'must be a duration such as 90s, 2m or 1h')
  .transform(toMillis)
  .refine((millis) => millis <= 24 * 60 * 60_000, 'must be at most 24h');
const longerThanNothing = 'must be longer than nothing';
const isLonger = (millis: number): boolean => millis > 0;
const stabilisation = duration.refine(isLonger, longerThanNothing);
const severity = z.enum(severities, wrong(`must be one of ${severities.join(', ')}`));
const accountId = pattern(/^\d{12}$/, 'must be an AWS account number of 12 digits');
const target = pattern(
  /^[UWS][A-Z0-9]{2,20}$/,
  'must be a Slack member id such as U024BE7LH or a user group id such as S0614TZR7, not a name',
).transform((id) => id as Target);
const targets = z
  .array(target, wrong('must be a list'))
  .min(1, 'must name at least one person or group')
  .max(100, 'must name at most 100 people and groups');
/** Slack cuts a choice's second line at 75 characters. */
const meaning = words(75).nullish();

const region = pattern(/^[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}$/, 'must be an AWS region such as eu-west-1');
const channel = pattern(/^[CG][A-Z0-9]{2,20}$/, 'must be a channel id such as C024BE7LH, not a name');
const serviceName = pattern(
  /^[a-z0-9][a-z0-9._-]{0,39}$/,
  'must be 1 to 40 small letters, digits, ".", "_" or "-", so that it can be typed',
);

/** What is signed is not hidden: plain HTTP is for a pager on the same machine. */
const webhookNearby = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?:[/?#]|$)/;

const pagerSchema = only({
  type: z.enum(['pagerduty', 'webhook'], wrong('must be pagerduty or webhook')),
  url: address
    .refine((url) => url.startsWith('https://') || webhookNearby.test(url), 'must be a link that starts with https://')
    .nullish(),
  optional: z.enum(['true', 'false'], wrong('must be true or false')).nullish(),
});

const alarmSchema = only({
  name: words(255),
  account: accountId,
  region,
  severity: severity.nullish(),
  opens: severity.nullish(),
  hold: duration.nullish(),
});

/** CloudWatch gives data for these and no others. */
const shortPeriods: readonly number[] = [1, 5, 10, 20, 30];
const periodSentence = 'must be seconds: 1, 5, 10, 20, 30, or a multiple of 60 up to 86400';

const trafficSchema = only({
  account: accountId,
  region,
  namespace: words(255),
  metric: words(255),
  dimensions: z.record(words(255), words(1024), wrong('must map names of dimensions to values')).nullish(),
  statistic: pattern(
    /^(?:Sum|Average|Minimum|Maximum|SampleCount|p(?:100|\d{1,2}(?:\.\d{1,10})?))$/,
    'must be Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p99',
  ).nullish(),
  period: pattern(/^\d{1,5}$/, periodSentence)
    .transform(Number)
    .refine(
      (seconds) => shortPeriods.includes(seconds) || (seconds > 0 && seconds % 60 === 0 && seconds <= 86_400),
      periodSentence,
    )
    .nullish(),
});

/** Signed requests go to AWS and nowhere else; plain HTTP is for a stand-in on the same machine. */
const queueAtAws =
  /^https:\/\/(?:[a-z0-9-]+\.)?sqs(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?amazonaws\.(?:com|com\.cn|eu)\/\d{12}\/[\w-]{1,80}(?:\.fifo)?$/;
const queueNearby = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?\/\d{12}\/[\w-]{1,80}(?:\.fifo)?$/;
const queueSentence =
  'must be the address of an SQS queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/alarms';
const queueAddress = z
  .string(wrong(queueSentence))
  .refine((address) => queueAtAws.test(address) || queueNearby.test(address), queueSentence);
const topicArn = pattern(
  /^arn:aws(?:-cn|-us-gov|-eusc)?:sns:[a-z]{2,8}(?:-[a-z0-9]+)+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/,
  'must be the ARN of an SNS topic',
);
const tags = z.record(words(128), words(256), wrong('must map keys of tags to values'));

const selectionSchema = only({
  account: accountId,
  region,
  prefix: words(255).nullish(),
  tag: tags
    .refine((tag) => Object.keys(tag).length === 1, 'must be one key with one value, such as {team: payments}')
    .nullish(),
  action: pattern(/^arn:aws[^\s]{0,1020}$/, 'must be the beginning of an ARN, such as that of a topic').nullish(),
});

const ruleSchema = only({
  prefix: words(255).nullish(),
  tags: tags
    .refine((wanted) => Object.keys(wanted).length > 0, 'must name at least one tag, or not be there')
    .nullish(),
  account: accountId.nullish(),
  region: region.nullish(),
  service: serviceName,
  severity: severity.nullish(),
  opens: severity.nullish(),
  hold: duration.nullish(),
  title: words(150).nullish(),
});

const alarmsSchema = only({
  queues: z.array(queueAddress, wrong('must be a list')).max(20, 'at most 20 queues').nullish(),
  topics: z.array(topicArn, wrong('must be a list')).max(100, 'at most 100 topics').nullish(),
  find: z.array(selectionSchema, wrong('must be a list')).max(100, 'at most 100 selections').nullish(),
  rules: z.array(ruleSchema, wrong('must be a list')).max(500, 'at most 500 rules').nullish(),
  window: duration.refine(isLonger, longerThanNothing).nullish(),
  automaticRooms: pattern(/^(?:1?\d|20)$/, 'must be a number from 0 to 20')
    .transform(Number)
    .nullish(),
});

const levels = z
  .array(only({ page: targets, atLeast: severity.nullish() }), wrong('must be a list'))
  .min(1, 'must have at least one level')
  .max(10, 'at most 10 levels');
/** One level can be written as its people alone. */
const whom = { responders: targets.nullish(), levels: levels.nullish() };

const yes = z
  .enum(['yes', 'no', 'true', 'false'], wrong('must be yes or no'))
  .transform((word) => word === 'yes' || word === 'true');
const wait = duration.refine((millis) => millis >= 30_000, 'must be at least 30s');
const cadence = only({ repeat: wait.nullish(), climb: wait.nullish(), atNight: yes.nullish() }).nullish();
const hour = pattern(/^(?:1?\d|2[0-3])$/, 'must be an hour from 0 to 23').transform(Number);
const pagingSchema = only({
  SEV1: cadence,
  SEV2: cadence,
  SEV3: cadence,
  SEV4: cadence,
  SEV5: cadence,
  night: only({ from: hour, to: hour }).nullish(),
  relief: duration.refine((millis) => millis >= 30 * 60_000, 'must be at least 30m').nullish(),
});
const days = pattern(/^[1-9]\d{0,2}d$/, 'must be days such as 30d').transform(
  (written) => Number.parseInt(written, 10) * 86_400_000,
);

const serviceSchema = only({
  name: serviceName,
  ...whom,
  needs: z.array(serviceName, wrong('must be a list')).max(100, 'at most 100 services').nullish(),
  runbook: address.nullish(),
  links: z
    .array(only({ title: words(75), url: address }), wrong('must be a list'))
    .max(20, 'at most 20 links')
    .nullish(),
  bridge: address.nullish(),
  pager: serviceName.nullish(),
  stabilisation: stabilisation.nullish(),
  alarms: z.array(alarmSchema, wrong('must be a list')).max(500, 'at most 500 alarms').nullish(),
  traffic: trafficSchema.nullish(),
});

export const catalogSchema = only({
  workspace: only({
    broadcastChannel: channel.nullish(),
    triageChannel: channel.nullish(),
    roomPrefix: pattern(/^[a-z0-9][a-z0-9_-]{0,19}$/, 'must be 1 to 20 small letters, digits, "_" or "-"').nullish(),
    bridge: address.nullish(),
    removeFromRoom: yes.nullish(),
    archiveAfter: days.nullish(),
  }).nullish(),
  paging: pagingSchema.nullish(),
  circles: z
    .array(only({ name: serviceName, page: targets, atLeast: severity.nullish() }), wrong('must be a list'))
    .max(20, 'at most 20 circles')
    .nullish(),
  accounts: z
    .record(
      accountId,
      only({
        name: words(75),
        roleArn: pattern(
          /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
          'must be the ARN of an IAM role',
        ).nullish(),
        externalId: pattern(/^[\w+=,.@:/-]{2,1224}$/, 'must be an external id as AWS allows it').nullish(),
      }),
      wrong('must map account numbers to accounts'),
    )
    .nullish(),
  defaults: only({ stabilisation: stabilisation.nullish(), hold: duration.nullish(), ...whom }),
  severities: only({ SEV1: meaning, SEV2: meaning, SEV3: meaning, SEV4: meaning, SEV5: meaning }).nullish(),
  alarms: alarmsSchema.nullish(),
  pagers: z.record(serviceName, pagerSchema, wrong('must map names to pagers')).nullish(),
  services: z.array(serviceSchema, wrong('must be a list')).max(500, 'at most 500 services'),
});

/** What a right file says. */
export type Written = z.infer<typeof catalogSchema>;

function toMillis(written: string): number {
  const units = { h: 3_600_000, m: 60_000, s: 1000 };
  const parts = [...written.matchAll(/(\d+)([hms])/g)];
  return parts.reduce((sum, [, count, unit]) => {
    return unit === 'h' || unit === 'm' || unit === 's' ? sum + Number(count) * units[unit] : sum;
  }, 0);
}
