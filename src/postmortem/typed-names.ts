/**
 * Finds people in written words. The rules, from sure to doubtful:
 *
 * - `@name` for any name of one word, and a known person id standing free: always a person.
 * - A name of two or more words: always, in any case, with spaces, dots, hyphens or underscores between the words.
 * - A name of one word with a digit, dot, hyphen or underscore in it (`ana.lopez`, `jdoe7`): always, in any case.
 * - A given name alone (the first word of a longer name, or a name of one word): written with a capital, three letters or
 *   more, held by one person only, and not followed by another capitalised word ("Ana Kern" is somebody else). Ordinary
 *   words ("Mark", "Will", "Grace") only inside a sentence; products and places ("Ruby", "Sydney") never.
 *
 * A given name that the last rule leaves standing is returned as doubtful, so that the writer can be asked. Family names
 * alone and names in lower case are left: too many of them are words.
 */
import type { PersonId } from '../incident/incident.ts';
import { ordinaryWords, productsAndPlaces } from './ordinary-words.ts';

/** A person with everything they are called: display name, real name, handle. */
export type Person = { readonly id: PersonId; readonly names: readonly string[] };

export type NameFinder = {
  /** `label` words a person; `null` stands for a name that several people share. */
  readonly replace: (text: string, label: (person: PersonId | null) => string) => string;
  /** Words that may be a given name but were left; to be asked of what `replace` gave. */
  readonly doubtful: (text: string) => readonly string[];
};

/** Who is called so. */
type Owners = Map<string, Set<PersonId>>;

const nothing = '(?!)';
const freeBefore = '(?<![\\p{L}\\p{N}_])';
const freeAfter = '(?![\\p{L}\\p{N}_])';

/** Scripts that are written without spaces: there a name is free wherever it stands. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

export function findNames(people: readonly Person[]): NameFinder {
  const sure = findSureNames(people);
  const given = findGivenNames(people);
  return {
    replace: (text, label) => given.replace(sure(text, label), label),
    doubtful: given.doubtful,
  };
}

/** Ids, `@name`, names of several words, and single words that are no words of a language. */
function findSureNames(people: readonly Person[]): NameFinder['replace'] {
  const owners: Owners = new Map();
  const free: Spelling[] = [];
  const tagged: Spelling[] = [];
  for (const person of people) {
    add(owners, person.id, person.id);
    free.push({ written: person.id, pattern: `${freeBefore}${escapePattern(person.id)}${freeAfter}` });
    for (const name of person.names.map(cleanName)) {
      if (keyOf(name) === '') continue;
      add(owners, name, person.id);
      const distinctive = /\s|.[\p{N}._-]/u.test(name) || (unspaced.test(name) && name.length > 2);
      for (const written of [name, withoutAccents(name)]) {
        (distinctive ? free : tagged).push({ written, pattern: namePattern(written) });
      }
    }
  }
  const freeIn = indexSpellings(free);
  const taggedIn = indexSpellings(tagged);
  // With the rest of a mail address, which names the person as well.
  const mail = '(?:@[\\w-]+(?:\\.[\\w-]+)+)?';
  return (text, label) => {
    const anywhere = alternation(freeIn(text));
    const afterAt = alternation([...taggedIn(text), ...freeIn(text)]);
    if (afterAt === nothing) return text;
    return text.replace(new RegExp(`@(?:${afterAt})|(?:${anywhere})${mail}`, 'giu'), (match) =>
      label(onlyOwner(owners, match.replace(/(?<!^)@.*/, ''))),
    );
  };
}

function findGivenNames(people: readonly Person[]): NameFinder {
  const owners: Owners = new Map();
  const spellings: Spelling[] = [];
  for (const person of people) {
    for (const name of person.names.map(cleanName)) {
      const [first = ''] = name.split(/\s+/);
      if (!/^\p{L}{3,}$/u.test(first)) continue;
      add(owners, first, person.id);
      for (const written of [capitalise(first), capitalise(withoutAccents(first))]) {
        spellings.push({ written, pattern: written });
      }
    }
  }
  const spellingsIn = indexSpellings(spellings);
  const patternFor = (text: string): RegExp =>
    new RegExp(
      `(?<![\\p{L}\\p{N}_@./'’-])(?:${alternation(spellingsIn(text))})(?![\\p{L}\\p{N}_]|[./@-][\\p{L}\\p{N}])`,
      'gu',
    );
  return {
    replace: (text, label) =>
      text.replace(patternFor(text), (match, at: number) => {
        const owner = onlyOwner(owners, match);
        return owner !== null && meansPerson(text, match, at) ? label(owner) : match;
      }),
    doubtful: (text) => [...new Set(text.match(patternFor(text)))],
  };
}

/** A name as it may be written, and the pattern that finds it. */
type Spelling = { readonly written: string; readonly pattern: string };

/**
 * The patterns that can match in a text: those of names whose first word stands in it. A workspace has thousands of people,
 * and trying each of their names on each line would take minutes.
 */
function indexSpellings(spellings: readonly Spelling[]): (text: string) => readonly string[] {
  const always: string[] = [];
  const byWord = new Map<string, string[]>();
  for (const { written, pattern } of spellings) {
    const [word] = wordsOf(written);
    if (word === undefined || unspaced.test(written)) always.push(pattern);
    else byWord.set(word, [...(byWord.get(word) ?? []), pattern]);
  }
  return (text) => [...always, ...[...new Set(wordsOf(text))].flatMap((word) => byWord.get(word) ?? [])];
}

function wordsOf(text: string): readonly string[] {
  return (
    withoutAccents(text)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function meansPerson(text: string, name: string, at: number): boolean {
  const word = name.toLowerCase();
  if (productsAndPlaces.has(word)) return false;
  if (/^\s\p{Lu}\p{Ll}/u.test(text.slice(at + name.length))) return false;
  const startsSentence = /(^|[.!?:;"“(*>•–—-]\s*|\n)$/u.test(text.slice(0, at));
  return !(ordinaryWords.has(word) && startsSentence);
}

function cleanName(name: string): string {
  return name.normalize('NFC').trim().replace(/^@+/, '');
}

function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC');
}

function capitalise(word: string): string {
  const [initial = '', ...others] = word;
  return initial.toUpperCase() + others.join('');
}

/** Spellings of one name fall together: case, accents, what separates its words. */
function keyOf(name: string): string {
  return withoutAccents(name)
    .toLowerCase()
    .replace(/^@/, '')
    .replace(/[\s._-]+/g, ' ')
    .trim();
}

/** The name's words with anything that separates words between them, free on both sides. */
function namePattern(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  const before = unspaced.test(words[0]?.at(0) ?? '') ? '' : freeBefore;
  const after = unspaced.test(words.at(-1)?.at(-1) ?? '') ? '' : freeAfter;
  return `${before}${words.map(escapePattern).join('[\\s._-]+')}${after}`;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Longest first: of "Ana Maria" and "Ana Maria Lopez" the longer one is meant. */
function alternation(patterns: readonly string[]): string {
  return patterns.length === 0 ? nothing : [...new Set(patterns)].toSorted((a, b) => b.length - a.length).join('|');
}

function add(owners: Owners, name: string, person: PersonId): void {
  const key = keyOf(name);
  owners.set(key, (owners.get(key) ?? new Set<PersonId>()).add(person));
}

/** `null` when several people are called so. */
function onlyOwner(owners: Owners, name: string): PersonId | null {
  const [first, ...others] = owners.get(keyOf(name)) ?? [];
  return first !== undefined && others.length === 0 ? first : null;
}
