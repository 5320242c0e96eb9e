/** The moments of an incident that pictures mark. */
import type { TimelineRow } from './event.ts';
import type { Instant } from './incident.ts';

export type Milestone = { readonly at: Instant; readonly label: string };

const labels: { readonly [kind: string]: string } = {
  declared: 'declared',
  mitigated: 'mitigated',
  resolved: 'resolved',
  reopened: 'reopened',
  relapsed: 'relapse',
};

/** In the order of the rows. */
export function milestonesOf(rows: readonly TimelineRow[]): readonly Milestone[] {
  return rows.flatMap(({ event, occurredAt: at }) => {
    const label = Object.hasOwn(labels, event.kind) ? labels[event.kind] : undefined;
    return label === undefined ? [] : [{ at, label }];
  });
}
