/** Two incidents turn out to be one: one goes on with what the other knows. The timelines of both are kept as they are. */
import type { Refusal } from './decision.ts';
import { refused } from './decision.ts';
import type { Happening } from './event.ts';
import type { Actor, Incident, Watch } from './incident.ts';
import { isOngoing, rank, roomKey } from './incident.ts';
import { mayChangeStatus } from './permissions.ts';

export type Merging = {
  /** The incident that ends. */
  readonly from: Incident;
  /** The incident that goes on. */
  readonly into: Incident;
  readonly by: Actor;
  readonly confirmed: boolean;
};

export type Merged =
  { readonly type: 'merged'; readonly from: readonly Happening[]; readonly into: readonly Happening[] } | Refusal;

export function merge({ from, into, by, confirmed }: Merging): Merged {
  const [ending, going] = [roomKey(from.id), roomKey(into.id)];
  if (from.id === into.id) return refused(`${ending} can't be merged into itself.`);
  if (from.mergedInto === into.id) return { type: 'merged', from: [], into: [] };
  for (const each of [from, into]) {
    if (!isOngoing(each)) return refused(`${roomKey(each.id)} is ${each.status}, so it can't be merged.`);
  }
  if (from.test !== into.test) return refused('A test and an incident can’t be merged.');
  if (mayChangeStatus(from, by) !== null && mayChangeStatus(into, by) !== null) {
    return refused(`Only people who are working on ${ending} or ${going} can do that. Press I'm On It first.`);
  }
  if (!confirmed) {
    return {
      type: 'confirm',
      text: `Merge ${ending} (${from.title}) into ${going} (${into.title})? Work goes on in the room of ${going}; both timelines are kept. This can't be undone.`,
      offers: [
        {
          label: `Yes, Merge into ${going}`,
          incident: from.id,
          command: { name: 'merge', into: into.id, confirmed: true },
        },
      ],
    };
  }
  const worse = from.severity !== null && rank(from.severity) < rank(into.severity) ? from.severity : null;
  return {
    type: 'merged',
    from: [
      { event: { kind: 'merged into', incident: into.id }, text: `Merged into ${going}: it is the same incident.` },
    ],
    into: [
      {
        event: {
          kind: 'merged',
          incident: from.id,
          services: from.services,
          watches: from.watches.filter((watch) => watch.verdict === 'alarm' || !isSeparated(into, watch)),
          responders: from.responders,
          stabilisationMillis: longer(from.stabilisationMillis, into.stabilisationMillis),
        },
        text: `${ending} (${from.title}) is the same incident: its services, alarms and responders are taken over, its timeline is kept.`,
      },
      ...(worse === null
        ? []
        : [
            {
              event: { kind: 'severity changed', from: into.severity, to: worse } as const,
              text: `Severity ${worse} (was ${into.severity ?? 'not known yet'}): as ${ending} was.`,
            },
          ]),
    ],
  };
}

/** People said that it is no part of this. One that is red all the same would be left behind with nobody to watch it. */
function isSeparated(incident: Incident, { alarm }: Watch): boolean {
  return incident.separated.includes(alarm);
}

/** `null`: it follows from how the alarms are evaluated. */
function longer(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}
