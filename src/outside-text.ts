/** Words that came from outside, made plain: nothing in them hides, turns the direction of text or runs on. */

/** Control characters other than tab and line feed, and marks that turn or hide text. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** The words as text of any number of lines. */
export function plainText(words: string): string {
  return words
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(unseen, '')
    .trim();
}

/** The words on one line. */
export function plainLine(words: string): string {
  return plainText(words).replace(/\s+/g, ' ');
}

/** At most `most` UTF-16 units; what was cut ends in `…`. */
export function cutAt(words: string, most: number): string {
  if (words.length <= most) return words;
  const kept = words.slice(0, most - 1);
  // Not between the two halves of one character.
  return `${(kept.isWellFormed() ? kept : kept.slice(0, -1)).trimEnd()}…`;
}
