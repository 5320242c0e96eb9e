/** What a poll of the alarms means for an incident. The machine shows evidence; a person declares that it is over. */
import type { Entry } from './apply.ts';
import { apply } from './apply.ts';
import type { AlarmReading, Blindness } from './command.ts';
import type { AlarmChange, Happening } from './event.ts';
import type { Actor, AlarmArn, Incident, Instant, Verdict, Watch } from './incident.ts';
import { isOngoing, isUnmitigated, isWatching } from './incident.ts';
import { clock, countedNames, span } from './timeline.ts';
import { counted, holdOf, judge } from './verdict.ts';

export type Observation = {
  readonly readings: readonly AlarmReading[];
  /** Every place that can't be seen now. */
  readonly blind: readonly Blindness[];
  readonly at: Instant;
};

/** What one poll's readings mean for the incident. Readings of alarms it does not watch are passed over. */
export function observeAlarms(incident: Incident, observation: Observation): readonly Happening[] {
  const { at } = observation;
  if (!isWatching(incident, at)) return [];
  const happenings: Happening[] = [];
  let now = incident;
  const happen = (happening: Happening & { readonly actor: Actor }): void => {
    happenings.push(happening);
    now = apply(now, entryOf(happening, at));
  };

  for (const happening of seeing(incident, observation)) happen(happening);
  const changes = observation.readings.flatMap((reading) => changeOf(incident, reading, at));
  const red = changes.filter(({ to }) => to === 'alarm');
  for (const happening of reopening(incident, red)) happen(happening);
  const more = red.filter(({ alarm, from }) => from === 'ok' && !isRelapse(incident, alarm));
  for (const verdict of ['alarm', 'unknown', 'ok'] as const) {
    const same = changes.filter((change) => change.to === verdict && !more.includes(change));
    const still = same.filter((change) => isStillRed(incident, change));
    const turned = same.filter((change) => !still.includes(change));
    if (turned.length > 0) happen(changed(incident, turned));
    if (still.length > 0) happen(stillRed(incident, still, at));
  }
  if (more.length > 0) happen(joined(incident, more));
  if (incident.status === 'resolved') return happenings;
  const back = red.filter(({ alarm }) => isRelapse(incident, alarm));
  if (back.length > 0)
    happen(
      relapse(
        incident,
        back.map((change) => ({ ...change, name: nameOf(incident, change) })),
      ),
    );

  if (clearedByItself(now)) {
    happen({
      event: { kind: 'cancelled', byItself: true },
      text: 'Cancelled: the alarm cleared by itself before anyone acted.',
      actor: { type: 'system' },
    });
  } else if (now.recoveredAt === null && isOngoing(now) && judge(now, at).verdict === 'recovered') {
    happen({ event: { kind: 'recovery proved' }, text: evidence(now, at), actor: { type: 'system' } });
  }
  return happenings;
}

function entryOf(happening: Happening & { readonly actor: Actor }, at: Instant): Entry {
  return { event: happening.event, actor: happening.actor, occurredAt: happening.occurredAt ?? at };
}

type Change = Happening & { readonly actor: Actor };

const system: Actor = { type: 'system' };

/** Where Muster went blind, and where it sees again. */
function seeing(incident: Incident, { blind, at }: Observation): readonly Change[] {
  const mine = blind.filter(({ alarms }) => counted(incident).some(({ alarm }) => alarms.includes(alarm)));
  const known = new Set(incident.blind.map(({ place }) => place));
  const lost = mine
    .filter(({ place }) => !known.has(place))
    .map(({ place, since, because }): Change => ({
      event: { kind: 'blinded', place },
      text: `Blind in ${place} since ${clock(since)} UTC: ${because}. Its alarms are unknown until CloudWatch can be read there again.`,
      occurredAt: since,
      actor: system,
    }));
  const found = incident.blind
    .filter(({ place }) => !mine.some((each) => each.place === place))
    .map(({ place, since }): Change => ({
      event: { kind: 'seen again', place },
      text: `CloudWatch in ${place} can be read again, after ${span(at - since)}.`,
      actor: system,
    }));
  return [...lost, ...found];
}

/** What a reading changes; nothing, one change, or none because a person said that the alarm does not count here. */
function changeOf(incident: Incident, reading: AlarmReading, at: Instant): readonly AlarmChange[] {
  const watch = incident.watches.find((known) => known.alarm === reading.alarm);
  if (watch === undefined || watch.discounted !== null) return [];
  const { verdict, doubt, because, since, timing } = withConfiguration(watch, reading);
  if (watch.verdict === verdict && watch.doubt === doubt && !isRedAgain(incident, watch, reading)) return [];
  // A machine's time counts only while the incident lasts: an alarm that was green for weeks proves nothing about it.
  const known = since !== null && since >= incident.declaredAt && since <= at && since > watch.since;
  const seen = known ? since : at;
  return [
    {
      alarm: watch.alarm,
      from: watch.verdict,
      to: verdict,
      doubt,
      because,
      at: sameRed(watch, reading) ?? seen,
      timing,
    },
  ];
}

function isStillRed({ watches }: Incident, { alarm, from, to, at }: AlarmChange): boolean {
  const watch = watches.find((known) => known.alarm === alarm);
  return from === 'unknown' && to === 'alarm' && watch?.reds.at(-1) === at;
}

/** When it went red, if it is still red as it was before nobody could tell. Two roads may round the time differently. */
function sameRed({ verdict: before, reds }: Watch, { verdict, since }: AlarmReading): Instant | null {
  const last = reds.at(-1);
  if (before !== 'unknown' || verdict !== 'alarm' || since === null || last === undefined) return null;
  return since < last + 1_000 ? last : null;
}

/** It was red when this was resolved, and is red since later: in between it was green, though nobody saw that. */
function isRedAgain({ status, resolvedAt }: Incident, watch: Watch, { verdict, since }: AlarmReading): boolean {
  if (status !== 'resolved' || resolvedAt === null || verdict !== 'alarm' || since === null) return false;
  return since > Math.max(resolvedAt, watch.since);
}

/** The OK of an alarm that was changed meanwhile may mean something else: it counts once somebody says so. */
function withConfiguration(watch: Watch, reading: AlarmReading): AlarmReading {
  const [before, now] = [watch.timing?.configuredAt ?? null, reading.timing?.configuredAt ?? null];
  if (reading.verdict !== 'ok' || before === null || now === null || now <= before) return reading;
  const because = `its configuration was changed at ${clock(now)} UTC, so its OK may mean something else`;
  return { ...reading, verdict: 'unknown', doubt: 'changed', because, since: null };
}

const verdictWords: { readonly [V in Verdict]: readonly [one: string, many: string] } = {
  alarm: ['is red', 'are red'],
  ok: ['is green', 'are green'],
  unknown: ["can't tell", "can't tell"],
};

function changed(incident: Incident, changes: readonly AlarmChange[]): Change {
  const names = namesOf(incident, changes);
  const [first] = changes;
  const [one, many] = verdictWords[first?.to ?? 'unknown'];
  const because = first === undefined || first.because === '' ? '' : `: ${first.because}`;
  const times = changes.map(({ at }) => at);
  return {
    event: { kind: 'alarms changed', changes },
    text: changes.length === 1 ? `${names[0]} ${one}${because}` : `${countedNames(names)} ${many}.`,
    // All of them were red from the first on; none was green before the last.
    occurredAt: first?.to === 'alarm' ? Math.min(...times) : Math.max(...times),
    actor: changes.length === 1 ? { type: 'alarm', name: names[0] ?? '' } : system,
  };
}

/** They can be told again and are red as before: that is news of now, not of when they went red. */
function stillRed(incident: Incident, changes: readonly AlarmChange[], at: Instant): Change {
  const names = namesOf(incident, changes);
  const text = `${countedNames(names)} ${names.length === 1 ? 'is' : 'are'} still red.`;
  return { ...changed(incident, changes), text, occurredAt: at };
}

function namesOf(incident: Incident, changes: readonly AlarmChange[]): readonly string[] {
  return changes.map((change) => nameOf(incident, change));
}

function nameOf(incident: Incident, { alarm }: { readonly alarm: AlarmArn }): string {
  return incident.watches.find((watch) => watch.alarm === alarm)?.name ?? alarm;
}

/**
 * Going red is a relapse where recovery had begun: of this alarm, or of all that was red. While the others are still red it is one
 * more that is red.
 */
export function isRelapse(incident: Incident, alarm: AlarmArn): boolean {
  if (incident.recoveredAt !== null) return true;
  const watch = incident.watches.find((known) => known.alarm === alarm);
  if (watch?.verdict !== 'ok') return false;
  if (watch.reds.length > 0 || !isUnmitigated(incident)) return true;
  const others = counted(incident);
  return others.some(({ reds }) => reds.length > 0) && others.every(({ verdict }) => verdict !== 'alarm');
}

/** Alarms that were green from the first reading on and are red now, too. */
function joined(incident: Incident, changes: readonly AlarmChange[]): Change {
  const { text, occurredAt, actor } = changed(incident, changes);
  const alarms = changes.flatMap(({ alarm, at, because }) => {
    const watch = incident.watches.find((known) => known.alarm === alarm);
    return watch === undefined
      ? []
      : [{ watch: { alarm, name: watch.name, service: watch.service }, since: at, because }];
  });
  return { event: { kind: 'alarms joined', alarms }, text, ...(occurredAt === undefined ? {} : { occurredAt }), actor };
}

/**
 * Red after it was green, or after recovery was proved: the wait starts over. The time is when it went red, which may lie before
 * the poll that saw it.
 */
export function relapse(
  incident: Incident,
  red: readonly { readonly alarm: AlarmArn; readonly name: string; readonly at: Instant }[],
): Change {
  const at = Math.min(...red.map((each) => each.at));
  const watches = red.flatMap(({ alarm }) => incident.watches.filter((watch) => watch.alarm === alarm));
  const [watch] = watches;
  const again = watches.some(({ reds }) => reds.length > 0) ? ' again' : '';
  const after = watch?.verdict === 'ok' && red.length === 1 ? `${span(at - watch.since)} green` : 'recovery had begun';
  const names = red.map(({ name }) => name);
  return {
    event: { kind: 'relapsed', alarms: red.map(({ alarm }) => alarm) },
    text: `${countedNames(names)} went red${again} after ${after}. Waiting for recovery starts over.`,
    occurredAt: at,
    actor: names.length === 1 && names[0] !== undefined ? { type: 'alarm', name: names[0] } : system,
  };
}

/** Soon after it was resolved an alarm that goes red again is the same incident; who is called follows (see `consequences.ts`). */
function reopening(incident: Incident, red: readonly AlarmChange[]): readonly Change[] {
  if (red.length === 0 || incident.status !== 'resolved' || incident.resolvedAt === null) return [];
  const names = countedNames(namesOf(incident, red));
  const away = span(Math.min(...red.map((each) => each.at)) - incident.resolvedAt);
  const reopened: Change = {
    event: { kind: 'reopened', byItself: true },
    text: `Reopened: ${names} went red ${away} after it was resolved.`,
    actor: system,
  };
  return [reopened];
}

function evidence(incident: Incident, at: Instant): string {
  const { alarms } = judge(incident, at);
  const told = alarms.filter(({ verdict }) => verdict === 'recovered');
  const lines = told
    .slice(0, 10)
    .map(
      ({ watch }) =>
        `${watch.name} green for ${span(at - watch.since)} (since ${clock(watch.since)} UTC)${watch.because === '' ? '' : `, ${watch.because}`}`,
    );
  const more = told.length > 10 ? [`and ${told.length - 10} more for at least ${span(holdOf(incident))}`] : [];
  const gone = alarms.filter(({ verdict }) => verdict === 'gone').map(({ watch }) => watch.name);
  const left = gone.length === 0 ? '' : ` Gone, and not awaited: ${countedNames(gone)}.`;
  return `Recovery proved: ${[...lines, ...more].join('; ')}.${left}`;
}

/** Whatever was red here is green. That one can't be told any more, such as where Muster is blind, clears nothing. */
function clearedByItself(incident: Incident): boolean {
  const red = incident.watches.filter(({ reds }) => reds.length > 0);
  return (
    incident.declaredBy.type === 'alarm' &&
    !incident.touched &&
    incident.status === 'investigating' &&
    red.length > 0 &&
    red.every(({ verdict }) => verdict === 'ok')
  );
}
