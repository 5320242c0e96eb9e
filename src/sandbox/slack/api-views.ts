/** views.* */
import type { web } from './answer.ts';
import { missing, textOf } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import type { Trigger } from './triggers.ts';
import {
  findView,
  findViewByExternalId,
  openView,
  publishView,
  pushView,
  readView,
  updateView,
  viewObject,
} from './views.ts';
import { personFor } from './world.ts';
import type { World } from './world.ts';
import { writes } from './method.ts';

export const openModal = writes<web.ViewsOpenResponse>([], (world, call) => {
  const draft = readView(call, 'modal');
  const { user } = exchanged(world, call);
  return { ok: true, view: viewObject(world, openView(world, user, draft)) };
});

export const pushModal = writes<web.ViewsPushResponse>([], (world, call) => {
  const draft = readView(call, 'modal');
  const { user, viewId } = exchanged(world, call);
  // A modal can be pushed only from within one.
  if (viewId === null) throw new Refusal('not_found');
  return { ok: true, view: viewObject(world, pushView(world, user, draft)) };
});

export const updateModal = writes<web.ViewsUpdateResponse>([], (world, call) => {
  const id = textOf(call, 'view_id');
  const externalId = textOf(call, 'external_id');
  if (id === undefined && externalId === undefined) throw missing('view_id');
  const view = id === undefined ? findViewByExternalId(world, externalId ?? '') : findView(world, id);
  if (view === undefined) throw new Refusal('not_found');
  const draft = readView(call, view.kind);
  const hash = textOf(call, 'hash');
  if (hash !== undefined && hash !== view.hash) throw new Refusal('hash_conflict');
  return { ok: true, view: viewObject(world, updateView(world, view, draft)) };
});

export const publishHome = writes<web.ViewsPublishResponse>([], (world, call) => {
  const user = textOf(call, 'user_id');
  if (user === undefined) throw missing('user_id');
  if (!world.store.people.has(user)) {
    throw new Refusal('invalid_arguments', { response_metadata: { messages: ['[ERROR] invalid `user_id`'] } });
  }
  const draft = readView(call, 'home');
  const hash = textOf(call, 'hash');
  const before = world.store.homes.get(user);
  if (hash !== undefined && before !== undefined && hash !== before.hash) throw new Refusal('hash_conflict');
  return { ok: true, view: viewObject(world, publishView(world, personFor(world, user).id, draft)) };
});

function exchanged(world: World, call: JsonObject): Trigger {
  const id = textOf(call, 'trigger_id');
  if (id === undefined) throw missing('trigger_id');
  return world.triggers.exchange(id);
}
