/** conversations.invite, join, leave, kick, members. */
import type { web } from './answer.ts';
import { flagOf, idsOf, pageOf, requiredText, textOf } from './arguments.ts';
import { join, leave, remove } from './membership.ts';
import { Refusal } from './refusal.ts';
import { conversationObject } from './render.ts';
import { botOf, channelFor, isBotIn, isDirect, personFor, workingChannel } from './world.ts';
import type { World } from './world.ts';
import type { Channel } from './workspace.ts';
import { reads, writes } from './method.ts';

const manage = ['channels:manage', 'groups:write', 'channels:write', 'im:write', 'mpim:write'];
const invite = ['channels:write.invites', 'groups:write.invites', ...manage];
const read = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const mostInvited = 100;

export const inviteToConversation = writes<web.ConversationsInviteResponse>(invite, (world, call) => {
  const channel = workingChannel(world, textOf(call, 'channel'));
  const users = [...new Set(idsOf(call, 'users'))];
  if (users.length === 0) throw new Refusal('no_user');
  if (users.length > mostInvited) {
    const messages = [`[ERROR] no more than ${mostInvited} items allowed [json-pointer:/users]`];
    throw new Refusal('invalid_arguments', { response_metadata: { messages } });
  }
  const errors = users.flatMap((user) => {
    const error = whyNot(world, channel, user);
    return error === undefined ? [] : [{ user, ok: false, error }];
  });
  const invited = users.filter((user) => !errors.some((error) => error.user === user));
  const first = errors[0];
  if (first !== undefined && (!flagOf(call, 'force') || invited.length === 0)) {
    throw new Refusal(first.error, { errors });
  }
  const joined = invited.reduce((before, user) => join(world, before, user, botOf(world)), channel);
  return { ok: true, channel: conversationObject(world, joined), ...(errors.length === 0 ? {} : { errors }) };
});

function whyNot(world: World, channel: Channel, user: string): string | undefined {
  const person = world.store.people.get(user);
  if (person === undefined) return 'user_not_found';
  if (user === botOf(world)) return 'cant_invite_self';
  if (channel.members.includes(user)) return 'already_in_channel';
  if (person.deactivated || person.teamId !== world.store.team.id) return 'cant_invite';
  switch (person.kind) {
    case 'single-channel guest':
      return 'ura_max_channels';
    case 'multi-channel guest':
      return 'user_is_restricted';
    case 'member':
    case 'bot':
      return undefined;
  }
}

export const joinConversation = writes<web.ConversationsJoinResponse>(['channels:join'], (world, call) => {
  const channel = channelFor(world, textOf(call, 'channel'));
  if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (isBotIn(world, channel)) {
    return {
      ok: true,
      channel: conversationObject(world, channel),
      warning: 'already_in_channel',
      response_metadata: { warnings: ['already_in_channel'] },
    };
  }
  return { ok: true, channel: conversationObject(world, join(world, channel, botOf(world), null)) };
});

export const leaveConversation = writes<web.ConversationsLeaveResponse>(manage, (world, call) => {
  const channel = channelFor(world, textOf(call, 'channel'));
  if (isDirect(channel)) throw new Refusal('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (channel.isGeneral) throw new Refusal('cant_leave_general');
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel', { not_in_channel: true });
  if (channel.members.length === 1 && channel.kind === 'private') throw new Refusal('last_member');
  leave(world, channel, botOf(world));
  return { ok: true };
});

export const kickFromConversation = writes<web.ConversationsKickResponse>(
  ['channels:manage', 'groups:write'],
  (world, call) => {
    const channel = workingChannel(world, textOf(call, 'channel'));
    const user = requiredText(call, 'user');
    personFor(world, user);
    if (user === botOf(world)) throw new Refusal('cant_kick_self');
    if (channel.isGeneral) throw new Refusal('cant_kick_from_general');
    if (!channel.members.includes(user)) throw new Refusal('not_in_channel');
    // Out of the box only owners and admins may take people out of public channels.
    if (channel.kind === 'public' && !world.rules().removeFromPublic) throw new Refusal('restricted_action');
    remove(world, channel, { user, by: botOf(world) });
    return { ok: true, errors: {} };
  },
);

export const listMembers = reads<web.ConversationsMembersResponse>(read, (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel'));
  const page = pageOf(call, channel.members, { most: 999, refusal: 'invalid_limit' });
  return { ok: true, members: page.items, response_metadata: { next_cursor: page.nextCursor } };
});
