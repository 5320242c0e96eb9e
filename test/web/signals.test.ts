import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { handle } from '../../src/handle.ts';
import type { Incident, PersonId } from '../../src/incident/incident.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { createLog } from '../../src/log.ts';
import { openPostgres, type Postgres } from '../../src/postgres/postgres.ts';
import { openQueue, type Queue } from '../../src/postgres/queue.ts';
import { readTimeline } from '../../src/postgres/timeline.ts';
import { openMetrics } from '../../src/metrics.ts';
import { routes } from '../../src/web/routes.ts';
import { startWeb, type Web } from '../../src/web/web.ts';
import { testDatabase } from '../harness/database.ts';
import { people } from '../incident/scenario.ts';

const token = 'a-token-of-some-length';
const log = createLog('silent');
const ana = 'U0ANA000001' as PersonId;
const service = (name: string): Policy['services'][number] => ({
  name,
  levels: [{ targets: [ana], atLeast: null }],
  alarms: [],
  needs: [],
  traffic: null,
  stabilisationMillis: 60_000,
  runbook: null,
  links: [],
  bridge: null,
  pager: null,
});
const policy: Policy = {
  services: [service('checkout'), service('search'), service('mail')],
  alarms: {
    queues: [],
    topics: [],
    selections: [],
    rules: [],
    windowMillis: 60_000,
    automaticRooms: 3,
    triageChannel: null,
  },
  people,
  pagers: [],
  fallbackLevels: [{ targets: [ana], atLeast: null }],
  bridge: null,
  broadcastChannel: null,
  roomPrefix: 'inc',
  defaultStabilisationMillis: 60_000,
  severities: { SEV1: '1', SEV2: '2', SEV3: '3', SEV4: '4', SEV5: '5' },
};

/** What these tests do not look at. */
const others = {
  metrics: openMetrics(),
  topic: () => Promise.resolve({ status: 404, body: { error: 'not here' } }),
};

let postgres: Postgres;
let queue: Queue;
let web: Web;
let drop: () => Promise<void>;
let asked = 0;

beforeAll(async () => {
  const database = await testDatabase();
  drop = () => database.drop();
  postgres = openPostgres(database.url, () => undefined);
  queue = await openQueue(database.url, log);
  web = await startWeb({
    port: 0,
    routes: routes({ ...others, shell: { postgres, queue, policy }, signalsToken: token, log }),
  });
});
afterAll(async () => {
  await web.close();
  await queue.stop();
  await postgres.close();
  await drop();
});
beforeEach(async () => {
  await postgres.query('delete from signal');
});

type Reply = { readonly status: number; readonly body: Record<string, unknown> };

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${web.port}/signals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function savedTexts(): Promise<readonly string[]> {
  const { rows } = await postgres.query<{ text: string }>('select text from signal order by id');
  return rows.map(({ text }) => text);
}

async function declare(...services: readonly string[]): Promise<Incident> {
  const outcome = await handle(
    { postgres, queue, policy },
    {
      id: `test:${(asked += 1)}`,
      by: { type: 'person', person: ana },
      incident: null,
      command: {
        name: 'declare',
        title: 'It is slow',
        severity: null,
        services,
        test: false,
        origin: null,
        anyway: true,
        lead: false,
      },
    },
  );
  if (outcome.type !== 'done') throw new Error(outcome.text);
  return outcome.incident;
}

async function signalsOf(incident: Incident): Promise<readonly { text: string; adopted: boolean; at: number }[]> {
  return (await readTimeline(postgres, incident.id)).flatMap(({ event, text, occurredAt }) =>
    event.kind === 'signalled' ? [{ text, adopted: event.adopted, at: occurredAt }] : [],
  );
}

const deployed = { service: 'checkout', kind: 'change', text: 'checkout 4.2 is live' };

describe('a sender', () => {
  test.each([
    ['no token', { authorization: '' }],
    ['a wrong token', { authorization: 'Bearer a-token-of-some-lengti' }],
    ['a token of another kind', { authorization: `Basic ${token}` }],
  ])('with %s is refused and nothing is saved', async (_case, headers) => {
    expect((await post(deployed, headers)).status).toBe(401);
    expect(await savedTexts()).toEqual([]);
  });

  test('is told when signals are not taken here at all', async () => {
    const closed = await startWeb({
      port: 0,
      routes: routes({ ...others, shell: { postgres, queue, policy }, signalsToken: null, log }),
    });
    const response = await fetch(`http://127.0.0.1:${closed.port}/signals`, { method: 'POST' });
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('SIGNALS_TOKEN is not set');
    await closed.close();
  });

  test('is told to send it again while Postgres is away', async () => {
    const gone = openPostgres('postgres://muster:x@127.0.0.1:1/muster', () => undefined);
    const lame = await startWeb({
      port: 0,
      routes: routes({
        ...others,
        shell: { postgres: gone, queue, policy },
        signalsToken: token,
        log,
        slackConnected: () => false,
      }),
    });
    const response = await fetch(`http://127.0.0.1:${lame.port}/signals`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(deployed),
    });
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: 'Nothing was saved. Please send it again: what arrives twice is kept once.',
    });
    const health = await fetch(`http://127.0.0.1:${lame.port}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toEqual({ status: 'unwell', postgres: 'does not answer', slack: 'not connected' });
    await lame.close();
    await gone.close();
  });
});

describe('a signal', () => {
  test('goes to every incident of its service that is not over, with its own time, and to no other', async () => {
    const one = await declare('checkout');
    const both = await declare('search', 'checkout');
    const other = await declare('mail');
    const at = new Date(Date.now() - 5 * 60_000).toISOString();
    const link = 'https://ci.example.com/4711?a=1&b=2';
    const { status, body } = await post({ ...deployed, at, link, source: 'deploy-bot', id: '4711' });
    expect(status).toBe(200);
    expect(body).toEqual({ saved: 1, repeated: 0, incidents: [`INC-${one.id}`, `INC-${both.id}`] });
    expect(await signalsOf(one)).toEqual([{ text: 'checkout 4.2 is live', adopted: false, at: Date.parse(at) }]);
    expect(await signalsOf(both)).toHaveLength(1);
    expect(await signalsOf(other)).toEqual([]);
    const row = (await readTimeline(postgres, one.id)).at(-1);
    expect(row).toMatchObject({ kind: 'change', actor: { type: 'webhook', name: 'deploy-bot' }, link });
  });

  test('that arrives twice is kept once, by its id or by what it says', async () => {
    const incident = await declare('checkout');
    const before = (await signalsOf(incident)).length;
    const named = { ...deployed, source: 'ci', id: 'build-1' };
    await post(named);
    expect((await post({ ...named, text: 'said differently' })).body).toMatchObject({ saved: 0, repeated: 1 });
    expect((await post({ ...named, source: 'other-ci' })).body).toMatchObject({ saved: 1 });
    const timed = { ...deployed, at: new Date(Date.now() - 1000).toISOString() };
    await Promise.all([post(timed), post(timed), post(timed)]);
    expect(await savedTexts()).toHaveLength(3);
    expect(await signalsOf(incident)).toHaveLength(before + 3);
  });

  test('from before a declaration is adopted by it once, also when both come at the same moment', async () => {
    const text = 'a flag was flipped';
    const [incident] = await Promise.all([
      declare('mail'),
      ...Array.from({ length: 5 }, (_, index) => post({ service: 'mail', kind: 'change', text, id: `flag-${index}` })),
    ]);
    const late = await declare('mail');
    expect(await signalsOf(incident)).toHaveLength(5);
    expect((await signalsOf(late)).map(({ adopted }) => adopted)).toEqual([true, true, true, true, true]);
  });

  test('of a service that nobody knows is saved, and the known ones are named', async () => {
    const { status, body } = await post({ ...deployed, service: 'chekout' });
    expect(status).toBe(202);
    expect(body['warning']).toMatch(/no service named "chekout". It knows: checkout, search, mail\.$/);
    expect(await savedTexts()).toEqual(['checkout 4.2 is live']);
  });

  test('is cleaned of what hides and turns text, but not of its lines', async () => {
    await post({ ...deployed, text: ' \u202edeploy\u0000ed\u200b <!channel>\r\nby CI ' });
    expect(await savedTexts()).toEqual(['deployed <!channel>\nby CI']);
  });

  test('can come with others, all or none', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ ...deployed, id: String(index) }));
    expect((await post({ signals: many })).body).toMatchObject({ saved: 100, repeated: 0 });
    const broken = [
      { ...deployed, id: 'fine' },
      { ...deployed, kind: 'rumour' },
    ];
    expect((await post({ signals: broken })).status).toBe(422);
    expect(await savedTexts()).toHaveLength(100);
  });
});

describe('a wrong request', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['nothing', {}, ['service is missing', 'kind is missing', 'text is missing']],
    ['a list', [deployed], ['The body must be a signal: an object with service, kind and text']],
    ['no signals', { signals: [] }, ['signals is empty']],
    ['101 signals', { signals: Array.from({ length: 101 }, () => deployed) }, ['signals may hold 100 at most']],
    [
      'another kind',
      { ...deployed, kind: 'rumour' },
      ['kind must be one of alarm, change, page, trigger, impact, recovery, observation'],
    ],
    ['empty words', { ...deployed, text: ' \u200b ' }, ['text must be text of 1 to 3000 characters']],
    ['endless words', { ...deployed, text: 'x'.repeat(3001) }, ['text must be text of 1 to 3000 characters']],
    ['a number for words', { ...deployed, service: 7 }, ['service must be text of 1 to 40 characters']],
    [
      'a time without a zone',
      { ...deployed, at: '2026-03-01T12:00:00' },
      ['at must be a time such as 2026-03-01T12:00:00Z'],
    ],
    ['a time to come', { ...deployed, at: new Date(Date.now() + 3_600_000).toISOString() }, ['at lies in the future']],
    ['a time long ago', { ...deployed, at: '2020-01-01T00:00:00Z' }, ['at is more than 30 days ago']],
    [
      'a link that runs',
      { ...deployed, link: 'javascript:alert(1)' },
      ['link must be a link that starts with https:// or http://'],
    ],
    [
      'an unknown field',
      { ...deployed, sender: 'ci' },
      ['sender is unknown; a signal has service, kind, text, at, link, source, id'],
    ],
    [
      'wrong fields in the middle of many',
      { signals: [deployed, { ...deployed, id: 'x'.repeat(201) }] },
      ['signals[1].id must be text of 1 to 200 characters'],
    ],
  ])('with %s is told which field is wrong, and nothing is saved', async (_case, sent, problems) => {
    const { status, body } = await post(sent);
    expect(status).toBe(422);
    expect(body).toEqual({ error: 'Nothing was saved.', problems });
    expect(await savedTexts()).toEqual([]);
  });

  test('that is no JSON, not UTF-8 or of another type is refused', async () => {
    expect((await post('{"service": ')).status).toBe(400);
    expect((await post('service=checkout', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    const response = await fetch(`http://127.0.0.1:${web.port}/signals`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });

  test('that is too large is refused, whether it says so before or not', async () => {
    const large = JSON.stringify({ ...deployed, text: 'x'.repeat(70_000) });
    expect((await post(large)).status).toBe(413);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sending = request({ port: web.port, path: '/signals', method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.on('error', reject);
      sending.write(large.slice(0, 40_000));
      sending.end(large.slice(40_000));
    });
    expect(status).toBe(413);
    expect(await savedTexts()).toEqual([]);
  });

  test('of another method or to another path is told so', async () => {
    const base = `http://127.0.0.1:${web.port}`;
    const get = await fetch(`${base}/signals`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${base}/health`, { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${base}/signal`)).status).toBe(404);
    expect((await fetch(`${base}//`)).status).toBe(404);
  });
});

test('health is well while Postgres answers, with or without a body', async () => {
  const response = await fetch(`http://127.0.0.1:${web.port}/health?probe=1`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok', postgres: 'answers' });
  const head = await fetch(`http://127.0.0.1:${web.port}/health`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});
