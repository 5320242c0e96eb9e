/** Answers about alarms that belong to nobody yet, to one person: what is red, what was ignored, and the page of last resort. */
import type { Instant, ServiceName } from '../../incident/incident.ts';
import { roomKey } from '../../incident/incident.ts';
import type { StandingAlarm } from '../../postgres/alarms.ts';
import { openButton, serviceSubject } from '../actions.ts';
import type { Message } from '../blocks.ts';
import { lines, message, say, section } from '../blocks.ts';
import { bold, bounded, code, date, escape, link, oneLine } from '../mrkdwn.ts';
import { countedAlarms, shortAlarm } from './wording.ts';

const mostAlarms = 25;

export type RedAlarmShown = StandingAlarm & { readonly service: ServiceName | null };

/** @param red what is red now, the oldest first. */
export function redAlarms(red: readonly RedAlarmShown[], at: Instant): Message {
  if (red.length === 0) return say('No alarm is red that I have heard of.');
  const count = red.length === 1 ? '1 alarm is red' : `${red.length} alarms are red`;
  const all = red.map((alarm) => alarmLine(alarm, at));
  return message(`${count}: ${countedAlarms(red.map(({ name }) => name))}.`, [
    section(`*${count}*\n${lines(all, mostAlarms, (left) => `… and ${left} more`)}`),
  ]);
}

function alarmLine(alarm: RedAlarmShown, at: Instant): string {
  const { service, contributor, since } = alarm;
  const series = contributor === null || contributor.words === '' ? '' : ` (${escape(bounded(contributor.words, 60))})`;
  const whose = service === null ? 'service not known' : escape(service);
  return `• ${bold(shortAlarm(alarm.name))}${series}, ${whose}: red since ${date(since)}${became(alarm, at)}`;
}

function became({ settledSince, since, incident, ignoredUntil, mutedUntil }: RedAlarmShown, at: Instant): string {
  if (settledSince === since && incident !== null) return `, ${roomKey(incident)}`;
  if (ignoredUntil !== null && ignoredUntil > at) return `, ignored until ${date(ignoredUntil)}`;
  return mutedUntil !== null && mutedUntil > at ? `, muted until ${date(mutedUntil)}` : '';
}

/** @param names one for each alarm that is ignored now. */
export function ignored(names: readonly string[], until: Instant): Message {
  const are = names.length === 1 ? 'is' : 'are';
  return say(
    `${countedAlarms(names)} ${are} ignored until ${date(until)}. Until then it opens nothing and asks nobody.`,
  );
}

export function belongsToIncident(name: string, key: string): Message {
  return say(
    `${shortAlarm(name)} belongs to ${key}. There you can say that it does not count: ${code('/incident discount')}`,
  );
}

/** @param near the name of a red alarm that was probably meant. */
export function noSuchAlarm(name: string, near: string | null): Message {
  const hint = near === null ? '' : ` Did you mean ${code(bounded(near, 255))}?`;
  return say(
    `I have heard of no alarm named ${code(bounded(oneLine(name), 255))}.${hint} ${code('/incident alarms')} shows what is red.`,
  );
}

export function notRed(name: string): Message {
  return say(`${shortAlarm(name)} is not red any more, so nothing was done.`);
}

/** The button was of a message that is forgotten. */
export function lostAlarm(): Message {
  return say(`I lost which alarm that was, so nothing was done. ${code('/incident alarms')} shows what is red.`);
}

/** To each of the service's people: alarms would open a room, but too many did within the hour. */
export function overflowPage(page: {
  readonly service: ServiceName;
  readonly opened: number;
  readonly most: number;
  /** Where the alarms are shown; `null`: nowhere. */
  readonly where: string | null;
}): Message {
  const { service, opened, most, where } = page;
  const limit =
    most === 0
      ? 'the catalog lets no room open by itself'
      : `no more rooms may open by themselves this hour (${Math.min(opened, most)} of ${most})`;
  const see = where === null ? `See ${code('/incident alarms')}.` : `See ${link(where, 'what is red')}.`;
  return say(`Alarms of ${escape(service)} are red and ${limit}. ${see}`, [
    openButton({
      label: 'Declare',
      style: 'primary',
      form: 'declare',
      incident: null,
      subject: serviceSubject(service),
    }),
  ]);
}
