/** A person presses a button or chooses something, in a message, in what only they see, or in a modal. */
import { interactionFields, knownMessage, present } from './acting.ts';
import type { Stage } from './acting.ts';
import { interactiveIn, optionOf, valueFieldOf, withValues } from './input-values.ts';
import type { Interactive, Values } from './input-values.ts';
import { textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { messageObject } from './render.ts';
import type { Origin } from './response-urls.ts';
import { personNamed } from './seeing.ts';
import type { Ack } from './sockets.ts';
import { findView, viewObject } from './views.ts';
import { newTimestamp } from './world.ts';

export type Click = {
  readonly user: string;
  /** The action id, or the label of a button. */
  readonly action: string;
  /** Which block it stands in, where several hold the same action. */
  readonly block?: string;
  /** Of a button: which of several with the same action. Of a choice: the option's value or text, or the id chosen. */
  readonly value?: string | readonly string[];
} & (
  | { readonly channel: string; readonly messageTs: string }
  | { readonly ephemeralId: string }
  /** `values`: what stands in the other inputs of the view. */
  | { readonly viewId: string; readonly values?: Values }
);

/** Presses it and delivers the `block_actions`; throws when there is no such thing to press. */
export async function click(stage: Stage, act: Click): Promise<Ack> {
  const { world, deliveries } = stage;
  const person = personNamed(world, act.user);
  const target = targetOf(stage, act);
  const { block, blockId, element } = elementFor(target.blocks, act);
  const action: JsonObject = {
    ...chosen(element, act.value),
    type: textAt(element, 'type') ?? '',
    action_id: textAt(element, 'action_id') ?? '',
    block_id: blockId,
    action_ts: newTimestamp(world, ''),
  };
  const values = withValues(target.blocks, {
    ...target.values,
    [blockId]: { ...target.values[blockId], [textAt(element, 'action_id') ?? '']: chosen(element, act.value) },
  });
  return deliveries.deliver('interactive', {
    type: 'block_actions',
    ...interactionFields(world, person),
    ...target.payload(values),
    trigger_id: world.triggers.give({ user: person.id, viewId: target.viewId }),
    actions: [textAt(block, 'type') === 'input' ? { ...action } : withLabel(element, action)],
  });
}

type Target = {
  readonly blocks: readonly JsonObject[];
  readonly values: Values;
  readonly viewId: string | null;
  readonly payload: (values: Values) => JsonObject;
};

function targetOf(stage: Stage, act: Click): Target {
  const { world } = stage;
  if ('viewId' in act) {
    const view = findView(world, act.viewId);
    if (view === undefined) throw new Error(`There is no open view ${act.viewId}`);
    return {
      blocks: view.blocks,
      values: act.values ?? {},
      viewId: view.id,
      payload: (values) => ({
        container: { type: 'view', view_id: view.id },
        view: { ...viewObject(world, view, values) },
      }),
    };
  }
  if ('ephemeralId' in act) return ephemeralTarget(stage, act.user, act.ephemeralId);
  const { person, place } = present(world, { user: act.user, channel: act.channel });
  const message = knownMessage(world, place, act.messageTs);
  const origin: Origin = { type: 'message', ts: message.ts };
  return {
    blocks: message.blocks,
    values: {},
    viewId: null,
    payload: (values) => ({
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: place.id,
        is_ephemeral: false,
        ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
      },
      channel: { id: place.id, name: place.kind === 'im' ? 'directmessage' : place.name },
      message: { ...messageObject(world, place.id, message, { withMetadata: true }) },
      state: { values },
      response_url: stage.responseUrls.give({ user: person.id, channel: place.id, origin }),
    }),
  };
}

function ephemeralTarget({ world, responseUrls }: Stage, user: string, id: string): Target {
  const ephemeral = world.store.ephemerals.get(id);
  const person = personNamed(world, user);
  if (ephemeral === undefined || ephemeral.user !== person.id) throw new Error(`@${person.name} does not see ${id}`);
  const place = world.store.channels.get(ephemeral.channel);
  const origin: Origin = { type: 'ephemeral', id };
  return {
    blocks: ephemeral.blocks,
    values: {},
    viewId: null,
    payload: (values) => ({
      container: {
        type: 'message',
        message_ts: newTimestamp(world, ephemeral.channel),
        channel_id: ephemeral.channel,
        is_ephemeral: true,
        ...(ephemeral.threadTs === null ? {} : { thread_ts: ephemeral.threadTs }),
      },
      channel: { id: ephemeral.channel, name: place?.name ?? '' },
      state: { values },
      response_url: responseUrls.give({ user: person.id, channel: ephemeral.channel, origin }),
    }),
  };
}

function elementFor(blocks: readonly JsonObject[], { action, block, value }: Click): Interactive {
  const matching = interactiveIn(blocks).filter(
    ({ blockId, element }) =>
      (block === undefined || block === blockId) &&
      (textAt(element, 'action_id') === action || textAt(element['text'], 'text') === action),
  );
  const exact = matching.find(({ element }) => value !== undefined && textAt(element, 'value') === value);
  const found = exact ?? matching[0];
  if (found === undefined) {
    const there = interactiveIn(blocks).map(
      ({ element }) => textAt(element['text'], 'text') ?? textAt(element, 'action_id'),
    );
    throw new Error(`There is no "${action}" to press, only: ${there.join(', ')}`);
  }
  return found;
}

/** What the element says of the choice. */
function chosen(element: JsonObject, value: Click['value']): JsonObject {
  const type = textAt(element, 'type') ?? '';
  if (type === 'button') return { value: textAt(element, 'value') ?? '' };
  const field = type === 'overflow' ? 'selected_option' : valueFieldOf(type);
  if (field === undefined || value === undefined) return {};
  const wanted = typeof value === 'string' ? [value] : value;
  const isOption = field === 'selected_option' || field === 'selected_options';
  const picked = wanted.map((one): Json => (isOption ? knownOption(element, one) : one));
  const isSeveral = field.endsWith('s');
  return { [field]: isSeveral ? picked : (picked[0] ?? null) };
}

function knownOption(element: JsonObject, wanted: string): JsonObject {
  const option = optionOf(element, wanted);
  if (option !== undefined) return option;
  // The options of an external choice are the app's to know.
  if ((textAt(element, 'type') ?? '').includes('external'))
    return { text: { type: 'plain_text', text: wanted }, value: wanted };
  throw new Error(`There is no option "${wanted}" to choose`);
}

function withLabel(element: JsonObject, action: JsonObject): JsonObject {
  const { text, style } = element;
  return { ...action, ...(text === undefined ? {} : { text }), ...(style === undefined ? {} : { style }) };
}
