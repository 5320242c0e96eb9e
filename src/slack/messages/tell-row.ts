/** What the room is told about one thing that happened. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Incident, PersonId } from '../../incident/incident.ts';
import { isOngoing, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button, Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { code, escape, link, mention } from '../mrkdwn.ts';
import { tellRecovery } from './tell-alarms.ts';
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
    case 'detected':
    case 'responder active':
    // These are lines that are edited: see `spells.ts`.
    case 'alarms joined':
    case 'alarms changed':
    case 'relapsed':
    case 'alarm reconfigured':
      return null;
    case 'room opened':
      return askWhoLeads(incident);
    case 'noted':
      return event.said ? null : say(noteLine(row));
    case 'signalled':
      return tellSignals({ incident, rows: [row] });
    case 'severity changed':
      return say(`${rowWithActor(row)}\n${severityMeaning(event.to, policy)}`);
    case 'reopened':
      return say(`${rowWithActor(row)}${standing(incident)}`, [recallButton(incident)]);
    case 'identified':
    case 'undone':
    case 'role given':
    case 'renamed':
    case 'services changed':
    case 'alarm separated':
    case 'alarm discounted':
    case 'alarm trusted':
    case 'blinded':
    case 'seen again':
    case 'merged':
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
    case 'recovery proved':
      return tellRecovery(incident, row);
    case 'merged into':
      return say(
        `${rowText(row)} Please go on there${incident.mergedInto === null ? '' : `: ${code(`/incident join ${roomKey(incident.mergedInto)}`)} brings you in`}.`,
      );
    case 'write failed':
      return say(rowText(row));
  }
}

function askWhoLeads(incident: Incident): Message | null {
  if (incident.roles.commander !== null || !isOngoing(incident)) return null;
  const { declaredBy } = incident;
  // In a room that an alarm opened nobody can be asked yet; the card has the button.
  if (declaredBy.type !== 'person') return null;
  const asked = `${mention(declaredBy.person)}, will you lead? If you can't, somebody else please.`;
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

/** Without a mention, which would wake them. */
function standing({ responders }: Incident): string {
  const count = responders.filter(({ state }) => state === 'standby').length;
  if (count === 0) return '';
  return `\n${count === 1 ? '1 person stands by and was' : `${count} people stand by and were`} not paged.`;
}

function recallButton(incident: Incident): Button | null {
  if (standing(incident) === '' || !isOngoing(incident)) return null;
  return openButton({ label: 'Page', form: 'page', incident: incident.id });
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
