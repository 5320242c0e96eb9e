/** What all test files of a run share: a folder for Postgres, which the first that needs it starts, and where a browser is. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removePostgres } from '../../src/sandbox/postgres.ts';
import { findBrowser } from './find-browser.ts';

const withoutBrowser =
  'Without a browser the tests in test/e2e were skipped. Get one with `apt-get install chromium`, or name its path in CHROME_PATH.';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresFolder: string;
    /** The path of Chromium; `null`: there is none. */
    readonly browser: string | null;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tests-'));
  // The server may run as another user, who has to be able to enter.
  await chmod(folder, 0o755);
  project.provide('postgresFolder', folder);
  const browser = await findBrowser();
  project.provide('browser', browser);
  return async () => {
    await removePostgres(folder);
    const wanted = project.vitest.state.getTestModules().some(({ moduleId }) => moduleId.includes('/test/e2e/'));
    if (wanted && browser === null) process.stdout.write(`\n${withoutBrowser}\n`);
  };
}
