/** Where the incident stands: identified, mitigated, resolved, closed, cancelled, and the ways back. */
import type { IncidentCommand } from './command.ts';
import type { Ask, Decision, Refusal } from './decision.ts';
import { decided, refused } from './decision.ts';
import type { IncidentEvent } from './event.ts';
import type { Incident, Status } from './incident.ts';
import { roomKey } from './incident.ts';
import { isCommander, mayChangeStatus, mayUndo } from './permissions.ts';
import { withWords } from './timeline.ts';

type StatusCommand = Extract<
  IncidentCommand,
  { name: 'mitigate' | 'resolve' | 'cancel' | 'identify' | 'undo' | 'reopen' | 'close' }
>;
type Ending = Extract<StatusCommand, { name: 'mitigate' | 'resolve' | 'cancel' }>;

/** From where each status may be reached. */
const from: { readonly [N in 'mitigate' | 'resolve' | 'cancel' | 'identify' | 'reopen']: readonly Status[] } = {
  identify: ['investigating'],
  mitigate: ['investigating', 'identified'],
  resolve: ['investigating', 'identified', 'mitigated'],
  cancel: ['investigating', 'identified', 'mitigated'],
  reopen: ['mitigated', 'resolved', 'closed', 'cancelled'],
};

const endings: {
  readonly [N in Ending['name']]: { readonly event: IncidentEvent; readonly word: string; readonly meaning: string };
} = {
  mitigate: { event: { kind: 'mitigated' }, word: 'Mitigated', meaning: 'users are no longer affected' },
  resolve: { event: { kind: 'resolved' }, word: 'Resolved', meaning: 'the service works as usual again' },
  cancel: {
    event: { kind: 'cancelled', byItself: false },
    word: 'Cancelled',
    meaning: 'this was no incident; no postmortem is drafted',
  },
};

export function decideStatus(ask: Ask<StatusCommand>): Decision {
  const { incident, command, by } = ask;
  switch (command.name) {
    case 'mitigate':
    case 'resolve':
    case 'cancel':
      return end({ ...ask, command });
    case 'identify': {
      const objection = unreachable(incident, 'identify') ?? mayChangeStatus(incident, by);
      if (objection !== null) return refused(objection);
      return decided([{ event: { kind: 'identified' }, text: withWords('Identified', command.text) }]);
    }
    case 'reopen': {
      const objection = unreachable(incident, 'reopen');
      if (objection !== null) return refused(objection);
      if (incident.mergedInto !== null) {
        const going = roomKey(incident.mergedInto);
        return refused(
          `${roomKey(incident.id)} is part of ${going}, so it can't be reopened: please go on in ${going}.`,
        );
      }
      return decided([{ event: { kind: 'reopened', byItself: false }, text: withWords('Reopened', command.reason) }]);
    }
    case 'undo': {
      if (incident.undoTo === null || !['mitigated', 'resolved', 'cancelled'].includes(incident.status)) {
        return refused('There is nothing to undo.');
      }
      const objection = mayUndo(incident, by);
      if (objection !== null) return refused(objection);
      return decided([
        {
          event: { kind: 'undone', from: incident.status, to: incident.undoTo },
          text: `Undone: ${incident.status} was taken back; the incident is ${incident.undoTo} again.`,
        },
      ]);
    }
    case 'close': {
      if (incident.status === 'closed') return refused(`${roomKey(incident.id)} is closed already.`);
      if (incident.status === 'cancelled') {
        return refused(`${roomKey(incident.id)} was cancelled: there is nothing to close and no postmortem to draft.`);
      }
      if (incident.status !== 'resolved') {
        return refused('Only a resolved incident can be closed: `/incident resolve <what was done>` first.');
      }
      const objection = mayChangeStatus(incident, by);
      if (objection !== null) return refused(objection);
      return decided([{ event: { kind: 'closed' }, text: 'Closed.' }]);
    }
  }
}

/** Someone other than the commander is asked to confirm: the words go to everyone. */
function end({ incident, command, by }: Ask<Ending>): Decision {
  const objection = unreachable(incident, command.name) ?? mayChangeStatus(incident, by);
  if (objection !== null) return refused(objection);
  const { event, word, meaning } = endings[command.name];
  const reason = command.reason.trim();
  if (reason === '') return refused(`Say in a few words why: \`/incident ${typed[command.name]} <reason>\`.`);
  if (!command.confirmed && !isCommander(incident, by)) {
    const confirm: Refusal = {
      type: 'confirm',
      text: `Mark ${roomKey(incident.id)} as ${word.toLowerCase()} (${meaning})? Reason: ${reason}`,
      offers: [{ label: `Yes, ${word}`, incident: incident.id, command: { ...command, confirmed: true } }],
    };
    return confirm;
  }
  return decided([{ event, text: withWords(word, reason) }]);
}

const typed: { readonly [N in Ending['name']]: string } = {
  mitigate: 'mitigated',
  resolve: 'resolve',
  cancel: 'cancel',
};

function unreachable(incident: Incident, command: keyof typeof from): string | null {
  if (from[command].includes(incident.status)) return null;
  if (command === 'reopen') return `${roomKey(incident.id)} is open: it is ${incident.status}.`;
  if (command === 'identify') return `The incident is ${incident.status} already.`;
  return `${roomKey(incident.id)} is ${incident.status} already.${incident.status === 'closed' ? ' Reopen it first if it is not over.' : ''}`;
}
