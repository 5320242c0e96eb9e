/** Answers to one person: done, not done and why, not understood. */
import type { Command } from '../../incident/command.ts';
import type { Refusal } from '../../incident/decision.ts';
import type { Incident } from '../../incident/incident.ts';
import { roomKey } from '../../incident/incident.ts';
import { askButton } from '../actions.ts';
import type { Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { code, renderRowText } from '../mrkdwn.ts';
import { roomMention } from './wording.ts';

/** The refusal word for word, with its offers as buttons. */
export function refusalMessage(refusal: Refusal): Message {
  const buttons = refusal.offers.map((offer, index) =>
    askButton({
      label: offer.label,
      incident: offer.incident,
      command: offer.command,
      ...(index === 0 ? { style: 'primary' } : {}),
    }),
  );
  const lost = buttons.some((button) => button === null)
    ? '\nThis was too long for a button. Please shorten it and send it again.'
    : '';
  return say(`${renderRowText(refusal.text)}${lost}`, buttons);
}

/** @param text plain; people may stand in it as `<@U1>`. */
export function done(text: string): Message {
  return say(renderRowText(text));
}

/** @param text plain, from `parseCommand`. */
export function misunderstoodMessage(text: string): Message {
  return say(renderRowText(text));
}

/** Nothing was saved, because our own store did not answer in time. */
export function notSaved(): Message {
  return say('I could not save that just now, so nothing was done. Please send it again in a minute.');
}

/** Our own store took too long to say whether it was saved. */
export function perhapsSaved(): Message {
  return say("I can't tell whether that was saved. Please look at `/incident list` before you send it again.");
}

/** Something broke that should not have. @param reference under which it stands in the log. */
export function broken(reference: string): Message {
  return say(`Something went wrong on my side, and I can't say how much was done. It is logged as ${code(reference)}.`);
}

/**
 * What the person who asked is told when it was done; `null` when the room shows it to them anyway.
 *
 * @param inRoom it was asked where the room's own message is seen.
 */
export function confirmation({
  command,
  incident,
  changed,
  inRoom,
  replaces,
}: {
  readonly command: Command;
  readonly incident: Incident;
  /** `false`: it was so already. */
  readonly changed: boolean;
  readonly inRoom: boolean;
  /** It was pressed in a message that only they see, and that this answer replaces. */
  readonly replaces: boolean;
}): Message | null {
  const key = roomKey(incident.id);
  if (command.name === 'declare') {
    if (!changed) return say(`${key} is declared already: ${roomMention(incident)}`);
    return replaces ? say(`${key} is declared. Its war room is being opened.`) : null;
  }
  if (!changed) return say(`${key}: nothing to change, it is so already.`);
  if (command.name === 'join') return say(`You are on ${key}: ${roomMention(incident)}`);
  if (command.name === 'reopen' && incident.archivedAt !== null) {
    return say(`${key}: done. Its room is archived: somebody has to unarchive it before work goes on there.`);
  }
  const quiet = quietly[command.name];
  if (quiet !== undefined) return say(`${key}: ${quiet}`);
  return inRoom ? null : say(`${key}: done. ${roomMention(incident)}`);
}

/** What the room does not show, so that whoever asked for it is answered. */
const quietly: { readonly [name in Command['name']]?: string } = {
  'keep me': 'good, you stay.',
  'ask to stand down': 'they are asked in private, each for themselves.',
  'put off standing down': 'nobody is let go for now.',
  'pass on': 'thank you for saying so.',
};
