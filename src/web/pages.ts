/**
 * `POST /pagerduty` and `POST /pages`: what pagers say of pages. Anybody can write here, so nothing counts unverified. What is
 * none of ours is taken with 202, since PagerDuty stops sending to an address that refuses three times.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Instant } from '../incident/incident.ts';
import type { PagerNews } from '../pager/pager-news.ts';
import { readPagerDuty } from '../pager/read-pagerduty.ts';
import { readPages } from '../pager/read-pages.ts';
import { verifyWebhook } from '../pager/sign-webhook.ts';
import { verifyPagerDuty } from '../pager/verify-pagerduty.ts';
import { isBearer } from './bearer.ts';
import { parseJson, readRaw } from './read-body.ts';
import type { Answer } from './web.ts';

export type PagesContext = {
  /** Of PagerDuty's webhook subscriptions; none: PagerDuty may send nothing. */
  readonly pagerDutySecrets: readonly string[];
  /** What pagers of one's own send, unless they sign; `null`: they have to. */
  readonly pagesToken: string | null;
  /** With which of the catalog's webhooks a message may be signed: their signing secrets. */
  readonly webhookSecrets: readonly string[];
  /** Resolves once it is stored, or known to be about no page of ours. The same news may come again. */
  readonly take: (news: PagerNews) => Promise<'taken' | 'unknown'>;
  /** The cluster's clock. */
  readonly now: () => Promise<Instant>;
  readonly log: Logger;
};

export type Pages = {
  pagerDuty(request: IncomingMessage): Promise<Answer>;
  own(request: IncomingMessage): Promise<Answer>;
};

/** PagerDuty drops what is larger. */
const mostBytesOfPagerDuty = 256 * 1024;
const mostBytes = 64 * 1024;

/** PagerDuty waits five seconds, and then sends again. */
const takeMillis = 4_000;

export function openPages(context: PagesContext): Pages {
  const { pagerDutySecrets, pagesToken, webhookSecrets } = context;
  return {
    async pagerDuty(request) {
      if (pagerDutySecrets.length === 0) return notTaken('PAGERDUTY_WEBHOOK_SECRET is not set');
      const body = await readRaw(request, mostBytesOfPagerDuty);
      if (!body.ok) return body.answer;
      if (!verifyPagerDuty(one(request.headers, 'x-pagerduty-signature'), body.bytes, pagerDutySecrets)) {
        return refuse(context, 'the signature is not that of a known subscription of PagerDuty');
      }
      const parsed = parseJson(body.bytes);
      if (!parsed.ok) return parsed.answer;
      const news = readPagerDuty(parsed.value);
      return news === null ? nothing('it says nothing of who has a page') : take(context, news);
    },

    async own(request) {
      if (pagesToken === null && webhookSecrets.length === 0) {
        return notTaken('PAGES_TOKEN is not set, and the catalog has no pager of the type webhook');
      }
      const body = await readRaw(request, mostBytes);
      if (!body.ok) return body.answer;
      const { headers } = request;
      const signed = {
        'webhook-id': one(headers, 'webhook-id') ?? '',
        'webhook-timestamp': one(headers, 'webhook-timestamp') ?? '',
        'webhook-signature': one(headers, 'webhook-signature') ?? '',
      };
      const allowed =
        (pagesToken !== null && isBearer(headers.authorization, pagesToken)) ||
        verifyWebhook({ headers: signed, body: body.bytes }, webhookSecrets);
      if (!allowed)
        return refuse(context, 'send "authorization: Bearer" with the token for pages, or a valid signature');
      const parsed = parseJson(body.bytes);
      if (!parsed.ok) return parsed.answer;
      const now = await readTime(context);
      if (now === null) return tryAgain;
      const reading = readPages(parsed.value, { at: now, id: signed['webhook-id'].slice(0, 200) || randomUUID() });
      if (reading.ok) return take(context, reading.news);
      return { status: 400, body: { error: 'Nothing was saved.', problems: reading.problems } };
    },
  };
}

async function take(context: PagesContext, news: PagerNews): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, takeMillis, 'late');
  });
  try {
    const now = await Promise.race([context.now(), late]);
    if (now === 'late') return tryAgain;
    const taken = await Promise.race([context.take({ ...news, at: Math.min(news.at, now) }), late]);
    switch (taken) {
      case 'taken':
        return { status: 200, body: { done: 'saved' } };
      case 'unknown':
        return nothing('no page with that key is known here');
      case 'late':
        return tryAgain;
    }
  } catch (error) {
    context.log.error({ err: error, act: news.act }, 'what a pager said could not be saved');
    return tryAgain;
  } finally {
    clearTimeout(timer);
  }
}

async function readTime({ now, log }: PagesContext): Promise<Instant | null> {
  try {
    return await now();
  } catch (error) {
    log.error({ err: error }, 'what a pager said could not be saved');
    return null;
  }
}

const tryAgain: Answer = {
  status: 503,
  body: { error: 'It could not be saved. Please send it again: what arrives twice is kept once.' },
  headers: { 'retry-after': '10' },
};

function nothing(because: string): Answer {
  return { status: 202, body: { done: 'nothing', because } };
}

function notTaken(because: string): Answer {
  return { status: 503, body: { error: `Nothing is taken here: ${because}.` } };
}

function refuse({ log }: PagesContext, because: string): Answer {
  log.warn({ because }, 'what a pager said was refused');
  return { status: 401, body: { error: `Refused: ${because}.` }, headers: { 'www-authenticate': 'Bearer' } };
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const given = headers[name];
  return Array.isArray(given) ? given.join(',') : given;
}
