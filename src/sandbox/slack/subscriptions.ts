/** Which events an app gets: those that its manifest names under `bot_events`. */
import { textAt } from './json.ts';
import type { JsonObject } from './json.ts';

/** Messages are subscribed to by the kind of conversation. */
const namesOfMessages: { readonly [channelType: string]: string } = {
  channel: 'message.channels',
  group: 'message.groups',
  im: 'message.im',
  mpim: 'message.mpim',
};

export function isSubscribed(events: readonly string[], event: JsonObject): boolean {
  const type = textAt(event, 'type') ?? '';
  const name = type === 'message' ? namesOfMessages[textAt(event, 'channel_type') ?? ''] : type;
  return name !== undefined && events.includes(name);
}
