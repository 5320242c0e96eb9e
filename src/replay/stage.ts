/** A sandbox of its own for one replay: a fresh Postgres, workspace and alarms, and the whole bot in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { type Catalog, readCatalog } from '../catalog.ts';
import { readConfig } from '../config.ts';
import type { IncidentId, Instant } from '../incident/incident.ts';
import { createLog } from '../log.ts';
import { startMuster } from '../main.ts';
import { readIncident } from '../postgres/incidents.ts';
import { openPostgres, type Postgres } from '../postgres/postgres.ts';
import { startAws } from '../sandbox/aws/aws.ts';
import { passTime, queueAtRest } from '../sandbox/clock-steps.ts';
import { installClock, moveClock } from '../sandbox/clock.ts';
import { removePostgres, startPostgres } from '../sandbox/postgres.ts';
import { type SlackStandIn, startSlack } from '../sandbox/slack/slack.ts';
import { broadcastChannel, type Cast, castWorkspace } from './cast.ts';

export type Stage = {
  readonly slack: SlackStandIn;
  readonly postgres: Postgres;
  /** Where machines send their signals, and the token for it. */
  readonly signals: { readonly url: string; readonly token: string };
  /** Lets time pass until then; what comes due on the way comes due in its turn. */
  passTo(at: Instant): Promise<void>;
  /** Sets the clock to exactly then; never behind where it was set before. */
  setTo(at: Instant): Promise<void>;
  /** Waits until all that was begun is done. */
  rest(): Promise<void>;
  close(): Promise<void>;
};

/** Jobs that are due within this time of each other come due together: hours pass in seconds. */
const stepMillis = 10 * 60_000;

const token = 'replay-signals-token';

/** The one service of a replay. */
export const service = 'production';

export async function openStage(cast: Cast, from: Instant): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-replay-'));
  const database = await startPostgres({ folder: join(folder, 'postgres'), durable: false });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await installClock(client);
  let ahead = (await moveClock(client, { to: from })).offsetMillis;
  let lastSet = from;
  const now = (): Instant => Date.now() + ahead;
  const slack = await startSlack({ now, workspace: castWorkspace(cast) });
  const aws = await startAws({ now });
  const reading = readConfig({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.url,
    SIGNALS_TOKEN: token,
    PORT: '0',
    LOG_LEVEL: 'error',
  });
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const muster = await startMuster(reading.config, catalogFor(cast), createLog('error'));
  const postgres = openPostgres(database.url, () => undefined);
  while (slack.socketCount() === 0) await new Promise((resolve) => setTimeout(resolve, 20));

  return {
    slack,
    postgres,
    signals: { url: `http://127.0.0.1:${muster.port}/signals`, token },
    async passTo(at) {
      await passTime(client, at, {
        leastStepMillis: stepMillis,
        onStep: ({ offsetMillis }) => (ahead = offsetMillis),
      });
    },
    async setTo(at) {
      if (at <= lastSet) return;
      lastSet = at;
      ahead = (await moveClock(client, { to: at })).offsetMillis;
    },
    async rest() {
      await queueAtRest(client);
    },
    async close() {
      await muster.stop();
      await slack.close();
      await aws.close();
      await postgres.close();
      await client.end();
      await removePostgres(join(folder, 'postgres'));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One service with everyone on it, and nothing that watches it: a recording has no alarms that could be read. */
function catalogFor(cast: Cast): Catalog {
  const responders = cast.map(({ id }) => id);
  const text = stringify(
    { workspace: { broadcastChannel }, defaults: { responders }, services: [{ name: service, responders }] },
    { aliasDuplicateObjects: false },
  );
  const reading = readCatalog(text, 'the catalog of the replay');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.catalog;
}

/** The room of the one incident, once it is open. */
export async function waitForRoom(postgres: Postgres, id: IncidentId): Promise<string> {
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    const room = (await readIncident(postgres, id))?.room;
    if (room !== undefined && room !== null) return room.channel;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the war room was not opened within 20 s');
}
