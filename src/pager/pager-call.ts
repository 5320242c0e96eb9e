/** What a pager is told, and what goes over the wire for it. */
import type { Instant, Severity } from '../incident/incident.ts';

/** `trigger` calls people, `acknowledge` says that somebody has it, `resolve` that the page is over. */
export type PagerAct = 'trigger' | 'acknowledge' | 'resolve';

export type PagerCall = {
  readonly act: PagerAct;
  /** Names the page, for as long as it lives: at most 255 characters. */
  readonly dedupKey: string;
  /** Such as `INC-42`. */
  readonly incident: string;
  readonly title: string;
  readonly severity: Severity | null;
  readonly service: string | null;
  /** What is asked of whoever is called, on one line. */
  readonly question: string;
  /** Where to go: the room. */
  readonly link: string | null;
  /** Names of those whom Slack calls for the same. */
  readonly people: readonly string[];
  /** When it happened. The same when the call is sent again: it tells this call from a later one with the same key. */
  readonly at: Instant;
};

/** What is posted, whatever the pager. */
export type PagerRequest = {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};
