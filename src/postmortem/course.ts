/** The course of an incident as its rows tell it: milestones, severities, and the stretches in which work went on. */
import type { Severity, Status } from '../incident/incident.ts';
import type { PlainRow } from './roles-for-names.ts';

/** A severity and the rows between which it held; `until` is `null` while it holds. */
export type SeverityStretch = {
  readonly severity: Severity | null;
  readonly from: PlainRow;
  readonly until: PlainRow | null;
};

/** From an ending that did not last to the reopening. */
export type Pause = { readonly from: PlainRow; readonly until: PlainRow };

export type Course = {
  readonly declared: PlainRow | null;
  /** These hold at the end: what was undone or reopened later does not count. */
  readonly identified: PlainRow | null;
  readonly mitigated: PlainRow | null;
  readonly resolved: PlainRow | null;
  readonly closed: PlainRow | null;
  readonly cancelled: PlainRow | null;
  readonly reopened: readonly PlainRow[];
  readonly pauses: readonly Pause[];
  /** The last status and the row that set it. */
  readonly status: { readonly status: Status; readonly row: PlainRow } | null;
  /** Up to the resolution, the cancellation or the end of the record. */
  readonly severities: readonly SeverityStretch[];
  /** The last row that named the services, with them. */
  readonly services: { readonly names: readonly string[]; readonly row: PlainRow } | null;
  /** Ids of the rows after which the incident was ongoing. */
  readonly ongoingAfter: ReadonlySet<number>;
};

type Step = { readonly status: Status; readonly row: PlainRow };

/** The rows of one incident, in the order in which things happened. */
export function readCourse(rows: readonly PlainRow[]): Course {
  const ongoingAfter = new Set<number>();
  const reopened: PlainRow[] = [];
  const pauses: Pause[] = [];
  let ended: PlainRow | null = null;
  const steps: Step[] = [];
  let declared: PlainRow | null = null;
  let services: Course['services'] = null;
  for (const row of rows) {
    const status = statusAfter(row);
    if (status !== null) steps.push({ status, row });
    if (row.event.kind === 'declared') declared ??= row;
    if (row.event.kind === 'mitigated' || row.event.kind === 'resolved') ended ??= row;
    if (row.event.kind === 'undone') ended = null;
    if (row.event.kind === 'reopened') {
      reopened.push(row);
      if (ended !== null) pauses.push({ from: ended, until: row });
      ended = null;
    }
    if (row.event.kind === 'declared' || row.event.kind === 'services changed') {
      services = { names: row.event.services, row };
    }
    if (row.event.kind === 'merged') {
      services = { names: [...new Set([...(services?.names ?? []), ...row.event.services])], row };
    }
    const now = steps.at(-1)?.status;
    if (now === 'investigating' || now === 'identified' || now === 'mitigated') ongoingAfter.add(row.id);
  }
  const standing = standingSteps(steps);
  const find = (status: Status): PlainRow | null => standing.findLast((step) => step.status === status)?.row ?? null;
  const resolved = find('resolved');
  const cancelled = find('cancelled');
  return {
    declared,
    identified: find('identified'),
    mitigated: find('mitigated'),
    resolved,
    closed: find('closed'),
    cancelled,
    reopened,
    pauses,
    status: steps.at(-1) ?? null,
    severities: readSeverities(rows, resolved ?? cancelled),
    services,
    ongoingAfter,
  };
}

function statusAfter(row: PlainRow): Status | null {
  switch (row.event.kind) {
    case 'declared':
    case 'reopened':
      return 'investigating';
    case 'identified':
    case 'mitigated':
    case 'resolved':
    case 'closed':
    case 'cancelled':
      return row.event.kind;
    case 'merged into':
      return 'cancelled';
    case 'undone':
      return row.event.to;
    case 'room opened':
    case 'noted':
    case 'signalled':
    case 'severity changed':
    case 'role given':
    case 'page opened':
    case 'people paged':
    case 'page held':
    case 'page paused':
    case 'page changed':
    case 'page answered':
    case 'page ended':
    case 'prompted':
    case 'stand down suggested':
    case 'stand down asked':
    case 'stand down put off':
    case 'responder kept':
    case 'responders recalled':
    case 'room archived':
    case 'responder active':
    case 'responder stood down':
    case 'responder passed on':
    case 'responder unreachable':
    case 'renamed':
    case 'services changed':
    case 'detected':
    case 'alarms joined':
    case 'alarm separated':
    case 'alarms changed':
    case 'alarm trusted':
    case 'alarm reconfigured':
    case 'alarm discounted':
    case 'blinded':
    case 'seen again':
    case 'merged':
    case 'recovery proved':
    case 'relapsed':
    case 'write failed':
      return null;
  }
}

/** The steps that were not taken back: an undo brings back what stood before, a reopening leaves only the declaration. */
function standingSteps(steps: readonly Step[]): readonly Step[] {
  const history: (readonly Step[])[] = [];
  for (const step of steps) {
    const standing = history.at(-1) ?? [];
    if (step.row.event.kind === 'undone') history.pop();
    else if (step.row.event.kind === 'reopened') history.push([...standing.filter(isDeclaration), step]);
    else history.push([...standing, step]);
  }
  return history.at(-1) ?? [];
}

function isDeclaration(step: Step): boolean {
  return step.row.event.kind === 'declared';
}

function readSeverities(rows: readonly PlainRow[], end: PlainRow | null): readonly SeverityStretch[] {
  const stretches: SeverityStretch[] = [];
  for (const row of rows) {
    if (row.event.kind !== 'declared' && row.event.kind !== 'severity changed') continue;
    const last = stretches.pop();
    if (last !== undefined) stretches.push({ ...last, until: row });
    stretches.push({
      severity: row.event.kind === 'declared' ? row.event.severity : row.event.to,
      from: row,
      until: null,
    });
  }
  const last = stretches.pop();
  if (last === undefined) return [];
  return [...stretches, { ...last, until: end !== null && end.occurredAt >= last.from.occurredAt ? end : null }];
}
