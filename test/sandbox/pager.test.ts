import { createHmac } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPager, type SandboxPager } from '../../src/sandbox/pager/pager.ts';

const at = Date.parse('2026-11-20T12:00:00Z');
const pagers = [
  { name: 'payments', type: 'pagerduty' },
  { name: 'ops', type: 'webhook' },
] as const;

type Heard = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };

let pager: SandboxPager;
let bot: Server;
let botUrl: string;
const heard: Heard[] = [];
/** What the bot answers next; 200 when there is nothing. */
const answers: number[] = [];

beforeEach(async () => {
  heard.length = 0;
  answers.length = 0;
  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    heard.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
    response.writeHead(answers.shift() ?? 200).end();
  };
  bot = createServer((request, response) => void listen(request, response));
  await new Promise<void>((resolve) => void bot.listen(0, '127.0.0.1', resolve));
  const address = bot.address();
  botUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  pager = await startPager({ pagers, now: () => at, botUrl, retryMillis: 20 });
});

afterEach(async () => {
  await pager.close();
  bot.closeAllConnections();
  await new Promise((resolve) => bot.close(resolve));
});

async function enqueue(event: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${pager.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(event) });
  return { status: answer.status, body: await answer.json() };
}

function trigger(more: object = {}): object {
  return {
    routing_key: pager.keyOf('payments'),
    event_action: 'trigger',
    dedup_key: 'page-1',
    payload: { summary: 'Payments fail', source: 'checkout', severity: 'error' },
    ...more,
  };
}

/** The types and agents of what PagerDuty told, in its order. */
function told(): readonly string[] {
  return heard.map(({ body }) => {
    const { event } = JSON.parse(body) as { event: { event_type: string; agent: { summary: string } } };
    return `${event.event_type} by ${event.agent.summary}`;
  });
}

describe('the stand-in for PagerDuty', () => {
  test('takes an event and says by which key', async () => {
    expect(await enqueue(trigger())).toEqual({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'page-1' },
    });
    expect(pager.pages()).toMatchObject([{ pager: 'payments', key: 'page-1', state: 'triggered', openedAt: at }]);
  });

  test('knows a page by its key until it is resolved', async () => {
    await enqueue(trigger());
    await enqueue(trigger());
    expect(pager.pages()).toMatchObject([{ triggered: 2 }]);
    await enqueue(trigger({ event_action: 'resolve' }));
    await enqueue(trigger());
    expect(pager.pages().map(({ state }) => state)).toEqual(['resolved', 'triggered']);
  });

  test('drops what is about no open page', async () => {
    expect((await enqueue(trigger({ event_action: 'acknowledge', dedup_key: 'another' }))).status).toBe(202);
    expect(pager.pages()).toEqual([]);
  });

  test.each([
    [{ routing_key: 'short' }, "routing_key: Length of 'routing_key' is incorrect (should be 32 characters)"],
    [{ routing_key: 'f'.repeat(32) }, 'Invalid routing key'],
    [{ event_action: 'ack' }, "event_action: 'event_action' must be trigger, acknowledge or resolve"],
    [{ dedup_key: 'x'.repeat(256) }, "dedup_key: 'dedup_key' must be at most 255 characters"],
    [{ payload: undefined }, "'payload' is missing or blank"],
    [{ event_action: 'resolve', dedup_key: undefined }, "'dedup_key' is missing or blank"],
    [
      { payload: { summary: 'x'.repeat(1025), source: 's', severity: 'info' } },
      "payload.summary: 'payload.summary' must be at most 1024 characters",
    ],
  ])('refuses %o', async (wrong, error) => {
    expect(await enqueue(trigger(wrong))).toMatchObject({ status: 400, body: { errors: [error] } });
    expect(pager.pages()).toEqual([]);
  });

  test('tells the bot, signed, of all that happens and by whom', async () => {
    await enqueue(trigger());
    const id = pager.pages()[0]?.id ?? '';
    pager.answer({ id, act: 'acknowledge', by: 'Ben' });
    pager.answer({ id, act: 'unacknowledge', by: 'Ben' });
    await enqueue(trigger({ event_action: 'acknowledge' }));
    pager.answer({ id, act: 'resolve', by: 'Chen' });
    await expect
      .poll(told)
      .toEqual([
        'incident.triggered by Events API v2',
        'incident.acknowledged by Ben',
        'incident.unacknowledged by Ben',
        'incident.acknowledged by Events API v2',
        'incident.resolved by Chen',
      ]);
    for (const { path, headers, body } of heard) {
      expect(path).toBe('/pagerduty');
      const signature = createHmac('sha256', pager.pagerDutySecret).update(body).digest('hex');
      expect(headers['x-pagerduty-signature']).toBe(`v1=${signature}`);
    }
    expect(JSON.parse(heard[1]?.body ?? '')).toMatchObject({
      event: { data: { incident_key: 'page-1', status: 'acknowledged' }, occurred_at: '2026-11-20T12:00:00.000Z' },
    });
    expect(() => pager.answer({ id, act: 'acknowledge', by: 'Ben' })).toThrow('That page is over.');
  });

  test('tells it again after 503, and never again after 401', async () => {
    answers.push(503, 503, 200, 401);
    await enqueue(trigger());
    await expect.poll(() => pager.pages()[0]?.told).toEqual({ outcome: 'taken', status: 200 });
    expect(heard).toHaveLength(3);
    pager.answer({ id: pager.pages()[0]?.id ?? '', act: 'acknowledge', by: 'Ben' });
    await expect.poll(() => pager.pages()[0]?.told).toEqual({ outcome: 'refused', status: 401 });
    expect(heard).toHaveLength(4);
  });

  test('gives up when nobody listens', async () => {
    pager.answerTo(null);
    await enqueue(trigger());
    await expect.poll(() => pager.pages()[0]?.told).toEqual({ outcome: 'given up', status: null });
  });

  test('fails as it is told to', async () => {
    const takeBack = pager.inject({ kind: 'status', status: 429, retryAfter: '3', times: Infinity });
    const limited = await fetch(`${pager.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(trigger()) });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
    takeBack();
    pager.inject({ kind: 'lost reply' });
    await expect(enqueue(trigger())).rejects.toThrow('fetch failed');
    expect(pager.pages()).toMatchObject([{ key: 'page-1', triggered: 1 }]);
    pager.inject({ kind: 'late', millis: 60 });
    const began = Date.now();
    await enqueue(trigger());
    expect(Date.now() - began).toBeGreaterThanOrEqual(55);
    expect(pager.calls.map(({ status }) => status)).toEqual([429, null, 202]);
  });

  test('keeps its pages over a restart', async () => {
    const stateFile = join(await mkdtemp(join(tmpdir(), 'sandbox-pager-')), 'pager.json');
    const first = await startPager({ pagers, stateFile });
    await fetch(`${first.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(trigger()) });
    await first.close();
    const second = await startPager({ pagers, stateFile });
    expect(second.pages()).toMatchObject([{ key: 'page-1', state: 'triggered' }]);
    expect(second.keyOf('payments')).toBe(first.keyOf('payments'));
    await second.close();
  });
});

describe("the stand-in for a pager of one's own", () => {
  const body = JSON.stringify({
    type: 'page.triggered',
    timestamp: '2026-11-20T12:00:00.000Z',
    data: {
      key: 'page-2',
      incident: 'INC-42',
      title: 'Payments fail',
      severity: null,
      service: null,
      question: 'Can you look?',
      link: null,
      people: ['Ben'],
    },
  });

  async function post(sent: string, secret = pager.keyOf('ops')): Promise<number> {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${sent}`).digest('base64');
    const answer = await fetch(pager.webhookUrl('ops'), {
      method: 'POST',
      headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
      body: sent,
    });
    return answer.status;
  }

  test('takes what is signed, and answers with the token', async () => {
    expect(await post(body)).toBe(204);
    expect(pager.pages()).toMatchObject([{ pager: 'ops', type: 'webhook', about: { title: 'INC-42: Payments fail' } }]);
    pager.answer({ id: pager.pages()[0]?.id ?? '', act: 'acknowledge', by: 'Ben' });
    await expect.poll(() => heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ path: '/pages', headers: { authorization: `Bearer ${pager.pagesToken}` } });
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({ key: 'page-2', act: 'acknowledged', by: 'Ben' });
  });

  test('refuses what is not signed, not understood or not its own', async () => {
    expect(await post(body, `whsec_${Buffer.alloc(32).toString('base64')}`)).toBe(401);
    expect(await post('{"type":"page.triggered"}')).toBe(400);
    expect((await fetch(pager.webhookUrl('payments'), { method: 'POST', body })).status).toBe(404);
    expect(pager.pages()).toEqual([]);
  });
});
