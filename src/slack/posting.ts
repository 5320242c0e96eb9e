/** Messages and files in Slack, written so that one can look whether they were written before. */
import { Refused, Unclear } from '../failure.ts';
import type { Instant } from '../incident/incident.ts';
import type { Message } from './blocks.ts';
import { clockSkewMillis } from './war-room.ts';
import type { SlackDoor } from './web-api.ts';

export type Posted = { readonly channel: string; readonly ts: string };

const uploadTimeoutMillis = 20_000;

/** Slack refuses longer ones. */
const mostAltCharacters = 1000;

/** The metadata under which our messages are found again. Anyone in the workspace can read it: never a secret. */
const eventType = 'muster_message';

export type Posting = {
  /** A channel, or a person for a direct message. */
  readonly channel: string;
  readonly message: Message;
  /** What tells this message from every other. */
  readonly key: string;
  readonly thread?: string;
  /** Small facts to be read back with the message. */
  readonly facts?: { readonly [name: string]: string };
};

export async function postMessage(
  slack: SlackDoor,
  { channel, message, key, thread, facts }: Posting,
): Promise<Posted> {
  const answer = await slack.run('chat.postMessage', channel, (web) =>
    web.chat.postMessage({
      channel,
      text: message.text,
      blocks: [...message.blocks],
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: eventType, event_payload: { ...facts, key } },
      ...(thread === undefined ? {} : { thread_ts: thread }),
    }),
  );
  if (answer.ts === undefined || answer.channel === undefined) throw new Error('chat.postMessage answered without ts');
  return { channel: answer.channel, ts: answer.ts };
}

export type Found = Posted & {
  /** In Slack's format. */
  readonly text: string;
  readonly facts: { readonly [name: string]: unknown };
};

/** Looks for a message of ours by its key, no older than `since`. */
export async function findMessage(
  slack: SlackDoor,
  ask: { readonly channel: string; readonly key: string; readonly since: Instant; readonly thread?: string },
): Promise<Found | null> {
  const channel = await conversationOf(slack, ask.channel);
  const oldest = ((ask.since - clockSkewMillis) / 1000).toFixed(6);
  for (let cursor = ''; ;) {
    const paging = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) };
    const { thread } = ask;
    const page =
      thread === undefined
        ? await slack.run('conversations.history', null, (web) => web.conversations.history(paging))
        : await slack.run('conversations.replies', null, (web) => web.conversations.replies({ ...paging, ts: thread }));
    for (const { ts, text = '', metadata } of page.messages ?? []) {
      const facts: { readonly [name: string]: unknown } = metadata?.event_payload ?? {};
      if (ts !== undefined && metadata?.event_type === eventType && facts['key'] === ask.key) {
        return { channel, ts, text, facts };
      }
    }
    cursor = page.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
}

/** A direct message is sent to a person, but read in the conversation with them. */
async function conversationOf(slack: SlackDoor, channel: string): Promise<string> {
  if (!/^[UW]/.test(channel)) return channel;
  const answer = await slack.run('conversations.open', null, (web) => web.conversations.open({ users: channel }));
  if (answer.channel?.id === undefined) throw new Error('conversations.open answered without a channel');
  return answer.channel.id;
}

export async function editMessage(slack: SlackDoor, { channel, ts }: Posted, message: Message): Promise<void> {
  await slack.run('chat.update', null, (web) =>
    web.chat.update({ channel, ts, text: message.text, blocks: [...message.blocks] }),
  );
}

/** The address of a message for people; `null` when Slack does not give it. */
export async function linkTo(slack: SlackDoor, { channel, ts }: Posted): Promise<string | null> {
  try {
    const answer = await slack.run('chat.getPermalink', null, (web) =>
      web.chat.getPermalink({ channel, message_ts: ts }),
    );
    return answer.permalink ?? null;
  } catch (error) {
    // A page without a link is better than none.
    if (error instanceof Refused) return null;
    throw error;
  }
}

export type Upload = { readonly fileId: string; readonly uploadUrl: string };

/** A place for a file's bytes. Nothing is visible before `shareFile`. */
export async function placeForFile(
  slack: SlackDoor,
  {
    name,
    bytes,
    alt,
  }: { readonly name: string; readonly bytes: Uint8Array; /** For a picture, what it shows. */ readonly alt?: string },
): Promise<Upload> {
  const answer = await slack.run('files.getUploadURLExternal', null, (web) =>
    web.files.getUploadURLExternal({
      filename: name,
      length: bytes.byteLength,
      ...(alt === undefined ? {} : { alt_txt: alt.slice(0, mostAltCharacters) }),
    }),
  );
  if (answer.file_id === undefined || answer.upload_url === undefined) {
    throw new Error('files.getUploadURLExternal answered without a place');
  }
  return { fileId: answer.file_id, uploadUrl: answer.upload_url };
}

/** Makes an uploaded file one that a message can show; nobody sees it before. */
export async function keepFile(
  slack: SlackDoor,
  { fileId, title }: { readonly fileId: string; readonly title: string },
): Promise<true> {
  await slack.run('files.completeUploadExternal', null, (web) =>
    web.files.completeUploadExternal({ files: [{ id: fileId, title }] }),
  );
  return true;
}

/** Whether Slack knows the file as a whole one. */
export async function isKept(slack: SlackDoor, fileId: string): Promise<boolean> {
  return (await fileChannels(slack, fileId)) !== null;
}

export async function shareFile(
  slack: SlackDoor,
  ask: { readonly fileId: string; readonly title: string; readonly channel: string; readonly comment: string },
): Promise<true> {
  await slack.run('files.completeUploadExternal', null, (web) =>
    web.files.completeUploadExternal({
      files: [{ id: ask.fileId, title: ask.title }],
      channel_id: ask.channel,
      initial_comment: ask.comment,
    }),
  );
  return true;
}

/** @throws Unclear: nothing is visible yet, so the bytes may be sent again. */
export async function sendBytes(uploadUrl: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const answer = await fetch(uploadUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    signal: AbortSignal.timeout(uploadTimeoutMillis),
  }).catch(() => null);
  if (answer === null || !answer.ok) throw new Unclear('the bytes of the file were not taken');
}

/** Whether a file stands in the channel already. */
export async function isShared(slack: SlackDoor, fileId: string, channel: string): Promise<boolean> {
  return (await fileChannels(slack, fileId))?.includes(channel) ?? false;
}

/** Where a file stands; `null`: before it is completed, Slack knows of no such file. */
async function fileChannels(slack: SlackDoor, fileId: string): Promise<readonly string[] | null> {
  try {
    const answer = await slack.run('files.info', null, (web) => web.files.info({ file: fileId }));
    return answer.file?.channels ?? [];
  } catch (error) {
    if (error instanceof Refused && error.code === 'file_not_found') return null;
    throw error;
  }
}
