/** What was attempted outside: marked before the call, its result saved at once after it. */
import type { IncidentId, Instant } from '../incident/incident.ts';
import { first, type Sql } from './postgres.ts';

export type Mark = {
  /** Nothing is known of an earlier attempt: no need to look. */
  readonly fresh: boolean;
  readonly wantedAt: Instant;
  /** The attempt whose outcome is not known; `null` when there is none. */
  readonly attemptedAt: Instant | null;
  readonly finished: boolean;
  readonly result: unknown;
  readonly failed: string | null;
};

type MarkRow = {
  readonly wanted_at: Date;
  readonly attempted_at: Date | null;
  readonly finished_at: Date | null;
  readonly result: unknown;
  readonly failed: string | null;
};

/** Marks the write before it is made, or reads what is known of it. */
export async function mark(sql: Sql, ask: { key: string; incident: IncidentId | null; method: string }): Promise<Mark> {
  const inserted = await sql.query<{ wanted_at: Date; attempted_at: Date }>(
    `insert into outside_write (key, incident, method, attempted_at) values ($1, $2, $3, muster_now())
     on conflict (key) do nothing returning wanted_at, attempted_at`,
    [ask.key, ask.incident, ask.method],
  );
  const [fresh] = inserted.rows;
  if (fresh !== undefined) {
    return {
      fresh: true,
      wantedAt: fresh.wanted_at.getTime(),
      attemptedAt: fresh.attempted_at.getTime(),
      finished: false,
      result: null,
      failed: null,
    };
  }
  const { rows } = await sql.query<MarkRow>(
    'select wanted_at, attempted_at, finished_at, result, failed from outside_write where key = $1',
    [ask.key],
  );
  const row = first(rows);
  return {
    fresh: false,
    wantedAt: row.wanted_at.getTime(),
    attemptedAt: row.attempted_at?.getTime() ?? null,
    finished: row.finished_at !== null,
    result: row.result,
    failed: row.failed,
  };
}

export async function markAgain(sql: Sql, key: string): Promise<void> {
  await sql.query('update outside_write set attempted_at = muster_now() where key = $1', [key]);
}

/** Longer than this without a try, we were not there ourselves: in milliseconds. */
const absenceMillis = 10 * 60_000;

/**
 * Notes that writes were put off, or not answered, for so long. Gives since when that has gone on; a time in which we were
 * not there to try does not count.
 */
export async function putOff(sql: Sql, keys: readonly string[], waitMillis: number): Promise<Instant> {
  const { rows } = await sql.query<{ since: Date }>(
    `update outside_write set
       put_off_since = case when put_off_until > muster_now() - $3 * interval '1 ms'
         then coalesce(put_off_since, muster_now()) else muster_now() end,
       put_off_until = muster_now() + $2 * interval '1 ms'
     where key = any($1) returning put_off_since as since`,
    [keys, waitMillis, absenceMillis],
  );
  return Math.min(...rows.map((row) => row.since.getTime()));
}

/** The attempt is known to have changed nothing. */
export async function unmark(sql: Sql, key: string): Promise<void> {
  await sql.query('update outside_write set attempted_at = null where key = $1 and finished_at is null', [key]);
}

export async function finish(sql: Sql, key: string, result: unknown): Promise<void> {
  await sql.query('update outside_write set finished_at = muster_now(), result = $2, failed = null where key = $1', [
    key,
    JSON.stringify(result ?? null),
  ]);
}

export async function fail(sql: Sql, key: string, why: string): Promise<void> {
  await sql.query('update outside_write set failed = $2, attempted_at = null where key = $1 and finished_at is null', [
    key,
    why,
  ]);
}

/** When this write was first wanted; `null`: it never was. */
export async function wantedAt(sql: Sql, key: string): Promise<Instant | null> {
  const { rows } = await sql.query<{ wanted_at: Date }>('select wanted_at from outside_write where key = $1', [key]);
  return rows[0]?.wanted_at.getTime() ?? null;
}

/** The saved result of a write; `null` when it was not made (yet). */
export async function resultOf(sql: Sql, key: string): Promise<unknown> {
  const { rows } = await sql.query<{ result: unknown }>(
    'select result from outside_write where key = $1 and finished_at is not null',
    [key],
  );
  return rows[0]?.result ?? null;
}

/** The saved results of those of these writes that were made. */
export async function resultsOf(sql: Sql, keys: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const { rows } = await sql.query<{ key: string; result: unknown }>(
    'select key, result from outside_write where key = any($1) and finished_at is not null',
    [keys],
  );
  return new Map(rows.map(({ key, result }) => [key, result]));
}

/** Which of these writes are settled: made (also by another, whose result names them as covered), or failed for good. */
export async function settled(sql: Sql, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ key: string; covers: readonly string[] | null }>(
    `select key, result -> 'covers' as covers from outside_write
     where key = any($1) and (finished_at is not null or failed is not null)`,
    [keys],
  );
  return new Set(rows.flatMap(({ key, covers }) => [key, ...(covers ?? [])]));
}

/** How many writes of a method were made for the incident. */
export async function countMade(sql: Sql, incident: IncidentId, method: string): Promise<number> {
  const { rows } = await sql.query<{ made: number }>(
    'select count(*)::int as made from outside_write where incident = $1 and method = $2 and finished_at is not null',
    [incident, method],
  );
  return first(rows).made;
}

/** What was set or refused before no longer counts once something else is wanted; the wait for it begins anew. */
export async function wantAgain(sql: Sql, key: string, value: unknown): Promise<void> {
  await sql.query(
    `update outside_write set wanted_at = muster_now(), attempted_at = null, finished_at = null, failed = null, result = null
     where key = $1 and (finished_at is not null and result is distinct from $2::jsonb or failed is not null)`,
    [key, JSON.stringify(value)],
  );
}

/** The keys of the incident's writes that begin so, made or not, in the order in which they were first wanted. */
export async function keysBeginning(sql: Sql, incident: IncidentId, prefix: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ key: string }>(
    'select key from outside_write where incident = $1 and starts_with(key, $2) order by wanted_at, key',
    [incident, prefix],
  );
  return rows.map(({ key }) => key);
}

/** Marks several writes that one call will make. Gives those that were not made yet. */
export async function markAll(
  sql: Sql,
  ask: { keys: readonly string[]; incident: IncidentId; method: string },
): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ key: string }>(
    `insert into outside_write as w (key, incident, method, attempted_at)
     select key, $2, $3, muster_now() from unnest($1::text[]) as asked (key)
     on conflict (key) do update set attempted_at = muster_now(), failed = null where w.finished_at is null
     returning w.key`,
    [ask.keys, ask.incident, ask.method],
  );
  return new Set(rows.map((row) => row.key));
}

export async function finishAll(sql: Sql, keys: readonly string[]): Promise<void> {
  await sql.query(`update outside_write set finished_at = muster_now(), result = 'true' where key = any($1)`, [keys]);
}

/** Whether the draft of the incident is in its room, or that there is none to write, and was put there no earlier than this. */
export async function isExported(sql: Sql, incident: IncidentId, since: Instant): Promise<boolean> {
  const { rows } = await sql.query<{ exported: boolean }>(
    `select exists (select from outside_write
       where incident = $1 and key like 'draft:%' and key not like '%:bytes' and key not like '%:headcount'
         and finished_at >= to_timestamp($2::float8 / 1000)) as exported`,
    [incident, since],
  );
  return first(rows).exported;
}

/** How many files of the incident are on their way: begun, and neither there nor given up. */
export async function countUnfinished(sql: Sql, incident: IncidentId): Promise<number> {
  const { rows } = await sql.query<{ left: number }>(
    `select count(*)::int as left from outside_write
     where incident = $1 and method like 'files.%' and finished_at is null and failed is null`,
    [incident],
  );
  return first(rows).left;
}
