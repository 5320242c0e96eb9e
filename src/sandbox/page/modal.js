/** The modal on top of a person's stack, as a form. */
import { element } from './element.js';
import { renderBlocks, renderText } from './blocks.js';
import { renderInput } from './controls.js';

const dialog = document.querySelector('#modal');
/** The view that is shown, and its controls by block and action. */
let shown = null;
let context = null;
let closing = false;

/**
 * Shows the view, or nothing when it is undefined. A view that changed keeps what was typed into inputs that are still
 * there.
 * @param {object | undefined} view
 * @param {object} given `names`; `act(view, action, values)`; `submit(view, values)` gives the errors by block, or nothing;
 *   `close(view)`.
 */
export function showModal(view, given) {
  context = given;
  if (view === undefined) {
    if (dialog.open) {
      closing = true;
      dialog.close();
      dialog.replaceChildren();
      closing = false;
    }
    shown = null;
    return;
  }
  if (shown?.view.id === view.id && shown.view.hash === view.hash) return;
  const kept = shown?.view.id === view.id ? readControls(shown.controls) : [];
  const focused = document.activeElement?.dataset?.key;
  draw(view);
  for (const { key, value } of kept) shown.controls.get(key)?.write?.(value);
  if (!dialog.open) dialog.showModal();
  if (focused !== undefined) dialog.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function draw(view) {
  const controls = new Map();
  const problems = new Map();
  shown = { view, controls, problems };
  const field = (block) => {
    const control = renderInput(block.element, context);
    const key = `${block.block_id} ${block.element.action_id}`;
    controls.set(key, { ...control, block, one: block.element });
    control.node.dataset.key = key;
    control.node.id = `field-${controls.size}`;
    if (block.dispatch_action) {
      control.node.addEventListener('change', () => void act(block, { ...described(block), ...control.read() }));
    }
    const problem = element('p', { class: 'wrong', role: 'alert' });
    problems.set(block.block_id, problem);
    // A group of boxes is no single control that a label could stand for.
    const isGroup = control.node.tagName === 'DIV';
    if (isGroup) control.node.setAttribute('aria-label', block.label.text);
    const label = element(
      isGroup ? 'b' : 'label',
      isGroup ? {} : { for: control.node.id },
      renderText(block.label, context),
    );
    if (block.optional) label.append(element('span', { class: 'quiet' }, ' (optional)'));
    const hint = block.hint && element('p', { class: 'quiet' }, block.hint.text);
    return element('div', { class: 'field' }, label, control.node, hint, problem);
  };
  const act = (block, action) => context.act(view, action, readValues(controls));
  const body = renderBlocks(view.blocks, { names: context.names, act, field });
  const submit = view.submit && element('button', { type: 'submit', class: 'primary' }, view.submit.text);
  const close = element('button', { type: 'button', on: { click: () => dismiss() } }, view.close?.text ?? 'Cancel');
  const form = element(
    'form',
    {},
    element('h2', {}, view.title?.text ?? ''),
    body,
    element('footer', {}, close, submit),
  );
  form.noValidate = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(submit);
  });
  dialog.replaceChildren(form);
}

async function send(submit) {
  const { view, controls, problems } = shown;
  for (const problem of problems.values()) problem.textContent = '';
  let missing = false;
  for (const { block, read } of controls.values()) {
    if (!isEmpty(read()) || block.optional) continue;
    problems.get(block.block_id).textContent = 'Please complete this required field.';
    missing = true;
  }
  if (missing) return;
  submit.disabled = true;
  try {
    const errors = await context.submit(view, readValues(controls));
    for (const [block, text] of Object.entries(errors ?? {})) {
      const problem = problems.get(block);
      if (problem !== undefined) problem.textContent = text;
    }
  } finally {
    submit.disabled = false;
  }
}

function dismiss() {
  if (shown !== null) void context.close(shown.view);
}

function described(block) {
  return { type: block.element.type, block_id: block.block_id, action_id: block.element.action_id };
}

/** As Slack puts them into a view's state. */
function readValues(controls) {
  const values = {};
  for (const { block, one, read } of controls.values()) {
    values[block.block_id] = { ...values[block.block_id], [one.action_id]: { type: one.type, ...read() } };
  }
  return values;
}

function readControls(controls) {
  return [...controls].map(([key, control]) => ({ key, value: control.read() ?? {} }));
}

function isEmpty(value) {
  return Object.values(value ?? { nothing: null }).every(
    (one) => one === null || one === undefined || (Array.isArray(one) && one.length === 0),
  );
}

// Escape closes the view at Slack, too, and only then here.
dialog.addEventListener('cancel', (event) => {
  event.preventDefault();
  if (!closing) dismiss();
});
