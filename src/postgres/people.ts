/** What is known of people, so that their names can be told from other words. */
import type { PersonId } from '../incident/incident.ts';
import type { Sql } from './postgres.ts';

export type KnownPerson = {
  readonly id: PersonId;
  readonly names: readonly string[];
  /** Such as `Africa/Nairobi`; `null`: nobody knows. */
  readonly zone: string | null;
};

export async function savePeople(sql: Sql, people: readonly KnownPerson[]): Promise<void> {
  for (const { id, names, zone } of people) {
    await sql.query(
      `insert into person (id, names, zone) values ($1, $2, $3)
       on conflict (id) do update set names = excluded.names, zone = excluded.zone, fetched_at = muster_now()`,
      [id, names, zone],
    );
  }
}

export async function readPeople(sql: Sql): Promise<readonly KnownPerson[]> {
  const { rows } = await sql.query<{ id: PersonId; names: string[]; zone: string | null }>(
    'select id, names, zone from person order by id',
  );
  return rows;
}

/** Those of `people` whose names were never looked up, or more than a day ago. */
export async function unknownPeople(sql: Sql, people: readonly PersonId[]): Promise<readonly PersonId[]> {
  const { rows } = await sql.query<{ id: PersonId }>(
    `select asked.id from unnest($1::text[]) as asked (id)
     left join person on person.id = asked.id and person.fetched_at > muster_now() - interval '1 day'
     where person.id is null`,
    [people],
  );
  return rows.map((row) => row.id);
}

/** Somebody who is known is in another zone now. */
export async function moveZone(sql: Sql, person: PersonId, zone: string | null): Promise<void> {
  await sql.query('update person set zone = $2 where id = $1', [person, zone]);
}
