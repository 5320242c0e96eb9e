/** What is said outside the room: in the broadcast channel, where it was declared from, and to those who are called. */
import type { Incident, Instant, Severity } from '../../incident/incident.ts';
import { roomKey } from '../../incident/incident.ts';
import type { Page } from '../../incident/page.ts';
import { span } from '../../incident/timeline.ts';
import { askButton } from '../actions.ts';
import type { Message } from '../blocks.ts';
import { context, message, say, section } from '../blocks.ts';
import { bold, date, mention } from '../mrkdwn.ts';
import { nobodyWords, unansweredWords } from './page-words.ts';
import {
  actorName,
  meaningOf,
  named,
  roomMention,
  servicesList,
  severityName,
  statusNames,
  testMark,
  titleOf,
} from './wording.ts';

/** For the broadcast channel; the same message is edited as things change. */
export function announcement({ incident }: { readonly incident: Incident }): Message {
  const { commander } = incident.roles;
  const what = `${named(incident)}: ${titleOf(incident)}`;
  const state = `${statusNames[incident.status]}${lasted(incident)}: ${meaningOf(incident)}.`;
  const lead = commander === null ? 'Nobody leads yet' : `${mention(commander)} leads`;
  return message(`${what}. ${state} War room: ${roomMention(incident)}.`, [
    section(`${bold(what)}\n${state}`),
    section(`*War room:* ${roomMention(incident)} · *Services:* ${servicesList(incident)} · ${lead}`),
    context(`Declared by ${actorName(incident.declaredBy)} ${date(incident.declaredAt)}`),
  ]);
}

/** How long users were affected, or how long it all took. */
function lasted({ status, declaredAt, mitigatedAt, resolvedAt }: Incident): string {
  const end = status === 'mitigated' ? mitigatedAt : (resolvedAt ?? mitigatedAt);
  const over = status === 'mitigated' || status === 'resolved' || status === 'closed';
  return over && end !== null ? ` after ${span(end - declaredAt)}` : '';
}

/** For the broadcast channel: it is worse than it was said to be. */
export function raisedAnnouncement(incident: Incident, from: Severity | null): Message {
  const before = from === null ? 'not known before' : `was ${from}`;
  return say(
    `${testMark(incident)}${roomKey(incident.id)} is now ${severityName(incident.severity)} (${before}): ${titleOf(incident)}. War room: ${roomMention(incident)}.`,
  );
}

/** For the broadcast channel: everyone who could be called was, and nobody came. @param at when the page ended. */
export function unansweredAnnouncement(incident: Incident, page: Page, at: Instant): Message {
  const words = page.ended === 'nobody' ? nobodyWords(page) : unansweredWords(page, at);
  return say(
    `${named(incident)}, ${titleOf(incident)}: ${words} Whoever can help is welcome. War room: ${roomMention(incident)}.`,
    [
      askButton({
        label: "I'm On It",
        incident: incident.id,
        command: { name: 'join', page: page.key, said: false },
        style: 'primary',
      }),
    ],
  );
}

/** In the thread of the message that the incident was declared from. */
export function originAnswer(incident: Incident): Message {
  return say(`${named(incident)} was declared from this message. War room: ${roomMention(incident)}.`);
}

/** To the person who declared, where they typed. */
export function declarerAnswer(incident: Incident): Message {
  return say(`${named(incident)} is declared. War room: ${roomMention(incident)}.`);
}
