/** A node of our own for the few things that are written as they are: row references and plain web addresses. */
import type { Literal } from 'mdast';

export type Verbatim = Literal & { type: 'verbatim' };

// Nodes are registered by merging interfaces, which no `type` can do.
// oxlint-disable typescript/consistent-type-definitions
declare module 'mdast' {
  interface PhrasingContentMap {
    verbatim: Verbatim;
  }
  interface RootContentMap {
    verbatim: Verbatim;
  }
}

/** `[#12]`: stays readable in the raw file, and is no link as long as the document defines none (it never does). */
export function writeReference(row: number): Verbatim {
  return { type: 'verbatim', value: `[#${row}]` };
}

/** For addresses without any character that Markdown reads: see `free-text.ts`. */
export function writeAddress(address: string): Verbatim {
  return { type: 'verbatim', value: address };
}
