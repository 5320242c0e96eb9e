/** Writes the postmortem's draft from the timeline, and from nothing else. */
import { roomKey } from '../incident/incident.ts';
import type { Incident, Instant } from '../incident/incident.ts';
import type { TimelineRow } from '../incident/event.ts';
import { readCourse } from './course.ts';
import { writeContributingFactors } from './factors-section.ts';
import { writeActionItems, writeOpenQuestions, writeWentWell } from './lessons-sections.ts';
import type { NoDraft, Postmortem } from './postmortem.ts';
import { nameByRole } from './roles-for-names.ts';
import { writeFacts, writeImpact, writeSummary } from './summary-section.ts';
import { findGaps, writeTimeline } from './timeline-section.ts';
import { formatMoment } from './times.ts';
import type { Person } from './typed-names.ts';

/**
 * The draft of an incident at any moment of its life; `rows` in any order. An incident that its own alarm cancelled before
 * anyone acted has none: there is nothing to learn from in its record. One that people cancelled does.
 */
export function draftPostmortem(ask: {
  readonly incident: Incident;
  readonly rows: readonly TimelineRow[];
  readonly people: readonly Person[];
  readonly draftedAt: Instant;
}): Postmortem | NoDraft {
  const { rows, title } = nameByRole({ title: ask.incident.title, rows: ask.rows, people: ask.people });
  const key = roomKey(ask.incident.id);
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) {
    return { type: 'no draft', text: `${key} has no timeline yet, so there is no draft.` };
  }
  const course = readCourse(rows);
  if (course.cancelled?.event.kind === 'cancelled' && course.cancelled.event.byItself) {
    return {
      type: 'no draft',
      text: `${key} was cancelled when its alarm cleared before anyone acted, so it has no draft.`,
    };
  }
  const gaps = findGaps(rows, course);
  return {
    type: 'postmortem',
    incident: ask.incident.id,
    title,
    origin: {
      type: 'statement',
      text:
        `Draft of ${formatMoment(ask.draftedAt)}, written from ${rows.length === 1 ? 'one timeline row' : `${rows.length} timeline rows`} ` +
        'and nothing else. People stand by their role; what the record does not hold is a question for the writer. All times are UTC.',
      rows: first.id === last.id ? [first.id] : [first.id, last.id],
    },
    facts: writeFacts(course),
    summary: writeSummary(rows, course),
    impact: writeImpact(rows, course),
    timeline: writeTimeline(rows, gaps),
    contributingFactors: writeContributingFactors(rows, course),
    wentWell: writeWentWell(rows, course),
    actionItems: writeActionItems(rows),
    openQuestions: writeOpenQuestions(rows, course, gaps),
  };
}
