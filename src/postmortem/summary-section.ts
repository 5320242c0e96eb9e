/** Head, summary and impact of a draft: who felt what, from when to when. */
import type { Severity } from '../incident/incident.ts';
import type { Course, SeverityStretch } from './course.ts';
import { question, statement } from './postmortem.ts';
import type { Fact, Line, Statement } from './postmortem.ts';
import { withQuote } from './quote.ts';
import type { PlainRow } from './roles-for-names.ts';
import { formatBeside, formatClock, formatDuration, formatMoment } from './times.ts';

export function writeFacts(course: Course): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, text: string, row: PlainRow): void => {
    facts.push({ label, text, rows: [row.id] });
  };
  if (course.declared?.event.kind === 'declared' && course.declared.event.test) {
    add('Test', 'this incident was declared as a test', course.declared);
  }
  if (course.status !== null) add('Status', course.status.status, course.status.row);
  const severity = course.severities.at(-1);
  if (severity !== undefined) add('Severity', nameSeverity(severity.severity), severity.from);
  if (course.services !== null) {
    add(
      'Services',
      course.services.names.length === 0 ? 'not known' : course.services.names.join(', '),
      course.services.row,
    );
  }
  if (course.declared !== null) add('Declared', formatMoment(course.declared.occurredAt), course.declared);
  if (course.mitigated !== null) add('Mitigated', formatMoment(course.mitigated.occurredAt), course.mitigated);
  if (course.resolved !== null) add('Resolved', formatMoment(course.resolved.occurredAt), course.resolved);
  if (course.closed !== null) add('Closed', formatMoment(course.closed.occurredAt), course.closed);
  if (course.cancelled !== null) add('Cancelled', formatMoment(course.cancelled.occurredAt), course.cancelled);
  return facts;
}

/** `20 min after the declaration (14:07 UTC)`: the length, what it is counted from, and when that was. */
export function countFrom(row: PlainRow, start: PlainRow, startName: string): string {
  const millis = row.occurredAt - start.occurredAt;
  const when = `${formatBeside(start.occurredAt, row.occurredAt)} UTC`;
  if (millis === 0) return `at the same time as ${startName} (${when})`;
  return `${formatDuration(Math.abs(millis))} ${millis > 0 ? 'after' : 'before'} ${startName} (${when})`;
}

export function writeSummary(rows: readonly PlainRow[], course: Course): readonly Line[] {
  const lines: Line[] = [];
  const { declared, identified, mitigated, resolved, cancelled } = course;
  if (declared !== null && declared.event.kind === 'declared') {
    const services = declared.event.services;
    const where = services.length === 0 ? 'no service was known yet' : `for ${services.join(', ')}`;
    lines.push(
      statement(
        `Declared on ${formatMoment(declared.occurredAt)} by ${declared.actor} as ${nameSeverity(declared.event.severity)}, ${where}.`,
        declared,
      ),
    );
  }
  const signal = rows.find(isSignal);
  if (signal !== undefined && declared !== null) {
    lines.push(
      statement(
        `The first machine signal on the record (${signal.kind}, ${signal.actor}) is of ` +
          `${formatBeside(signal.occurredAt, declared.occurredAt)} UTC, ${countFrom(signal, declared, 'the declaration')}.`,
        signal,
        declared,
      ),
    );
  }
  if (identified !== null) lines.push(milestone('Identified', identified, declared, null));
  for (const row of rows.filter((candidate) => candidate.kind === 'mitigation')) {
    lines.push(statement(withQuote(`Mitigation noted at ${clock(row, declared)} UTC`, row), row));
  }
  if (mitigated !== null) lines.push(milestone('Mitigated', mitigated, declared, null));
  for (const row of course.reopened) lines.push(milestone('Reopened', row, declared, null));
  if (resolved !== null) lines.push(milestone('Resolved', resolved, declared, mitigated));
  if (cancelled !== null) lines.push(milestone('Cancelled', cancelled, declared, null));
  lines.push(
    question('In two or three sentences that stand alone: what did users feel, from when to when, and what ended it?'),
  );
  return lines;
}

function milestone(name: string, row: PlainRow, declared: PlainRow | null, mitigated: PlainRow | null): Statement {
  const starts: { readonly row: PlainRow; readonly name: string }[] = [];
  if (mitigated !== null) starts.push({ row: mitigated, name: 'mitigation' });
  if (declared !== null) starts.push({ row: declared, name: 'the declaration' });
  const counted = starts.map((start) => countFrom(row, start.row, start.name)).join(' and ');
  return statement(
    withQuote(`${name} at ${clock(row, declared)} UTC${counted === '' ? '' : `, ${counted}`}`, row),
    row,
    ...starts.map((start) => start.row),
  );
}

function clock(row: PlainRow, declared: PlainRow | null): string {
  return declared === null ? formatClock(row.occurredAt) : formatBeside(row.occurredAt, declared.occurredAt);
}

export function writeImpact(rows: readonly PlainRow[], course: Course): readonly Line[] {
  const { declared } = course;
  const impacts = rows.filter((row) => row.kind === 'impact');
  const lines: Line[] = impacts.map((row) =>
    statement(withQuote(`Impact noted by ${row.actor} at ${clock(row, declared)} UTC`, row), row),
  );
  lines.push(...course.severities.map(writeStretch));
  const start = rows.find(isSignal) ?? declared;
  if (start !== null) {
    lines.push(
      question(
        `When did users first feel it? The record does not name that moment; its first row that may tell is #${start.id} (${start.kind}, ` +
          `${clock(start, declared)} UTC).`,
        start,
      ),
    );
  }
  lines.push(
    impacts.length === 0
      ? question('Who was affected, how many, and how did it show? No impact is on the record yet.')
      : question('How many users were affected, and which numbers or graphs show it?', ...impacts),
  );
  return lines;
}

function writeStretch({ severity, from, until }: SeverityStretch): Statement {
  const name = severity === null ? 'Severity not known' : severity;
  const since = `${name} from ${formatMoment(from.occurredAt)}`;
  if (until === null) return statement(`${since}.`, from);
  const end = `${formatBeside(until.occurredAt, from.occurredAt)} UTC`;
  return statement(
    `${since} to ${end} (${until.kind}): ${formatDuration(until.occurredAt - from.occurredAt)}.`,
    from,
    until,
  );
}

function nameSeverity(severity: Severity | null): string {
  return severity ?? 'severity not known yet';
}

/** A machine said that something was different, by its own clock. */
function isSignal({ event }: PlainRow): boolean {
  return event.kind === 'signalled' || (event.kind === 'alarm changed' && event.to === 'alarm');
}
