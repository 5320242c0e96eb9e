/** `npm start`: with Slack credentials the bot itself, without any the bot in a sandbox of its own. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readCatalog } from '../catalog.ts';
import { slackCredentials } from '../config.ts';
import { run } from '../main.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { sandboxFolder } from './sandbox-folder.ts';
import { catalogPath, sandboxedBot } from './sandboxed-bot.ts';

/** The page's port, so that a bookmark of it keeps working; the bot's is the one after it. */
const usualPort = 4600;
const connectMillis = 30_000;

async function start(): Promise<void> {
  // Half a set is for `run` to refuse, with what is missing; it never ends in the sandbox.
  if (slackCredentials() !== 'none') return run();
  const { fresh } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } }).values;
  const catalog = readCatalog(await readFile(catalogPath, 'utf8'), catalogPath);
  if (!catalog.ok) {
    process.stderr.write(`The catalog can’t be used:\n${catalog.problems.join('\n')}\n`);
    process.exitCode = 1;
    return;
  }
  const pagePort = await freePort(usualPort);
  const sandbox = await startSandbox({
    folder: sandboxFolder,
    fresh,
    pagePort,
    ...sandboxedBot(catalog.catalog, await freePort(usualPort + 1)),
  });
  if (pagePort !== usualPort) process.stdout.write(`Port ${usualPort} is in use: the page takes another one.\n`);
  const connected = await botConnects(sandbox.slack);
  process.stdout.write(
    [
      '',
      ...(connected ? [] : [`The bot has not connected yet; its log: ${join(sandboxFolder, 'bot.log')}`, '']),
      'Muster runs in a sandbox: a stand-in for Slack and AWS on this machine. Nothing leaves it, and it listens on 127.0.0.1 only.',
      '',
      `  Open the workspace:   ${sandbox.url}`,
      '  Then type:            /incident declare sev2 checkout: payments fail for everyone',
      '',
      `  Kept in:              ${sandboxFolder} (the bot's log too)`,
      '  Begin anew:           npm start -- --fresh',
      '  A real workspace:     set SLACK_BOT_TOKEN and the rest (README, "Into your own workspace"), then npm start',
      '  Stop:                 Ctrl-C',
      '',
    ].join('\n'),
  );
  // Ctrl-C comes twice: from the terminal, and from npm. The second must not end this before its children have ended.
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping ??= sandbox.stop().finally(() => process.exit());
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** A command typed before would be lost, as in Slack. */
async function botConnects(slack: Sandbox['slack']): Promise<boolean> {
  for (const until = Date.now() + connectMillis; Date.now() < until; await wait(50)) {
    if (slack.socketCount() > 0) return true;
  }
  return false;
}

/** The wanted port, or any other when it is taken. */
async function freePort(wanted: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once('error', () => void probe.listen(0, '127.0.0.1'));
  probe.once('listening', () => {
    const bound = probe.address();
    probe.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : wanted));
  });
  probe.listen(wanted, '127.0.0.1');
  const port = await promise;
  return port;
}

await start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
