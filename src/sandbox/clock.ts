/**
 * A clock that can be moved. The offset stands in one row of the database, so every process that reads time there moves
 * together, across restarts. What reads time is replaced: `muster_now()` and the queue's `job_now()`.
 */

/** Anything of `pg` that runs a query. */
export type Queryable = {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
};

/** `now` in epoch milliseconds, `offsetMillis` how far that is ahead of real time. */
export type ClockReading = { readonly now: number; readonly offsetMillis: number };

/**
 * Makes the clock, at real time unless it was moved before. Needs a superuser: an event trigger replaces the two
 * functions again whenever a migration creates them, so it does not matter who comes first.
 * Safe to run again, also from several processes at once.
 */
export async function installClock(client: Queryable): Promise<void> {
  await client.query(installation);
}

/**
 * Moves the clock by an amount or to an instant (both milliseconds), and wakes every queue so that what is due now
 * starts now. Moving while a job runs lapses that job's heartbeat: let the queue come to rest first.
 */
export async function moveClock(
  client: Queryable,
  move: { readonly byMillis: number } | { readonly to: number },
): Promise<ClockReading> {
  if ('byMillis' in move)
    await client.query(`update sandbox.clock set ahead = ahead + $1::float8 * interval '1 millisecond'`, [
      move.byMillis,
    ]);
  else
    await client.query(`update sandbox.clock set ahead = to_timestamp($1::float8 / 1000) - clock_timestamp()`, [
      move.to,
    ]);
  await client.query('select sandbox.wake_queues()');
  return readClock(client);
}

/** What the clock shows. */
export async function readClock(client: Queryable): Promise<ClockReading> {
  const { rows } = await client.query(
    `select extract(epoch from clock_timestamp() + ahead)::float8 * 1000 as now,
            extract(epoch from ahead)::float8 * 1000 as ahead from sandbox.clock`,
  );
  return { now: Math.round(Number(rows[0]?.['now'])), offsetMillis: Math.round(Number(rows[0]?.['ahead'])) };
}

// One batch is one transaction; the lock lets several processes install at once.
const installation = `
select pg_advisory_xact_lock(7020513);
create schema if not exists sandbox;
create table if not exists sandbox.clock (
  only_row boolean primary key default true check (only_row),
  ahead interval not null
);
insert into sandbox.clock (ahead) values (interval '0') on conflict do nothing;

-- Keeps what was declared about each function (schema, volatility, parallel safety) and replaces only its body.
create or replace function sandbox.replace_clock_functions() returns void language plpgsql as $replace$
declare
  found record;
begin
  for found in
    select namespace.nspname as schema, function.proname as name,
           case function.provolatile when 'i' then 'stable' when 's' then 'stable' else 'volatile' end as volatility,
           case function.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end as parallel,
           case function.proname when 'job_now' then 'now()' else 'clock_timestamp()' end as real_time
      from pg_catalog.pg_proc function
      join pg_catalog.pg_namespace namespace on namespace.oid = function.pronamespace
     where function.proname in ('muster_now', 'job_now')
       and function.pronargs = 0
       and function.prorettype = 'timestamptz'::regtype
       and function.prosrc not like '%sandbox.clock%'
  loop
    execute format(
      'create or replace function %I.%I() returns timestamp with time zone language sql %s parallel %s
       as ''select pg_catalog.%s + (select ahead from sandbox.clock)''',
      found.schema, found.name, found.volatility, found.parallel, found.real_time);
  end loop;
end $replace$;

create or replace function sandbox.keep_clock() returns event_trigger language plpgsql as $keep$
begin
  perform sandbox.replace_clock_functions();
end $keep$;

do $trigger$ begin
  if not exists (select from pg_catalog.pg_event_trigger where evtname = 'sandbox_keep_clock') then
    create event trigger sandbox_keep_clock on ddl_command_end
      when tag in ('CREATE FUNCTION') execute function sandbox.keep_clock();
  end if;
end $trigger$;

-- The queue's workers listen on a channel named after a hash of their schema; the payload names a queue.
create or replace function sandbox.wake_queues() returns void language plpgsql as $wake$
declare
  queue_schema text;
begin
  for queue_schema in
    select namespace.nspname from pg_catalog.pg_proc function
      join pg_catalog.pg_namespace namespace on namespace.oid = function.pronamespace
     where function.proname = 'job_now'
  loop
    execute format(
      'select pg_notify(''pgboss_'' || left(encode(sha224(%L::bytea), ''hex''), 24), name) from %I.queue',
      queue_schema, queue_schema);
  end loop;
end $wake$;

select sandbox.replace_clock_functions();
`;
