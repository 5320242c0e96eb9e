/** The workspace as one person sees it, kept up to date by the server. */
import { button, element } from './element.js';
import { focusThread, openThread, showMessage, showMessages } from './messages.js';
import { renderMrkdwn } from './mrkdwn.js';
import { showModal } from './modal.js';
import { showWorld } from './world.js';

const find = (selector) => document.querySelector(selector);
const [meSelect, head, trouble, composer, text] = ['#me', '#head', '#trouble', '#composer', '#text'].map(find);
const memory = window.localStorage;
let me = memory.getItem('me') ?? '';
let channel = memory.getItem('channel') ?? '';
let state = null;
let room = null;
let refreshing = null;
let again = false;

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}.`);
  return answer.json();
}

/** Sends what the person did; a refusal is shown above the composer. */
async function send(action) {
  trouble.textContent = '';
  try {
    const answer = await fetch('/api/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
    });
    const said = await answer.json();
    if (said.message) trouble.textContent = said.message;
    refresh();
    return said;
  } catch {
    trouble.textContent = 'The sandbox does not answer. Is it still running?';
    return {};
  }
}

/** Reads and draws everything again; what happens meanwhile makes one more round. */
function refresh() {
  again = true;
  refreshing ??= (async () => {
    while (again) {
      again = false;
      try {
        await draw();
      } catch (error) {
        trouble.textContent = error instanceof Error ? error.message : String(error);
      }
    }
    refreshing = null;
  })();
}

async function draw() {
  const next = await get(`/api/state?user=${encodeURIComponent(me)}`);
  state = { ...next, me: next.person.id, timeZone: next.person.timeZone };
  me = state.me;
  if (!state.channels.some(({ id }) => id === channel)) channel = state.channels[0]?.id ?? '';
  const place = `user=${encodeURIComponent(me)}&channel=${encodeURIComponent(channel)}`;
  room = channel === '' ? null : await get(`/api/channel?${place}`);
  if (room?.id !== channel) return;
  markRead();
  drawPeople();
  drawChannels();
  drawHead();
  drawComposer();
  drawHints();
  find('#bot').textContent = state.bot.managed ? (state.bot.running ? 'Bot running' : 'Bot not running') : '';
  find('#bot').className = state.bot.running ? 'state-OK' : 'state-ALARM';
  showMessages(room, { names, state, click, reply, messageShortcut, openFile, openThread: replyTo });
  showModal(state.modals.at(-1), {
    names,
    act: (view, action, values) => send({ do: 'click', user: me, where: { view: view.id, values }, action }),
    submit: async (view, values) => (await send({ do: 'submit', user: me, view: view.id, values })).errors,
    close: (view) => send({ do: 'close', user: me, view: view.id }),
  });
  showWorld(state, send);
}

const names = {
  person: (id) => state.people.find((one) => one.id === id)?.realName,
  channel: (id) => state.channels.find((one) => one.id === id)?.name,
  people: () =>
    state.people.filter((one) => !one.deactivated && one.kind !== 'bot').map((one) => [one.id, one.realName]),
  channels: () => state.channels.map((one) => [one.id, one.label]),
  openChannel: (id) => open(id),
  get timeZone() {
    return state.timeZone;
  },
};

function click(where, action) {
  return send({ do: 'click', user: me, where, action });
}

function reply(threadTs, words) {
  return send({ do: 'say', user: me, channel, text: words, threadTs });
}

async function replyTo(ts) {
  openThread(ts);
  await draw();
  focusThread(ts);
}

function messageShortcut(ts, callbackId) {
  return send({ do: 'message-shortcut', user: me, channel, ts, callbackId });
}

function open(id) {
  channel = id;
  memory.setItem('channel', id);
  show('room');
  refresh();
}

async function openFile(file) {
  const answer = await fetch(`/file/${encodeURIComponent(file.id)}`);
  const dialog = find('#dialog');
  dialog.classList.add('wide');
  const close = element('button', { type: 'button', on: { click: () => dialog.close() } }, 'Close');
  const body = element('pre', { class: 'document', tabIndex: 0 }, await answer.text());
  dialog.replaceChildren(element('h2', {}, file.title || file.name), body, element('footer', {}, close));
  dialog.showModal();
}

function markRead() {
  const last = room.messages.at(-1)?.ts;
  if (last !== undefined && document.hasFocus()) memory.setItem(`read ${me} ${channel}`, last);
}

function unreadIn(one) {
  const read = Number(memory.getItem(`read ${me} ${one.id}`) ?? 0);
  return one.times.filter((ts) => Number(ts) > read).length;
}

function drawPeople() {
  const people = state.people.filter((one) => one.kind !== 'bot' && !one.deactivated);
  if (meSelect.options.length !== people.length) {
    const label = (one) => (one.kind === 'member' ? one.realName : `${one.realName} (guest)`);
    meSelect.replaceChildren(...people.map((one) => element('option', { value: one.id }, label(one))));
  }
  meSelect.value = me;
}

function drawChannels() {
  const row = (one) => {
    const unread = one.id === channel ? 0 : unreadIn(one);
    return element(
      'button',
      {
        type: 'button',
        class: unread > 0 ? 'unread' : '',
        'aria-current': one.id === channel ? 'true' : null,
        on: { click: () => open(one.id) },
      },
      element('span', {}, one.label),
      unread > 0 && element('span', { class: 'badge', 'aria-label': `${unread} unread` }, String(unread)),
    );
  };
  const groups = [
    ['Channels', state.channels.filter((one) => one.member && !one.direct && !one.archived)],
    ['Direct messages', state.channels.filter((one) => one.direct)],
    ['Not joined', state.channels.filter((one) => !one.member && !one.direct && !one.archived)],
    ['Archived', state.channels.filter((one) => one.archived)],
  ];
  const focused = document.activeElement?.closest('#channels') ? document.activeElement.textContent : null;
  const nodes = groups
    .filter(([, channels]) => channels.length > 0)
    .flatMap(([title, channels]) => [element('h2', {}, title), ...channels.map(row)]);
  find('#channels').replaceChildren(...nodes);
  if (focused !== null)
    [...find('#channels').querySelectorAll('button')].find((one) => one.textContent === focused)?.focus();
}

function drawHead() {
  const links = room.bookmarks.map((one) =>
    element('li', {}, element('a', { href: safeLink(one.link), target: '_blank', rel: 'noreferrer' }, one.title)),
  );
  const pins = room.pins.map((ts) => {
    const pinned = room.messages.find((one) => one.ts === ts);
    const words = (pinned?.text ?? 'a message').slice(0, 60);
    return element(
      'li',
      {},
      button(`📌 ${words}`, () => showMessage(ts), { class: 'link' }),
    );
  });
  const topic = element('p', {}, renderMrkdwn(room.topic, names));
  const members = element('p', {}, `${room.members} ${room.members === 1 ? 'member' : 'members'}`);
  head.replaceChildren(
    element('h2', {}, room.label, room.archived ? ' (archived)' : ''),
    ...(room.topic === '' ? [] : [topic]),
    ...(links.length + pins.length === 0 ? [] : [element('ul', {}, ...links, ...pins)]),
    members,
  );
}

function safeLink(link) {
  return /^https?:/.test(link) ? link : '#';
}

function drawComposer() {
  composer.hidden = room.archived || !room.member;
  const join = button('Join this channel', () => send({ do: 'join', user: me, channel }), { class: 'primary' });
  find('#join').replaceChildren(...(room.member || room.archived ? [] : [join]));
}

let hinted = '';
function drawHints() {
  const wanted = JSON.stringify([state.shortcuts.global, state.hints]);
  if (wanted === hinted) return;
  hinted = wanted;
  const shortcuts = state.shortcuts.global.map((one) =>
    button(`⚡ ${one.name}`, () => send({ do: 'global-shortcut', user: me, callbackId: one.callbackId })),
  );
  const fill = (hint) => () => {
    text.value = hint;
    text.focus();
  };
  find('#hints').replaceChildren(...shortcuts, ...state.hints.map((hint) => button(hint, fill(hint))));
}

function drawClock() {
  if (state === null) return;
  const now = new Date(Date.now() + state.clock.offsetMillis);
  const show = (timeZone) =>
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(now);
  const moved = Math.abs(state.clock.offsetMillis) > 1000 ? ' (moved)' : '';
  find('#clock').textContent = `${show('UTC')} UTC${moved}`;
}

function show(tab) {
  document.body.dataset.tab = tab;
  for (const one of document.querySelectorAll('.tabs button')) {
    if (one.dataset.tab === tab) one.setAttribute('aria-current', 'true');
    else one.removeAttribute('aria-current');
  }
}

for (const one of document.querySelectorAll('.tabs button')) one.addEventListener('click', () => show(one.dataset.tab));
meSelect.addEventListener('change', () => {
  me = meSelect.value;
  memory.setItem('me', me);
  refresh();
});
composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (words === '') return;
  text.value = '';
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(words);
  if (command === null) void send({ do: 'say', user: me, channel, text: words });
  else void send({ do: 'command', user: me, channel, command: command[1], text: command[2] });
});
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.removeAttribute('open');
  }
});

show('room');
setInterval(drawClock, 1000);
new EventSource('/api/changes').addEventListener('message', () => {
  refresh();
  drawClock();
});
window.addEventListener('focus', refresh);
refresh();
