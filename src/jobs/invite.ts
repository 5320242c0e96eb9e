/** Brings everyone who may help into the room, and says who could not be brought in. */
import { Later, Refused, Unclear } from '../failure.ts';
import { record } from '../handle.ts';
import type { Happening } from '../incident/event.ts';
import type { Incident, IncidentId, PersonId } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { fail, finishAll, markAll } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { countLeft } from '../postgres/timeline.ts';
import { errorInWords } from '../slack/messages/failure.ts';
import { type Invited, inviteToRoom } from '../slack/war-room.ts';
import type { Context } from './context.ts';
import { losePatience, noteFailure } from './write-once.ts';

/** How many people one call brings in. */
const mostAtOnce = 100;

const method = 'conversations.invite';

export async function invite(context: Context, { incident: id }: JobData['invite']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  const room = incident?.room ?? null;
  // What cancelled itself calls nobody any more; whoever was not called yet is when it is reopened.
  if (incident === null || room === null || incident.status === 'cancelled') return;
  const called = incident.responders
    .filter(({ state }) => state === 'paged' || state === 'active')
    .map(({ person }) => person);
  const left = await countLeft(context.postgres, id);
  const wanted = called.map((person) => ({ person, key: `invite:${id}:${person}:${left.get(person) ?? 0}` }));
  for (let from = 0; from < wanted.length; from += mostAtOnce) {
    await inviteSome(context, incident, room.channel, wanted.slice(from, from + mostAtOnce));
  }
}

/** Each time somebody has left, calling them back is an invitation of its own. */
type Wanted = { readonly person: PersonId; readonly key: string };

/** No look is needed: inviting someone who is in already is a success. */
async function inviteSome(
  context: Context,
  incident: Incident,
  channel: string,
  asked: readonly Wanted[],
): Promise<void> {
  const { postgres } = context;
  const { id } = incident;
  const marked = await markAll(postgres, { keys: asked.map(({ key }) => key), incident: id, method });
  const wanted = asked.filter(({ key }) => marked.has(key));
  if (wanted.length === 0) return;
  const keys = wanted.map(({ key }) => key);
  let invited: Invited;
  try {
    invited = await inviteToRoom(
      context.slack,
      channel,
      wanted.map(({ person }) => person),
    );
  } catch (error) {
    await handleFailure(context, { id, keys, error });
    return;
  }
  const failed = new Map<PersonId, string>();
  for (const { person, code } of invited.failed) failed.set(person, await exactly(context, person, code));
  await finishAll(
    postgres,
    wanted.filter(({ person }) => !failed.has(person)).map(({ key }) => key),
  );
  if (failed.size === 0) return;
  const happenings = [...failed].map(([person, code]): Happening => {
    const because = errorInWords(method, code);
    return {
      event: { kind: 'responder unreachable', person, because },
      text: `<@${person}> could not be invited: ${because}`,
    };
  });
  await record(context, { incident: id, source: `uninvited:${id}:${await readNow(postgres)}`, happenings });
  for (const { person, key } of wanted) {
    const code = failed.get(person);
    if (code !== undefined) await fail(postgres, key, code);
  }
}

/** What keeps the whole call from going through says nothing about anyone in it: the room is told that people are missing. */
async function handleFailure(
  context: Context,
  { id, keys, error }: { readonly id: IncidentId; readonly keys: readonly string[]; readonly error: unknown },
): Promise<void> {
  const write = { key: `invite:${id}`, incident: id, method };
  if (error instanceof Refused) {
    for (const key of keys) await fail(context.postgres, key, error.code);
    await noteFailure(context, write, error.code);
    return;
  }
  if (error instanceof Later || error instanceof Unclear) {
    const code = await losePatience(context, keys, error);
    if (code !== null) await noteFailure(context, write, code);
  }
  throw error;
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
