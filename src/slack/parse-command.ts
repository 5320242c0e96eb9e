/** Understands what is typed after `/incident`. Anything may be typed: the answer is always something to do or a sentence. */
import type { IncidentCommand } from '../incident/command.ts';
import type { NoteKind } from '../incident/event.ts';
import { noteKinds } from '../incident/event.ts';
import type { IncidentId, PersonId } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import type { Asked } from './asked.ts';
import { mostNote, mostReason, mostTitle } from './form.ts';
import { readRoomKey } from './ids.ts';
import { nobody, noService, noSeverity, quoted, tooLong, unknownSubcommand, wrongForm } from './misunderstood.ts';
import { fromSlack, fromSlackWithGroups, oneLine } from './mrkdwn.ts';
import { parseDeclare, parseTest } from './parse-declare.ts';
import { parsePage, parseRecall, parseStandDown } from './parse-people.ts';
import {
  isUnknownService,
  readPeople,
  readPerson,
  readRole,
  readService,
  readSeverity,
  splitFirst,
  wordsOf,
} from './read-words.ts';
import type { Subcommand } from './usage.ts';
import { subcommandNamed } from './usage.ts';

export type CommandContext = { readonly by: PersonId; readonly catalog: Policy };

/** The words after a command whose incident is settled. */
type Rest = CommandContext & { readonly incident: IncidentId | null; readonly rest: string };

/**
 * @param text as Slack sends it with `should_escape`.
 *
 * A room key (`INC-12`) may stand before a command or right after it. At the end it counts only where no free words come before it:
 * `cancel duplicate of INC-12` is about the incident at hand.
 */
export function parseCommand(text: string, context: CommandContext): Asked {
  const typed = fromSlack(text).trim();
  if (typed === '') return { type: 'menu' };
  const leading = takeFirstKey(typed);
  if (leading.incident !== null && leading.rest === '') return { type: 'status', incident: leading.incident };
  const { name, first, rest: argument } = takeName(leading.rest);
  if (name === null) return unknownSubcommand(first, argument);
  // Only there are groups more than words.
  if (name === 'page' || name === 'recall') return parseCalling(name, fromSlackWithGroups(text), context);
  const following = leading.incident === null ? takeFirstKey(argument) : { ...leading, rest: argument };
  return parseArguments(name, argument, { ...context, ...following });
}

/** What a button says, in the words that people would use. */
const phrases: readonly { readonly words: RegExp; readonly name: Subcommand }[] = [
  { words: /^stand\s+down\b/i, name: 'standdown' },
  { words: /^(?:i['’]?m\s+)?on\s+it\b[.!]*/i, name: 'join' },
  { words: /^i['’]?m\s+back\b[.!]*/i, name: 'join' },
  { words: /^pass(?:\s+it)?\s+on\b/i, name: 'pass' },
  { words: /^keep\s+me\b/i, name: 'keep' },
  { words: /^call\s+back\b/i, name: 'recall' },
];

function takeName(text: string): { readonly name: Subcommand | null; readonly first: string; readonly rest: string } {
  const { first, rest } = splitFirst(text);
  const phrase = phrases.find(({ words }) => words.test(text));
  if (phrase === undefined) return { name: subcommandNamed(first), first, rest };
  return { name: phrase.name, first, rest: text.replace(phrase.words, '').trim() };
}

function parseCalling(name: 'page' | 'recall', typed: string, context: CommandContext): Asked {
  const leading = takeFirstKey(typed.trim());
  const { rest } = takeName(leading.rest);
  const given = { ...context, ...(leading.incident === null ? takeFirstKey(rest) : { ...leading, rest }) };
  return name === 'page' ? parsePage(given) : parseRecall(given);
}

function takeFirstKey(text: string): { readonly incident: IncidentId | null; readonly rest: string } {
  const { first, rest } = splitFirst(text);
  const incident = readRoomKey(first);
  return incident === null ? { incident, rest: text } : { incident, rest };
}

function takeLastKey(given: Rest): Rest {
  const words = wordsOf(given.rest);
  const last = words.at(-1);
  if (given.incident !== null || last === undefined) return given;
  const incident = readRoomKey(last);
  return incident === null ? given : { ...given, incident, rest: words.slice(0, -1).join(' ') };
}

function parseArguments(name: Exclude<Subcommand, 'page' | 'recall'>, argument: string, given: Rest): Asked {
  switch (name) {
    case 'declare':
      return parseDeclare(argument, given.catalog);
    case 'test':
      return parseTest(argument, given.catalog);
    case 'help':
      return { type: 'help', topic: argument === '' ? null : splitFirst(argument).first };
    case 'list':
      return argument === '' ? { type: 'list' } : wrongForm(name, '`list` takes no words.');
    case 'alarms':
      return argument === '' ? { type: 'alarms' } : wrongForm(name, '`alarms` takes no words.');
    case 'ignore':
      // An alarm's name may hold anything, also what looks like a key.
      return argument === '' ? wrongForm(name, 'Which alarm?') : { type: 'ignore', alarm: argument };
    case 'status':
      return alone(name, given, (incident) => ({ type: 'status', incident }));
    case 'export':
      return alone(name, given, (incident) => ({ type: 'export', incident }));
    case 'graph':
      return alone(name, given, (incident) => ({ type: 'graph', incident }));
    case 'merge':
      return parseMerge(argument);
    case 'discount':
    case 'separate':
    case 'trust':
      return parseAlarm(name, given);
    case 'close':
      return alone(name, given, (incident) => command(incident, { name: 'close' }));
    case 'undo':
      return alone(name, given, (incident) => command(incident, { name: 'undo' }));
    case 'join':
      return alone(name, given, (incident) => command(incident, { name: 'join', page: null, said: false }));
    case 'pass':
      return alone(name, given, (incident) => command(incident, { name: 'pass on' }));
    case 'keep':
      return alone(name, given, (incident) => command(incident, { name: 'keep me' }));
    case 'note':
      return parseNote(given);
    case 'severity':
      return parseSeverity(given);
    case 'lead':
      return parseLead(takeLastKey(given));
    case 'role':
      return parseRole(takeLastKey(given));
    case 'standdown':
      return parseStandDown(takeLastKey(given));
    case 'identified':
      return withReason(given, null, (text) => ({ name: 'identify', text }));
    case 'mitigated':
      return withReason(given, 'mitigate', (reason) => ({ name: 'mitigate', reason, confirmed: false }));
    case 'resolve':
      return withReason(given, 'resolve', (reason) => ({ name: 'resolve', reason, confirmed: false }));
    case 'cancel':
      return withReason(given, 'cancel', (reason) => ({ name: 'cancel', reason, confirmed: false }));
    case 'reopen':
      return withReason(given, null, (reason) => ({ name: 'reopen', reason }));
    case 'rename':
      return parseRename(given);
    case 'service':
      return parseService(takeLastKey(given));
  }
}

function command(incident: IncidentId | null, asked: IncidentCommand): Asked {
  return { type: 'command', incident, command: asked };
}

/** Commands that take a room key and nothing else. */
function alone(name: Subcommand, given: Rest, asked: (incident: IncidentId | null) => Asked): Asked {
  if (given.rest === '') return asked(given.incident);
  return wrongForm(name, `\`${name}\` takes no words but the key of an incident, not ${quoted(given.rest)}.`);
}

function withReason(
  given: Rest,
  form: 'mitigate' | 'resolve' | 'cancel' | null,
  asked: (reason: string) => IncidentCommand,
): Asked {
  const reason = given.rest;
  if (reason.length > mostReason) return tooLong('reason', reason, mostReason);
  if (reason === '' && form !== null) return { type: 'form', form, incident: given.incident };
  return command(given.incident, asked(reason));
}

function parseNote({ rest, incident }: Rest): Asked {
  const { noteKind, text } = splitKind(rest);
  if (text === '') return { type: 'form', form: 'note', incident };
  if (text.length > mostNote) return tooLong('note', text, mostNote);
  return command(incident, { name: 'note', noteKind, text, occurredAt: null, link: null, said: false, saidBy: null });
}

/** `hypothesis: it is the cache` is a note of that kind; a beginning that is no kind belongs to the note. */
export function splitKind(text: string): { readonly noteKind: NoteKind; readonly text: string } {
  const colon = text.indexOf(':');
  const word = oneLine(text.slice(0, Math.max(0, colon))).toLowerCase();
  const noteKind = noteKinds.find((kind) => kind === word);
  return noteKind === undefined ? { noteKind: 'note', text } : { noteKind, text: text.slice(colon + 1).trim() };
}

function parseSeverity({ rest, incident }: Rest): Asked {
  if (rest === '') return { type: 'form', form: 'severity', incident };
  const typed = splitFirst(rest.replace(/^sev\s+(?=\d)/i, 'sev'));
  const severity = readSeverity(typed.first);
  if (severity === null) return noSeverity('severity', typed.first);
  // `severity sev1 INC-12`: the key alone is no reason.
  const key = takeFirstKey(typed.rest);
  const settled = incident === null && key.rest === '' ? key : { incident, rest: typed.rest };
  if (settled.rest.length > mostReason) return tooLong('reason', settled.rest, mostReason);
  return command(settled.incident, { name: 'set severity', severity, reason: settled.rest });
}

function parseLead({ rest, incident, by }: Rest): Asked {
  const { people, strangers } = readPeople(rest, by);
  if (strangers.length > 0) return nobody('lead', strangers);
  const [person = by, second] = people;
  if (second !== undefined) return wrongForm('lead', 'An incident has one commander: name one person.');
  return command(incident, { name: 'give role', role: 'commander', person });
}

function parseRole({ rest, incident, by }: Rest): Asked {
  if (rest === '') return { type: 'form', form: 'role', incident };
  const words = wordsOf(rest);
  const role = words.map(readRole).find((each) => each !== null) ?? null;
  if (role === null) {
    const wrong = words.find((word) => readPerson(word, by) === null);
    return wrongForm('role', wrong === undefined ? 'Which role?' : `${quoted(wrong)} is no role.`);
  }
  const others = words.filter((word) => readRole(word) !== role).join(' ');
  const { people, strangers } = readPeople(others, by);
  if (strangers.length > 0) return nobody('role', strangers);
  const [person = by, second] = people;
  if (second !== undefined) return wrongForm('role', `One person is ${role}: name one.`);
  return command(incident, { name: 'give role', role, person });
}

/** `merge INC-12`: the incident at hand ends, the one named goes on. `merge INC-14 INC-12` names both. */
function parseMerge(argument: string): Asked {
  const words = wordsOf(argument).filter((word) => !/^(?:into|with|and)$/i.test(word));
  const keys = words.map(readRoomKey);
  const [first, second] = keys;
  if (first === undefined || first === null || second === null || keys.length > 2) {
    return wrongForm('merge', 'Which incident is it the same as?');
  }
  return second === undefined
    ? command(null, { name: 'merge', into: first, confirmed: false })
    : command(first, { name: 'merge', into: second, confirmed: false });
}

function parseAlarm(name: 'discount' | 'separate' | 'trust', { rest, incident }: Rest): Asked {
  const { first: alarm, rest: reason } = splitFirst(rest);
  if (alarm === '' || (name === 'discount' && reason === '')) {
    return { type: 'form', form: 'alarm', incident, subject: `${name} ${alarm}`.trim() };
  }
  if (name === 'discount') {
    if (reason.length > mostReason) return tooLong('reason', reason, mostReason);
    return command(incident, { name: 'discount alarm', alarm, reason });
  }
  // An alarm's name may hold spaces.
  return command(
    incident,
    name === 'trust' ? { name: 'trust alarm', alarm: rest } : { name: 'separate alarm', alarm: rest },
  );
}

function parseRename({ rest, incident }: Rest): Asked {
  const title = oneLine(rest);
  if (title === '') return wrongForm('rename', 'What should it be called?');
  if (title.length > mostTitle) return tooLong('title', title, mostTitle);
  return command(incident, { name: 'rename', title });
}

function parseService({ rest, incident, catalog }: Rest): Asked {
  const words = rest.split(/[\s,;]+/).filter((word) => word !== '' && !/^and$/i.test(word));
  if (words.length === 0) return wrongForm('service', 'Which service is affected? `unknown` is an answer too.');
  const named = words.filter((word) => !isUnknownService(word));
  const services = named.map((word) => readService(word, catalog));
  const wrong = named.find((_, index) => services[index] === null);
  if (wrong !== undefined) return noService('service', wrong, catalog);
  return command(incident, { name: 'set services', services: [...new Set(services.filter((each) => each !== null))] });
}
