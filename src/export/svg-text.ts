/** Words in an SVG: escaped, and cut to the room that there is, since SVG itself breaks no lines. */

/** Text for between tags: whatever it says, it stays words. Characters that XML forbids go. */
export function writeText(words: string): string {
  return words
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
    .replace(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** About how wide the words are, in pixels. Who draws them may have another font than we think of, so rather too wide. */
export function textWidth(words: string, fontSize: number): number {
  let ems = 0;
  for (const character of words) ems += widthOf(character);
  return ems * fontSize;
}

function widthOf(character: string): number {
  if (/[ilj.,:;|!'`()[\]{}]/.test(character)) return 0.3;
  if (/[\sftrI/\\-]/.test(character)) return 0.4;
  if (/[mwMW@%…—]/.test(character)) return 0.93;
  if (/[A-Z0-9_&#+=<>~]/.test(character)) return 0.67;
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u.test(
    character,
  )
    ? 1.05
    : 0.6;
}

/** As much of the words as fits; what was cut ends in `…`. */
export function cutToWidth(words: string, fontSize: number, most: number): string {
  if (textWidth(words, fontSize) <= most) return words;
  let kept = '';
  for (const character of words) {
    if (textWidth(`${kept}${character}…`, fontSize) > most) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
