/** The cluster's folder: where it stands, how it is made, and what its lock file says. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { program } from './postgres-binaries.ts';
import { canReach, type SystemUser } from './postgres-user.ts';

const run = promisify(execFile);
const passwordFile = 'sandbox-password';
const besidePrefix = 'sandbox-postgres-';

export const superuser = 'muster';

/** What a running (or killed) server wrote into its lock file. */
export type LockFile = { readonly text: string; readonly pid: number; readonly port: number; readonly ready: boolean };

/** Postgres reads locale, time zone and PG* variables from its surroundings; it gets none of the caller's. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP'])
    if (process.env[name] !== undefined) kept[name] = process.env[name];
  return kept;
}

/**
 * The password of the cluster under `folder`, which is made first if it does not exist.
 * Built beside and moved into place whole, so that of several processes at once one wins and all share its cluster.
 */
export async function ensureCluster(
  folder: string,
  binaries: string,
  user: SystemUser | undefined,
  durable: boolean,
): Promise<string> {
  const existing = await readPassword(folder);
  if (existing !== undefined) return existing;
  const reachable = user === undefined || (await canReach(user, folder));
  // Under a folder that the server's user can't enter, the data lives outside and a link in the folder leads to it.
  const beside = await mkdtemp(join(reachable ? folder : await lastingTemporaryFolder(), besidePrefix));
  const data = join(beside, 'data');
  try {
    const password = randomBytes(24).toString('base64url');
    await writeFile(join(beside, passwordFile), password, { mode: 0o600 });
    await mkdir(data, { mode: 0o700 });
    if (user !== undefined) for (const path of [beside, data, join(beside, passwordFile)]) await give(path, user);
    const settings = ['-D', data, '-U', superuser, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const secret = [`--pwfile=${join(beside, passwordFile)}`];
    await run(join(binaries, program('initdb')), [...settings, ...locale, ...secret, ...(durable ? [] : ['-N'])], {
      env: serverEnvironment(),
      cwd: beside,
      ...user,
    }).catch((error: unknown) => {
      throw new Error(`The database could not be made in ${folder}: ${explain(error)}`);
    });
    await rename(join(beside, passwordFile), join(data, passwordFile));
    const placed = reachable ? rename(data, join(folder, 'data')) : symlink(data, join(folder, 'data'));
    const won = await placed.then(
      () => true,
      () => false,
    );
    if (!won || reachable) await rm(beside, { recursive: true, force: true });
    const settled = await readPassword(folder);
    if (settled === undefined) throw new Error(`The database could not be put into ${folder}.`);
    return settled;
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

/** Removes the cluster's data, also where it stands outside the folder. The server must be down. */
export async function removeCluster(folder: string): Promise<void> {
  const data = await realpath(join(folder, 'data')).catch(() => undefined);
  if (data !== undefined) await rm(data, { recursive: true, force: true });
  if (data !== undefined && basename(dirname(data)).startsWith(besidePrefix))
    await rm(dirname(data), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

/** What the lock file says, or undefined when there is none (or it is only half written). */
export async function readLockFile(data: string): Promise<LockFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  const port = Number.parseInt(lines[3] ?? '', 10);
  if (!Number.isInteger(pid)) return undefined;
  return { text, pid, port: Number.isInteger(port) ? port : 0, ready: lines[7]?.trim() === 'ready' };
}

/** Takes away a lock file that a dead server left, unless a new server has written its own meanwhile. */
export async function removeStaleLock(data: string, stale: LockFile): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  await rename(path, aside).catch(() => undefined);
  const taken = await readFile(aside, 'utf8').catch(() => undefined);
  if (taken !== undefined && taken !== stale.text) await rename(aside, path);
  else await rm(aside, { force: true });
}

async function readPassword(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, 'data', passwordFile), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`The database in ${folder} belongs to another user: choose another folder or remove it.`, {
      cause: error,
    });
  }
}

async function give(path: string, user: SystemUser): Promise<void> {
  await chown(path, user.uid, user.gid);
  await chmod(path, path.endsWith(passwordFile) ? 0o600 : 0o700);
}

/** /var/tmp outlives a reboot, which the system's own temporary folder may not. */
async function lastingTemporaryFolder(): Promise<string> {
  return realpath('/var/tmp').catch(() => realpath(tmpdir()));
}

function explain(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return text === '' ? String(error) : text;
}
