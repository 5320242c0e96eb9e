/** What a person sees: people, channels, messages, files. Names and downloads in place of ids and tokens. */
import type { JsonObject } from './json.ts';
import { fileObject } from './render-people-and-files.ts';
import { repliesTo } from './render.ts';
import { messagesOf } from './world.ts';
import type { World } from './world.ts';
import type { Bookmark, Channel, Ephemeral, Message, Metadata, Person, Reaction, StoredFile } from './workspace.ts';

export type SeenMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  /** The handle of whoever said it. */
  readonly userName: string;
  readonly isBot: boolean;
  readonly subtype: string | null;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly isEdited: boolean;
  readonly isPinned: boolean;
  readonly reactions: readonly Reaction[];
  /** The parent's timestamp, in replies. */
  readonly threadTs: string | null;
  readonly replyCount: number;
  readonly files: readonly SeenFile[];
  readonly metadata: Metadata | null;
};

export type SeenFile = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly size: number;
  readonly user: string;
  readonly channels: readonly string[];
  /** Works in a browser, without a token. */
  readonly url: string;
  readonly content: () => Buffer;
};

/** Looks a person up by id or handle. Throws when there is none: a typing error of whoever drives the sandbox. */
export function personNamed(world: World, nameOrId: string): Person {
  const name = nameOrId.replace(/^@/, '');
  const person = world.store.people.get(name) ?? [...world.store.people.values()].find((one) => one.name === name);
  if (person === undefined) throw new Error(`The sandbox knows nobody called ${nameOrId}`);
  return person;
}

/** The channel with that id or name; `undefined` when there is none. */
export function channelNamed(world: World, nameOrId: string): Channel | undefined {
  const name = nameOrId.replace(/^#/, '');
  const byId = world.store.channels.get(name);
  return byId ?? [...world.store.channels.values()].find((channel) => channel.name === name && name !== '');
}

/** As `channelNamed`; throws when there is none. */
export function knownChannel(world: World, nameOrId: string): Channel {
  const channel = channelNamed(world, nameOrId);
  if (channel === undefined) throw new Error(`The sandbox knows no channel ${nameOrId}`);
  return channel;
}

/** The messages of a channel, or of one thread with its parent first; in order of time. */
export function seeMessages(world: World, channel: Channel, threadTs: string | undefined): readonly SeenMessage[] {
  const all = messagesOf(world, channel.id);
  const shown = all.filter((message) =>
    threadTs === undefined
      ? message.threadTs === null || message.isBroadcast
      : message.ts === threadTs || message.threadTs === threadTs,
  );
  return shown.map((message) => seeMessage(world, channel.id, message));
}

export function seeMessage(world: World, channel: string, message: Message): SeenMessage {
  const author = world.store.people.get(message.user);
  return {
    channel,
    ts: message.ts,
    user: message.user,
    userName: author?.name ?? message.user,
    isBot: author?.kind === 'bot',
    subtype: message.subtype,
    text: message.text,
    blocks: message.blocks,
    isEdited: message.edited !== null,
    isPinned: (world.store.pins.get(channel) ?? []).some((pin) => pin.ts === message.ts),
    reactions: message.reactions,
    threadTs: message.threadTs,
    replyCount: repliesTo(messagesOf(world, channel), message.ts).length,
    files: message.files.flatMap((id) => {
      const file = world.store.files.get(id);
      return file === undefined ? [] : [seeFile(world, file)];
    }),
    metadata: message.metadata,
  };
}

export function seeFile(world: World, file: StoredFile): SeenFile {
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    size: file.size,
    user: file.user,
    channels: file.shares.map((share) => share.channel),
    url: `${fileObject(world, file).url_private}?key=${file.secret}`,
    content: () => Buffer.from(file.base64, 'base64'),
  };
}

export function seeEphemerals(world: World, user: Person, channel: Channel | undefined): readonly Ephemeral[] {
  return [...world.store.ephemerals.values()].filter(
    (one) => one.user === user.id && (channel === undefined || one.channel === channel.id),
  );
}

export function seeFiles(world: World): readonly SeenFile[] {
  return [...world.store.files.values()].filter((file) => file.stage === 'shared').map((file) => seeFile(world, file));
}

export function seePins(world: World, channel: Channel): readonly SeenMessage[] {
  return seeMessages(world, channel, undefined).filter((message) => message.isPinned);
}

export function seeBookmarks(world: World, channel: Channel): readonly Bookmark[] {
  return world.store.bookmarks.get(channel.id) ?? [];
}
