/** Contributing factors: what the record holds, never a verdict. Hypotheses stay what they were, the dropped ones too. */
import type { Course } from './course.ts';
import { question, statement } from './postmortem.ts';
import type { Line, Question, Statement } from './postmortem.ts';
import { withQuote } from './quote.ts';
import type { PlainRow } from './roles-for-names.ts';
import { formatMoment } from './times.ts';

const seenKinds: ReadonlySet<string> = new Set(['trigger', 'change', 'setback']);

export function writeContributingFactors(rows: readonly PlainRow[], course: Course): readonly Line[] {
  const seen = rows.filter((row) => seenKinds.has(row.kind));
  const lines: Line[] = seen.map((row) => writeSeen(row, course.mitigated));
  lines.push(...writeHypotheses(rows));
  lines.push(
    seen.length === 0
      ? question(
          'No trigger, change or setback is on the record. What had changed before the first row, and what else was unusual?',
        )
      : question('Which of these contributed, how did they act together, and what is missing from this list?', ...seen),
    question(
      'Which layers of defence (review, test, staged roll-out, limit, alarm) saw it, and how did it look to the others?',
    ),
  );
  return lines;
}

/** What came after the mitigation may still matter, but cannot have brought the incident about. */
function writeSeen(row: PlainRow, mitigated: PlainRow | null): Statement {
  const what = `${row.kind} at ${formatMoment(row.occurredAt)}`;
  return mitigated !== null && row.occurredAt > mitigated.occurredAt
    ? statement(withQuote(`Seen in the record after the mitigation: ${what}`, row), row, mitigated)
    : statement(withQuote(`Seen in the record: ${what}`, row), row);
}

type Drop = {
  readonly row: PlainRow;
  /** Hypotheses that were standing when it was said. */ readonly candidates: readonly PlainRow[];
};

/** A drop does not say which hypothesis it drops; that is only sure while a single one is standing. */
function readDrops(rows: readonly PlainRow[]): readonly Drop[] {
  const drops: Drop[] = [];
  // What was thought in one room is not dropped in another.
  const standingOf = new Map<string | null, readonly PlainRow[]>();
  for (const row of rows) {
    const standing = standingOf.get(row.of) ?? [];
    if (row.kind === 'hypothesis') standingOf.set(row.of, [...standing, row]);
    if (row.kind !== 'hypothesis dropped') continue;
    drops.push({ row, candidates: standing });
    if (standing.length === 1) standingOf.set(row.of, []);
  }
  return drops;
}

function writeHypotheses(rows: readonly PlainRow[]): readonly Line[] {
  const drops = readDrops(rows);
  return rows.flatMap((row): readonly Line[] => {
    const at = formatMoment(row.occurredAt);
    const drop = drops.find((candidate) => candidate.row.id === row.id);
    if (drop !== undefined) {
      const line = statement(withQuote(`Hypothesis dropped at ${at}`, row), row);
      return drop.candidates.length > 1 ? [line, askWhich(drop)] : [line];
    }
    if (row.kind !== 'hypothesis') return [];
    const touching = drops.filter(({ candidates }) => candidates.some((candidate) => candidate.id === row.id));
    const sure = touching.find(({ candidates }) => candidates.length === 1);
    if (sure !== undefined) {
      return [
        statement(
          withQuote(`Hypothesis at ${at}, dropped at ${formatMoment(sure.row.occurredAt)}`, row),
          row,
          sure.row,
        ),
      ];
    }
    const open = touching.length === 0 ? ', not dropped on the record' : '';
    return [statement(withQuote(`Hypothesis at ${at}${open}`, row), row)];
  });
}

function askWhich({ row, candidates }: Drop): Question {
  const ids = candidates.map((candidate) => `#${candidate.id}`).join(' or ');
  return question(`Which hypothesis was dropped with #${row.id}: ${ids}?`, row, ...candidates);
}
