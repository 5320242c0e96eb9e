/** Uploads the postmortem draft to the room. Each request is an upload of its own; the same one twice is one file. */
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
  { id, channel, key }: Target,
  { fileName, markdown }: Extract<Draft, { type: 'draft' }>,
): Promise<void> {
  const bytes = new TextEncoder().encode(markdown);
  // The file's id is saved before the file is shown: only so can one look whether it was.
  const fileId = await attempt(context, {
    key: `${key}:bytes`,
    incident: id,
    method: 'files.getUploadURLExternal',
    look: () => Promise.resolve(null),
    write: async () => {
      const place = await placeForFile(context.slack, { name: fileName, bytes });
      await sendBytes(place.uploadUrl, bytes);
      return place.fileId;
    },
  });
  if (fileId === null) return;
  const comment = `The draft of the postmortem of ${roomKey(id)}: ${fileName}. Every line points at its timeline row; questions are for you to answer.`;
  await attempt(context, {
    key,
    incident: id,
    method: 'files.completeUploadExternal',
    look: async () => ((await isShared(context.slack, fileId, channel)) ? true : null),
    write: () => shareFile(context.slack, { fileId, title: fileName, channel, comment }),
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
