/** files.getUploadURLExternal, files.completeUploadExternal, files.info. The bytes go to an upload URL in between. */
import { randomBytes } from 'node:crypto';
import type { web } from './answer.ts';
import { idsOf, missing, requiredText, structureOf, textOf } from './arguments.ts';
import { readContent } from './content.ts';
import { isList, textAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { addMessage } from './posting.ts';
import { Refusal } from './refusal.ts';
import { fileObject } from './render-people-and-files.ts';
import { newId } from './store.ts';
import { botOf, channelFor, isBotIn, secondsOf } from './world.ts';
import type { World } from './world.ts';
import type { Channel, StoredFile } from './workspace.ts';
import { threadOf } from './api-chat.ts';
import { reads, writes } from './method.ts';

const mostAltCharacters = 1000;
const mostSnippetBytes = 1024 * 1024;
const mostChannels = 100;

export const giveUploadUrl = writes<web.FilesGetUploadURLExternalResponse>(['files:write'], (world, call) => {
  const name = requiredText(call, 'filename');
  const length = Number(requiredText(call, 'length'));
  if (!Number.isInteger(length) || length <= 0) throw missing('length');
  if ((textOf(call, 'alt_txt') ?? '').length > mostAltCharacters) throw new Refusal('alt_txt_too_large');
  if (textOf(call, 'snippet_type') !== undefined && length > mostSnippetBytes) throw new Refusal('snippet_too_large');
  const file: StoredFile = {
    id: newId('F'),
    name,
    title: name,
    user: botOf(world),
    created: secondsOf(world),
    mimetype: mimetypeOf(name),
    stage: 'expected',
    base64: '',
    size: length,
    secret: randomBytes(16).toString('hex'),
    shares: [],
  };
  world.store.files.set(file.id, file);
  world.store.changed();
  return { ok: true, upload_url: `${world.origin()}/upload/${file.id}/${file.secret}`, file_id: file.id };
});

/** Keeps the bytes that were sent to an upload URL; false when there is no such upload. */
export function receiveUpload(world: World, id: string, secret: string, bytes: Buffer): boolean {
  const file = world.store.files.get(id);
  if (file === undefined || file.secret !== secret || file.stage === 'shared') return false;
  world.store.files.set(id, { ...file, stage: 'uploaded', base64: bytes.toString('base64'), size: bytes.length });
  world.store.changed();
  return true;
}

export const completeUpload = writes<web.FilesCompleteUploadExternalResponse>(['files:write'], (world, call) => {
  const files = uploadedFiles(world, call);
  const channels = [...idsOf(call, 'channels'), ...idsOf(call, 'channel_id')].map((id) => postable(world, id));
  if (channels.length > mostChannels) throw new Refusal('channels_limit_exceeded');
  const comment = textOf(call, 'initial_comment') ?? '';
  const blocks = comment === '' && call['blocks'] !== undefined ? (readContent(call).blocks ?? []) : [];
  const threads = channels.map((channel) => threadOf(world, channel, call));
  for (const file of files) world.store.files.set(file.id, file);
  for (const [index, channel] of channels.entries()) {
    // The files are shared once the message stands, and the message shows them by id.
    const message = addMessage(world, channel, {
      user: botOf(world),
      text: comment,
      blocks,
      threadTs: threads[index] ?? null,
      files: files.map((file) => file.id),
      extra: { upload: true },
    });
    for (const { id } of files) {
      const file = world.store.files.get(id);
      if (file === undefined) continue;
      world.store.files.set(id, { ...file, shares: [...file.shares, { channel: channel.id, ts: message.ts }] });
    }
  }
  world.store.changed();
  return { ok: true, files: files.map(({ id, title }) => ({ id, title })) };
});

function uploadedFiles(world: World, call: JsonObject): readonly StoredFile[] {
  const wanted = structureOf(call, 'files');
  if (wanted === undefined) throw missing('files');
  if (!isList(wanted) || wanted.length === 0) throw missing('files');
  return wanted.map((one) => {
    const file = world.store.files.get(textAt(one, 'id') ?? '');
    if (file === undefined || file.stage !== 'uploaded') throw new Refusal('file_not_found');
    return { ...file, stage: 'shared', title: textAt(one, 'title') ?? file.title };
  });
}

function postable(world: World, id: string): Channel {
  const channel = channelFor(world, id);
  if (channel.isArchived) throw new Refusal('posting_to_channel_denied');
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel');
  return channel;
}

export const describeFile = reads<web.FilesInfoResponse>(['files:read'], (world, call) => {
  const file = world.store.files.get(requiredText(call, 'file'));
  if (file === undefined || file.stage !== 'shared') throw new Refusal('file_not_found');
  return {
    ok: true,
    file: { ...fileObject(world, file), shares: sharesOf(world, file) },
    comments: [],
    response_metadata: { next_cursor: '' },
  };
});

function sharesOf(world: World, file: StoredFile) {
  const groups: { public: { [id: string]: { ts: string }[] }; private: { [id: string]: { ts: string }[] } } = {
    public: {},
    private: {},
  };
  for (const { channel, ts } of file.shares) {
    const group = world.store.channels.get(channel)?.kind === 'public' ? groups.public : groups.private;
    (group[channel] ??= []).push({ ts });
  }
  return groups;
}

function mimetypeOf(name: string): string {
  const types: { readonly [ending: string]: string } = {
    md: 'text/markdown',
    txt: 'text/plain',
    json: 'application/json',
    csv: 'text/csv',
    html: 'text/html',
    png: 'image/png',
    svg: 'image/svg+xml',
    pdf: 'application/pdf',
  };
  return types[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}
