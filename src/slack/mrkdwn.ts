/** Slack's text format: what people wrote is made harmless on the way out, and plain on the way in. */
import type { GroupId, Instant } from '../incident/incident.ts';
import { clean, cutAt as bounded, plainLine as oneLine } from '../outside-text.ts';
import { isGroupId, isPersonId } from './ids.ts';

export { bounded, clean, oneLine };

/** Disarms outside text: nothing in it pings, links or hides. */
export function escape(text: string): string {
  return clean(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** In bold letters, whatever stars stand in it. @param text in Slack's format. */
export function bold(text: string): string {
  return `*${text.replaceAll('*', '∗')}*`;
}

/** The opposite of what Slack does to what people type. */
export function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => characters[entity] ?? entity);
}

/** Like `bounded`, for text that is already in Slack's format: no token and no entity is cut in two. */
export function boundedMrkdwn(rendered: string, most: number): string {
  if (rendered.length <= most) return rendered;
  const cut = bounded(rendered, most);
  const whole = cut
    .slice(0, -1)
    .replace(/<[^<>]*$/, '')
    .replace(/&[a-z]*$/, '');
  return `${whole.trimEnd()}…`;
}

/** A mention that reaches the person; words that are no member id are shown as they are. */
export function mention(person: string): string {
  return isPersonId(person) ? `<@${person}>` : escape(person);
}

export function channelMention(channel: string): string {
  return /^[CDG][A-Z0-9]{1,20}$/.test(channel) ? `<#${channel}>` : escape(channel);
}

/** `2025-10-09 09:33 UTC`. */
export function utc(at: Instant): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return 'time not known';
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** A moment that every reader sees in their own time zone. */
export function date(at: Instant): string {
  const words = utc(at);
  if (words === 'time not known') return words;
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${words}>`;
}

/** The same for today's moments: the time alone. */
export function time(at: Instant): string {
  const words = utc(at);
  if (words === 'time not known') return words;
  return `<!date^${Math.floor(at / 1000)}^{time}|${words.slice(11)}>`;
}

/** A link with its label; an address that is not http(s) leaves only the label. */
export function link(url: string, label: string): string {
  const words = escape(oneLine(label)).replace(/\|/g, '/');
  const address = webAddress(url);
  if (address === null) return words;
  return words === '' ? `<${address}>` : `<${address}|${words}>`;
}

/** The address as it may stand inside a link, or `null` when it is not http(s). */
export function webAddress(url: string): string | null {
  if (url.length > 3000 || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const address = new URL(url).href.replace(/\|/g, '%7C').replace(/</g, '%3C').replace(/>/g, '%3E');
  return address.replace(/&/g, '&amp;');
}

/** Words as code, in which nothing is formatted. */
export function code(words: string): string {
  const plain = oneLine(words).replace(/`/g, "'");
  return `\`${escape(plain === '' ? ' ' : plain)}\``;
}

/**
 * The words of a timeline row in Slack's format. People and channels stay mentions, addresses become links to themselves, and all
 * else is disarmed.
 */
export function renderRowText(text: string): string {
  const tokens = /<@[UW][A-Z0-9]{1,20}>|<#[CG][A-Z0-9]{1,20}>|https?:\/\/[^\s<>|"`]+/g;
  const tidy = clean(text);
  let rendered = '';
  let end = 0;
  for (const match of tidy.matchAll(tokens)) {
    const token = match[0].startsWith('<') ? match[0] : match[0].replace(/[).,:;!?'*_~]+$/, '');
    const address = token.startsWith('<') ? null : webAddress(token);
    rendered += escape(tidy.slice(end, match.index));
    rendered += token.startsWith('<') ? token : address === null ? escape(token) : `<${address}>`;
    end = match.index + token.length;
  }
  return rendered + escape(tidy.slice(end));
}

/** Like `fromSlack`, and user groups stay tokens too: `<!subteam^S0614TZR7|@payments>`. */
export function fromSlackWithGroups(text: string): string {
  return plainOf(text, (whole, inside) =>
    inside.startsWith('!subteam^') ? whole.replace(/\s+/g, '') : plainToken(whole, inside),
  );
}

/** The user group that the token names; `null` when it is none. */
export function readGroupToken(token: string): GroupId | null {
  const id = /^<!subteam\^([A-Z0-9]+)(?:\|[^<>]*)?>$/.exec(token)?.[1] ?? '';
  return isGroupId(id) ? id : null;
}

/** Turns the tokens of user groups into words. */
export function plainGroups(text: string): string {
  return text.replace(/<!subteam\^[A-Z0-9]+(?:\|([^<>]*))?>/g, (_, label: string | undefined) =>
    broadcast('subteam', label ?? ''),
  );
}

/**
 * What somebody wrote in Slack as plain text: entities and links are undone, broadcasts are words, and only people (`<@U1>`) and
 * channels without a name (`<#C1>`) stay tokens.
 */
export function fromSlack(text: string): string {
  return plainOf(text, plainToken);
}

function plainOf(text: string, token: (whole: string, inside: string) => string): string {
  return unescape(clean(text).replace(/<([^<>\n]*)>/g, (whole, inside: string) => token(whole, inside)));
}

function plainToken(whole: string, inside: string): string {
  const bar = inside.indexOf('|');
  const target = bar === -1 ? inside : inside.slice(0, bar);
  const label = bar === -1 ? '' : inside.slice(bar + 1).trim();
  if (target.startsWith('@')) return isPersonId(target.slice(1)) ? `<${target}>` : label || target;
  if (target.startsWith('#')) return label === '' ? `<${target}>` : `#${label.replace(/^#/, '')}`;
  if (target.startsWith('!')) return broadcast(target.slice(1), label);
  if (/^(?:mailto|tel):/.test(target)) return label || target.slice(target.indexOf(':') + 1);
  if (!/^https?:\/\//i.test(target)) return whole;
  const address = target.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  const same = label === '' || label === target || label.replace(/^https?:\/\//i, '').replace(/\/$/, '') === address;
  return same ? target : `${label} (${target})`;
}

function broadcast(target: string, label: string): string {
  const name = target.split('^')[0] ?? '';
  if (name === 'date') return label;
  if (label !== '') return label.startsWith('@') ? label : `@${label}`;
  return name === 'subteam' ? '@group' : `@${name}`;
}
