/** Which incidents watch an alarm now. */
import type { AlarmArn, IncidentId } from '../incident/incident.ts';
import type { Sql } from './postgres.ts';

/** Incidents in which work goes on and that watch any of these alarms, by their number. */
export async function readWatching(sql: Sql, alarms: readonly AlarmArn[]): Promise<readonly IncidentId[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from incident
      where status in ('investigating', 'identified', 'mitigated')
        and exists (select from jsonb_array_elements(state -> 'watches') as watch where watch ->> 'alarm' = any($1))
      order by id`,
    [alarms],
  );
  return rows.map(({ id }) => Number(id) as IncidentId);
}
