/**
 * The timeline with roles in place of people. Sections of a draft are written from these rows alone, so that no name and
 * no Slack markup can slip past.
 *
 * A person stands as the role they held when the row happened (commander, communications, scribe); the row that gives a
 * role still shows who they were before it. Everybody else is "responder N", numbered by first appearance.
 */
import { roles } from '../incident/incident.ts';
import type { Actor, Instant, PersonId, Role } from '../incident/incident.ts';
import type { TimelineRow } from '../incident/event.ts';
import { toPlainText } from './plain-text.ts';
import { findNames } from './typed-names.ts';
import type { Person } from './typed-names.ts';

/** A timeline row as it may be shown. */
export type PlainRow = {
  readonly id: number;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly kind: TimelineRow['kind'];
  readonly event: TimelineRow['event'];
  readonly actor: string;
  readonly byPerson: boolean;
  /** Empty when the words were removed from the record. */
  readonly text: string;
  readonly link: string | null;
  /** Words in the text that may be a given name of somebody. */
  readonly doubtful: readonly string[];
};

export type PlainTimeline = {
  /** In the order in which things happened. */
  readonly rows: readonly PlainRow[];
  /** The incident's title. */
  readonly title: string;
};

type Holders = { [R in Role]: PersonId | null };

export function nameByRole(ask: {
  readonly title: string;
  readonly rows: readonly TimelineRow[];
  readonly people: readonly Person[];
}): PlainTimeline {
  const names = findNames(allPeople(ask.rows, ask.people));
  const numbers = new Map<string, number>();
  const holders: Holders = { commander: null, communications: null, scribe: null };

  const label = (person: string | null): string => {
    if (person === null) return 'a responder';
    const role = roles.find((candidate) => holders[candidate] === person);
    if (role !== undefined) return role;
    const number = numbers.get(person) ?? numbers.size + 1;
    numbers.set(person, number);
    return `responder ${number}`;
  };
  const plain = (text: string): string =>
    toPlainText(text, { words: (words) => names.replace(words, label), person: label });

  const rows = inOrder(ask.rows).map((row): PlainRow => {
    const actor = labelActor(row.actor, label, plain);
    const text = plain(row.text);
    const link = row.link === null ? null : safeLink(row.link, plain);
    if (row.event.kind === 'role given') holders[row.event.role] = row.event.person;
    return {
      id: row.id,
      occurredAt: row.occurredAt,
      recordedAt: row.recordedAt,
      kind: row.kind,
      event: row.event,
      actor,
      byPerson: row.actor.type === 'person',
      text,
      link,
      doubtful: names.doubtful(text),
    };
  });
  return { rows, title: plain(ask.title).replaceAll('\n', ' ') };
}

/** By the time they happened; what happened at the same moment stands in the order of recording. */
function inOrder(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  return [...rows].toSorted((a, b) => a.occurredAt - b.occurredAt || a.id - b.id);
}

/** Everybody the record knows: also those whose names nobody could look up, so that their ids are found in words. */
function allPeople(rows: readonly TimelineRow[], people: readonly Person[]): readonly Person[] {
  const known = new Set(people.map((person) => person.id));
  const others = new Set<PersonId>();
  for (const row of rows) {
    if (row.actor.type === 'person') others.add(row.actor.person);
    if ('person' in row.event) others.add(row.event.person);
    if (row.event.kind === 'declared') row.event.responders.forEach((person) => others.add(person));
  }
  return [...people, ...[...others].filter((id) => !known.has(id)).map((id) => ({ id, names: [] }))];
}

function labelActor(actor: Actor, label: (person: PersonId) => string, plain: (text: string) => string): string {
  switch (actor.type) {
    case 'person':
      return label(actor.person);
    case 'alarm':
    case 'webhook':
      return plain(actor.name).replaceAll('\n', ' ') || actor.type;
    case 'timer':
      return 'Muster (timer)';
    case 'system':
      return 'Muster';
  }
}

/** Only http(s), without credentials, and not when the address names a person. */
function safeLink(link: string, plain: (text: string) => string): string | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '')
    return null;
  return plain(url.href) === url.href ? url.href : null;
}
