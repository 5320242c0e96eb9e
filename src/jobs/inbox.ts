/** Does what arrived from Slack asks: understands it, decides it, and answers the person who asked. */
import { randomUUID } from 'node:crypto';
import { Refused } from '../failure.ts';
import { handle, type Outcome } from '../handle.ts';
import type { Command } from '../incident/command.ts';
import type { Incident, IncidentId, PersonId } from '../incident/incident.ts';
import { isPutAway, roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { markHandled, readArrived, sourceOfArrival } from '../postgres/inbox.ts';
import { readIncident, readIncidentOfRoom, readOpenIncidents } from '../postgres/incidents.ts';
import { isOutage, readNow } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import { decodeAction } from '../slack/actions.ts';
import { type Arrival, readArrival } from '../slack/arrival.ts';
import type { Message } from '../slack/blocks.ts';
import { readSubmission } from '../slack/form-submission.ts';
import { broken, confirmation, done, misunderstoodMessage, refusalMessage } from '../slack/messages/answers.ts';
import { help } from '../slack/messages/help.ts';
import { incidentList, incidentStatus, menu, noSuchIncident } from '../slack/messages/lists.ts';
import { mostNote } from '../slack/form.ts';
import { bounded, fromSlack } from '../slack/mrkdwn.ts';
import { parseCommand, splitKind } from '../slack/parse-command.ts';
import { keptNews } from '../slack/news.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import { respond, responseUrlOf } from '../slack/respond.ts';
import type { Context } from './context.ts';
import { learnZones } from './learn-names.ts';
import { handleNews } from './news.ts';
import { answerAlarmButton, bringAlarm, ignoreNamed, listRedAlarms, refuseSecond } from './triage-answers.ts';
import { writeOnce } from './write-once.ts';

export async function handleArrived(context: Context, { inbox: id }: JobData['inbox']): Promise<void> {
  const { postgres } = context;
  const arrived = await readArrived(postgres, id);
  if (arrived === null || arrived.handled) return;
  const news = keptNews(arrived.body);
  if (news !== null) {
    await handleNews(context, news, sourceOfArrival(id));
    await markHandled(postgres, id);
    return;
  }
  const arrival = readArrival(arrived.body);
  let reply: Message | null = null;
  try {
    reply = arrival === null ? null : await answer(context, arrival, sourceOfArrival(id));
  } catch (error) {
    // While the database is away the job is tried again; anything else is a bug, and would be one again.
    if (isOutage(error)) throw error;
    const reference = randomUUID().slice(0, 8);
    context.log.error({ err: error, reference, arrived: arrival?.type }, 'what arrived could not be handled');
    reply = broken(reference);
  }
  const url = responseUrlOf(arrived.body);
  if (reply !== null && arrival !== null && url === null) await sendDirectly(context, arrival, { id, reply });
  // First this, then an answer that can't be looked up: a person may miss it, but never gets it twice.
  await markHandled(postgres, id);
  if (reply !== null && arrival !== null && url !== null) await answerAt(context, arrival, { url, reply });
}

/** A form has closed by then and has no other way to answer: what became of it must arrive. */
async function sendDirectly(
  context: Context,
  { by: channel, type }: Arrival,
  { id, reply: message }: { readonly id: string; readonly reply: Message },
): Promise<void> {
  const key = `reply:${id}`;
  try {
    await writeOnce(context, {
      key,
      incident: null,
      method: 'chat.postMessage',
      look: (since) => findMessage(context.slack, { channel, key, since }),
      write: () => postMessage(context.slack, { channel, key, message }),
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    context.log.warn({ err: error, arrived: type }, 'an answer could not be sent');
  }
}

async function answerAt(
  context: Context,
  arrival: Arrival,
  { url, reply }: { readonly url: string; readonly reply: Message },
): Promise<void> {
  try {
    await respond(url, reply, arrival.type === 'action' && arrival.ephemeral);
  } catch (error) {
    context.log.warn({ err: error, arrived: arrival.type }, 'an answer could not be sent');
  }
}

async function answer(context: Context, arrival: Arrival, source: string): Promise<Message | null> {
  if (arrival.outsider) return done('Only people of this workspace can do that.');
  switch (arrival.type) {
    case 'command':
      return answerCommand(context, arrival, source);
    case 'action': {
      const action = decodeAction({ value: arrival.value, by: arrival.by });
      if (action?.type === 'alarm') return answerAlarmButton(context, { ...action, by: arrival.by, source });
      if (action?.type !== 'ask') return null;
      return ask(context, { ...action, by: arrival.by, source, here: arrival.channel, ephemeral: arrival.ephemeral });
    }
    case 'submission': {
      const submitted = readSubmission(arrival.view);
      if (submitted.type === 'errors' || submitted.type === 'unreadable') return null;
      const incident = submitted.type === 'command' ? submitted.incident : null;
      const here = incident === null ? null : ((await readIncident(context.postgres, incident))?.room?.channel ?? null);
      const line = submitted.type === 'declare' ? submitted.line : null;
      return ask(context, { incident, command: submitted.command, by: arrival.by, source, here, line });
    }
    case 'shortcut':
      return arrival.callback === 'add_to_timeline' ? addToTimeline(context, arrival) : null;
  }
}

type Typed = Extract<Arrival, { type: 'command' }>;

async function answerCommand(context: Context, arrival: Typed, source: string): Promise<Message | null> {
  const { postgres, policy } = context;
  const { by, channel } = arrival;
  const asked = parseCommand(arrival.text, { by, catalog: policy });
  switch (asked.type) {
    case 'menu': {
      const openIncidents = await readOpenIncidents(postgres);
      return menu({ openIncidents, room: await readIncidentOfRoom(postgres, channel) });
    }
    case 'help':
      return help(asked.topic);
    case 'misunderstood':
      return misunderstoodMessage(asked.text);
    case 'list':
      return incidentList(await readOpenIncidents(postgres));
    case 'alarms':
      return listRedAlarms(context);
    case 'ignore':
      return ignoreNamed(context, { name: asked.alarm, by });
    case 'declare form':
      return null;
    case 'declare':
      return ask(context, { incident: null, command: asked.command, by, source, here: channel });
    case 'status':
    case 'export':
    case 'graph':
    case 'form':
    case 'command': {
      const incident = await find(context, asked.incident, channel);
      if (incident === null) return noSuchIncident(asked.incident === null ? null : roomKey(asked.incident));
      if (asked.type === 'form') return null;
      if (asked.type === 'status') {
        const rows = await readTimeline(postgres, incident.id);
        return incidentStatus({ incident, policy, at: await readNow(postgres) }, rows);
      }
      if (asked.type === 'graph') return requestGraph(context, incident);
      if (asked.type === 'export') return requestDraft(context, incident, source);
      return ask(context, { incident: incident.id, command: asked.command, by, source, here: channel });
    }
  }
}

/** The incident of the key, or of the room it was typed in. */
function find(context: Context, id: IncidentId | null, channel: string): Promise<Incident | null> {
  return id === null ? readIncidentOfRoom(context.postgres, channel) : readIncident(context.postgres, id);
}

async function requestDraft(context: Context, incident: Incident, source: string): Promise<Message> {
  const key = roomKey(incident.id);
  if (incident.room === null || isPutAway(incident)) {
    const why = incident.room === null ? `${key} has no room` : `The room of ${key} was archived, so it is no place`;
    return done(`${why} to put the draft in. In a shell: npm run export -- ${key} --out ${key}.md`);
  }
  const data = { incident: incident.id, request: source };
  await context.postgres.transaction((tx) =>
    context.queue.enqueue(tx, [{ name: 'export-draft', key: `export-draft:${source}`, data }]),
  );
  return done(`The draft of ${key} comes into <#${incident.room.channel}>.`);
}

async function requestGraph(context: Context, incident: Incident): Promise<Message> {
  const key = roomKey(incident.id);
  if (incident.watches.length === 0) return done(`Nothing watches ${key}, so there is no picture.`);
  if (incident.room === null) return done(`${key} has no room yet to show it in.`);
  const data = { incident: incident.id };
  await context.postgres.transaction((tx) =>
    context.queue.enqueue(tx, [{ name: 'graph', key: `graph:${incident.id}`, data }]),
  );
  return done(`The picture comes into the thread of the status card in <#${incident.room.channel}>.`);
}

type Ask = {
  readonly incident: IncidentId | null;
  readonly command: Command;
  readonly by: PersonId;
  readonly source: string;
  /** The channel it was asked in. */
  readonly here: string | null;
  readonly ephemeral?: boolean;
  /** The line of the triage channel that it is about. */
  readonly line?: number | null;
};

async function ask(context: Context, asked: Ask): Promise<Message | null> {
  const { incident, command, by, source } = asked;
  const line = asked.line ?? null;
  const objection =
    line === null || command.name !== 'declare' ? null : await refuseSecond(context, { line, command, source });
  if (objection !== null) return refusalMessage(objection);
  // Whoever asks sees first what time it is there.
  if (command.name === 'page' && !command.confirmed) await learnZones(context, command);
  const outcome: Outcome = await handle(context, {
    id: source,
    by: { type: 'person', person: by },
    incident,
    command,
  });
  if (outcome.type !== 'done') return refusalMessage(outcome);
  if (line !== null) {
    await bringAlarm(context, { line, incident: outcome.incident.id, by, source: `${source}:alarm` });
  }
  const inRoom = outcome.incident.room?.channel === asked.here && asked.ephemeral !== true;
  return confirmation({
    command,
    incident: outcome.incident,
    changed: outcome.changed || outcome.repeated,
    inRoom,
    replaces: asked.ephemeral === true,
  });
}

async function addToTimeline(
  context: Context,
  { by, message }: Extract<Arrival, { type: 'shortcut' }>,
): Promise<Message> {
  if (message === null) return misunderstoodMessage('That message can’t be read.');
  const incident = await readIncidentOfRoom(context.postgres, message.channel);
  if (incident === null) return noSuchIncident(null);
  const { noteKind, text } = splitKind(fromSlack(message.text));
  // The whole of it stands where it was said.
  const said = { noteKind, text: bounded(text, mostNote) };
  const outcome = await handle(context, {
    // The message, not the click: the same message stands on the timeline once.
    id: `message:${message.channel}:${message.ts}`,
    by: { type: 'person', person: by },
    incident: incident.id,
    command: {
      name: 'note',
      ...said,
      occurredAt: Math.floor(Number(message.ts) * 1000),
      link: message.link,
      said: true,
      saidBy: message.author,
    },
  });
  if (outcome.type !== 'done') return refusalMessage(outcome);
  return done(
    outcome.changed
      ? `On the timeline of ${roomKey(incident.id)} as ${said.noteKind}.`
      : `That message is on the timeline of ${roomKey(incident.id)} already.`,
  );
}
