/** Stores what CloudWatch noted of the incident's alarms: it keeps that for 30 days, and a review may come later. */
import { consoleLink } from '../aws/alarm-arn.ts';
import type { PastChange } from '../aws/alarm-history.ts';
import { handle, record } from '../handle.ts';
import type { AlarmReconfigured } from '../incident/alarm.ts';
import type { Happening, TimelineRow } from '../incident/event.ts';
import type { Incident, IncidentId, Instant } from '../incident/incident.ts';
import { clock, span } from '../incident/timeline.ts';
import { saveHistory } from '../postgres/alarms.ts';
import { readIncident } from '../postgres/incidents.ts';
import { readNow } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Context } from './context.ts';

const minute = 60_000;
const hour = 60 * minute;

/** An alarm may have been red for long before anyone declared. */
const beforeMillis = 24 * hour;

/** One call or more each, and all of them have to fit into one job. */
const mostAlarms = 200;

/** Rows in one statement. */
const together = 2_000;

/** What CloudWatch did not answer is asked for again, until a day after the incident was closed. */
const againMillis = 10 * minute;
const longestMillis = 24 * hour;

export async function fetchHistory(context: Context, { incident: id }: { incident: IncidentId }): Promise<void> {
  const { postgres } = context;
  const incident = await readIncident(postgres, id);
  if (incident === null || incident.watches.length === 0) return;
  const now = await readNow(postgres);
  const alarms = incident.watches.slice(0, mostAlarms).map(({ alarm }) => alarm);
  const from = incident.declaredAt - beforeMillis;
  const history = await context.cloudWatch.readHistory({ alarms, from, to: now + minute });
  for (let start = 0; start < history.changes.length; start += together) {
    const some = history.changes.slice(start, start + together);
    await postgres.transaction((tx) => saveHistory(tx, some));
  }

  const detected = findDetection(incident, history.changes);
  // The source is used up by the first that is recorded: what the alarms did before does not change any more.
  if (detected !== null) await record(context, { incident: id, source: `history:${id}`, happenings: [detected] });
  await noteReconfigured(context, incident, history.reconfigured);

  if (history.incomplete && (incident.closedAt === null || now - incident.closedAt < longestMillis)) {
    const job = { name: 'fetch-history', key: `fetch-history:${id}`, data: { incident: id } } as const;
    await postgres.transaction((tx) => context.queue.enqueue(tx, [{ ...job, runAt: now + againMillis }]));
  }
}

/** An alarm that was well again for so long before the declaration, or turned red so long after it, did not detect it. */
const nearMillis = 15 * minute;

/** The first breach, where CloudWatch noted an earlier one than the incident knows. */
export function findDetection(incident: Incident, changes: readonly PastChange[]): Happening | null {
  const { declaredAt } = incident;
  const episodes = [...Map.groupBy(changes, ({ alarm, contributor }) => `${alarm}\n${contributor}`).values()].flatMap(
    (each) => redEpisodes(each),
  );
  const [first] = episodes
    .filter(({ red, until }) => until > declaredAt - nearMillis && red.at <= declaredAt + nearMillis)
    .map(({ red }) => ({ alarm: red.alarm, breachedAt: red.firstBreachAt ?? red.at }))
    .toSorted((one, other) => one.breachedAt - other.breachedAt);
  const known = incident.detection?.firstBreachAt ?? null;
  if (first === undefined || (known !== null && first.breachedAt >= known)) return null;
  const { alarm, breachedAt } = first;
  const name = incident.watches.find((watch) => watch.alarm === alarm)?.name ?? alarm;
  const by = incident.detection?.by ?? (incident.declaredBy.type === 'alarm' ? 'alarm' : 'person');
  const apart = Math.abs(declaredAt - breachedAt);
  const order = breachedAt <= declaredAt ? 'before' : 'after';
  return {
    event: { kind: 'detected', detection: { by, firstBreachAt: breachedAt } },
    text: `First breach at ${clock(breachedAt)} UTC (${name}), ${span(apart)} ${order} this was declared, by CloudWatch's history.`,
    link: consoleLink(alarm),
  };
}

/** The times in which an alarm was red. */
function redEpisodes(changes: readonly PastChange[]): readonly { readonly red: PastChange; readonly until: Instant }[] {
  const ordered = changes.toSorted((one, other) => one.at - other.at);
  return ordered.flatMap((red, index) =>
    red.state === 'ALARM' ? [{ red, until: ordered[index + 1]?.at ?? Infinity }] : [],
  );
}

/** Two roads tell of one change at nearly the same time. */
const sameMillis = minute;

/** Alarms that were changed or deleted during the incident, where no event has told of it. */
async function noteReconfigured(
  context: Context,
  incident: Incident,
  changes: readonly AlarmReconfigured[],
): Promise<void> {
  const during = changes.filter(({ at }) => at > incident.declaredAt && at < (incident.resolvedAt ?? Infinity));
  if (during.length === 0 || incident.closedAt !== null) return;
  const rows = await readTimeline(context.postgres, incident.id);
  for (const change of during.filter((each) => !rows.some((row) => tellsOf(row, each)))) {
    await handle(context, {
      id: `reconfigured:${change.alarm}:${change.change}:${change.at}`,
      by: { type: 'system' },
      incident: incident.id,
      command: { name: 'note reconfigured alarm', change },
    });
  }
}

function tellsOf({ event, occurredAt }: TimelineRow, { alarm, change, at }: AlarmReconfigured): boolean {
  if (event.kind !== 'alarm reconfigured') return false;
  return event.alarm === alarm && event.change === change && Math.abs(occurredAt - at) < sameMillis;
}
