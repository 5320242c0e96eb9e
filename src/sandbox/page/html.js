/** Markup in the page's scripts. Whatever is put into it becomes text nodes: nothing that anybody wrote is read as markup. */
import htm from 'htm';
import { createContext, h, toChildArray } from 'preact';
import { useContext, useState } from 'preact/hooks';

export const html = htm.bind(h);

/** What every part of the page knows: see `here` in page.js. */
export const Here = createContext(null);
export const useHere = () => useContext(Here);

/** A button that can't be pressed again until what it does is done. */
export function Button({ press, children, ...rest }) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await press();
    } finally {
      setBusy(false);
    }
  };
  // Not `disabled`, which would take the keyboard's focus away.
  return html`<button type="button" aria-disabled=${busy ? 'true' : null} onClick=${run} ...${rest}>
    ${children}
  </button>`;
}

/** A menu that opens under its button; a click elsewhere and Escape close it. */
export function Menu({ label, text, children }) {
  const show = (event) => {
    if (event.currentTarget.open) event.currentTarget.querySelector('ul').scrollIntoView({ block: 'nearest' });
  };
  const close = (event) => event.currentTarget.closest('details').removeAttribute('open');
  return html`<details class="menu" onToggle=${show}>
    <summary aria-label=${label}>${text}</summary>
    <ul onClick=${close}>
      ${toChildArray(children).map((item) => html`<li>${item}</li>`)}
    </ul>
  </details>`;
}

/** Closes open menus on Escape and on a click elsewhere. */
export function closeMenusOutside() {
  const openMenus = () => [...document.querySelectorAll('details.menu[open]')];
  document.addEventListener('click', (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.removeAttribute('open');
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of openMenus()) {
      menu.removeAttribute('open');
      menu.querySelector('summary').focus();
    }
  });
}
