/** Modals and Home tabs: what an app may show, and the stack of modals that each person has open. */
import { missing, structureOf } from './arguments.ts';
import { checkBlocks, withIds } from './blocks.ts';
import { flag, plainText, shape, text, typed } from './block-checks.ts';
import type { Check } from './block-checks.ts';
import { initialValues } from './input-values.ts';
import type { Values } from './input-values.ts';
import { isList, isObject, objectAt, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import { newId } from './store.ts';
import type { World } from './world.ts';
import type { View } from './workspace.ts';

const mostBytes = 250_000;
const mostModals = 3;

const commonFields: { readonly [field: string]: Check } = {
  private_metadata: text(3000, 0),
  callback_id: text(255, 0),
  external_id: text(255, 0),
};

const present: Check = () => undefined;

const viewShapes = {
  modal: shape({
    required: { title: plainText(24), blocks: present },
    optional: {
      ...commonFields,
      submit: plainText(24),
      close: plainText(24),
      clear_on_close: flag,
      notify_on_close: flag,
      submit_disabled: flag,
    },
    also(view, pointer, report) {
      const blocks = view['blocks'];
      const hasInput = isList(blocks) && blocks.some((block) => textAt(block, 'type') === 'input');
      if (hasInput && view['submit'] === undefined) report(`${pointer}/submit`, 'missing required field: submit');
    },
  }),
  home: shape({
    required: { blocks: present },
    optional: { ...commonFields, title: present, close: present, submit: present },
  }),
};

/** What an app gives of a view. */
export type ViewDraft = Omit<View, 'id' | 'user' | 'rootId' | 'previousId' | 'hash'>;

/** Reads the `view` argument of a call. Refuses it as Slack does, with the pointers of what is wrong. */
export function readView(call: JsonObject, kind: View['kind']): ViewDraft {
  const view = structureOf(call, 'view');
  if (view === undefined) throw missing('view');
  const wrong = checkView(view, kind);
  if (wrong.length > 0 || !isObject(view)) {
    throw new Refusal('invalid_arguments', { response_metadata: { messages: wrong } });
  }
  if (Buffer.byteLength(JSON.stringify(view)) > mostBytes) throw new Refusal('view_too_large');
  const blocks = view['blocks'];
  return {
    kind,
    callbackId: textAt(view, 'callback_id') ?? '',
    externalId: textAt(view, 'external_id') ?? '',
    privateMetadata: textAt(view, 'private_metadata') ?? '',
    title: objectAt(view, 'title') ?? null,
    submit: objectAt(view, 'submit') ?? null,
    close: objectAt(view, 'close') ?? null,
    clearOnClose: view['clear_on_close'] === true,
    notifyOnClose: view['notify_on_close'] === true,
    blocks: withIds(isList(blocks) ? blocks : []),
  };
}

function checkView(view: Json, kind: View['kind']): readonly string[] {
  const found: string[] = [];
  typed({ [kind]: viewShapes[kind] })(view, '/view', (pointer, message) => {
    found.push(`[ERROR] ${message} [json-pointer:${pointer}]`);
  });
  const blocks = isObject(view) ? view['blocks'] : undefined;
  return blocks === undefined ? found : [...found, ...checkBlocks(blocks, kind, '/view')];
}

export function modalsOf(world: World, user: string): readonly View[] {
  return world.store.modals.get(user) ?? [];
}

function allViews(world: World): readonly View[] {
  return [...[...world.store.modals.values()].flat(), ...world.store.homes.values()];
}

/** The open view with that id; `undefined` once it was closed. */
export function findView(world: World, id: string): View | undefined {
  return allViews(world).find((view) => view.id === id);
}

export function findViewByExternalId(world: World, externalId: string): View | undefined {
  return allViews(world).find((view) => view.externalId === externalId);
}

function refuseTakenExternalId(world: World, draft: ViewDraft, except: string | null): void {
  if (draft.externalId === '') return;
  const holder = findViewByExternalId(world, draft.externalId);
  if (holder !== undefined && holder.id !== except) throw new Refusal('duplicate_external_id');
}

/** Opens a modal in place of all others that the person has open. */
export function openView(world: World, user: string, draft: ViewDraft): View {
  refuseTakenExternalId(world, draft, null);
  const id = newId('V');
  const view: View = { ...draft, id, user, rootId: id, previousId: null, hash: newHash() };
  world.store.modals.set(user, [view]);
  world.store.changed();
  return view;
}

/** Puts a modal on top of those that the person has open. */
export function pushView(world: World, user: string, draft: ViewDraft): View {
  const stack = modalsOf(world, user);
  const top = stack.at(-1);
  if (top === undefined) throw new Refusal('not_found');
  if (stack.length >= mostModals) throw new Refusal('push_limit_reached');
  refuseTakenExternalId(world, draft, null);
  const view: View = { ...draft, id: newId('V'), user, rootId: top.rootId, previousId: top.id, hash: newHash() };
  world.store.modals.set(user, [...stack, view]);
  world.store.changed();
  return view;
}

export function updateView(world: World, view: View, draft: ViewDraft): View {
  refuseTakenExternalId(world, draft, view.id);
  const updated: View = { ...view, ...draft, hash: newHash() };
  if (view.kind === 'home') world.store.homes.set(view.user, updated);
  else {
    const stack = modalsOf(world, view.user);
    world.store.modals.set(
      view.user,
      stack.map((one) => (one.id === view.id ? updated : one)),
    );
  }
  world.store.changed();
  return updated;
}

/** Shows a Home tab to a person. */
export function publishView(world: World, user: string, draft: ViewDraft): View {
  const before = world.store.homes.get(user);
  refuseTakenExternalId(world, draft, before?.id ?? null);
  const id = before?.id ?? newId('V');
  const view: View = { ...draft, id, user, rootId: id, previousId: null, hash: newHash() };
  world.store.homes.set(user, view);
  world.store.changed();
  return view;
}

/** Closes the top modal, or all of them. */
export function closeTop(world: World, user: string, { all }: { readonly all: boolean }): void {
  world.store.modals.set(user, all ? [] : modalsOf(world, user).slice(0, -1));
  world.store.changed();
}

export type ViewObject = {
  readonly id: string;
  readonly team_id: string;
  readonly type: View['kind'];
  readonly blocks: readonly JsonObject[];
  readonly private_metadata: string;
  readonly callback_id: string;
  readonly state: { readonly values: Values };
  readonly hash: string;
  readonly title?: JsonObject;
  readonly submit?: JsonObject;
  readonly close?: JsonObject;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly previous_view_id?: string;
  readonly root_view_id: string;
  readonly app_id: string;
  readonly app_installed_team_id: string;
  readonly bot_id: string;
  readonly external_id: string;
};

/** A view as payloads and answers show it. */
export function viewObject(world: World, view: View, values: Values = initialValues(view.blocks)): ViewObject {
  return {
    id: view.id,
    team_id: world.store.team.id,
    type: view.kind,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values },
    hash: view.hash,
    ...(view.title === null ? {} : { title: view.title }),
    ...(view.submit === null ? {} : { submit: view.submit }),
    ...(view.close === null ? {} : { close: view.close }),
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    ...(view.previousId === null ? {} : { previous_view_id: view.previousId }),
    root_view_id: view.rootId,
    app_id: world.store.app.id,
    app_installed_team_id: world.store.team.id,
    bot_id: world.store.app.botId,
    external_id: view.externalId,
  };
}

function newHash(): string {
  return `${Math.floor(Date.now() / 1000)}.${newId('')}`;
}
