/** Red alarms that opened nothing, as they stand in the triage channel: by group, and by the spell in which they were red. */
import type { Actor, AlarmArn, IncidentId, Instant, ServiceName } from '../incident/incident.ts';
import { first, type Sql, type Transaction } from './postgres.ts';

/** Whoever is shown again sooner than this after a spell belongs to it still. */
const pause = `interval '1 hour'`;

const goesOn = `(s.over_at is null or s.over_at > muster_now() - ${pause})`;

/** Shows these alarms with the group, from now on. */
export async function showAlarms(
  tx: Transaction,
  group: string,
  alarms: readonly { readonly alarm: AlarmArn; readonly since: Instant }[],
): Promise<void> {
  const spell = await spellOf(tx, group);
  const rows = alarms.map(({ alarm, since }) => ({ arn: alarm, since: new Date(since).toISOString() }));
  await tx.query('update triage_spell set over_at = null where id = $1', [spell]);
  await tx.query(
    `insert into triage_line (spell, arn, first_red_at)
     select $1, arn, min(since) from json_to_recordset($2::json) as shown (arn text, since timestamptz)
      group by arn order by min(since), arn
     on conflict do nothing`,
    [spell, JSON.stringify(rows)],
  );
}

async function spellOf(tx: Transaction, group: string): Promise<string> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('triage:' || $1, 0))`, [group]);
  const { rows } = await tx.query<{ id: string }>(
    `select id from triage_spell s where group_name = $1 and ${goesOn} order by started_at desc limit 1`,
    [group],
  );
  const [known] = rows;
  if (known !== undefined) return known.id;
  const started = await tx.query<{ id: string }>(
    'insert into triage_spell (group_name, started_at) values ($1, muster_now()) returning id',
    [group],
  );
  return first(started.rows).id;
}

/** The groups whose present message shows any of these alarms; all that have one when none are given. */
export async function groupsShowing(sql: Sql, alarms: readonly AlarmArn[] | null): Promise<readonly string[]> {
  const { rows } = await sql.query<{ group_name: string }>(
    `select distinct group_name from triage_spell s
      where ${goesOn} and ($1::text[] is null
        or exists (select from triage_line l where l.spell = s.id and l.arn = any($1::text[])))
      order by group_name`,
    [alarms],
  );
  return rows.map((row) => row.group_name);
}

/** Red, and not with any incident. */
const undecided = `a.state = 'ALARM' and (a.incident is null or a.settled_since is distinct from a.since)`;

/** Notes the end of every spell of which nothing is left to decide. */
export async function endSpells(tx: Transaction): Promise<void> {
  await tx.query(
    `update triage_spell s set over_at = muster_now()
      where over_at is null and not exists (
        select from triage_line l join alarm a on a.arn = l.arn where l.spell = s.id and ${undecided})`,
  );
}

/** Has red alarms looked at anew that people took out of the incident they were brought to. */
export async function unsettleSeparated(sql: Sql): Promise<void> {
  // Each incident is read once, however many alarms were brought to it: with hundreds of them it is large.
  await sql.query(
    `with concerned as (select distinct incident from alarm where state = 'ALARM' and incident is not null),
          separated as materialized (
            select i.id, taken_out.arn from concerned c join incident i on i.id = c.incident
             cross join lateral jsonb_array_elements_text(i.state -> 'separated') as taken_out (arn))
     update alarm a set settled_since = null, incident = null from separated s
      where a.arn = s.arn and a.incident = s.id and a.state = 'ALARM'`,
  );
}

/**
 * Has alarms looked at anew that were brought to this incident and have gone red since they were read as green. Returns whether
 * there are any.
 */
export async function unsettleRedder(
  tx: Transaction,
  incident: IncidentId,
  green: readonly { readonly alarm: AlarmArn; readonly since: Instant }[],
): Promise<boolean> {
  const rows = green.map(({ alarm, since }) => ({ arn: alarm, since: new Date(since).toISOString() }));
  const { rowCount } = await tx.query(
    `update alarm a set settled_since = null, incident = null
       from json_to_recordset($2::json) as read (arn text, since timestamptz)
      where a.incident = $1 and a.arn = read.arn and a.state = 'ALARM' and a.since > read.since`,
    [incident, JSON.stringify(rows)],
  );
  return rowCount !== null && rowCount > 0;
}

/** What was brought to one incident belongs to another from now on. */
export async function moveAlarms(tx: Transaction, from: IncidentId, into: IncidentId): Promise<void> {
  await tx.query(
    `with mine as (select arn, contributor from alarm where incident = $1 order by arn, contributor for update)
     update alarm a set incident = $2 from mine where a.arn = mine.arn and a.contributor = mine.contributor`,
    [from, into],
  );
}

/** Has the alarm looked at anew if it is red and was only shown so far. */
export async function unsettleShown(tx: Transaction, alarm: AlarmArn): Promise<void> {
  await tx.query(
    `update alarm set settled_since = null where arn = $1 and state = 'ALARM' and settled_since = since and incident is null`,
    [alarm],
  );
}

/**
 * Notes that the service is paged now for what is shown of it, unless it was within the hour. Returns whether it is to be
 * paged.
 */
export async function notePaged(tx: Transaction, service: ServiceName): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update triage_spell set paged_at = muster_now() where id = $1
       and coalesce(paged_at < muster_now() - ${pause}, true)`,
    [await spellOf(tx, service)],
  );
  return rowCount === 1;
}

/** How many incidents alarms have opened since then. */
export async function countAutomatic(sql: Sql, since: Instant): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from incident
      where state #>> '{declaredBy,type}' = 'alarm' and (state ->> 'declaredAt')::float8 > $1`,
    [since],
  );
  return first(rows).count;
}

/** @see TriageLine */
export const lineStates = ['red', 'ignored', 'brought', 'cleared'] as const;
export type LineState = (typeof lineStates)[number];

/** One alarm in the message, with all the series that it watches. */
export type TriageLine = {
  readonly id: number;
  readonly alarm: AlarmArn;
  readonly name: string;
  /** `brought`: to an incident. */
  readonly state: LineState;
  /** Since when it is red, or is not any more. */
  readonly since: Instant;
  readonly because: string;
  /** How many of its series are red. */
  readonly series: number;
  /** How often it went red in this spell. */
  readonly times: number;
  /** Whether it cleared because its data ended. */
  readonly silent: boolean;
  readonly incident: IncidentId | null;
  readonly ignored: { readonly until: Instant; readonly by: Actor } | null;
};

export type TriageCard = {
  readonly group: string;
  readonly startedAt: Instant;
  readonly pagedAt: Instant | null;
  readonly counts: { readonly [S in LineState]: number };
  /** What waits for somebody first; not all when they are many. */
  readonly lines: readonly TriageLine[];
};

/** Lines that are read for a message: more than fit. */
const mostLines = 60;

const cardLines = `
with line as (
  select l.id, l.arn, l.first_red_at, max(a.name) as name,
         count(*) filter (where a.state = 'ALARM') as series,
         count(*) filter (where ${undecided}) as undecided,
         min(a.since) filter (where a.state = 'ALARM') as red_since,
         max(a.since) as changed_at,
         coalesce((array_agg(a.because order by a.since) filter (where a.state = 'ALARM'))[1], '') as because,
         bool_and(a.state = 'INSUFFICIENT_DATA') as silent,
         max(a.incident) filter (where a.settled_since = a.since) as incident,
         max(a.ignored_until) filter (where a.ignored_until > muster_now()) as ignored_until,
         (array_agg(a.ignored_by order by a.ignored_until desc nulls last))[1] as ignored_by
    from triage_line l join alarm a on a.arn = l.arn
   where l.spell = $1
   group by l.id, l.arn, l.first_red_at),
told as (
  select *, case when series = 0 then 'cleared' when undecided = 0 then 'brought'
                 when ignored_until is not null then 'ignored' else 'red' end as state
    from line)
select id::int, arn, name, state, coalesce(red_since, changed_at) as since, because, series::int, silent,
       incident::int, ignored_until, ignored_by,
       (select count(*)::int from (
          select news.at - lag(news.at) over (partition by contributor order by news.at) as apart,
                 dense_rank() over (order by contributor) as nth
            from alarm_news news
           where news.arn = told.arn and news.state = 'ALARM' and news.at >= told.first_red_at) as red
         -- One change, told by two roads, may have two times.
         where nth = 1 and (apart is null or apart > interval '2 seconds')) as times,
       count(*) filter (where state = 'red') over ()::int as red_count,
       count(*) filter (where state = 'ignored') over ()::int as ignored_count,
       count(*) filter (where state = 'brought') over ()::int as brought_count,
       count(*) filter (where state = 'cleared') over ()::int as cleared_count
  from told
 order by array_position(array['red', 'ignored', 'brought', 'cleared'], state), since, id limit $2`;

type LineRow = {
  readonly id: number;
  readonly arn: string;
  readonly name: string;
  readonly state: LineState;
  readonly since: Date;
  readonly because: string;
  readonly series: number;
  readonly times: number;
  readonly silent: boolean;
  readonly incident: number | null;
  readonly ignored_until: Date | null;
  readonly ignored_by: Actor | null;
  readonly red_count: number;
  readonly ignored_count: number;
  readonly brought_count: number;
  readonly cleared_count: number;
};

/** The group's last message; `null` when it never had one. */
export async function readCard(sql: Sql, group: string): Promise<TriageCard | null> {
  const found = await sql.query<{ id: string; started_at: Date; paged_at: Date | null }>(
    'select id, started_at, paged_at from triage_spell where group_name = $1 order by started_at desc limit 1',
    [group],
  );
  const [spell] = found.rows;
  if (spell === undefined) return null;
  const { rows } = await sql.query<LineRow>(cardLines, [spell.id, mostLines]);
  const [any] = rows;
  return {
    group,
    startedAt: spell.started_at.getTime(),
    pagedAt: spell.paged_at?.getTime() ?? null,
    counts: {
      red: any?.red_count ?? 0,
      ignored: any?.ignored_count ?? 0,
      brought: any?.brought_count ?? 0,
      cleared: any?.cleared_count ?? 0,
    },
    lines: rows.map(lineOf),
  };
}

function lineOf(row: LineRow): TriageLine {
  const { id, arn: alarm, name, state, because, series, times, silent } = row;
  const until = row.ignored_until?.getTime() ?? null;
  return {
    id,
    alarm,
    name,
    state,
    since: row.since.getTime(),
    because,
    series,
    times,
    silent,
    incident: row.incident === null ? null : (row.incident as IncidentId),
    ignored: until === null || row.ignored_by === null ? null : { until, by: row.ignored_by },
  };
}

/** The alarm of a line, and the group whose message it stands in. */
export async function readLine(
  sql: Sql,
  line: number,
): Promise<{ readonly alarm: AlarmArn; readonly group: string } | null> {
  const { rows } = await sql.query<{ arn: string; group_name: string }>(
    'select l.arn, s.group_name from triage_line l join triage_spell s on s.id = l.spell where l.id = $1',
    [line],
  );
  const [row] = rows;
  return row === undefined ? null : { alarm: row.arn, group: row.group_name };
}

/** The alarms of this name, whatever its case, in any account and region. */
export async function readAlarmsNamed(sql: Sql, name: string): Promise<readonly AlarmArn[]> {
  const { rows } = await sql.query<{ arn: string }>(
    'select distinct arn from alarm where lower(name) = lower($1) order by arn limit 100',
    [name],
  );
  return rows.map((row) => row.arn);
}
