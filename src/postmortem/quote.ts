/** Row texts as quotes inside a sentence: word for word, on one line. */
import type { PlainRow } from './roles-for-names.ts';

/**
 * `Mitigated at 14:07 UTC: “rolled back”`, or `Mitigated at 14:07 UTC.` when the row holds no words of its own. A row of another
 * incident says so: `Impact noted at 14:07 UTC (INC-12): …`.
 */
export function withQuote(text: string, row: PlainRow): string {
  const words = ownWords(row);
  const marked = row.of === null ? text : `${text} (${row.of})`;
  return words === '' ? `${marked}.` : `${marked}: “${words}”`;
}

/** Rows about a status begin with its name (`Mitigated: rolled back`), which the sentence around the quote has said. */
function ownWords(row: PlainRow): string {
  const text = row.text.replaceAll('\n', ' ');
  const start = text.slice(0, row.kind.length).toLowerCase();
  if (start !== row.kind || !/^[:.]/.test(text.slice(start.length))) return text;
  return text.slice(start.length + 1).trim();
}
