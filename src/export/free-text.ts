/** Outside words as nodes: text to be escaped, line breaks, and web addresses that readers recognise as links. */
import type { PhrasingContent } from 'mdast';
import { writeAddress } from './verbatim.ts';

/**
 * An address that stands free and holds nothing that Markdown would read as markup; an underscore only inside a word. Space
 * has to follow: readers take all that does not for a part of the address, even the backslash that keeps a `<` from being
 * HTML. Any other address is escaped like the words around it.
 */
const webAddress =
  /(?<=^|[\s(])https?:\/\/[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#](?:[A-Za-z0-9]_(?=[A-Za-z0-9])|[A-Za-z0-9/.?=&%#+,:@-])*)?(?=[).,:!?]*(?:\s|$))/;
/** GitHub makes a link of a mail address even where it is escaped, but not inside code. */
const mailAddress = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*/;
const addresses = new RegExp(`(${webAddress.source})|(${mailAddress.source})`, 'g');

export function writeFreeText(text: string): readonly PhrasingContent[] {
  return text
    .split('\n')
    .flatMap((line, index): readonly PhrasingContent[] =>
      index === 0 ? writeLine(line) : [{ type: 'break' }, ...writeLine(line)],
    );
}

function writeLine(line: string): readonly PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let end = 0;
  for (const match of line.matchAll(addresses)) {
    const [found, web] = match;
    nodes.push({ type: 'text', value: line.slice(end, match.index) });
    nodes.push(web === undefined ? { type: 'inlineCode', value: found } : writeAddress(web));
    end = match.index + found.length;
  }
  nodes.push({ type: 'text', value: line.slice(end) });
  return nodes.filter((node) => node.type !== 'text' || node.value !== '');
}
