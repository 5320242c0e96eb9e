/** Channels and messages as the Web API and the events show them. */
import { fileObject } from './render-people-and-files.ts';
import type { FileObject } from './render-people-and-files.ts';
import type { Json, JsonObject } from './json.ts';
import { botOf, isBotIn, messagesOf, microsOf } from './world.ts';
import type { World } from './world.ts';
import type { Channel, Heading, Message, MessageExtra, Metadata } from './workspace.ts';

export type HeadingObject = { readonly value: string; readonly creator: string; readonly last_set: number };

export type ConversationObject = {
  readonly id: string;
  readonly name: string;
  readonly name_normalized: string;
  readonly is_channel: boolean;
  readonly is_group: boolean;
  readonly is_im: boolean;
  readonly is_mpim: boolean;
  readonly is_private: boolean;
  readonly is_archived: boolean;
  readonly is_general: boolean;
  readonly is_member: boolean;
  readonly is_shared: boolean;
  readonly is_ext_shared: boolean;
  readonly is_org_shared: boolean;
  readonly is_pending_ext_shared: boolean;
  readonly pending_shared: readonly string[];
  readonly created: number;
  readonly creator: string;
  readonly context_team_id: string;
  readonly unlinked: number;
  readonly previous_names: readonly string[];
  readonly topic: HeadingObject;
  readonly purpose: HeadingObject;
};

export type DirectObject = {
  readonly id: string;
  readonly created: number;
  readonly is_archived: boolean;
  readonly is_im: true;
  readonly is_org_shared: boolean;
  readonly is_open: boolean;
  readonly context_team_id: string;
  readonly user: string;
};

export function conversationObject(world: World, channel: Channel): ConversationObject {
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public' || channel.kind === 'private',
    is_group: false,
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'public',
    is_archived: channel.isArchived,
    is_general: channel.isGeneral,
    is_member: isBotIn(world, channel),
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    created: channel.created,
    creator: channel.creator,
    context_team_id: world.store.team.id,
    unlinked: 0,
    previous_names: channel.previousNames,
    topic: headingObject(channel.topic),
    purpose: headingObject(channel.purpose),
  };
}

function headingObject({ value, creator, lastSet }: Heading): HeadingObject {
  return { value, creator, last_set: lastSet };
}

/** A direct message with one person. */
export function directObject(world: World, channel: Channel): DirectObject {
  return {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    is_im: true,
    is_org_shared: false,
    is_open: true,
    context_team_id: world.store.team.id,
    user: channel.members.find((member) => member !== botOf(world)) ?? botOf(world),
  };
}

export type MessageObject = MessageExtra & {
  readonly type: 'message';
  readonly ts: string;
  readonly user: string;
  readonly team: string;
  readonly text: string;
  readonly subtype?: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly blocks?: readonly JsonObject[];
  readonly attachments?: readonly Json[];
  readonly metadata?: Metadata;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly thread_ts?: string;
  readonly parent_user_id?: string;
  readonly reply_count?: number;
  readonly reply_users_count?: number;
  readonly reply_users?: readonly string[];
  readonly latest_reply?: string;
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[]; readonly count: number }[];
  readonly files?: readonly FileObject[];
  readonly pinned_to?: readonly string[];
};

/** A message; its metadata only where it was asked for. */
export function messageObject(
  world: World,
  channel: string,
  message: Message,
  { withMetadata }: { readonly withMetadata: boolean },
): MessageObject {
  const { botId, subtype, blocks, attachments, metadata, edited, reactions } = message;
  const files = message.files.flatMap((id) => world.store.files.get(id) ?? []);
  const isPinned = (world.store.pins.get(channel) ?? []).some((pin) => pin.ts === message.ts);
  return {
    ...message.extra,
    type: 'message',
    ts: message.ts,
    user: message.user,
    team: world.store.team.id,
    text: message.text,
    ...(subtype === null ? {} : { subtype }),
    ...(botId === null ? {} : { bot_id: botId, app_id: world.store.app.id }),
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(metadata === null || !withMetadata ? {} : { metadata }),
    ...(edited === null ? {} : { edited }),
    ...threadFields(world, channel, message),
    ...(reactions.length === 0 ? {} : { reactions: reactions.map((one) => ({ ...one, count: one.users.length })) }),
    ...(files.length === 0 ? {} : { files: files.map((file) => fileObject(world, file)) }),
    ...(isPinned ? { pinned_to: [channel] } : {}),
  };
}

function threadFields(world: World, channel: string, message: Message): Partial<MessageObject> {
  const all = messagesOf(world, channel);
  if (message.threadTs !== null) {
    const parent = all.find((one) => one.ts === message.threadTs);
    return { thread_ts: message.threadTs, ...(parent === undefined ? {} : { parent_user_id: parent.user }) };
  }
  const replies = repliesTo(all, message.ts);
  const latest = replies.at(-1);
  if (latest === undefined) return {};
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users,
    latest_reply: latest.ts,
  };
}

/** A list of messages is replaced when it changes, so what was found in one stays true. */
const threads = new WeakMap<readonly Message[], ReadonlyMap<string | null, readonly Message[]>>();

/** The replies to a message, in order of time. */
export function repliesTo(messages: readonly Message[], ts: string): readonly Message[] {
  const byParent = threads.get(messages) ?? Map.groupBy(messages, (message) => message.threadTs);
  threads.set(messages, byParent);
  return byParent.get(ts) ?? [];
}

export function permalinkOf(world: World, channel: string, message: Message): string {
  const link = `${world.site()}/archives/${channel}/p${String(microsOf(message.ts)).padStart(16, '0')}`;
  return message.threadTs === null ? link : `${link}?thread_ts=${message.threadTs}&cid=${channel}`;
}
