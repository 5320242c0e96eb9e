/** Where a value stands in a YAML file, so that a problem can name its line. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';

export type Path = readonly PropertyKey[];

export type ReadYaml =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** The line of the value at a path; of its key for one that should not be there; of what should hold it if it is missing. */
      readonly findLine: (path: Path) => number;
    }
  | { readonly ok: false; readonly problems: readonly { readonly line: number; readonly sentence: string }[] };

/** Enough for a team that every service names, too few to blow a small file up. */
const mostAliases = 500;

/** Every value stays text as it was written: an account number keeps its zeros, a service may be called `on` or `1e3`. */
export function readYaml(text: string): ReadYaml {
  const lineCounter = new LineCounter();
  const lineAt = (offset: number): number => Math.max(1, lineCounter.linePos(offset).line);
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      customTags: (tags) => tags.filter((tag) => typeof tag !== 'string' && !/:(?:int|float|bool)$/.test(tag.tag)),
    });
    if (document.errors.length > 0) {
      const problems = document.errors.map((error) => ({ line: lineAt(error.pos[0]), sentence: error.message }));
      return { ok: false, problems };
    }
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    return { ok: true, value, findLine: (path) => lineAt(findOffset(document, path)) };
  } catch (error) {
    // The library throws for too many aliases, and for nesting that exhausts the stack.
    const sentence = error instanceof ReferenceError ? 'too many aliases, or one of nothing' : 'nested too deeply';
    return { ok: false, problems: [{ line: 1, sentence }] };
  }
}

function findOffset(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(step));
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
