/** Whether calls go out on time: 500 open incidents, each with a page that nobody answers, while two replicas are restarted in turn. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { openPostgres, type Postgres } from '../postgres/postgres.ts';
import { type BotProcess, createBotProcess } from '../sandbox/bot-process.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Measured, percentile, round } from './measured.ts';

const incidents = 500;
const levels = 4;
const replicas = 2;
const climbSeconds = 60;
/** How many incidents are declared in a second: as many levels then fall due in one. */
const perSecond = 8;
/** One of the replicas is restarted so often. */
const restartMillis = 12_000;

type Lateness = { readonly millis: readonly number[]; readonly missed: number };

export async function measureEscalate(): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const catalogPath = join(folder, 'muster.yaml');
  await writeFile(catalogPath, catalog());
  const sandbox = await startSandbox({ folder, bot: 'none' });
  const postgres = openPostgres(sandbox.postgres.url, () => undefined);
  const bots = await startReplicas(sandbox, { folder, catalogPath });
  try {
    await connected(sandbox);
    await declareAll(sandbox);
    let restarts = 0;
    for (const until = Date.now() + (levels - 1) * climbSeconds * 1_000; Date.now() < until; restarts++) {
      await wait(restartMillis);
      const bot = bots[restarts % replicas];
      await bot?.stop();
      await bot?.start();
    }
    await wait(10_000);
    return summarise(await readLateness(postgres), restarts);
  } finally {
    for (const bot of bots) await bot.kill();
    await postgres.close();
    await sandbox.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

function summarise({ millis, missed }: Lateness, restarts: number): Measured {
  const within = millis.filter((each) => each <= 1_000).length;
  const result = {
    incidents,
    climbs: millis.length,
    missed,
    withinASecond: round(within / Math.max(1, millis.length), 4),
    p50Ms: round(percentile(millis, 0.5)),
    p99Ms: round(percentile(millis, 0.99)),
    maxMs: round(Math.max(...millis)),
    restarts,
  };
  return {
    rows: [
      ['open incidents', `${incidents}, each with a page of ${levels} levels that nobody answers`],
      ['replicas', `${replicas}, restarted ${restarts} times in turn`],
      ['levels called', `${result.climbs}, and ${missed} that were due were not`],
      ['within a second', `${round(result.withinASecond * 100, 2)} %`],
      ['late by', `${result.p50Ms} ms (median), ${result.p99Ms} ms (99 of 100), ${result.maxMs} ms (most)`],
    ],
    result,
  };
}

async function startReplicas(
  { environment }: Sandbox,
  { folder, catalogPath }: { readonly folder: string; readonly catalogPath: string },
): Promise<readonly BotProcess[]> {
  const bots: BotProcess[] = [];
  for (let number = 1; number <= replicas; number++) {
    const bot = await createBotProcess({
      command: [process.execPath, 'src/main.ts'],
      folder: process.cwd(),
      environment: { ...environment, MUSTER_CATALOG: catalogPath, PORT: '0', LOG_LEVEL: 'error' },
      pidFile: join(folder, `replica-${number}.pid`),
      logFile: join(folder, `replica-${number}.log`),
      onChange: () => undefined,
    });
    await bot.start();
    bots.push(bot);
  }
  return bots;
}

async function connected({ slack }: Sandbox): Promise<void> {
  for (const until = Date.now() + 60_000; slack.socketCount() < replicas; await wait(50)) {
    if (Date.now() > until) throw new Error('the replicas did not connect within 60 s');
  }
  await wait(2_000);
}

async function declareAll({ slack }: Sandbox): Promise<void> {
  const sent: Promise<unknown>[] = [];
  for (let number = 1; number <= incidents; number++) {
    const text = `declare sev1 service-${number}: users are held up`;
    sent.push(slack.command({ user: 'U0ANA000001', channel: 'C0GENERAL01', command: '/incident', text }));
    await wait(1_000 / perSecond);
  }
  await Promise.all(sent);
}

/** How long after it was due each further level was called. Each row says when the next level is due. */
async function readLateness(postgres: Postgres): Promise<Lateness> {
  const { rows } = await postgres.query<{ late: number | null; overdue: boolean }>(
    `with calls as (
       select incident, (event ->> 'level')::int as level, recorded_at,
              (event ->> 'climbAt')::float8 as climb_at
       from timeline where kind = 'people paged' and event ->> 'page' like 'service:%')
     select extract(epoch from next.recorded_at)::float8 * 1000 - before.climb_at as late,
            next.incident is null and before.climb_at < extract(epoch from muster_now())::float8 * 1000 - 5000 as overdue
     from calls before left join calls next on next.incident = before.incident and next.level = before.level + 1
     where before.level < $1`,
    [levels - 1],
  );
  return {
    millis: rows.flatMap(({ late }) => late ?? []),
    missed: rows.filter(({ overdue }) => overdue).length,
  };
}

function catalog(): string {
  const services = Array.from({ length: incidents }, (_, index) => ({
    name: `service-${index + 1}`,
    levels: ['U0BEN000002', 'U0CHEN00003', 'U0DARA00004', 'U0EMIL00005'].map((person) => ({ page: [person] })),
  }));
  // Nothing is repeated in between: what is measured is the climb.
  const paging = { SEV1: { repeat: '1h', climb: `${climbSeconds}s` } };
  return stringify({ defaults: { responders: ['U0ANA000001'] }, paging, services }, { aliasDuplicateObjects: false });
}
