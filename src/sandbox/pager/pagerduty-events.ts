/** What PagerDuty's Events API v2 takes and refuses. */
import { z } from 'zod';
import type { PageAbout, PageEvent } from './pages.ts';

export type PagerReply = { readonly status: number; readonly body: object };

const eventShape = z.object({
  routing_key: z.string().length(32, "Length of 'routing_key' is incorrect (should be 32 characters)"),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve'], "'event_action' must be trigger, acknowledge or resolve"),
  dedup_key: z.string().min(1).max(255, "'dedup_key' must be at most 255 characters").optional(),
  payload: z
    .object({
      summary: z.string().min(1).max(1024, "'payload.summary' must be at most 1024 characters"),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime({ offset: true }).optional(),
      component: z.string().optional(),
      custom_details: z.record(z.string(), z.json()).optional(),
    })
    .optional(),
  client: z.string().optional(),
  client_url: z.string().optional(),
  links: z.array(z.object({ href: z.url(), text: z.string().optional() })).optional(),
});

type Event = z.infer<typeof eventShape>;

/** @param pagers by routing key. */
export function readEvent(
  body: unknown,
  pagers: ReadonlyMap<string, string>,
): { readonly event: PageEvent } | { readonly refused: PagerReply } {
  const parsed = eventShape.safeParse(body);
  if (!parsed.success) return refuse(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const { routing_key: routingKey, event_action: act, dedup_key: key, payload } = parsed.data;
  const pager = pagers.get(routingKey);
  if (pager === undefined) return refuse(['Invalid routing key']);
  if (act === 'trigger' && payload === undefined) return refuse(["'payload' is missing or blank"]);
  if (act !== 'trigger' && key === undefined) return refuse(["'dedup_key' is missing or blank"]);
  const about = act === 'trigger' ? aboutOf(parsed.data) : null;
  return { event: { pager, type: 'pagerduty', key: key ?? crypto.randomUUID(), act, about } };
}

/** As PagerDuty says that it will look at it: an acknowledgement of what is not open is dropped without a word. */
export function accept({ key }: PageEvent): PagerReply {
  return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
}

function refuse(errors: readonly string[]): { readonly refused: PagerReply } {
  return { refused: { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } } };
}

function aboutOf({ payload, client_url: link }: Event): PageAbout {
  const details = payload?.custom_details ?? {};
  const { asked, called_in_slack: called, severity } = details;
  return {
    title: payload?.summary ?? '',
    severity: typeof severity === 'string' ? severity : (payload?.severity ?? null),
    service: payload?.source ?? null,
    question: typeof asked === 'string' ? asked : null,
    link: link ?? null,
    people: Array.isArray(called) ? called.filter((one) => typeof one === 'string') : [],
  };
}
