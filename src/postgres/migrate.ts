/** Brings the schema up to date. Safe to run from any number of processes at once: they wait for one another. */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Logger } from 'pino';

const folder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Applies `migrations/*.sql` under an advisory lock, each in a transaction of its own. */
export async function migrate(databaseUrl: string, log: Logger): Promise<void> {
  await runner({
    databaseUrl,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migration',
    advisoryLockMode: 'wait',
    log: () => undefined,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: string) => log.warn({ detail: message }, 'migration warning'),
      error: (message: string) => log.error({ detail: message }, 'migration failed'),
    },
  });
}
