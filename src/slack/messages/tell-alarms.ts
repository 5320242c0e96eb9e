/** What the room is told about its alarms. The machine shows evidence; people decide. */
import type { TimelineRow } from '../../incident/event.ts';
import type { AlarmArn, Incident, Watch } from '../../incident/incident.ts';
import { isOngoing, isUnmitigated } from '../../incident/incident.ts';
import { span } from '../../incident/timeline.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button, Message } from '../blocks.ts';
import { actions, lines, message, say, section } from '../blocks.ts';
import { bounded, date, escape, link, mention, oneLine } from '../mrkdwn.ts';
import { rowText, verdictNames } from './wording.ts';

/** An alarm of the same service was counted in; a wrong guess is taken back from here. */
export function tellAlarmJoined(incident: Incident, row: TimelineRow, alarm: AlarmArn): Message {
  const button = askButton({
    label: 'Not Part of This',
    incident: incident.id,
    command: { name: 'separate alarm', alarm },
    confirm: { title: 'Not part of this?', text: 'The alarm may then open an incident of its own.' },
  });
  return say(`${rowText(row)}${seen(row)}`, isOngoing(incident) && !incident.separated.includes(alarm) ? [button] : []);
}

/** Nobody can tell what the alarm says, so it holds back the proof of recovery. */
export function tellUnknownAlarm(incident: Incident, row: TimelineRow, alarm: AlarmArn): Message {
  const watch = incident.watches.find((known) => known.alarm === alarm);
  const counts = isOngoing(incident) && watch !== undefined && watch.discounted === null;
  const text = `${rowText(row)}${seen(row)}\nWhile it is unknown, recovery can't be proved.`;
  return say(text, counts ? [discountButton(incident, alarm)] : []);
}

function discountButton(incident: Incident, alarm: AlarmArn): Button | null {
  return openButton({ label: "Doesn't Count Here", form: 'discount', incident: incident.id, subject: alarm });
}

/** Every alarm has been green long enough: the evidence, and the question to the commander. */
export function tellRecovery(incident: Incident, row: TimelineRow): Message {
  // What was proved may have been lost again before it is said.
  if (incident.recoveredAt === null) return say(`${rowText(row)}\nSince then this has changed: see the status card.`);
  const counted = incident.watches.filter((watch) => watch.discounted === null);
  const discounted = incident.watches.length - counted.length;
  const what = `Every alarm that counts has been green for ${span(incident.stabilisationMillis)} or longer.`;
  const left =
    discounted === 0 ? '' : `\n${discounted === 1 ? '1 alarm does' : `${discounted} alarms do`} not count here.`;
  const { commander } = incident.roles;
  const asked = `${commander === null ? 'Whoever works on this' : mention(commander)}, please confirm: is it over for users?`;
  const evidence = lines(counted.map(evidenceLine), 15, (more) => `… and ${more} more`);
  return message(`${what} ${isOngoing(incident) ? asked : ''}`.trim(), [
    section(`*${what}*\n${evidence}${left}`),
    ...(isOngoing(incident) ? [section(asked), ...actions(confirmButtons(incident))] : []),
  ]);
}

function evidenceLine(watch: Watch): string {
  const because = oneLine(watch.because);
  const why = because === '' ? '' : ` – ${escape(bounded(because, 120))}`;
  const verdict = watch.verdict === null ? 'not read yet' : verdictNames[watch.verdict];
  return `• ${escape(bounded(oneLine(watch.name), 100))}: ${verdict} since ${date(watch.since)}${why}`;
}

function confirmButtons(incident: Incident): readonly (Button | null)[] {
  return [
    openButton({ label: 'Resolved', form: 'resolve', incident: incident.id, style: 'primary' }),
    isUnmitigated(incident) ? openButton({ label: 'Mitigated', form: 'mitigate', incident: incident.id }) : null,
  ];
}

/** Red again after it was green. */
export function tellRelapse(incident: Incident, row: TimelineRow): Message {
  const { commander } = incident.roles;
  const who = commander === null ? '' : `\n${mention(commander)}, please look.`;
  return say(`${rowText(row)}${seen(row)}${isOngoing(incident) ? who : ''}`);
}

function seen(row: TimelineRow): string {
  return row.link === null ? '' : ` ${link(row.link, '(source)')}`;
}
