/** The messages of one channel. Only those that changed are drawn again, so that open menus and half-typed replies stay. */
import { button, element } from './element.js';
import { renderBlocks } from './blocks.js';
import { renderMrkdwn, renderPlain } from './mrkdwn.js';

const list = document.querySelector('#messages');
const drawn = new Map();
const openThreads = new Set();
let drawnChannel = null;

/**
 * @param {object} room as the server gives it.
 * @param {object} context `names`; `state`; `click(where, action)`; `reply(threadTs, text)`;
 *   `messageShortcut(ts, callbackId)`; `openFile(file)`.
 */
export function showMessages(room, context) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const isOther = drawnChannel !== `${room.id} ${context.state.me}`;
  if (isOther) {
    drawn.clear();
    list.replaceChildren();
    drawnChannel = `${room.id} ${context.state.me}`;
  }
  const wanted = topLevel(room).map((entry) => entryNode(entry, room, context));
  wanted.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild.remove();
  if (isOther || atEnd) list.scrollTop = list.scrollHeight;
}

/** Brings one message into view. */
export function showMessage(ts) {
  const node = drawn.get(ts)?.node;
  node?.scrollIntoView({ block: 'center' });
  node?.querySelector('summary, button, a')?.focus();
}

function topLevel(room) {
  const own = room.ephemerals.filter((one) => one.threadTs === null).map((one) => ({ ...one, onlyYou: true }));
  return [...room.messages, ...own].toSorted((a, b) => Number(a.ts) - Number(b.ts));
}

function entryNode(entry, room, context) {
  const key = entry.onlyYou ? entry.id : entry.ts;
  const own = room.ephemerals.filter((one) => one.threadTs === entry.ts).map((one) => ({ ...one, onlyYou: true }));
  const thread = [...(entry.replies ?? []), ...own].toSorted((a, b) => Number(a.ts) - Number(b.ts));
  const content = JSON.stringify([entry, thread, openThreads.has(key), room.member]);
  const before = drawn.get(key);
  if (before?.content === content) return before.node;
  const node = messageNode(entry, { room, context });
  const input = before?.node.querySelector('.thread input');
  if (thread.length > 0 || openThreads.has(key)) {
    node.append(threadNode(entry, thread, { room, context, typed: input?.value ?? '' }));
  }
  const typing = input !== undefined && input !== null && input === document.activeElement;
  before?.node.replaceWith(node);
  if (typing) node.querySelector('.thread input')?.focus();
  drawn.set(key, { content, node });
  return node;
}

function messageNode(entry, { room, context }) {
  const { names, state } = context;
  const who = entry.onlyYou && entry.from === 'slack' ? 'Slackbot' : (names.person(entry.user) ?? 'Somebody');
  const marks = [
    entry.onlyYou ? 'Only visible to you' : null,
    entry.isPinned ? '📌 pinned' : null,
    entry.isEdited ? 'edited' : null,
  ].filter((mark) => mark !== null);
  const head = element(
    'header',
    {},
    element('b', { 'data-app': entry.isBot || entry.onlyYou ? 'APP' : '' }, who),
    element('time', { class: 'quiet' }, timeOf(entry.ts, state.timeZone)),
    marks.length > 0 && element('span', { class: 'mark' }, marks.join(' · ')),
    !entry.onlyYou && entry.subtype === null && messageMenu(entry, context),
  );
  const where = entry.onlyYou ? { ephemeral: entry.id } : { channel: room.id, ts: entry.ts };
  const act = (block, action) => context.click(where, action);
  const body =
    entry.blocks.length > 0
      ? renderBlocks(entry.blocks, { names, act })
      : element('div', { class: entry.subtype === null ? '' : 'quiet' }, renderMrkdwn(entry.text, names));
  const files = (entry.files ?? []).map((file) => fileNode(file, context));
  const reactions = (entry.reactions ?? []).map(({ name, users }) => renderReaction(name, users, names));
  return element(
    'li',
    { class: entry.onlyYou ? 'message only-you' : 'message' },
    head,
    body,
    ...files,
    reactions.length > 0 && element('p', { class: 'mark' }, ...reactions),
  );
}

function renderReaction(name, users, names) {
  const who = users.map((id) => names.person(id) ?? id).join(', ');
  return element('span', { title: who }, renderPlain(`:${name}:`), ` ${users.length} `);
}

function messageMenu(entry, context) {
  const items = [
    ...(entry.threadTs === null ? [button('Reply in thread', () => context.openThread(entry.ts))] : []),
    ...context.state.shortcuts.message.map((one) =>
      button(one.name, () => context.messageShortcut(entry.ts, one.callbackId)),
    ),
  ];
  const close = (event) => event.currentTarget.closest('details')?.removeAttribute('open');
  return element(
    'details',
    { class: 'menu' },
    element('summary', { 'aria-label': 'What can be done with this message' }, '⋯'),
    element('ul', { on: { click: close } }, ...items.map((item) => element('li', {}, item))),
  );
}

/** Opens the thread of a message, so that the first reply can be written. */
export function openThread(ts) {
  openThreads.add(ts);
}

/** Puts the cursor into the thread's reply. */
export function focusThread(ts) {
  drawn.get(ts)?.node.querySelector('.thread input')?.focus();
}

function threadNode(entry, replies, { room, context, typed }) {
  const input = element('input', { value: typed, placeholder: 'Reply', 'aria-label': 'Reply in thread' });
  const form = element('form', {}, input, element('button', { type: 'submit' }, 'Reply'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    void context.reply(entry.ts, text);
  });
  const nodes = replies.map((reply) => messageNode(reply, { room, context }));
  return element('div', { class: 'thread' }, element('ol', {}, ...nodes), !room.archived && room.member && form);
}

function fileNode(file, context) {
  const size = file.size < 1024 ? `${file.size} B` : `${Math.round(file.size / 1024)} kB`;
  const href = `/file/${encodeURIComponent(file.id)}`;
  return element(
    'div',
    { class: 'file' },
    element('b', {}, file.title || file.name),
    element('span', { class: 'quiet' }, `${file.name}, ${size}`),
    button('Open', () => context.openFile(file)),
    element('a', { href, download: file.name }, 'Download'),
  );
}

function timeOf(ts, timeZone) {
  const options = { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(Number(ts) * 1000));
}
