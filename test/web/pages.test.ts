import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { openMetrics } from '../../src/metrics.ts';
import type { PagerNews } from '../../src/pager/pager-news.ts';
import { signWebhook } from '../../src/pager/sign-webhook.ts';
import { openPages, type PagesContext } from '../../src/web/pages.ts';
import { routes } from '../../src/web/routes.ts';
import { startWeb, type Web } from '../../src/web/web.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const pagesToken = 'a-token-for-pages';
const subscription = 'the secret of a subscription';
const key = 'muster/INC-42/service:checkout';

const logged: string[] = [];
const log = createLog(
  'info',
  new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) }),
);
const taken: PagerNews[] = [];
let take: PagesContext['take'];
let web: Web;
let closed: Web;

async function start(context: Partial<PagesContext>): Promise<Web> {
  const pages = openPages({
    pagerDutySecrets: [],
    pagesToken: null,
    webhookSecrets: [],
    take: (news) => take(news),
    now: () => Promise.resolve(now),
    log,
    ...context,
  });
  const shell = {} as Parameters<typeof routes>[0]['shell'];
  const topic = (): Promise<{ status: number; body: string }> => Promise.resolve({ status: 404, body: '' });
  return startWeb({
    port: 0,
    routes: routes({ shell, signalsToken: null, log, metrics: openMetrics(), topic, pages }),
  });
}

beforeAll(async () => {
  web = await start({ pagerDutySecrets: ['an older secret', subscription], pagesToken, webhookSecrets: [secret] });
  closed = await start({});
});
afterAll(async () => {
  await web.close();
  await closed.close();
});
beforeEach(() => {
  logged.length = 0;
  taken.length = 0;
  take = (news) => {
    taken.push(news);
    return Promise.resolve('taken');
  };
});

type Answered = { readonly status: number; readonly body: unknown };

async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  { headers = {}, to = web }: { readonly headers?: Readonly<Record<string, string>>; readonly to?: Web } = {},
): Promise<Answered> {
  const response = await fetch(`http://127.0.0.1:${to.port}${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: await response.json() };
}

function event(type: string, more: object = {}): string {
  return JSON.stringify({
    event: {
      id: 'event-1',
      event_type: type,
      occurred_at: '2026-11-20T11:59:30Z',
      agent: { type: 'user_reference', summary: 'Ben' },
      data: { id: 'PGR0VU2', incident_key: key, ...more },
    },
  });
}

async function fromPagerDuty(body: string, by = subscription): Promise<Answered> {
  const signature = createHmac('sha256', by).update(body).digest('hex');
  return post('/pagerduty', body, {
    headers: { 'content-type': 'application/json', 'x-pagerduty-signature': `v1=${signature}` },
  });
}

async function withToken(body: object, token = pagesToken): Promise<Answered> {
  return post('/pages', JSON.stringify(body), { headers: { authorization: `Bearer ${token}` } });
}

describe('PagerDuty', () => {
  test('is believed when it signs, and what it says is saved before it is answered', async () => {
    const { promise, resolve } = Promise.withResolvers<'taken'>();
    take = (news) => {
      taken.push(news);
      return promise;
    };
    const answering = fromPagerDuty(event('incident.acknowledged'));
    await expect.poll(() => taken).toHaveLength(1);
    resolve('taken');
    expect(await answering).toEqual({ status: 200, body: { done: 'saved' } });
    expect(taken).toEqual([
      { dedupKey: key, act: 'acknowledged', by: 'Ben', person: true, at: now - 30_000, id: 'event-1' },
    ]);
  });

  test('may say it twice', async () => {
    expect((await fromPagerDuty(event('incident.resolved'))).status).toBe(200);
    expect((await fromPagerDuty(event('incident.resolved'))).status).toBe(200);
    expect(taken.map(({ id }) => id)).toEqual(['event-1', 'event-1']);
  });

  test('is thanked for what is none of ours, since it stops sending when it is refused', async () => {
    expect(await fromPagerDuty(event('incident.triggered'))).toMatchObject({ status: 202, body: { done: 'nothing' } });
    expect(await fromPagerDuty('{"event":{"event_type":"pagey.ping"}}')).toMatchObject({ status: 202 });
    expect(taken).toEqual([]);
    take = () => Promise.resolve('unknown');
    expect(await fromPagerDuty(event('incident.acknowledged'))).toEqual({
      status: 202,
      body: { done: 'nothing', because: 'no page with that key is known here' },
    });
  });

  test('does not move time forward', async () => {
    await fromPagerDuty(event('incident.acknowledged').replace('2026-11-20', '2036-11-20'));
    expect(taken).toMatchObject([{ at: now }]);
  });

  test('is not believed without a signature of a known subscription', async () => {
    const body = event('incident.acknowledged');
    expect(await fromPagerDuty(body, 'another secret')).toMatchObject({ status: 401 });
    expect(await post('/pagerduty', body)).toMatchObject({
      status: 401,
      body: { error: 'Refused: the signature is not that of a known subscription of PagerDuty.' },
    });
    expect(await post('/pagerduty', body, { headers: { authorization: `Bearer ${pagesToken}` } })).toMatchObject({
      status: 401,
    });
    expect(taken).toEqual([]);
    expect(logged.join('')).not.toContain(subscription);
  });

  test('may send 256 KB, and no more', async () => {
    const long = (bytes: number): string => event('incident.acknowledged', { more: 'x'.repeat(bytes) });
    expect(await fromPagerDuty(long(250 * 1024))).toMatchObject({ status: 200 });
    expect(await fromPagerDuty(long(260 * 1024))).toMatchObject({ status: 413 });
    expect(taken).toHaveLength(1);
  });

  test('is refused what is no JSON, or is compressed', async () => {
    expect(await fromPagerDuty('{')).toMatchObject({ status: 400 });
    const packed = new Uint8Array(gzipSync(event('incident.acknowledged')));
    expect(await post('/pagerduty', packed, { headers: { 'content-encoding': 'gzip' } })).toMatchObject({
      status: 415,
    });
  });

  test('is asked to send it again when it can not be saved', async () => {
    take = () => Promise.reject(new Error('Postgres is away'));
    expect(await fromPagerDuty(event('incident.acknowledged'))).toEqual({
      status: 503,
      body: { error: 'It could not be saved. Please send it again: what arrives twice is kept once.' },
    });
    expect(logged.join('')).toContain('Postgres is away');
  });

  test('is asked to send it again when it is not saved in time', async () => {
    take = () => new Promise(() => undefined);
    const began = Date.now();
    expect(await fromPagerDuty(event('incident.acknowledged'))).toMatchObject({ status: 503 });
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});

describe("a pager of one's own", () => {
  test('is believed with the token', async () => {
    const sent = { key, act: 'resolved', by: 'Chen', at: '2026-11-20T13:59:00+02:00', id: 'answer-7' };
    expect(await withToken(sent)).toEqual({ status: 200, body: { done: 'saved' } });
    expect(taken).toEqual([
      { dedupKey: key, act: 'resolved', by: 'Chen', person: true, at: now - 60_000, id: 'answer-7' },
    ]);
  });

  test('need not say more than key and act', async () => {
    await withToken({ key, act: 'acknowledged' });
    await withToken({ key, act: 'acknowledged', by: null });
    expect(taken).toMatchObject([
      { by: null, at: now },
      { by: null, at: now },
    ]);
    // Somebody may acknowledge, pass it on, and acknowledge again.
    expect(taken[0]?.id).not.toBe(taken[1]?.id);
  });

  test('is believed when it signs, and its message is known by its id', async () => {
    const body = JSON.stringify({ key, act: 'acknowledged', by: 'Zoë' });
    const headers = { ...signWebhook({ id: 'msg_1', body, secret }) };
    expect(await post('/pages', body, { headers })).toMatchObject({ status: 200 });
    expect(taken).toMatchObject([{ by: 'Zoë', id: 'msg_1' }]);
    expect(await post('/pages', body.replace('Zoë', 'Ben'), { headers })).toMatchObject({ status: 401 });
    const old = signWebhook({ id: 'msg_1', body, secret }, Date.now() - 6 * 60_000);
    expect(await post('/pages', body, { headers: { ...old } })).toMatchObject({ status: 401 });
  });

  test('is not believed without', async () => {
    expect(await withToken({ key, act: 'acknowledged' }, 'another-token-altogether')).toMatchObject({ status: 401 });
    expect(await post('/pages', '{}')).toMatchObject({
      status: 401,
      body: { error: 'Refused: send "authorization: Bearer" with the token for pages, or a valid signature.' },
    });
    expect(taken).toEqual([]);
  });

  test.each([
    [{}, ['key is missing', 'act is missing']],
    [{ key: '', act: 'acked' }, ['key must be the key', 'act must be one of acknowledged, resolved, reopened']],
    [{ key: 'x'.repeat(256), act: 'resolved' }, ['key must be the key']],
    [{ key, act: 'resolved', at: 'now' }, ['at must be a time such as 2026-03-01T12:00:00Z']],
    [{ key, act: 'resolved', id: 7 }, ['id must be text']],
    [{ key, act: 'resolved', who: 'Ben' }, ['The body has more than key, act, by, at and id']],
    [[], ['The body must be an object']],
  ])('is told what is wrong with %j', async (body, problems) => {
    expect(await withToken(body)).toEqual({
      status: 400,
      body: { error: 'Nothing was saved.', problems: problems.map((one) => expect.stringContaining(one)) },
    });
    expect(taken).toEqual([]);
  });

  test('may name nobody at length, or hide a name', async () => {
    await withToken({ key, act: 'acknowledged', by: `\u202e${'x'.repeat(500)}\n` });
    expect(taken).toMatchObject([{ by: `${'x'.repeat(79)}…` }]);
  });

  test('is told of a key that is not known', async () => {
    take = () => Promise.resolve('unknown');
    expect(await withToken({ key, act: 'acknowledged' })).toMatchObject({ status: 202, body: { done: 'nothing' } });
  });

  test('may not send more than 64 KiB', async () => {
    expect(await withToken({ key, act: 'acknowledged', by: 'x'.repeat(70 * 1024) })).toMatchObject({ status: 413 });
  });
});

describe('without any secret', () => {
  test('nothing is taken, and it is said which one is missing', async () => {
    expect(await post('/pagerduty', event('incident.acknowledged'), { to: closed })).toEqual({
      status: 503,
      body: { error: 'Nothing is taken here: PAGERDUTY_WEBHOOK_SECRET is not set.' },
    });
    expect(await post('/pages', '{}', { to: closed, headers: { authorization: 'Bearer null' } })).toMatchObject({
      status: 503,
    });
  });
});
