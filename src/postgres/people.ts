/** What is known of people, so that their names can be told from other words. */
import type { PersonId } from '../incident/incident.ts';
import type { Sql } from './postgres.ts';

export type KnownPerson = { readonly id: PersonId; readonly names: readonly string[] };

export async function savePeople(sql: Sql, people: readonly KnownPerson[]): Promise<void> {
  for (const { id, names } of people) {
    await sql.query(
      `insert into person (id, names) values ($1, $2)
       on conflict (id) do update set names = excluded.names, fetched_at = muster_now()`,
      [id, names],
    );
  }
}

export async function readPeople(sql: Sql): Promise<readonly KnownPerson[]> {
  const { rows } = await sql.query<{ id: PersonId; names: string[] }>('select id, names from person order by id');
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
