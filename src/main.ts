/** Composition root: configuration, Postgres, queue, doors, web; then work, until asked to stop. */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { openCloudWatch } from './aws/cloudwatch.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { type Config, readConfig } from './config.ts';
import type { Context } from './jobs/context.ts';
import { ensurePolling } from './jobs/poll-alarms.ts';
import { handlers } from './jobs/worker.ts';
import { createLog } from './log.ts';
import { migrate } from './postgres/migrate.ts';
import { forgetHandled } from './postgres/inbox.ts';
import { openPostgres } from './postgres/postgres.ts';
import { openQueue } from './postgres/queue.ts';
import { createSlackApp } from './slack/app.ts';
import { openSlack } from './slack/web-api.ts';
import { routes } from './web/routes.ts';
import { startWeb } from './web/web.ts';

export type Muster = {
  /** The port of the web surface, also when any free one was asked for. */
  readonly port: number;
  /** Takes nothing new, lets running jobs end, closes everything. */
  stop(): Promise<void>;
};

/** Starts one replica. Any number of them share one Postgres. */
export async function startMuster(config: Config, catalog: Catalog, log: Logger): Promise<Muster> {
  await migrate(config.databaseUrl, log);
  const postgres = openPostgres(config.databaseUrl, (error) => log.warn({ err: error }, 'a database connection ended'));
  const queue = await openQueue(config.databaseUrl, log);
  const { policy, accounts } = catalog;
  const slack = openSlack(postgres, { token: config.slack.botToken, apiUrl: config.slack.apiUrl });
  const cloudWatch = openCloudWatch({ accounts, log });
  const context: Context = { postgres, queue, policy, slack, cloudWatch, log };

  const served = routes({
    shell: context,
    signalsToken: config.signalsToken,
    log,
    slackConnected: () => app.connected(),
  });
  const app = await createSlackApp({ config, postgres, queue, log, sql: postgres, slack, policy, routes: served });
  // Over HTTP, Slack's requests and ours come in on the same port.
  const web = config.slack.mode === 'socket' ? await startWeb({ port: config.port, routes: served }) : null;

  await forgetHandled(postgres);
  await queue.work(handlers(context));
  await ensurePolling(context);
  // Work goes on while Slack can't be reached, so nothing waits for this.
  const connecting = app.start().then(
    () => log.info('connected to Slack'),
    (error: unknown) => {
      log.fatal({ err: error }, 'Slack refused the connection: check the tokens');
      process.exitCode = 1;
      void stop();
    },
  );

  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      await Promise.allSettled([app.stop(), web?.close()]);
      await queue.stop();
      await postgres.close();
    })();
    return stopping;
  };
  if (config.slack.mode === 'http') await connecting;
  log.info({ mode: config.slack.mode, port: config.port }, 'Muster is ready');
  return { port: web?.port ?? config.port, stop };
}

/** Reads configuration and catalog, and runs until SIGTERM or SIGINT. What is missing or wrong is named, all at once. */
export async function run(): Promise<void> {
  const reading = readConfig();
  if (!reading.ok) return refuse('Muster can’t start:', reading.problems);
  const { config } = reading;
  const text = await readFile(config.catalogPath, 'utf8').catch(() => null);
  if (text === null)
    return refuse('Muster can’t start:', [`there is no catalog at ${config.catalogPath} (MUSTER_CATALOG)`]);
  const catalog = readCatalog(text, config.catalogPath);
  if (!catalog.ok) return refuse('Muster can’t start with this catalog:', catalog.problems);

  const log = createLog(config.logLevel);
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'an unforeseen failure: stopping, so that a fresh process takes over');
    process.exit(1);
  });
  const muster = await startMuster(config, catalog.catalog, log);
  const stop = (): void => {
    void muster.stop().finally(() => process.exit());
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function refuse(what: string, problems: readonly string[]): void {
  process.stderr.write(`${what}\n${problems.map((problem) => `  - ${problem}\n`).join('')}`);
  process.exitCode = 1;
}

if (import.meta.main) await run();
