/** PagerDuty's v3 webhooks, as news of a page: https://developer.pagerduty.com/docs/webhooks-overview */
import { z } from 'zod';
import type { Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { mostKeyCharacters, mostNameCharacters, type PagerNews } from './pager-news.ts';

/** Everything else (escalated, reassigned, annotated …) leaves open who has it. */
const acts: { readonly [type: string]: PagerNews['act'] } = {
  'incident.acknowledged': 'acknowledged',
  'incident.resolved': 'resolved',
  'incident.reopened': 'reopened',
  'incident.unacknowledged': 'reopened',
};

const webhookShape = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    occurred_at: z.string(),
    agent: z.object({ type: z.string().nullish(), summary: z.string().nullish() }).nullish(),
    data: z.object({
      // The key that the first event of the incident was sent with. It is missing for what was opened by hand.
      incident_key: z.string().min(1).max(mostKeyCharacters),
      resolve_reason: z.object({ type: z.string().nullish() }).nullish().catch(null),
    }),
  }),
});

/** What the body says of a page; `null` for everything else that PagerDuty sends, its test event too. */
export function readPagerDuty(body: unknown): PagerNews | null {
  const parsed = webhookShape.safeParse(body);
  if (!parsed.success) return null;
  const { id, event_type: type, occurred_at: occurred, agent, data } = parsed.data.event;
  const act = Object.hasOwn(acts, type) ? acts[type] : undefined;
  const at = readTime(occurred);
  if (act === undefined || at === null) return null;
  // Merged into another incident: nobody said that the trouble is over, or that they have it.
  if (data.resolve_reason?.type === 'merge_resolve_reason') return null;
  const person = /^user(?:_reference)?$/.test(agent?.type ?? '');
  const name = person ? cutAt(plainLine(agent?.summary ?? ''), mostNameCharacters) : '';
  return { dedupKey: data.incident_key, act, by: name === '' ? null : name, person, at, id };
}

function readTime(written: string): Instant | null {
  const at = /^\d{4}-\d\d-\d\dT/.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}
