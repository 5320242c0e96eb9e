/** What comes of asking: what happened, or a refusal in words. */
import type { Command, IncidentCommand } from './command.ts';
import type { Happening } from './event.ts';
import type { Actor, Incident, IncidentId, Instant } from './incident.ts';
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
};

export function decided(happenings: readonly Happening[]): Decision {
  return { type: 'decided', happenings };
}

export function refused(text: string): Refusal {
  return { type: 'refused', text, offers: [] };
}
