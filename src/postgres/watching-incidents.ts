/** The incidents whose alarms are followed, for whoever looks at all of them again and again. */
import type { Incident, IncidentId, Instant } from '../incident/incident.ts';
import { relapseMillis } from '../incident/incident.ts';
import type { Sql } from './postgres.ts';

/** Another one whenever the incident has changed. */
export type RowVersion = string;

/** All of them, however many, without their states: who has seen a version need not read it again. */
export async function readWatchingVersions(
  sql: Sql,
  now: Instant,
): Promise<readonly { readonly id: IncidentId; readonly version: RowVersion }[]> {
  const { rows } = await sql.query<{ id: string; version: string }>(
    `select id, xmin::text as version from incident
      where status in ('investigating', 'identified', 'mitigated')
         or status = 'resolved' and (state ->> 'resolvedAt')::float8 > $1
      order by id`,
    [now - relapseMillis],
  );
  return rows.map(({ id, version }) => ({ id: Number(id) as IncidentId, version }));
}

/** An incident with hundreds of alarms is large, so that not all of them are held at once. */
const together = 25;

/** These incidents as they are now, a few at a time. */
export async function* readInParts(
  sql: Sql,
  ids: readonly IncidentId[],
): AsyncGenerator<readonly { readonly incident: Incident; readonly version: RowVersion }[]> {
  for (let from = 0; from < ids.length; from += together) {
    const { rows } = await sql.query<{ state: Incident; version: string }>(
      'select state, xmin::text as version from incident where id = any($1) order by id',
      [ids.slice(from, from + together)],
    );
    yield rows.map(({ state, version }) => ({ incident: state, version }));
  }
}
