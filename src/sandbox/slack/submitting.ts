/** A person sends a modal off, or closes it. */
import { interactionFields } from './acting.ts';
import type { Stage } from './acting.ts';
import { unfilledInputs, withValues } from './input-values.ts';
import type { Values } from './input-values.ts';
import { isObject, objectAt, textAt } from './json.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import { personNamed } from './seeing.ts';
import type { Ack } from './sockets.ts';
import { closeTop, findView, modalsOf, pushView, readView, updateView, viewObject } from './views.ts';
import type { World } from './world.ts';
import type { Person, View } from './workspace.ts';

/** What the person sees after pressing the button of a modal. */
export type Submitted = {
  /** `null` where Slack's client did not even send it, as inputs were empty. */
  readonly ack: Ack | null;
  /** `failed`: the modal stays open and says that there was trouble. */
  readonly outcome: 'closed' | 'cleared' | 'updated' | 'pushed' | 'errors' | 'incomplete' | 'failed';
  /** By block id. */
  readonly errors: { readonly [blockId: string]: string };
  /** Why it failed. */
  readonly problem: string | null;
};

type OfView = { readonly user: string; readonly viewId?: string };

/** Sends the top modal of the stack with these values. Inputs that are not given keep what they opened with. */
export async function submitView(
  { world, deliveries }: Stage,
  { user, viewId, values = {} }: OfView & { readonly values?: Values },
): Promise<Submitted> {
  const { person, view } = topModal(world, { user, ...(viewId === undefined ? {} : { viewId }) });
  const sent = withValues(view.blocks, values);
  const unfilled = unfilledInputs(view.blocks, sent);
  if (Object.keys(unfilled).length > 0) return { ack: null, outcome: 'incomplete', errors: unfilled, problem: null };
  const ack = await deliveries.deliver('interactive', {
    type: 'view_submission',
    ...interactionFields(world, person),
    trigger_id: world.triggers.give({ user: person.id, viewId: view.id }),
    view: { ...viewObject(world, view, sent) },
    response_urls: [],
  });
  const outcome = ack.acked ? applyAnswer(world, view, ack.body) : failed(ack.why ?? 'timeout');
  return { ack, ...outcome };
}

type Outcome = Omit<Submitted, 'ack'>;

function failed(problem: string): Outcome {
  return { outcome: 'failed', errors: {}, problem };
}

function done(outcome: Submitted['outcome']): Outcome {
  return { outcome, errors: {}, problem: null };
}

function applyAnswer(world: World, view: View, body: Ack['body']): Outcome {
  const action = textAt(body, 'response_action');
  if (body === null || body === '' || action === undefined) {
    close(world, view);
    return done('closed');
  }
  if (!isObject(body)) return failed('invalid response');
  switch (action) {
    case 'errors':
      return showErrors(view, objectAt(body, 'errors') ?? {});
    case 'clear':
      closeTop(world, view.user, { all: true });
      return done('cleared');
    case 'update':
    case 'push':
      return showView(world, view, action, body);
    default:
      return failed(`unknown response_action ${action}`);
  }
}

function showErrors(view: View, errors: JsonObject): Outcome {
  const inputs = view.blocks.filter((block) => block['type'] === 'input').map((block) => textAt(block, 'block_id'));
  const unknown = Object.keys(errors).filter((blockId) => !inputs.includes(blockId));
  if (unknown.length > 0) return failed(`errors for what is no input: ${unknown.join(', ')}`);
  const texts = Object.entries(errors).map(([blockId, text]): [string, string] => [
    blockId,
    typeof text === 'string' ? text : JSON.stringify(text),
  ]);
  return { outcome: 'errors', errors: Object.fromEntries(texts), problem: null };
}

function showView(world: World, view: View, action: 'update' | 'push', body: JsonObject): Outcome {
  try {
    const draft = readView(body, 'modal');
    if (action === 'push') {
      pushView(world, view.user, draft);
      return done('pushed');
    }
    updateView(world, view, draft);
    return done('updated');
  } catch (error) {
    if (error instanceof Refusal) return failed(`${error.error} ${JSON.stringify(error.details)}`);
    throw error;
  }
}

/** Closes the view if it is still open: the app may have opened another in its place meanwhile. */
function close(world: World, view: View): void {
  if (modalsOf(world, view.user).at(-1)?.id === view.id) closeTop(world, view.user, { all: false });
}

/** Closes the top modal; the app hears of it when it asked to. */
export async function closeView({ world, deliveries }: Stage, of: OfView): Promise<Ack | null> {
  const { person, view } = topModal(world, of);
  closeTop(world, person.id, { all: view.clearOnClose });
  if (!view.notifyOnClose) return null;
  return deliveries.deliver('interactive', {
    type: 'view_closed',
    ...interactionFields(world, person),
    view: { ...viewObject(world, view) },
    is_cleared: view.clearOnClose,
  });
}

function topModal(world: World, { user, viewId }: OfView): { readonly person: Person; readonly view: View } {
  const person = personNamed(world, user);
  const top = modalsOf(world, person.id).at(-1);
  if (top === undefined) throw new Error(`@${person.name} has no modal open`);
  if (viewId !== undefined && viewId !== top.id) {
    const isOpen = findView(world, viewId) !== undefined;
    throw new Error(isOpen ? `The modal ${viewId} lies under another one` : `There is no open modal ${viewId}`);
  }
  return { person, view: top };
}
