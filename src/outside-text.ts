/** Words that came from outside, made plain: nothing in them hides, turns the direction of text or runs on. */

/** Control characters other than tab and line feed, and marks that turn or hide text. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Words without marks that nobody sees, and with line feeds as their only line ends. */
export function clean(words: string): string {
  return words
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(unseen, '');
}

/** The words as text of any number of lines. */
export function plainText(words: string): string {
  return clean(words).trim();
}

/** The words on one line. */
export function plainLine(words: string): string {
  return plainText(words).replace(/\s+/g, ' ');
}

/** At most `most` UTF-16 units, cut between characters as people see them; what was cut ends in `…`. */
export function cutAt(words: string, most: number): string {
  if (words.length <= most) return words;
  if (most <= 0) return '';
  const start = graphemes.segment(words.slice(0, most + 64)).containing(most - 1)?.index ?? 0;
  // A character built of endless marks would leave nothing: then any whole code point will do.
  const cut = start > 0 ? words.slice(0, start) : words.slice(0, most - 1);
  return `${(cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd()}…`;
}
