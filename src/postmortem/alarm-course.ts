/** What became of the alarms, as the rows tell it: when they went red and green, which were left out, how they stood at the end. */
import { roomKey } from '../incident/incident.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import type { PlainAlarm } from './plain-alarms.ts';
import type { PlainRow } from './roles-for-names.ts';

/** A moment in an alarm's life, and the row that tells it. */
export type AlarmMoment = {
  readonly name: string;
  readonly at: Instant;
  /** It was so already when it was first read, so nobody knows since when. */
  readonly found: boolean;
  readonly row: PlainRow;
};

export type FollowedAlarm = Omit<PlainAlarm, 'at' | 'found'> & {
  /** When it came to be so. */
  readonly last: AlarmMoment;
  /** Each time it went red, in the order of the record. */
  readonly reds: readonly AlarmMoment[];
  /** The row in which a person said that it does not count here. */
  readonly discounted: PlainRow | null;
};

/** A proof of recovery, and the last of the alarms that had been red to turn green before it. */
export type Proof = { readonly row: PlainRow; readonly lastGreen: AlarmMoment | null };

export type AlarmCourse = {
  /** As they stood at the end of the record; alarms that are not part of this incident are left out. */
  readonly alarms: readonly FollowedAlarm[];
  readonly firstRed: AlarmMoment | null;
  /** `null`: there is none, or it did not hold. */
  readonly proof: Proof | null;
};

type Alarms = Map<AlarmArn, FollowedAlarm>;

/** Rows of the incident and of those that turned out to be part of it, in any order. */
export function followAlarms(rows: readonly PlainRow[]): AlarmCourse {
  const followed = new Map<string | null, Alarms>();
  const alarmsOf = (of: string | null): Alarms => {
    const alarms = followed.get(of) ?? new Map<AlarmArn, FollowedAlarm>();
    followed.set(of, alarms);
    return alarms;
  };
  let proof: Proof | null = null;
  // In the order of recording: what was learnt later of an earlier moment was not known before.
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    const own = alarmsOf(row.of);
    if (row.event.kind === 'merged') takeOver(row, own, followed.get(roomKey(row.event.incident)) ?? null);
    else follow(row, own);
    if (row.of !== null) continue;
    if (row.event.kind === 'recovery proved') proof = { row, lastGreen: findLastGreen([...own.values()]) };
    else if (proofEnders.has(row.event.kind) || looksAfresh(row)) proof = null;
  }
  const alarms = [...alarmsOf(null).values()];
  return { alarms, firstRed: findFirst(alarms.flatMap(({ reds }) => reds)), proof };
}

/** After these, recovery has to be proved anew. */
const proofEnders: ReadonlySet<string> = new Set(['relapsed', 'alarms joined', 'services changed', 'merged']);

/** Nobody looked while it was over, so whatever was known of the alarms is read anew. */
function looksAfresh({ event }: PlainRow): boolean {
  if (event.kind === 'undone')
    return event.from === 'resolved' || event.from === 'closed' || event.from === 'cancelled';
  return event.kind === 'reopened';
}

function follow(row: PlainRow, own: Alarms): void {
  const { event, alarms } = row;
  const known = (alarm: PlainAlarm): FollowedAlarm => own.get(alarm.arn) ?? begin(alarm, row);
  if (event.kind === 'services changed') {
    const kept = new Set(alarms.map(({ arn }) => arn));
    for (const arn of own.keys()) if (!kept.has(arn)) own.delete(arn);
  }
  if (event.kind === 'declared' || event.kind === 'services changed') {
    for (const alarm of alarms) own.set(alarm.arn, known(alarm));
  }
  if (event.kind === 'alarms joined' || event.kind === 'alarms changed') {
    for (const alarm of alarms) own.set(alarm.arn, change(known(alarm), alarm, row));
  }
  if (event.kind === 'alarm separated') own.delete(event.alarm);
  if (event.kind === 'alarm discounted') {
    for (const alarm of alarms) own.set(alarm.arn, { ...known(alarm), discounted: row });
  }
  for (const [arn, alarm] of own) {
    if (looksAfresh(row) || (event.kind === 'alarm trusted' && event.alarm === arn)) {
      own.set(arn, { ...alarm, verdict: null, doubt: null });
    }
  }
}

function begin({ at, found, ...alarm }: PlainAlarm, row: PlainRow): FollowedAlarm {
  const last = { name: alarm.name, at, found, row };
  return { ...alarm, verdict: null, doubt: null, last, reds: [], discounted: null };
}

function change(before: FollowedAlarm, { at, found, ...alarm }: PlainAlarm, row: PlainRow): FollowedAlarm {
  const last: AlarmMoment = { name: alarm.name, at, found, row };
  // Red since the same moment as before nobody could tell is no further time.
  const turnedRed = alarm.verdict === 'alarm' && before.verdict !== 'alarm' && before.reds.at(-1)?.at !== at;
  return { ...before, ...alarm, last, reds: turnedRed ? [...before.reds, last] : before.reds };
}

/** What the other incident's rows told of its alarms, or at least what it brought along. */
function takeOver(row: PlainRow, own: Alarms, others: Alarms | null): void {
  for (const alarm of row.alarms) {
    if (own.has(alarm.arn)) continue;
    const blank = begin(alarm, row);
    own.set(alarm.arn, others?.get(alarm.arn) ?? (alarm.verdict === null ? blank : change(blank, alarm, row)));
  }
}

function findLastGreen(alarms: readonly FollowedAlarm[]): AlarmMoment | null {
  const green = alarms.filter(
    ({ verdict, reds, discounted }) => verdict === 'ok' && reds.length > 0 && discounted === null,
  );
  return green.map(({ last }) => last).toSorted((a, b) => b.at - a.at)[0] ?? null;
}

function findFirst(moments: readonly AlarmMoment[]): AlarmMoment | null {
  return moments.toSorted((a, b) => a.at - b.at)[0] ?? null;
}
