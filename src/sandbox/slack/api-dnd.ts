/** dnd.*: whether people are to be left alone. A pause that they chose for the moment is seen by nobody else. */
import type { web } from './answer.ts';
import { idsOf, textOf } from './arguments.ts';
import { quietTime } from './do-not-disturb.ts';
import { reads } from './method.ts';
import { Refusal } from './refusal.ts';
import { botOf, personFor } from './world.ts';

const read = ['dnd:read'];
const mostUsers = 50;

export const describeDnd = reads<web.DndInfoResponse>(read, (world, call) => ({
  ok: true,
  ...quietTime(personFor(world, textOf(call, 'user') ?? botOf(world)), world.now()),
}));

export const describeDndOfMany = reads<web.DndTeamInfoResponse>(read, (world, call) => {
  const ids = idsOf(call, 'users');
  if (ids.length === 0) throw new Refusal('no_users_provided');
  if (ids.length > mostUsers) {
    const messages = [`[ERROR] no more than ${mostUsers} items allowed [json-pointer:/users]`];
    throw new Refusal('invalid_arguments', { response_metadata: { messages } });
  }
  const people = ids.flatMap((id) => world.store.people.get(id) ?? []);
  return { ok: true, users: Object.fromEntries(people.map((one) => [one.id, quietTime(one, world.now())])) };
});
