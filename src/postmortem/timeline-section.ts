/** The timeline of a draft: every row in the order in which it happened, and a question wherever nothing was said for long. */
import type { PlainRow } from './roles-for-names.ts';
import type { Course } from './course.ts';
import { question } from './postmortem.ts';
import type { Entry, Question } from './postmortem.ts';
import { formatDuration, formatSpan } from './times.ts';

const minute = 60_000;
/** A silence longer than this is a question. */
const longestSilenceMillis = 15 * minute;
/** What is recorded later than this after it happened is marked. */
const promptMillis = 2 * minute;

/** Machines tell when these happened by their own clock, and are read later by design; that is no late memory. */
const readLater: ReadonlySet<string> = new Set(['alarms joined', 'alarms changed', 'relapsed', 'blinded']);

/** Two rows that follow each other, with more than 15 minutes between them while the incident was ongoing. */
export type Gap = { readonly from: PlainRow; readonly to: PlainRow; readonly millis: number };

/** Takes the rows of all that turned out to be one incident, with their courses: any of them may have been ongoing. */
export function findGaps(rows: readonly PlainRow[], courses: readonly Course[]): readonly Gap[] {
  const ongoing = new Set<string | null>();
  return rows.flatMap((to, index) => {
    const from = rows[index - 1];
    if (from === undefined) return [];
    if (courses.some(({ ongoingAfter }) => ongoingAfter.has(from.id))) ongoing.add(from.of);
    else ongoing.delete(from.of);
    if (ongoing.size === 0) return [];
    const millis = to.occurredAt - from.occurredAt;
    return millis > longestSilenceMillis ? [{ from, to, millis }] : [];
  });
}

export function writeTimeline(rows: readonly PlainRow[], gaps: readonly Gap[]): readonly (Entry | Question)[] {
  const gapBefore = new Map(gaps.map((gap) => [gap.to.id, gap]));
  return rows.flatMap((row) => {
    const gap = gapBefore.get(row.id);
    return gap === undefined ? [writeEntry(row)] : [writeGap(gap), writeEntry(row)];
  });
}

function writeGap({ from, to, millis }: Gap): Question {
  const span = formatSpan(from.occurredAt, to.occurredAt);
  return question(
    `Nothing is recorded ${span} (${formatDuration(millis)}), #${from.id} to #${to.id}. What happened then?`,
    from,
    to,
  );
}

function writeEntry(row: PlainRow): Entry {
  const read = (row.event.kind === 'signalled' && row.event.adopted) || readLater.has(row.event.kind);
  return {
    type: 'entry',
    row: row.id,
    of: row.of,
    occurredAt: row.occurredAt,
    kind: row.kind,
    actor: row.actor,
    text: [row.text, ...row.details].join('\n'),
    link: row.link,
    recordedLater: !read && row.recordedAt - row.occurredAt > promptMillis ? row.recordedAt : null,
  };
}
