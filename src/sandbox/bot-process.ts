/** The bot as a child process that can be killed and started again. What the bot is, only its command line says. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

export type BotProcess = {
  readonly running: () => boolean;
  /** Starts it unless it runs; resolves once the process exists. */
  start(): Promise<void>;
  /** Ends it on the spot, as a crash of the machine would. */
  kill(): Promise<void>;
  /** Asks it to end, and kills it after ten seconds. */
  stop(): Promise<void>;
};

const politeMillis = 10_000;

/**
 * @param setup.command program and arguments.
 * @param setup.pidFile where the process is noted, so that one left behind by a killed sandbox is ended by the next.
 * @param setup.logFile where its output goes; null: to this terminal.
 */
export async function createBotProcess(setup: {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly pidFile: string;
  readonly logFile: string | null;
  readonly onChange: () => void;
}): Promise<BotProcess> {
  const [program, ...flags] = setup.command;
  let child: ChildProcess | undefined;
  await mkdir(dirname(setup.pidFile), { recursive: true });
  await endLeftover(setup.pidFile, setup.command);

  function isRunning(): boolean {
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = child;
    if (ending === undefined || !isRunning()) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    const late = setTimeout(() => ending.kill('SIGKILL'), politeMillis);
    await ended;
    clearTimeout(late);
    await rm(setup.pidFile, { force: true });
  }

  return {
    running: isRunning,
    async start() {
      if (isRunning()) return;
      const log = setup.logFile === null ? undefined : await open(setup.logFile, 'a', 0o600);
      try {
        const output = log?.fd ?? 'inherit';
        const started = spawn(program, flags, {
          cwd: setup.folder,
          env: { ...surroundings(), ...setup.environment },
          stdio: ['ignore', output, output],
          // Ctrl-C is for the sandbox, which then asks the bot to stop.
          detached: process.platform !== 'win32',
        });
        child = started;
        started.once('exit', () => setup.onChange());
        await once(started, 'spawn');
        await writeFile(setup.pidFile, String(started.pid));
        setup.onChange();
      } finally {
        await log?.close();
      }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** Ours, without what could lead the bot to the real Slack, AWS, pagers or database. */
function surroundings(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(?:AWS_|SLACK_|PAGER|PAGES_|PG|DATABASE_URL$)/.test(name),
  );
  return Object.fromEntries(entries);
}

async function endLeftover(pidFile: string, command: readonly string[]): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1) return;
  const line = await commandLineOf(pid);
  // The number may belong to another process by now.
  if (!line.includes(command.join(' '))) return;
  process.kill(pid, 'SIGKILL');
  await wait(50);
}

async function commandLineOf(pid: number): Promise<string> {
  const known = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (known !== undefined) return known.replaceAll('\0', ' ');
  const listed = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => undefined);
  return listed?.stdout ?? '';
}
