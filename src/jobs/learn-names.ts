/** Learns the names of everyone in an incident, so that the draft can put roles in their place. */
import { Refused } from '../failure.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import { roles } from '../incident/incident.ts';
import { savePeople, unknownPeople } from '../postgres/people.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { SlackDoor } from '../slack/web-api.ts';
import type { Context } from './context.ts';

/** @throws Later, Unclear: what was learned so far is saved. */
export async function learnNames(context: Context, incident: Incident): Promise<void> {
  const rows = await readTimeline(context.postgres, incident.id);
  const mentioned = rows.flatMap(({ text }) =>
    [...text.matchAll(/<@([UW][A-Z0-9]+)>/g)].map(([, id]) => id as PersonId),
  );
  const acting = rows.flatMap(({ actor }) => (actor.type === 'person' ? [actor.person] : []));
  const holding = roles.flatMap((role) => incident.roles[role] ?? []);
  const people = new Set([...mentioned, ...acting, ...holding, ...incident.responders.map(({ person }) => person)]);
  for (const person of await unknownPeople(context.postgres, [...people])) {
    await savePeople(context.postgres, [{ id: person, names: await namesOf(context.slack, person) }]);
  }
}

/** A person whom Slack does not know has no names. */
async function namesOf(slack: SlackDoor, person: PersonId): Promise<readonly string[]> {
  try {
    const { user } = await slack.run('users.info', null, (web) => web.users.info({ user: person }));
    const names = [user?.profile?.real_name, user?.real_name, user?.profile?.display_name, user?.name];
    return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[];
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}
