/** What lies over the page: the app's modal, a question before something is done, a file that is read. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Blocks } from './blocks.js';
import { initialValue } from './controls.js';
import { html, useHere } from './html.js';
import { renderPlain } from './mrkdwn.js';

/** What was typed into each view, so that a view which comes to the top again still has it. */
const typed = new Map();

/** Opens at once and gives the focus back when it goes. Escape is for `leave`. */
function Dialog({ class: kind, label, leave, children }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    leave();
  };
  return html`<dialog ref=${dialog} class=${`modal ${kind ?? ''}`} aria-labelledby=${label} onCancel=${cancel}>
    ${children}
  </dialog>`;
}

/** The modal on top of a person's stack, as a form. A view that changed keeps what was typed into inputs still there. */
export function Modal({ view }) {
  const here = useHere();
  const [, redraw] = useState(0);
  const [wrong, setWrong] = useState({});
  const [busy, setBusy] = useState(false);
  useEffect(() => setWrong({}), [view.hash]);
  const kept = typed.get(view.id) ?? new Map();
  typed.set(view.id, kept);
  const form = {
    id: view.id,
    wrong,
    get: (block, one) => kept.get(keyOf(block, one)) ?? initialValue(one),
    set(block, value, one = block.element) {
      kept.set(keyOf(block, one), value);
      redraw((count) => count + 1);
    },
  };
  const act = (action) =>
    here.send({ do: 'click', user: here.me.id, where: { view: view.id, values: valuesOf(view, form) }, action });
  const close = () => here.send({ do: 'close', user: here.me.id, view: view.id });
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    const missing = view.blocks.filter((block) => block.type === 'input' && !block.optional && isEmpty(block, form));
    if (missing.length > 0) {
      setWrong(Object.fromEntries(missing.map((block) => [block.block_id, 'Please complete this required field.'])));
      return;
    }
    setBusy(true);
    const said = await here.send({ do: 'submit', user: here.me.id, view: view.id, values: valuesOf(view, form) });
    setBusy(false);
    setWrong({ ...said.errors, ...(said.message ? { '': said.message } : {}) });
  };
  // What is wrong is read out, and the first wrong field is where one goes on.
  const body = useRef(null);
  useEffect(() => body.current?.querySelector('[aria-invalid]')?.focus(), [wrong]);
  return html`<${Dialog} label="modal-title" leave=${close}>
    <form novalidate onSubmit=${submit} ref=${body}>
      <h2 id="modal-title">${renderPlain(view.title?.text ?? '')}</h2>
      <${Blocks} blocks=${view.blocks} act=${act} form=${form} />
      <p class="wrong" role="alert">${wrong['']}</p>
      <footer>
        <button type="button" onClick=${close}>${renderPlain(view.close?.text ?? 'Cancel')}</button>
        ${
          view.submit &&
          html`<button type="submit" class="primary" aria-disabled=${busy ? 'true' : null}>
            ${renderPlain(view.submit.text)}
          </button>`
        }
      </footer>
    </form>
  <//>`;
}

function keyOf(block, one) {
  return `${block.block_id} ${one.action_id}`;
}

/** Every control of the view, also those that are no inputs, as Slack puts them into a view's state. */
function valuesOf(view, form) {
  const values = {};
  for (const block of view.blocks) {
    const controls = [block.element, block.accessory, ...(block.type === 'actions' ? block.elements : [])];
    for (const one of controls) {
      if (one === undefined || ['button', 'overflow', 'image'].includes(one.type)) continue;
      values[block.block_id] = {
        ...values[block.block_id],
        [one.action_id]: { type: one.type, ...form.get(block, one) },
      };
    }
  }
  return values;
}

function isEmpty(block, form) {
  const nothing = (value) => value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  return Object.values(form.get(block, block.element)).every(nothing);
}

/** Asks before something is done. */
export function Question({ title, text, yes, no, danger, answer }) {
  return html`<${Dialog} label="question-title" leave=${() => answer(false)}>
    <h2 id="question-title">${renderPlain(title)}</h2>
    <p>${renderPlain(text)}</p>
    <footer>
      <button type="button" onClick=${() => answer(false)}>${renderPlain(no)}</button>
      <button type="button" class=${danger ? 'danger' : 'primary'} onClick=${() => answer(true)}>
        ${renderPlain(yes)}
      </button>
    </footer>
  <//>`;
}

/** A file, as text. */
export function Reader({ file, leave }) {
  const [text, setText] = useState('…');
  const address = `/file/${encodeURIComponent(file.id)}`;
  const isPicture = /\.(?:png|svg)$/i.test(file.name);
  useEffect(() => {
    if (isPicture) return;
    fetch(address)
      .then((answer) => answer.text())
      .then(setText, () => setText('The sandbox does not answer.'));
  }, [file.id]);
  return html`<${Dialog} class="wide" label="file-title" leave=${leave}>
    <h2 id="file-title">${file.title || file.name}</h2>
    ${
      isPicture
        ? html`<div class="picture"><img src=${address} alt=${file.title || file.name} /></div>`
        : html`<pre class="document" tabindex="0" role="region" aria-label="Text of the file">${text}</pre>`
    }
    <footer>
      <a class="button" href=${address} download=${file.name}>Download</a>
      <button type="button" onClick=${leave}>Close</button>
    </footer>
  <//>`;
}
