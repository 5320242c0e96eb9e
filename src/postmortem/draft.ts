/** Writes the postmortem's draft from the timeline, and from nothing else. */
import { roomKey } from '../incident/incident.ts';
import type { Incident, IncidentId, Instant } from '../incident/incident.ts';
import type { TimelineRow } from '../incident/event.ts';
import { followAlarms } from './alarm-course.ts';
import { readCourse } from './course.ts';
import { writeDetection } from './detection-section.ts';
import { writeContributingFactors } from './factors-section.ts';
import { writeActionItems, writeOpenQuestions, writeWentWell } from './lessons-sections.ts';
import type { NoDraft, Postmortem } from './postmortem.ts';
import { writeRecovery } from './recovery-section.ts';
import { writeResponders } from './responders-section.ts';
import { nameByRole } from './roles-for-names.ts';
import { writeFacts, writeImpact, writeSummary } from './summary-section.ts';
import { findGaps, writeTimeline } from './timeline-section.ts';
import { formatMoment } from './times.ts';
import type { Person } from './typed-names.ts';

/** An incident that turned out to be part of another, with its own rows. */
export type MergedIncident = { readonly id: IncidentId; readonly rows: readonly TimelineRow[] };

/**
 * The draft of an incident at any moment of its life; `rows` in any order. An incident that its own alarm cancelled before
 * anyone acted has none: there is nothing to learn from in its record. One that people cancelled does. One that turned out to
 * be part of another has none either: the other's draft holds the rows of both.
 */
export function draftPostmortem(ask: {
  readonly incident: Incident;
  readonly rows: readonly TimelineRow[];
  /** The incidents that turned out to be part of it. */
  readonly merged: readonly MergedIncident[];
  readonly people: readonly Person[];
  readonly draftedAt: Instant;
}): Postmortem | NoDraft {
  const merged = ask.merged.map(({ id, rows }) => ({ of: roomKey(id), rows }));
  const { rows, title } = nameByRole({
    title: ask.incident.title,
    records: [{ of: null, rows: ask.rows }, ...merged],
    people: ask.people,
  });
  const key = roomKey(ask.incident.id);
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) {
    return { type: 'no draft', text: `${key} has no timeline yet, so there is no draft.` };
  }
  const own = rows.filter(({ of }) => of === null);
  const course = readCourse(own);
  const others = merged.map((record) => readCourse(rows.filter(({ of }) => of === record.of)));
  if (course.cancelled?.event.kind === 'cancelled' && course.cancelled.event.byItself) {
    return {
      type: 'no draft',
      text: `${key} was cancelled when its alarm cleared before anyone acted, so it has no draft.`,
    };
  }
  const into = own.find(({ event }) => event.kind === 'merged into');
  if (into?.event.kind === 'merged into') {
    const whole = roomKey(into.event.incident);
    return { type: 'no draft', text: `${key} turned out to be part of ${whole}, whose draft holds both timelines.` };
  }
  const gaps = findGaps(rows, [course, ...others]);
  const alarms = followAlarms(rows);
  return {
    type: 'postmortem',
    incident: ask.incident.id,
    title,
    origin: {
      type: 'statement',
      text:
        `Draft of ${formatMoment(ask.draftedAt)}, written from ${rows.length === 1 ? 'one timeline row' : `${rows.length} timeline rows`}` +
        `${merged.length === 0 ? '' : ` of ${[key, ...merged.map(({ of }) => of)].join(', ')}`} ` +
        'and nothing else. People stand by their role; what the record does not hold is a question for the writer. All times are UTC.',
      rows: first.id === last.id ? [first.id] : [first.id, last.id],
    },
    facts: writeFacts(rows, course, alarms),
    summary: writeSummary(rows, course),
    impact: writeImpact(rows, course, others),
    detectionAndRecovery: [...writeDetection(rows), ...writeRecovery(rows, alarms)],
    responders: writeResponders([{ of: null, rows: ask.rows }, ...merged], ask.draftedAt),
    timeline: writeTimeline(rows, gaps),
    contributingFactors: writeContributingFactors(rows, course),
    wentWell: writeWentWell(rows, course),
    actionItems: writeActionItems(rows),
    openQuestions: writeOpenQuestions(rows, course, gaps),
  };
}
