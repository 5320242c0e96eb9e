/** What happened in the workspace, rather than what a person asks of Muster: only what matters is kept of it, never the words. */
import { z } from 'zod';
import type { Instant, PersonId } from '../incident/incident.ts';
import { isPersonId } from './ids.ts';

export type News =
  | {
      readonly type: 'spoken';
      readonly by: PersonId;
      readonly channel: string;
      /** In a direct message to Muster. */
      readonly direct: boolean;
      readonly at: Instant;
      /** "On it", and nothing else. */
      readonly onIt: boolean;
    }
  | { readonly type: 'groups changed' }
  | { readonly type: 'person changed'; readonly person: PersonId; readonly zone: string | null };

const person = z.custom<PersonId>((value) => typeof value === 'string' && isPersonId(value));

const spoken = z.object({
  type: z.literal('message'),
  // Files and answers that are shown in the channel are words, too; edits and lines of Slack's own are not.
  subtype: z.enum(['file_share', 'thread_broadcast']).optional(),
  bot_id: z.undefined().optional(),
  user: person,
  channel: z.string(),
  channel_type: z.enum(['channel', 'im']),
  ts: z.string().regex(/^\d{1,12}\.\d{1,6}$/),
  text: z.string().default(''),
});
const groupChanged = z.object({ type: z.enum(['subteam_members_changed', 'subteam_updated']) });
const personChanged = z.object({
  type: z.literal('user_change'),
  user: z.object({ id: person, tz: z.string().max(100).nullish() }),
});

const envelope = z.object({ type: z.literal('event_callback'), event_id: z.string().min(1), event: z.unknown() });
/** As it is kept in the inbox. */
const kept = z.object({ type: z.literal('news'), news: z.custom<News>((value) => typeof value === 'object') });

/** `null`: nothing of ours. */
export function readNews(body: unknown): { readonly id: string; readonly news: News } | null {
  const wrapped = envelope.safeParse(body).data;
  if (wrapped === undefined) return null;
  const news = newsOf(wrapped.event);
  return news === null ? null : { id: wrapped.event_id, news };
}

function newsOf(event: unknown): News | null {
  const message = spoken.safeParse(event).data;
  if (message !== undefined) {
    const { user: by, channel, channel_type: kind, ts, text } = message;
    const direct = kind === 'im';
    const onIt = saysOnIt(text);
    // What is written to Muster is an answer, or nothing.
    if (direct && !onIt) return null;
    return { type: 'spoken', by, channel, direct, at: Math.floor(Number(ts) * 1000), onIt };
  }
  if (groupChanged.safeParse(event).success) return { type: 'groups changed' };
  const changed = personChanged.safeParse(event).data;
  if (changed === undefined) return null;
  return { type: 'person changed', person: changed.user.id, zone: changed.user.tz ?? null };
}

/** How news stand in the inbox, and back. */
export function keepNews(news: News): { readonly type: 'news'; readonly news: News } {
  return { type: 'news', news };
}

export function keptNews(body: unknown): News | null {
  return kept.safeParse(body).data?.news ?? null;
}

/** Whether somebody says that they take it: a short sentence, not a question, and not about somebody else. */
export function saysOnIt(text: string): boolean {
  const words = text
    .replace(/<[@!#][^>]*>/g, ' ')
    .replace(/[’']/g, '')
    .toLowerCase();
  if (words.length > 200 || words.includes('?')) return false;
  const begin = String.raw`(?:(?:ok|okay|yes|yep|yeah|sure|hi|hey|hello|thanks|right|all right|alright)[,.!\s]+)*`;
  const self = String.raw`(?:(?:im|i am|ill be|were|we are)\s+)?(?:already\s+)?`;
  const more = String.raw`(?:\s+(?:now|here|too|already|guys|all|everyone|for \S+))*`;
  return new RegExp(
    String.raw`^\s*${begin}${self}on it${more}\s*[.!,)\s:]*(?:\p{Extended_Pictographic}|:[a-z_+-]+:|\s)*$`,
    'u',
  ).test(words);
}
