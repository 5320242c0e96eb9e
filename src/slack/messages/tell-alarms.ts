/** What the room is told about its alarms. The machine shows evidence; people decide. */
import type { TimelineRow } from '../../incident/event.ts';
import type { AlarmArn, Incident, Instant, Watch } from '../../incident/incident.ts';
import { isOngoing, isUnmitigated } from '../../incident/incident.ts';
import { span } from '../../incident/timeline.ts';
import { type AlarmVerdict, counted, holdOf, judge } from '../../incident/verdict.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button, Message } from '../blocks.ts';
import { actions, lines, message, say, section } from '../blocks.ts';
import { bounded, date, escape, link, mention, oneLine } from '../mrkdwn.ts';
import { recallButton, standingBy } from './stand-down.ts';
import { countedAlarms, rowText, shortAlarm } from './wording.ts';

/** Alarms that were counted in, as one line however many there are; a wrong guess is taken back from here. */
export function tellJoined(incident: Incident, rows: readonly TimelineRow[]): Message {
  const alarms = rows.flatMap(({ event }) => (event.kind === 'alarms joined' ? event.alarms : []));
  const named = new Map(alarms.map((each) => [each.watch.alarm, each]));
  const here = [...named.values()].filter(({ watch }) => !incident.separated.includes(watch.alarm));
  const [first, second] = here;
  const [row] = rows;
  if (first === undefined || row === undefined) {
    return say('Alarms went red here, but none of them is part of this incident.');
  }
  const since = date(Math.min(...alarms.map((each) => each.since)));
  if (second === undefined) {
    const because = oneLine(first.because);
    const why = because === '' ? '' : `: ${escape(bounded(because, 300))}`;
    const text = `${shortAlarm(first.watch.name)} is red too, since ${since}${why}${seen(row)}`;
    return say(text, isOngoing(incident) ? [separateButton(incident, first.watch.alarm)] : []);
  }
  const text = `*${here.length} more alarms went red*, the first at ${since}: ${countedAlarms(here.map(({ watch }) => watch.name))}. The status card shows what is red now.`;
  return say(text, isOngoing(incident) ? [alarmButton(incident, 'Not Part of This …')] : []);
}

function separateButton(incident: Incident, alarm: AlarmArn): Button | null {
  return askButton({
    label: 'Not Part of This',
    incident: incident.id,
    command: { name: 'separate alarm', alarm },
    confirm: { title: 'Not part of this?', text: 'The alarm may then open an incident of its own.' },
  });
}

function alarmButton(incident: Incident, label: string): Button | null {
  return openButton({ label, form: 'alarm', incident: incident.id });
}

/** Nobody can tell what these alarms say, so they hold back the proof of recovery. */
export function tellDoubts(incident: Incident, rows: readonly TimelineRow[]): Message {
  const meant = new Set(
    rows.flatMap(({ event }) => (event.kind === 'alarms changed' ? event.changes : [])).map(({ alarm }) => alarm),
  );
  const all = counted(incident);
  const doubtful = all.filter(({ alarm, verdict }) => meant.has(alarm) && verdict === 'unknown');
  const [first, second] = doubtful;
  if (first === undefined) return say('Some alarms were unknown for a time. They are known now, or do not count here.');
  const unknown = all.filter(({ verdict }) => verdict === 'unknown').length;
  const told = lines(doubtful.map(doubtLine), 10, (left) => `… and ${left} more`);
  // What was deleted is named, and holds the proof back for one window only.
  const meaning = doubtful.every(({ doubt }) => doubt === 'gone')
    ? `What stays gone for ${span(holdOf(incident))} is not awaited any more.`
    : "While they are unknown, recovery can't be proved.";
  const text = `*Unknown: ${unknown} of ${all.length} alarms*\n${told}\n${meaning}`;
  if (!isOngoing(incident)) return say(text);
  return say(
    text,
    second === undefined ? doubtButtons(incident, first) : [alarmButton(incident, "Doesn't Count Here …")],
  );
}

function doubtLine({ name, because, since }: Watch): string {
  const why = oneLine(because);
  return `• ${shortAlarm(name)} since ${date(since)}${why === '' ? '' : `: ${escape(bounded(why, 200))}`}`;
}

function doubtButtons({ id }: Incident, { alarm, doubt }: Watch): readonly (Button | null)[] {
  return [
    doubt === 'changed'
      ? askButton({ label: 'Counts as It Is', incident: id, command: { name: 'trust alarm', alarm } })
      : null,
    openButton({ label: "Doesn't Count Here", form: 'discount', incident: id, subject: alarm }),
  ];
}

/** Every alarm has been green long enough: the evidence, and the question to the commander. */
export function tellRecovery(incident: Incident, row: TimelineRow): Message {
  // What was proved may have been lost again before it is said.
  if (incident.recoveredAt === null) return say(`${rowText(row)}\nSince then this has changed: see the status card.`);
  const { alarms } = judge(incident, incident.recoveredAt);
  const discounted = incident.watches.length - alarms.length;
  const what = `Every alarm that counts has been green for ${span(holdOf(incident))} or longer.`;
  const left =
    discounted === 0 ? '' : `\n${discounted === 1 ? '1 alarm does' : `${discounted} alarms do`} not count here.`;
  const { commander } = incident.roles;
  const asked = `${commander === null ? 'Whoever works on this' : mention(commander)}, please confirm: is it over for users?`;
  const evidence = lines(alarms.map(evidenceLine), 15, (more) => `… and ${more} more`);
  return message(`${what} ${isOngoing(incident) ? asked : ''}`.trim(), [
    section(`*${what}*\n${evidence}${left}`),
    ...(isOngoing(incident) ? [section(asked), ...actions(confirmButtons(incident))] : []),
  ]);
}

function evidenceLine({ watch, verdict }: AlarmVerdict): string {
  const because = oneLine(watch.because);
  const why = because === '' ? '' : ` – ${escape(bounded(because, 120))}`;
  const words = verdict === 'gone' ? 'gone, not awaited,' : verdict === 'recovered' ? 'green' : verdict;
  return `• ${shortAlarm(watch.name)}: ${words} since ${date(watch.since)}${why}`;
}

function confirmButtons(incident: Incident): readonly (Button | null)[] {
  return [
    openButton({ label: 'Resolved', form: 'resolve', incident: incident.id, style: 'primary' }),
    isUnmitigated(incident) ? openButton({ label: 'Mitigated', form: 'mitigate', incident: incident.id }) : null,
  ];
}

/** Red again after it was green; a second time within the hour counts up here. */
export function tellRelapse(incident: Incident, rows: readonly TimelineRow[]): Message {
  const last = rows.at(-1);
  if (last === undefined) return say('An alarm went red again.');
  const { commander } = incident.roles;
  const who = commander === null || !isOngoing(incident) ? '' : `\n${mention(commander)}, please look.`;
  const times = rows.length === 1 ? '' : `\nRed again ${rows.length} times since ${date(firstOf(rows))}: this flaps.`;
  const standing = standingBy(incident);
  const stands = standing === '' || !isOngoing(incident) ? '' : `\n${standing}`;
  return say(`${rowText(last)}${seen(last)}${times}${who}${stands}`, [recallButton(incident)]);
}

/** Somebody changed alarms meanwhile, such as a deployment that changes many. */
export function tellReconfigured(rows: readonly TimelineRow[]): Message {
  const [first, second] = rows;
  if (first !== undefined && second === undefined) return say(`${rowText(first)}${seen(first)}`);
  const told = Map.groupBy(rows, ({ event }) => (event.kind === 'alarm reconfigured' ? event.change : 'changed'));
  const counts = [...told].map(([change, mine]) => `${new Set(mine.map(subjectOf)).size} ${change}`);
  const names = [...new Set(rows.map(subjectOf))];
  return say(
    `Alarms were changed meanwhile (${counts.join(', ')}): ${countedAlarms(names)}. What their states mean may have changed.`,
  );
}

/** The alarm's name. */
function subjectOf({ actor, event }: TimelineRow): string {
  if (actor.type === 'alarm') return actor.name;
  return event.kind === 'alarm reconfigured' ? event.alarm : '';
}

function firstOf(rows: readonly TimelineRow[]): Instant {
  return Math.min(...rows.map(({ occurredAt }) => occurredAt));
}

function seen(row: TimelineRow): string {
  return row.link === null ? '' : ` ${link(row.link, '(source)')}`;
}
