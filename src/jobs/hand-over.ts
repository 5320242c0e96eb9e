/** The third road: what a poll finds out about alarms goes where the messages about alarms go. */
import type { Received } from '../aws/alarm-message.ts';
import type { Shell } from '../handle.ts';
import type { AlarmNews } from '../incident/alarm.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import { readAlarms, type StandingAlarm } from '../postgres/alarms.ts';
import { takeAlarms } from './take-alarms.ts';

/** Gone for so long, an alarm is not taken to come back, in milliseconds. */
const goneMillis = 10 * 60_000;

/** Gives on what is not known yet, and nothing else: most polls find nothing new. */
export async function handOver(
  shell: Shell,
  found: { readonly news: readonly AlarmNews[]; readonly gone: readonly AlarmArn[]; readonly now: Instant },
): Promise<void> {
  const known = Map.groupBy(
    await readAlarms(shell.postgres, [...new Set([...found.news.map(({ alarm }) => alarm), ...found.gone])]),
    ({ alarm }) => alarm,
  );
  const news = [
    ...found.news.flatMap((each) => whatIsNew(each, known.get(each.alarm) ?? [])),
    ...found.gone.flatMap((alarm) => whatIsGone(known.get(alarm) ?? [], found.now)),
  ];
  if (news.length > 0) await takeAlarms(shell, news.map(received));
}

function received(news: AlarmNews): Received {
  const { alarm, contributor, state, at } = news;
  const messageId = ['poll', alarm, contributor?.id ?? '', state, at].join(':');
  return { road: 'poll', messageId, translated: { type: 'news', news } };
}

/** A poll knows the state of the alarm as a whole; once that is well, so are its contributors. */
export function whatIsNew(news: AlarmNews, known: readonly StandingAlarm[]): readonly AlarmNews[] {
  const whole = known.find(({ contributor }) => contributor === null);
  const red = known.filter(({ contributor, state }) => contributor !== null && state === 'ALARM');
  const cleared = news.state === 'ALARM' ? [] : red.filter(({ since }) => news.at > since);
  return [
    // Where its contributors are told of, they are what is red.
    ...(isNew(news, whole) && (whole !== undefined || red.length === 0) ? [news] : []),
    ...cleared.map(({ contributor }): AlarmNews => ({ ...news, contributor })),
  ];
}

function isNew(news: AlarmNews, known: StandingAlarm | undefined): boolean {
  if (known === undefined) return news.state === 'ALARM';
  if (news.at !== known.since) return news.at > known.since;
  if (news.state !== known.state) return news.state === 'ALARM';
  const muted = news.mutedUntil !== null && news.mutedUntil > (known.mutedUntil ?? 0);
  const tagged = Object.keys(known.tags).length === 0 && Object.keys(news.tags).length > 0;
  return news.state === 'ALARM' && (muted || tagged);
}

/** Nothing will ever be heard again of an alarm that was deleted while it was red. */
function whatIsGone(known: readonly StandingAlarm[], now: Instant): readonly AlarmNews[] {
  return known
    .filter(({ state, since }) => state === 'ALARM' && now - since > goneMillis)
    .map(({ alarm, name, contributor, description, tags }): AlarmNews => {
      const because = 'CloudWatch has no such alarm any more: it was deleted or renamed';
      const news = { alarm, name, contributor, description, tags, because };
      return { ...news, state: 'INSUFFICIENT_DATA', at: now, mutedUntil: null, firstBreachAt: null };
    });
}
