/** Channels: who is in them, what they are called, and the lines that Slack writes there by itself. */
import { addEphemeral, addMessage, channelType } from './posting.ts';
import { Refusal } from './refusal.ts';
import { newId } from './store.ts';
import { botOf, isBotIn, isDirect, newTimestamp, replaceChannel, secondsOf } from './world.ts';
import type { World } from './world.ts';
import type { Channel, ChannelKind } from './workspace.ts';

const mostNameCharacters = 80;

/** Throws the refusal for a name that Slack does not take. Names of archived channels stay taken. */
export function checkChannelName(world: World, name: string): void {
  if (name === '') throw new Refusal('invalid_name_required');
  if (name.length > mostNameCharacters) throw new Refusal('invalid_name_maxlength');
  if (/^[\p{P}\p{S}]+$/u.test(name)) throw new Refusal('invalid_name_punctuation');
  if (!/^[a-z0-9_-]+$/.test(name)) throw new Refusal('invalid_name_specials');
  const isTaken = [...world.store.channels.values()].some((channel) => !isDirect(channel) && channel.name === name);
  if (isTaken) throw new Refusal('name_taken');
}

/** Makes a channel with its creator in it. */
export function makeChannel(
  world: World,
  { name, kind, creator, members }: Pick<Channel, 'name' | 'kind' | 'creator' | 'members'>,
): Channel {
  const prefixes: { readonly [K in ChannelKind]: string } = { public: 'C', private: 'C', im: 'D', mpim: 'G' };
  const nothing = { value: '', creator: '', lastSet: 0 };
  return replaceChannel(world, {
    id: newId(prefixes[kind]),
    kind,
    name,
    previousNames: [],
    created: secondsOf(world),
    creator,
    isArchived: false,
    isGeneral: false,
    topic: nothing,
    purpose: nothing,
    members,
  });
}

/** The direct message between the app and these people, made when there is none. */
export function directWith(
  world: World,
  users: readonly string[],
): { readonly channel: Channel; readonly isNew: boolean } {
  const members = [botOf(world), ...users];
  const kind = users.length === 1 ? 'im' : 'mpim';
  const found = [...world.store.channels.values()].find(
    (channel) =>
      channel.kind === kind &&
      channel.members.length === members.length &&
      members.every((member) => channel.members.includes(member)),
  );
  if (found !== undefined) return { channel: found, isNew: false };
  const names = members.map((member) => world.store.people.get(member)?.name ?? member);
  const name = kind === 'im' ? '' : `mpdm-${names.join('--')}-1`;
  return { channel: makeChannel(world, { name, kind, creator: botOf(world), members }), isNew: true };
}

/** Puts a person (or the app) into a channel. */
export function join(world: World, channel: Channel, user: string, inviter: string | null): Channel {
  const joined = replaceChannel(world, { ...channel, members: [...channel.members, user] });
  addMessage(world, joined, {
    user,
    subtype: 'channel_join',
    text: `<@${user}> has joined the channel`,
    ...(inviter === null ? {} : { extra: { inviter } }),
  });
  if (isBotIn(world, joined)) {
    world.emit({
      type: 'member_joined_channel',
      user,
      channel: channel.id,
      channel_type: channel.kind === 'private' ? 'G' : 'C',
      team: world.store.team.id,
      ...(inviter === null ? {} : { inviter }),
      event_ts: newTimestamp(world, channel.id),
    });
  }
  return joined;
}

/** Takes a person (or the app) out of a channel. */
export function leave(world: World, channel: Channel, user: string): Channel {
  const wasBotIn = isBotIn(world, channel);
  const left = replaceChannel(world, { ...channel, members: channel.members.filter((member) => member !== user) });
  addMessage(world, left, { user, subtype: 'channel_leave', text: `<@${user}> has left the channel` });
  if (wasBotIn) {
    world.emit({
      type: 'member_left_channel',
      user,
      channel: channel.id,
      channel_type: channel.kind === 'private' ? 'G' : 'C',
      team: world.store.team.id,
      event_ts: newTimestamp(world, channel.id),
    });
  }
  return left;
}

/** Takes a person out of a channel for somebody else. The channel shows that they left; Slackbot tells them who did it. */
export function remove(
  world: World,
  channel: Channel,
  { user, by }: { readonly user: string; readonly by: string },
): void {
  leave(world, channel, user);
  const text = `You were removed from <#${channel.id}|${channel.name}> by <@${by}>`;
  addEphemeral(world, { channel: channel.id, user, text, blocks: [], threadTs: null, from: 'slack' });
}

/** Archives a channel: nobody is in it afterwards, the app neither. */
export function archive(world: World, channel: Channel, user: string): void {
  addMessage(world, channel, { user, subtype: 'channel_archive', text: `<@${user}> archived the channel` });
  replaceChannel(world, { ...channel, isArchived: true, members: [] });
  if (!isBotIn(world, channel)) return;
  world.emit({
    type: channelType(channel) === 'group' ? 'group_archive' : 'channel_archive',
    channel: channel.id,
    user,
    is_moved: 0,
    event_ts: newTimestamp(world, channel.id),
  });
}

export function rename(world: World, channel: Channel, name: string, user: string): Channel {
  const renamed = replaceChannel(world, {
    ...channel,
    name,
    previousNames: [channel.name, ...channel.previousNames],
  });
  addMessage(world, renamed, {
    user,
    subtype: 'channel_name',
    text: `<@${user}> has renamed the channel from "${channel.name}" to "${name}"`,
    extra: { old_name: channel.name, name },
  });
  if (isBotIn(world, renamed)) {
    world.emit({
      type: channelType(channel) === 'group' ? 'group_rename' : 'channel_rename',
      channel: {
        id: channel.id,
        name,
        name_normalized: name,
        created: channel.created,
        is_channel: true,
        is_mpim: false,
      },
      event_ts: newTimestamp(world, channel.id),
    });
  }
  return renamed;
}

/** Sets a topic or a purpose; setting what it already is leaves no trace. */
export function setHeading(
  world: World,
  channel: Channel,
  { heading, value, user }: { readonly heading: 'topic' | 'purpose'; readonly value: string; readonly user: string },
): Channel {
  if (channel[heading].value === value) return channel;
  const changed = replaceChannel(world, {
    ...channel,
    [heading]: { value, creator: user, lastSet: secondsOf(world) },
  });
  const text =
    value === '' ? `<@${user}> cleared the channel ${heading}` : `<@${user}> set the channel ${heading}: ${value}`;
  addMessage(world, changed, {
    user,
    subtype: `channel_${heading}`,
    text,
    extra: heading === 'topic' ? { topic: value } : { purpose: value },
  });
  return changed;
}
