/** What a message says of an alarm, whatever its wrapping. Pure: one body in, one meaning out. */
import type { z } from 'zod';
import type { AlarmNews, AlarmReconfigured, Road } from '../incident/alarm.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import { nameForPeople, readArn } from './alarm-arn.ts';
import {
  configurationChangeShape,
  contributorChangeShape,
  describeContributor,
  describeWrong,
  entriesOf,
  notificationShape,
  readTags,
  type StateChange,
  stateChangeShape,
} from './alarm-message-shape.ts';
import { findFirstBreach } from './first-breach.ts';

/** News that has to be stored. */
export type Told =
  | { readonly type: 'news'; readonly news: AlarmNews }
  | { readonly type: 'reconfigured'; readonly change: AlarmReconfigured };

export type Translated =
  | Told
  /** It was meant for somebody else, or for nobody: `what` it is. Nothing is lost when it is dropped. */
  | { readonly type: 'not an alarm'; readonly what: string }
  /** It can't be understood; `because` never repeats its content. */
  | { readonly type: 'refused'; readonly because: string };

/** One message that came by a road. The road's own id is the same each time it is delivered. */
export type Received = { readonly road: Road; readonly messageId: string; readonly translated: Told };

/** The largest message of SNS has 256 KiB; no alarm comes near it. */
const tooManyBytes = 300_000;

/** Clocks differ. What lies further ahead would stand as the newest state for ever. */
const aheadMillis = 5 * 60_000;

/**
 * Translates the body of a message from a queue: an alarm's notification or an event of EventBridge, as it is or in the
 * envelope of SNS. The envelope's signature is not looked at: who may write to the queue is said by its policy.
 */
export function translateQueued(body: string, now: Instant): Translated {
  if (Buffer.byteLength(body) >= tooManyBytes) return refuse('it is larger than 300 kB');
  const document = parse(body);
  if (document === undefined) return aboutWords(body) ?? refuse('it is not JSON');
  const { Type: type, Message: message, TopicArn: topic } = fieldsOf(document);
  if (type === undefined || (message === undefined && topic === undefined)) return translate(document, now);
  if (type === 'Notification') {
    return typeof message === 'string' ? translatePublished(message, now) : refuse('Message must be text');
  }
  if (type === 'SubscriptionConfirmation' || type === 'UnsubscribeConfirmation') {
    return { type: 'not an alarm', what: 'a confirmation from SNS' };
  }
  return refuse('Type is none that SNS is known to send');
}

/** Translates what was published to a topic, without its envelope. */
export function translatePublished(message: string, now: Instant): Translated {
  if (Buffer.byteLength(message) >= tooManyBytes) return refuse('it is larger than 300 kB');
  const document = parse(message);
  // People and other services publish plain words to topics; an alarm is never plain words.
  if (document === undefined) return aboutWords(message) ?? { type: 'not an alarm', what: 'words, not JSON' };
  return translate(document, now);
}

function refuse(because: string): Translated {
  return { type: 'refused', because };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(document: unknown): { readonly [name: string]: unknown } {
  return Object.fromEntries(entriesOf(document));
}

function aboutWords(words: string): Translated | null {
  return /^\s*(?:You have chosen to (?:subscribe to|deactivate)|Successfully validated SNS topic)\b/.test(words)
    ? { type: 'not an alarm', what: 'a notice from SNS' }
    : null;
}

function translate(document: unknown, now: Instant): Translated {
  const fields = fieldsOf(document);
  if ('detail-type' in fields) return translateEvent(document, fields, now);
  if ('AlarmName' in fields || 'AlarmArn' in fields || 'NewStateValue' in fields) {
    const reading = notificationShape.safeParse(document);
    return reading.success ? notified(reading.data, now) : refuse(describeWrong(reading.error));
  }
  const what = nameOther(fields);
  return what === null ? refuse('it is nothing that CloudWatch sends') : { type: 'not an alarm', what };
}

/** What else AWS sends to topics and queues that people share between uses. */
function nameOther(fields: { readonly [name: string]: unknown }): string | null {
  const { Event: event, Service: service, Records: records, notificationType, eventType } = fields;
  if (event === 's3:TestEvent') return 'a test event of S3';
  if (Array.isArray(records)) return 'events of another service';
  if (typeof event === 'string' && event.startsWith('autoscaling:')) return 'an event of Auto Scaling';
  if (typeof service === 'string' && typeof event === 'string') return 'an event of another service';
  if ('Event Source' in fields) return 'an event of a database';
  if (typeof notificationType === 'string' || typeof eventType === 'string') return 'a notice about e-mail';
  return null;
}

function translateEvent(document: unknown, fields: { readonly [name: string]: unknown }, now: Instant): Translated {
  const { source, 'detail-type': kind } = fields;
  if (typeof source !== 'string' || typeof kind !== 'string') return refuse('source and detail-type must be text');
  // Only AWS itself can send events under this name.
  if (source !== 'aws.cloudwatch') return { type: 'not an alarm', what: 'an event of another service' };
  switch (kind) {
    case 'CloudWatch Alarm State Change': {
      const reading = stateChangeShape.safeParse(document);
      return reading.success ? changed(reading.data, null, now) : refuse(describeWrong(reading.error));
    }
    case 'CloudWatch Alarm Contributor State Change': {
      const reading = contributorChangeShape.safeParse(document);
      if (!reading.success) return refuse(describeWrong(reading.error));
      const { id, attributes } = reading.data.detail.alarmContributor;
      return changed(reading.data, describeContributor(id, attributes), now);
    }
    case 'CloudWatch Alarm Configuration Change': {
      const reading = configurationChangeShape.safeParse(document);
      return reading.success ? reconfigured(reading.data, now) : refuse(describeWrong(reading.error));
    }
    default:
      return { type: 'not an alarm', what: 'another event of CloudWatch' };
  }
}

/** The name that the ARN holds: the one by which a poll asks, too. */
function nameIn(alarm: AlarmArn): string {
  return nameForPeople(readArn(alarm)?.name ?? alarm);
}

function tell(news: AlarmNews, now: Instant): Translated {
  return news.at > now + aheadMillis ? refuse('its time lies in the future') : { type: 'news', news };
}

function notified(said: z.infer<typeof notificationShape>, now: Instant): Translated {
  const id = said.AlarmContributorId ?? null;
  const [alarm, state, at, because] = [said.AlarmArn, said.NewStateValue, said.StateChangeTime, said.NewStateReason];
  const news = {
    alarm,
    name: nameIn(alarm),
    contributor: id === null ? null : describeContributor(id, said.AlarmContributorAttributes),
    state,
    at,
    because,
    description: said.AlarmDescription,
    tags: readTags(said.AlarmTags),
    // CloudWatch does not notify while an alarm is muted.
    mutedUntil: null,
    firstBreachAt:
      state === 'ALARM' ? findFirstBreach({ at, reason: because, reasonData: said.NewStateReasonData }) : null,
  };
  return tell(news, now);
}

function changed(event: StateChange, contributor: AlarmNews['contributor'], now: Instant): Translated {
  const { detail, resources } = event;
  const { value: state, timestamp: at, reason: because, reasonData } = detail.state;
  const news = {
    alarm: resources[0],
    name: nameIn(resources[0]),
    contributor,
    state,
    at,
    because,
    description: detail.configuration?.description ?? '',
    tags: readTags(detail.alarmTags),
    mutedUntil: findMuteEnd(event),
    firstBreachAt: state === 'ALARM' ? findFirstBreach({ at, reason: because, reasonData }) : null,
  };
  return tell(news, now);
}

function reconfigured(event: z.infer<typeof configurationChangeShape>, now: Instant): Translated {
  const [alarm] = event.resources;
  const change = ({ create: 'created', update: 'changed', delete: 'deleted' } as const)[event.detail.operation];
  if (event.time > now + aheadMillis) return refuse('its time lies in the future');
  return { type: 'reconfigured', change: { alarm, name: nameIn(alarm), change, at: event.time } };
}

const dayMillis = 24 * 60 * 60_000;

/** CloudWatch's longest mute window. */
const longestMuteMillis = 15 * dayMillis;

/**
 * Events come for muted alarms too, and say so. A mute rule names its end. A composite alarm whose actions its suppressor
 * holds back does so for a wait or an extension that the event names, or for as long as the suppressor is in ALARM. That
 * has no known end, so it counts as a day: longer than maintenance takes, and short enough that a suppressor which is
 * stuck in ALARM can't hide an outage for good.
 */
function findMuteEnd({ detail, time }: StateChange): Instant | null {
  const from = Math.max(time, detail.state.timestamp);
  const ends: Instant[] = [];
  const { muteDetail } = detail;
  if (muteDetail !== null && muteDetail !== undefined) {
    ends.push(Math.min(muteDetail.muteWindowEnd ?? from + dayMillis, from + longestMuteMillis));
  }
  const suppressedBy = detail.state.actionsSuppressedBy ?? '';
  if (suppressedBy !== '') {
    const { actionsSuppressorWaitPeriod: wait, actionsSuppressorExtensionPeriod: extension } =
      detail.configuration ?? {};
    const seconds = suppressedBy === 'WaitPeriod' ? wait : suppressedBy === 'ExtensionPeriod' ? extension : undefined;
    ends.push(from + Math.min((seconds ?? Infinity) * 1_000, dayMillis));
  }
  return ends.length === 0 ? null : Math.max(...ends);
}
