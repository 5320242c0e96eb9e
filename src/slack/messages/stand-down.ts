/** Letting people go with thanks, and bringing them back. */
import type { TimelineRow } from '../../incident/event.ts';
import { countHeads } from '../../incident/headcount.ts';
import type { Incident, PersonId, Responder } from '../../incident/incident.ts';
import { isOngoing } from '../../incident/incident.ts';
import { askButton } from '../actions.ts';
import type { Button, Message } from '../blocks.ts';
import { actions, lines, message, say, section } from '../blocks.ts';
import { mostTargets } from '../form.ts';
import { bold, bounded, mention, oneLine, renderRowText } from '../mrkdwn.ts';
import { countPeople, mentions } from './page-words.ts';
import { named, shortAlarm } from './wording.ts';

const mostThanked = 30;

/** To the room, as one line however many go. @param rows of kind `responder stood down`, at least one. */
export function tellStoodDown(rows: readonly TimelineRow[]): Message {
  const people = rows.flatMap(({ event }) => (event.kind === 'responder stood down' ? [event.person] : []));
  const [first, second] = people;
  if (first !== undefined && second === undefined) return say(`${mention(first)} is on standby now. Thank you.`);
  return say(`${people.length} people are on standby now, with thanks: ${mentions(people, mostThanked)}.`);
}

type Suggestion = { readonly person: PersonId; readonly because: string };

const mostReasons = 12;

/** To the commander, in private: whom one could let go, and why. */
export function suggestion(incident: Incident, people: readonly Suggestion[]): Message {
  const { active } = countHeads(incident);
  const these = people.length === 1 ? 'this 1' : `these ${people.length}`;
  const what = `${active} in the room. We have what we need from ${these}:`;
  const told = people.map(({ person, because }) => `• ${mention(person)}${whyWords(because)}`);
  // Those suggested last are meant when they don't fit into a button.
  const fitting = people.length > mostTargets ? [] : people.map(({ person }) => person);
  const { id } = incident;
  return message(`${named(incident)}: ${what} ${mentions(people.map(({ person }) => person))}.`, [
    section(
      `${bold(named(incident))}\n${what}\n${lines(told, mostReasons, (left) => `… and ${left} more`)}\nNobody has to go: who is asked can stay.`,
    ),
    ...actions([
      askButton({
        label: 'Ask Them',
        incident: id,
        command: { name: 'ask to stand down', people: fitting },
        style: 'primary',
      }),
      askButton({
        label: 'Thank Them and Let Them Go',
        incident: id,
        command: { name: 'stand down', people: fitting, everyone: false, suggested: true },
      }),
      askButton({ label: 'Not Now', incident: id, command: { name: 'put off standing down' } }),
    ]),
  ]);
}

function whyWords(because: string): string {
  const words = renderRowText(bounded(oneLine(because), 250));
  return words === '' ? '' : `: ${words}`;
}

/** The reason that was given for somebody when they were last suggested; empty when there was none. */
export function reasonFor(rows: readonly TimelineRow[], person: PersonId): string {
  const last = rows.findLast(
    ({ event }) => event.kind === 'stand down suggested' && event.people.some((each) => each.person === person),
  );
  if (last?.event.kind !== 'stand down suggested') return '';
  return last.event.people.find((each) => each.person === person)?.because ?? '';
}

/** In private: whether they are done. @param because why it seems so, as they may read it. */
export function askedToStandDown(incident: Incident, because: string): Message {
  const words = renderRowText(bounded(oneLine(because), 250));
  return say(
    `${named(incident)}: are you done here?${words === '' ? '' : ` It looks like it: ${words}.`}\nIf you are, go back to your day with our thanks. If not, stay: nobody has to go.`,
    [
      askButton({ label: 'Done', incident: incident.id, command: { name: 'stand me down' } }),
      askButton({ label: 'Keep Me', incident: incident.id, command: { name: 'keep me' } }),
    ],
  );
}

/** In private, to who stands by now. @param asked what they had been paged for. */
export function thanks(incident: Incident, asked: Responder['asked']): Message {
  const back = isOngoing(incident) ? `\n${comebackWords(incident, asked)} Until then I won't mention you.` : '';
  return say(
    `${named(incident)}: Thank you, we have what we need from you. You're on standby; the commander can call you back.${back}`,
    isOngoing(incident)
      ? [askButton({ label: "I'm Back", incident: incident.id, command: { name: 'join', page: null, said: false } })]
      : [],
  );
}

function comebackWords({ impactKnown }: Incident, asked: Responder['asked']): string {
  if (asked?.question === 'impact') {
    return `You may be called back if users are affected in another way${impactKnown ? ' than we know now' : ''}.`;
  }
  const service = asked?.service ?? null;
  return service === null
    ? 'You may be called back if it gets worse again.'
    : `You may be called back if ${shortAlarm(service)} gets worse again.`;
}

/** Without a mention, which would wake them; empty when nobody stands by. */
export function standingBy({ responders }: Incident): string {
  const count = responders.filter(({ state }) => state === 'standby').length;
  if (count === 0) return '';
  return count === 1 ? '1 person stands by and was not called.' : `${count} people stand by and were not called.`;
}

/** Offered, never done by itself; `null` when nobody stands by. */
export function recallButton(incident: Incident): Button | null {
  if (standingBy(incident) === '' || !isOngoing(incident)) return null;
  const count = incident.responders.filter(({ state }) => state === 'standby').length;
  return askButton({
    label: 'Recall Them',
    incident: incident.id,
    command: { name: 'recall', people: [], services: [], everyone: true, reason: '' },
    confirm: {
      title: 'Recall them?',
      text: `${countPeople(count)} on standby ${count === 1 ? 'is' : 'are'} paged, with what happened since they left. Only some of them: /incident recall`,
    },
  });
}

/** To the commander, once: the catalog asks for something that the workspace does not allow. */
export function notRemoved(incident: Incident): Message {
  return say(
    `${named(incident)}: whoever stands by stays in the room. This workspace does not let me take people out of channels; they can leave by themselves. I won't try again.`,
  );
}
