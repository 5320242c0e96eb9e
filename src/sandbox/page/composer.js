/** Where somebody writes: messages and slash commands, completed while they are typed. */
import { useEffect, useState } from 'preact/hooks';
import { Button, html, useHere } from './html.js';
import { livingPeople } from './sidebar.js';

const mostOffered = 8;

export function Composer() {
  const here = useHere();
  const { room, me, state, send, draft } = here;
  const [active, setActive] = useState(-1);
  const [closed, setClosed] = useState(false);
  useEffect(() => document.querySelector(`#offer-${active}`)?.scrollIntoView({ block: 'nearest' }), [active]);
  if (room.archived) return html`<p class="join quiet">This channel is archived.</p>`;
  if (!room.member) {
    const join = () => send({ do: 'join', user: me.id, channel: room.id });
    return html`<div class="join"><${Button} press=${join} class="primary">Join this channel<//></div>`;
  }
  const offers = closed ? [] : offersFor(draft, state);
  const chosen = offers[active];
  const write = (text) => {
    setActive(-1);
    setClosed(false);
    here.write(text);
  };
  const take = (offer) => {
    write(offer.text);
    document.querySelector('#text')?.focus();
  };
  const submit = async (event) => {
    event.preventDefault();
    const words = draft.trim();
    if (words === '') return;
    write('');
    const [, command, text] = /^(\/\S+)\s*([^]*)$/.exec(words) ?? [];
    const said =
      command === undefined
        ? await send({ do: 'say', user: me.id, channel: room.id, text: words })
        : await send({ do: 'command', user: me.id, channel: room.id, command, text });
    if (said.message) here.write(words);
  };
  const key = (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && offers.length > 0) {
      event.preventDefault();
      setActive((active + step + offers.length + (active < 0 && step < 0 ? 1 : 0)) % offers.length);
    } else if (event.key === 'Escape' && offers.length > 0) {
      setClosed(true);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      void submit(event);
    }
  };
  return html`<form class="composer" onSubmit=${submit}>
    <div class="shortcuts">
      ${state.shortcuts.global.map((one) => {
        const use = () => send({ do: 'global-shortcut', user: me.id, callbackId: one.callbackId });
        return html`<${Button} key=${one.callbackId} press=${use}>${one.name}<//>`;
      })}
    </div>
    ${
      offers.length > 0 &&
      html`<ul class="offers" id="offers" role="listbox" aria-label="Completions" tabindex="0">
        ${offers.map(
          (offer, index) =>
            html`<li
              key=${offer.text}
              id=${`offer-${index}`}
              role="option"
              aria-selected=${String(index === active)}
              onMouseDown=${(event) => event.preventDefault()}
              onClick=${() => take(offer)}
            >
              <b>${offer.label}</b> <span>${offer.takes}</span> <span class="quiet">${offer.does}</span>
            </li>`,
        )}
      </ul>`
    }
    <label class="unseen" for="text">Message or slash command</label>
    <textarea
      id="text"
      rows=${Math.min(6, draft.split('\n').length)}
      autocomplete="off"
      placeholder="A message, or / for commands"
      value=${draft}
      aria-autocomplete="list"
      aria-controls=${offers.length > 0 ? 'offers' : null}
      aria-activedescendant=${chosen === undefined ? null : `offer-${active}`}
      onInput=${(event) => write(event.currentTarget.value)}
      onKeyDown=${key}
    ></textarea>
    <button type="submit" class="primary">Send</button>
    <span class="unseen" role="status">
      ${offers.length > 0 ? `${offers.length} completions, arrow down to choose` : ''}
    </span>
  </form>`;
}

/** Commands that begin so; or, while a command's words are written, its form; or people and groups after an `@`. */
function offersFor(draft, { commands, ...state }) {
  const handle = /(?:^|\s)@([\w.-]*)$/.exec(draft)?.[1];
  if (handle !== undefined) {
    const before = draft.slice(0, draft.length - handle.length);
    const named = [
      ...livingPeople(state).map(({ name, realName }) => ({ name, takes: realName, does: '' })),
      ...state.groups.map((one) => ({ name: one.handle, takes: one.name, does: `group of ${one.members.length}` })),
    ];
    return named
      .filter(({ name }) => name.startsWith(handle) && name !== handle)
      .slice(0, mostOffered)
      .map(({ name, takes, does }) => ({ text: `${before}${name} `, label: `@${name}`, takes, does }));
  }
  if (!draft.startsWith('/')) return [];
  const typed = draft.toLowerCase();
  return commands
    .filter(({ form }) => form.startsWith(typed.trimEnd()) || typed.startsWith(`${form} `))
    .map(({ form, takes, does }) => ({
      text: typed.startsWith(`${form} `) ? draft : `${form}${takes === '' ? '' : ' '}`,
      label: form,
      takes,
      does,
    }));
}
