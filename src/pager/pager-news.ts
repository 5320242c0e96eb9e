/** What a pager says of a page, whichever pager it is. */
import type { Instant } from '../incident/incident.ts';

export const pagerNewsActs = ['acknowledged', 'resolved', 'reopened'] as const;

export type PagerNews = {
  /** The key that the page was sent with. Others use the same pagers, so it need not be one of ours. */
  readonly dedupKey: string;
  /** `reopened`: nobody has it any more, for whatever reason. */
  readonly act: (typeof pagerNewsActs)[number];
  /** Who it was in the pager's own words, on one line; `null`: it does not say, or it was no person. */
  readonly by: string | null;
  /** Whether a person did it; else a machine, which may be Muster itself: PagerDuty tells of what it was told. */
  readonly person: boolean;
  /** When, by the pager's clock. */
  readonly at: Instant;
  /** The same when the same news comes again. */
  readonly id: string;
};

export const mostKeyCharacters = 255;
export const mostNameCharacters = 80;
