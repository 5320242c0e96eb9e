/** How it was noticed, and how long after the first breach: each length with both its end points. */
import type { Detection } from '../incident/incident.ts';
import { question, statement } from './postmortem.ts';
import type { Line, Statement } from './postmortem.ts';
import type { PlainRow } from './roles-for-names.ts';
import { countFrom, formatBeside, formatDuration, formatMoment } from './times.ts';

export type Detected = {
  readonly detection: Detection;
  /** The row that says so; a declaration alone only says who noticed. */
  readonly row: PlainRow;
};

/**
 * What the record says last of how an incident was found; `null` when it does not say.
 * @param of its room key if it was merged, otherwise `null`
 */
export function findDetected(rows: readonly PlainRow[], of: string | null): Detected | null {
  const told = rows.flatMap((row) =>
    row.of === of && row.event.kind === 'detected' ? [{ detection: row.event.detection, row }] : [],
  );
  const [last] = told.toSorted((a, b) => b.row.id - a.row.id);
  if (last !== undefined) return last;
  const declared = rows.find((row) => row.of === of && row.event.kind === 'declared');
  return declared?.byPerson === true ? { detection: { by: 'person', firstBreachAt: null }, row: declared } : null;
}

export function nameDetector({ by }: Detection): string {
  return by === 'alarm' ? 'an alarm' : 'a person';
}

/** One line for each of the incidents that turned out to be one. */
export function writeDetection(rows: readonly PlainRow[]): readonly Line[] {
  const keys = [...new Set([null, ...rows.map(({ of }) => of)])];
  return keys.flatMap((of): readonly Line[] => {
    const declared = rows.find((row) => row.of === of && row.event.kind === 'declared');
    if (declared === undefined) return [];
    const detected = findDetected(rows, of);
    if (detected !== null) return [writeDetected(detected, declared, rows)];
    const which = of === null ? 'it' : of;
    return [question(`How was ${which} noticed, and how long after it began? The record does not say.`, declared)];
  });
}

function writeDetected({ detection, row }: Detected, declared: PlainRow, rows: readonly PlainRow[]): Statement {
  const { by, firstBreachAt } = detection;
  const name = `${row.of === null ? 'Detected' : `${row.of} was detected`} by ${nameDetector(detection)}`;
  const sinceBreach = (at: number): string =>
    firstBreachAt === null ? '' : `, ${countFrom(at, firstBreachAt, 'the first data point that breached')}`;
  if (by === 'person') {
    const at = declared.occurredAt;
    return statement(`${name}: declared at ${formatMoment(at)}${sinceBreach(at)}.`, row, declared);
  }
  const red = findOpener(rows, row.of);
  if (red === null) {
    const at = declared.occurredAt;
    return statement(`${name}: declared at ${formatMoment(at)}${sinceBreach(at)}.`, row, declared);
  }
  const waited = declared.occurredAt - red.at;
  const opened =
    waited > 0
      ? `It was declared ${formatDuration(waited)} later (${formatBeside(declared.occurredAt, red.at)} UTC).`
      : 'It was declared at once.';
  return statement(
    `${name}: ${red.name} went red at ${formatMoment(red.at)}${sinceBreach(red.at)}. ${opened}`,
    row,
    red.row,
    declared,
  );
}

/** The first to go red of the alarms that opened the incident: they are recorded right after its declaration. */
function findOpener(
  rows: readonly PlainRow[],
  of: string | null,
): { readonly name: string; readonly at: number; readonly row: PlainRow } | null {
  const [row] = rows
    .filter((each) => each.of === of && each.event.kind === 'alarms joined')
    .toSorted((a, b) => a.id - b.id);
  const [first] = (row?.alarms ?? []).toSorted((a, b) => a.at - b.at);
  return row === undefined || first === undefined ? null : { name: first.name, at: first.at, row };
}
