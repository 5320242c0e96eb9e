/** A real Postgres of our own, from the binaries that npm installed: made, started, found again and stopped here. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, open, readFile, realpath, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findBinaries, program } from './postgres-binaries.ts';
import {
  ensureCluster,
  readLockFile,
  removeCluster,
  removeStaleLock,
  serverEnvironment,
  superuser,
  type LockFile,
} from './postgres-cluster.ts';
import { findServerUser, type SystemUser } from './postgres-user.ts';

const database = 'muster';
const startTimeoutMillis = 30_000;
const maxLogBytes = 5_000_000;
/** What a start says when another process was quicker, the last server is still going down, or the port was taken. */
const passing = /lock file|shared memory block|could not bind|could not create any TCP/;

export type RunningPostgres = {
  /** The address of an empty (or our earlier) database of which we are the superuser. */
  readonly url: string;
  /** Whether it ran before, started by somebody else or left by a process that was killed. */
  readonly wasRunning: boolean;
  /** Shuts the server down, whoever started it: open transactions are rolled back, everything committed stays. */
  stop(): Promise<void>;
};

/**
 * Starts the Postgres whose data lies in `folder`, or attaches to it when it already runs (started by another process,
 * or left by one that was killed). It listens on a free port of 127.0.0.1 only, with a password.
 * @param options.port where it comes up, when it has to be found where it was before.
 * @param options.durable false gives up on surviving a crash of the machine, for speed in tests.
 * @throws Error in words when no Postgres exists for this platform or it does not come up.
 */
export async function startPostgres(options: {
  readonly folder: string;
  readonly durable?: boolean;
  readonly port?: number;
}): Promise<RunningPostgres> {
  const durable = options.durable ?? true;
  await mkdir(options.folder, { recursive: true });
  const folder = await realpath(options.folder);
  const user = await findServerUser(join(folder, 'data'));
  const binaries = await findBinaries(user);
  const password = await ensureCluster(folder, binaries, user, durable);
  // Without links, since the server's user may not be able to enter the folder that holds a link to its data.
  const data = await realpath(join(folder, 'data'));
  const deadline = Date.now() + startTimeoutMillis;
  let wasRunning = true;
  while (Date.now() < deadline) {
    const lock = await readLockFile(data);
    if (lock === undefined || !isAlive(lock.pid)) {
      const port = options.port ?? (await freePort());
      const logPath = join(folder, 'postgres.log');
      wasRunning = !(await launch({ data, logPath, binaries, user, durable, deadline, port }));
    } else if (lock.ready && (await answers(address(password, lock.port)))) {
      return { url: address(password, lock.port), wasRunning, stop: () => stopServer(data, binaries, user) };
    } else if (await isForeign(lock, data)) {
      await removeStaleLock(data, lock);
    } else {
      await wait(15);
    }
  }
  throw new Error(`Postgres did not come up in ${folder} within 30 s. Its log ends:\n${await logTail(folder)}`);
}

/** Stops the server of this folder, if one runs, and removes all its data. */
export async function removePostgres(folder: string): Promise<void> {
  const data = await realpath(join(folder, 'data')).catch(() => undefined);
  if (data !== undefined && (await readLockFile(data)) !== undefined) {
    const user = await findServerUser(data);
    await stopServer(data, await findBinaries(user), user);
  }
  await removeCluster(folder);
}

/** Starts the server and waits until it is ready; false when another process was quicker or the start must be repeated. */
async function launch(start: {
  readonly data: string;
  readonly logPath: string;
  readonly binaries: string;
  readonly user: SystemUser | undefined;
  readonly durable: boolean;
  readonly deadline: number;
  readonly port: number;
}): Promise<boolean> {
  const { data, logPath } = start;
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(start.port),
    // Loopback TCP is enough, and a socket's path has a limit of about a hundred characters.
    unix_socket_directories: '',
    // In tests many bots share one server.
    max_connections: start.durable ? '200' : '1000',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Commits still reach the system's cache before they are confirmed, so killing the server loses nothing.
    ...(start.durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  if ((await sizeOf(logPath)) > maxLogBytes) await truncate(logPath, 0);
  const from = await sizeOf(logPath);
  const log = await open(logPath, 'a', 0o600);
  try {
    // Its own session, so that Ctrl-C in the terminal reaches us and not the server; its output needs no living parent.
    const server = spawn(join(start.binaries, program('postgres')), ['-D', data, ...flags], {
      env: serverEnvironment(),
      cwd: data,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...start.user,
    });
    server.unref();
    let ended: Error | true | undefined;
    server.once('exit', () => (ended = true));
    server.once('error', (error) => (ended = error));
    while (ended === undefined && Date.now() < start.deadline) {
      const lock = await readLockFile(data);
      if (lock?.ready === true && lock.pid === server.pid) return true;
      await wait(5);
    }
    if (ended instanceof Error) throw new Error(`Postgres could not be run: ${ended.message}.${libraryHint()}`);
    const said = (await readFile(logPath, 'utf8')).slice(from);
    if (!passing.test(said)) throw new Error(`Postgres did not start:\n${said.trim().slice(-2000)}${libraryHint()}`);
    await wait(50);
    return false;
  } finally {
    await log.close();
  }
}

async function stopServer(data: string, binaries: string, user: SystemUser | undefined): Promise<void> {
  const lock = await readLockFile(data);
  if (lock === undefined || !isAlive(lock.pid) || (await isForeign(lock, data))) return;
  if (process.platform === 'win32') {
    // Signals end a process on the spot there; pg_ctl asks it instead.
    const ask = ['stop', '-m', 'fast', '-w', '-D', data];
    await promisify(execFile)(join(binaries, program('pg_ctl')), ask, { env: serverEnvironment(), ...user });
    return;
  }
  for (const [signal, millis] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    signalServer(lock.pid, signal);
    for (const until = Date.now() + millis; Date.now() < until; await wait(10)) {
      // The lock file is the last thing to go. (The process may stay visible as a zombie where nobody reaps it.)
      if ((await readLockFile(data))?.text.split('\n')[0] !== String(lock.pid)) return;
      if (!isAlive(lock.pid)) return;
    }
  }
  throw new Error(`Postgres (process ${lock.pid}) in ${data} did not stop.`);
}

/** Connects once, and makes our database if this is the first time. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url.replace(/[^/]*$/, 'postgres'), connectionTimeoutMillis: 2_000 });
  // A server that goes down while we ask is a "no", not a crash.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) {
      await client.query(`create database ${database}`).catch((error: unknown) => {
        const raced = error instanceof Error && 'code' in error && (error.code === '42P04' || error.code === '23505');
        if (!raced) throw error;
      });
    }
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function address(password: string, port: number): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}

function isAlive(pid: number): boolean {
  return signalServer(pid, 0);
}

function signalServer(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the process named in the lock file is another one that got the dead server's number. Known on Linux only. */
async function isForeign(lock: LockFile, data: string): Promise<boolean> {
  const command = await readFile(`/proc/${lock.pid}/cmdline`, 'utf8').catch(() => undefined);
  // A zombie, dead but never reaped by its parent, has an empty command line.
  return command !== undefined && !command.split('\0').includes(data);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === 'string') throw new Error('No free port on 127.0.0.1.');
  return bound.port;
}

function libraryHint(): string {
  const report: unknown = process.platform === 'linux' ? process.report.getReport() : undefined;
  if (report === undefined || JSON.stringify(report).includes('glibcVersionRuntime')) return '';
  return ' These binaries need glibc, which this system (Alpine?) lacks: set DATABASE_URL to a Postgres of your own.';
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function logTail(folder: string): Promise<string> {
  return (await readFile(join(folder, 'postgres.log'), 'utf8').catch(() => '(no log)')).slice(-2000);
}
