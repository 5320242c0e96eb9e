/** Who may do what. Slack does not check for us: buttons can be pressed by anyone who sees them. */
import type { Actor, Incident, PersonId, Severity } from './incident.ts';
import { isActive, rank } from './incident.ts';

/** `null`: allowed. Otherwise the sentence that says why not and what to do. */
export type Objection = string | null;

export function person(actor: Actor): PersonId | null {
  return actor.type === 'person' ? actor.person : null;
}

export function isCommander(incident: Incident, actor: Actor): boolean {
  return actor.type === 'person' && incident.roles.commander === actor.person;
}

/** Whoever works on the incident may say where it stands; someone who only wants to know may not. */
export function mayChangeStatus(incident: Incident, actor: Actor): Objection {
  if (actor.type === 'person' && isActive(incident, actor.person)) return null;
  return "Only people who are working on this incident can do that. Press I'm On It first, then try again.";
}

/** Undoing is the commander's; without a commander any active responder may. */
export function mayUndo(incident: Incident, actor: Actor): Objection {
  if (isCommander(incident, actor)) return null;
  if (incident.roles.commander !== null) {
    return `Only the commander can undo this. Ask <@${incident.roles.commander}>.`;
  }
  return mayChangeStatus(incident, actor);
}

/** Anyone may raise; lowering needs the commander or a reason. */
export function maySetSeverity(incident: Incident, actor: Actor, to: Severity, reason: string): Objection {
  const lowers = incident.severity !== null && rank(to) > rank(incident.severity);
  if (!lowers || isCommander(incident, actor) || reason.trim() !== '') return null;
  return `Lowering from ${incident.severity} to ${to} needs the commander or a reason: \`/incident severity ${to} <reason>\`.`;
}

/** Anyone may leave; letting others go is the commander's, or any active responder's while nobody leads. */
export function mayStandDown(incident: Incident, actor: Actor, people: readonly PersonId[]): Objection {
  const self = person(actor);
  if (people.every((each) => each === self) || isCommander(incident, actor)) return null;
  if (incident.roles.commander === null) return mayChangeStatus(incident, actor);
  return `Only the commander can stand others down. Ask <@${incident.roles.commander}>, or stand down yourself: \`/incident standdown\`.`;
}
