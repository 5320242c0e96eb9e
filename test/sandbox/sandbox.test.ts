import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

const hour = 3_600_000;
const ana = 'U0ANA000001';
const script = fileURLToPath(new URL('child-bot.mjs', import.meta.url));
let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  await chmod(folder, 0o755);
  process.env['AWS_PROFILE'] = 'production';
});

beforeEach(async () => {
  sandbox = await start({ bot: 'none' });
});

afterEach(() => sandbox.stop());

afterAll(async () => {
  delete process.env['AWS_PROFILE'];
  await (await start({})).remove();
});

async function start(options: Partial<SandboxOptions>): Promise<Sandbox> {
  return startSandbox({ folder, bot: 'none', durable: false, alarms: [{ name: 'checkout-5xx' }], ...options });
}

async function startWithBot(): Promise<void> {
  await sandbox.stop();
  const command = [process.execPath, script] as const;
  sandbox = await start({ bot: { command, folder, environment: { MODE: 'sandbox' } } });
}

async function act(action: object): Promise<unknown> {
  const answer = await fetch(new URL('/api/act', sandbox.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(action),
  });
  return answer.json();
}

async function read(path: string): Promise<unknown> {
  return (await fetch(new URL(path, sandbox.url))).json();
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

function botSaid(): readonly string[] {
  return sandbox.slack
    .messages('C0INCIDENTS')
    .filter(({ isBot, subtype }) => isBot && subtype === null)
    .map(({ text }) => text);
}

/** The status of a request as another site, or under another name, would send it. */
async function statusOf(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL('/api/act', sandbox.url), { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.once('error', reject).end('{"do":"clock","byMillis":60000}');
  });
}

test('the bot gets what leads into the sandbox and nothing that leads out, and is killed and started from the page', async () => {
  await startWithBot();
  const greeting = 'mode sandbox, profile undefined, database true';
  await expect.poll(botSaid, { timeout: 10_000 }).toEqual([greeting]);
  expect(await read('/api/state')).toMatchObject({ bot: { managed: true, running: true } });
  await act({ do: 'bot', run: false });
  expect(sandbox.botRuns()).toBe(false);
  expect(await read('/api/state')).toMatchObject({ bot: { running: false } });
  await act({ do: 'bot', run: true });
  await expect.poll(botSaid, { timeout: 10_000 }).toEqual([greeting, greeting]);
});

test('a bot that a killed sandbox left behind is ended by the next one', async () => {
  await startWithBot();
  const pid = await readFile(join(folder, 'bot.pid'), 'utf8');
  await sandbox.stop();
  await startWithBot();
  const left = await readFile(join(folder, 'bot.pid'), 'utf8');
  expect(left).not.toBe(pid);
  // As if this sandbox had been killed: the file still names a running bot when the next one starts.
  const second = await import('../../src/sandbox/bot-process.ts');
  await second.createBotProcess({
    command: [process.execPath, script],
    environment: {},
    folder,
    pidFile: join(folder, 'bot.pid'),
    logFile: null,
    onChange: () => undefined,
  });
  await expect.poll(() => sandbox.botRuns()).toBe(false);
});

test('messages, alarms, cases and the clock are still there after a restart, and gone after a fresh one', async () => {
  await act({ do: 'say', user: ana, channel: 'C0INCIDENTS', text: 'remember this' });
  const [alarm] = sandbox.aws.alarms.list();
  await act({ do: 'alarm-state', arn: alarm?.arn, state: 'ALARM' });
  await act({ do: 'clock', byMillis: 2 * hour });
  await sandbox.stop();
  sandbox = await start({});
  expect(sandbox.slack.messages('C0INCIDENTS').map(({ text }) => text)).toContain('remember this');
  expect(sandbox.aws.alarms.list()).toMatchObject([{ name: 'checkout-5xx', state: 'ALARM' }]);
  expect(Math.round(sandbox.clock.offsetMillis() / hour)).toBe(2);
  await sandbox.stop();
  sandbox = await start({ fresh: true });
  expect(sandbox.slack.messages('C0INCIDENTS')).toEqual([]);
  expect(sandbox.aws.alarms.list()).toMatchObject([{ state: 'OK' }]);
  expect(sandbox.clock.offsetMillis()).toBe(0);
});

test('a sandbox that is removed leaves no folder behind', async () => {
  const other = join(folder, 'other');
  await (await start({ folder: other })).remove();
  expect(existsSync(other)).toBe(false);
});

test('the clock moves Slack, AWS and the database together', async () => {
  const before = sandbox.clock.now();
  await sandbox.clock.move({ to: Date.parse('2025-10-09T09:33:00Z') });
  await sandbox.slack.say({ user: 'ana', channel: 'C0GENERAL01', text: 'long ago' });
  expect(sandbox.slack.messages('C0GENERAL01').at(-1)?.ts).toMatch(/^1760002380\./);
  expect(new Date(sandbox.aws.alarms.put({ name: 'old' }).updatedAt).toISOString()).toMatch(/^2025-10-09T09:33/);
  await sandbox.clock.move({ to: before });
});

test('a person sees the channels they are in, and what only they may see', async () => {
  await act({ do: 'command', user: ana, channel: 'C0INCIDENTS', command: '/incident', text: '' });
  const seen = `/api/channel?channel=C0INCIDENTS&user=`;
  expect(await read(seen + ana)).toMatchObject({ ephemerals: [{ text: expect.stringContaining('/incident failed') }] });
  expect(await read(`${seen}U0BEN000002`)).toMatchObject({ ephemerals: [] });
  expect(await read(`/api/channel?channel=C0LEADERS01&user=${ana}`)).toMatchObject({ label: '🔒 leadership' });
  expect(await read('/api/channel?channel=C0LEADERS01&user=U0BEN000002')).toBeNull();
});

test('Postgres goes away and comes back at the same address with everything in it, and the clock waits for it', async () => {
  await act({ do: 'clock', byMillis: hour });
  await act({ do: 'postgres', run: false });
  expect(await read('/api/state')).toMatchObject({ postgres: { running: false } });
  await expect(answers(sandbox.postgres.url)).resolves.toBe(false);
  expect(await act({ do: 'clock', byMillis: hour })).toMatchObject({ message: expect.stringContaining('is away') });
  await act({ do: 'postgres', run: true });
  expect(await read('/api/state')).toMatchObject({ postgres: { running: true } });
  await expect(answers(sandbox.postgres.url)).resolves.toBe(true);
  expect(await act({ do: 'clock', byMillis: hour })).toEqual({});
  expect(Math.round(sandbox.clock.offsetMillis() / hour)).toBeGreaterThanOrEqual(2);
});

test('people react, pin, set a topic and write to each other, and the app does not see what is between them', async () => {
  const ben = 'U0BEN000002';
  const { message } = await sandbox.slack.say({ user: ana, channel: 'C0GENERAL01', text: 'hello <@U0BEN000002>' });
  const about = { user: ben, channel: 'C0GENERAL01', ts: message.ts };
  await act({ do: 'react', ...about, name: 'eyes', on: true });
  await act({ do: 'pin', ...about, on: true });
  await act({ do: 'topic', user: ben, channel: 'C0GENERAL01', topic: 'what matters' });
  expect(await read(`/api/channel?channel=C0GENERAL01&user=ana`)).toMatchObject({
    topic: 'what matters',
    pins: [{ ts: message.ts }],
  });
  expect(sandbox.slack.pins('general')).toMatchObject([{ reactions: [{ name: 'eyes', users: [ben] }] }]);
  await act({ do: 'react', ...about, name: 'eyes', on: false });
  await act({ do: 'pin', ...about, on: false });
  expect(sandbox.slack.pins('general')).toEqual([]);
  const opened = await act({ do: 'direct', user: ana, other: ben });
  expect(await act({ do: 'direct', user: ben, other: ana })).toEqual(opened);
  const between = sandbox.slack.channels().find(({ kind, creator }) => kind === 'im' && creator === ana);
  expect(opened).toEqual({ channel: between?.id });
  expect(between?.members).toEqual([ana, ben]);
  expect(await read(`/api/channel?channel=${between?.id}&user=dara`)).toBeNull();
  const asked = await fetch(`${sandbox.slack.apiUrl}conversations.info?channel=${between?.id}`, {
    headers: { authorization: `Bearer ${sandbox.slack.botToken}` },
  });
  expect(await asked.json()).toMatchObject({ ok: false, error: 'channel_not_found' });
});

test('a mention of a group is for whoever is in it, which is changed on the page', async () => {
  const dara = 'U0DARA00004';
  const pingsOf = async (user: string): Promise<number | undefined> => {
    const state = z.object({ channels: z.array(z.object({ id: z.string(), pings: z.array(z.string()) })) });
    const { channels } = state.parse(await read(`/api/state?user=${user}`));
    return channels.find(({ id }) => id === 'C0INCIDENTS')?.pings.length;
  };
  await act({ do: 'say', user: 'U0BEN000002', channel: 'C0INCIDENTS', text: 'look, @checkout-oncall' });
  expect([await pingsOf(dara), await pingsOf(ana)]).toEqual([1, 0]);
  await act({ do: 'group', user: ana, group: 'S0CHECKOUT01', members: [ana] });
  expect([await pingsOf(dara), await pingsOf(ana)]).toEqual([0, 1]);
  await act({ do: 'fault', name: 'free-plan', on: true });
  expect(await read('/api/state')).toMatchObject({ groups: [] });
});

test('people say on the page where they are and when they are to be left alone', async () => {
  await act({ do: 'time-zone', user: ana, timeZone: 'Asia/Kolkata' });
  await act({ do: 'quiet-hours', user: ana, from: '00:00', to: '00:00', on: true });
  const shown = async (): Promise<unknown> =>
    z.object({ people: z.array(z.unknown()) }).parse(await read('/api/state')).people[0];
  expect(await shown()).toMatchObject({ id: ana, timeZone: 'Asia/Kolkata', quiet: true });
  await act({ do: 'quiet-hours', user: ana, from: '22:00', to: '08:00', on: false });
  expect(await shown()).toMatchObject({ quietHours: null, quiet: false });
});

test('an alarm flaps on the sandbox’s clock until it is told to stop', async () => {
  const alarm = sandbox.aws.alarms.put({ name: 'flapping' });
  const state = (): unknown => sandbox.aws.alarms.list().find(({ arn }) => arn === alarm.arn)?.state;
  await act({ do: 'alarm-flap', arn: alarm.arn, on: true });
  expect(state()).toBe('ALARM');
  await act({ do: 'clock', byMillis: 31_000 });
  await expect.poll(state).toBe('OK');
  await act({ do: 'alarm-flap', arn: alarm.arn, on: false });
  await act({ do: 'clock', byMillis: 31_000 });
  expect(await read('/api/state')).toMatchObject({
    alarms: expect.arrayContaining([expect.objectContaining({ name: 'flapping', state: 'OK', flaps: false })]),
  });
  await act({ do: 'alarm-remove', arn: alarm.arn });
});

test('each fault is a switch that shows its state', async () => {
  await act({ do: 'fault', name: 'disorder', on: true });
  const on = { faults: expect.arrayContaining([expect.objectContaining({ name: 'disorder', on: true })]) };
  expect(await read('/api/state')).toMatchObject(on);
  await act({ do: 'fault', name: 'disorder', on: false });
  expect(await read('/api/state')).not.toMatchObject(on);
});

test('the guide sees by itself which steps are done, and counts only what came after it began', async () => {
  await sandbox.stop();
  const step = { text: 'Say hello', write: 'hello', where: /^general$/, done: { message: /^hello guide/ } };
  const last = { text: 'Read the file', done: { file: /draft/ } };
  sandbox = await start({ guide: { title: 'First', steps: [step, last], end: 'That was it.' } });
  const first = { guide: { done: 0, steps: [{ write: 'hello', channel: { id: 'C0GENERAL01' } }, {}] } };
  expect(await read('/api/state?user=ana&since=0')).toMatchObject(first);
  await act({ do: 'say', user: ana, channel: 'C0GENERAL01', text: 'hello guide' });
  expect(await read('/api/state?user=ana&since=0')).toMatchObject({ guide: { done: 1 } });
  const later = Math.ceil(sandbox.clock.now() / 1000) + 1;
  expect(await read(`/api/state?user=ana&since=${later}`)).toMatchObject(first);
});

test('the page brings its libraries along, and nothing else of this machine', async () => {
  const page = await fetch(sandbox.url);
  const named = [...(await page.text()).matchAll(/"(\/lib\/[a-z]+\.js)"/g)].map(([, path = '']) => path);
  expect(named).toHaveLength(3);
  for (const path of named) {
    const library = await fetch(new URL(path, sandbox.url));
    expect(library.headers.get('content-type')).toContain('javascript');
    expect((await library.text()).length).toBeGreaterThan(500);
  }
  expect((await fetch(new URL('/lib/constructor', sandbox.url))).status).toBe(404);
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-[^']+';/);
});

test('what can’t be done is told in words', async () => {
  expect(await act({ do: 'alarm-remove', arn: 'arn:none' })).toEqual({ message: 'There is no alarm arn:none.' });
  expect(await act({ do: 'dance' })).toMatchObject({ message: expect.stringContaining('does not know') });
  const [, taken] = /:(\d+)\//.exec(sandbox.url) ?? [];
  await expect(start({ fresh: true, pagePort: Number(taken) })).rejects.toThrow(/Port \d+ is taken/);
  await expect(start({ fresh: true })).rejects.toThrow(/A sandbox already works in/);
  expect(await read('/api/state')).toMatchObject({ alarms: [{}, {}] });
});

test('only pages of the sandbox itself may act, and nothing that was uploaded runs in them', async () => {
  const host = new URL(sandbox.url).host;
  const json = { 'content-type': 'application/json' };
  expect(await statusOf({ ...json, host })).toBe(200);
  expect(await statusOf({ ...json, host: 'evil.example' })).toBe(403);
  expect(await statusOf({ ...json, host, origin: 'https://evil.example' })).toBe(403);
  expect(await statusOf({ host, 'content-type': 'text/plain' })).toBe(403);
  const page = await fetch(sandbox.url);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await fetch(new URL('/..%2f..%2fpackage.json', sandbox.url))).status).toBe(404);
  expect((await fetch(new URL('/file/F0NONE', sandbox.url))).status).toBe(404);
});

test('calls people by the pagers that it is given, and lets the page answer', async () => {
  await sandbox.stop();
  sandbox = await start({
    fresh: true,
    pagers: [
      { name: 'payments', type: 'pagerduty', keyVariable: 'PAGER_PAYMENTS_KEY', urlVariable: null },
      { name: 'ops', type: 'webhook', keyVariable: 'PAGER_OPS_KEY', urlVariable: 'PAGER_OPS_URL' },
    ],
  });
  const { environment } = sandbox;
  expect(environment).toMatchObject({
    PAGERDUTY_URL: sandbox.pager.url,
    PAGER_PAYMENTS_KEY: expect.stringMatching(/^[0-9a-f]{32}$/),
    PAGER_OPS_KEY: expect.stringMatching(/^whsec_/),
    PAGER_OPS_URL: `${sandbox.pager.url}/webhook/ops`,
  });
  const trigger = {
    routing_key: environment['PAGER_PAYMENTS_KEY'],
    event_action: 'trigger',
    dedup_key: 'page-1',
    payload: { summary: 'Payments fail', source: 'checkout', severity: 'error' },
  };
  const enqueue = async (): Promise<number> =>
    (await fetch(`${sandbox.pager.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(trigger) })).status;
  await act({ do: 'fault', name: 'pager-down', on: true });
  expect(await enqueue()).toBe(500);
  await act({ do: 'fault', name: 'pager-down', on: false });
  expect(await enqueue()).toBe(202);
  const shown = (await read('/api/state')) as { pager: { names: string[]; pages: { id: string; state: string }[] } };
  expect(shown.pager).toMatchObject({ names: ['payments', 'ops'], pages: [{ state: 'triggered' }] });
  const page = shown.pager.pages[0]?.id;
  expect(await act({ do: 'pager-answer', page, act: 'acknowledge', by: 'Ben' })).toEqual({});
  expect(sandbox.pager.pages()).toMatchObject([{ state: 'acknowledged', by: 'Ben' }]);
  expect(await act({ do: 'pager-answer', page: 'QNONE', act: 'resolve', by: 'Ben' })).toEqual({
    message: 'That page is over.',
  });
});
