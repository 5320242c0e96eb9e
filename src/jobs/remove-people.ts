/** Takes those who stand by out of the channel, where the catalog says so and the workspace allows it. */
import { Refused } from '../failure.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { fail, resultOf, settled } from '../postgres/outside-writes.ts';
import { countLeft } from '../postgres/timeline.ts';
import { notRemoved } from '../slack/messages/stand-down.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import { removeFromRoom } from '../slack/war-room.ts';
import type { Context } from './context.ts';
import { writeOnce } from './write-once.ts';

const method = 'conversations.kick';

export async function removePeople(context: Context, { incident: id }: JobData['remove-people']): Promise<void> {
  const { postgres, policy, log } = context;
  const incident = await readIncident(postgres, id);
  if (incident === null || incident.room === null || !policy.people.removes) return;
  const left = await countLeft(postgres, id);
  for (const { person, state } of incident.responders) {
    if (state !== 'standby') continue;
    // Once the workspace has said that it does not allow it, it is not asked again.
    if ((await settled(postgres, [refusedKey(incident)])).has(refusedKey(incident))) return;
    try {
      await remove(context, incident, { person, channel: incident.room.channel, times: left.get(person) ?? 0 });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      log.warn({ incident: roomKey(id), code: error.code }, 'a person could not be taken out of the room');
      if (forbidden.has(error.code)) await tellCommander(context, incident);
    }
  }
}

/** What Slack answers where this is not allowed to us, whoever it is. */
const forbidden = new Set(['restricted_action', 'no_permission', 'not_supported', 'missing_scope']);

async function remove(
  context: Context,
  { id }: Incident,
  { person, channel, times }: { readonly person: PersonId; readonly channel: string; readonly times: number },
): Promise<void> {
  const key = `remove:${id}:${person}:${times}`;
  if ((await resultOf(context.postgres, key)) !== null) return;
  await writeOnce(context, {
    key,
    incident: id,
    method,
    // Taking out who is out already is a success.
    look: () => Promise.resolve(null),
    write: () => removeFromRoom(context.slack, channel, person),
  });
}

function refusedKey({ id }: Incident): string {
  return `not-removed:${id}`;
}

async function tellCommander(context: Context, incident: Incident): Promise<void> {
  const key = refusedKey(incident);
  const { commander: to } = incident.roles;
  if (to === null) {
    await writeOnce(context, {
      key,
      incident: incident.id,
      method: 'none',
      look: () => Promise.resolve(true),
      write: () => Promise.resolve(true),
    });
    return;
  }
  await writeOnce(context, {
    key,
    incident: incident.id,
    method: 'chat.postMessage',
    look: (since) => findMessage(context.slack, { channel: to, key, since }),
    write: () => postMessage(context.slack, { channel: to, key, message: notRemoved(incident) }),
  }).catch(async (error: unknown) => {
    if (!(error instanceof Refused)) throw error;
    await fail(context.postgres, key, error.code);
  });
}
