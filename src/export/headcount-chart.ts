/** The headcount as a picture: the room filling and emptying against what happened. */
import type { Headcount } from '../incident/headcount.ts';
import type { IncidentId } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { Milestone } from '../incident/milestones.ts';
import type { Chart, Series } from './chart.ts';

const width = 1000;
const height = 420;

const minute = 60_000;

/** Of an incident that goes back and forth, the first and the last. */
const mostMarks = 30;

const shown = ['active', 'paged', 'standby'] as const;

/** For `drawChart` and `describeChart`. Times are UTC. */
export function headcountChart(ask: {
  readonly incident: IncidentId;
  readonly headcount: Headcount;
  readonly marks: readonly Milestone[];
}): Chart {
  const { marks } = ask;
  const { from, to, counts } = ask.headcount;
  const half = mostMarks / 2;
  return {
    title: `People in ${roomKey(ask.incident)}`,
    width,
    height,
    from,
    // Narrower than a minute it would show nothing.
    to: Math.max(to, from + minute),
    series: shown.map((name): Series => ({
      name,
      points: counts.map((count) => ({ at: count.at, value: count[name] })),
      kind: { type: 'held' },
    })),
    thresholds: [],
    marks: marks.length > mostMarks ? [...marks.slice(0, half), ...marks.slice(-half)] : marks,
  };
}
