/** What a person does with the app: commands, shortcuts, messages. Each act goes over the wire. */
import { randomUUID } from 'node:crypto';
import type { Deliveries } from './delivery.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { archive, directWith, join, leave } from './membership.ts';
import { addEphemeral, addMessage } from './posting.ts';
import { react } from './reactions.ts';
import { Refusal } from './refusal.ts';
import { messageObject } from './render.ts';
import { answer } from './response-urls.ts';
import type { Origin, ResponseUrls } from './response-urls.ts';
import { knownChannel, personNamed, seeMessage } from './seeing.ts';
import type { SeenMessage } from './seeing.ts';
import type { Ack } from './sockets.ts';
import { formatTyped } from './typed-text.ts';
import { viewObject } from './views.ts';
import { findMessage, newTimestamp } from './world.ts';
import type { World } from './world.ts';
import type { Channel, Message, Person } from './workspace.ts';

export type Stage = {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly responseUrls: ResponseUrls;
  readonly shouldEscape: boolean;
};

export type InChannel = { readonly user: string; readonly channel: string };
export type Said = { readonly message: SeenMessage; /** `null`: the app was not told. */ readonly ack: Ack | null };

/** Types a slash command. What the app acknowledges with is shown to the person, and so is its silence. */
export async function typeCommand(
  stage: Stage,
  { user, channel, command, text = '' }: InChannel & { readonly command: string; readonly text?: string },
): Promise<Ack> {
  const { world, deliveries } = stage;
  const { person, place } = present(world, { user, channel });
  const ack = await deliveries.deliver('slash_commands', {
    token: 'sandbox',
    team_id: world.store.team.id,
    team_domain: world.store.team.domain,
    channel_id: place.id,
    channel_name: place.kind === 'public' ? place.name : place.kind === 'im' ? 'directmessage' : 'privategroup',
    user_id: person.id,
    user_name: person.name,
    command,
    text: stage.shouldEscape ? formatTyped(world, text.trim(), { withNames: true }) : text.trim(),
    api_app_id: world.store.app.id,
    is_enterprise_install: 'false',
    response_url: stage.responseUrls.give({ user: person.id, channel: place.id, origin: { type: 'command' } }),
    trigger_id: world.triggers.give({ user: person.id, viewId: null }),
  });
  showOutcome(world, { place, person, ack, command, text });
  return ack;
}

function showOutcome(
  world: World,
  about: { place: Channel; person: Person; ack: Ack; command: string; text: string },
): void {
  const { place, person, ack, command, text } = about;
  if (!ack.acked) {
    const failed =
      ack.why === 'timeout'
        ? `${command} failed because the app did not respond`
        : `${command} failed with the error "dispatch_failed"`;
    tellFromSlack(world, place, person, failed);
    return;
  }
  const payload = isObject(ack.body) ? ack.body : typeof ack.body === 'string' ? { text: ack.body } : undefined;
  if (payload === undefined) return;
  if (payload['response_type'] === 'in_channel') {
    addMessage(world, place, { user: person.id, text: `${command} ${text}`.trim() });
  }
  try {
    answer(world, place, { user: person.id, payload });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // An acknowledgement without text shows nothing.
    if (error.error !== 'no_text')
      tellFromSlack(world, place, person, `${command} failed with the error "${error.error}"`);
  }
}

export function tellFromSlack(world: World, place: Channel, person: Person, text: string): void {
  addEphemeral(world, { channel: place.id, user: person.id, text, blocks: [], threadTs: null, from: 'slack' });
}

/** Says something as a person; the channel may be the handle of the app, for a direct message. */
export async function say(
  { world, deliveries }: Stage,
  { user, channel, text, threadTs }: InChannel & { readonly text: string; readonly threadTs?: string },
): Promise<Said> {
  const { person, place } = present(world, { user, channel });
  const parent = threadTs === undefined ? undefined : findMessage(world, place.id, threadTs);
  if (threadTs !== undefined && parent === undefined) throw new Error(`There is no message ${threadTs} in ${channel}`);
  const { result, acks } = await deliveries.eventsOf(() =>
    addMessage(world, place, {
      user: person.id,
      text: formatTyped(world, text, { withNames: false }),
      threadTs: parent === undefined ? null : (parent.threadTs ?? parent.ts),
      extra: { client_msg_id: randomUUID() },
    }),
  );
  return { message: seeMessage(world, place.id, result), ack: acks[0] ?? null };
}

export async function useGlobalShortcut(
  stage: Stage,
  { user, callbackId }: { readonly user: string; readonly callbackId: string },
): Promise<Ack> {
  const { world, deliveries } = stage;
  const person = personNamed(world, user);
  return deliveries.deliver('interactive', {
    type: 'shortcut',
    ...interactionFields(world, person),
    callback_id: callbackId,
    action_ts: newTimestamp(world, ''),
    trigger_id: world.triggers.give({ user: person.id, viewId: null }),
  });
}

export async function useMessageShortcut(
  stage: Stage,
  { user, channel, messageTs, callbackId }: InChannel & { readonly messageTs: string; readonly callbackId: string },
): Promise<Ack> {
  const { world, deliveries, responseUrls } = stage;
  const { person, place } = present(world, { user, channel });
  const message = knownMessage(world, place, messageTs);
  const origin: Origin = { type: 'message', ts: message.ts };
  return deliveries.deliver('interactive', {
    type: 'message_action',
    ...interactionFields(world, person),
    callback_id: callbackId,
    action_ts: newTimestamp(world, ''),
    message_ts: message.ts,
    channel: { id: place.id, name: place.name },
    message: { ...messageObject(world, place.id, message, { withMetadata: true }) },
    response_url: responseUrls.give({ user: person.id, channel: place.id, origin }),
    trigger_id: world.triggers.give({ user: person.id, viewId: null }),
  });
}

/** Opens the app's Home tab. */
export async function openHome({ world, deliveries }: Stage, { user }: { readonly user: string }): Promise<Ack | null> {
  const person = personNamed(world, user);
  const home = world.store.homes.get(person.id);
  const { acks } = await deliveries.eventsOf(() => {
    world.emit({
      type: 'app_home_opened',
      user: person.id,
      channel: directWith(world, [person.id]).channel.id,
      tab: 'home',
      event_ts: newTimestamp(world, ''),
      ...(home === undefined ? {} : { view: { ...viewObject(world, home) } }),
    });
  });
  return acks[0] ?? null;
}

/** A person joins a channel, or is brought into it by someone; also the app can be brought in. */
export async function joinChannel(
  { world, deliveries }: Stage,
  { user, channel, inviter }: InChannel & { readonly inviter?: string },
): Promise<void> {
  const place = knownChannel(world, channel);
  const person = personNamed(world, user);
  if (place.isArchived) throw new Error(`#${place.name} is archived`);
  if (place.members.includes(person.id)) return;
  await deliveries.eventsOf(() =>
    join(world, place, person.id, inviter === undefined ? null : personNamed(world, inviter).id),
  );
}

export async function leaveChannel({ world, deliveries }: Stage, { user, channel }: InChannel): Promise<void> {
  const place = knownChannel(world, channel);
  const person = personNamed(world, user);
  if (place.members.includes(person.id)) await deliveries.eventsOf(() => leave(world, place, person.id));
}

export async function archiveChannel({ world, deliveries }: Stage, { user, channel }: InChannel): Promise<void> {
  const { person, place } = present(world, { user, channel });
  await deliveries.eventsOf(() => {
    archive(world, place, person.id);
  });
}

export async function reactTo(
  { world, deliveries }: Stage,
  { user, channel, messageTs, name }: InChannel & { readonly messageTs: string; readonly name: string },
): Promise<void> {
  const { person, place } = present(world, { user, channel });
  await deliveries.eventsOf(() => react(world, place, { ts: messageTs, name, user: person.id }));
}

/** A person and the channel they act in. Throws where Slack's client would not let them. */
export function present(
  world: World,
  { user, channel }: InChannel,
): { readonly person: Person; readonly place: Channel } {
  const person = personNamed(world, user);
  const isToApp = channel === world.store.app.botUserId || channel === `@${world.store.app.botName}`;
  const place = isToApp ? directWith(world, [person.id]).channel : knownChannel(world, channel);
  if (person.deactivated) throw new Error(`@${person.name} is deactivated`);
  if (place.isArchived) throw new Error(`#${place.name} is archived`);
  if (place.kind !== 'public' && !place.members.includes(person.id)) throw new Error(`@${person.name} is not in there`);
  return { person, place };
}

export function knownMessage(world: World, place: Channel, ts: string): Message {
  const message = findMessage(world, place.id, ts);
  if (message === undefined) throw new Error(`There is no message ${ts} in #${place.name}`);
  return message;
}

/** What every interactive payload begins with. */
export function interactionFields(world: World, person: Person): JsonObject {
  return {
    token: 'sandbox',
    team: { id: world.store.team.id, domain: world.store.team.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: person.teamId },
    api_app_id: world.store.app.id,
    enterprise: null,
    is_enterprise_install: false,
  };
}
