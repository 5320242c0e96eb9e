/** What every alarm says now, what it said before, and what was made of it. */
import type { AlarmNews, AlarmState, Contributor, Road } from '../incident/alarm.ts';
import type { Actor, AlarmArn, IncidentId, Instant } from '../incident/incident.ts';
import { newestNews } from './newest-news.ts';
import type { Sql, Transaction } from './postgres.ts';

/** An alarm, or one of its contributors, as it stands. */
export type StandingAlarm = {
  readonly alarm: AlarmArn;
  readonly name: string;
  /** `null`: the alarm as a whole. */
  readonly contributor: Contributor | null;
  readonly state: AlarmState;
  /** When the state changed, by CloudWatch's clock. With the alarm it names the episode. */
  readonly since: Instant;
  readonly because: string;
  readonly description: string;
  readonly tags: { readonly [key: string]: string };
  readonly mutedUntil: Instant | null;
  readonly ignoredUntil: Instant | null;
  readonly firstBreachAt: Instant | null;
  /** The last episode that was dealt with: the present one when it is the same as `since`. */
  readonly settledSince: Instant | null;
  /** What that episode was brought to; `null`: to no incident. */
  readonly incident: IncidentId | null;
};

/** A change of an alarm's state, as it was first heard of. */
export type Transition = Pick<AlarmNews, 'alarm' | 'state' | 'at' | 'because' | 'firstBreachAt'> & {
  /** The contributor's id; empty: the alarm as a whole. */
  readonly contributor: string;
};

/** One episode of an alarm: between two changes of its state. */
export type Episode = Pick<Transition, 'alarm' | 'contributor'> & { readonly since: Instant };

/**
 * Saves news: each change of state once, and as an alarm's present state what is the newest of all that was ever heard.
 * What no road told before about the present state (a reason, tags) is added to it. Returns how many changes were new.
 */
export async function saveNews(
  tx: Transaction,
  received: readonly { readonly road: Road; readonly news: AlarmNews }[],
): Promise<number> {
  if (received.length === 0) return 0;
  const saved = await saveTransitions(
    tx,
    received.map(({ road, news }) => ({ ...news, contributor: news.contributor?.id ?? '', road })),
  );
  const unmuted = new Set(received.filter(isUnmuted).map(({ news }) => keyOf(news)));
  const rows = newestNews(received.map(({ news }) => news)).map(({ news, red }) => ({
    arn: news.alarm,
    contributor: news.contributor?.id ?? '',
    words: news.contributor?.words ?? '',
    name: news.name,
    state: news.state,
    since: written(news.at),
    because: news.because,
    description: news.description,
    tags: news.tags,
    first_breach_at: written(news.firstBreachAt),
    muted_until: unmuted.has(keyOf(news)) ? null : written(news.mutedUntil),
    unmuted: unmuted.has(keyOf(news)),
    red,
  }));
  const batch = JSON.stringify(rows);
  await tx.query(changeStates, [batch]);
  // Every row is locked by now, changed or not.
  await tx.query(addDetails, [batch]);
  return saved;
}

const batchColumns = `arn text, contributor text, words text, name text, state text, since timestamptz, because text,
  description text, tags jsonb, first_breach_at timestamptz, muted_until timestamptz, unmuted boolean, red boolean`;

/**
 * A message of a road on which the muted are marked or kept back says that nothing mutes the alarm, or nothing does any more. A
 * poll may not have been allowed to look.
 */
function isUnmuted({ road, news }: { readonly road: Road; readonly news: AlarmNews }): boolean {
  return road !== 'poll' && news.state === 'ALARM' && news.mutedUntil === null;
}

function keyOf({ alarm, contributor, at, state }: AlarmNews): string {
  return [alarm, contributor?.id ?? '', at, state].join('\n');
}

/** Two times of one state that are no further apart are the same change, as two roads tell it. */
const sameChange = `interval '1 second'`;

/**
 * In the order of the key, so that two transactions with the same alarms wait for one another instead of for ever. An alarm
 * that was never red asks nothing of anyone, so it counts as settled; a new contributor is ignored like the others.
 */
const changeStates = `
insert into alarm as a (arn, contributor, contributor_words, name, state, since, because, description, tags,
                        first_breach_at, muted_until, ignored_until, ignored_by, settled_since)
select n.arn, n.contributor, n.words, n.name, n.state, n.since, n.because, n.description, n.tags,
       n.first_breach_at, n.muted_until, i.ignored_until, i.ignored_by, case when n.red then null else n.since end
  from json_to_recordset($1::json) as n (${batchColumns})
  left join lateral (select ignored_until, ignored_by from alarm
                      where arn = n.arn and ignored_until is not null
                      order by ignored_until desc limit 1) as i on true
 order by n.arn, n.contributor
on conflict (arn, contributor) do update set
  contributor_words = coalesce(nullif(excluded.contributor_words, ''), a.contributor_words),
  name = excluded.name, state = excluded.state, since = excluded.since, because = excluded.because,
  description = coalesce(nullif(excluded.description, ''), a.description),
  tags = case when excluded.tags = '{}' then a.tags else excluded.tags end,
  first_breach_at = excluded.first_breach_at, muted_until = excluded.muted_until,
  settled_since = case
    when excluded.settled_since is null or a.state = 'ALARM' or a.settled_since is distinct from a.since
    then nullif(a.settled_since, excluded.since) else excluded.since end
where excluded.since > a.since + ${sameChange}
   or (excluded.since > a.since and excluded.state <> a.state)
   or (excluded.since = a.since and excluded.state = 'ALARM' and a.state <> 'ALARM')`;

const addDetails = `
update alarm as a set
  because = coalesce(nullif(a.because, ''), n.because),
  description = coalesce(nullif(a.description, ''), n.description),
  tags = case when a.tags = '{}' then n.tags else a.tags end,
  first_breach_at = coalesce(a.first_breach_at, n.first_breach_at),
  muted_until = case when n.unmuted then null else greatest(a.muted_until, n.muted_until) end
from json_to_recordset($1::json) as n (${batchColumns})
where a.arn = n.arn and a.contributor = n.contributor and a.state = n.state
  and n.since between a.since - ${sameChange} and a.since + ${sameChange}
  and ((a.because = '' and n.because <> '') or (a.description = '' and n.description <> '') or (a.tags = '{}' and n.tags <> '{}')
    or (a.first_breach_at is null and n.first_breach_at is not null)
    or (n.unmuted and a.muted_until is not null)
    or (n.muted_until is not null and n.muted_until > coalesce(a.muted_until, '-infinity')))`;

/** Saves what CloudWatch's own history says. It changes no present state. Returns how many changes were new. */
export async function saveHistory(tx: Transaction, transitions: readonly Transition[]): Promise<number> {
  return saveTransitions(
    tx,
    transitions.map((transition) => ({ ...transition, road: 'history' })),
  );
}

async function saveTransitions(
  tx: Transaction,
  transitions: readonly (Transition & { readonly road: Road | 'history' })[],
): Promise<number> {
  const rows = transitions.map(({ alarm, contributor, at, state, road, because, firstBreachAt }) => ({
    arn: alarm,
    contributor,
    at: written(at),
    state,
    road,
    because,
    first_breach_at: written(firstBreachAt),
  }));
  const { rowCount } = await tx.query(
    `insert into alarm_news (arn, contributor, at, state, road, because, first_breach_at)
     select arn, contributor, at, state, road, because, first_breach_at
       from json_to_recordset($1::json) as n (arn text, contributor text, at timestamptz, state text, road text,
                                              because text, first_breach_at timestamptz)
      order by arn, contributor, at, state
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  return rowCount ?? 0;
}

function written(instant: Instant | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

type AlarmRow = {
  readonly arn: string;
  readonly contributor: string;
  readonly contributor_words: string;
  readonly name: string;
  readonly state: AlarmState;
  readonly since: Date;
  readonly because: string;
  readonly description: string;
  readonly tags: { readonly [key: string]: string };
  readonly first_breach_at: Date | null;
  readonly muted_until: Date | null;
  readonly ignored_until: Date | null;
  readonly settled_since: Date | null;
  readonly incident: string | null;
};

const alarmColumns = `arn, contributor, contributor_words, name, state, since, because, description, tags,
  first_breach_at, muted_until, ignored_until, settled_since, incident`;

function fromRow(row: AlarmRow): StandingAlarm {
  return {
    alarm: row.arn,
    name: row.name,
    contributor: row.contributor === '' ? null : { id: row.contributor, words: row.contributor_words },
    state: row.state,
    since: row.since.getTime(),
    because: row.because,
    description: row.description,
    tags: row.tags,
    mutedUntil: row.muted_until?.getTime() ?? null,
    ignoredUntil: row.ignored_until?.getTime() ?? null,
    firstBreachAt: row.first_breach_at?.getTime() ?? null,
    settledSince: row.settled_since?.getTime() ?? null,
    incident: row.incident === null ? null : (Number(row.incident) as IncidentId),
  };
}

/**
 * Alarms whose present episode nobody has dealt with: red ones, and those that were red since they were last dealt with.
 * Oldest first, at most 2,000; those that are quiet for now come last, since nothing is to be done about them yet.
 */
export async function readUnsettled(sql: Sql): Promise<readonly StandingAlarm[]> {
  const { rows } = await sql.query<AlarmRow>(
    `select ${alarmColumns} from alarm where settled_since is distinct from since
     order by coalesce(greatest(muted_until, ignored_until) > muster_now(), false), since, arn, contributor limit 2000`,
  );
  return rows.map(fromRow);
}

/** All there is of these alarms: as a whole and by contributor. */
export async function readAlarms(sql: Sql, arns: readonly AlarmArn[]): Promise<readonly StandingAlarm[]> {
  const { rows } = await sql.query<AlarmRow>(
    `select ${alarmColumns} from alarm where arn = any($1) order by arn, contributor`,
    [arns],
  );
  return rows.map(fromRow);
}

/** What is red now, the oldest first; of more than 5,000 the newest. */
export async function readRedAlarms(sql: Sql): Promise<readonly StandingAlarm[]> {
  const { rows } = await sql.query<AlarmRow>(
    `select * from (select ${alarmColumns} from alarm where state = 'ALARM'
                     order by since desc, arn desc, contributor desc limit 5000) as red
      order by since, arn, contributor`,
  );
  return rows.map(fromRow);
}

/** Changes of state within a time, both ends included, in their order. */
export async function readTransitions(
  sql: Sql,
  { alarms, from, to }: { readonly alarms: readonly AlarmArn[]; readonly from: Instant; readonly to: Instant },
): Promise<readonly Transition[]> {
  const { rows } = await sql.query<{
    arn: string;
    contributor: string;
    at: Date;
    state: AlarmState;
    because: string;
    first_breach_at: Date | null;
  }>(
    `select arn, contributor, at, state, because, first_breach_at from alarm_news
     where arn = any($1) and at between $2::timestamptz and $3::timestamptz order by at, arn, contributor, state`,
    [alarms, written(from), written(to)],
  );
  return rows.map((row) => ({
    alarm: row.arn,
    contributor: row.contributor,
    at: row.at.getTime(),
    state: row.state,
    because: row.because,
    firstBreachAt: row.first_breach_at?.getTime() ?? null,
  }));
}

/** Notes that these episodes are dealt with. One that is not the present one any more changes nothing. */
export async function settle(
  tx: Transaction,
  episodes: readonly Episode[],
  incident: IncidentId | null,
): Promise<void> {
  const rows = episodes.map(({ alarm, contributor, since }) => ({ arn: alarm, contributor, since: written(since) }));
  await tx.query(
    `with episode as (
       select a.arn, a.contributor from alarm as a
         join json_to_recordset($1::json) as n (arn text, contributor text, since timestamptz)
           on a.arn = n.arn and a.contributor = n.contributor and a.since = n.since
        order by a.arn, a.contributor for update of a)
     update alarm as a set settled_since = a.since, incident = $2::bigint from episode
      where a.arn = episode.arn and a.contributor = episode.contributor`,
    [JSON.stringify(rows), incident],
  );
}

/** What is red of the alarm has to be dealt with anew. */
export async function unsettle(tx: Transaction, alarm: AlarmArn): Promise<void> {
  await tx.query(`update alarm set settled_since = null, incident = null where arn = $1 and state = 'ALARM'`, [alarm]);
}

/** The alarm and all its contributors open and show nothing until then. */
export async function ignoreAlarm(
  tx: Transaction,
  { alarm, until, by }: { readonly alarm: AlarmArn; readonly until: Instant; readonly by: Actor },
): Promise<void> {
  await tx.query('update alarm set ignored_until = $2, ignored_by = $3 where arn = $1', [
    alarm,
    written(until),
    JSON.stringify(by),
  ]);
}
