/**
 * Reads every alarm that matters, once for all incidents, and arms the next poll. There is one chain of polls in a cluster,
 * because the queue lets one job of a key wait and one run.
 */
import { consoleLink } from '../aws/alarm-arn.ts';
import type { Missed } from '../aws/cloudwatch.ts';
import { handle } from '../handle.ts';
import type { AlarmReading } from '../incident/command.ts';
import type { AlarmArn, Incident, Instant, ServiceName, Severity } from '../incident/incident.ts';
import { isOngoing, isUnmitigated, roomKey } from '../incident/incident.ts';
import type { AlarmRule, Policy } from '../incident/policy.ts';
import { counted, observeAlarms } from '../incident/recovery.ts';
import { clock } from '../incident/timeline.ts';
import { readOpenIncidents } from '../postgres/incidents.ts';
import { finish, mark, wantAgain } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { incidentOfSource } from '../postgres/timeline.ts';
import { alarmPoll } from '../incident/job.ts';
import type { Context } from './context.ts';

const everyMillis = 30_000;
const jitterMillis = 3_000;

/** Where no service has an alarm there is nothing to read, until the catalog changes. */
const idleMillis = 10 * 60_000;

/** A hiccup changes no verdict. After this long, which is the third poll in a row, nobody can tell any more. */
const hiccupMillis = 50_000;

/** How far CloudWatch's clock and ours may be apart, in milliseconds. */
const skewMillis = 5_000;

/** One poll. What goes wrong in it is logged; the next poll is armed all the same. */
export async function pollAlarms(context: Context): Promise<void> {
  try {
    await pollOnce(context);
  } catch (error) {
    context.log.error({ err: error }, 'the poll of alarms failed');
  }
  const now = await readNow(context.postgres);
  const waitMillis = context.policy.services.some(({ alarms }) => alarms.length > 0) ? everyMillis : idleMillis;
  const runAt = now + waitMillis + Math.round((Math.random() * 2 - 1) * jitterMillis);
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [{ ...alarmPoll, runAt }]));
}

/** Makes sure that polling goes on; called when a process starts, also beside others that poll already. */
export async function ensurePolling(context: Context): Promise<void> {
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [alarmPoll]));
}

type Rule = AlarmRule & { readonly service: ServiceName };
type Opener = Rule & { readonly opens: Severity };

async function pollOnce(context: Context): Promise<void> {
  const { postgres, policy } = context;
  const watching = (await readOpenIncidents(postgres)).filter(isOngoing);
  const watched = new Set(watching.flatMap((incident) => counted(incident).map(({ alarm }) => alarm)));
  const opening = openers(policy);
  const alarms = [...new Set([...watched, ...opening.map(({ alarm }) => alarm)])];
  if (alarms.length === 0) return;

  const asked = await readNow(postgres);
  const { readings, missed, reached } = await context.cloudWatch.readAlarms({ alarms, prove: watched, now: asked });
  for (const place of reached) await finish(postgres, unreadKey(place), 'read');
  const unknown = await Promise.all(missed.map((each) => giveUp(context, each)));
  const all = [...readings, ...unknown.flat()];

  const now = await readNow(postgres);
  for (const incident of watching) await observe(context, { incident, readings: all, now });
  const byAlarm = new Map(all.map((reading) => [reading.alarm, reading]));
  for (const opener of opening) {
    const reading = byAlarm.get(opener.alarm);
    if (reading?.verdict === 'alarm' && reading.since !== null && now - reading.since >= opener.holdMillis) {
      await raise(context, { opener, because: reading.because, since: reading.since });
    }
  }
}

/** The alarms that may open an incident by themselves. */
function openers(policy: Policy): readonly Opener[] {
  return policy.services.flatMap((service) =>
    service.alarms.flatMap((rule): readonly Opener[] =>
      rule.opens === null ? [] : [{ ...rule, opens: rule.opens, service: service.name }],
    ),
  );
}

function unreadKey(place: string): string {
  return `read-alarms:${place}`;
}

/** The alarms that could not be read are unknown once that has gone on for too long; before, nothing is said of them. */
async function giveUp({ postgres }: Context, missed: Missed): Promise<readonly AlarmReading[]> {
  const read = { key: unreadKey(missed.place), incident: null, method: 'DescribeAlarms' };
  const before = await mark(postgres, read);
  if (before.finished) await wantAgain(postgres, read.key, 'unread');
  const { wantedAt } = before.finished ? await mark(postgres, read) : before;
  if ((await readNow(postgres)) - wantedAt < hiccupMillis) return [];
  const because = `${missed.because} (since ${clock(wantedAt)} UTC)`;
  return missed.alarms.map((alarm) => ({ alarm, verdict: 'unknown', because, since: null }));
}

type Observing = { readonly incident: Incident; readonly readings: readonly AlarmReading[]; readonly now: Instant };

/** Tells the incident what was read, if that changes anything; otherwise no transaction is spent. */
async function observe(context: Context, { incident, readings, now }: Observing): Promise<void> {
  const useful = chooseReadings({ incident, readings, now });
  if (useful === null) return;
  const outcome = await handle(context, {
    id: `poll:${incident.id}:${now}`,
    by: { type: 'system' },
    incident: incident.id,
    command: { name: 'observe alarms', readings: useful },
  });
  if (outcome.type !== 'done') context.log.warn({ incident: roomKey(incident.id) }, 'a poll was refused');
}

/**
 * What the incident needs to hear of; `null`: nothing new. Nothing is concluded (recovery, cancelling) from a poll in which
 * an alarm that counts could not be read.
 */
export function chooseReadings({ incident, readings, now }: Observing): readonly AlarmReading[] | null {
  const read = new Set(readings.map(({ alarm }) => alarm));
  const whole = counted(incident).every(({ alarm }) => read.has(alarm));
  const mine = readings.flatMap((reading) => withGap(incident, reading));
  const choices = whole ? [mine] : [mine, mine.filter(({ verdict }) => verdict !== 'ok')];
  for (const choice of choices) {
    const happenings = observeAlarms(incident, choice, now);
    const concludes = happenings.some(({ event }) => event.kind === 'recovery proved' || event.kind === 'cancelled');
    if (happenings.length > 0 && (whole || !concludes)) return choice;
  }
  return null;
}

/**
 * An alarm that was green at the last poll and is green now, but turned green in between, was something else for a time. It
 * was not seen, so that time is unknown, and the window starts over.
 */
function withGap(incident: Incident, reading: AlarmReading): readonly AlarmReading[] {
  const watch = incident.watches.find(({ alarm }) => alarm === reading.alarm);
  if (watch === undefined) return [];
  const turned = reading.since !== null && reading.since - watch.since > skewMillis;
  if (watch.verdict !== 'ok' || reading.verdict !== 'ok' || !turned) return [reading];
  return [
    { ...reading, verdict: 'unknown', because: 'it was not OK for a time between two polls', since: null },
    reading,
  ];
}

type Raising = { readonly opener: Opener; readonly because: string; readonly since: Instant };

/** An alarm that has stayed red opens an incident or joins one, once for each time that it turned red. */
async function raise(context: Context, { opener, because, since }: Raising): Promise<void> {
  const { alarm, name, service, opens } = opener;
  const open = await readOpenIncidents(context.postgres);
  const own = open.some(
    (incident) =>
      isUnmitigated(incident) &&
      incident.declaredBy.type === 'alarm' &&
      incident.declaredBy.name === name &&
      incident.watches.some((watch) => watch.alarm === alarm),
  );
  if (own) return;
  const id = raisingId({ alarm, since, open });
  if ((await incidentOfSource(context.postgres, id)) !== null) return;
  const outcome = await handle(context, {
    id,
    by: { type: 'alarm', name },
    incident: null,
    command: {
      name: 'raise alarm',
      watch: { alarm, name, service },
      severity: opens,
      because,
      since,
      link: consoleLink(alarm),
    },
  });
  if (outcome.type !== 'done') context.log.warn({ service }, 'an alarm could not open an incident');
}

/** Where people have said that the alarm is not part of their incident, it may open its own although it joined theirs. */
function raisingId(of: {
  readonly alarm: AlarmArn;
  readonly since: Instant;
  readonly open: readonly Incident[];
}): string {
  const apart = of.open.filter(({ separated }) => separated.includes(of.alarm)).map(({ id }) => roomKey(id));
  return [`alarm:${of.alarm}:${of.since}`, ...apart.toSorted()].join(':');
}
