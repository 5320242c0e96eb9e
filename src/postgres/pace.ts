/** How fast the outside may be called. One owner for all replicas, because they share the other side's limits. */
import { first, type Sql } from './postgres.ts';

export type Pace = {
  readonly key: string;
  /** Milliseconds between calls in the long run. */
  readonly intervalMillis: number;
  /** How many calls may be made at once after a quiet time. */
  readonly burst: number;
};

/** Takes a place. Returns the milliseconds to wait until one is free; 0 means that the place was taken. */
export async function takePace(sql: Sql, { key, intervalMillis, burst }: Pace): Promise<number> {
  const tolerance = intervalMillis * (burst - 1);
  const taken = await sql.query(
    `insert into pace as p (key, free_at) values ($1, clock_timestamp() + $2 * interval '1 ms')
     on conflict (key) do update set free_at = greatest(p.free_at, clock_timestamp()) + $2 * interval '1 ms'
       where p.free_at <= clock_timestamp() + $3 * interval '1 ms'
     returning key`,
    [key, intervalMillis, tolerance],
  );
  if (taken.rowCount !== 0) return 0;
  const { rows } = await sql.query<{ wait: number }>(
    `select coalesce((select ceil(extract(epoch from free_at - clock_timestamp()) * 1000) from pace where key = $1), 0)::float8 as wait`,
    [key],
  );
  return Math.max(1, first(rows).wait - tolerance);
}

/** Nobody calls before the wait is over: the other side said so. */
export async function holdPace(sql: Sql, { key, intervalMillis, burst }: Pace, waitMillis: number): Promise<void> {
  await sql.query(
    `insert into pace as p (key, free_at) values ($1, clock_timestamp() + $2 * interval '1 ms')
     on conflict (key) do update set free_at = greatest(p.free_at, excluded.free_at)`,
    [key, waitMillis + intervalMillis * (burst - 1)],
  );
}
