/**
 * Moves the clock the way time passes: from one due job to the next, each time waiting until the queue has come to rest.
 * In one leap every timer would fire at the end, late, and a job in flight would lose its heartbeat and run twice.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { moveClock, readClock, type ClockReading, type Queryable } from './clock.ts';

const restMillis = 3_000;

/**
 * Moves the clock forward to `to` (epoch milliseconds) in steps.
 * @param options.leastStepMillis jobs that are due within this time of each other share a step.
 * @param options.onStep called right after each move, before anything is waited for.
 * @param options.schema the queue's schema; without a queue in it the clock moves at once.
 */
export async function passTime(
  client: Queryable,
  to: number,
  options: {
    readonly leastStepMillis?: number;
    readonly schema?: string;
    readonly onStep?: (reading: ClockReading) => void;
  } = {},
): Promise<ClockReading> {
  const schema = options.schema ?? 'pgboss';
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new Error(`"${schema}" is no name of a schema.`);
  const { rows } = await client.query(`select to_regclass($1) is not null as exists`, [`${schema}.job`]);
  const step = async (instant: number): Promise<ClockReading> => {
    const reading = await moveClock(client, { to: instant });
    options.onStep?.(reading);
    return reading;
  };
  if (rows[0]?.['exists'] !== true) return step(to);
  await queueAtRest(client, schema);
  for (;;) {
    const { now } = await readClock(client);
    if (now >= to) return readClock(client);
    const due = (await nextDue(client, schema, now)) ?? to;
    await step(Math.min(to, Math.max(due, now + (options.leastStepMillis ?? 0))));
    await queueAtRest(client, schema);
  }
}

/**
 * Waits until no job runs and none is due, at most three seconds: a bot that is down, or that waits for an answer that
 * never comes, does not stop time.
 * @returns whether it came to rest.
 */
export async function queueAtRest(client: Queryable, schema = 'pgboss'): Promise<boolean> {
  for (const until = Date.now() + restMillis; Date.now() < until; await wait(4)) {
    const { rows } = await client.query(
      `select exists (
         select from ${schema}.job
          where state = 'active' or (state in ('created', 'retry') and start_after <= ${schema}.job_now())
       ) as busy`,
    );
    if (rows[0]?.['busy'] === false) return true;
  }
  return false;
}

async function nextDue(client: Queryable, schema: string, now: number): Promise<number | undefined> {
  const { rows } = await client.query(
    `select extract(epoch from min(start_after))::float8 * 1000 as due from ${schema}.job
      where state in ('created', 'retry') and start_after > to_timestamp($1::float8 / 1000)`,
    [now],
  );
  const due = rows[0]?.['due'];
  return due === null || due === undefined ? undefined : Math.ceil(Number(due));
}
