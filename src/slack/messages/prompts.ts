/** What Muster asks by itself, when it is time to: once, of whom it concerns. */
import type { Incident, Instant, PersonId } from '../../incident/incident.ts';
import { isOngoing, roles } from '../../incident/incident.ts';
import type { Night } from '../../incident/night.ts';
import { span } from '../../incident/timeline.ts';
import { askButton, openButton } from '../actions.ts';
import type { Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { time } from '../mrkdwn.ts';
import { type Hours, awakeOnes } from './sleep-guess.ts';
import { named, titleOf } from './wording.ts';

/** To the room: nobody leads. */
export function askForCommander(incident: Incident): Message | null {
  if (incident.roles.commander !== null || !isOngoing(incident)) return null;
  return say('Nobody leads yet. Who will? It takes one person who keeps the overview and decides.', [
    askButton({
      label: "I'll Lead",
      incident: incident.id,
      command: { name: 'take role', role: 'commander' },
      style: 'primary',
    }),
  ]);
}

/** To the room: recovery is proved, and whoever was asked has not confirmed it. */
export function askForConfirmation(incident: Incident): Message | null {
  if (incident.recoveredAt === null || !isOngoing(incident)) return null;
  return say(
    `Recovery was proved at ${time(incident.recoveredAt)}, and nobody has confirmed yet that it is over. Anyone who works on this can.`,
    [openButton({ label: 'Resolved', form: 'resolve', incident: incident.id, style: 'primary' })],
  );
}

const mostAwake = 10;

/** In private, to who holds a role for hours. */
export function relief(
  incident: Incident,
  person: PersonId,
  { at, night, ...hours }: Hours & { readonly at: Instant; readonly night: Night },
): Message | null {
  const held = roles.filter((role) => incident.roles[role] === person);
  const [role] = held;
  if (role === undefined) return null;
  const since = incident.rolesSince[role];
  const long = since === null ? '' : ` for ${span(at - since)}`;
  const others = incident.responders
    .filter((responder) => responder.state === 'active' && responder.person !== person)
    .map((responder) => responder.person);
  const awake = awakeOnes(others, { at, night, ...hours }).slice(0, mostAwake);
  const who =
    awake.length === 0
      ? "I can't tell who else in the room is awake."
      : `Awake in the room, as far as I can tell: ${awake.join(' · ')}.`;
  const doing =
    role === 'commander' ? `have led ${named(incident)}` : `have been ${held.join(' and ')} of ${named(incident)}`;
  return say(
    `You ${doing}${long}. Would you like to hand over and rest? ${who}\nIf you would rather stay, you need do nothing.`,
    [openButton({ label: 'Hand Over', form: 'role', incident: incident.id, subject: role })],
  );
}

/** In private, to the commander: the room has been silent for a day. */
export function silence(incident: Incident): Message | null {
  const { id, status } = incident;
  if (status === 'closed' || status === 'cancelled') return null;
  const ending =
    status === 'resolved'
      ? askButton({ label: 'Close', incident: id, command: { name: 'close' } })
      : openButton({ label: 'Resolved', form: 'resolve', incident: id });
  return say(
    `${named(incident)}, ${titleOf(incident)}: the room has been quiet for a day. Is it over? If work goes on, a note tells everyone where it stands.`,
    [ending, openButton({ label: 'Add a Note', form: 'note', incident: id })],
  );
}
