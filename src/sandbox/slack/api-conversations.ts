/** conversations.*: making, naming and closing channels, and looking at them. */
import type { web } from './answer.ts';
import { flagOf, idsOf, pageOf, requiredText, textOf } from './arguments.ts';
import type { Paging } from './arguments.ts';
import { archive, checkChannelName, directWith, join, makeChannel, rename, setHeading } from './membership.ts';
import { conversationObject, directObject } from './render.ts';
import type { ConversationObject, DirectObject } from './render.ts';
import { Refusal } from './refusal.ts';
import { botOf, channelFor, isBotIn, isDirect, personFor, workingChannel } from './world.ts';
import type { World } from './world.ts';
import type { Channel } from './workspace.ts';
import type { JsonObject } from './json.ts';
import { reads, writes } from './method.ts';

const manage = ['channels:manage', 'groups:write', 'channels:write', 'im:write', 'mpim:write'];
const read = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const write = ['channels:write.topic', 'groups:write.topic', ...manage];
const mostHeadingCharacters = 250;
const mostInGroup = 8;
const paging: Paging = { most: 999, refusal: 'invalid_limit' };

export const createConversation = writes<web.ConversationsCreateResponse>(manage, (world, call) => {
  const name = textOf(call, 'name') ?? '';
  checkChannelName(world, name);
  const kind = flagOf(call, 'is_private') ? 'private' : 'public';
  const made = makeChannel(world, { name, kind, creator: botOf(world), members: [] });
  return { ok: true, channel: conversationObject(world, join(world, made, botOf(world), null)) };
});

export const renameConversation = writes<web.ConversationsRenameResponse>(manage, (world, call) => {
  const channel = workingChannel(world, textOf(call, 'channel'));
  if (channel.creator !== botOf(world)) throw new Refusal('not_authorized');
  const name = textOf(call, 'name') ?? '';
  if (name === channel.name) return { ok: true, channel: conversationObject(world, channel) };
  checkChannelName(world, name);
  return { ok: true, channel: conversationObject(world, rename(world, channel, name, botOf(world))) };
});

export const archiveConversation = writes<web.ConversationsArchiveResponse>(manage, (world, call) => {
  const channel = channelFor(world, textOf(call, 'channel'));
  if (isDirect(channel)) throw new Refusal('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new Refusal('already_archived');
  if (channel.isGeneral) throw new Refusal('cant_archive_general');
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel');
  archive(world, channel, botOf(world));
  return { ok: true };
});

export const setTopic = writes<web.ConversationsSetTopicResponse>(write, (world, call) => ({
  ok: true,
  channel: conversationObject(world, changeHeading(world, call, 'topic')),
}));

export const setPurpose = writes<web.ConversationsSetPurposeResponse>(write, (world, call) => ({
  ok: true,
  channel: conversationObject(world, changeHeading(world, call, 'purpose')),
}));

function changeHeading(world: World, call: JsonObject, heading: 'topic' | 'purpose'): Channel {
  const channel = workingChannel(world, textOf(call, 'channel'));
  const value = textOf(call, heading) ?? '';
  if (value.length > mostHeadingCharacters) throw new Refusal('too_long');
  return setHeading(world, channel, { heading, value, user: botOf(world) });
}

export const openConversation = writes<web.ConversationsOpenResponse>(manage, (world, call) => {
  const id = textOf(call, 'channel');
  const users = idsOf(call, 'users');
  if (id === undefined && users.length === 0) throw new Refusal('users_list_not_supplied');
  if (users.length > mostInGroup) throw new Refusal('too_many_users');
  const { channel, isNew } =
    id === undefined
      ? directWith(world, checkPartners(world, users))
      : { channel: channelFor(world, id), isNew: false };
  if (!isDirect(channel)) throw new Refusal('method_not_supported_for_channel_type');
  const already = isNew ? {} : { no_op: true, already_open: true };
  if (!flagOf(call, 'return_im') || channel.kind === 'mpim')
    return { ok: true, ...already, channel: { id: channel.id } };
  return { ok: true, ...already, channel: directObject(world, channel) };
});

function checkPartners(world: World, users: readonly string[]): readonly string[] {
  for (const user of users) {
    const person = personFor(world, user);
    if (person.deactivated) throw new Refusal('user_disabled');
    if (person.teamId !== world.store.team.id) throw new Refusal('user_not_visible');
    if (person.kind === 'bot') throw new Refusal('not_enough_users');
  }
  return users;
}

export const describeConversation = reads<web.ConversationsInfoResponse>(read, (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  if (channel.kind === 'im') return { ok: true, channel: directObject(world, channel) };
  const members = flagOf(call, 'include_num_members') ? { num_members: channel.members.length } : {};
  return { ok: true, channel: { ...conversationObject(world, channel), ...members } };
});

export const listConversations = reads<web.ConversationsListResponse>(read, (world, call) => {
  const visible = chosenKinds(world, call).filter(
    (channel) => channel.kind === 'public' || channel.members.includes(botOf(world)),
  );
  const page = pageOf(call, visible, paging);
  return {
    ok: true,
    channels: page.items.map((channel) => listed(world, channel)),
    response_metadata: { next_cursor: page.nextCursor },
  };
});

export const listConversationsOfUser = reads<web.UsersConversationsResponse>(read, (world, call) => {
  const user = textOf(call, 'user') ?? botOf(world);
  personFor(world, user);
  const joined = chosenKinds(world, call).filter(
    (channel) => channel.members.includes(user) && (channel.kind === 'public' || isBotIn(world, channel)),
  );
  const page = pageOf(call, joined, paging);
  return {
    ok: true,
    channels: page.items.map((channel) => listedOfUser(world, channel)),
    response_metadata: { next_cursor: page.nextCursor },
  };
});

function listed(
  world: World,
  channel: Channel,
): (ConversationObject & { readonly num_members: number }) | DirectObject {
  if (channel.kind === 'im') return directObject(world, channel);
  return { ...conversationObject(world, channel), num_members: channel.members.length };
}

/** Without who is in it, which `conversations.list` tells. */
function listedOfUser(world: World, channel: Channel): Omit<ConversationObject, 'is_member'> | DirectObject {
  if (channel.kind === 'im') return directObject(world, channel);
  const { is_member: _, ...rest } = conversationObject(world, channel);
  return rest;
}

const kinds: { readonly [type: string]: Channel['kind'] } = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
};

function chosenKinds(world: World, call: JsonObject): readonly Channel[] {
  const types = (textOf(call, 'types') ?? 'public_channel').split(',').map((type) => kinds[type.trim()]);
  if (types.includes(undefined)) throw new Refusal('invalid_types');
  const withoutArchived = flagOf(call, 'exclude_archived');
  return [...world.store.channels.values()].filter(
    (channel) => types.includes(channel.kind) && !(withoutArchived && channel.isArchived),
  );
}
