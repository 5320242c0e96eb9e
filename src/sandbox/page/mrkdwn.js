/** Slack's text format as nodes. */
import { html } from './html.js';
import { fillDate } from './time.js';

const emoji = {
  warning: '⚠️',
  rotating_light: '🚨',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  fire: '🔥',
  book: '📖',
  books: '📚',
  memo: '📝',
  bell: '🔔',
  eyes: '👀',
  wave: '👋',
  tada: '🎉',
  heart: '❤️',
  telephone_receiver: '📞',
  phone: '☎️',
  link: '🔗',
  chart_with_upwards_trend: '📈',
  hourglass: '⌛',
  large_green_circle: '🟢',
  red_circle: '🔴',
  large_yellow_circle: '🟡',
  '+1': '👍',
  pushpin: '📌',
  information_source: 'ℹ️',
};

/** With these a person reacts. */
export const reactionNames = ['+1', 'eyes', 'white_check_mark', 'tada', 'heart', 'warning'];

/**
 * @param {string} text
 * @param {object} here who and what the ids in the text stand for: `personName(id)`, `group(id)`, `channelName(id)`,
 *   `open(id)`, `me`, `now()`.
 */
export function renderMrkdwn(text, here) {
  return text
    .split('```')
    .map((part, index) =>
      index % 2 === 1 ? html`<pre>${unescapeText(part.replace(/^\n|\n$/g, ''))}</pre>` : renderLines(part, here),
    );
}

/** Plain text with emoji shown. */
export function renderPlain(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => emoji[name] ?? all);
}

/** Words alone, for titles and labels. */
export function plainWords(text, here) {
  const words = text.replace(/<([^<>]+)>/g, (_, token) => {
    const [target, label] = splitOnce(token, '|');
    if (target.startsWith('@')) return `@${here.personName(target.slice(1)) ?? label ?? target.slice(1)}`;
    if (target.startsWith('#')) return `#${here.channelName(target.slice(1)) ?? label ?? target.slice(1)}`;
    if (target.startsWith('!subteam^')) return groupName(here.group(target.slice(9)), label);
    if (/^!(?:here|channel|everyone)$/.test(target)) return `@${target.slice(1)}`;
    return label ?? target;
  });
  return renderPlain(unescapeText(words));
}

function renderLines(text, here) {
  const nodes = [];
  let quote = null;
  text.split('\n').forEach((line, index) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line)?.[1];
    if (quoted === undefined) {
      if (index > 0 && quote === null) nodes.push(html`<br />`);
      quote = null;
      nodes.push(...renderInline(line, here));
      return;
    }
    if (quote === null) nodes.push(html`<blockquote>${(quote = [])}</blockquote>`);
    else quote.push(html`<br />`);
    quote.push(...renderInline(quoted, here));
  });
  return nodes;
}

const inline =
  /<([^<>]+)>|`([^`]+)`|(?<![\w*])\*(\S|\S.*?\S)\*(?![\w*])|(?<!\w)_(\S|\S.*?\S)_(?!\w)|(?<![\w~])~(\S|\S.*?\S)~(?![\w~])/;

function renderInline(text, here) {
  const nodes = [];
  let rest = text;
  for (let match = inline.exec(rest); match !== null; match = inline.exec(rest)) {
    if (match.index > 0) nodes.push(renderPlain(unescapeText(rest.slice(0, match.index))));
    const [all, token, code, bold, italic, struck] = match;
    if (token !== undefined) nodes.push(renderToken(token, here));
    else if (code !== undefined) nodes.push(html`<code>${unescapeText(code)}</code>`);
    else if (bold !== undefined) nodes.push(html`<b>${renderInline(bold, here)}</b>`);
    else if (italic !== undefined) nodes.push(html`<i>${renderInline(italic, here)}</i>`);
    else nodes.push(html`<s>${renderInline(struck, here)}</s>`);
    rest = rest.slice(match.index + all.length);
  }
  if (rest !== '') nodes.push(renderPlain(unescapeText(rest)));
  return nodes;
}

function renderToken(token, here) {
  const [target, label] = splitOnce(token, '|');
  if (target.startsWith('@')) {
    const id = target.slice(1);
    return mention(`@${here.personName(id) ?? label ?? id}`, id === here.me.id);
  }
  if (target.startsWith('#')) {
    const id = target.slice(1);
    const name = here.channelName(id) ?? label ?? id;
    return html`<button type="button" class="link" onClick=${() => here.open(id)}>#${unescapeText(name)}</button>`;
  }
  if (target.startsWith('!date^')) return renderDate(target, label, here);
  if (target.startsWith('!subteam^')) {
    const group = here.group(target.slice(9));
    return mention(groupName(group, label), group?.members.includes(here.me.id) === true);
  }
  if (target.startsWith('!')) return mention(`@${label ?? target.slice(1)}`, true);
  if (!/^(?:https?:|mailto:)/.test(target)) return `<${unescapeText(token)}>`;
  return renderLink(unescapeText(target), unescapeText(label ?? target), here);
}

/** A link; one that leads to a message or a channel of this workspace opens it here. */
export function renderLink(href, words, here) {
  const channel = /^http:\/\/127\.0\.0\.1:\d+\/archives\/([A-Z0-9]+)/.exec(href)?.[1];
  if (channel !== undefined)
    return html`<button type="button" class="link" onClick=${() => here.open(channel)}>${words}</button>`;
  if (!/^(?:https?:|mailto:)/.test(href)) return words;
  return html`<a href=${href} target="_blank" rel="noreferrer">${words}</a>`;
}

/** The label comes from whoever wrote the message, so the workspace's own word counts. */
function groupName(group, label) {
  return group === undefined ? (label ?? '@group') : `@${group.handle}`;
}

function mention(text, isMe) {
  return html`<span class=${isMe ? 'mention me' : 'mention'}>${unescapeText(text)}</span>`;
}

/** `!date^1700000000^{date_short_pretty} {time}^link` in the reader's own time zone. */
function renderDate(target, fallback, here) {
  const [, seconds, pattern, link] = target.split('^');
  const at = Number(seconds) * 1000;
  if (Number.isNaN(at) || pattern === undefined) return unescapeText(fallback ?? '');
  const words = fillDate(pattern, at, here.me.timeZone, here.now());
  const time = html`<time datetime=${new Date(at).toISOString()}>${words}</time>`;
  return link === undefined ? time : renderLink(unescapeText(link), time, here);
}

function unescapeText(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
