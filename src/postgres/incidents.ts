/** Incidents in Postgres: the row is a projection of the timeline and is only written together with it. */
import type { AlarmArn, Incident, IncidentId, Instant, ServiceName } from '../incident/incident.ts';
import { first, type Sql, type Transaction } from './postgres.ts';

/** Waits for everyone else who decides about these services, until the transaction ends. */
export async function lockServices(tx: Transaction, services: readonly ServiceName[]): Promise<void> {
  for (const service of [...new Set(services)].toSorted()) {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('service:' || $1, 0))`, [service]);
  }
}

/** Waits for everyone else who brings the same thing, until the transaction ends. */
export async function lockSource(tx: Transaction, source: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('source:' || $1, 0))`, [source]);
}

export async function nextIncidentId(tx: Transaction): Promise<IncidentId> {
  const { rows } = await tx.query<{ id: string }>(`select nextval('incident_number') as id`);
  return Number(first(rows).id) as IncidentId;
}

/** The incident, kept from changing until the transaction ends. */
export async function lockIncident(tx: Transaction, id: IncidentId): Promise<Incident | null> {
  const { rows } = await tx.query<{ state: Incident }>('select state from incident where id = $1 for update', [id]);
  return rows[0]?.state ?? null;
}

export async function saveIncident(tx: Transaction, incident: Incident): Promise<void> {
  await tx.query(
    `insert into incident (id, state) values ($1, $2) on conflict (id) do update set state = excluded.state`,
    [incident.id, JSON.stringify(incident)],
  );
}

export async function readIncident(sql: Sql, id: IncidentId): Promise<Incident | null> {
  const { rows } = await sql.query<{ state: Incident }>('select state from incident where id = $1', [id]);
  return rows[0]?.state ?? null;
}

/** The incident whose war room this channel is. */
export async function readIncidentOfRoom(sql: Sql, channel: string): Promise<Incident | null> {
  const { rows } = await sql.query<{ state: Incident }>('select state from incident where room_channel = $1', [
    channel,
  ]);
  return rows[0]?.state ?? null;
}

const notOver = `status not in ('closed', 'cancelled')`;

/** Incidents that are not over, newest first; of more than 200 those in which work goes on before resolved ones. */
export async function readOpenIncidents(sql: Sql): Promise<readonly Incident[]> {
  const { rows } = await sql.query<{ state: Incident }>(
    `select state from (select id, state from incident where ${notOver}
                         order by status = 'resolved', id desc limit 200) as open
      order by id desc`,
  );
  return rows.map((row) => row.state);
}

/** All that are not over, oldest first. */
export async function readOpenIds(sql: Sql): Promise<readonly IncidentId[]> {
  const { rows } = await sql.query<{ id: string }>(`select id from incident where ${notOver} order by id`);
  return rows.map(({ id }) => Number(id) as IncidentId);
}

/** Incidents that are not over on any of these services, oldest first. */
export async function readOpenIncidentsOn(sql: Sql, services: readonly ServiceName[]): Promise<readonly Incident[]> {
  const { rows } = await sql.query<{ state: Incident }>(
    `select state from incident where ${notOver} and state -> 'services' ?| $1::text[] order by id`,
    [services],
  );
  return rows.map((row) => row.state);
}

/**
 * Incidents that are not over and are on any of these services, or watch an alarm of one; kept from changing until the
 * transaction ends. One that is over by the time of the lock is left out.
 */
export async function lockOpenIncidentsNear(
  tx: Transaction,
  services: readonly ServiceName[],
): Promise<readonly Incident[]> {
  const { rows } = await tx.query<{ state: Incident }>(
    `select state from incident where ${notOver} and (
       state -> 'services' ?| $1::text[]
       or exists (select 1 from jsonb_array_elements(state -> 'watches') watch where watch ->> 'service' = any($1::text[]))
     ) order by id for update`,
    [services],
  );
  return rows.map((row) => row.state);
}

/** The last incident that watched any of these alarms and was over by now, but not before `since`. */
export async function readLastOver(sql: Sql, alarms: readonly AlarmArn[], since: Instant): Promise<IncidentId | null> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from incident
     where status in ('resolved', 'closed') and not (state ->> 'test')::boolean
       and greatest((state ->> 'resolvedAt')::float8, (state ->> 'closedAt')::float8) >= $2
       and exists (select 1 from jsonb_array_elements(state -> 'watches') watch where watch ->> 'alarm' = any($1::text[]))
     order by id desc limit 1`,
    [alarms, since],
  );
  const [row] = rows;
  return row === undefined ? null : (Number(row.id) as IncidentId);
}
