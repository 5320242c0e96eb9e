/** The workspace as one person sees it. Who that is, and where they look, stands in the address: `#ana/C0INCIDENTS`. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Composer } from './composer.js';
import { Modal, Question, Reader } from './dialogs.js';
import { Guide } from './guide.js';
import { Header } from './header.js';
import { closeMenusOutside, Here, html } from './html.js';
import { Messages, RoomHead } from './room.js';
import { act, useSandbox } from './server.js';
import { livingPeople, Sidebar, unreadIn } from './sidebar.js';
import { Thread } from './thread.js';
import { World } from './world.js';

const memory = window.localStorage;

function readPlace() {
  const [user = '', channel = '', thread = ''] = decodeURIComponent(location.hash.slice(1)).split('/');
  return { user: user || (memory.getItem('me') ?? ''), channel, thread };
}

function go({ user, channel, thread = '' }) {
  location.hash = [user, channel, thread].join('/').replace(/\/+$/, '');
}

function Page() {
  const [place, setPlace] = useState(readPlace);
  const [guideSince, setGuideSince] = useState(memory.getItem('guide') ?? '0');
  const since = guideSince === 'dismissed' ? 0 : Number(guideSince);
  const { state, room, connected, refresh } = useSandbox({ ...place, since });
  const [tab, setTab] = useState('room');
  const [trouble, setTrouble] = useState('');
  const [drafts, setDrafts] = useState({});
  const [question, setQuestion] = useState(null);
  const [file, setFile] = useState(null);

  useEffect(() => {
    const follow = () => {
      setPlace(readPlace());
      setTrouble('');
    };
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    if (state === null) return;
    // The address names them from now on, so that a second window may be somebody else.
    const me = state.people.find(({ id }) => id === state.me);
    memory.setItem('me', me.name);
    if (place.user !== me.name || place.channel !== room?.id) {
      history.replaceState(null, '', `#${me.name}/${room?.id ?? ''}${place.thread === '' ? '' : `/${place.thread}`}`);
      setPlace(readPlace());
    }
  }, [state?.me, room?.id]);
  useEffect(() => {
    const last = room?.messages.at(-1)?.ts;
    if (last === undefined || !document.hasFocus()) return;
    memory.setItem(`read ${state.me} ${room.id}`, last);
  }, [room]);

  if (state === null)
    return html`<main class="waiting" role="status">${connected ? 'Opening …' : 'The sandbox does not answer.'}</main>`;
  const me = state.people.find(({ id }) => id === state.me);
  const unread = state.channels.filter((one) => one.id !== room?.id && unreadIn(me, one, 'pings') > 0).length;
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${room?.label ?? ''} · ${me.realName} · Sandbox`;
  const send = async (action) => {
    setTrouble('');
    const said = await act(action);
    if (said.message) setTrouble(said.message);
    if (said.lost !== true) await refresh();
    return said;
  };
  const draftKey = `${me.id} ${room?.id}`;
  const here = {
    state,
    room,
    me,
    send,
    now: () => Date.now() + state.clock.offsetMillis,
    personName: (id) => state.people.find((one) => one.id === id)?.realName,
    group: (id) => state.groups.find((one) => one.id === id),
    channelName: (id) => state.channels.find((one) => one.id === id)?.name,
    peopleToChoose: () => livingPeople(state).map((one) => [one.id, one.realName]),
    channelsToChoose: () => state.channels.map((one) => [one.id, one.label]),
    /** Changes whenever a name that stands in messages does. */
    names: JSON.stringify([state.me, state.people, state.groups, state.channels.map(({ id, name }) => [id, name])]),
    open(channel) {
      setTab('room');
      go({ user: me.name, channel });
    },
    openThread(ts) {
      setTab('side');
      go({ user: me.name, channel: room.id, thread: ts });
    },
    closeThread() {
      setTab('room');
      go({ user: me.name, channel: room.id });
      // The keyboard goes on where the thread hangs, once that is in view again.
      requestAnimationFrame(() => document.getElementById(`message-${place.thread}`)?.focus());
    },
    become: (name) => go({ user: name, channel: room?.id ?? '' }),
    async direct(other) {
      const { channel } = await send({ do: 'direct', user: me.id, other });
      if (channel !== undefined) here.open(channel);
    },
    draft: drafts[draftKey] ?? '',
    write: (text) => setDrafts((all) => ({ ...all, [draftKey]: text })),
    confirm: (words) => new Promise((answer) => setQuestion({ ...words, answer })),
    read: setFile,
    guide: guideSince,
    setGuide(value) {
      memory.setItem('guide', value);
      setGuideSince(value);
    },
  };
  const answer = (agreed) => {
    question.answer(agreed);
    setQuestion(null);
  };
  const modal = state.modals.at(-1);
  const tabs = [
    ['channels', 'Channels'],
    ['room', 'Messages'],
    ['side', place.thread === '' ? 'World' : 'Thread'],
  ];
  return html`<${Here.Provider} value=${here}>
    <a class="skip" href="#box" onClick=${skipToBox}>Skip to the message box</a>
    <div class="page" data-tab=${tab}>
      <${Header} connected=${connected} />
      <nav class="tabs" aria-label="Parts of the page">
        ${tabs.map(
          ([name, label]) =>
            html`<button type="button" aria-current=${tab === name ? 'true' : null} onClick=${() => setTab(name)}>
              ${label}
            </button>`,
        )}
      </nav>
      <main class="parts">
        <${Sidebar} />
        <section class="room" aria-label="Messages">
          <${Guide} />
          ${
            room !== null && html`<${RoomHead} key=${`head ${room.id}`} /> <${Messages} key=${`${me.id} ${room.id}`} />`
          }
          <p class="trouble" role="alert">${trouble}</p>
          <div id="box" tabindex="-1">
            ${
              room === null
                ? html`<p class="join quiet">There is no channel for you here.</p>`
                : html`<${Composer} key=${`box ${me.id} ${room.id}`} />`
            }
          </div>
        </section>
        ${
          place.thread !== '' && room !== null
            ? html`<${Thread} key=${place.thread} ts=${place.thread} />`
            : html`<${World} />`
        }
      </main>
    </div>
    ${modal && html`<${Modal} key=${modal.id} view=${modal} />`}
    ${file && html`<${Reader} file=${file} leave=${() => setFile(null)} />`}
    ${question && html`<${Question} ...${question} answer=${answer} />`}
  <//>`;
}

/** Not by its address, which names the person. */
function skipToBox(event) {
  event.preventDefault();
  (document.querySelector('#text') ?? document.querySelector('#box')).focus();
}

closeMenusOutside();
render(html`<${Page} />`, document.body);
