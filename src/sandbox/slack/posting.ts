/** Messages come, change and go; the app hears of it in the channels it is in. */
import { messageObject } from './render.ts';
import type { JsonObject } from './json.ts';
import { newId } from './store.ts';
import { botOf, findMessage, isBotIn, messagesOf, microsOf, newTimestamp } from './world.ts';
import type { World } from './world.ts';
import type { Channel, Ephemeral, Message } from './workspace.ts';

export type Draft = Pick<Message, 'user' | 'text'> & Partial<Omit<Message, 'ts' | 'edited' | 'reactions'>>;

const keptEphemerals = 1000;

/** Adds a message to a channel now, and tells the app. */
export function addMessage(world: World, channel: Channel, draft: Draft): Message {
  const message: Message = {
    botId: draft.user === botOf(world) ? world.store.app.botId : null,
    subtype: null,
    blocks: [],
    attachments: [],
    metadata: null,
    edited: null,
    threadTs: null,
    isBroadcast: false,
    reactions: [],
    files: [],
    extra: {},
    ...draft,
    ts: newTimestamp(world, channel.id),
  };
  const before = messagesOf(world, channel.id);
  const last = before.at(-1);
  // The sandbox's clock can be set back.
  const isInOrder = last === undefined || microsOf(last.ts) < microsOf(message.ts);
  const after = [...before, message];
  if (!isInOrder) after.sort((one, other) => microsOf(one.ts) - microsOf(other.ts));
  world.store.messages.set(channel.id, after);
  world.store.changed();
  emitMessage(world, channel, message, {});
  const mentionsBot = message.text.includes(`<@${botOf(world)}>`) && message.user !== botOf(world);
  if (mentionsBot && message.subtype === null && isBotIn(world, channel)) {
    emitMessage(world, channel, message, { type: 'app_mention' });
  }
  return message;
}

/** Puts a message in place of the one with the same timestamp; tells the app when it reads differently. */
export function replaceMessage(world: World, channel: Channel, message: Message): void {
  const before = messagesOf(world, channel.id);
  world.store.messages.set(
    channel.id,
    before.map((one) => (one.ts === message.ts ? message : one)),
  );
  world.store.changed();
}

/** As `replaceMessage`, for a change of what the message says. */
export function editMessage(world: World, channel: Channel, message: Message): void {
  const previous = findMessage(world, channel.id, message.ts);
  replaceMessage(world, channel, message);
  if (previous === undefined || !isBotIn(world, channel)) return;
  const ts = newTimestamp(world, channel.id);
  world.emit({
    type: 'message',
    subtype: 'message_changed',
    channel: channel.id,
    channel_type: channelType(channel),
    hidden: true,
    ts,
    event_ts: ts,
    message: { ...messageObject(world, channel.id, message, { withMetadata: true }) },
    previous_message: { ...messageObject(world, channel.id, previous, { withMetadata: true }) },
  });
}

export function removeMessage(world: World, channel: Channel, message: Message): void {
  const rest = messagesOf(world, channel.id).filter((one) => one.ts !== message.ts);
  world.store.messages.set(channel.id, rest);
  const pins = (world.store.pins.get(channel.id) ?? []).filter((pin) => pin.ts !== message.ts);
  world.store.pins.set(channel.id, pins);
  world.store.changed();
  if (!isBotIn(world, channel)) return;
  const ts = newTimestamp(world, channel.id);
  world.emit({
    type: 'message',
    subtype: 'message_deleted',
    channel: channel.id,
    channel_type: channelType(channel),
    hidden: true,
    deleted_ts: message.ts,
    ts,
    event_ts: ts,
    previous_message: { ...messageObject(world, channel.id, message, { withMetadata: true }) },
  });
}

/** Shows something to one person only. Only the latest are kept, as a client would lose them too. */
export function addEphemeral(world: World, draft: Omit<Ephemeral, 'id'>): Ephemeral {
  const { ephemerals } = world.store;
  const ephemeral: Ephemeral = { ...draft, id: newId('Em') };
  ephemerals.set(ephemeral.id, ephemeral);
  const oldest = ephemerals.keys().next().value;
  if (ephemerals.size > keptEphemerals && oldest !== undefined) ephemerals.delete(oldest);
  world.store.changed();
  return ephemeral;
}

export function channelType(channel: Channel): 'channel' | 'group' | 'im' | 'mpim' {
  switch (channel.kind) {
    case 'public':
      return 'channel';
    case 'private':
      return 'group';
    case 'im':
    case 'mpim':
      return channel.kind;
  }
}

function emitMessage(world: World, channel: Channel, message: Message, more: JsonObject): void {
  if (!isBotIn(world, channel)) return;
  const event = {
    ...messageObject(world, channel.id, message, { withMetadata: true }),
    ...(message.files.length > 0 && message.subtype === null ? { subtype: 'file_share' } : {}),
    channel: channel.id,
    channel_type: channelType(channel),
    event_ts: message.ts,
    ...more,
  };
  world.emit(event);
}
