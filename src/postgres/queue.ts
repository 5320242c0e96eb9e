/**
 * The queue: pg-boss in its own schema. Jobs are written in the caller's transaction, at most one of a key waits and one
 * runs, and a killed worker's jobs are taken up again by its missing heartbeat within seconds.
 */
import { PgBoss } from 'pg-boss';
import type { ConnectionOptions, JobWithMetadata } from 'pg-boss';
import { Later, Unclear } from '../failure.ts';
import type { Job, JobData, JobName } from '../incident/job.ts';
import type { Logger } from 'pino';
import { isOutage, type Sql, type Transaction } from './postgres.ts';

export type Handlers = { readonly [N in JobName]: (data: JobData[N]) => Promise<void> };

/** Hears of a job that failed again and again in a way that nobody foresaw, and is not tried any more. */
export type OnBug = (name: JobName, data: JobData[JobName], error: unknown) => Promise<void>;

export type Queue = {
  /**
   * Writes jobs with the caller's transaction. One that waits already is brought forward instead, to now or to `runAt`.
   */
  enqueue(tx: Transaction, jobs: readonly Job[]): Promise<void>;
  /** Starts working. */
  work(handlers: Handlers, onBug?: OnBug): Promise<void>;
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
  inbox: { workers: 3, batch: 2 },
  'open-room': { workers: 2, batch: 1 },
  invite: { workers: 2, batch: 1 },
  'status-card': { workers: 2, batch: 1 },
  'furnish-room': { workers: 1, batch: 1 },
  announce: { workers: 1, batch: 1 },
  'answer-declarer': { workers: 1, batch: 1 },
  'tell-room': { workers: 2, batch: 1 },
  'export-draft': { workers: 1, batch: 1 },
  'poll-alarms': { workers: 1, batch: 1 },
  'triage-alarms': { workers: 1, batch: 1 },
  'triage-card': { workers: 1, batch: 1 },
  'page-overflow': { workers: 1, batch: 1 },
  graph: { workers: 1, batch: 1 },
  'fetch-history': { workers: 1, batch: 1 },
  'keep-time': { workers: 2, batch: 5 },
  'tell-people': { workers: 2, batch: 1 },
  'end-calls': { workers: 1, batch: 1 },
  'call-pager': { workers: 1, batch: 1 },
  'remove-people': { workers: 1, batch: 1 },
  'archive-room': { workers: 1, batch: 1 },
  'refresh-directory': { workers: 1, batch: 1 },
  'forget-handled': { workers: 1, batch: 1 },
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

/** A failure that nobody foresaw would come again: after this many tries it is told. */
const mostBugTries = 8;

/** Each try fails only if a worker took the job between two statements. */
const mostWriteTries = 100;

/** The longest wait between two tries, in seconds. */
const longestWait = 60;

export async function openQueue(databaseUrl: string, log: Logger): Promise<Queue> {
  // Passed on to `pg`: what hangs must not hang for ever.
  const connection = { query_timeout: 20_000, keepAlive: true };
  const boss = new PgBoss({
    ...connection,
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
    expireInSeconds: 600,
    deleteAfterSeconds: 24 * 60 * 60,
    notify: true,
  };
  for (const name of jobNames) {
    await boss.createQueue(name, { policy: 'stately', heartbeatSeconds, ...queueOptions });
    // A queue that exists keeps the settings it was made with.
    await boss.updateQueue(name, queueOptions);
  }

  return {
    async enqueue(tx, jobs) {
      for (const job of jobs) {
        // The one that was found waiting may be taken by a worker before it is written to: then it does not wait any more.
        for (let tries = 0; !(await writeJob(boss, tx, job)); tries++) {
          if (tries === mostWriteTries) throw new Error(`the job ${job.key} could not be written`);
        }
      }
    },
    async work(handlers, onBug = () => Promise.resolve()) {
      const worker: Worker = { boss, handlers, onBug, log };
      for (const name of jobNames) {
        for (let n = 0; n < lanes[name].workers; n++) await startWorker(worker, name);
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}

/** Writes a job, or its wish onto the one that waits. Gives `false` when that one was taken meanwhile: nothing is written. */
async function writeJob(boss: PgBoss, tx: Transaction, job: Job): Promise<boolean> {
  const options = { singletonKey: job.key, group: { id: job.key }, ...within(tx) };
  if (job.runAt === undefined && job.first !== true) {
    // An update locks the waiting job until this transaction ends: no worker can take it before it sees what we write.
    const { jobs } = await boss.upsert(job.name, job.data, { startAfter: 0, ...options });
    return jobs.length > 0;
  }
  // A job is kept for a time counted from its start, so that may not lie in the past.
  const startAfter = job.runAt === undefined ? 0 : new Date(job.runAt);
  const sent = await boss.send(job.name, job.data, { startAfter, ...options });
  return sent !== null || bringForward(tx, job, startAfter);
}

/** Of two times at which a job is wanted, the sooner one holds. Gives `false` when none waits. */
async function bringForward(tx: Sql, { name, key }: Job, runAt: Date | 0): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update ${schema}.job set start_after = least(start_after, $3)
     where name = $1 and singleton_key = $2 and state < 'active'`,
    [name, key, runAt === 0 ? new Date(0) : runAt],
  );
  return rowCount !== null && rowCount > 0;
}

function within(tx: Sql): { db: NonNullable<ConnectionOptions['db']> } {
  return { db: { executeSql: (text, values) => tx.query(text, values ?? []) } };
}

type Worker = { readonly boss: PgBoss; readonly handlers: Handlers; readonly onBug: OnBug; readonly log: Logger };

async function startWorker<N extends JobName>(worker: Worker, name: N): Promise<void> {
  const { boss } = worker;
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
  let id: string | null = null;
  id = await boss.work<JobData[N], unknown, typeof options>(name, options, async (jobs) => {
    const results = await Promise.all(
      jobs.map(async (job) => ({ id: job.id, status: await runJob(worker, name, job) })),
    );
    // One of the same key may have come meanwhile: its notice found this one still running, so look again at once.
    if (id !== null) boss.notifyWorker(id);
    return results;
  });
}

async function runJob<N extends JobName>(
  { boss, handlers, onBug, log }: Worker,
  name: N,
  job: JobWithMetadata<JobData[N]>,
): Promise<'completed' | 'failed' | 'deadletter'> {
  try {
    await handlers[name](job.data);
    return 'completed';
  } catch (error) {
    const foreseen = error instanceof Later || error instanceof Unclear || isOutage(error);
    if (!foreseen && job.retryCount >= mostBugTries) {
      await onBug(name, job.data, error);
      return 'deadletter';
    }
    await waitBeforeRetry(boss, job, error, log);
    return 'failed';
  }
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
  const fields = { job: job.name, key: job.singletonKey, seconds };
  if (error instanceof Later) log.info(fields, 'job put off');
  else log.warn({ ...fields, tries: job.retryCount + 1, err: error }, 'job failed and is tried again');
  await boss
    .getDb()
    .executeSql(`update ${schema}.job set retry_delay = $1 where name = $2 and id = $3`, [
      Math.max(1, seconds),
      job.name,
      job.id,
    ]);
}
