/** Which alarms are muted now. Muting stops what an alarm does, not how it is evaluated. */
import { GetAlarmMuteRuleCommand, ListAlarmMuteRulesCommand, type Schedule } from '@aws-sdk/client-cloudwatch';
import { CronExpressionParser } from 'cron-parser';
import type { Logger } from 'pino';
import type { Instant } from '../incident/incident.ts';
import { type Place, Unreadable } from './place.ts';

export type Mute = {
  /** The rule's name. */ readonly rule: string;
  /** When its window ends. */ readonly until: Instant;
};

/** The active mutes of a place, by the alarm's name. Not to be able to know is no failure: then nothing counts as muted. */
export type ReadMutes = (place: Place, now: Instant) => Promise<ReadonlyMap<string, Mute>>;

const everyMillis = 5 * 60_000;

/** More rules than this at once are not looked into. */
const mostRules = 100;

/** A window whose end can't be told ends, as far as anyone knows, at the next look but one. */
const unknownEndMillis = 2 * everyMillis;

type Read = { readonly at: Instant; readonly mutes: ReadonlyMap<string, Mute> };

/** Reads each place every five minutes, and keeps what was read in between. */
export function openMuteRules(log: Logger): ReadMutes {
  const known = new Map<string, Read>();
  const refused = new Set<string>();

  return async (place, now) => {
    const before = known.get(place.key);
    const fresh = before !== undefined && now - before.at < everyMillis;
    const read = fresh ? before : { at: now, mutes: await readAnew(place, now, before) };
    known.set(place.key, read);
    return new Map([...read.mutes].filter(([, { until }]) => until > now));
  };

  async function readAnew(place: Place, now: Instant, before: Read | undefined): Promise<Read['mutes']> {
    try {
      return await readMutes(place, now);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const keeps = { place: place.key, err: error };
      if (!error.forbidden) log.warn(keeps, 'mute rules could not be read');
      else if (!refused.has(place.key)) {
        refused.add(place.key);
        log.warn(keeps, 'mute rules may not be read: muted alarms are not known there');
      }
      return before?.mutes ?? new Map();
    }
  }
}

async function readMutes(place: Place, now: Instant): Promise<ReadonlyMap<string, Mute>> {
  const mutes = new Map<string, Mute>();
  for (const rule of await listActive(place)) {
    const command = new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: rule });
    const answer = await place.paced.mutes((client, abortSignal) => client.send(command, { abortSignal }));
    const ends = windowEnd(answer.Rule?.Schedule, now) ?? now + unknownEndMillis;
    const until = Math.min(ends, answer.ExpireDate?.getTime() ?? Infinity);
    for (const alarm of answer.MuteTargets?.AlarmNames ?? []) {
      if (until > (mutes.get(alarm)?.until ?? 0)) mutes.set(alarm, { rule, until });
    }
  }
  return mutes;
}

/** The names of the rules that are active. */
async function listActive(place: Place): Promise<readonly string[]> {
  const names: string[] = [];
  let next: string | undefined;
  do {
    const command = new ListAlarmMuteRulesCommand({ Statuses: ['ACTIVE'], MaxRecords: 100, NextToken: next });
    const answer = await place.paced.mutes((client, abortSignal) => client.send(command, { abortSignal }));
    for (const { AlarmMuteRuleArn: arn = '', Status: status } of answer.AlarmMuteRuleSummaries ?? []) {
      const name = /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm-mute-rule:(.+)$/s.exec(arn)?.[1];
      if (name !== undefined && status === 'ACTIVE') names.push(name);
    }
    next = answer.NextToken;
  } while (next !== undefined && next !== '' && names.length < mostRules);
  return names.slice(0, mostRules);
}

/** The end of the window that `now` lies in; `null` when the schedule does not tell. */
export function windowEnd(schedule: Schedule | undefined, now: Instant): Instant | null {
  const durationMillis = readDuration(schedule?.Duration ?? '');
  const expression = cronOf(schedule?.Expression ?? '');
  if (durationMillis === null || expression === null) return null;
  try {
    const tz = schedule?.Timezone ?? 'UTC';
    // The moment itself is left out, and may be the very start.
    const begun = CronExpressionParser.parse(expression, { currentDate: new Date(now + 1_000), tz })
      .prev()
      .getTime();
    return begun + durationMillis > now ? begun + durationMillis : null;
  } catch {
    // A zone or an expression that the library does not know.
    return null;
  }
}

/** A window of one time is also one of every year: none lasts longer than 15 days. */
function cronOf(expression: string): string | null {
  const cron = /^cron\(([^()]{1,250})\)$/.exec(expression)?.[1];
  if (cron !== undefined) return cron;
  const once = /^at\(\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::\d\d)?\)$/.exec(expression);
  if (once === null) return null;
  const [month, day, hour, minute] = once.slice(1).map(Number);
  return `${minute} ${hour} ${day} ${month} *`;
}

/** `P2DT12H`, in milliseconds. */
function readDuration(written: string): number | null {
  const match = /^P(?:(\d{1,2})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?)?$/.exec(written);
  if (match === null) return null;
  const [days = 0, hours = 0, minutes = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60_000 || null;
}
