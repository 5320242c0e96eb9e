/** What one process of the bot holds of the database: a pool and a queue of its own. */
import type { Shell } from '../../src/handle.ts';
import { handle } from '../../src/handle.ts';
import type { Declare } from '../../src/incident/command.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { createLog } from '../../src/log.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';
import type { Handlers } from '../../src/postgres/queue.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import { ana, by, declaration, policy as catalog } from '../incident/scenario.ts';

export type Replica = Shell & { stop(): Promise<void> };

export async function openReplica(url: string, policy: Policy = catalog): Promise<Replica> {
  const postgres = openPostgres(url, () => undefined);
  const queue = await openQueue(url, createLog('silent'));
  return {
    postgres,
    queue,
    policy,
    async stop() {
      await queue.stop();
      await postgres.close();
    },
  };
}

/** Declares and must not be refused. */
export async function declareWith(shell: Shell, id: string, more: Partial<Declare> = {}): Promise<Incident> {
  const outcome = await handle(shell, { id, by: by(ana), incident: null, command: declaration(more) });
  if (outcome.type !== 'done') throw new Error(outcome.text);
  return outcome.incident;
}

/** Handlers that do nothing but what is given. */
export function handlersWith(some: Partial<Handlers>): Handlers {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    inbox: nothing,
    'open-room': nothing,
    invite: nothing,
    'status-card': nothing,
    'furnish-room': nothing,
    announce: nothing,
    'answer-declarer': nothing,
    'tell-room': nothing,
    'export-draft': nothing,
    'poll-alarms': nothing,
    'triage-alarms': nothing,
    'triage-card': nothing,
    'page-overflow': nothing,
    graph: nothing,
    'fetch-history': nothing,
    'keep-time': nothing,
    'tell-people': nothing,
    'call-pager': nothing,
    'end-calls': nothing,
    'remove-people': nothing,
    'archive-room': nothing,
    'refresh-directory': nothing,
    'forget-handled': nothing,
    ...some,
  };
}

export async function count(shell: Shell, from: string): Promise<number> {
  const { rows } = await shell.postgres.query<{ count: number }>(`select count(*)::int as count from ${from}`);
  return rows[0]?.count ?? -1;
}
