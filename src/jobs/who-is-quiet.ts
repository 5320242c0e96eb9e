/** Who is not to be called by what is said in the room: those who stand by. */
import { Later, Unclear } from '../failure.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import { readPeople, savePeople } from '../postgres/people.ts';
import { readProfile } from '../slack/people.ts';
import type { Quiet } from '../slack/quiet-mentions.ts';
import type { Context } from './context.ts';

export async function whoIsQuiet(context: Context, { responders }: Incident): Promise<Quiet> {
  const away = responders.filter(({ state }) => state === 'standby').map(({ person }) => person);
  if (away.length === 0) return new Map();
  const names = await namesOf(context, away);
  return new Map(away.map((person) => [person, names.get(person) ?? 'somebody who stands by']));
}

/** Whoever came by themselves is in no level of the catalog, and may never have been looked up. */
async function namesOf(
  context: Context,
  people: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, string | undefined>> {
  const { postgres, slack } = context;
  const names = new Map((await readPeople(postgres)).map(({ id, names: [name] }) => [id, name]));
  for (const person of people) {
    if (names.has(person)) continue;
    try {
      const profile = await readProfile(slack, person);
      await savePeople(postgres, [profile]);
      names.set(person, profile.names[0]);
    } catch (error) {
      // What is to be said does not wait for a name.
      if (!(error instanceof Later) && !(error instanceof Unclear)) throw error;
    }
  }
  return names;
}
