/** conversations.history and conversations.replies. */
import type { web } from './answer.ts';
import { flagOf, pageOf, requiredText, textOf } from './arguments.ts';
import type { Paging } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import { messageObject, repliesTo } from './render.ts';
import { channelFor, isBotIn, messagesOf, microsOf } from './world.ts';
import type { World } from './world.ts';
import type { Channel, Message } from './workspace.ts';
import { reads } from './method.ts';

const history = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];
const paging: Paging = { most: 999, refusal: 'invalid_arguments' };

export const readHistory = reads<web.ConversationsHistoryResponse>(history, (world, call) => {
  const channel = readable(world, call);
  const shown = messagesOf(world, channel.id).filter((message) => message.threadTs === null || message.isBroadcast);
  const newestFirst = shown.filter(within(call)).toReversed();
  const page = pageOf(call, newestFirst, paging);
  const withMetadata = flagOf(call, 'include_all_metadata');
  return {
    ok: true,
    messages: page.items.map((message) => messageObject(world, channel.id, message, { withMetadata })),
    has_more: page.nextCursor !== '',
    pin_count: (world.store.pins.get(channel.id) ?? []).length,
    ...(page.nextCursor === '' ? {} : { response_metadata: { next_cursor: page.nextCursor } }),
  };
});

export const readReplies = reads<web.ConversationsRepliesResponse>(history, (world, call) => {
  const channel = readable(world, call);
  const ts = requiredText(call, 'ts');
  const all = messagesOf(world, channel.id);
  const asked = all.find((message) => message.ts === ts);
  const parent = asked === undefined ? undefined : (all.find((message) => message.ts === asked.threadTs) ?? asked);
  if (parent === undefined) throw new Refusal('thread_not_found');
  const thread = [parent, ...repliesTo(all, parent.ts).filter(within(call))];
  const page = pageOf(call, thread, { ...paging, most: 1000 });
  const withMetadata = flagOf(call, 'include_all_metadata');
  return {
    ok: true,
    messages: page.items.map((message) => messageObject(world, channel.id, message, { withMetadata })),
    has_more: page.nextCursor !== '',
    ...(page.nextCursor === '' ? {} : { response_metadata: { next_cursor: page.nextCursor } }),
  };
});

function readable(world: World, call: JsonObject): Channel {
  const channel = channelFor(world, requiredText(call, 'channel'));
  if (!isBotIn(world, channel)) throw new Refusal('not_in_channel');
  return channel;
}

function within(call: JsonObject): (message: Message) => boolean {
  const oldest = microsOf(textOf(call, 'oldest') ?? '0');
  const latest = microsOf(textOf(call, 'latest') ?? '99999999999');
  if (Number.isNaN(oldest)) throw new Refusal('invalid_ts_oldest');
  if (Number.isNaN(latest)) throw new Refusal('invalid_ts_latest');
  const inclusive = flagOf(call, 'inclusive');
  return ({ ts }) => {
    const micros = microsOf(ts);
    return inclusive ? oldest <= micros && micros <= latest : oldest < micros && micros < latest;
  };
}
