/** Builds elements. Text becomes text nodes only, so nothing that anybody wrote is ever read as markup. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} properties `class`, `data-*`, `aria-*`, `role` and `for` are attributes, `on` holds
 *   listeners, all else are properties of the element; null, undefined and false are left out.
 * @param {...(Node | string | null | undefined | false)} children
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (/^(?:class|for|role|rel|target|download|data-.*|aria-.*)$/.test(name)) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button that can't be pressed again until what it does is done. */
export function button(label, press, properties = {}) {
  const node = element('button', { type: 'button', ...properties }, label);
  const run = async () => {
    node.disabled = true;
    try {
      await press();
    } finally {
      node.disabled = false;
    }
  };
  node.addEventListener('click', () => void run());
  return node;
}

/** Asks before something is done; resolves to whether it was agreed to. */
export function confirmed({ title, text, yes, no, danger }) {
  const dialog = document.querySelector('#dialog');
  return new Promise((resolve) => {
    dialog.replaceChildren(
      element('h2', {}, title),
      element('p', {}, text),
      element(
        'footer',
        {},
        element('button', { type: 'button', on: { click: () => dialog.close('no') } }, no),
        element(
          'button',
          { type: 'button', class: danger ? 'danger' : 'primary', on: { click: () => dialog.close('yes') } },
          yes,
        ),
      ),
    );
    dialog.classList.remove('wide');
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
    dialog.showModal();
  });
}
