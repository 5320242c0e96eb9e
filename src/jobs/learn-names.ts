/** Learns who people are: their names, so that the draft can put roles in their place, and where they are. */
import { Later, Unclear } from '../failure.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import { roles } from '../incident/incident.ts';
import { expand, type Target } from '../incident/page.ts';
import { readMembers } from '../postgres/directory.ts';
import { savePeople, unknownPeople } from '../postgres/people.ts';
import { readTimeline } from '../postgres/timeline.ts';
import { readProfile } from '../slack/people.ts';
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
    await savePeople(context.postgres, [await readProfile(context.slack, person)]);
  }
}

/** More are called without that anybody sees first what time it is there. */
const mostLookedUp = 30;

/** Learns where these people are, before somebody decides to call them. Who can't be looked up now is left out. */
export async function learnZones(
  context: Context,
  { targets }: { readonly targets: readonly Target[] },
): Promise<void> {
  const { postgres, slack } = context;
  const { people } = expand(targets, { groups: await readMembers(postgres) });
  const unknown = (await unknownPeople(postgres, people)).slice(0, mostLookedUp);
  try {
    await savePeople(postgres, await Promise.all(unknown.map((person) => readProfile(slack, person))));
  } catch (error) {
    if (!(error instanceof Later) && !(error instanceof Unclear)) throw error;
  }
}
