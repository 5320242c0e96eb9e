/** What went well, action items and open questions: said only where a row says it, and asked for everywhere else. */
import { checkBlameless } from './blameless.ts';
import { withQuote } from './quote.ts';
import type { Course } from './course.ts';
import { question, rowIds, statement } from './postmortem.ts';
import type { Line, Question } from './postmortem.ts';
import type { PlainRow } from './roles-for-names.ts';
import type { Gap } from './timeline-section.ts';
import { countFrom, formatDuration, formatMoment, formatSpan } from './times.ts';

export function writeWentWell(rows: readonly PlainRow[], course: Course): readonly Line[] {
  const { declared, mitigated } = course;
  const lines: Line[] = [];
  if (declared !== null && mitigated !== null) {
    lines.push(
      statement(
        `Mitigated at ${formatMoment(mitigated.occurredAt)}, ${countFrom(mitigated.occurredAt, declared.occurredAt, 'the declaration')}.`,
        mitigated,
        declared,
      ),
    );
  }
  for (const row of rows) {
    if (row.kind !== 'recovery' && row.kind !== 'recovery proved') continue;
    const what = row.kind === 'recovery' ? 'Recovery noted' : 'Recovery proved';
    lines.push(statement(withQuote(`${what} at ${formatMoment(row.occurredAt)}`, row), row));
  }
  const left = rows.filter((row) => row.event.kind === 'responder stood down');
  const ids = rowIds(left);
  const [first, last] = [left.at(0), left.at(-1)];
  if (ids !== null && first !== undefined && last !== undefined) {
    const people = new Set(left.flatMap(({ event }) => (event.kind === 'responder stood down' ? [event.person] : [])));
    const when =
      formatMoment(first.occurredAt) === formatMoment(last.occurredAt)
        ? `at ${formatMoment(first.occurredAt)}`
        : formatSpan(first.occurredAt, last.occurredAt);
    const who = people.size === 1 ? '1 person' : `${people.size} people`;
    lines.push({ type: 'statement', text: `${who} went on standby ${when}.`, rows: ids });
  }
  lines.push(question('What else helped: a tool, a habit, a person who knew, or luck?'));
  return lines;
}

/** Only what calls itself one: whether a decision was meant for that night or for later is not for a draft to guess. */
const announcesActionItem = /^(?:action item|follow[- ]?up)s?\s*:/i;

export function writeActionItems(rows: readonly PlainRow[]): readonly Line[] {
  const items = rows.filter((row) => row.event.kind === 'noted' && announcesActionItem.test(row.text));
  if (items.length === 0) {
    return [
      question(
        'No action item is on the record yet. What would make this less likely, shorter or smaller the next time, who owns it, and by when?',
      ),
    ];
  }
  return [
    ...items.map((row) => statement(withQuote(`Noted at ${formatMoment(row.occurredAt)}`, row), row)),
    question('Who owns each of these, by when, and in which order? Is one missing?', ...items),
  ];
}

export function writeOpenQuestions(
  rows: readonly PlainRow[],
  course: Course,
  gaps: readonly Gap[],
): readonly Question[] {
  return [
    ...askAboutGaps(gaps),
    ...askAboutCourse(rows, course),
    ...askAboutRelapses(rows),
    ...rows.flatMap(askAboutNames),
    ...rows.flatMap(askAboutWording),
  ];
}

function askAboutGaps(gaps: readonly Gap[]): readonly Question[] {
  const [longest] = [...gaps].toSorted((a, b) => b.millis - a.millis);
  if (longest === undefined) return [];
  const { from, to, millis } = longest;
  const count = gaps.length === 1 ? 'the gap' : `the ${gaps.length} gaps`;
  const which = gaps.length === 1 ? '' : 'the longest: ';
  return [
    question(
      `What happened in ${count} marked in the timeline (${which}${formatDuration(millis)}, #${from.id} to #${to.id})?`,
      from,
      to,
    ),
  ];
}

function askAboutCourse(rows: readonly PlainRow[], course: Course): readonly Question[] {
  const questions: Question[] = [];
  const { declared, mitigated, resolved, cancelled } = course;
  const ends = [resolved ?? cancelled].filter((row) => row !== null);
  if (mitigated === null && cancelled === null) {
    const again = course.reopened.at(-1);
    const since = again === undefined ? '' : ` after it was reopened (#${again.id})`;
    questions.push(
      question(`When were users no longer affected? No mitigation stands on the record${since}.`, ...ends),
    );
  }
  if (resolved === null && cancelled === null) {
    questions.push(
      question('When was service back to normal, and how was that known? No resolution stands on the record.'),
    );
  }
  if (!rows.some((row) => row.kind === 'recovery proved') && ends.length > 0) {
    questions.push(question('Which measurements show the recovery? No proof by alarms is on the record.', ...ends));
  }
  if (course.severities.at(-1)?.severity === null) questions.push(question('How severe was it for users?'));
  if (course.services?.names.length === 0)
    questions.push(question('Which services were affected?', course.services.row));
  if (!rows.some((row) => row.event.kind === 'role given' && row.event.role === 'commander') && declared !== null) {
    questions.push(question('Who led? No commander is on the record.', declared));
  }
  return questions;
}

function askAboutRelapses(rows: readonly PlainRow[]): readonly Question[] {
  const relapses = rows.filter((row) => row.event.kind === 'relapsed');
  if (relapses.length === 0) return [];
  return [question('What had looked recovered before the relapse, and what was different after it?', ...relapses)];
}

function askAboutNames(row: PlainRow): readonly Question[] {
  return row.doubtful.map((word) => question(`Is “${word}” in #${row.id} a person? Then the role belongs there.`, row));
}

/** Machines blame nobody, and words such as "insufficient" are their terms. */
function askAboutWording(row: PlainRow): readonly Question[] {
  if (!row.byPerson) return [];
  return checkBlameless(row.text).map(({ phrase, advice }) =>
    question(`Wording to look at: #${row.id} “${phrase}”: ${advice}`, row),
  );
}
