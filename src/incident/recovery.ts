/** Whether the alarms prove that users are well again. The machine proposes; a person declares. */
import type { AlarmReading } from './command.ts';
import type { Happening } from './event.ts';
import type { Entry } from './apply.ts';
import { apply } from './apply.ts';
import type { Actor, Incident, Instant, Watch } from './incident.ts';
import { isOngoing } from './incident.ts';
import { clock, span } from './timeline.ts';

/** The alarms that count: watched, and nobody said that they do not count here. */
export function counted(incident: Incident): readonly Watch[] {
  return incident.watches.filter((watch) => watch.discounted === null);
}

/** Whether every alarm that counts has been green for the stabilisation window. Without alarms nothing can prove it. */
export function isRecovered(incident: Incident, at: Instant): boolean {
  const watches = counted(incident);
  return (
    watches.length > 0 &&
    watches.every((watch) => watch.verdict === 'ok' && at - watch.since >= incident.stabilisationMillis)
  );
}

/** What one poll's readings mean for the incident. Readings of alarms it does not watch are passed over. */
export function observeAlarms(
  incident: Incident,
  readings: readonly AlarmReading[],
  at: Instant,
): readonly Happening[] {
  if (!isOngoing(incident)) return [];
  const happenings: Happening[] = [];
  let now = incident;
  const happen = (happening: Happening & { readonly actor: Actor }): void => {
    happenings.push(happening);
    now = apply(now, entryOf(happening, happening.actor, at));
  };

  for (const reading of readings) {
    const watch = now.watches.find((known) => known.alarm === reading.alarm);
    if (watch === undefined || watch.discounted !== null || watch.verdict === reading.verdict) continue;
    const change = changed(watch, reading, now, at);
    happen(change);
    if (reading.verdict === 'alarm' && (watch.verdict === 'ok' || now.recoveredAt !== null)) {
      happen(relapse(watch, change.occurredAt));
    }
  }

  if (clearedByItself(now)) {
    happen({
      event: { kind: 'cancelled', byItself: true },
      text: 'Cancelled: the alarm cleared by itself before anyone acted.',
      actor: { type: 'system' },
    });
  } else if (now.recoveredAt === null && isRecovered(now, at)) {
    happen({ event: { kind: 'recovery proved' }, text: evidence(now, at), actor: { type: 'system' } });
  }
  return happenings;
}

function entryOf(happening: Happening, actor: Actor, at: Instant): Entry {
  return { event: happening.event, actor, occurredAt: happening.occurredAt ?? at };
}

type Change = Happening & { readonly actor: Actor; readonly occurredAt: Instant };

function changed(watch: Watch, reading: AlarmReading, incident: Incident, at: Instant): Change {
  const words = { alarm: 'is red', ok: 'is green', unknown: "can't tell" }[reading.verdict];
  // A machine's time counts only while the incident lasts: an alarm that was green for weeks proves nothing about it.
  const occurredAt =
    reading.since !== null && reading.since >= incident.declaredAt && reading.since <= at && reading.since > watch.since
      ? reading.since
      : at;
  return {
    event: {
      kind: 'alarm changed',
      alarm: watch.alarm,
      from: watch.verdict,
      to: reading.verdict,
      because: reading.because,
    },
    text: `${watch.name} ${words}${reading.because === '' ? '' : `: ${reading.because}`}`,
    occurredAt,
    actor: { type: 'alarm', name: watch.name },
  };
}

/** @param at when it went red, which may lie before the poll that saw it: a claim of time must hold. */
export function relapse(watch: Watch, at: Instant): Happening & { readonly actor: Actor } {
  const after = watch.verdict === 'ok' ? `${span(at - watch.since)} green` : 'recovery was proved';
  return {
    event: { kind: 'relapsed', alarms: [watch.alarm] },
    text: `${watch.name} went red after ${after}. Waiting for recovery starts over.`,
    actor: { type: 'alarm', name: watch.name },
  };
}

function evidence(incident: Incident, at: Instant): string {
  const lines = counted(incident).map(
    (watch) =>
      `${watch.name} green for ${span(at - watch.since)} (since ${clock(watch.since)} UTC)${watch.because === '' ? '' : `, ${watch.because}`}`,
  );
  return `Recovery proved: ${lines.join('; ')}.`;
}

function clearedByItself(incident: Incident): boolean {
  return (
    incident.declaredBy.type === 'alarm' &&
    !incident.touched &&
    incident.status === 'investigating' &&
    incident.watches.some((watch) => watch.verdict === 'ok') &&
    incident.watches.every((watch) => watch.verdict !== 'alarm') &&
    openers(incident).every((watch) => watch.verdict === 'ok')
  );
}

/** The alarm that opened the incident: only its own clearing cancels, not another's. */
function openers(incident: Incident): readonly Watch[] {
  const { declaredBy } = incident;
  return incident.watches.filter((watch) => declaredBy.type === 'alarm' && watch.name === declaredBy.name);
}
