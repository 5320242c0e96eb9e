/** What the alarms tell of recovery, by CloudWatch's clock where it tells, and what they could not tell. */
import type { Doubt } from '../incident/incident.ts';
import type { AlarmCourse, AlarmMoment, FollowedAlarm } from './alarm-course.ts';
import { question, rowIds, statement } from './postmortem.ts';
import type { Line, Statement } from './postmortem.ts';
import { withQuote } from './quote.ts';
import type { PlainRow } from './roles-for-names.ts';
import { countFrom, formatBeside, formatDuration, formatMoment } from './times.ts';

/** @param rows of all that turned out to be one incident, in the order in which things happened */
export function writeRecovery(rows: readonly PlainRow[], course: AlarmCourse): readonly Line[] {
  return [
    ...writeProof(course),
    ...writeFlapping(course.alarms),
    ...writeBlindSpells(rows),
    ...writeEnding(course.alarms),
    ...writeDiscounted(course.alarms),
  ];
}

function writeProof({ proof, firstRed }: AlarmCourse): readonly Statement[] {
  if (proof === null) return [];
  const { row, lastGreen } = proof;
  if (lastGreen === null) return [statement(`Recovery was proved at ${formatMoment(row.occurredAt)}.`, row)];
  const turned = lastGreen.found ? 'was found green' : 'turned green';
  const count =
    firstRed === null
      ? ''
      : `, ${countFrom(lastGreen.at, firstRed.at, `the first alarm ${firstRed.found ? 'was found red' : 'went red'}`)}`;
  return [
    statement(
      `The last alarm ${turned} at ${formatMoment(lastGreen.at)} (${lastGreen.name})${count}.`,
      lastGreen.row,
      ...(firstRed === null ? [] : [firstRed.row]),
    ),
    statement(
      `Recovery was proved at ${formatMoment(row.occurredAt)}, ${countFrom(row.occurredAt, lastGreen.at, `the last alarm ${turned}`)}.`,
      row,
      lastGreen.row,
    ),
  ];
}

const mostAlarms = 5;
const mostTimes = 5;

function writeFlapping(alarms: readonly FollowedAlarm[]): readonly Statement[] {
  const again = alarms.filter(({ reds }) => reds.length > 1).toSorted((a, b) => b.reds.length - a.reds.length);
  const lines = again.slice(0, mostAlarms).flatMap(({ name, reds }) => {
    const text = `${name} went red ${reds.length} times: ${listTimes(reds)}.`;
    const rows = rowIds(reds.map(({ row }) => row));
    return rows === null ? [] : [{ type: 'statement', text, rows } as const];
  });
  const rest = again.slice(mostAlarms);
  const rows = rowIds(rest.flatMap(({ reds }) => reds.map(({ row }) => row)));
  if (rows === null) return lines;
  const who = rest.length === 1 ? 'One more alarm' : `${rest.length} more alarms`;
  return [...lines, { type: 'statement', text: `${who} went red more than once.`, rows }];
}

function listTimes(reds: readonly AlarmMoment[]): string {
  const [first] = reds;
  const shown = reds.slice(0, mostTimes).map(({ at }, index) => {
    return index === 0 || first === undefined ? formatMoment(at) : `${formatBeside(at, first.at)} UTC`;
  });
  const more = reds.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

/** Times in which CloudWatch could not be read: what the record holds of them is not what happened. */
function writeBlindSpells(rows: readonly PlainRow[]): readonly Statement[] {
  return rows.flatMap((row) => {
    const { event } = row;
    if (event.kind !== 'blinded') return [];
    const end = rows.find(
      (each) =>
        each.of === row.of && each.id > row.id && each.event.kind === 'seen again' && each.event.place === event.place,
    );
    if (end === undefined) {
      return [
        statement(
          withQuote(`Alarms could not be read from ${formatMoment(row.occurredAt)} to the end of the record`, row),
          row,
        ),
      ];
    }
    const until = `${formatBeside(end.occurredAt, row.occurredAt)} UTC`;
    const span = `from ${formatMoment(row.occurredAt)} to ${until} (${formatDuration(end.occurredAt - row.occurredAt)})`;
    return [statement(withQuote(`Alarms could not be read ${span}`, row), row, end)];
  });
}

const doubtWords: { readonly [D in Doubt]: string } = {
  unread: 'CloudWatch could not be read',
  'no data': 'no data',
  muted: 'muted',
  gone: 'deleted or renamed',
  changed: 'its configuration was changed',
  'not evaluated': 'not evaluated',
  gap: 'it was something else between two polls',
};

/** What does not stand green at the end is named, whether anybody waited for it or not. */
function writeEnding(alarms: readonly FollowedAlarm[]): readonly Line[] {
  const counting = alarms.filter(({ discounted }) => discounted === null);
  const gone = counting.filter(({ verdict, doubt }) => verdict === 'unknown' && doubt === 'gone');
  const unknown = counting.filter(({ verdict, doubt }) => verdict === 'unknown' && doubt !== 'gone');
  const red = counting.filter(({ verdict }) => verdict === 'alarm');
  const lines: Line[] = [...listAlarms('Red at the end of the record', red), ...listAlarms('Gone at the end', gone)];
  lines.push(...listAlarms('Not known at the end', unknown));
  if (unknown.length > 0) {
    const [first] = unknown;
    lines.push(
      question(
        unknown.length === 1 && first !== undefined
          ? `How is it known that what ${first.name} watches was well again?`
          : `How is it known that what these ${unknown.length} alarms watch was well again?`,
        ...unknown.map(({ last }) => last.row),
      ),
    );
  }
  return lines;
}

function listAlarms(what: string, alarms: readonly FollowedAlarm[]): readonly Statement[] {
  const rows = rowIds(alarms.map(({ last }) => last.row));
  if (rows === null) return [];
  const told = alarms.slice(0, mostAlarms).map(({ name, doubt, last }) => {
    const why = doubt === null || doubt === 'gone' ? '' : `${doubtWords[doubt]}, `;
    return `${name} (${why}since ${formatMoment(last.at)})`;
  });
  const more = alarms.length - told.length;
  return [{ type: 'statement', text: `${what}: ${told.join('; ')}${more === 0 ? '' : `; and ${more} more`}.`, rows }];
}

function writeDiscounted(alarms: readonly FollowedAlarm[]): readonly Statement[] {
  return alarms.flatMap(({ name, discounted }) =>
    discounted === null
      ? []
      : [
          statement(
            withQuote(`${name} did not count from ${formatMoment(discounted.occurredAt)}`, discounted),
            discounted,
          ),
        ],
  );
}
