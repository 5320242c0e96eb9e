/** What the room is told about pages: who is called, who came, and that nobody did. */
import type { IncidentEvent, TimelineRow } from '../../incident/event.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import type { Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { mention } from '../mrkdwn.ts';
import {
  aboutWhat,
  askedWords,
  bridgeWords,
  canYou,
  countPeople,
  forWhat,
  mentions,
  nobodyWords,
  pageButtons,
  pageOf,
  pageSomeone,
  stillAsked,
  unansweredWords,
  whyWords,
} from './page-words.ts';
import { rowText } from './wording.ts';

type Of<K extends IncidentEvent['kind']> = {
  readonly incident: Incident;
  readonly row: TimelineRow;
  readonly event: Extract<IncidentEvent, { kind: K }>;
  readonly policy: Policy;
};

/** One message for all who are called. Who has answered meanwhile is not called again. */
export function tellPaged({ incident, row, event, policy }: Of<'people paged'>): Message {
  const page = pageOf(incident, event.page);
  const waiting = page === null ? [] : stillAsked(incident, { page, people: event.people });
  if (page === null || waiting.length === 0) {
    const what = page === null ? '' : forWhat(page);
    return say(`${countPeople(event.people.length)} ${event.people.length === 1 ? 'was' : 'were'} paged${what}.`);
  }
  const who = mentions(waiting);
  const buttons = pageButtons(incident, page.key);
  if (event.call > 1 && page.ended === null) {
    return say(
      `Still nobody${forWhat(page)}: ${who}, can ${waiting.length === 1 ? 'you' : 'one of you'} ${canYou(page)}?`,
      buttons,
    );
  }
  const before = event.level === 0 || page.ended !== null ? '' : ` Nobody has come${forWhat(page)} yet.`;
  const by = row.actor.type === 'person' ? row.actor.person : null;
  return say(
    `${who}: ${aboutWhat(incident)}${before} ${askedWords(page)}${bridgeWords(incident, policy)}${whyWords(page, by)}`,
    buttons,
  );
}

/** Whose night it is does not matter here. */
export function tellHeld({ incident, event }: Of<'page held'>): Message | null {
  const page = pageOf(incident, event.page);
  if (page === null || event.people.length === 0) return null;
  const morning = `${String(page.night.toHour).padStart(2, '0')}:00`;
  return say(
    `It is night for ${countPeople(event.people.length)} who would be called${forWhat(page)}. They are called in their morning, from ${morning} their time on. Anyone you page by name is called at once.`,
  );
}

export function tellAnswered({ incident, row, event }: Of<'page answered'>): Message | null {
  const page = pageOf(incident, event.page);
  if (event.by === 'presence') return null;
  if (event.person === null) return say(rowText(row));
  // That they lead is a row of its own.
  if (page?.question === 'lead' && incident.roles.commander === event.person) return null;
  const what = page === null || page.question === 'lead' ? '' : forWhat(page);
  return say(`${mention(event.person)} is on it${what}${event.by === 'pager' ? ' (taken in the pager)' : ''}.`);
}

export function tellPageEnded({ incident, row, event }: Of<'page ended'>): Message | null {
  const page = pageOf(incident, event.page);
  if (page === null) return null;
  switch (event.because) {
    case 'unanswered':
    case 'nobody': {
      const { commander } = incident.roles;
      const words = event.because === 'nobody' ? nobodyWords(page) : unansweredWords(page, row.occurredAt);
      const asked = commander === null ? 'Who else could come?' : `${mention(commander)}, who else could come?`;
      return say(`${words} ${asked}`, [pageSomeone(incident, 'Page Someone Else')]);
    }
    case 'withdrawn':
      return page.called.length === 0 ? null : say(`The page${forWhat(page)} is withdrawn.`);
    // The room knows that it is over.
    case 'over':
      return null;
  }
}
