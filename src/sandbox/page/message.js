/** One message, with everything that can be done to it. */
import { useMemo } from 'preact/hooks';
import { Blocks } from './blocks.js';
import { Button, html, Menu, useHere } from './html.js';
import { reactionNames, renderMrkdwn, renderPlain } from './mrkdwn.js';
import { clockTime } from './time.js';

/** @param {object} properties `entry`; `dismiss(id)` for what only this person sees; `inThread` in the thread's own list. */
export function Message({ entry, dismiss, inThread = false }) {
  const here = useHere();
  const { room, state } = here;
  const own = room.ephemerals.filter((one) => one.threadTs === entry.ts).length;
  // Only what changed is drawn again: a channel may hold thousands.
  const stamp = JSON.stringify([entry, own, room.id, room.member, room.archived, state.shortcuts, inThread]);
  return useMemo(() => draw({ entry, dismiss, inThread, own, here }), [stamp, here.names]);
}

function draw({ entry, dismiss, inThread, own, here }) {
  const { room, me } = here;
  const isApp = entry.isBot || entry.onlyYou;
  const who = entry.onlyYou && entry.from === 'slack' ? 'Slackbot' : (here.personName(entry.user) ?? 'Somebody');
  const at = Number(entry.ts) * 1000;
  const where = entry.onlyYou ? { ephemeral: entry.id } : { channel: room.id, ts: entry.ts };
  const act = (action) => here.send({ do: 'click', user: me.id, where, action });
  const isTalk = !entry.onlyYou && entry.subtype === null;
  const replies = (entry.replies?.length ?? 0) + own;
  return html`<li
    class=${['message', entry.onlyYou && 'only-you', entry.isPinned && 'pinned'].filter(Boolean).join(' ')}
    id=${inThread ? null : `message-${entry.ts}`}
    tabindex="-1"
  >
    ${entry.onlyYou && html`<p class="mark">Only visible to you</p>`}
    ${entry.isPinned && html`<p class="mark">Pinned</p>`}
    <div class="by">
      <b>${who}</b> ${isApp && html`<span class="app">APP</span>`}
      <time class="quiet" datetime=${new Date(at).toISOString()}>${clockTime(at, me.timeZone)}</time>
      ${isTalk && html`<${MessageMenu} ...${{ entry, inThread, who, here }} />`}
    </div>
    ${
      entry.blocks.length > 0
        ? html`<${Blocks} blocks=${entry.blocks} act=${act} />`
        : html`<div class=${entry.subtype === null ? 'words' : 'quiet'}>${renderMrkdwn(entry.text, here)}</div>`
    }
    ${entry.isEdited && html`<span class="mark">(edited)</span>`}
    ${(entry.files ?? []).map((file) => html`<${File} key=${file.id} file=${file} />`)}
    ${
      (entry.reactions?.length ?? 0) > 0 &&
      html`<div class="reactions">
        ${entry.reactions.map((one) => html`<${Reaction} key=${one.name} ...${{ entry, one }} />`)}
      </div>`
    }
    ${
      !inThread &&
      isTalk &&
      replies > 0 &&
      html`<button type="button" class="link" onClick=${() => here.openThread(entry.ts)}>
        ${replies} ${replies === 1 ? 'reply' : 'replies'}
      </button>`
    }
    ${
      entry.onlyYou &&
      html`<button type="button" class="link" onClick=${() => dismiss(entry.id)}>Dismiss message</button>`
    }
  </li>`;
}

function MessageMenu({ entry, inThread, who, here }) {
  const { room, me, state, send } = here;
  if (!room.member || room.archived) return null;
  const about = { user: me.id, channel: room.id, ts: entry.ts };
  return html`<${Menu} label=${`What can be done with this message of ${who}`} text="⋯">
    ${!inThread && html`<button type="button" onClick=${() => here.openThread(entry.ts)}>Reply in thread</button>`}
    <div class="react">
      ${reactionNames.map(
        (name) =>
          html`<button
            type="button"
            aria-label=${`React with ${name}`}
            onClick=${() => send({ do: 'react', ...about, name, on: true })}
          >
            ${renderPlain(`:${name}:`)}
          </button>`,
      )}
    </div>
    <${Button} press=${() => send({ do: 'pin', ...about, on: !entry.isPinned })}>
      ${entry.isPinned ? 'Unpin from channel' : 'Pin to channel'}
    <//>
    ${state.shortcuts.message.map(
      (one) =>
        html`<${Button} press=${() => send({ do: 'message-shortcut', ...about, callbackId: one.callbackId })}>
          ${one.name}
        <//>`,
    )}
  <//>`;
}

function Reaction({ entry, one }) {
  const { room, me, send, personName } = useHere();
  const isMine = one.users.includes(me.id);
  const who = one.users.map((id) => personName(id) ?? id).join(', ');
  const toggle = () => send({ do: 'react', user: me.id, channel: room.id, ts: entry.ts, name: one.name, on: !isMine });
  return html`<${Button}
    press=${toggle}
    aria-pressed=${String(isMine)}
    title=${who}
    aria-label=${`${one.name}: ${who}`}
  >
    ${renderPlain(`:${one.name}:`)} ${one.users.length}
  <//>`;
}

function File({ file }) {
  const { read } = useHere();
  const size = file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`;
  const title = file.title || file.name;
  return html`<div class="file">
    <b>${title}</b>
    <span class="quiet">${title === file.name ? size : `${file.name}, ${size}`}</span>
    <button type="button" onClick=${() => read(file)}>Open<span class="unseen"> ${file.name}</span></button>
    <a class="button" href=${`/file/${encodeURIComponent(file.id)}`} download=${file.name}
      >Download<span class="unseen"> ${file.name}</span></a
    >
  </div>`;
}
