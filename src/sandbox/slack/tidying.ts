/** What a person does to what stands in a channel: takes a reaction back, pins, sets the topic, begins a direct message. */
import { knownMessage, present } from './acting.ts';
import type { InChannel, Stage } from './acting.ts';
import { directWith, makeChannel, setHeading } from './membership.ts';
import { addMessage } from './posting.ts';
import { unreact } from './reactions.ts';
import { personNamed } from './seeing.ts';
import { formatTyped } from './typed-text.ts';
import { botOf, secondsOf } from './world.ts';

type AboutMessage = InChannel & { readonly messageTs: string };

export async function takeReactionBack(
  { world, deliveries }: Stage,
  { user, channel, messageTs, name }: AboutMessage & { readonly name: string },
): Promise<void> {
  const { person, place } = present(world, { user, channel });
  await deliveries.eventsOf(() => unreact(world, place, { ts: messageTs, name, user: person.id }));
}

/** Pins a message, or takes its pin away; what is so already stays so. */
export async function pinMessage(
  { world, deliveries }: Stage,
  { user, channel, messageTs, pinned }: AboutMessage & { readonly pinned: boolean },
): Promise<void> {
  const { person, place } = present(world, { user, channel });
  const { ts } = knownMessage(world, place, messageTs);
  const before = world.store.pins.get(place.id) ?? [];
  if (before.some((pin) => pin.ts === ts) === pinned) return;
  const pin = { channel: place.id, ts, user: person.id, created: secondsOf(world) };
  world.store.pins.set(place.id, pinned ? [...before, pin] : before.filter((one) => one.ts !== ts));
  world.store.changed();
  if (!pinned) return;
  const text = `<@${person.id}> pinned a message to this channel.`;
  await deliveries.eventsOf(() => addMessage(world, place, { user: person.id, subtype: 'pinned_item', text }));
}

export async function setTopic(
  { world, deliveries }: Stage,
  { user, channel, topic }: InChannel & { readonly topic: string },
): Promise<void> {
  const { person, place } = present(world, { user, channel });
  if (topic.length > 250) throw new Error('A topic has at most 250 characters');
  const value = formatTyped(world, topic, { withNames: false });
  await deliveries.eventsOf(() => setHeading(world, place, { heading: 'topic', value, user: person.id }));
}

/** The direct message between two people, or with the app; made when there is none. Gives its id. */
export function openDirect(
  { world }: Stage,
  { user, other }: { readonly user: string; readonly other: string },
): string {
  const [person, partner] = [personNamed(world, user).id, personNamed(world, other).id];
  if (person === partner) throw new Error('Nobody else is in there');
  if (partner === botOf(world)) return directWith(world, [person]).channel.id;
  const members = [person, partner];
  const known = [...world.store.channels.values()].find(
    (channel) => channel.kind === 'im' && members.every((member) => channel.members.includes(member)),
  );
  return (known ?? makeChannel(world, { name: '', kind: 'im', creator: person, members })).id;
}
