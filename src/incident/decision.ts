/** What comes of asking: what happened, or a refusal in words. */
import type { Command, IncidentCommand } from './command.ts';
import type { Happening } from './event.ts';
import type { Actor, Incident, IncidentId, Instant } from './incident.ts';
import { isOngoing, roomKey } from './incident.ts';
import type { Directory } from './page.ts';
import type { Policy } from './policy.ts';

/** A way on that is offered with a refusal: a button in Slack. */
export type Offer = {
  readonly label: string;
  /** `null` for commands that belong to no incident yet. */
  readonly incident: IncidentId | null;
  readonly command: Command;
};

/** Shown word for word; nothing was changed. */
export type Refusal = {
  /** `confirm`: nothing is wrong, the person is only asked to confirm through the offer. */
  readonly type: 'refused' | 'confirm';
  readonly text: string;
  readonly offers: readonly Offer[];
};

export type Decision = { readonly type: 'decided'; readonly happenings: readonly Happening[] } | Refusal;

/** A command on an incident, with everything a rule may look at. */
export type Ask<C extends IncidentCommand = IncidentCommand> = {
  readonly incident: Incident;
  readonly command: C;
  readonly by: Actor;
  readonly at: Instant;
  readonly policy: Policy;
  readonly directory: Directory;
};

export function decided(happenings: readonly Happening[]): Decision {
  return { type: 'decided', happenings };
}

export function refused(text: string): Refusal {
  return { type: 'refused', text, offers: [] };
}

/** The refusal for what can't be done to an incident that is over. */
export function over(incident: Incident): Refusal | null {
  if (isOngoing(incident) || incident.status === 'resolved') return null;
  if (incident.mergedInto !== null) {
    const going = roomKey(incident.mergedInto);
    return {
      type: 'refused',
      text: `${roomKey(incident.id)} is part of ${going}: please go on there.`,
      offers: [
        { label: `Join ${going}`, incident: incident.mergedInto, command: { name: 'join', page: null, said: false } },
      ],
    };
  }
  return {
    type: 'refused',
    text: `${roomKey(incident.id)} is ${incident.status}. Reopen it first if it is not over.`,
    offers: [{ label: 'Reopen', incident: incident.id, command: { name: 'reopen', reason: '' } }],
  };
}
