/** Plays a recorded incident through the whole bot: people say what was said, machines signal what they signalled. */
import { setTimeout as wait } from 'node:timers/promises';
import type { NoteKind, SignalKind, TimelineRow } from '../incident/event.ts';
import { noteKinds, signalKinds } from '../incident/event.ts';
import type { Incident, IncidentId, Instant } from '../incident/incident.ts';
import { readIncident } from '../postgres/incidents.ts';
import { readTimeline } from '../postgres/timeline.ts';
import { adoptionMillis } from '../incident/declare.ts';
import { type Cast, castRoles, generalChannel } from './cast.ts';
import type { RecordedEvent, Recording } from './recording.ts';
import type { SeenFile } from '../sandbox/slack/seeing.ts';
import { mostReason } from '../slack/form.ts';
import { openStage, service, type Stage, waitForRoom } from './stage.ts';
import { writeTranscript } from './transcript.ts';

export type Played = {
  readonly incident: Incident;
  /** The exported draft, Markdown. */
  readonly postmortem: string;
  readonly timeline: readonly TimelineRow[];
  /** The room as people saw it. */
  readonly transcript: string;
};

const minute = 60_000;
const first = 1 as IncidentId;
const titleLength = 150;
const confirm = 'Yes, Resolved';

/** @throws Error when the bot does not do what a replay needs, in words. */
export async function playRecording(recording: Recording): Promise<Played> {
  const { events } = recording;
  const [opening] = events;
  if (opening === undefined) throw new Error('the recording has no event that could be played');
  const live = events.filter((event) => event.visibility === 'live');
  const cast = castRoles(live.length === 0 ? ['responders'] : live.map((event) => event.role));
  const stage = await openStage(cast, opening.at - minute);
  try {
    const scene: Scene = { stage, cast, recording, closing: live.findLast((event) => event.kind === 'resolution') };
    const declaredAt = declarationOf(events, live[0]);
    for (const event of events.filter((each) => each.at < declaredAt)) await play(scene, event);
    await declare(scene, declaredAt);
    // The room is furnished a moment after it opened: people would see that before they go on.
    await stage.passTo(declaredAt + 3_000);
    for (const event of events.filter((each) => each.at >= declaredAt)) await play(scene, event);
    await end(scene, events.at(-1)?.at ?? declaredAt);
    return await collect(scene);
  } finally {
    await stage.close();
  }
}

type Scene = {
  readonly stage: Stage;
  readonly cast: Cast;
  readonly recording: Recording;
  /** The event with which people said that it was over. */
  readonly closing: RecordedEvent | undefined;
};

/** Somebody declares when people first speak; earlier if machines said something that nobody would otherwise adopt. */
function declarationOf(events: readonly RecordedEvent[], firstLive: RecordedEvent | undefined): Instant {
  const [opening] = events;
  const latest = (opening?.at ?? 0) + adoptionMillis - minute;
  return Math.min(firstLive?.at ?? latest, latest);
}

async function declare({ stage, cast, recording }: Scene, at: Instant): Promise<void> {
  await stage.passTo(at);
  await stage.setTo(at);
  const title = recording.title.replace(/\s+/g, ' ').slice(0, titleLength);
  await type(stage, cast[0]?.id ?? '', generalChannel, `declare ${recording.severity} ${service}: ${title}`);
  await waitForRoom(stage.postgres, first);
  await stage.rest();
}

async function play(scene: Scene, event: RecordedEvent): Promise<void> {
  const { stage } = scene;
  await stage.passTo(event.at);
  // The work in between took real time; what happens now happens at its own moment.
  await stage.setTo(event.at);
  if (event.visibility === 'feed') await signal(scene.stage, event);
  else if (event === scene.closing && event.text.length <= mostReason) {
    await resolve(scene, personOf(scene.cast, event.role), event.text);
  } else await speak(scene, event);
  await scene.stage.rest();
}

async function signal(stage: Stage, event: RecordedEvent): Promise<void> {
  const answer = await fetch(stage.signals.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.signals.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      service,
      kind: signalKindOf(event.kind),
      text: event.text,
      at: new Date(event.at).toISOString(),
      source: event.role,
    }),
  });
  if (!answer.ok) throw new Error(`POST /signals answered ${answer.status}: ${await answer.text()}`);
}

/** Said in the room, and put on the timeline from there, as people do. */
async function speak({ stage, cast }: Scene, event: RecordedEvent): Promise<void> {
  const user = personOf(cast, event.role);
  const channel = await waitForRoom(stage.postgres, first);
  const { message } = await stage.slack.say({ user, channel, text: `${noteKindOf(event.kind)}: ${event.text}` });
  const ack = await stage.slack.messageShortcut({
    user,
    channel,
    messageTs: message.ts,
    callbackId: 'add_to_timeline',
  });
  if (!ack.acked) throw new Error('adding a message to the timeline was not acknowledged');
}

async function resolve({ stage }: Scene, user: string, words: string): Promise<void> {
  const channel = await waitForRoom(stage.postgres, first);
  await type(stage, user, channel, 'join');
  await stage.rest();
  await type(stage, user, channel, `resolve ${words}`);
  await stage.rest();
  if ((await read(stage)).status === 'resolved') return;
  const question = stage.slack.ephemerals(user, channel).find(({ blocks }) => JSON.stringify(blocks).includes(confirm));
  if (question === undefined) {
    const told = stage.slack.ephemerals(user, channel).map(({ text }) => text);
    throw new Error(`nobody was asked to confirm that the incident is resolved, but told: ${told.join(' / ')}`);
  }
  await stage.slack.click({ user, ephemeralId: question.id, action: confirm });
  await stage.rest();
}

/** Whatever the recording ends with, the incident ends closed. */
async function end(scene: Scene, last: Instant): Promise<void> {
  const { stage, cast } = scene;
  await stage.passTo(last + minute);
  const user = personOf(cast, scene.closing?.role ?? cast.at(-1)?.role ?? '');
  if ((await read(stage)).status !== 'resolved') await resolve(scene, user, 'The recording ends here.');
  await stage.passTo(last + 2 * minute);
  await type(stage, user, await waitForRoom(stage.postgres, first), 'close');
  for (const until = Date.now() + 20_000; draftOf(stage) === undefined; await wait(20)) {
    if (Date.now() > until) throw new Error('the draft did not come into the room within 20 s');
  }
  await stage.rest();
}

async function collect({ stage, cast }: Scene): Promise<Played> {
  const incident = await read(stage);
  if (incident.status !== 'closed') throw new Error(`the incident ended ${incident.status}, not closed`);
  const file = draftOf(stage);
  if (file === undefined) throw new Error('no draft was uploaded');
  return {
    incident,
    postmortem: new TextDecoder().decode(file.content()),
    timeline: await readTimeline(stage.postgres, first),
    transcript: writeTranscript(stage.slack, incident.room?.channel ?? '', cast),
  };
}

/** The room may hold pictures too. */
function draftOf(stage: Stage): SeenFile | undefined {
  return stage.slack.files().find(({ name }) => name.endsWith('.md'));
}

async function read(stage: Stage): Promise<Incident> {
  const incident = await readIncident(stage.postgres, first);
  if (incident === null) throw new Error('the incident was not declared');
  return incident;
}

async function type(stage: Stage, user: string, channel: string, text: string): Promise<void> {
  const ack = await stage.slack.command({ user, channel, command: '/incident', text });
  if (!ack.acked) throw new Error(`"/incident ${text.slice(0, 60)}" was not acknowledged`);
}

function personOf(cast: Cast, role: string): string {
  return cast.find((member) => member.role === role)?.id ?? cast[0]?.id ?? '';
}

function noteKindOf(kind: string): NoteKind {
  const words = kind.replaceAll('_', ' ');
  return noteKinds.find((known) => known === words) ?? 'observation';
}

function signalKindOf(kind: string): SignalKind {
  return signalKinds.find((known) => known === kind) ?? 'observation';
}
