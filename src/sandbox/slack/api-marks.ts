/** pins.* and reactions.* */
import type { web } from './answer.ts';
import { requiredText, textOf } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { addMessage } from './posting.ts';
import { react, unreact } from './reactions.ts';
import { Refusal } from './refusal.ts';
import { messageObject, permalinkOf } from './render.ts';
import { botOf, channelFor, findMessage, isBotIn, microsOf, secondsOf } from './world.ts';
import type { World } from './world.ts';
import type { Channel, Message } from './workspace.ts';
import { reads, writes } from './method.ts';

const mostPins = 100;

export const addPin = writes<web.PinsAddResponse>(['pins:write'], (world, call) => {
  const { channel, message } = item(world, call);
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel');
  if (message.subtype !== null) throw new Refusal('not_pinnable');
  const pins = world.store.pins.get(channel.id) ?? [];
  if (pins.some((pin) => pin.ts === message.ts)) throw new Refusal('already_pinned');
  if (pins.length >= mostPins) throw new Refusal('too_many_pins');
  const pin = { channel: channel.id, ts: message.ts, user: botOf(world), created: secondsOf(world) };
  world.store.pins.set(channel.id, [...pins, pin]);
  addMessage(world, channel, {
    user: botOf(world),
    subtype: 'pinned_item',
    text: `<@${botOf(world)}> pinned a message to this channel.`,
  });
  return { ok: true };
});

export const removePin = writes<web.PinsRemoveResponse>(['pins:write'], (world, call) => {
  const { channel, message } = item(world, call);
  const pins = world.store.pins.get(channel.id) ?? [];
  if (!pins.some((pin) => pin.ts === message.ts)) throw new Refusal('no_pin');
  const rest = pins.filter((pin) => pin.ts !== message.ts);
  world.store.pins.set(channel.id, rest);
  world.store.changed();
  return { ok: true };
});

export const listPins = reads<web.PinsListResponse>(['pins:read'], (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  const items = (world.store.pins.get(channel.id) ?? []).flatMap((pin) => {
    const message = findMessage(world, channel.id, pin.ts);
    if (message === undefined) return [];
    return [
      {
        type: 'message',
        channel: channel.id,
        created: pin.created,
        created_by: pin.user,
        message: {
          ...messageObject(world, channel.id, message, { withMetadata: false }),
          permalink: permalinkOf(world, channel.id, message),
        },
      },
    ];
  });
  return { ok: true, items: items.toReversed() };
});

export const addReaction = writes<web.ReactionsAddResponse>(['reactions:write'], (world, call) => {
  const name = emojiName(call);
  const { channel, message } = item(world, call);
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!isBotIn(world, channel)) throw new Refusal('no_access');
  if (!react(world, channel, { ts: message.ts, name, user: botOf(world) })) throw new Refusal('already_reacted');
  return { ok: true };
});

export const removeReaction = writes<web.ReactionsRemoveResponse>(['reactions:write'], (world, call) => {
  const name = emojiName(call);
  const { channel, message } = item(world, call);
  if (!unreact(world, channel, { ts: message.ts, name, user: botOf(world) })) throw new Refusal('no_reaction');
  return { ok: true };
});

export const getReactions = reads<web.ReactionsGetResponse>(['reactions:read'], (world, call) => {
  const { channel, message } = item(world, call);
  return {
    ok: true,
    type: 'message',
    channel: channel.id,
    message: {
      ...messageObject(world, channel.id, message, { withMetadata: false }),
      permalink: permalinkOf(world, channel.id, message),
    },
  };
});

function emojiName(call: JsonObject): string {
  const name = textOf(call, 'name') ?? '';
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new Refusal('invalid_name');
  return name;
}

/** The message that a pin or a reaction is about. */
function item(world: World, call: JsonObject): { readonly channel: Channel; readonly message: Message } {
  const ts = textOf(call, 'timestamp');
  const channel = channelFor(world, textOf(call, 'channel'));
  if (ts === undefined) throw new Refusal('no_item_specified');
  if (Number.isNaN(microsOf(ts))) throw new Refusal('bad_timestamp');
  const message = findMessage(world, channel.id, ts);
  if (message === undefined) throw new Refusal('message_not_found');
  return { channel, message };
}
