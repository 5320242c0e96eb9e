/** users.*: who people are. */
import type { web } from './answer.ts';
import { flagOf, pageOf, requiredText, textOf } from './arguments.ts';
import { Refusal } from './refusal.ts';
import { userObject } from './render-people-and-files.ts';
import { botOf, personFor } from './world.ts';
import { reads } from './method.ts';

const read = ['users:read'];

export const describeUser = reads<web.UsersInfoResponse>(read, (world, call) => {
  const person = personFor(world, textOf(call, 'user') ?? '');
  const locale = flagOf(call, 'include_locale') ? { locale: 'en-US' } : {};
  return { ok: true, user: { ...userObject(world, person), ...locale } };
});

export const listUsers = reads<web.UsersListResponse>(read, (world, call) => {
  const page = pageOf(call, [...world.store.people.values()], { most: 999, refusal: 'invalid_arguments' });
  return {
    ok: true,
    members: page.items.map((person) => userObject(world, person)),
    cache_ts: Math.floor(world.now() / 1000),
    response_metadata: { next_cursor: page.nextCursor },
  };
});

export const lookUpByEmail = reads<web.UsersLookupByEmailResponse>(['users:read.email'], (world, call) => {
  const email = requiredText(call, 'email').toLowerCase();
  const person = [...world.store.people.values()].find(
    (one) => one.email.toLowerCase() === email && !one.deactivated && one.teamId === world.store.team.id,
  );
  if (person === undefined) throw new Refusal('users_not_found');
  return { ok: true, user: userObject(world, person) };
});

export const getPresence = reads<web.UsersGetPresenceResponse>(read, (world, call) => {
  const { presence } = personFor(world, textOf(call, 'user') ?? botOf(world));
  return { ok: true, presence };
});
