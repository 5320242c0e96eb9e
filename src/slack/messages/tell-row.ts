/** What the room is told about one thing that happened. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Incident, PersonId } from '../../incident/incident.ts';
import { isOngoing, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button, Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { escape, link, mention } from '../mrkdwn.ts';
import { tellAlarmJoined, tellRecovery, tellRelapse, tellUnknownAlarm } from './tell-alarms.ts';
import { tellSignals } from './tell-signals.ts';
import { actorName, bridgesOf, named, titleOf, rowText, rowWithActor, severityMeaning } from './wording.ts';

type Told = {
  /** As it is now. */
  readonly incident: Incident;
  readonly row: TimelineRow;
  readonly policy: Policy;
};

/** `null`: the room need not be told, because it sees it already or the status card shows it. */
export function tellRow({ incident, row, policy }: Told): Message | null {
  const { event } = row;
  switch (event.kind) {
    case 'declared':
    case 'responder active':
      return null;
    case 'room opened':
      return askWhoLeads(incident);
    case 'noted':
      return event.said ? null : say(noteLine(row));
    case 'signalled':
      return tellSignals({ incident, rows: [row] });
    case 'severity changed':
      return say(`${rowWithActor(row)}\n${severityMeaning(event.to, policy)}`);
    case 'identified':
    case 'reopened':
    case 'undone':
    case 'role given':
    case 'renamed':
    case 'services changed':
    case 'alarm separated':
    case 'alarm discounted':
      return say(rowWithActor(row));
    case 'mitigated':
    case 'resolved':
    case 'cancelled':
      return say(rowWithActor(row), [undoButton(incident, event.kind)]);
    case 'closed':
      return say(`${rowWithActor(row)}\nThe draft of the postmortem follows.`);
    case 'responder paged':
      return tellPaged({ incident, row, policy }, event.person);
    case 'responder stood down':
      return say(
        `Thank you, ${mention(event.person)}: you can go. You are on standby now: somebody may page you if it gets worse again.`,
      );
    case 'responder passed on':
      return say(
        `${mention(event.person)} passed on. Somebody else may be needed.`,
        isOngoing(incident) ? [openButton({ label: 'Page', form: 'page', incident: incident.id })] : [],
      );
    case 'responder unreachable':
      return say(`${mention(event.person)} could not be invited: ${escape(event.because)}`);
    case 'alarm joined':
      return tellAlarmJoined(incident, row, event.watch.alarm);
    case 'alarm changed':
      return event.to === 'unknown' ? tellUnknownAlarm(incident, row, event.alarm) : null;
    case 'recovery proved':
      return tellRecovery(incident, row);
    case 'relapsed':
      return tellRelapse(incident, row);
    case 'write failed':
      return say(rowText(row));
  }
}

function askWhoLeads(incident: Incident): Message | null {
  if (incident.roles.commander !== null || !isOngoing(incident)) return null;
  const { declaredBy } = incident;
  const asked =
    declaredBy.type === 'person'
      ? `${mention(declaredBy.person)}, will you lead? If you can't, somebody else please.`
      : 'Nobody leads yet. Who does?';
  return say(asked, [
    askButton({
      label: "I'll Lead",
      incident: incident.id,
      command: { name: 'take role', role: 'commander' },
      style: 'primary',
    }),
  ]);
}

function noteLine(row: TimelineRow): string {
  const kind = row.kind.charAt(0).toUpperCase() + row.kind.slice(1);
  const source = row.link === null ? '' : ` ${link(row.link, '(source)')}`;
  return `*${kind}* by ${actorName(row.actor)}: ${rowText(row)}${source}`;
}

/** For the commander; `null` once something else has happened. */
function undoButton(incident: Incident, since: Incident['status']): Button | null {
  if (incident.undoTo === null || incident.status !== since) return null;
  return askButton({
    label: 'Undo',
    incident: incident.id,
    command: { name: 'undo' },
    confirm: {
      title: 'Undo this?',
      text: `${roomKey(incident.id)} is then ${incident.undoTo} again. The commander can do this.`,
    },
  });
}

function tellPaged({ incident, row, policy }: Told, person: PersonId): Message {
  const by = row.actor.type === 'person' ? `${mention(row.actor.person)} paged you` : 'you are paged';
  const [bridge] = bridgesOf(incident, policy);
  const voice = bridge === undefined ? '' : ` ${link(bridge, 'Voice bridge')}`;
  const waits = incident.responders.some((responder) => responder.person === person && responder.state === 'paged');
  const buttons = [
    askButton({ label: "I'm On It", incident: incident.id, command: { name: 'join' }, style: 'primary' }),
    askButton({ label: "Can't, Pass On", incident: incident.id, command: { name: 'pass on' } }),
  ];
  return say(
    `${mention(person)}, ${by} for ${named(incident)}: ${titleOf(incident)}.${voice}`,
    waits && isOngoing(incident) ? buttons : [],
  );
}
