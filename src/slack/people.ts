/** What Slack says of people and groups: names, zones, members, who is not to be disturbed. */
import { Refused } from '../failure.ts';
import type { GroupId, Instant, PersonId } from '../incident/incident.ts';
import type { KnownPerson } from '../postgres/people.ts';
import type { UserGroup } from '../postgres/directory.ts';
import { isPersonId } from './ids.ts';
import type { SlackDoor } from './web-api.ts';

/** A person whom Slack does not know has no names. */
export async function readProfile(slack: SlackDoor, person: PersonId): Promise<KnownPerson> {
  try {
    const { user } = await slack.run('users.info', null, (web) => web.users.info({ user: person }));
    const names = [user?.profile?.real_name, user?.real_name, user?.profile?.display_name, user?.name];
    return {
      id: person,
      names: [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[],
      zone: user?.tz ?? null,
    };
  } catch (error) {
    if (error instanceof Refused) return { id: person, names: [], zone: null };
    throw error;
  }
}

/** Every user group that can be mentioned, with its members. @throws Refused where the plan has none, or the scope is missing */
export async function listGroups(slack: SlackDoor): Promise<readonly UserGroup[]> {
  const answer = await slack.run('usergroups.list', null, (web) => web.usergroups.list({ include_users: true }));
  return (answer.usergroups ?? []).flatMap(({ id, handle, name, users }) =>
    id === undefined
      ? []
      : [
          {
            id: id as GroupId,
            handle: handle ?? '',
            name: name ?? '',
            members: (users ?? []).flatMap((user) => (isPersonId(user) ? [user] : [])),
          },
        ],
  );
}

/** Slack answers for so many people at once. */
const mostAtOnce = 50;

/** Until when each does not want to be disturbed, of those who do not now. Without the scope nobody can tell. */
export async function readQuiet(
  slack: SlackDoor,
  people: readonly PersonId[],
  at: Instant,
): Promise<ReadonlyMap<PersonId, Instant>> {
  const quiet = new Map<PersonId, Instant>();
  for (let from = 0; from < people.length; from += mostAtOnce) {
    const some = people.slice(from, from + mostAtOnce);
    try {
      const { users } = await slack.run('dnd.teamInfo', null, (web) => web.dnd.teamInfo({ users: some.join(',') }));
      for (const person of some) {
        const { dnd_enabled: on, next_dnd_start_ts: start = 0, next_dnd_end_ts: end = 0 } = users?.[person] ?? {};
        if (on === true && start * 1000 <= at && at < end * 1000) quiet.set(person, end * 1000);
      }
    } catch (error) {
      if (error instanceof Refused) return quiet;
      throw error;
    }
  }
  return quiet;
}
