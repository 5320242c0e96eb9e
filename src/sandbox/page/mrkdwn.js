/** Slack's text format as nodes. */
import { element } from './element.js';

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

/**
 * @param {string} text
 * @param {object} names who and what the ids in the text stand for: `person(id)`, `channel(id)`,
 *   `openChannel(id)`, `timeZone`.
 */
export function renderMrkdwn(text, names) {
  const whole = document.createDocumentFragment();
  text.split(/```/).forEach((part, index) => {
    if (index % 2 === 1) whole.append(element('pre', {}, unescapeText(part.replace(/^\n|\n$/g, ''))));
    else whole.append(...renderLines(part, names));
  });
  return whole;
}

/** Plain text with emoji shown. */
export function renderPlain(text) {
  return document.createTextNode(withEmoji(text));
}

function renderLines(text, names) {
  const nodes = [];
  let quote = null;
  text.split('\n').forEach((line, index) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted === null) {
      if (index > 0 && quote === null) nodes.push(document.createElement('br'));
      quote = null;
      nodes.push(...renderInline(line, names));
      return;
    }
    if (quote === null) nodes.push((quote = document.createElement('blockquote')));
    else quote.append(document.createElement('br'));
    quote.append(...renderInline(quoted[1], names));
  });
  return nodes;
}

const inline =
  /<([^<>]+)>|`([^`]+)`|(?<![\w*])\*(\S|\S.*?\S)\*(?![\w*])|(?<!\w)_(\S|\S.*?\S)_(?!\w)|(?<![\w~])~(\S|\S.*?\S)~(?![\w~])/;

function renderInline(text, names) {
  const nodes = [];
  let rest = text;
  for (let match = inline.exec(rest); match !== null; match = inline.exec(rest)) {
    if (match.index > 0) nodes.push(renderPlain(unescapeText(rest.slice(0, match.index))));
    const [all, token, code, bold, italic, struck] = match;
    if (token !== undefined) nodes.push(renderToken(token, names));
    else if (code !== undefined) nodes.push(element('code', {}, unescapeText(code)));
    else if (bold !== undefined) nodes.push(element('b', {}, ...renderInline(bold, names)));
    else if (italic !== undefined) nodes.push(element('i', {}, ...renderInline(italic, names)));
    else nodes.push(element('s', {}, ...renderInline(struck, names)));
    rest = rest.slice(match.index + all.length);
  }
  if (rest !== '') nodes.push(renderPlain(unescapeText(rest)));
  return nodes;
}

function renderToken(token, names) {
  const [target, label] = splitOnce(token, '|');
  if (target.startsWith('@')) return mention(`@${names.person(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('#')) {
    const id = target.slice(1);
    const open = () => names.openChannel(id);
    return element(
      'button',
      { type: 'button', class: 'link', on: { click: open } },
      `#${names.channel(id) ?? label ?? id}`,
    );
  }
  if (target.startsWith('!date^')) return element('time', {}, formatDate(target, label, names.timeZone));
  if (target.startsWith('!subteam^')) return mention(label ?? '@group');
  if (target.startsWith('!')) return mention(`@${label ?? target.slice(1)}`);
  if (!/^(?:https?:|mailto:)/.test(target)) return document.createTextNode(`<${unescapeText(token)}>`);
  const href = unescapeText(target);
  return element('a', { href, target: '_blank', rel: 'noreferrer' }, unescapeText(label ?? target));
}

function mention(text) {
  return element('span', { class: 'mention' }, unescapeText(text));
}

/** `!date^1700000000^{date_short_pretty} {time}^link` in the reader's own time zone. */
function formatDate(target, fallback, timeZone) {
  const [, seconds, format] = target.split('^');
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime()) || format === undefined) return unescapeText(fallback ?? '');
  const part = (options) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
  const forms = {
    date: { day: 'numeric', month: 'long', year: 'numeric' },
    date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
    date_short: { day: 'numeric', month: 'short', year: 'numeric' },
    date_long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    time: { hour: '2-digit', minute: '2-digit' },
    time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  };
  return format.replace(/\{(\w+?)(?:_pretty)?\}/g, (all, name) => (forms[name] ? part(forms[name]) : all));
}

function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => emoji[name] ?? all);
}

function unescapeText(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
