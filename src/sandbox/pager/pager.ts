/** A stand-in for what calls people outside Slack: PagerDuty's Events API v2, and a receiver of signed webhooks. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createPagerFaults, type PagerFault } from './faults.ts';
import { accept, type PagerReply, readEvent } from './pagerduty-events.ts';
import { createPages, type PageEvent, type PagerPage } from './pages.ts';
import { isSigned, readWebhook } from './signed-webhook.ts';
import { openWayBack } from './ways-back.ts';

/** A pager that somebody uses: a service in PagerDuty, or an address of its own. */
export type PagerSetup = { readonly name: string; readonly type: 'pagerduty' | 'webhook' };

/** One call that reached the stand-in; `at` is its own time in epoch milliseconds. */
export type PagerWireCall = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly status: number | null;
  readonly at: number;
};

export type SandboxPager = {
  /** In place of https://events.pagerduty.com. */
  readonly url: string;
  /** What the bot needs to know to be believed. */
  readonly pagerDutySecret: string;
  readonly pagesToken: string;
  /** The routing key of a service in PagerDuty, or the signing secret of a webhook. */
  keyOf(name: string): string;
  /** Where a webhook posts to. */
  webhookUrl(name: string): string;
  pagers(): readonly PagerSetup[];
  /** Oldest first. */
  pages(): readonly PagerPage[];
  /** Somebody who was called does it; the bot is told of it. @throws Error for a page that is over */
  answer(answer: {
    readonly id: string;
    readonly act: 'acknowledge' | 'resolve' | 'unacknowledge';
    readonly by: string;
  }): void;
  /** Where the bot listens from now on; `null`: nowhere. */
  answerTo(botUrl: string | null): void;
  /** Makes the next calls go wrong; returns a function that takes the fault back. */
  inject(fault: PagerFault): () => void;
  clearFaults(): void;
  readonly calls: readonly PagerWireCall[];
  /** Calls `listener` after every change of a page; returns a function that ends it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};

const mostBytes = 512 * 1024;
const keptCalls = 2_000;

/** Starts the stand-in on 127.0.0.1. With `stateFile` the pages survive a restart. */
export async function startPager(options: {
  readonly pagers: readonly PagerSetup[];
  readonly now?: () => number;
  readonly botUrl?: string | null;
  readonly stateFile?: string;
  /** The real time until the bot is told again; 5 seconds when left out. */
  readonly retryMillis?: number;
}): Promise<SandboxPager> {
  const { pagers, stateFile, now = Date.now } = options;
  const byKey = new Map(pagers.map((pager) => [keyOf(pager), pager.name]));
  const pagerDutySecret = `sandbox-${digest('webhook subscription').toString('hex')}`;
  const pagesToken = 'sandbox-pages-token';
  const listeners = new Set<() => void>();
  const calls: PagerWireCall[] = [];
  const faults = createPagerFaults();
  let botUrl = options.botUrl ?? null;
  const pages = createPages({
    now,
    onChange() {
      if (stateFile !== undefined) save(stateFile, pages.list());
      for (const listener of listeners) listener();
    },
    saved: load(stateFile),
  });
  const back = openWayBack({
    now,
    botUrl: () => botUrl,
    pagerDutySecret,
    pagesToken,
    retryMillis: options.retryMillis ?? 5_000,
    onTold: pages.noteTold,
  });

  function take(event: PageEvent): void {
    const applied = pages.apply(event);
    if (applied !== null && applied.change !== null) back.tell(applied.page, applied.change, null);
  }

  function reply(path: string, headers: IncomingMessage['headers'], body: string): PagerReply {
    if (Buffer.byteLength(body) > mostBytes) return { status: 413, body: { status: 'too large' } };
    const parsed = parse(body);
    if (path === '/v2/enqueue') {
      const read = readEvent(parsed, byKey);
      if ('refused' in read) return read.refused;
      take(read.event);
      return accept(read.event);
    }
    const pager = pagers.find(({ name, type }) => type === 'webhook' && path === `/webhook/${name}`);
    if (pager === undefined) return { status: 404, body: { error: 'There is nothing here.' } };
    if (!isSigned(headers, body, keyOf(pager))) return { status: 401, body: { error: 'The signature is wrong.' } };
    const event = readWebhook(parsed, pager.name);
    if (event === null) return { status: 400, body: { error: 'The body is not of its form.' } };
    take(event);
    return { status: 204, body: {} };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path, body] = [request.url ?? '', await text(request)];
    const note = (status: number | null): void => {
      calls.push({ path, headers: request.headers, body, status, at: now() });
      if (calls.length > keptCalls) calls.splice(0, keptCalls / 2);
    };
    const fault = faults.take();
    if (fault?.kind === 'never') return note(null);
    if (fault?.kind === 'status') {
      note(fault.status);
      const retry = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      response.writeHead(fault.status, retry).end('{}');
      return;
    }
    if (fault?.kind === 'late') await wait(fault.millis);
    const { status, body: said } = request.method === 'POST' ? reply(path, request.headers, body) : notPosted;
    note(fault?.kind === 'lost reply' ? null : status);
    if (fault?.kind === 'lost reply') request.socket.destroy();
    else
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(status === 204 ? '' : JSON.stringify(said));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  const url = `http://127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;

  return {
    url,
    pagerDutySecret,
    pagesToken,
    keyOf(name) {
      const pager = pagers.find((one) => one.name === name);
      if (pager === undefined) throw new Error(`There is no pager ${name}.`);
      return keyOf(pager);
    },
    webhookUrl: (name) => `${url}/webhook/${name}`,
    pagers: () => pagers,
    pages: pages.list,
    answer({ id, act, by }) {
      const page = pages.answer(id, act, by);
      back.tell(page, act === 'unacknowledge' ? 'unacknowledged' : `${act}d`, by);
    },
    answerTo(to) {
      botUrl = to;
    },
    inject: faults.inject,
    clearFaults: faults.clear,
    calls,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await back.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const notPosted: PagerReply = { status: 405, body: { error: 'Only POST is possible here.' } };

/** The same in every run, so that a bot that outlives the sandbox is still believed. */
function keyOf({ name, type }: PagerSetup): string {
  const made = digest(`pager ${name}`);
  return type === 'pagerduty' ? made.toString('hex').slice(0, 32) : `whsec_${made.toString('base64')}`;
}

function digest(words: string): Buffer {
  return createHash('sha256').update(words).digest();
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function load(name: string | undefined): readonly PagerPage[] {
  if (name === undefined || !existsSync(name)) return [];
  return JSON.parse(readFileSync(name, 'utf8')) as readonly PagerPage[];
}

/** Written beside and renamed, so that a kill in the middle leaves the last whole state. */
function save(name: string, pages: readonly PagerPage[]): void {
  writeFileSync(`${name}.new`, JSON.stringify(pages));
  renameSync(`${name}.new`, name);
}
