/** Timeline rows in Postgres: added, never changed. */
import type { IncidentEvent, TimelineRow } from '../incident/event.ts';
import type { Actor, IncidentId, Instant, PersonId } from '../incident/incident.ts';
import type { Sql, Transaction } from './postgres.ts';

export type NewRow = Omit<TimelineRow, 'id'> & { readonly incident: IncidentId };

/** Adds rows with their words, in that order. */
export async function addRows(tx: Transaction, rows: readonly NewRow[]): Promise<void> {
  await tx.query(
    `with given as (
       select nextval(pg_get_serial_sequence('timeline', 'id')) as id, rows.* from unnest($1::bigint[], $2::float8[],
         $3::float8[], $4::jsonb[], $5::text[], $6::jsonb[], $7::text[], $8::text[], $9::text[])
         as rows (incident, occurred, recorded, actor, kind, event, source, link, text)
     ), added as (
       insert into timeline (id, incident, occurred_at, recorded_at, actor, kind, event, source, link)
       overriding system value
       select id, incident, to_timestamp(occurred / 1000), to_timestamp(recorded / 1000), actor, kind, event, source, link
       from given
     )
     insert into timeline_text (row_id, text) select id, text from given`,
    [
      rows.map(({ incident }) => incident),
      rows.map(({ occurredAt }) => occurredAt),
      rows.map(({ recordedAt }) => recordedAt),
      rows.map(({ actor }) => JSON.stringify(actor)),
      rows.map(({ kind }) => kind),
      rows.map(({ event }) => JSON.stringify(event)),
      rows.map(({ source }) => source),
      rows.map(({ link }) => link),
      rows.map(({ text }) => text),
    ],
  );
}

type StoredRow = {
  readonly id: string;
  readonly occurred_at: number;
  readonly recorded_at: number;
  readonly actor: Actor;
  readonly kind: TimelineRow['kind'];
  readonly event: IncidentEvent;
  readonly source: string;
  readonly link: string | null;
  readonly text: string;
};

const columns = `t.id, (extract(epoch from t.occurred_at) * 1000)::float8 as occurred_at,
  (extract(epoch from t.recorded_at) * 1000)::float8 as recorded_at, t.actor, t.kind, t.event, t.source, t.link, w.text`;

function rowOf(stored: StoredRow): TimelineRow {
  return {
    id: Number(stored.id),
    occurredAt: Math.round(stored.occurred_at),
    recordedAt: Math.round(stored.recorded_at),
    actor: stored.actor,
    kind: stored.kind,
    event: stored.event,
    text: stored.text,
    source: stored.source,
    link: stored.link,
  };
}

/** All rows of an incident, in the order of recording. */
export async function readTimeline(sql: Sql, incident: IncidentId): Promise<readonly TimelineRow[]> {
  const { rows } = await sql.query<StoredRow>(
    `select ${columns} from timeline t join timeline_text w on w.row_id = t.id where t.incident = $1 order by t.id`,
    [incident],
  );
  return rows.map(rowOf);
}

/** The incident that this source (without its `#n`) has already written to, if any. */
export async function incidentOfSource(sql: Sql, source: string): Promise<IncidentId | null> {
  const { rows } = await sql.query<{ incident: string }>('select incident from timeline where source = $1 limit 1', [
    `${source}#0`,
  ]);
  const [row] = rows;
  return row === undefined ? null : (Number(row.incident) as IncidentId);
}

/** Whether this source (without its `#n`) has already written to the incident. */
export async function isRecorded(sql: Sql, incident: IncidentId, source: string): Promise<boolean> {
  const { rowCount } = await sql.query('select 1 from timeline where incident = $1 and source = $2', [
    incident,
    `${source}#0`,
  ]);
  return rowCount !== 0;
}

/** How many times each person has left the incident: stood down, or passed on. */
export async function countLeft(sql: Sql, incident: IncidentId): Promise<ReadonlyMap<PersonId, number>> {
  const { rows } = await sql.query<{ person: PersonId; times: number }>(
    `select event ->> 'person' as person, count(*)::int as times from timeline
     where incident = $1 and kind in ('responder stood down', 'responder passed on') group by 1`,
    [incident],
  );
  return new Map(rows.map(({ person, times }) => [person, times]));
}

/** Instants of the past cannot lie after the moment they are recorded. */
export function occurred(asked: Instant | undefined, now: Instant): Instant {
  return asked === undefined ? now : Math.min(asked, now);
}
