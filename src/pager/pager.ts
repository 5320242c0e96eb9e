/**
 * The one door to what calls people outside Slack: PagerDuty's Events API v2, and anything that takes a signed webhook. No
 * retries of its own (the queue's are the only ones) and a breaker for each pager. Every failure leaves as `Later`, `Unclear`
 * or `Refused`. Sending a call again is harmless: the other side knows it by `dedupKey`, so nothing has to be looked up before.
 */
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleType } from 'cockatiel';
import { Later, Refused, Unclear } from '../failure.ts';
import type { Pager, PagerName } from '../incident/policy.ts';
import type { PagerCall, PagerRequest } from './pager-call.ts';
import { writePagerDutyEvent } from './pagerduty-event.ts';
import { readRetryAfter } from './retry-after.ts';
import { writeWebhook } from './webhook-message.ts';

export type PagerDoor = {
  /**
   * Says it to one pager, once.
   * @throws Later (it asked to wait, or the breaker is open), Unclear (no answer in time, or a server's error),
   * Refused (`http_401` and the like: repeating won't help; `not_set_up`: there is no such pager)
   */
  send(pager: PagerName, call: PagerCall): Promise<void>;
};

export type PagersOptions = {
  readonly pagers: readonly Pager[];
  /** Routing keys of PagerDuty, signing secrets of webhooks. */
  readonly keys: ReadonlyMap<PagerName, string>;
  /** Such as `https://events.pagerduty.com`. */
  readonly pagerDutyUrl: string;
  /** How long a call may take before its outcome counts as unknown. */
  readonly timeoutMillis?: number;
};

const usualTimeoutMillis = 10_000;

const breakerOpenMillis = 10_000;

/** PagerDuty takes about 120 events a minute for each key, and says nothing of how long to wait. */
const firstWaitMillis = 10_000;
const longestWaitMillis = 120_000;

export function openPagers({
  pagers,
  keys,
  pagerDutyUrl,
  timeoutMillis = usualTimeoutMillis,
}: PagersOptions): PagerDoor {
  const open = new Map(
    pagers.flatMap((pager) => {
      const key = keys.get(pager.name);
      if (key === undefined) return [];
      const write = (call: PagerCall): PagerRequest =>
        pager.type === 'pagerduty'
          ? writePagerDutyEvent(call, { url: pagerDutyUrl, routingKey: key })
          : writeWebhook(call, { pager: pager.name, url: pager.url, secret: key });
      return [[pager.name, openPager(write, timeoutMillis)]] as const;
    }),
  );
  return {
    async send(pager, call) {
      const send = open.get(pager);
      if (send === undefined) throw new Refused('not_set_up');
      await send(call);
    },
  };
}

function openPager(
  write: (call: PagerCall) => PagerRequest,
  timeoutMillis: number,
): (call: PagerCall) => Promise<void> {
  const breaker = circuitBreaker(handleType(Unclear), {
    halfOpenAfter: breakerOpenMillis,
    breaker: new ConsecutiveBreaker(5),
  });
  let askedToWait = 0;
  return async (call) => {
    try {
      await breaker.execute(() => post(write(call), { timeoutMillis, askedToWait }));
      askedToWait = 0;
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new Later(breakerOpenMillis, 'the pager is not answering');
      if (error instanceof Later) askedToWait += 1;
      throw error;
    }
  };
}

async function post(
  { url, headers, body }: PagerRequest,
  { timeoutMillis, askedToWait }: { readonly timeoutMillis: number; readonly askedToWait: number },
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Muster', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMillis),
    });
    // What it has to say beyond its status is not needed, however long it is.
    await response.body?.cancel();
  } catch {
    // The error's own words may hold the address, and with it a secret.
    throw new Unclear('no answer from the pager');
  }
  const { status } = response;
  if (status >= 200 && status < 300) return;
  if (status === 429) {
    const growing = Math.min(longestWaitMillis, firstWaitMillis * 2 ** Math.min(askedToWait, 10));
    throw new Later(
      readRetryAfter(response.headers.get('retry-after'), Date.now()) ?? growing,
      'the pager asked to wait',
    );
  }
  if (status >= 500 || status === 408) throw new Unclear(`the pager answered with status ${status}`);
  throw new Refused(`http_${status}`);
}
