/** Brings everyone who may help into the room, and says who could not be brought in. */
import { Later, Refused, Unclear } from '../failure.ts';
import { record } from '../handle.ts';
import type { Happening } from '../incident/event.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { fail, finishAll, markAll } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { errorInWords } from '../slack/messages/failure.ts';
import { type Invited, inviteToRoom } from '../slack/war-room.ts';
import type { Context } from './context.ts';
import { noteFailure, patienceMillis } from './write-once.ts';

/** How many people one call brings in. */
const mostAtOnce = 100;

const method = 'conversations.invite';

export async function invite(context: Context, { incident: id }: JobData['invite']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  const room = incident?.room ?? null;
  if (incident === null || room === null) return;
  const wanted = incident.responders
    .filter(({ state }) => state === 'paged' || state === 'active')
    .map(({ person }) => person);
  for (let from = 0; from < wanted.length; from += mostAtOnce) {
    await inviteSome(context, incident, room.channel, wanted.slice(from, from + mostAtOnce));
  }
}

function keyOf(incident: Incident, person: PersonId): string {
  return `invite:${incident.id}:${person}`;
}

/** No look is needed: inviting someone who is in already is a success. */
async function inviteSome(
  context: Context,
  incident: Incident,
  channel: string,
  wanted: readonly PersonId[],
): Promise<void> {
  const keys = wanted.map((person) => keyOf(incident, person));
  const marked = await markAll(context.postgres, { keys, incident: incident.id, method });
  const people = wanted.filter((person) => marked.has(keyOf(incident, person)));
  if (people.length === 0) return;
  const invited = await inviteToRoom(context.slack, channel, people).catch(async (error: unknown): Promise<Invited> => {
    // A refusal of the whole call holds for each of them.
    if (error instanceof Refused) return { failed: people.map((person) => ({ person, code: error.code })) };
    if (error instanceof Later || error instanceof Unclear) await losePatience(context, incident, marked, error);
    throw error;
  });
  const failed = new Map<PersonId, string>();
  for (const { person, code } of invited.failed) failed.set(person, await exactly(context, person, code));
  await finishAll(
    context.postgres,
    people.filter((person) => !failed.has(person)).map((person) => keyOf(incident, person)),
  );
  if (failed.size === 0) return;
  const happenings = [...failed].map(([person, code]): Happening => {
    const because = errorInWords(method, code);
    return {
      event: { kind: 'responder unreachable', person, because },
      text: `<@${person}> could not be invited: ${because}`,
    };
  });
  const now = await readNow(context.postgres);
  await record(context, { incident: incident.id, source: `uninvited:${incident.id}:${now}`, happenings });
  for (const [person, code] of failed) await fail(context.postgres, keyOf(incident, person), code);
}

/** Slack says `cant_invite` of several things; what it knows of the person tells them apart. */
async function exactly(context: Context, person: PersonId, code: string): Promise<string> {
  if (code !== 'cant_invite') return code;
  try {
    const { user } = await context.slack.run('users.info', null, (web) => web.users.info({ user: person }));
    if (user?.deleted === true) return 'user_disabled';
    return user?.is_stranger === true ? 'invitee_cant_see_channel' : code;
  } catch (error) {
    if (error instanceof Refused || error instanceof Later || error instanceof Unclear) return code;
    throw error;
  }
}

/** The room is told that people are missing; the invitation is still tried. */
async function losePatience(
  context: Context,
  incident: Incident,
  marked: ReadonlyMap<string, number>,
  error: Later | Unclear,
): Promise<void> {
  const waited = (await readNow(context.postgres)) - Math.min(...marked.values());
  if (waited < patienceMillis) return;
  const code = error instanceof Later ? 'muster_put_off' : 'muster_no_answer';
  await noteFailure(context, { key: `invite:${incident.id}`, incident: incident.id, method }, code);
}
