/** Red alarms that belong to no incident: which of them open one together, and which are only shown. */
import { neighboursOf } from './dependencies.ts';
import type { Instant, Severity } from './incident.ts';
import { rank, severities } from './incident.ts';
import type { Policy } from './policy.ts';
import type { Red, Triaged, UnsettledAlarm } from './triaged.ts';
import { distinct, groupOf, toRaised } from './triaged.ts';

/** The worst of them; one that nobody knows counts as SEV2. */
function worstOf(all: readonly (Severity | null)[]): Severity {
  return severities[Math.min(...all.map(rank))] ?? 'SEV2';
}

export type Cluster = { readonly red: readonly Red[]; readonly evidence: readonly Red[] };

/** Alarms of one service, of its neighbours, of theirs and so on, as far as something is red. What has no service stands alone. */
export function clustersOf(red: readonly Red[], evidence: readonly Red[], policy: Policy): readonly Cluster[] {
  const left = new Set([...red, ...evidence].flatMap(({ treated }) => treated.service ?? []));
  const clusters: Cluster[] = [];
  for (const first of left) {
    const circle = [first];
    left.delete(first);
    // Grows while it is gone through.
    for (const service of circle) {
      for (const next of neighboursOf([service], policy)) if (left.delete(next)) circle.push(next);
    }
    const inside = ({ treated }: Red): boolean => treated.service !== null && circle.includes(treated.service);
    clusters.push({ red: red.filter(inside), evidence: evidence.filter(inside) });
  }
  const alone = red.filter(({ treated }) => treated.service === null);
  return [...clusters, { red: alone, evidence: [] }].filter((cluster) => cluster.red.length > 0);
}

export function raiseOrShow(clusters: readonly Cluster[], rooms: number, at: Instant): readonly Triaged[] {
  const due = ({ alarm, treated }: Red): boolean => treated.opens && at - alarm.since >= treated.holdMillis;
  const raising = clusters
    .filter(({ red }) => red.some(due))
    .map((cluster) => raise(cluster, due))
    // Where not all of them may open a room, the worst come first.
    .toSorted((one, other) => rank(one.severity) - rank(other.severity) || sinceOf(one) - sinceOf(other));
  const opened = raising.slice(0, rooms);
  const taken = new Set(opened.flatMap(({ alarms }) => alarms));
  const rest = clusters.flatMap(({ red }) => red).filter(({ alarm }) => !taken.has(alarm));
  const over = rest.filter(due);
  const holding = rest.filter((each) => each.treated.opens && !due(each));
  const shown = rest.filter(({ treated }) => !treated.opens);
  return [
    ...opened,
    ...byGroup(over).map(([service, alarms]): Triaged => ({ outcome: 'overflow', service, alarms })),
    ...holding.map(({ alarm, treated }): Triaged => {
      return { outcome: 'wait', until: alarm.since + treated.holdMillis, alarms: [alarm] };
    }),
    ...byGroup(shown).map(([group, alarms]): Triaged => ({ outcome: 'show', group, alarms })),
  ];
}

function sinceOf({ raised }: Raise): Instant {
  return Math.min(...raised.map(({ since }) => since));
}

function byGroup(red: readonly Red[]): readonly (readonly [string, readonly UnsettledAlarm[]])[] {
  const groups = Map.groupBy(red, ({ treated }) => groupOf(treated.service));
  return [...groups].map(([group, all]) => [group, all.map(({ alarm }) => alarm)]);
}

type Raise = Extract<Triaged, { outcome: 'raise' }>;

/** All of the cluster that is red goes in; what has been red for as long as its rule says opens it. */
function raise({ red, evidence }: Cluster, due: (each: Red) => boolean): Raise {
  const opening = red.filter(due);
  const along = [...red.filter((each) => !due(each)), ...evidence];
  const raised = distinct([...toRaised(opening), ...toRaised(along)]);
  const first = opening.find(({ alarm }) => alarm.alarm === raised[0]?.watch.alarm);
  const name = first?.alarm.name ?? '';
  return {
    outcome: 'raise',
    alarms: [...red, ...evidence].map(({ alarm }) => alarm),
    raised,
    title: first?.treated.title ?? `${name} is red`,
    severity: worstOf([...opening, ...along].map(({ treated }) => treated.severity ?? (treated.opens ? null : 'SEV5'))),
    services: [...new Set(raised.flatMap(({ watch }) => watch.service ?? []))],
  };
}
