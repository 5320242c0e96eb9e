/** The database a command in a shell means: the one that is set, else the sandbox's own. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readDatabaseUrl } from '../config.ts';
import { startPostgres } from '../sandbox/postgres.ts';
import { sandboxFolder } from './sandbox-folder.ts';

export type FoundDatabase = {
  readonly url: string;
  /** Leaves everything as it was found. */
  close(): Promise<void>;
};

/** `null` when none is set and the sandbox was never started. */
export async function findDatabase(): Promise<FoundDatabase | null> {
  const url = readDatabaseUrl();
  if (url !== null) return { url, close: () => Promise.resolve() };
  const folder = join(sandboxFolder, 'postgres');
  if (!(await exists(join(folder, 'data')))) return null;
  const running = await exists(join(folder, 'data', 'postmaster.pid'));
  const postgres = await startPostgres({ folder });
  return { url: postgres.url, close: () => (running ? Promise.resolve() : postgres.stop()) };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
