/** What people are told in private about one thing that happened. */
import type { IncidentEvent, TimelineRow } from '../../incident/event.ts';
import type { Incident, Instant, PersonId } from '../../incident/incident.ts';
import type { Page, PageKey } from '../../incident/page.ts';
import type { Policy } from '../../incident/policy.ts';
import type { Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { mention, time } from '../mrkdwn.ts';
import { briefing, recalled } from './briefing.ts';
import { commanderAt, leftBefore, movedSince, wasIn } from './movements.ts';
import {
  aboutWhat,
  askedOfYou,
  askedWords,
  askerOf,
  asks,
  bridgeWords,
  canYou,
  forWhat,
  nobodyWords,
  pageButtons,
  pageOf,
  pageSomeone,
  unansweredWords,
  whyWords,
} from './page-words.ts';
import { relief, silence } from './prompts.ts';
import { type Hours, sleepGuess } from './sleep-guess.ts';
import { askedToStandDown, reasonFor, suggestion, thanks } from './stand-down.ts';
import { named, roomMention } from './wording.ts';

export type Telling = Hours & {
  /** As it is now. */
  readonly incident: Incident;
  readonly row: TimelineRow;
  /** All rows of the incident, in order. */
  readonly rows: readonly TimelineRow[];
  readonly policy: Policy;
  readonly at: Instant;
};

/** A direct message. */
export type Told = { readonly to: PersonId; readonly message: Message };

/**
 * Empty for most rows: what is for everyone is said in the room. The same row is asked about again and again, as long as the
 * incident lasts: what it gives depends on what happened until then and on who has answered since, not on who leads by now.
 */
export function tellPeople(telling: Telling): readonly Told[] {
  const { incident, row, rows } = telling;
  const { event } = row;
  const commander = commanderAt(rows, row);
  switch (event.kind) {
    case 'people paged':
      return tellPaged(telling, event);
    case 'page paused':
      return movedSince(rows, row, event.person) ? [] : told(event.person, askedWhetherOn(telling, event));
    case 'page answered':
      return event.person === null || event.by === 'presence'
        ? []
        : tellEntering(telling, event.person, askedFor(incident, event.page));
    case 'responder active':
      return tellEntering(telling, event.person, calledFor(telling, event.person));
    case 'role given':
      return isBy(row, event.person) ? [] : tellEntering(telling, event.person, `You are ${event.role} from now on.`);
    case 'page ended':
      return told(commander, nobodyCame(incident, row, event));
    case 'stand down suggested':
      return told(commander, event.people.length === 0 ? null : suggestion(incident, event.people));
    case 'stand down asked':
      return event.people
        .filter((person) => !movedSince(rows, row, person))
        .flatMap((person) => told(person, askedToStandDown(incident, reasonFor(rows, person))));
    case 'responder kept':
      return commander === event.person
        ? []
        : told(commander, say(`${named(incident)}: ${mention(event.person)} stays on it.`));
    case 'responder stood down': {
      if (movedSince(rows, row, event.person)) return [];
      const asked = incident.responders.find(({ person }) => person === event.person)?.asked ?? null;
      return told(event.person, thanks(incident, asked));
    }
    case 'prompted':
      return tellPrompt(telling, event);
    // These are for everyone, or for nobody in particular.
    case 'declared':
    case 'detected':
    case 'room opened':
    case 'room archived':
    case 'noted':
    case 'signalled':
    case 'severity changed':
    case 'identified':
    case 'mitigated':
    case 'resolved':
    case 'reopened':
    case 'closed':
    case 'cancelled':
    case 'undone':
    case 'renamed':
    case 'services changed':
    case 'page opened':
    case 'page held':
    case 'page changed':
    // Each of them is paged, and told with that what happened meanwhile.
    case 'responders recalled':
    case 'responder passed on':
    case 'responder unreachable':
    case 'stand down put off':
    case 'alarms joined':
    case 'alarm separated':
    case 'alarms changed':
    case 'alarm trusted':
    case 'alarm reconfigured':
    case 'alarm discounted':
    case 'blinded':
    case 'seen again':
    case 'merged':
    case 'merged into':
    case 'recovery proved':
    case 'relapsed':
    case 'write failed':
      return [];
  }
}

function told(to: PersonId | null, message: Message | null): readonly Told[] {
  return to === null || message === null ? [] : [{ to, message }];
}

function isBy({ actor }: TimelineRow, person: PersonId): boolean {
  return actor.type === 'person' && actor.person === person;
}

type Event<K extends IncidentEvent['kind']> = Extract<IncidentEvent, { kind: K }>;

/** Who has answered meanwhile is not called, and nobody is once somebody took it. */
function tellPaged(telling: Telling, event: Event<'people paged'>): readonly Told[] {
  const { incident, row, rows, policy, at } = telling;
  const page = pageOf(incident, event.page);
  if (page === null || !isRunning(telling, page)) return [];
  const later = called(rows, page.key, ({ id }) => id > row.id);
  const waiting = event.people.filter((person) => !later.has(person) && !movedSince(rows, row, person));
  const by = askerOf(rows, page.key);
  const buttons = pageButtons(incident, page.key);
  const again = say(
    `${aboutWhat(incident)} Still nobody${forWhat(page)}: can you ${canYou(page)}? War room: ${roomMention(incident)}.`,
    buttons,
  );
  const before = event.level === 0 || page.ended !== null ? '' : ` Nobody has come${forWhat(page)} yet.`;
  const call = say(
    `You are paged: ${aboutWhat(incident)}${before} ${askedWords(page)}\nWar room: ${roomMention(incident)}.${bridgeWords(incident, policy)}${whyWords(page, by)}`,
    buttons,
  );
  const earlier = called(rows, page.key, ({ id, occurredAt }) => id < row.id && occurredAt >= page.openedAt);
  const calls = waiting.map((to) => {
    if (earlier.has(to) && page.ended === null) return { to, message: again };
    const left = leftBefore(rows, row, to);
    return { to, message: left === null ? call : recalled({ incident, rows, policy, at, page, by, left }) };
  });
  // The first level is on call: whoever is in it expects to be woken.
  const news = waiting.filter((person) => !earlier.has(person));
  const guess = event.level === 0 ? null : sleepGuess({ ...telling, page, people: news, at: row.occurredAt });
  return [...calls, ...told(commanderAt(rows, row), guess)];
}

/** Whether this call of the page still asks for somebody; who was there before asked for help all the same. */
function isRunning({ incident, row, rows }: Telling, page: Page): boolean {
  // A page of the same name may have been opened anew.
  if (row.occurredAt < page.openedAt || !asks(incident, page)) return false;
  return !rows.some(
    ({ id, event }) =>
      id > row.id && event.kind === 'page answered' && event.page === page.key && event.by !== 'presence',
  );
}

function called(
  rows: readonly TimelineRow[],
  key: PageKey,
  when: (row: TimelineRow) => boolean,
): ReadonlySet<PersonId> {
  const calls = rows
    .filter(when)
    .flatMap(({ event }) => (event.kind === 'people paged' && event.page === key ? [event] : []));
  return new Set(calls.flatMap(({ people }) => people));
}

/** Their words stopped the climb for a moment: only the button, or "on it", stops it for good. */
function askedWhetherOn({ incident, row, at }: Telling, { page: key, until }: Event<'page paused'>): Message | null {
  const page = pageOf(incident, key);
  if (page === null || page.ended !== null || row.occurredAt < page.openedAt || until <= at) return null;
  return say(
    `${named(incident)}: are you on it${forWhat(page)}? If you are, nobody else is called. If not, the page goes on at ${time(until)}.`,
    pageButtons(incident, page.key),
  );
}

/** Once as they come in, however many pages they take with it. */
function tellEntering(telling: Telling, person: PersonId, asked: string | null): readonly Told[] {
  const { incident, row, rows } = telling;
  const before = wasIn(rows, row, person);
  if (before === true) return [];
  // Whoever declared it knows what it is about.
  const { declaredBy } = incident;
  if (before === null && declaredBy.type === 'person' && declaredBy.person === person) return [];
  return [{ to: person, message: briefing(telling, asked) }];
}

function askedFor(incident: Incident, key: string): string | null {
  const page = pageOf(incident, key);
  return page === null ? null : `What is asked of you: ${askedOfYou(page)}.`;
}

/** What somebody was called for who comes though somebody else was first; `null`: they come, or come back, by themselves. */
function calledFor({ incident, row, rows }: Telling, person: PersonId): string | null {
  const last = rows.findLast(
    ({ id, event }) =>
      id < row.id &&
      ((event.kind === 'people paged' && event.people.includes(person)) ||
        (event.kind === 'responder stood down' && event.person === person)),
  );
  return last?.event.kind === 'people paged' ? askedFor(incident, last.event.page) : null;
}

function nobodyCame(incident: Incident, row: TimelineRow, event: Event<'page ended'>): Message | null {
  const page = pageOf(incident, event.page);
  if (page === null || (event.because !== 'unanswered' && event.because !== 'nobody')) return null;
  const words = event.because === 'nobody' ? nobodyWords(page) : unansweredWords(page, row.occurredAt);
  return say(`${named(incident)}: ${words} Who else could come?`, [pageSomeone(incident, 'Page Someone Else')]);
}

function tellPrompt({ incident, policy, at, zones, quiet }: Telling, event: Event<'prompted'>): readonly Told[] {
  switch (event.about) {
    case 'relief':
      return event.person === null
        ? []
        : told(event.person, relief(incident, event.person, { zones, quiet, at, night: policy.people.night }));
    case 'silence':
      return told(event.person, silence(incident));
    // These are asked in the room.
    case 'lead':
    case 'confirmation':
      return [];
  }
}
