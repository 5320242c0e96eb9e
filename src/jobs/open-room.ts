/** Creates the war room, once, whatever happens in between. */
import { setTimeout as wait } from 'node:timers/promises';
import { Refused } from '../failure.ts';
import { record } from '../handle.ts';
import type { Incident, Instant, Room } from '../incident/incident.ts';
import type { Job, JobData } from '../incident/job.ts';
import { furniture, meanwhile } from '../incident/react.ts';
import { readIncident } from '../postgres/incidents.ts';
import { readNow } from '../postgres/postgres.ts';
import { isRecorded } from '../postgres/timeline.ts';
import { noRoom, roomName, roomStem } from '../slack/messages/room.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import { createRoom, findRoom } from '../slack/war-room.ts';
import type { Context } from './context.ts';
import { refreshCards } from './triage-answers.ts';
import { attempt, noteFailure, writeOnce } from './write-once.ts';

/** Names are tried with a number after them when they are taken. */
const mostNames = 20;

export async function openRoom(context: Context, { incident: id }: JobData['open-room']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  if (incident === null) return;
  // A repetition after a kill comes by here, too: the room may be open by then, and the rest not seen to.
  const [isOpen] = await Promise.all([incident.room !== null || open(context, incident), goOn(context, incident)]);
  // Apart from the row of the opening, which the invitation waits for.
  if (isOpen) await enqueue(context, incident, furniture);
}

/** Should the room take long, people are called all the same; and from now on alarms can be brought to the incident. */
async function goOn(context: Context, incident: Incident): Promise<void> {
  await enqueue(context, incident, meanwhile);
  await context.postgres.transaction((tx) => refreshCards(context, tx, null));
}

/** What Slack is asked for first goes out first: the rest is seen to while it answers. */
const headStartMillis = 50;

async function enqueue(
  { postgres, queue }: Context,
  incident: Incident,
  wanted: (incident: Incident, at: Instant) => readonly Job[],
): Promise<void> {
  await wait(headStartMillis);
  const jobs = wanted(incident, await readNow(postgres));
  await postgres.transaction((tx) => queue.enqueue(tx, jobs));
}

/** `false` when Slack refused for good; who asked was told. */
async function open(context: Context, incident: Incident): Promise<boolean> {
  const { id } = incident;
  const key = `room:${id}`;
  try {
    const room = await create(context, incident, key);
    const event = { kind: 'room opened', channel: room.channel, name: room.name } as const;
    const text = `The room #${room.name} was opened.`;
    await record(context, { incident: id, source: key, happenings: [{ event, text }] });
    return true;
  } catch (error) {
    const refused = error instanceof Refused;
    if (refused) await noteFailure(context, { key, incident: id, method: 'conversations.create' }, error.code);
    // Without a room the room can't be told.
    if (await isRecorded(context.postgres, id, `failed:${key}`)) await tellElsewhere(context, incident);
    if (!refused) throw error;
    return false;
  }
}

async function create(context: Context, incident: Incident, key: string): Promise<Room> {
  const prefix = context.policy.roomPrefix;
  const stem = roomStem(incident, prefix);
  for (let number = 1; ; number++) {
    try {
      return await writeOnce(context, {
        key: number === 1 ? key : `${key}:${number}`,
        incident: incident.id,
        method: 'conversations.create',
        essential: true,
        look: (since) => findRoom(context.slack, { stem, since }),
        write: () => createRoom(context.slack, roomName({ incident, prefix, attempt: number })),
      });
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'name_taken') || number === mostNames) throw error;
      // It may have been taken by ourselves: by a call that was given up before Slack was done with it.
      const own = await findRoom(context.slack, { stem, since: incident.declaredAt });
      if (own !== null) return own;
    }
  }
}

/** The declarer is told, or the broadcast channel when an alarm declared. */
async function tellElsewhere(context: Context, incident: Incident): Promise<void> {
  const { declaredBy } = incident;
  const channel = declaredBy.type === 'person' ? declaredBy.person : context.policy.broadcastChannel;
  if (channel === null) return;
  const key = `no-room:${incident.id}`;
  await attempt(context, {
    key,
    incident: incident.id,
    method: 'chat.postMessage',
    look: (since) => findMessage(context.slack, { channel, key, since }),
    write: () => postMessage(context.slack, { channel, key, message: noRoom(incident) }),
  });
}
