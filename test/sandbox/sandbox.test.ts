import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
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
