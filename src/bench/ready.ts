/** From the slash command to "room ready": the channel made, everyone invited, the first message posted, all of it saved. */
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { openPostgres, type Postgres } from '../postgres/postgres.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { openArena } from './arena.ts';
import { type Measured, percentile, round } from './measured.ts';

/** The first ones compile what the later ones run: they are told apart, not hidden. */
const warmUps = 10;
const declarations = 25;
const responders = 12;
const latencyMs = 150;
const people = { declarer: 'U0ANA000001', channel: 'C0GENERAL01' };

type Run = {
  readonly ms: number;
  readonly rounds: number;
  /** How long Slack took for the rounds, in milliseconds. */
  readonly slackMs: number;
  readonly callsBeforeReady: number;
};

export async function measureReady(): Promise<Measured> {
  const arena = await openArena({ catalog: catalogWithResponders(), latencyMs });
  const postgres = openPostgres(arena.sandbox.postgres.url, () => undefined);
  try {
    const runs: Run[] = [];
    for (let number = 1; number <= warmUps + declarations; number++)
      runs.push(await declareOnce(arena.sandbox, postgres, number));
    return summarise(runs);
  } finally {
    await postgres.close();
    await arena.close();
  }
}

function summarise(all: readonly Run[]): Measured {
  const runs = all.slice(warmUps);
  const rounds = Math.max(...runs.map((run) => run.rounds));
  const callsBeforeReady = Math.max(...runs.map((run) => run.callsBeforeReady));
  const millis = runs.map((run) => run.ms);
  const overhead = (run: Run): number => run.ms - run.slackMs;
  const overheads = runs.map(overhead);
  const cold = all.slice(0, warmUps).map(overhead);
  const result = {
    rounds,
    callsBeforeReady,
    ms: round(percentile(millis, 0.5)),
    overheadMs: round(percentile(overheads, 0.5)),
    overheadMaxMs: round(Math.max(...overheads)),
    coldOverheadMs: round(percentile(cold, 0.5)),
    responders,
    runs: runs.length,
  };
  return {
    rows: [
      ['declarations', `${runs.length}, each with ${responders} responders and ${latencyMs} ms for each call to Slack`],
      ['sequential rounds', `${rounds} (most of all runs)`],
      ['calls before ready', `${callsBeforeReady} (most of all runs)`],
      ['command to ready', `${result.ms} ms (median)`],
      ['on top of Slack', `${result.overheadMs} ms (median), ${result.overheadMaxMs} ms (most)`],
      [
        'just started',
        `${result.coldOverheadMs} ms on top of Slack (median of the first ${warmUps}, not counted above)`,
      ],
    ],
    result,
  };
}

/** Each declaration is on a service of its own: on the same it would be offered to join. */
async function declareOnce({ slack }: Sandbox, postgres: Postgres, number: number): Promise<Run> {
  // What Slack's limits would make us wait is not what is measured here.
  await postgres.query('truncate pace');
  slack.clearCalls();
  const arrivedAt = Date.now();
  await slack.command({
    user: people.declarer,
    channel: people.channel,
    command: '/incident',
    text: `declare sev2 service-${number}: users are held up`,
  });
  const readyAt = await waitUntilReady(postgres, number);
  const before = slack.calls.filter(
    (call) => call.method.includes('.') && call.method !== 'apps.connections.open' && call.startedAt <= readyAt,
  );
  const rounds = findRounds(before);
  const run = {
    ms: readyAt - arrivedAt,
    rounds: rounds.length,
    slackMs: rounds.reduce((sum, { from, to }) => sum + to - from, 0),
    callsBeforeReady: before.length,
  };
  await quiet(slack);
  return run;
}

/** The rest of the declaration must not weigh on the next one: waits until Slack was not called for a second and a half. */
async function quiet(slack: Sandbox['slack']): Promise<void> {
  const lastCall = (): number => Math.max(...slack.calls.map((call) => call.finishedAt ?? Infinity));
  await wait(2_000);
  while (Date.now() - lastCall() < 1_500) await wait(100);
}

/** The moment at which the last of them was saved, epoch milliseconds. */
async function waitUntilReady(postgres: Postgres, number: number): Promise<number> {
  for (const until = Date.now() + 20_000; Date.now() < until; await wait(20)) {
    const { rows } = await postgres.query<{ done: number; at: number | null }>(
      `select count(*)::int as done, extract(epoch from max(finished_at))::float8 * 1000 as at from outside_write
        where incident = $1 and finished_at is not null and (key = 'card:' || $1::text or method = 'conversations.invite')`,
      [number],
    );
    const [row] = rows;
    // The card, and each responder and the declarer.
    if (row !== undefined && row.at !== null && row.done >= responders + 2) return row.at;
  }
  throw new Error(`the room of INC-${number} was not ready within 20 s`);
}

type Round = { readonly from: number; readonly to: number };

/** The calls that overlap are one round; the next begins when all of them are answered. In epoch milliseconds. */
function findRounds(
  calls: readonly { readonly startedAt: number; readonly finishedAt: number | null }[],
): readonly Round[] {
  const rounds: Round[] = [];
  for (const { startedAt: from, finishedAt } of calls.toSorted((a, b) => a.startedAt - b.startedAt)) {
    const to = finishedAt ?? Infinity;
    const last = rounds.at(-1);
    if (last !== undefined && from < last.to)
      rounds[rounds.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else rounds.push({ from, to });
  }
  return rounds;
}

function catalogWithResponders(): string {
  const members = [
    'U0BEN000002',
    'U0CHEN00003',
    'U0DARA00004',
    'U0EMIL00005',
    'U0FARAH0006',
    'U0GRACE0007',
    'U0HUGO00008',
    'U0INES00009',
    'U0JONAS0010',
    'U0KAVYA0011',
    'U0LIAM00012',
    'U0MIA000013',
  ].slice(0, responders);
  const services = Array.from({ length: warmUps + declarations }, (_, index) => ({
    name: `service-${index + 1}`,
    responders: members,
  }));
  return stringify(
    { workspace: { broadcastChannel: 'C0INCIDENTS' }, defaults: { responders: members }, services },
    { aliasDuplicateObjects: false },
  );
}
