/** One channel: its head, and its messages as a log. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Blocks } from './blocks.js';
import { Button, html, Menu, useHere } from './html.js';
import { Message } from './message.js';
import { plainWords, renderLink, renderMrkdwn } from './mrkdwn.js';
import { whenThere } from './sidebar.js';
import { dayName } from './time.js';

const pinnedWords = 70;

export function RoomHead() {
  const here = useHere();
  const { room } = here;
  return html`<div class="head">
    <h2>${room.label}${room.archived ? ' (archived)' : ''}</h2>
    ${room.topic !== '' && html`<p>${renderMrkdwn(room.topic, here)}</p>`}
    ${
      room.bookmarks.length + room.pins.length > 0 &&
      html`<ul class="links" aria-label="Bookmarks and pins">
        ${room.bookmarks.map((one) => html`<li key=${one.id}>${renderLink(one.link, one.title, here)}</li>`)}
        ${
          room.pins.length > 0 &&
          html`<li>
            <${Menu} label=${`${room.pins.length} pinned`} text=${`${room.pins.length} pinned`}>
              ${room.pins.map(
                (pin) =>
                  html`<button type="button" onClick=${() => showMessage(pin.ts)}>
                    ${plainWords(pin.text, here).slice(0, pinnedWords)}
                  </button>`,
              )}
            <//>
          </li>`
        }
      </ul>`
    }
    ${!room.direct && html`<${About} />`}
  </div>`;
}

/** Who is in there and what time it is where they are; the topic; the way out. */
function About() {
  const here = useHere();
  const { room, me, state, send } = here;
  const now = here.now();
  const members = state.people.filter((one) => room.members.includes(one.id));
  const [topic, setTopic] = useState(null);
  const change = (event) => {
    event.preventDefault();
    void send({ do: 'topic', user: me.id, channel: room.id, topic: topic ?? plainWords(room.topic, here) });
    setTopic(null);
  };
  const active = room.member && !room.archived;
  return html`<details class="about">
    <summary>${room.members.length} ${room.members.length === 1 ? 'member' : 'members'}</summary>
    <ul>
      ${members.map(
        (one) =>
          html`<li key=${one.id}>
            ${one.realName} <span class="quiet">${one.kind === 'bot' ? 'app' : whenThere(one, now)}</span>
          </li>`,
      )}
    </ul>
    ${
      active &&
      html`<form onSubmit=${change}>
          <label for="topic">Topic</label>
          <input
            id="topic"
            maxlength="250"
            value=${topic ?? plainWords(room.topic, here)}
            onInput=${(e) => setTopic(e.currentTarget.value)}
          />
          <button type="submit">Set</button>
        </form>
        <${Button} press=${() => send({ do: 'leave', user: me.id, channel: room.id })}>Leave this channel<//>`
    }
  </details>`;
}

/** The messages in order, with what only this person sees among them, and a line where each day begins. */
export function Messages() {
  const here = useHere();
  const { room, me, state } = here;
  const [gone, setGone] = useState([]);
  const [tab, setTab] = useState('messages');
  const log = useRef(null);
  const wasAtEnd = useRef(true);
  const own = room.ephemerals
    .filter((one) => one.threadTs === null && !gone.includes(one.id))
    .map((one) => ({ ...one, onlyYou: true }));
  const entries = [...room.messages, ...own].toSorted((a, b) => Number(a.ts) - Number(b.ts));
  const newest = entries.at(-1);
  // What one has said oneself, and what answers it, is read even by who had scrolled up.
  useLayoutEffect(() => {
    if (newest?.onlyYou || newest?.user === me.id) wasAtEnd.current = true;
  }, [newest?.id ?? newest?.ts]);
  useLayoutEffect(() => {
    if (wasAtEnd.current && log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  });
  // Also where less room is left: a window that shrinks, a keyboard that comes up.
  useLayoutEffect(() => {
    if (log.current === null) return;
    const list = log.current;
    const keepEnd = new ResizeObserver(() => {
      if (wasAtEnd.current) list.scrollTop = list.scrollHeight;
    });
    keepEnd.observe(list);
    return () => keepEnd.disconnect();
  }, [tab]);
  const follow = ({ currentTarget: list }) => {
    wasAtEnd.current = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  };
  const dismiss = (id) => setGone((all) => [...all, id]);
  let day = '';
  const rows = entries.flatMap((entry) => {
    const name = dayName(Number(entry.ts) * 1000, me.timeZone, here.now());
    const line = name === day ? [] : [html`<li class="day" key=${`day ${name}`}><span>${name}</span></li>`];
    day = name;
    return [...line, html`<${Message} key=${entry.id ?? entry.ts} ...${{ entry, dismiss }} />`];
  });
  const withHome = room.withApp && state.home !== null;
  const openHome = () => {
    setTab('home');
    void here.send({ do: 'home', user: me.id });
  };
  return html`${
    withHome &&
    html`<div class="switch" role="group" aria-label="The app">
      <button type="button" aria-pressed=${String(tab === 'home')} onClick=${openHome}>Home</button>
      <button type="button" aria-pressed=${String(tab === 'messages')} onClick=${() => setTab('messages')}>
        Messages
      </button>
    </div>`
  }
  ${
    withHome && tab === 'home'
      ? html`<${Home} />`
      : html`<div
          class="messages"
          role="log"
          aria-label=${`Messages in ${room.label}`}
          aria-relevant="additions"
          tabindex="0"
          ref=${log}
          onScroll=${follow}
        >
          <ol>
            ${rows}
          </ol>
          ${entries.length === 0 && html`<p class="quiet">Nothing was said here yet.</p>`}
        </div>`
  }`;
}

/** The app's Home tab. */
function Home() {
  const { state, me, send } = useHere();
  if (state.home.length === 0) return html`<p class="messages quiet">The app shows nothing here.</p>`;
  const act = (action) => send({ do: 'click', user: me.id, where: { view: state.homeView }, action });
  return html`<section class="messages" aria-label="Home" tabindex="0">
    <${Blocks} blocks=${state.home} act=${act} />
  </section>`;
}

/** Brings one message into view. */
function showMessage(ts) {
  const node = document.getElementById(`message-${ts}`);
  node?.scrollIntoView({ block: 'center' });
  node?.focus();
}
