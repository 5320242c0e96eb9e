/** Who came, who went and who led, read from the rows: what was so then stays so, however often it is asked. */
import type { TimelineRow } from '../../incident/event.ts';
import type { PersonId } from '../../incident/incident.ts';

type Rows = readonly TimelineRow[];

/** What the row says of somebody; `null`: nothing. */
function movedTo({ event }: TimelineRow, who: PersonId): 'in' | 'out' | null {
  if (event.kind === 'page answered' || event.kind === 'responder active') return event.person === who ? 'in' : null;
  if (event.kind === 'responder stood down' || event.kind === 'responder passed on') {
    return event.person === who ? 'out' : null;
  }
  return null;
}

/** Whether somebody came or went after the row. */
export function movedSince(rows: Rows, { id }: TimelineRow, who: PersonId): boolean {
  return rows.some((row) => row.id > id && movedTo(row, who) !== null);
}

/** Whether somebody was there, or held a role, before the row; `null`: they were never heard of. */
export function wasIn(rows: Rows, { id }: TimelineRow, who: PersonId): boolean | null {
  const last = rows.findLast(
    (row) =>
      row.id < id && (movedTo(row, who) !== null || (row.event.kind === 'role given' && row.event.person === who)),
  );
  return last === undefined ? null : movedTo(last, who) !== 'out';
}

/** The row with which somebody stood down who had not come back before this row; `null`: they had not left. */
export function leftBefore(rows: Rows, { id }: TimelineRow, who: PersonId): TimelineRow | null {
  const last = rows.findLast((row) => row.id < id && movedTo(row, who) !== null);
  return last?.event.kind === 'responder stood down' ? last : null;
}

/** Who led when the row was written: it concerns them, whoever leads by now. */
export function commanderAt(rows: Rows, { id }: TimelineRow): PersonId | null {
  let commander: PersonId | null = null;
  for (const row of rows) {
    if (row.id > id) break;
    const { event } = row;
    if (event.kind === 'role given' && event.role === 'commander') commander = event.person;
    else if (commander !== null && movedTo(row, commander) === 'out') commander = null;
  }
  return commander;
}
