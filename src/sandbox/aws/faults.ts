/** What is to go wrong with the next calls to the stand-in for AWS. */
import type { AwsService } from './wire.ts';

/** `operation` and `service` choose the calls (all when left out); `times` is how many of them (one when left out). */
export type AwsFault = {
  readonly service?: AwsService;
  readonly operation?: string;
  readonly times?: number;
} & (
  | { readonly kind: 'throttle' }
  | { readonly kind: 'status'; readonly status: number; readonly code?: string; readonly message?: string }
  /** Answered, and applied, only after this long. */
  | { readonly kind: 'late'; readonly millis: number }
  /** Not applied, and the connection stays open without an answer. */
  | { readonly kind: 'never' }
  /** Applied, but the connection breaks before the answer. */
  | { readonly kind: 'lost-reply' }
);

/** The faults in waiting, oldest first. */
export function createFaults(): {
  inject(fault: AwsFault): () => void;
  take(call: { readonly service: AwsService; readonly operation: string }): AwsFault | undefined;
  clear(): void;
} {
  const waiting = new Map<symbol, { readonly fault: AwsFault; left: number }>();
  return {
    inject(fault) {
      const id = Symbol();
      waiting.set(id, { fault, left: fault.times ?? 1 });
      return () => void waiting.delete(id);
    },
    take(call) {
      for (const [id, entry] of waiting) {
        const { service, operation } = entry.fault;
        if ((service ?? call.service) !== call.service || (operation ?? call.operation) !== call.operation) continue;
        entry.left -= 1;
        if (entry.left <= 0) waiting.delete(id);
        return entry.fault;
      }
      return undefined;
    },
    clear: () => waiting.clear(),
  };
}
