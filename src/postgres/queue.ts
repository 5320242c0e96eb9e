/**
 * The queue: pg-boss in its own schema. Jobs are written in the caller's transaction, at most one of a key waits and one
 * runs, and a killed worker's jobs are taken up again by its missing heartbeat within seconds.
 */
import { PgBoss } from 'pg-boss';
import type { ConnectionOptions, JobWithMetadata } from 'pg-boss';
import { Later } from '../failure.ts';
import type { Job, JobData, JobName } from '../incident/job.ts';
import type { Logger } from 'pino';
import type { Sql, Transaction } from './postgres.ts';

export type Handlers = { readonly [N in JobName]: (data: JobData[N]) => Promise<void> };

export type Queue = {
  /**
   * Writes jobs with the caller's transaction. One that waits already is brought forward instead, or left as it is by a job
   * that has time.
   */
  enqueue(tx: Transaction, jobs: readonly Job[]): Promise<void>;
  /** Starts working; `onBug` hears of failures that are neither expected nor the outside's. */
  work(handlers: Handlers): Promise<void>;
  /** Lets running jobs end, then stops. */
  stop(): Promise<void>;
};

type Lane = {
  /** Workers of one process. */
  readonly workers: number;
  /** Jobs that one worker takes at once. */
  readonly batch: number;
};

/** One queue for each job name, so that a slow kind never holds up a quick one. */
const lanes: { readonly [N in JobName]: Lane } = {
  inbox: { workers: 4, batch: 5 },
  'open-room': { workers: 2, batch: 1 },
  invite: { workers: 2, batch: 1 },
  'status-card': { workers: 2, batch: 1 },
  'furnish-room': { workers: 1, batch: 1 },
  announce: { workers: 1, batch: 1 },
  'answer-declarer': { workers: 1, batch: 1 },
  'tell-room': { workers: 2, batch: 1 },
  'export-draft': { workers: 1, batch: 1 },
  'poll-alarms': { workers: 1, batch: 1 },
};

function isJobName(name: string): name is JobName {
  return name in lanes;
}

const jobNames = Object.keys(lanes).filter(isJobName);

const schema = 'pgboss';

/**
 * pg-boss notes which keys are running and passes over them, but from a picture that may be a minute old: the next job of a
 * key that stood in it would wait that long. Without the picture it looks at the jobs themselves.
 */
const forgetSingletons = `
-- Replicas that start at the same moment wait for one another.
select pg_advisory_xact_lock(hashtextextended('muster:forget_singletons', 0));
create or replace function ${schema}.forget_singletons() returns trigger language plpgsql
  as $$ begin new.singletons_active := null; return new; end $$;
create or replace trigger forget_singletons before insert or update on ${schema}.queue
  for each row execute function ${schema}.forget_singletons();
update ${schema}.queue set singletons_active = null where singletons_active is not null;
`;

/** Seconds a job may go without a sign of life before another worker takes it up; the least that pg-boss allows. */
const heartbeatSeconds = 10;

/** Age decides when to give up (see `write-once.ts`), not a number of tries. */
const retryLimit = 1_000_000;

/** The longest wait between two tries, in seconds. */
const longestWait = 60;

export async function openQueue(databaseUrl: string, log: Logger): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema,
    max: 8,
    // What a crash of the database takes back here (that a job was taken, or done) only makes the job run again.
    options: '-c synchronous_commit=off',
    useListenNotify: true,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    schedule: false,
  });
  boss.on('error', (error) => log.error({ err: error }, 'queue error'));
  boss.on('warning', (warning) => log.warn({ detail: warning.message }, 'queue warning'));
  await boss.start();
  await boss.getDb().executeSql(forgetSingletons);
  const queueOptions = {
    retryLimit,
    retryDelay: 1,
    heartbeatSeconds,
    expireInSeconds: 600,
    deleteAfterSeconds: 24 * 60 * 60,
    notify: true,
  };
  for (const name of jobNames) {
    await boss.createQueue(name, { policy: 'stately', ...queueOptions });
  }

  return {
    async enqueue(tx, jobs) {
      for (const job of jobs) {
        const options = { singletonKey: job.key, group: { id: job.key }, ...within(tx) };
        if (job.runAt === undefined && job.first !== true) {
          // An update locks the waiting job until this transaction ends: no worker can take it before it sees what we write.
          await boss.upsert(job.name, job.data, { startAfter: 0, ...options });
        } else {
          // One that waits already comes sooner, or there is none.
          await boss.send(job.name, job.data, { startAfter: new Date(job.runAt ?? 0), ...options });
        }
      }
    },
    async work(handlers) {
      for (const name of jobNames) {
        for (let n = 0; n < lanes[name].workers; n++) await startWorker(boss, name, handlers, log);
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}

function within(tx: Sql): { db: NonNullable<ConnectionOptions['db']> } {
  return { db: { executeSql: (text, values) => tx.query(text, values ?? []) } };
}

async function startWorker<N extends JobName>(boss: PgBoss, name: N, handlers: Handlers, log: Logger): Promise<void> {
  const options = {
    batchSize: lanes[name].batch,
    burstWhenBatchFull: lanes[name].batch > 1,
    includeMetadata: true,
    perJobResults: true,
    // Passes over keys that are running; that no two of a key run is kept by the policy's unique index.
    groupConcurrency: 1,
    pollingIntervalSeconds: 0.5,
    notifyPollingIntervalSeconds: 1,
  } as const;
  const handle = handlers[name];
  const worker: string = await boss.work<JobData[N], unknown, typeof options>(name, options, async (jobs) => {
    const results = await Promise.all(
      jobs.map(async (job) => {
        try {
          await handle(job.data);
          return { id: job.id, status: 'completed' as const };
        } catch (error) {
          await waitBeforeRetry(boss, job, error, log);
          return { id: job.id, status: 'failed' as const };
        }
      }),
    );
    // One of the same key may have come meanwhile: its notice found this one still running, so look again at once.
    boss.notifyWorker(worker);
    return results;
  });
}

/** The wait before the next try: what the outside asked for, else a growing one with jitter. */
async function waitBeforeRetry(
  boss: PgBoss,
  job: JobWithMetadata<unknown>,
  error: unknown,
  log: Logger,
): Promise<void> {
  const growing = Math.min(longestWait, 2 ** Math.min(job.retryCount, 6));
  const seconds =
    error instanceof Later ? Math.ceil(error.waitMillis / 1000) : Math.ceil(growing * (0.5 + Math.random() / 2));
  if (error instanceof Later) {
    log.info({ job: job.name, seconds }, 'job put off');
  } else {
    log.warn({ job: job.name, seconds, tries: job.retryCount + 1, err: error }, 'job failed and is tried again');
  }
  await boss
    .getDb()
    .executeSql(`update ${schema}.job set retry_delay = $1 where name = $2 and id = $3`, [
      Math.max(1, seconds),
      job.name,
      job.id,
    ]);
}
