/** response_url: the right to answer a command or a click, five times within thirty minutes. */
import { randomBytes } from 'node:crypto';
import { textOf } from './arguments.ts';
import type { Reply } from './calls.ts';
import { readContent } from './content.ts';
import type { Content } from './content.ts';
import type { JsonObject } from './json.ts';
import { addEphemeral, addMessage, editMessage, removeMessage } from './posting.ts';
import { Refusal } from './refusal.ts';
import { findMessage } from './world.ts';
import type { World } from './world.ts';
import type { Channel } from './workspace.ts';

/** What the person acted on. */
export type Origin =
  | { readonly type: 'command' }
  | { readonly type: 'message'; readonly ts: string }
  | { readonly type: 'ephemeral'; readonly id: string };

type Grant = { readonly user: string; readonly channel: string; readonly origin: Origin; readonly givenAt: number };

export type ResponseUrls = {
  readonly give: (grant: Omit<Grant, 'givenAt'>) => string;
  readonly use: (world: World, id: string, payload: JsonObject) => Reply & { applied: boolean; error: string | null };
};

const lifeMillis = 30 * 60_000;
const mostUses = 5;

/** They live thirty minutes of real time; `urlOf` makes the address of one. */
export function makeResponseUrls(urlOf: (id: string) => string): ResponseUrls {
  const grants = new Map<string, { readonly grant: Grant; readonly uses: number }>();
  return {
    give(grant) {
      for (const [id, one] of grants) {
        if (Date.now() - one.grant.givenAt < lifeMillis) break;
        grants.delete(id);
      }
      const id = randomBytes(12).toString('hex');
      grants.set(id, { grant: { ...grant, givenAt: Date.now() }, uses: 0 });
      return urlOf(id);
    },
    use(world, id, payload) {
      const found = grants.get(id);
      if (found === undefined || Date.now() - found.grant.givenAt > lifeMillis) return refused(404, 'expired_url');
      if (found.uses >= mostUses) return refused(404, 'used_url');
      grants.set(id, { ...found, uses: found.uses + 1 });
      try {
        respond(world, found.grant, payload);
        return { status: 200, headers: {}, body: { ok: true }, applied: true, error: null };
      } catch (error) {
        if (error instanceof Refusal) return refused(400, error.error);
        throw error;
      }
    },
  };
}

function refused(status: number, error: string): Reply & { applied: boolean; error: string } {
  return { status, headers: {}, body: { ok: false, error }, applied: false, error };
}

function respond(world: World, grant: Grant, payload: JsonObject): void {
  const channel = world.store.channels.get(grant.channel);
  if (channel === undefined) throw new Refusal('channel_not_found');
  if (channel.isArchived) throw new Refusal('is_archived');
  if (isSet(payload, 'delete_original')) removeOriginal(world, channel, grant.origin);
  else if (isSet(payload, 'replace_original')) replaceOriginal(world, channel, grant.origin, readContent(payload));
  else answer(world, channel, { user: grant.user, payload });
}

/** Says something new: in the channel (also where the app is no member), or to that person alone. */
export function answer(
  world: World,
  channel: Channel,
  { user, payload }: { readonly user: string; readonly payload: JsonObject },
): void {
  const { text, blocks = [], attachments = [] } = readContent(payload);
  const threadTs = textOf(payload, 'thread_ts') ?? null;
  if (payload['response_type'] === 'in_channel') {
    addMessage(world, channel, { user: world.store.app.botUserId, text, blocks, attachments, threadTs });
  } else {
    addEphemeral(world, { channel: channel.id, user, text, blocks, threadTs, from: 'app' });
  }
}

function removeOriginal(world: World, channel: Channel, origin: Origin): void {
  switch (origin.type) {
    case 'command':
      throw new Refusal('message_not_found');
    case 'message': {
      const message = findMessage(world, channel.id, origin.ts);
      if (message === undefined) throw new Refusal('message_not_found');
      return removeMessage(world, channel, message);
    }
    case 'ephemeral':
      world.store.ephemerals.delete(origin.id);
      world.store.changed();
  }
}

function replaceOriginal(world: World, channel: Channel, origin: Origin, content: Content): void {
  const { text, blocks = [], attachments = [] } = content;
  switch (origin.type) {
    case 'command':
      throw new Refusal('message_not_found');
    case 'message': {
      const message = findMessage(world, channel.id, origin.ts);
      if (message === undefined) throw new Refusal('message_not_found');
      return editMessage(world, channel, { ...message, text, blocks, attachments });
    }
    case 'ephemeral': {
      const before = world.store.ephemerals.get(origin.id);
      if (before === undefined) throw new Refusal('message_not_found');
      world.store.ephemerals.set(origin.id, { ...before, text, blocks });
      world.store.changed();
    }
  }
}

/** Apps send these flags as booleans and as text. */
function isSet(payload: JsonObject, flag: string): boolean {
  return payload[flag] === true || payload[flag] === 'true';
}
