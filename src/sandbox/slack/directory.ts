/** What changes about people and groups: by themselves, by administrators, by a tool that keeps groups in step. */
import type { Stage } from './acting.ts';
import { quietTime } from './do-not-disturb.ts';
import { userObject } from './render-people-and-files.ts';
import { personNamed } from './seeing.ts';
import { setMembers } from './user-groups.ts';
import { newTimestamp, secondsOf } from './world.ts';
import type { World } from './world.ts';
import type { Person, QuietHours } from './workspace.ts';

/** Says who is in a group, named by id or handle; without `by` it was a tool of Slack. */
export async function changeGroup(
  { world, deliveries }: Stage,
  asked: { readonly group: string; readonly members: readonly string[]; readonly by?: string },
): Promise<void> {
  const name = asked.group.replace(/^@/, '');
  const group = [...world.store.userGroups.values()].find((one) => one.id === name || one.handle === name);
  if (group === undefined) throw new Error(`The sandbox knows no user group ${asked.group}`);
  const members = [...new Set(asked.members.map((one) => personNamed(world, one).id))];
  const by = asked.by === undefined ? 'USLACKBOT' : personNamed(world, asked.by).id;
  await deliveries.eventsOf(() => setMembers(world, group, { members, by }));
}

/** Moves a person to another time zone, an IANA name. Throws when there is none of that name. */
export async function changeTimeZone(
  { world, deliveries }: Stage,
  { user, timeZone }: { readonly user: string; readonly timeZone: string },
): Promise<void> {
  const person = personNamed(world, user);
  if (person.timeZone === timeZone) return;
  // Throws a RangeError in words.
  new Intl.DateTimeFormat('en', { timeZone }).format();
  await deliveries.eventsOf(() => {
    const changed = replacePerson(world, { ...person, timeZone });
    world.emit({
      type: 'user_change',
      user: { ...userObject(world, changed), updated: secondsOf(world) },
      cache_ts: secondsOf(world),
      event_ts: newTimestamp(world, ''),
    });
  });
}

/** Sets when a person is to be left alone, each day; `null`: never. */
export async function changeQuietHours(
  { world, deliveries }: Stage,
  { user, quietHours }: { readonly user: string; readonly quietHours: QuietHours | null },
): Promise<void> {
  const person = personNamed(world, user);
  await deliveries.eventsOf(() => {
    const changed = replacePerson(world, { ...person, quietHours });
    world.emit({
      type: 'dnd_updated_user',
      user: person.id,
      dnd_status: quietTime(changed, world.now()),
      event_ts: newTimestamp(world, ''),
    });
  });
}

function replacePerson(world: World, person: Person): Person {
  world.store.people.set(person.id, person);
  world.store.changed();
  return person;
}
