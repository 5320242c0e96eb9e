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
  const began = await access(folder).then(
    () => true,
    () => false,
  );
  if (!began) return null;
  const postgres = await startPostgres({ folder });
  return { url: postgres.url, close: () => (postgres.wasRunning ? Promise.resolve() : postgres.stop()) };
}
