/** The alarms that a row tells of, in words that may be shown. */
import type { IncidentEvent, TimelineRow } from '../incident/event.ts';
import type { AlarmArn, Doubt, Instant, Verdict } from '../incident/incident.ts';
import { formatBeside } from './times.ts';

/** One alarm as a row tells it. */
export type PlainAlarm = {
  readonly arn: AlarmArn;
  readonly name: string;
  /** What the row says of it; `null`: only that it is watched. */
  readonly verdict: Verdict | null;
  readonly doubt: Doubt | null;
  /** Since when: by CloudWatch's clock where it tells, otherwise the time of the row. */
  readonly at: Instant;
  /** It was so already when it was first read, so nobody knows since when. */
  readonly found: boolean;
};

/** What was said of it, with machines' words as they came. */
type Told = Omit<PlainAlarm, 'name'> & { readonly because: string };

/** The name that rows give an alarm, otherwise the one in its ARN. Names are as they came. */
export function readAlarmNames(rows: readonly TimelineRow[]): (alarm: AlarmArn) => string {
  const names = new Map<AlarmArn, string>();
  for (const { event } of rows) {
    if (event.kind === 'alarms joined') event.alarms.forEach(({ watch }) => names.set(watch.alarm, watch.name));
    if (event.kind === 'declared' || event.kind === 'services changed' || event.kind === 'merged') {
      event.watches.forEach(({ alarm, name }) => names.set(alarm, name));
    }
  }
  return (alarm) => names.get(alarm) ?? (alarm.split(':').slice(6).join(':') || alarm);
}

function tellAlarms(event: IncidentEvent, occurredAt: Instant): readonly Told[] {
  const watched = { verdict: null, doubt: null, at: occurredAt, found: false, because: '' };
  if (event.kind === 'declared' || event.kind === 'services changed') {
    return event.watches.map(({ alarm }) => ({ ...watched, arn: alarm }));
  }
  if (event.kind === 'alarms joined') {
    return event.alarms.map(({ watch, since, because }) => {
      return { arn: watch.alarm, verdict: 'alarm', doubt: null, at: since, found: false, because };
    });
  }
  if (event.kind === 'alarms changed') {
    return event.changes.map(({ alarm, from, to, doubt, at, because }) => {
      return { arn: alarm, verdict: to, doubt, at, found: from === null, because };
    });
  }
  if (event.kind === 'merged') {
    return event.watches.map(({ alarm, verdict, doubt, since, because }) => {
      return { arn: alarm, verdict, doubt, at: since, found: false, because };
    });
  }
  if (event.kind === 'relapsed') return event.alarms.map((arn) => ({ ...watched, arn }));
  return 'alarm' in event ? [{ ...watched, arn: event.alarm }] : [];
}

/** Machines can go on for a thousand characters; an entry of the timeline shows the beginning. */
const mostCharacters = 160;
const mostLines = 10;

/**
 * The alarms of a row, and what its text, which counts them when they are many, leaves out: each with its own time and reason.
 * @param plain makes words that may be shown of words as they came.
 */
export function readAlarms(
  row: TimelineRow,
  nameOf: (alarm: AlarmArn) => string,
  plain: (text: string) => string,
): { readonly alarms: readonly PlainAlarm[]; readonly details: readonly string[] } {
  const told = tellAlarms(row.event, row.occurredAt);
  const alarms = told.map(({ arn, verdict, doubt, at, found }) => {
    return { arn, verdict, doubt, at, found, name: plain(nameOf(arn)) || 'an alarm without a name' };
  });
  const eachTold = row.event.kind === 'alarms joined' || row.event.kind === 'alarms changed';
  if (!eachTold || told.length < 2) return { alarms, details: [] };
  const details = told.slice(0, mostLines).map(({ arn, at, because }) => {
    const reason = shorten(plain(because));
    return `${formatBeside(at, row.occurredAt)} ${plain(nameOf(arn))}${reason === '' ? '' : `: ${reason}`}`;
  });
  const more = told.length - details.length;
  return { alarms, details: more === 0 ? details : [...details, `and ${more} more`] };
}

function shorten(text: string): string {
  if (text.length <= mostCharacters) return text;
  // Half a character is none.
  return `${text.slice(0, mostCharacters - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
