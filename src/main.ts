/** Composition root: configuration, Postgres, queue, doors, web; then work, until asked to stop. */
import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { openCloudWatch } from './aws/cloudwatch.ts';
import { openAlarmQueue } from './aws/queue.ts';
import { openSnsVerifier } from './aws/verify-sns.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { type Config, readConfig } from './config.ts';
import { takePagerNews } from './jobs/call-pager.ts';
import type { Context } from './jobs/context.ts';
import { ensureForgetting } from './jobs/forget-handled.ts';
import { ensureTime } from './jobs/keep-time.ts';
import { ensurePolling } from './jobs/poll-alarms.ts';
import { readQueues } from './jobs/read-queues.ts';
import { ensureDirectory } from './jobs/refresh-directory.ts';
import { takeAlarms } from './jobs/take-alarms.ts';
import { ensureTriage } from './jobs/triage-alarms.ts';
import { handlers, onBug } from './jobs/worker.ts';
import { createLog } from './log.ts';
import { openMetrics } from './metrics.ts';
import { type PagersReady, readyPagers } from './pager-keys.ts';
import { openPagers } from './pager/pager.ts';
import { migrate } from './postgres/migrate.ts';
import { openPostgres } from './postgres/postgres.ts';
import { openQueue } from './postgres/queue.ts';
import { openSteadyClock } from './postgres/steady-clock.ts';
import { createSlackApp } from './slack/app.ts';
import { openSlack } from './slack/web-api.ts';
import { openPages } from './web/pages.ts';
import { routes } from './web/routes.ts';
import { openTopic } from './web/topic.ts';
import { startWeb } from './web/web.ts';

export type Muster = {
  /** The port of the web surface, also when any free one was asked for. */
  readonly port: number;
  /** Takes nothing new, lets running jobs end, closes everything. */
  stop(): Promise<void>;
};

/** Starts one replica. Any number of them share one Postgres. What it opened is closed when it can't start. */
export async function startMuster(config: Config, catalog: Catalog, log: Logger): Promise<Muster> {
  const opened: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const close of opened.toReversed()) {
        await close().catch((error: unknown) => log.warn({ err: error }, 'a part did not stop cleanly'));
      }
    })();
    return stopping;
  };
  try {
    const pagers = readyPagers(catalog.policy, config);
    if (!pagers.ok) throw new Error(pagers.problems.join('; '));
    if (pagers.leftOut.length > 0) log.warn({ pagers: pagers.leftOut }, 'pagers without a key are left out');
    const { policy, keys } = pagers;
    return { port: await open(config, { ...catalog, policy }, { log, opened, stop, keys }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Opening = {
  readonly log: Logger;
  /** How to close what was opened so far. */
  readonly opened: (() => Promise<unknown>)[];
  readonly stop: () => Promise<void>;
  readonly keys: PagersReady['keys'];
};

/** Gives the port of the web surface. */
async function open(
  config: Config,
  { policy, accounts }: Catalog,
  { log, opened, stop, keys }: Opening,
): Promise<number> {
  await migrate(config.databaseUrl, log);
  const postgres = openPostgres(config.databaseUrl, (error) => log.warn({ err: error }, 'a database connection ended'));
  opened.push(() => postgres.close());
  const queue = await openQueue(config.databaseUrl, log);
  opened.push(() => queue.stop());
  const slack = openSlack(postgres, { token: config.slack.botToken, apiUrl: config.slack.apiUrl });
  const cloudWatch = openCloudWatch({ accounts, log });
  const pagers = openPagers({ pagers: policy.pagers, keys, pagerDutyUrl: config.pagerDutyUrl });
  const context: Context = { postgres, queue, policy, slack, cloudWatch, pagers, log };

  const { signalsToken, port } = config;
  const metrics = openMetrics();
  const now = openSteadyClock(postgres);
  const { topics, queues } = policy.alarms;
  const topic = openTopic({
    verifier: topics.length === 0 ? null : openSnsVerifier({ topics, endpoint: config.snsEndpoint, now, log }),
    take: async (received) => {
      await takeAlarms(context, received);
      metrics.taken('topic', 'stored', received.length);
    },
    refused: (road, because) => metrics.refused(road, because),
    log,
  });
  const pages = openPages({
    pagerDutySecrets: config.pagerDutySecrets,
    pagesToken: config.pagesToken,
    webhookSecrets: policy.pagers.flatMap(({ name, type }) => (type === 'webhook' ? (keys.get(name) ?? []) : [])),
    take: (news) => takePagerNews(context, news),
    now,
    log,
  });
  const slackConnected = (): boolean => app.connected();
  const served = routes({ shell: context, signalsToken, log, slackConnected, metrics, topic, pages });
  const app = await createSlackApp({ config, postgres, queue, log, sql: postgres, slack, policy, routes: served });
  // Over HTTP, Slack's requests and ours come in on the same port.
  const web = config.slack.mode === 'socket' ? await startWeb({ port, routes: served }) : null;
  opened.push(async () => web?.close());

  await queue.work(handlers(context), onBug(context));
  await ensurePolling(context);
  await ensureTriage(context);
  await ensureForgetting(context);
  await ensureDirectory(context);
  await ensureTime(context);
  const reading = readQueues({
    queues: queues.map((address) => openAlarmQueue(address, accounts)),
    take: (received) => takeAlarms(context, received),
    now,
    metrics,
    log,
  });
  opened.push(() => reading.stop());
  opened.push(() => app.stop());
  if (config.slack.mode === 'http') {
    await app.start();
  } else {
    // Work goes on while Slack can't be reached, so nothing waits for this.
    app.start().then(
      () => log.info('connected to Slack'),
      (error: unknown) => {
        log.fatal({ err: error }, 'Slack refused the connection: check the tokens');
        process.exitCode = 1;
        void stop();
      },
    );
  }
  log.info({ mode: config.slack.mode, port: web?.port ?? port }, 'Muster is ready');
  return web?.port ?? port;
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
  const pagers = readyPagers(catalog.catalog.policy, config);
  if (!pagers.ok) return refuse('Muster can’t start:', pagers.problems);

  const log = createLog(config.logLevel);
  const giveUp = (error: unknown): void => {
    log.fatal({ err: error }, 'an unforeseen failure: stopping, so that a fresh process takes over');
    process.exit(1);
  };
  process.on('unhandledRejection', giveUp);
  process.on('uncaughtException', giveUp);
  const muster = await startMuster(config, catalog.catalog, log).catch((error: unknown) => {
    log.fatal({ err: error }, 'Muster could not start');
    process.exitCode = 1;
    return null;
  });
  if (muster === null) return;
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
