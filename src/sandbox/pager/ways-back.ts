/** How the bot hears of it: PagerDuty's signed v3 webhooks, or what a pager of one's own posts. */
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { PageChange, PagerPage } from './pages.ts';

export type Told = NonNullable<PagerPage['told']>;

export type WayBack = {
  /** Tells of a change, again when it is not taken; what concerns one page goes out in its order. */
  tell(page: PagerPage, change: PageChange, by: string | null): void;
  close(): Promise<void>;
};

/** How long PagerDuty waits for an answer. */
const answerMillis = 5_000;
const tries = 5;

export function openWayBack(setup: {
  readonly now: () => number;
  /** Where the bot listens; `null`: nobody knows. */
  readonly botUrl: () => string | null;
  readonly pagerDutySecret: string;
  readonly pagesToken: string;
  /** The real time between two tries. */
  readonly retryMillis: number;
  readonly onTold: (id: string, told: Told) => void;
}): WayBack {
  const closing = new AbortController();
  const waiting = new Map<string, Promise<void>>();

  async function deliver(id: string, path: string, request: { body: string; headers: object }): Promise<void> {
    let status: number | null = null;
    for (let left = tries; left > 0 && !closing.signal.aborted; left -= 1) {
      status = await post(path, request);
      if (status !== null && status < 300) return setup.onTold(id, { outcome: 'taken', status });
      if (status !== null && status !== 429 && status < 500) return setup.onTold(id, { outcome: 'refused', status });
      setup.onTold(id, { outcome: 'waiting', status });
      if (left > 1) await wait(setup.retryMillis, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    if (!closing.signal.aborted) setup.onTold(id, { outcome: 'given up', status });
  }

  async function post(path: string, { body, headers }: { body: string; headers: object }): Promise<number | null> {
    const url = setup.botUrl();
    if (url === null) return null;
    try {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(answerMillis)]),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return null;
    }
  }

  function tellPagerDuty(page: PagerPage, change: PageChange, by: string | null): { body: string; headers: object } {
    const body = JSON.stringify({ event: writeEvent(page, { change, by, at: setup.now() }) });
    const signature = createHmac('sha256', setup.pagerDutySecret).update(body).digest('hex');
    return { body, headers: { 'x-pagerduty-signature': `v1=${signature}`, 'x-webhook-id': crypto.randomUUID() } };
  }

  return {
    tell(page, change, by) {
      // A pager of one's own has no need to say what it was told.
      if (page.type === 'webhook' && by === null) return;
      const request =
        page.type === 'pagerduty'
          ? tellPagerDuty(page, change, by)
          : {
              body: JSON.stringify({
                key: page.key,
                act: change === 'unacknowledged' ? 'reopened' : change,
                by,
                at: new Date(setup.now()).toISOString(),
                id: crypto.randomUUID(),
              }),
              headers: { authorization: `Bearer ${setup.pagesToken}` },
            };
      const path = page.type === 'pagerduty' ? '/pagerduty' : '/pages';
      const before = waiting.get(page.id) ?? Promise.resolve();
      waiting.set(
        page.id,
        before.then(() => deliver(page.id, path, request)),
      );
    },
    async close() {
      closing.abort();
      await Promise.all(waiting.values());
    },
  };
}

/** As in PagerDuty's documentation of v3 webhooks. */
function writeEvent(
  page: PagerPage,
  { change, by, at }: { readonly change: PageChange; readonly by: string | null; readonly at: number },
): object {
  const agent =
    by === null
      ? { id: 'PINTEGR', type: 'events_api_v2_inbound_integration_reference', summary: 'Events API v2' }
      : { id: 'PUSER01', type: 'user_reference', summary: by };
  const reference = (id: string, type: string, summary: string): object => ({ id, type, summary });
  return {
    id: `01${crypto.randomUUID().replaceAll('-', '').slice(0, 24).toUpperCase()}`,
    event_type: `incident.${change}`,
    resource_type: 'incident',
    occurred_at: new Date(at).toISOString(),
    agent,
    client: by === null ? null : { name: 'PagerDuty' },
    data: {
      id: page.id,
      type: 'incident',
      html_url: `https://sandbox.pagerduty.example/incidents/${page.id}`,
      number: 1,
      status: page.state,
      incident_key: page.key,
      created_at: new Date(page.openedAt).toISOString(),
      title: page.about.title,
      service: reference('PSERVIC', 'service_reference', page.pager),
      assignees: [reference('PUSER01', 'user_reference', 'Whoever is on call')],
      escalation_policy: reference('PPOLICY', 'escalation_policy_reference', 'Default'),
      teams: [],
      priority: null,
      urgency: 'high',
      conference_bridge: null,
      resolve_reason: null,
    },
  };
}
