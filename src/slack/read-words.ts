/** Reading the single words of what was typed: severities, people, services. Text has been through `fromSlack`. */
import type { GroupId, PersonId, Role, ServiceName, Severity } from '../incident/incident.ts';
import { severities } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import { isPersonId } from './ids.ts';
import { plainGroups, readGroupToken } from './mrkdwn.ts';

/** The first word and what follows it. */
export function splitFirst(text: string): { readonly first: string; readonly rest: string } {
  const trimmed = text.trim();
  const end = trimmed.search(/\s/);
  if (end === -1) return { first: trimmed, rest: '' };
  return { first: trimmed.slice(0, end), rest: trimmed.slice(end).trim() };
}

export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `sev1`, `SEV-1`, `s1`, `1`: the severity; `null` when it is none. */
export function readSeverity(word: string): Severity | null {
  const digit = /^(?:sev|s)?[-_]?([1-5])[:,.;]?$/i.exec(word)?.[1];
  return severities.find((severity) => severity === `SEV${digit}`) ?? null;
}

/** Whether a word was meant as a severity, right or wrong: `sev9`, `SEV-0`. */
export function looksLikeSeverity(word: string): boolean {
  return /^sev[-_]?\d+[:,.;]?$/i.test(word);
}

/** `sev?`: the severity is not known. */
export function isUnknownSeverity(word: string): boolean {
  return /^sev[-_]?\?[:,.;]?$/i.test(word);
}

const roleWords: { readonly [word: string]: Role } = {
  commander: 'commander',
  lead: 'commander',
  ic: 'commander',
  communications: 'communications',
  comms: 'communications',
  scribe: 'scribe',
};

export function readRole(word: string): Role | null {
  const typed = word.toLowerCase();
  return Object.hasOwn(roleWords, typed) ? (roleWords[typed] ?? null) : null;
}

/** The person that a word names: a mention, or `me` for whoever types. */
export function readPerson(word: string, me: PersonId): PersonId | null {
  const bare = word.replace(/[,;.:]$/, '');
  if (/^(?:me|myself)$/i.test(bare)) return me;
  const id = /^<@([^>]*)>$/.exec(bare)?.[1] ?? '';
  return isPersonId(id) ? id : null;
}

/** The people that words name, once each, and the words that name nobody. */
export function readPeople(
  text: string,
  me: PersonId,
): { readonly people: readonly PersonId[]; readonly strangers: readonly string[] } {
  const people = new Set<PersonId>();
  const strangers: string[] = [];
  // Mentions may follow one another without a space.
  for (const word of wordsOf(text.replace(/(<@[^<>]*>)/g, ' $1 '))) {
    const person = readPerson(word, me);
    if (person !== null) people.add(person);
    else if (!/^(?:and|[,;&+.])$/i.test(word)) strangers.push(word);
  }
  return { people: [...people], strangers };
}

/** Who is meant: people, groups and services at the front, and the words that follow them. */
export type Named = {
  readonly people: readonly PersonId[];
  readonly groups: readonly GroupId[];
  readonly services: readonly ServiceName[];
  /** In plain words; empty when nothing follows. */
  readonly rest: string;
  /** A name after an `@` that Slack did not turn into a person or a group, or a service that the catalog does not know. */
  readonly stranger: string | null;
};

/**
 * Names at the front of a text. The first word that is none begins the rest.
 *
 * @param text as `fromSlackWithGroups` gives it.
 */
export function readNamed(text: string, me: PersonId, catalog: Policy): Named {
  const people = new Set<PersonId>();
  const groups = new Set<GroupId>();
  const services = new Set<ServiceName>();
  // Mentions may follow one another without a space.
  const words = wordsOf(text.replace(/(<[@!][^<>]*>)/g, ' $1 '));
  const named = (stranger: string | null, from: number): Named => ({
    people: [...people],
    groups: [...groups],
    services: [...services],
    rest: plainGroups(words.slice(from).join(' ')).replace(/^(?:[-–:,;.]|because\b)\s*/i, ''),
    stranger,
  });
  let end = 0;
  for (const [index, word] of words.entries()) {
    const person = readPerson(word, me);
    const group = readGroupToken(word.replace(/[,;.:]$/, ''));
    const service = readService(word, catalog);
    const announced = /^services?:?$/i.test(words[index - 1] ?? '');
    if (person !== null) people.add(person);
    else if (group !== null) groups.add(group);
    else if (service !== null) services.add(service);
    else if (/^@./.test(word) || (announced && index === 1)) return named(word, index);
    // "and" may as well begin the words that follow.
    else if (/^(?:and|services?:?|[,;&+.])$/i.test(word)) continue;
    else break;
    end = index + 1;
    // After a colon come words.
    if (word.endsWith(':')) break;
  }
  return named(null, end);
}

/** The catalog's service of that name, whatever its case; a list's comma or colon may follow. */
export function readService(word: string, catalog: Policy): ServiceName | null {
  const typed = word.toLowerCase().replace(/[:,;]$/, '');
  return catalog.services.find((service) => service.name.toLowerCase() === typed)?.name ?? null;
}

/** `?`, `unknown`: the service is not known. */
export function isUnknownService(word: string): boolean {
  return /^(?:\?|unknown|none)$/i.test(word);
}
