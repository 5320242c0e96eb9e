/** Emoji under messages, whoever puts them there. */
import { replaceMessage } from './posting.ts';
import { findMessage, isBotIn, newTimestamp } from './world.ts';
import type { World } from './world.ts';
import type { Channel } from './workspace.ts';

export type ReactionBy = { readonly ts: string; readonly name: string; readonly user: string };

/** False when that person had reacted so already. */
export function react(world: World, channel: Channel, { ts, name, user }: ReactionBy): boolean {
  const message = findMessage(world, channel.id, ts);
  const before = message?.reactions.find((reaction) => reaction.name === name);
  if (message === undefined || before?.users.includes(user) === true) return false;
  const reactions =
    before === undefined
      ? [...message.reactions, { name, users: [user] }]
      : message.reactions.map((one) => (one.name === name ? { name, users: [...one.users, user] } : one));
  replaceMessage(world, channel, { ...message, reactions });
  emitReaction(world, channel, { type: 'reaction_added', ts, name, user });
  return true;
}

/** False when that person had not reacted so. */
export function unreact(world: World, channel: Channel, { ts, name, user }: ReactionBy): boolean {
  const message = findMessage(world, channel.id, ts);
  const isThere = message?.reactions.some((one) => one.name === name && one.users.includes(user)) === true;
  if (message === undefined || !isThere) return false;
  const reactions = message.reactions
    .map((one) => (one.name === name ? { name, users: one.users.filter((other) => other !== user) } : one))
    .filter((one) => one.users.length > 0);
  replaceMessage(world, channel, { ...message, reactions });
  emitReaction(world, channel, { type: 'reaction_removed', ts, name, user });
  return true;
}

function emitReaction(world: World, channel: Channel, about: ReactionBy & { readonly type: string }): void {
  if (!isBotIn(world, channel)) return;
  const author = findMessage(world, channel.id, about.ts)?.user;
  world.emit({
    type: about.type,
    user: about.user,
    reaction: about.name,
    ...(author === undefined ? {} : { item_user: author }),
    item: { type: 'message', channel: channel.id, ts: about.ts },
    event_ts: newTimestamp(world, channel.id),
  });
}
