import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Later, Refused, Unclear } from '../../src/failure.ts';
import { openPagers, type PagerDoor } from '../../src/pager/pager.ts';
import type { PagerCall } from '../../src/pager/pager-call.ts';
import { verifyWebhook } from '../../src/pager/sign-webhook.ts';
import { startPager, type SandboxPager } from '../../src/sandbox/pager/pager.ts';

const at = Date.parse('2026-11-20T12:00:00Z');
const call: PagerCall = {
  act: 'trigger',
  dedupKey: 'muster/INC-42/service:checkout',
  incident: 'INC-42',
  title: 'Payments fail for everyone',
  severity: 'SEV2',
  service: 'checkout',
  question: 'Can you look at checkout?',
  link: 'https://example.slack.com/archives/C0123456789',
  people: ['Ben', 'Chen'],
  at,
};

let standIn: SandboxPager;
let door: PagerDoor;
const servers: Server[] = [];

function open(urls: { readonly pagerDuty?: string; readonly webhook?: string } = {}): PagerDoor {
  return openPagers({
    pagers: [
      { name: 'payments', type: 'pagerduty', optional: false },
      { name: 'ops', type: 'webhook', url: urls.webhook ?? standIn.webhookUrl('ops'), optional: false },
      { name: 'keyless', type: 'pagerduty', optional: true },
    ],
    keys: new Map(['payments', 'ops'].map((name) => [name, standIn.keyOf(name)])),
    pagerDutyUrl: urls.pagerDuty ?? standIn.url,
    timeoutMillis: 300,
  });
}

beforeEach(async () => {
  standIn = await startPager({
    pagers: [
      { name: 'payments', type: 'pagerduty' },
      { name: 'ops', type: 'webhook' },
    ],
    now: () => at,
  });
  door = open();
});

afterEach(async () => {
  await standIn.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function bodies(): readonly unknown[] {
  return standIn.calls.map(({ body }) => JSON.parse(body) as unknown);
}

async function failureOf(sending: Promise<void>): Promise<unknown> {
  return sending.then(
    () => 'nothing failed',
    (error: unknown) => error,
  );
}

describe('PagerDuty', () => {
  test('is told what it needs to call people', async () => {
    await door.send('payments', call);
    expect(standIn.calls[0]).toMatchObject({ path: '/v2/enqueue', status: 202 });
    expect(bodies()).toEqual([
      {
        routing_key: standIn.keyOf('payments'),
        event_action: 'trigger',
        dedup_key: call.dedupKey,
        payload: {
          summary: 'INC-42 SEV2 checkout: Payments fail for everyone. Can you look at checkout?',
          source: 'checkout',
          severity: 'error',
          timestamp: '2026-11-20T12:00:00.000Z',
          custom_details: {
            incident: 'INC-42',
            severity: 'SEV2',
            service: 'checkout',
            asked: 'Can you look at checkout?',
            called_in_slack: ['Ben', 'Chen'],
          },
        },
        client: 'Muster',
        client_url: call.link,
        links: [{ href: call.link, text: 'The war room' }],
      },
    ]);
  });

  test('is told of an answer and of the end by the key alone', async () => {
    await door.send('payments', call);
    await door.send('payments', { ...call, act: 'acknowledge' });
    expect(standIn.pages()).toMatchObject([{ state: 'acknowledged', by: null, triggered: 1 }]);
    await door.send('payments', { ...call, act: 'resolve' });
    expect(standIn.pages()).toMatchObject([{ state: 'resolved' }]);
    const event = { routing_key: standIn.keyOf('payments'), dedup_key: call.dedupKey };
    expect(bodies().slice(1)).toEqual([
      { ...event, event_action: 'acknowledge' },
      { ...event, event_action: 'resolve' },
    ]);
  });

  test('takes what is long, unknown or hostile', async () => {
    const hostile = { title: `${'🔥'.repeat(2_000)}\u202e\n`, severity: null, service: null, link: null };
    await door.send('payments', { ...call, ...hostile, people: Array.from({ length: 500 }, () => 'B\u0000en') });
    expect(standIn.calls[0]).toMatchObject({ status: 202 });
    expect(standIn.pages()[0]?.about.title).toMatch(/^INC-42: 🔥+…$/u);
    expect(standIn.pages()[0]?.about.people).toEqual(Array.from({ length: 100 }, () => 'Ben'));
  });

  test.each([
    ['SEV1', 'critical'],
    ['SEV3', 'warning'],
    ['SEV5', 'info'],
    [null, 'error'],
  ] as const)('hears of %s as %s', async (severity, said) => {
    await door.send('payments', { ...call, severity });
    expect(bodies()).toMatchObject([{ payload: { severity: said } }]);
  });
});

describe('a pager that takes webhooks', () => {
  test('gets a signed body that says the same', async () => {
    await door.send('ops', call);
    expect(standIn.calls).toMatchObject([{ path: '/webhook/ops', status: 204 }]);
    expect(bodies()).toEqual([
      {
        type: 'page.triggered',
        timestamp: '2026-11-20T12:00:00.000Z',
        data: {
          key: call.dedupKey,
          incident: 'INC-42',
          title: call.title,
          severity: 'SEV2',
          service: 'checkout',
          question: call.question,
          link: call.link,
          people: ['Ben', 'Chen'],
        },
      },
    ]);
    await door.send('ops', { ...call, act: 'acknowledge' });
    await door.send('ops', { ...call, act: 'resolve' });
    expect(standIn.pages()).toMatchObject([{ pager: 'ops', state: 'resolved' }]);
  });

  test('knows a call that is sent again by its id, and another by another', async () => {
    await door.send('ops', call);
    await door.send('ops', call);
    await door.send('ops', { ...call, at: at + 120_000 });
    await door.send('ops', { ...call, act: 'acknowledge' });
    const ids = standIn.calls.map(({ headers }) => String(headers['webhook-id']));
    expect(ids[0]).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  test('can verify it with the headers as they come', async () => {
    await door.send('ops', call);
    const { headers, body = '' } = standIn.calls[0] ?? {};
    const signed = {
      'webhook-id': String(headers?.['webhook-id']),
      'webhook-timestamp': String(headers?.['webhook-timestamp']),
      'webhook-signature': String(headers?.['webhook-signature']),
    };
    expect(verifyWebhook({ headers: signed, body: Buffer.from(body) }, [standIn.keyOf('ops')])).toBe(true);
    expect(verifyWebhook({ headers: signed, body: Buffer.from(`${body} `) }, [standIn.keyOf('ops')])).toBe(false);
  });
});

describe('what goes wrong', () => {
  test.each([400, 401, 403, 404, 410, 422])('%i is a refusal for good', async (status) => {
    standIn.inject({ kind: 'status', status });
    const failure = await failureOf(door.send('payments', call));
    expect(failure).toBeInstanceOf(Refused);
    expect(failure).toMatchObject({ code: `http_${status}` });
  });

  test.each([500, 502, 503, 408])('%i leaves it unclear', async (status) => {
    standIn.inject({ kind: 'status', status });
    expect(await failureOf(door.send('payments', call))).toBeInstanceOf(Unclear);
  });

  test.each([
    ['7', 7_000],
    ['0', 1_000],
    ['86400', 300_000],
    ['soon', 10_000],
    [undefined, 10_000],
  ])('429 with Retry-After %s is a wait of %i ms', async (retryAfter, waitMillis) => {
    standIn.inject({ kind: 'status', status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) });
    const failure = await failureOf(door.send('payments', call));
    expect(failure).toBeInstanceOf(Later);
    expect(failure).toMatchObject({ waitMillis });
  });

  test('429 with a date is a wait until then', async () => {
    standIn.inject({ kind: 'status', status: 429, retryAfter: new Date(Date.now() + 60_000).toUTCString() });
    const failure = await failureOf(door.send('payments', call));
    expect(failure instanceof Later && failure.waitMillis > 55_000 && failure.waitMillis <= 60_000).toBe(true);
  });

  test('429 again and again is waited out for longer, until one is taken', async () => {
    standIn.inject({ kind: 'status', status: 429, times: 6 });
    const waits: unknown[] = [];
    for (let times = 0; times < 6; times += 1) waits.push(await failureOf(door.send('payments', call)));
    expect(waits.map((one) => (one instanceof Later ? one.waitMillis / 1_000 : one))).toEqual([
      10, 20, 40, 80, 120, 120,
    ]);
    await door.send('payments', call);
    standIn.inject({ kind: 'status', status: 429 });
    expect(await failureOf(door.send('payments', call))).toMatchObject({ waitMillis: 10_000 });
  });

  test('no answer in time is unclear, and the connection is given up', async () => {
    let closed = false;
    const url = await serve((request) => request.socket.once('close', () => (closed = true)));
    const began = Date.now();
    expect(await failureOf(open({ pagerDuty: url }).send('payments', call))).toBeInstanceOf(Unclear);
    expect(Date.now() - began).toBeLessThan(3_000);
    await expect.poll(() => closed).toBe(true);
  });

  test('an answer that never ends is none the worse for it', async () => {
    const url = await serve((request, response) => {
      void text(request).then(() => response.writeHead(202).write('{'));
    });
    await expect(open({ pagerDuty: url }).send('payments', call)).resolves.toBeUndefined();
  });

  test('a lost answer is unclear, and sending it again changes nothing', async () => {
    standIn.inject({ kind: 'lost reply' });
    expect(await failureOf(door.send('payments', call))).toBeInstanceOf(Unclear);
    expect(standIn.pages()).toHaveLength(1);
    await door.send('payments', call);
    expect(standIn.pages()).toMatchObject([{ state: 'triggered' }]);
  });

  test('a redirect is a refusal, and is not followed', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await failureOf(open({ webhook: `${url}/pages` }).send('ops', call))).toMatchObject({ code: 'http_307' });
    expect(asked).toEqual(['/pages']);
  });

  test('nobody there is unclear, and the failure tells no address', async () => {
    const failure = await failureOf(open({ webhook: 'http://127.0.0.1:1/secret' }).send('ops', call));
    expect(failure).toBeInstanceOf(Unclear);
    expect(String(failure)).not.toContain('secret');
    expect(failure instanceof Error ? failure.cause : null).toBeUndefined();
  });

  test('a dead pager is left in peace for a while, and another is not', async () => {
    standIn.inject({ kind: 'status', status: 500, times: 5 });
    for (let times = 0; times < 5; times += 1) await failureOf(door.send('payments', call));
    const failure = await failureOf(door.send('payments', call));
    expect(failure).toBeInstanceOf(Later);
    expect(failure).toMatchObject({ waitMillis: 10_000 });
    expect(standIn.calls).toHaveLength(5);
    await door.send('ops', call);
    expect(standIn.pages()).toMatchObject([{ pager: 'ops' }]);
  });

  test('refusals and waits do not count against it', async () => {
    standIn.inject({ kind: 'status', status: 400, times: 8 });
    for (let times = 0; times < 8; times += 1) await failureOf(door.send('payments', call));
    await expect(door.send('payments', call)).resolves.toBeUndefined();
  });

  test.each(['nobody', 'keyless'])('a pager that is not set up ("%s") is a refusal', async (name) => {
    expect(await failureOf(door.send(name, call))).toMatchObject({ code: 'not_set_up' });
    expect(standIn.calls).toEqual([]);
  });

  test('a wrong signing secret is a refusal', async () => {
    const wrong = openPagers({
      pagers: [{ name: 'ops', type: 'webhook', url: standIn.webhookUrl('ops'), optional: false }],
      keys: new Map([['ops', `whsec_${Buffer.alloc(24, 1).toString('base64')}`]]),
      pagerDutyUrl: standIn.url,
    });
    expect(await failureOf(wrong.send('ops', call))).toMatchObject({ code: 'http_401' });
  });
});
