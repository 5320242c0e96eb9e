/**
 * Uploads the postmortem draft to the room, and the picture of its headcount. Each request is an upload of its own; the same
 * one twice is one file of each.
 */
import { type Draft, readDraft } from '../draft.ts';
import { Later, Unclear } from '../failure.ts';
import type { IncidentId } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { done } from '../slack/messages/answers.ts';
import { findMessage, isShared, placeForFile, postMessage, sendBytes, shareFile } from '../slack/posting.ts';
import type { Context } from './context.ts';
import { learnNames } from './learn-names.ts';
import { attempt } from './write-once.ts';

export async function exportDraft(context: Context, { incident: id, request }: JobData['export-draft']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  const channel = incident?.room?.channel;
  if (incident === null || channel === undefined) return;
  try {
    await learnNames(context, incident);
  } catch (error) {
    // A name that could not be looked up is no reason to hold the draft back: mentions become roles without it.
    if (!(error instanceof Later) && !(error instanceof Unclear)) throw error;
    context.log.warn({ incident: roomKey(id) }, 'names could not be looked up for the draft');
  }
  const draft = await readDraft(context.postgres, id);
  const target: Target = { id, channel, key: `draft:${request}` };
  await (draft.type === 'draft' ? upload(context, target, draft) : sayWhyNot(context, target, draft.text));
}

type Target = { readonly id: IncidentId; readonly channel: string; readonly key: string };

async function upload(
  context: Context,
  target: Target,
  { fileName, markdown, chart }: Extract<Draft, { type: 'draft' }>,
): Promise<void> {
  const of = roomKey(target.id);
  await share(context, target, {
    name: fileName,
    what: 'upload the draft',
    text: markdown,
    comment: `The draft of the postmortem of ${of}: ${fileName}. Every line points at its timeline row; questions are for you to answer.`,
  });
  if (chart === null) return;
  const key = `${target.key}:headcount`;
  const comment = `The room of ${of} filling and emptying: ${chart.fileName}. The draft tells it in numbers.`;
  await share(
    context,
    { ...target, key },
    {
      name: chart.fileName,
      what: 'upload the headcount',
      text: chart.svg,
      alt: chart.alt,
      comment,
    },
  );
}

type File = {
  readonly name: string;
  readonly what: string;
  readonly text: string;
  readonly alt?: string;
  readonly comment: string;
};

async function share(
  context: Context,
  { id, channel, key }: Target,
  { text, comment, what, ...file }: File,
): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  // The file's id is saved before the file is shown: only so can one look whether it was.
  const fileId = await attempt(context, {
    key: `${key}:bytes`,
    incident: id,
    method: 'files.getUploadURLExternal',
    what,
    look: () => Promise.resolve(null),
    write: async () => {
      const place = await placeForFile(context.slack, { ...file, bytes });
      await sendBytes(place.uploadUrl, bytes);
      return place.fileId;
    },
  });
  if (fileId === null) return;
  await attempt(context, {
    key,
    incident: id,
    method: 'files.completeUploadExternal',
    what,
    look: async () => ((await isShared(context.slack, fileId, channel)) ? true : null),
    write: () => shareFile(context.slack, { fileId, title: file.name, channel, comment }),
  });
}

async function sayWhyNot(context: Context, { id, channel, key }: Target, why: string): Promise<void> {
  await attempt(context, {
    key,
    incident: id,
    method: 'chat.postMessage',
    look: (since) => findMessage(context.slack, { channel, key, since }),
    write: () => postMessage(context.slack, { channel, key, message: done(why) }),
  });
}
