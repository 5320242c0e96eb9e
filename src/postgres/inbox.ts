/** What arrived from Slack: saved before it is acknowledged, with the job that will do the work. */
import type { Instant } from '../incident/incident.ts';
import type { Postgres, Sql } from './postgres.ts';
import type { Queue } from './queue.ts';

export type Arrived = {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly receivedAt: Instant;
  readonly handled: boolean;
};

/** The source that timeline rows carry for what arrived, and back. */
export function sourceOfArrival(id: string): string {
  return `slack:${id}`;
}

export function arrivalOfSource(source: string): string {
  return source.replace(/^slack:/, '').replace(/#\d+$/, '');
}

/**
 * Saves it once. Returns `false` when it had arrived before.
 * @throws when it is not saved by the deadline (epoch milliseconds, real time): then nothing is.
 */
export async function saveArrived(
  postgres: Postgres,
  queue: Queue,
  { id, body, deadline }: { readonly id: string; readonly body: unknown; readonly deadline: number },
): Promise<boolean> {
  return postgres.transaction(async (tx) => {
    const { rowCount } = await tx.query('insert into inbox (id, body) values ($1, $2) on conflict (id) do nothing', [
      id,
      JSON.stringify(body),
    ]);
    if (rowCount === 0) return false;
    await queue.enqueue(tx, [{ name: 'inbox', key: id, data: { inbox: id }, first: true }]);
    if (Date.now() > deadline) throw new Error('Postgres took too long to save what arrived');
    return true;
  });
}

export async function readArrived(sql: Sql, id: string): Promise<Arrived | null> {
  const { rows } = await sql.query<{ body: Record<string, unknown>; received_at: Date; handled_at: Date | null }>(
    'select body, received_at, handled_at from inbox where id = $1',
    [id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return { id, body: row.body, receivedAt: row.received_at.getTime(), handled: row.handled_at !== null };
}

export async function markHandled(sql: Sql, id: string): Promise<void> {
  await sql.query('update inbox set handled_at = muster_now() where id = $1', [id]);
}

/** What arrived and was handled long ago is no longer needed: what matters of it stands in the timeline. */
export async function forgetHandled(sql: Sql): Promise<void> {
  await sql.query(`delete from inbox where handled_at < muster_now() - interval '7 days'`);
}
