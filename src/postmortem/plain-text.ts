/** Slack's mrkdwn as plain text: no mention, no ping and no markup survives; the words stay as they were. */

/** What stands between `<` and `>` in mrkdwn, apart from a mention of a person. */
function plainToken(token: string): string {
  const bar = token.indexOf('|');
  const target = bar === -1 ? token : token.slice(0, bar);
  const label = bar === -1 ? '' : token.slice(bar + 1).trim();
  if (target.startsWith('#')) return label === '' ? 'a channel' : `#${label}`;
  if (target.startsWith('!subteam^')) return label === '' ? 'a user group' : `the group ${label.replace(/^@+/, '')}`;
  if (target.startsWith('!date^')) return label === '' ? 'a date' : label;
  if (target.startsWith('!')) return plainPing(target.slice(1).toLowerCase());
  if (/^mailto:/i.test(target)) return label === '' ? target.slice('mailto:'.length) : label;
  const shown = target.replace(/^https?:\/\//i, '');
  return label === '' || label === target || label === shown || label === shown.replace(/\/$/, '')
    ? target
    : `${label} (${target})`;
}

/** A ping is told, not repeated: copied back into Slack, `@channel` would ring again. */
function plainPing(name: string): string {
  switch (name) {
    case 'here':
      return 'everyone here';
    case 'channel':
    case 'group':
      return 'everyone in the channel';
    case 'everyone':
      return 'everyone';
    default:
      return 'a Slack command';
  }
}

/** Slack escapes exactly these three; decoding once keeps `&amp;lt;` the `&lt;` that somebody typed. */
function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name: string) => (name === 'amp' ? '&' : name === 'lt' ? '<' : '>'));
}

/**
 * Control characters, and those that turn the direction of all the text after them or hide. Tabs become spaces, every
 * kind of line end becomes `\n`, and empty lines go.
 */
function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)[\p{Cc}\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|\p{Cs}/gu, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** Typed out, as machines do it, these would ring as well once somebody copies the line. */
function withoutPings(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}_.-])@(here|channel|everyone|group)(?![\p{L}\p{N}_])/giu, (_, name: string) =>
    plainPing(name.toLowerCase()),
  );
}

const tokens = /<@([UW][A-Z0-9]*)(?:\|[^<>\n]*)?>|<([#!][^<>\n]*|(?:https?|mailto):[^<>\n]*)>/gi;

/** How to word what mrkdwn itself leaves open. Both take and give plain text. */
export type Wording = {
  /** What becomes of words that people or machines wrote. */
  readonly words: (text: string) => string;
  /** What stands for a mentioned person. */
  readonly person: (id: string) => string;
};

/** Decodes first: what was typed as `&lt;!channel&gt;` must not become a ping further down the road either. */
export function toPlainText(mrkdwn: string, wording: Wording): string {
  const text = tidy(decodeEntities(mrkdwn));
  const out: string[] = [];
  let end = 0;
  for (const match of text.matchAll(tokens)) {
    const [whole, mentioned, token] = match;
    out.push(wording.words(withoutPings(text.slice(end, match.index))));
    // A label is outside text as well: it can hold a name or a ping.
    out.push(
      mentioned === undefined
        ? wording.words(withoutPings(plainToken(token ?? '')))
        : wording.person(mentioned.toUpperCase()),
    );
    end = match.index + whole.length;
  }
  out.push(wording.words(withoutPings(text.slice(end))));
  return tidy(out.join(''));
}
