/** The bot of a story: inside the test's own process, or as a process of its own that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startMuster } from '../../src/main.ts';
import type { StoryCatalog } from './catalog.ts';

export type Bot = {
  /** Where it listens; `null` when only it knows. */
  readonly port: number | null;
  /** Whether it is a process that ended by itself: a mistake. */
  hasEnded(): boolean;
  stop(): Promise<void>;
  kill(): Promise<void>;
};

export type BotOptions = {
  readonly env: Readonly<Record<string, string>>;
  readonly catalog: StoryCatalog;
  /** Resolves when the bot has asked each part of AWS that it asks at its start. */
  readonly hasAsked: () => Promise<void>;
};

let earlier: Promise<unknown> = Promise.resolve();

/**
 * Bots inside one process start one after another: the AWS SDK reads its settings from the process when it is first used,
 * and each story has a CloudWatch of its own.
 */
export function startInside(options: BotOptions): Promise<Bot> {
  const mine = earlier.then(() => startInTurn(options));
  earlier = mine.catch(() => undefined);
  return mine;
}

async function startInTurn({ env, catalog, hasAsked }: BotOptions): Promise<Bot> {
  Object.assign(process.env, Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_'))));
  const reading = readConfig(env);
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const muster = await startMuster(reading.config, catalog.catalog, createLog(reading.config.logLevel));
  await hasAsked();
  return {
    port: muster.port,
    hasEnded: () => false,
    stop: () => muster.stop(),
    kill: () => Promise.reject(new Error('this bot is no process of its own')),
  };
}

/** Halves the work of starting. One for each user, who may not write into another's. */
const compileCache = join(tmpdir(), `muster-stories-${process.getuid?.() ?? 'all'}`);

/** The bot as a replica runs it. */
export async function startProcess({ env, catalog }: BotOptions): Promise<Bot> {
  const child: ChildProcess = spawn(process.execPath, ['src/main.ts'], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: compileCache,
      ...env,
      ...(await catalogFile(catalog.text)),
    },
    stdio: ['ignore', env['LOG_LEVEL'] === 'silent' ? 'ignore' : 'inherit', 'inherit'],
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return { port: null, hasEnded, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function catalogFile(text: string): Promise<{ readonly MUSTER_CATALOG: string }> {
  const path = join(await mkdtemp(join(tmpdir(), 'muster-story-')), 'muster.yaml');
  await writeFile(path, text);
  return { MUSTER_CATALOG: path };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
