/** What machines said, kept until an incident of its service adopts it. */
import type { Signal } from '../incident/declare.ts';
import type { SignalKind } from '../incident/event.ts';
import type { Instant, ServiceName } from '../incident/incident.ts';
import type { Sql, Transaction } from './postgres.ts';

export type SavedSignal = Signal & { readonly id: number };

/** Saves a signal once by its source key. Returns `null` when it had arrived before. */
export async function saveSignal(
  tx: Transaction,
  signal: Signal & { readonly source: string; readonly service: ServiceName | null; readonly sender: string },
): Promise<SavedSignal | null> {
  const { rows } = await tx.query<{ id: string }>(
    `insert into signal (source, service, kind, text, link, sender, occurred_at)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000)) on conflict (source) do nothing returning id`,
    [signal.source, signal.service, signal.kind, signal.text, signal.link, signal.sender, signal.at],
  );
  const [row] = rows;
  return row === undefined ? null : { ...signal, id: Number(row.id) };
}

/** Signals of these services since a moment, oldest first; at most 200, the newest ones. */
export async function readSignals(
  sql: Sql,
  services: readonly ServiceName[],
  since: Instant,
): Promise<readonly SavedSignal[]> {
  const { rows } = await sql.query<{
    id: string;
    kind: SignalKind;
    text: string;
    link: string | null;
    sender: string;
    at: number;
  }>(
    `select id, kind, text, link, sender, (extract(epoch from occurred_at) * 1000)::float8 as at from signal
     where service = any($1) and occurred_at >= to_timestamp($2::float8 / 1000) and occurred_at <= muster_now()
     order by occurred_at desc, id desc limit 200`,
    [services, since],
  );
  return rows.toReversed().map((row) => ({
    id: Number(row.id),
    kind: row.kind,
    text: row.text,
    link: row.link,
    at: Math.round(row.at),
    from: { type: 'webhook', name: row.sender },
  }));
}
