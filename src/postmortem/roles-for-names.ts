/**
 * The timeline with roles in place of people. Sections of a draft are written from these rows alone, so that no name and
 * no Slack markup can slip past.
 *
 * A person stands as the role they held when the row happened (commander, communications, scribe); the row that gives a
 * role still shows who they were before it. Everybody else is "responder N", numbered by first appearance. In rows of an
 * incident that turned out to be part of this one, roles are those of that incident: "commander of INC-12".
 */
import { roles } from '../incident/incident.ts';
import type { Actor, Instant, PersonId, Role } from '../incident/incident.ts';
import type { IncidentEvent, TimelineRow } from '../incident/event.ts';
import { readAlarmNames, readAlarms } from './plain-alarms.ts';
import type { PlainAlarm } from './plain-alarms.ts';
import { toPlainText } from './plain-text.ts';
import { findNames } from './typed-names.ts';
import type { Person } from './typed-names.ts';

/** A timeline row as it may be shown. */
export type PlainRow = {
  readonly id: number;
  /** The room key of the merged incident that it belongs to; `null`: it is this incident's own. */
  readonly of: string | null;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly kind: TimelineRow['kind'];
  readonly event: TimelineRow['event'];
  readonly actor: string;
  readonly byPerson: boolean;
  /** Empty when the words were removed from the record. */
  readonly text: string;
  readonly link: string | null;
  /** The alarms that it tells of. */
  readonly alarms: readonly PlainAlarm[];
  /** What it tells of each of many alarms, one line each; empty when the text says it all, or was removed. */
  readonly details: readonly string[];
  /** Words in the text that may be a given name of somebody. */
  readonly doubtful: readonly string[];
};

export type PlainTimeline = {
  /** In the order in which things happened. */
  readonly rows: readonly PlainRow[];
  /** The incident's title. */
  readonly title: string;
};

/** The rows of one incident. */
export type TimelineRecord = {
  /** The room key, for an incident that turned out to be part of another; `null` for that other. */
  readonly of: string | null;
  readonly rows: readonly TimelineRow[];
};

type Holders = { [R in Role]: PersonId | null };

export function nameByRole(ask: {
  readonly title: string;
  readonly records: readonly TimelineRecord[];
  readonly people: readonly Person[];
}): PlainTimeline {
  const all = ask.records.flatMap(({ rows }) => rows);
  const names = findNames(allPeople(all, ask.people));
  const numbers = new Map<string, number>();
  const holders = new Map(ask.records.map(({ of }): [string | null, Holders] => [of, nobody()]));
  let here: string | null = null;

  const label = (person: string | null): string => {
    if (person === null) return 'a responder';
    const role = roles.find((candidate) => holders.get(here)?.[candidate] === person);
    if (role !== undefined) return here === null ? role : `${role} of ${here}`;
    const number = numbers.get(person) ?? numbers.size + 1;
    numbers.set(person, number);
    return `responder ${number}`;
  };
  const plain = (text: string): string =>
    toPlainText(text, { words: (words) => names.replace(words, label), person: label });

  const plainLine = (text: string): string => plain(text).replaceAll('\n', ' ');
  const nameOf = readAlarmNames(all);
  // Of hundreds of alarms few are called after people, and they stand in row after row.
  const steady = new Set<string>();
  const plainMachine = (text: string): string => {
    if (steady.has(text)) return text;
    const words = plainLine(text);
    if (words === text) steady.add(text);
    return words;
  };

  const rows = inOrder(ask.records).map(({ of, row }): PlainRow => {
    here = of;
    const actor = labelActor(row.actor, label, plain);
    const text = plain(row.text);
    const link = row.link === null ? null : safeLink(row.link, plain);
    const { alarms, details } = readAlarms(row, nameOf, plainMachine);
    const held = holders.get(of);
    if (row.event.kind === 'role given' && held !== undefined) held[row.event.role] = row.event.person;
    return {
      id: row.id,
      of,
      occurredAt: row.occurredAt,
      recordedAt: row.recordedAt,
      kind: row.kind,
      event: row.event,
      actor,
      byPerson: row.actor.type === 'person',
      text,
      link,
      alarms,
      details: text === '' ? [] : details,
      doubtful: names.doubtful(text),
    };
  });
  here = null;
  return { rows, title: plainLine(ask.title) };
}

function nobody(): Holders {
  return { commander: null, communications: null, scribe: null };
}

/** By the time they happened; what happened at the same moment stands in the order of recording. */
function inOrder(
  records: readonly TimelineRecord[],
): readonly { readonly of: string | null; readonly row: TimelineRow }[] {
  return records
    .flatMap(({ of, rows }) => rows.map((row) => ({ of, row })))
    .toSorted((a, b) => a.row.occurredAt - b.row.occurredAt || a.row.id - b.row.id);
}

/** Everybody the record knows: also those whose names nobody could look up, so that their ids are found in words. */
function allPeople(rows: readonly TimelineRow[], people: readonly Person[]): readonly Person[] {
  const known = new Set(people.map((person) => person.id));
  const others = new Set<PersonId>();
  for (const row of rows) {
    if (row.actor.type === 'person') others.add(row.actor.person);
    for (const person of peopleIn(row.event)) others.add(person);
  }
  return [...people, ...[...others].filter((id) => !known.has(id)).map((id) => ({ id, names: [] }))];
}

/** Everyone whom the event names, wherever it does. */
function peopleIn(event: IncidentEvent): readonly PersonId[] {
  if ('person' in event) return event.person === null ? [] : [event.person];
  if ('responders' in event) return event.responders.map(({ person }) => person);
  if (!('people' in event)) return [];
  return event.people.map((each) => (typeof each === 'string' ? each : each.person));
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
