/** What every part of the stand-in works on, and how it finds its way in it. */
import { Refusal } from './refusal.ts';
import type { JsonObject } from './json.ts';
import type { Store } from './store.ts';
import type { Triggers } from './triggers.ts';
import type { Channel, Message, Person, Rules, UserGroup } from './workspace.ts';

export type World = {
  readonly store: Store;
  /** The sandbox's clock, epoch milliseconds. */
  readonly now: () => number;
  /** Where the stand-in listens, without a slash at the end. */
  readonly origin: () => string;
  /** Where links to messages and files point, without a slash at the end. */
  readonly site: () => string;
  readonly scopes: readonly string[] | undefined;
  readonly rules: () => Rules;
  readonly triggers: Triggers;
  /** A URL for one socket. */
  readonly socketUrl: () => string;
  /** Delivers an event to the app when it subscribed to it; nobody waits for it. */
  readonly emit: (event: JsonObject) => void;
};

export function secondsOf(world: World): number {
  return Math.floor(world.now() / 1000);
}

/** A timestamp of its own within the channel: two messages of one millisecond are told apart, in order. */
export function newTimestamp(world: World, channel: string): string {
  const messages = messagesOf(world, channel);
  let micros = Math.floor(world.now() * 1000);
  if (microsOf(messages.at(-1)?.ts ?? '0') < micros) return asTimestamp(micros);
  const taken = new Set(messages.map((message) => message.ts));
  while (taken.has(asTimestamp(micros))) micros += 1;
  return asTimestamp(micros);
}

function asTimestamp(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** Microseconds of a timestamp such as `1512085950.000216`; `NaN` for anything else. */
export function microsOf(ts: string): number {
  const parts = /^(\d+)(?:\.(\d{1,6}))?$/.exec(ts);
  return parts === null ? Number.NaN : Number(parts[1]) * 1e6 + Number((parts[2] ?? '').padEnd(6, '0'));
}

export function isBotIn(world: World, channel: Channel): boolean {
  return channel.members.includes(world.store.app.botUserId);
}

/** The channel as the app sees it: an unknown one and a private one without the app look alike. */
export function channelFor(world: World, id: string | undefined): Channel {
  const channel = id === undefined ? undefined : world.store.channels.get(id);
  if (channel === undefined) throw new Refusal('channel_not_found');
  const isVisible = channel.kind === 'public' || isBotIn(world, channel) || channel.creator === botOf(world);
  if (!isVisible) throw new Refusal('channel_not_found');
  return channel;
}

/** A channel (not a direct message) in which the app may write. */
export function workingChannel(world: World, id: string | undefined): Channel {
  const channel = channelFor(world, id);
  if (isDirect(channel)) throw new Refusal('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel');
  return channel;
}

export function isDirect(channel: Channel): boolean {
  return channel.kind === 'im' || channel.kind === 'mpim';
}

export function botOf(world: World): string {
  return world.store.app.botUserId;
}

export function personFor(world: World, id: string): Person {
  const person = world.store.people.get(id);
  if (person === undefined) throw new Refusal('user_not_found');
  return person;
}

/** The groups that can be mentioned. */
export function livingGroups(world: World): readonly UserGroup[] {
  return world.rules().userGroups ? [...world.store.userGroups.values()].filter((group) => !group.disabled) : [];
}

export function messagesOf(world: World, channel: string): readonly Message[] {
  return world.store.messages.get(channel) ?? [];
}

export function findMessage(world: World, channel: string, ts: string | undefined): Message | undefined {
  return messagesOf(world, channel).find((message) => message.ts === ts);
}

export function replaceChannel(world: World, channel: Channel): Channel {
  world.store.channels.set(channel.id, channel);
  world.store.changed();
  return channel;
}
