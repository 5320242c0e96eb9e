/**
 * What the poll knows of the incidents whose alarms it follows. A thousand of them are not read anew at every poll, nor asked
 * what the same readings mean: only those that have changed, or whose alarms say something else.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { handle, type Shell } from '../handle.ts';
import type { AlarmReading, Blindness } from '../incident/command.ts';
import type { AlarmArn, Incident, IncidentId, Instant, ServiceName, Watch } from '../incident/incident.ts';
import { isOngoing, roomKey } from '../incident/incident.ts';
import { alarmTriage } from '../incident/job.ts';
import { observeAlarms } from '../incident/recovery.ts';
import { counted } from '../incident/verdict.ts';
import { isOutage, type Postgres, type Transaction } from '../postgres/postgres.ts';
import { unsettleRedder } from '../postgres/triage.ts';
import { readInParts, readWatchingVersions, type RowVersion } from '../postgres/watching-incidents.ts';

export type FollowedAlarm = { readonly alarm: AlarmArn; readonly service: ServiceName | null };

export type FollowedIncident = {
  readonly id: IncidentId;
  readonly version: RowVersion;
  /** Those that count. Incidents that share their alarms share the list. */
  readonly alarms: readonly FollowedAlarm[];
  /** How soon it wants the next poll; `null`: it has nothing to look at. */
  readonly everyMillis: number | null;
  /** The readings that mean nothing for it, now or later, as long as it stays as it is. */
  readonly settledBy: string | null;
};

type Memory = {
  readonly incidents: Map<IncidentId, FollowedIncident>;
  readonly lists: Map<string, readonly FollowedAlarm[]>;
};

const memories = new WeakMap<Postgres, Memory>();

function memoryOf(postgres: Postgres): Memory {
  const memory = memories.get(postgres) ?? { incidents: new Map(), lists: new Map() };
  memories.set(postgres, memory);
  return memory;
}

/** The incidents that are followed now, however many. */
export async function readFollowed(postgres: Postgres, now: Instant): Promise<readonly FollowedIncident[]> {
  const memory = memoryOf(postgres);
  const rows = await readWatchingVersions(postgres, now);
  const ids = new Set(rows.map(({ id }) => id));
  for (const id of memory.incidents.keys()) if (!ids.has(id)) memory.incidents.delete(id);
  const changed = rows.filter(({ id, version }) => memory.incidents.get(id)?.version !== version);
  if (changed.length > 0) {
    // Those that nobody has any more are forgotten.
    memory.lists.clear();
    for (const alarms of new Set([...memory.incidents.values()].map((each) => each.alarms))) shareList(memory, alarms);
  }
  const stale = changed.map(({ id }) => id);
  for await (const part of readInParts(postgres, stale)) {
    for (const { incident, version } of part) learn(memory, incident, version);
  }
  return [...memory.incidents.values()];
}

function learn(memory: Memory, incident: Incident, version: RowVersion): void {
  const alarms = counted(incident).map(({ alarm, service }) => ({ alarm, service }));
  memory.incidents.set(incident.id, {
    id: incident.id,
    version,
    alarms: shareList(memory, alarms),
    everyMillis: paceOf(incident),
    settledBy: null,
  });
}

function shareList({ lists }: Memory, alarms: readonly FollowedAlarm[]): readonly FollowedAlarm[] {
  const key = digest(alarms.map(({ alarm, service }) => `${alarm}\n${service}`));
  const shared = lists.get(key) ?? alarms;
  lists.set(key, shared);
  return shared;
}

function digest(parts: readonly string[]): string {
  return createHash('sha1').update(parts.join('\n')).digest('base64');
}

const second = 1_000;

/** The worse it is, the sooner somebody wants to know; what is over is only watched for a relapse. */
function paceOf(incident: Incident): number | null {
  if (counted(incident).length === 0) return null;
  const settled = incident.status === 'mitigated' && incident.recoveredAt !== null;
  if (!isOngoing(incident) || settled) return 60 * second;
  switch (incident.severity) {
    case null:
    case 'SEV1':
    case 'SEV2':
      return 15 * second;
    case 'SEV3':
      return 30 * second;
    case 'SEV4':
    case 'SEV5':
      return 60 * second;
  }
}

/** What one poll saw. */
export type Sight = {
  readonly readings: ReadonlyMap<AlarmArn, AlarmReading>;
  /** Every place that can't be seen. */
  readonly blind: readonly Blindness[];
  readonly at: Instant;
};

export type Observer = Shell & { readonly log: Logger };

/** Transactions at once. */
const together = 4;

/** Tells the incidents what was seen, those for which that changes anything; for the others nothing is spent. */
export async function tellFollowed(observer: Observer, sight: Sight): Promise<void> {
  const memory = memoryOf(observer.postgres);
  const seen = summarise(sight);
  const due = [...memory.incidents.values()]
    .filter(({ settledBy }) => settledBy !== seen)
    // The worst first: of a thousand, the last is told half a minute later.
    .toSorted((one, other) => (one.everyMillis ?? Infinity) - (other.everyMillis ?? Infinity))
    .map(({ id }) => id);
  for await (const part of readInParts(observer.postgres, due)) {
    const telling = part.flatMap(({ incident, version }): readonly Telling[] => {
      const readings = chooseReadings(incident, sight);
      if (readings !== null) return [{ incident: incident.id, readings }];
      const known = memory.incidents.get(incident.id);
      const settled = isSettled(incident, sight);
      if (known?.version === version) memory.incidents.set(incident.id, { ...known, settledBy: settled ? seen : null });
      return [];
    });
    for (let from = 0; from < telling.length; from += together) {
      await Promise.all(telling.slice(from, from + together).map((each) => tell(observer, each, sight)));
    }
  }
}

type Telling = { readonly incident: IncidentId; readonly readings: readonly AlarmReading[] };

/** The same for two sights that mean the same. */
function summarise({ readings, blind }: Sight): string {
  const parts = [...readings.values()].map(({ alarm, verdict, doubt, since, timing }) =>
    [alarm, verdict, doubt, since, timing?.configuredAt].join(' '),
  );
  return digest([...parts.toSorted(), ...blind.map(({ place, alarms }) => [place, ...alarms].join(' ')).toSorted()]);
}

const muchLaterMillis = 24 * 60 * 60_000;

/** Whether the same readings will mean nothing later either: nothing is waited for that time alone brings. */
function isSettled(incident: Incident, sight: Sight): boolean {
  const { blind } = sight;
  const at = sight.at + muchLaterMillis;
  const readings = readingsFor(incident, sight.readings);
  return observeAlarms(incident, { readings, blind, at }).length === 0;
}

async function tell(observer: Observer, { incident, readings }: Telling, { blind, at }: Sight): Promise<void> {
  try {
    const outcome = await handle(observer, {
      id: `poll:${incident}:${at}`,
      by: { type: 'system' },
      incident,
      command: { name: 'observe alarms', readings, blind },
      also: (tx, after) => lookAgain(observer, tx, { incident: after, readings }),
    });
    if (outcome.type !== 'done') observer.log.warn({ incident: roomKey(incident) }, 'a poll was refused');
  } catch (error) {
    if (isOutage(error)) throw error;
    // The others are told all the same.
    observer.log.error({ incident: roomKey(incident), err: error }, 'an incident could not be told of a poll');
  }
}

/** What went red again while it was read must not end with the incident that cancels itself: it may open another. */
async function lookAgain(
  { queue }: Observer,
  tx: Transaction,
  { incident, readings }: { readonly incident: Incident; readonly readings: readonly AlarmReading[] },
): Promise<void> {
  if (incident.status !== 'cancelled') return;
  const green = readings.flatMap(({ alarm, verdict, since }) =>
    verdict === 'ok' && since !== null ? [{ alarm, since }] : [],
  );
  if (await unsettleRedder(tx, incident.id, green)) await queue.enqueue(tx, [alarmTriage]);
}

/**
 * What the incident needs to hear of; `null`: nothing new. Nothing is concluded (recovery, cancelling) from a poll in which
 * an alarm that counts could not be read.
 */
export function chooseReadings(incident: Incident, sight: Sight): readonly AlarmReading[] | null {
  const { blind, at } = sight;
  const whole = counted(incident).every(({ alarm }) => sight.readings.has(alarm));
  const mine = readingsFor(incident, sight.readings);
  const choices = whole ? [mine] : [mine, mine.filter(({ verdict }) => verdict !== 'ok')];
  for (const readings of choices) {
    const happenings = observeAlarms(incident, { readings, blind, at });
    const concludes = happenings.some(({ event }) => event.kind === 'recovery proved' || event.kind === 'cancelled');
    if (happenings.length > 0 && (whole || !concludes)) return readings;
  }
  return null;
}

function readingsFor(incident: Incident, readings: Sight['readings']): readonly AlarmReading[] {
  return incident.watches.flatMap((watch) => {
    const reading = readings.get(watch.alarm);
    return reading === undefined ? [] : [withGap(watch, reading)];
  });
}

/** How far CloudWatch's clock and ours may be apart, in milliseconds. */
const skewMillis = 5_000;

/**
 * An alarm that was green at the last poll and is green now, but turned green in between, was something else for a time. It
 * was not seen, so that time is unknown, and the window starts over with the next poll.
 */
function withGap(watch: Watch, reading: AlarmReading): AlarmReading {
  const turned = reading.since !== null && reading.since - watch.since > skewMillis;
  if (watch.verdict !== 'ok' || reading.verdict !== 'ok' || !turned) return reading;
  const because = 'it was not OK for a time between two polls';
  return { ...reading, verdict: 'unknown', doubt: 'gap', because, since: null };
}
