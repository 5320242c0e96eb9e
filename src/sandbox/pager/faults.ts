/** What is to go wrong with the next calls to the stand-in for pagers. */

/** `times` is how many calls (one when left out). */
export type PagerFault = { readonly times?: number } & (
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Done, and answered, only after this long. */
  | { readonly kind: 'late'; readonly millis: number }
  /** Not done, and the connection stays open without an answer. */
  | { readonly kind: 'never' }
  /** Done, but the connection breaks before the answer. */
  | { readonly kind: 'lost reply' }
);

/** The faults in waiting, oldest first. */
export function createPagerFaults(): {
  /** The answer takes it back. */
  inject(fault: PagerFault): () => void;
  take(): PagerFault | undefined;
  clear(): void;
} {
  const waiting = new Map<symbol, { readonly fault: PagerFault; left: number }>();
  return {
    inject(fault) {
      const id = Symbol();
      waiting.set(id, { fault, left: fault.times ?? 1 });
      return () => void waiting.delete(id);
    },
    take() {
      const [first] = waiting;
      if (first === undefined) return undefined;
      const [id, entry] = first;
      entry.left -= 1;
      if (entry.left <= 0) waiting.delete(id);
      return entry.fault;
    },
    clear: () => waiting.clear(),
  };
}
