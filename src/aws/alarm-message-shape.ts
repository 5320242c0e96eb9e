/** What stands in messages about alarms: in CloudWatch's own notification, and in its events on EventBridge. */
import { z } from 'zod';
import { alarmStates, type Contributor } from '../incident/alarm.ts';
import type { Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { readArn } from './alarm-arn.ts';

/** A field's error: the sentence, unless it is not there at all. */
export function wrong(sentence: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: (issue) => (issue.input === undefined ? 'is missing' : sentence) };
}

/** CloudWatch writes zones without the colon that strict readers want. `null` when it is no time. */
export function readTime(written: string): Instant | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|([+-]\d\d):?(\d\d))$/.exec(written);
  if (match === null) return null;
  const [, local = '', hours, minutes = '00'] = match;
  const instant = Date.parse(`${local}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(instant) ? null : instant;
}

const notTime = 'must be a time such as 2026-03-01T12:00:00.000+0000';

export const timeShape = z
  .string(wrong(notTime))
  .max(40, notTime)
  .transform(readTime)
  .pipe(z.number(wrong(notTime)));

/** CloudWatch allows 255 characters. */
const mostNameBytes = 255 * 4;

/** An ARN is a key, so nothing in it is made plain: what can't be a key is refused. */
function isAlarmArn(written: string): boolean {
  const name = readArn(written)?.name;
  return (
    name !== undefined &&
    plainLine(name) !== '' &&
    Buffer.byteLength(name) <= mostNameBytes &&
    name.isWellFormed() &&
    !/[\u0000-\u001f\u007f]/.test(name)
  );
}

const notArn = "must be an alarm's ARN";
const arnShape = z.string(wrong(notArn)).max(1_600, notArn).refine(isAlarmArn, notArn);

/** Words that may be left out. What is far too long is cut before it is looked at. */
function words(most: number): z.ZodType<string> {
  return z
    .string('must be text')
    .nullish()
    .transform((written) => cutAt(plainLine((written ?? '').slice(0, most * 4)), most));
}

const reasonShape = words(1_023);
const descriptionShape = words(1_024);
const stateShape = z.enum(alarmStates, wrong(`must be one of ${alarmStates.join(', ')}`));
const nameShape = z.string(wrong('must be text')).min(1, 'is empty');

const notId = 'must be an id of at most 256 plain characters';
const contributorIdShape = z.string(wrong(notId)).regex(/^[\x20-\x7e]{1,256}$/, notId);

/** What CloudWatch publishes to a topic, for every kind of alarm. */
export const notificationShape = z.object({
  AlarmName: nameShape,
  AlarmArn: arnShape,
  NewStateValue: stateShape,
  // Alarms on PromQL give none.
  NewStateReason: reasonShape,
  NewStateReasonData: z.unknown().optional(),
  StateChangeTime: timeShape,
  AlarmDescription: descriptionShape,
  AlarmTags: z.unknown().optional(),
  AlarmContributorId: contributorIdShape.nullish(),
  AlarmContributorAttributes: z.unknown().optional(),
});

const eventShape = z.object({
  version: z.literal('0', wrong('is none that is known')),
  time: timeShape,
  resources: z.tuple([arnShape], z.unknown(), wrong("must begin with the alarm's ARN")),
});

const periodShape = z.number().positive().optional().catch(undefined);

const stateChange = {
  alarmName: nameShape,
  state: z.object(
    {
      value: stateShape,
      reason: reasonShape,
      reasonData: z.unknown().optional(),
      timestamp: timeShape,
      actionsSuppressedBy: z.string('must be text').nullish(),
    },
    wrong('must be an object'),
  ),
  configuration: z
    .object(
      {
        description: descriptionShape,
        actionsSuppressorWaitPeriod: periodShape,
        actionsSuppressorExtensionPeriod: periodShape,
      },
      'must be an object',
    )
    .nullish(),
  muteDetail: z.object({ muteWindowEnd: timeShape.nullish() }, 'must be an object').nullish(),
  alarmTags: z.unknown().optional(),
};

const notObject = wrong('must be an object');

/** An alarm as a whole has changed its state. */
export const stateChangeShape = eventShape.extend({ detail: z.object(stateChange, notObject) });

/** One series of an alarm has changed its state. */
export const contributorChangeShape = eventShape.extend({
  detail: z.object(
    {
      ...stateChange,
      alarmContributor: z.object({ id: contributorIdShape, attributes: z.unknown().optional() }, notObject),
    },
    notObject,
  ),
});

const operations = ['create', 'update', 'delete'] as const;

export const configurationChangeShape = eventShape.extend({
  detail: z.object(
    { alarmName: nameShape, operation: z.enum(operations, wrong(`must be one of ${operations.join(', ')}`)) },
    notObject,
  ),
});

export type StateChange = z.infer<typeof stateChangeShape>;

/** The first thing that is wrong, by the name of its field. Never repeats what was sent. */
export function describeWrong(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined || issue.path.length === 0) return 'it is no object';
  const field = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return `${field.slice(1)} ${issue.message}`;
}

const mostTags = 50;

/** The alarm's tags: a list of pairs in notifications, an object in events. What is no tag is left out. */
export function readTags(written: unknown): { readonly [key: string]: string } {
  const pairs = Array.isArray(written) ? written.slice(0, mostTags).flatMap(readPair) : entriesOf(written);
  const tags = pairs.flatMap(([key, value]): readonly [string, string][] => {
    const name = cutAt(plainLine(key.slice(0, 512)), 128);
    // Such a key would change an object that it is copied into.
    if (name === '' || name === '__proto__' || typeof value !== 'string') return [];
    return [[name, cutAt(plainLine(value.slice(0, 1_024)), 256)]];
  });
  return Object.fromEntries(tags.slice(0, mostTags));
}

function readPair(written: unknown): readonly [string, unknown][] {
  const { Key: key, Value: value } = Object.fromEntries(entriesOf(written));
  return typeof key === 'string' ? [[key, value]] : [];
}

export function entriesOf(written: unknown): readonly [string, unknown][] {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return [];
  return Object.entries(written);
}

/** A contributor with its attributes in words. */
export function describeContributor(id: string, attributes: unknown): Contributor {
  const said = entriesOf(attributes)
    .slice(0, 30)
    .flatMap(([key, value]) => (typeof value === 'string' ? [`${key.slice(0, 255)}=${value.slice(0, 1_024)}`] : []));
  return { id, words: cutAt(plainLine(said.join(', ').slice(0, 1_000)), 200) };
}
