/** Head, summary and impact of a draft: who felt what, from when to when. */
import { roomKey } from '../incident/incident.ts';
import type { Severity } from '../incident/incident.ts';
import type { AlarmCourse } from './alarm-course.ts';
import type { Course, Pause, SeverityStretch } from './course.ts';
import { question, statement } from './postmortem.ts';
import type { Fact, Line, Statement } from './postmortem.ts';
import { findDetected, nameDetector } from './detection-section.ts';
import { withQuote } from './quote.ts';
import type { PlainRow } from './roles-for-names.ts';
import { countFrom, formatBeside, formatClock, formatDuration, formatMoment } from './times.ts';

export function writeFacts(rows: readonly PlainRow[], course: Course, alarms: AlarmCourse): readonly Fact[] {
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
  if (course.declared?.event.kind === 'declared' && course.declared.event.follows !== null) {
    add('May continue', roomKey(course.declared.event.follows), course.declared);
  }
  for (const row of rows) {
    if (row.event.kind === 'merged') add('Took in', roomKey(row.event.incident), row);
  }
  const detected = findDetected(rows, null);
  if (detected !== null) add('Detected', `by ${nameDetector(detected.detection)}`, detected.row);
  if (course.declared !== null) add('Declared', formatMoment(course.declared.occurredAt), course.declared);
  if (course.mitigated !== null) add('Mitigated', formatMoment(course.mitigated.occurredAt), course.mitigated);
  const green = alarms.proof?.lastGreen ?? null;
  if (green !== null) add('Last alarm green', formatMoment(green.at), green.row);
  if (course.resolved !== null) add('Resolved', formatMoment(course.resolved.occurredAt), course.resolved);
  if (course.closed !== null) add('Closed', formatMoment(course.closed.occurredAt), course.closed);
  if (course.cancelled !== null) add('Cancelled', formatMoment(course.cancelled.occurredAt), course.cancelled);
  return facts;
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
        `The first machine signal on the record (${signal.kind}, ${signal.actor}${inRoom(signal)}) is of ` +
          `${formatBeside(signal.occurredAt, declared.occurredAt)} UTC, ${countFrom(signal.occurredAt, declared.occurredAt, 'the declaration')}.`,
        signal,
        declared,
      ),
    );
  }
  for (const row of rows) {
    if (row.event.kind === 'merged') lines.push(writeMerged(row, rows));
  }
  if (identified !== null) lines.push(milestone('Identified', identified, declared, null));
  for (const row of rows.filter((candidate) => candidate.kind === 'mitigation')) {
    lines.push(statement(withQuote(`Mitigation noted at ${clock(row, declared)} UTC`, row), row));
  }
  if (mitigated !== null) lines.push(milestone('Mitigated', mitigated, declared, null));
  for (const row of course.reopened) {
    const byItself = row.event.kind === 'reopened' && row.event.byItself;
    lines.push(milestone(byItself ? 'Reopened by itself' : 'Reopened', row, declared, null));
  }
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
  const counted = starts.map((start) => countFrom(row.occurredAt, start.row.occurredAt, start.name)).join(' and ');
  return statement(
    withQuote(`${name} at ${clock(row, declared)} UTC${counted === '' ? '' : `, ${counted}`}`, row),
    row,
    ...starts.map((start) => start.row),
  );
}

/** Both timelines stand in the draft, so the other incident is told by its rows. */
function writeMerged(row: PlainRow, rows: readonly PlainRow[]): Statement {
  const key = row.event.kind === 'merged' ? roomKey(row.event.incident) : '';
  const theirs = rows.filter(({ of }) => of === key);
  const declared = theirs.find(({ event }) => event.kind === 'declared');
  const joined = `${key} turned out to be the same incident at ${formatMoment(row.occurredAt)}`;
  if (declared === undefined) return statement(`${joined}.`, row);
  const count = theirs.length === 1 ? 'its one row stands' : `its ${theirs.length} rows stand`;
  return statement(
    `${joined}; it had been declared by ${declared.actor} at ${formatBeside(declared.occurredAt, row.occurredAt)} UTC, ` +
      `and ${count} in the timeline, marked with its key.`,
    row,
    declared,
  );
}

/** `, INC-12` behind what another incident's row says. */
function inRoom(row: PlainRow): string {
  return row.of === null ? '' : `, ${row.of}`;
}

function clock(row: PlainRow, declared: PlainRow | null): string {
  return declared === null ? formatClock(row.occurredAt) : formatBeside(row.occurredAt, declared.occurredAt);
}

/** @param others the courses of the incidents that turned out to be part of this one. */
export function writeImpact(rows: readonly PlainRow[], course: Course, others: readonly Course[]): readonly Line[] {
  const { declared } = course;
  const impacts = rows.filter((row) => row.kind === 'impact');
  const lines: Line[] = impacts.map((row) =>
    statement(withQuote(`Impact noted by ${row.actor} at ${clock(row, declared)} UTC`, row), row),
  );
  lines.push(...[course, ...others].flatMap(({ severities }) => severities.map(writeStretch)));
  lines.push(...course.pauses.map(writePause));
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

/** The time between an ending that did not last and the reopening counts in the severity's stretch, so it is told. */
function writePause({ from, until }: Pause): Statement {
  const end = `${formatBeside(until.occurredAt, from.occurredAt)} UTC`;
  return statement(
    `In this time it was taken for ${from.kind} from ${formatMoment(from.occurredAt)} to ${end} (reopened): ${formatDuration(until.occurredAt - from.occurredAt)}.`,
    from,
    until,
  );
}

function writeStretch({ severity, from, until }: SeverityStretch): Statement {
  const name = severity === null ? 'Severity not known' : severity;
  const since = `${name}${from.of === null ? '' : ` of ${from.of}`} from ${formatMoment(from.occurredAt)}`;
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
function isSignal({ event, alarms }: PlainRow): boolean {
  if (event.kind === 'signalled' || event.kind === 'alarms joined') return true;
  return event.kind === 'alarms changed' && alarms.some(({ verdict }) => verdict === 'alarm');
}
