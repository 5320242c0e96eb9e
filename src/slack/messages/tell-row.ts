/** What the room is told about one thing that happened. */
import type { IncidentEvent, TimelineRow } from '../../incident/event.ts';
import type { Incident } from '../../incident/incident.ts';
import { isOngoing, rank, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { askButton } from '../actions.ts';
import type { Button, Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { code, escape, link, mention } from '../mrkdwn.ts';
import { pageSomeone } from './page-words.ts';
import { askForCommander, askForConfirmation, silence } from './prompts.ts';
import { recallButton, standingBy, tellStoodDown } from './stand-down.ts';
import { tellRecovery } from './tell-alarms.ts';
import { tellAnswered, tellHeld, tellPaged, tellPageEnded } from './tell-pages.ts';
import { tellSignals } from './tell-signals.ts';
import { actorName, rowText, rowWithActor, severityMeaning } from './wording.ts';

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
    // Whom these concern is told in private, and who is called by `people paged`.
    case 'page opened':
    case 'page paused':
    case 'page changed':
    case 'responders recalled':
    case 'responder kept':
    case 'stand down suggested':
    case 'stand down asked':
    case 'stand down put off':
    case 'room archived':
      return null;
    case 'room opened':
      return askWhoLeads(incident);
    case 'noted':
      return event.said ? null : say(noteLine(row));
    case 'signalled':
      return tellSignals({ incident, rows: [row] });
    case 'severity changed':
      return say(`${rowWithActor(row)}\n${severityMeaning(event.to, policy)}${whoIsPaged(incident, event)}`);
    case 'reopened': {
      const standing = standingBy(incident);
      return say(`${rowWithActor(row)}${standing === '' ? '' : `\n${standing}`}`, [recallButton(incident)]);
    }
    case 'identified':
    case 'undone':
    case 'renamed':
    case 'services changed':
    case 'alarm separated':
    case 'alarm discounted':
    case 'alarm trusted':
    case 'blinded':
    case 'seen again':
    case 'merged':
      return say(rowWithActor(row));
    case 'role given':
      return tellRole(incident, { row, event });
    case 'mitigated':
    case 'resolved':
    case 'cancelled':
      return say(rowWithActor(row), [undoButton(incident, event.kind)]);
    case 'closed':
      return say(`${rowWithActor(row)}\nThe draft of the postmortem follows.`);
    case 'people paged':
      return tellPaged({ incident, row, event, policy });
    case 'page held':
      return tellHeld({ incident, row, event, policy });
    case 'page answered':
      return tellAnswered({ incident, row, event, policy });
    case 'page ended':
      return tellPageEnded({ incident, row, event, policy });
    case 'prompted':
      return tellPrompt(incident, event);
    case 'responder stood down':
      return tellStoodDown([row]);
    case 'responder passed on':
      return say(
        `${mention(event.person)} can't come. ${isPaging(incident) ? 'Others are still asked.' : 'Somebody else may be needed.'}`,
        isOngoing(incident) ? [pageSomeone(incident, 'Page Someone Else')] : [],
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
  const asked = `${mention(declaredBy.person)}, will you lead? If you can't, anyone else may.`;
  return say(asked, [
    askButton({
      label: "I'll Lead",
      incident: incident.id,
      command: { name: 'take role', role: 'commander' },
      style: 'primary',
    }),
  ]);
}

/** The page follows by itself, both ways. */
function whoIsPaged(incident: Incident, { from, to }: Extract<IncidentEvent, { kind: 'severity changed' }>): string {
  if (incident.test || !isOngoing(incident) || rank(from) === rank(to)) return '';
  return rank(to) < rank(from)
    ? `\nWhoever ${to} needs in addition is paged.`
    : '\nPages that no longer fit are withdrawn; whoever is here stays.';
}

function isPaging({ pages }: Incident): boolean {
  return pages.some(({ ended }) => ended === null);
}

type RoleRow = { readonly row: TimelineRow; readonly event: Extract<IncidentEvent, { kind: 'role given' }> };

function tellRole(incident: Incident, { row, event }: RoleRow): Message {
  if (!event.provisional) return say(rowWithActor(row));
  const stands = incident.provisional && incident.roles.commander === event.person && isOngoing(incident);
  return say(
    `${mention(event.person)} leads for now, as the first to take the page. Whoever should lead can take over.`,
    stands
      ? [askButton({ label: 'Lead', incident: incident.id, command: { name: 'take role', role: 'commander' } })]
      : [],
  );
}

function tellPrompt(
  incident: Incident,
  { about, person }: Extract<IncidentEvent, { kind: 'prompted' }>,
): Message | null {
  switch (about) {
    case 'lead':
      return askForCommander(incident);
    case 'confirmation':
      return askForConfirmation(incident);
    case 'silence':
      return person === null ? silence(incident) : null;
    case 'relief':
      return null;
  }
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
