/** One page to a level of fifty people: how many calls to Slack it takes until each of them has it. */
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { openPostgres, type Postgres } from '../postgres/postgres.ts';
import { seedWorkspace } from '../sandbox/slack/seed.ts';
import type { SandboxOptions } from '../sandbox/sandbox.ts';
import { type Arena, openArena } from './arena.ts';
import { type Measured, percentile, round } from './measured.ts';

const people = 50;
const warmUps = 1;
const pages = 4;
const latencyMs = 150;
const minute = 60_000;

type Run = { readonly ms: number; readonly calls: Readonly<Record<string, number>> };

export async function measureCall(): Promise<Measured> {
  const arena = await openArena({ catalog: catalog(), latencyMs, workspace: crowded() });
  const postgres = openPostgres(arena.sandbox.postgres.url, () => undefined);
  try {
    const runs: Run[] = [];
    for (let number = 1; number <= warmUps + pages; number++) runs.push(await pageOnce(arena, postgres, number));
    return summarise(runs.slice(warmUps));
  } finally {
    await postgres.close();
    await arena.close();
  }
}

function summarise(runs: readonly Run[]): Measured {
  const counts = runs.map(({ calls }) => Object.values(calls).reduce((sum, count) => sum + count, 0));
  const most = runs[counts.indexOf(Math.max(...counts))]?.calls ?? {};
  const millis = runs.map(({ ms }) => ms);
  const result = {
    people,
    slackCalls: Math.max(...counts),
    ms: round(percentile(millis, 0.5)),
    maxMs: round(Math.max(...millis)),
    runs: runs.length,
    calls: most,
  };
  return {
    rows: [
      ['pages', `${runs.length}, each to a group of ${people} people, with ${latencyMs} ms for each call to Slack`],
      ['calls to Slack', `${result.slackCalls} (most of all runs)`],
      ...Object.entries(most).map(([method, count]) => [`  ${method}`, String(count)] as const),
      ['until all have it', `${result.ms} ms (median), ${result.maxMs} ms (most)`],
    ],
    result,
  };
}

/** The first level is one person, who does not answer; the second is the crowd. */
async function pageOnce({ sandbox }: Arena, postgres: Postgres, number: number): Promise<Run> {
  const { slack, clock } = sandbox;
  await postgres.query('truncate pace');
  const text = `declare sev2 service-${number}: users are held up`;
  await slack.command({ user: 'U0ANA000001', channel: 'C0GENERAL01', command: '/incident', text });
  await waitFor(postgres, { number, level: 0, people: 1 });
  // Otherwise the second level is called to lead, before it is called to help.
  const lead = `INC-${number} lead`;
  await slack.command({ user: 'U0ANA000001', channel: 'C0GENERAL01', command: '/incident', text: lead });
  await quiet(slack);
  // Past the repetition of the first call, and short of the next level.
  await clock.pass(9.5 * minute);
  await quiet(slack);
  slack.clearCalls();
  await clock.pass(1.5 * minute);
  await waitFor(postgres, { number, level: 1, people });
  await quiet(slack);
  const made = slack.calls.filter(({ method }) => method.includes('.') && method !== 'apps.connections.open');
  const letters = made.filter(({ method }) => method === 'chat.postMessage');
  const calls: Record<string, number> = {};
  for (const { method } of made) calls[method] = (calls[method] ?? 0) + 1;
  const ms =
    Math.max(...letters.map(({ finishedAt }) => finishedAt ?? Infinity)) -
    Math.min(...letters.map(({ startedAt }) => startedAt));
  await slack.command({
    // Taken, so that it is not repeated while the next one is measured.
    user: 'U0BEN000002',
    channel: 'C0GENERAL01',
    command: '/incident',
    text: `INC-${number} join`,
  });
  await quiet(slack);
  return { ms, calls };
}

/** Until Slack was not called for a second and a half. */
async function quiet(slack: Arena['sandbox']['slack']): Promise<void> {
  const lastCall = (): number => Math.max(0, ...slack.calls.map((call) => call.finishedAt ?? Infinity));
  await wait(1_500);
  while (Date.now() - lastCall() < 1_500) await wait(100);
}

/** Until as many people of that level were told in private. */
async function waitFor(
  postgres: Postgres,
  wanted: { readonly number: number; readonly level: number; readonly people: number },
): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await wait(50)) {
    const { rows } = await postgres.query<{ told: number }>(
      `select count(*)::int as told from outside_write w join timeline t
         on w.key like 'private:' || t.id || ':%'
       where t.incident = $1 and t.kind = 'people paged' and (t.event ->> 'level')::int = $2 and w.finished_at is not null`,
      [wanted.number, wanted.level],
    );
    if ((rows[0]?.told ?? 0) >= wanted.people) return;
  }
  throw new Error(`level ${wanted.level + 1} of INC-${wanted.number} was not called within 60 s`);
}

function crowdId(index: number): string {
  return `U0CROWD${String(index).padStart(4, '0')}`;
}

function crowded(): NonNullable<SandboxOptions['workspace']> {
  const [someone] = seedWorkspace.people;
  if (someone === undefined) throw new Error('the workspace has nobody');
  const crowd = Array.from({ length: people }, (_, index) => ({
    ...someone,
    id: crowdId(index),
    name: `crowd${index}`,
    realName: `Crowd ${index}`,
    email: `crowd${index}@sandbox.example`,
  }));
  const [group] = seedWorkspace.userGroups;
  if (group === undefined) throw new Error('the workspace has no groups');
  const named = { ...group, id: 'S0CROWD0001', handle: 'crowd', name: 'Crowd', members: crowd.map(({ id }) => id) };
  return {
    ...seedWorkspace,
    people: [...seedWorkspace.people, ...crowd],
    userGroups: [...seedWorkspace.userGroups, named],
  };
}

function catalog(): string {
  const services = Array.from({ length: warmUps + pages }, (_, index) => ({
    name: `service-${index + 1}`,
    levels: [{ page: ['U0BEN000002'] }, { page: ['S0CROWD0001'] }],
  }));
  return stringify({ defaults: { responders: ['U0ANA000001'] }, services }, { aliasDuplicateObjects: false });
}
