/** chat.*: saying, changing and taking back. */
import type { web } from './answer.ts';
import { flagOf, requiredText, textOf } from './arguments.ts';
import { readContent } from './content.ts';
import type { JsonObject } from './json.ts';
import { directWith } from './membership.ts';
import { addEphemeral, addMessage, editMessage, removeMessage } from './posting.ts';
import { Refusal } from './refusal.ts';
import { messageObject, permalinkOf } from './render.ts';
import { botOf, channelFor, findMessage, isBotIn, newTimestamp } from './world.ts';
import type { World } from './world.ts';
import type { Channel, Message } from './workspace.ts';
import { reads, writes } from './method.ts';

const write = ['chat:write'];
const mostUpdatedCharacters = 4000;

export const postMessage = writes<web.ChatPostMessageResponse>(write, (world, call) => {
  const channel = target(world, requiredText(call, 'channel'));
  const content = readContent(call, { withErrors: true });
  const message = addMessage(world, channel, {
    user: botOf(world),
    text: content.text,
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    metadata: content.metadata ?? null,
    threadTs: threadOf(world, channel, call),
    isBroadcast: flagOf(call, 'reply_broadcast'),
  });
  return {
    ok: true,
    channel: channel.id,
    ts: message.ts,
    message: messageObject(world, channel.id, message, { withMetadata: true }),
  };
});

/** Where a message goes: a channel by id or name, a person by id. */
function target(world: World, to: string): Channel {
  const person = world.store.people.get(to);
  if (person !== undefined) {
    const isReachable = !person.deactivated && person.kind !== 'bot' && person.teamId === world.store.team.id;
    if (!isReachable) throw new Refusal('channel_not_found');
    return directWith(world, [person.id]).channel;
  }
  const name = to.replace(/^#/, '');
  const named = [...world.store.channels.values()].find((channel) => channel.name === name && name !== '');
  const channel = channelFor(world, named?.id ?? to);
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!isBotIn(world, channel)) {
    const mayPostAnywhere = channel.kind === 'public' && world.scopes?.includes('chat:write.public') === true;
    if (!mayPostAnywhere) throw new Refusal('not_in_channel');
  }
  return channel;
}

/** The thread that is answered: the parent's timestamp, also when a reply was named. */
export function threadOf(world: World, channel: Channel, call: JsonObject): string | null {
  const ts = textOf(call, 'thread_ts');
  if (ts === undefined) return null;
  const parent = findMessage(world, channel.id, ts);
  if (parent === undefined) throw new Refusal('thread_not_found');
  if (parent.subtype !== null) throw new Refusal('cannot_reply_to_message');
  return parent.threadTs ?? parent.ts;
}

export const updateMessage = writes<web.ChatUpdateResponse>(write, (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  const before = own(world, channel, requiredText(call, 'ts'), 'cant_update_message');
  if (channel.isArchived) throw new Refusal('is_inactive');
  if ((textOf(call, 'text') ?? '').length > mostUpdatedCharacters) throw new Refusal('msg_too_long');
  const content = readContent(call);
  const isTextAlone = content.blocks === undefined;
  const message: Message = {
    ...before,
    text: content.text,
    // Text without blocks drops the blocks; what else is not sent stays.
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? before.attachments,
    metadata: content.metadata ?? before.metadata,
    edited: isTextAlone ? { user: botOf(world), ts: newTimestamp(world, channel.id) } : before.edited,
  };
  editMessage(world, channel, message);
  // The message comes back without its timestamp, which stands beside it.
  const { ts, ...rest } = messageObject(world, channel.id, message, { withMetadata: true });
  return { ok: true, channel: channel.id, ts, text: message.text, message: rest };
});

export const deleteMessage = writes<web.ChatDeleteResponse>(write, (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  const message = own(world, channel, requiredText(call, 'ts'), 'cant_delete_message');
  removeMessage(world, channel, message);
  return { ok: true, channel: channel.id, ts: message.ts };
});

function own(world: World, channel: Channel, ts: string, otherwise: string): Message {
  const message = findMessage(world, channel.id, ts);
  if (message === undefined) throw new Refusal('message_not_found');
  if (message.user !== botOf(world) || message.subtype !== null) throw new Refusal(otherwise);
  return message;
}

export const postEphemeral = writes<web.ChatPostEphemeralResponse>(write, (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  const user = requiredText(call, 'user');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel');
  const person = world.store.people.get(user);
  if (person === undefined || person.deactivated || !channel.members.includes(user)) {
    throw new Refusal('user_not_in_channel');
  }
  const content = readContent(call);
  addEphemeral(world, {
    channel: channel.id,
    user,
    text: content.text,
    blocks: content.blocks ?? [],
    threadTs: textOf(call, 'thread_ts') ?? null,
    from: 'app',
  });
  return { ok: true, message_ts: newTimestamp(world, channel.id) };
});

export const linkToMessage = reads<web.ChatGetPermalinkResponse>([], (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  const message = findMessage(world, channel.id, requiredText(call, 'message_ts'));
  if (message === undefined) throw new Refusal('message_not_found');
  return { ok: true, channel: channel.id, permalink: permalinkOf(world, channel.id, message) };
});
