/** Who the server runs as: Postgres refuses root, so root hands it to an unprivileged user that exists everywhere. */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export type SystemUser = { readonly uid: number; readonly gid: number };

/**
 * The user to run Postgres as, or undefined to run as ourselves.
 * @param owned a folder whose owner wins when it exists and is not root's (a cluster made earlier by somebody else).
 * @throws Error in words when we are root and no unprivileged user exists.
 */
export async function findServerUser(owned: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(owned).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const fields = accounts
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':');
    const uid = Number(fields?.[2]);
    const gid = Number(fields?.[3]);
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0) return { uid, gid };
  }
  throw new Error('Postgres does not run as root and no user "nobody" exists here: start as an ordinary user.');
}

/** Whether this user may enter every folder on the way to `path` and read (and enter or run) `path` itself. */
export async function canReach(user: SystemUser, path: string): Promise<boolean> {
  const last = await stat(path);
  if ((permissions(last, user) & 0b101) !== 0b101) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((permissions(await stat(folder), user) & 0b001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function permissions(entry: { mode: number; uid: number; gid: number }, user: SystemUser): number {
  if (entry.uid === user.uid) return (entry.mode >> 6) & 0b111;
  if (entry.gid === user.gid) return (entry.mode >> 3) & 0b111;
  return entry.mode & 0b111;
}
