/** What is known of people outside an incident: groups, zones, and when they last said something in its room. */
import type { GroupId, IncidentId, Instant, PersonId } from '../incident/incident.ts';
import type { Directory } from '../incident/page.ts';
import type { Sql } from './postgres.ts';

export async function readDirectory(sql: Sql, incident: IncidentId): Promise<Directory> {
  const { rows } = await sql.query<{
    kind: string;
    id: string;
    members: string[] | null;
    zone: string | null;
    at: Date | null;
  }>(
    `select 'group' as kind, id, members, null as zone, null::timestamptz as at from user_group
     union all select 'zone', id, null, zone, null from person where zone is not null
     union all select 'word', person, null, null, said_at from last_word where incident = $1`,
    [incident],
  );
  const groups = new Map<GroupId, readonly PersonId[]>();
  const zones = new Map<PersonId, string>();
  const words = new Map<PersonId, Instant>();
  for (const { kind, id, members, zone, at } of rows) {
    if (kind === 'group') groups.set(id as GroupId, (members ?? []) as PersonId[]);
    else if (kind === 'zone') zones.set(id as PersonId, zone ?? '');
    else words.set(id as PersonId, at?.getTime() ?? 0);
  }
  return { groups, zones, words };
}

export type UserGroup = {
  readonly id: GroupId;
  readonly handle: string;
  readonly name: string;
  readonly members: readonly PersonId[];
};

/** Gives whether anything about it is new. */
export async function saveGroup(sql: Sql, { id, handle, name, members }: UserGroup): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into user_group (id, handle, name, members) values ($1, $2, $3, $4)
     on conflict (id) do update set handle = excluded.handle, name = excluded.name, members = excluded.members,
       fetched_at = muster_now()
     where (user_group.handle, user_group.name, user_group.members) is distinct from (excluded.handle, excluded.name, excluded.members)`,
    [id, handle, name, members],
  );
  return rowCount === 1;
}

/** A group that is not there any more calls nobody. */
export async function forgetOtherGroups(sql: Sql, there: readonly GroupId[]): Promise<void> {
  await sql.query('delete from user_group where id <> all($1)', [there]);
}

export async function readGroups(sql: Sql): Promise<readonly UserGroup[]> {
  const { rows } = await sql.query<{ id: GroupId; handle: string; name: string; members: PersonId[] }>(
    'select id, handle, name, members from user_group order by handle, id',
  );
  return rows;
}

/** Somebody said something in the room. */
export async function noteWord(
  sql: Sql,
  { incident, person, at }: { readonly incident: IncidentId; readonly person: PersonId; readonly at: Instant },
): Promise<void> {
  await sql.query(
    `insert into last_word (incident, person, said_at) values ($1, $2, to_timestamp($3::float8 / 1000))
     on conflict (incident, person) do update set said_at = greatest(last_word.said_at, excluded.said_at)`,
    [incident, person, at],
  );
}

/** When anybody last said something in the room, or did something; `null`: nobody ever did. */
export async function readLastWord(sql: Sql, incident: IncidentId): Promise<Instant | null> {
  const { rows } = await sql.query<{ at: Date | null }>(
    `select greatest(
       (select max(said_at) from last_word where incident = $1),
       (select max(recorded_at) from timeline where incident = $1 and actor ->> 'type' = 'person')) as at`,
    [incident],
  );
  return rows[0]?.at?.getTime() ?? null;
}

export async function readMembers(sql: Sql): Promise<ReadonlyMap<GroupId, readonly PersonId[]>> {
  return new Map((await readGroups(sql)).map(({ id, members }) => [id, members]));
}
