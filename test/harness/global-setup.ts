/** One folder for the Postgres that all test files of a run share; it is started by the first that needs it. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removePostgres } from '../../src/sandbox/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresFolder: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tests-'));
  // The server may run as another user, who has to be able to enter.
  await chmod(folder, 0o755);
  project.provide('postgresFolder', folder);
  return () => removePostgres(folder);
}
