/** Understands what is typed about people: who is called, who may go, who is called back. */
import type { IncidentCommand } from '../incident/command.ts';
import type { IncidentId, PersonId } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import type { Asked } from './asked.ts';
import { mostPageReason, mostTargets } from './form.ts';
import { readRoomKey } from './ids.ts';
import { nobody, noTarget, tooLong, wrongForm } from './misunderstood.ts';
import { plainGroups } from './mrkdwn.ts';
import { type Named, readNamed, readPeople, splitFirst } from './read-words.ts';

type Given = {
  readonly incident: IncidentId | null;
  /** The words after the command. */
  readonly rest: string;
  readonly by: PersonId;
  readonly catalog: Policy;
};

function command(incident: IncidentId | null, asked: IncidentCommand): Asked {
  return { type: 'command', incident, command: asked };
}

/** @param given its words as `fromSlackWithGroups` gives them. */
export function parsePage(given: Given): Asked {
  if (given.rest === '') return { type: 'form', form: 'page', incident: given.incident };
  const named = readNamed(given.rest, given.by, given.catalog);
  const { people, groups, services } = named;
  const wrong = wrongWith('page', given, named);
  if (wrong !== null) return wrong;
  const { incident, reason } = settle(given.incident, named.rest);
  return command(incident, { name: 'page', targets: [...people, ...groups], services, reason, confirmed: false });
}

/** @param given its words as `fromSlackWithGroups` gives them. */
export function parseRecall(given: Given): Asked {
  const { first, rest } = splitFirst(given.rest);
  if (isEveryone(first)) {
    const { incident, reason } = settle(given.incident, plainGroups(rest));
    if (reason.length > mostPageReason) return tooLong('reason', reason, mostPageReason);
    return command(incident, { name: 'recall', people: [], services: [], everyone: true, reason });
  }
  if (given.rest === '') return wrongForm('recall', 'Who should come back?');
  const named = readNamed(given.rest, given.by, given.catalog);
  if (named.groups.length > 0) {
    return wrongForm('recall', "A group can't be called back, only who stands by: name people, a service or everyone.");
  }
  const wrong = wrongWith('recall', given, named);
  if (wrong !== null) return wrong;
  const { people, services } = named;
  const { incident, reason } = settle(given.incident, named.rest);
  return command(incident, { name: 'recall', people, services, everyone: false, reason });
}

function wrongWith(name: 'page' | 'recall', { rest, catalog }: Given, named: Named): Asked | null {
  const { people, groups, services, stranger } = named;
  const count = people.length + groups.length + services.length;
  if (stranger !== null) return noTarget(name, stranger, catalog);
  if (count === 0) return noTarget(name, splitFirst(rest).first, catalog);
  if (count > mostTargets) return wrongForm(name, `One page names at most ${mostTargets}, and these are ${count}.`);
  return named.rest.length > mostPageReason ? tooLong('reason', named.rest, mostPageReason) : null;
}

/** `page @ben INC-12`: the key alone is no reason. */
function settle(
  incident: IncidentId | null,
  rest: string,
): { readonly incident: IncidentId | null; readonly reason: string } {
  const key = incident === null ? readRoomKey(rest) : null;
  return key === null ? { incident, reason: rest } : { incident: key, reason: '' };
}

function isEveryone(word: string): boolean {
  return /^(?:everyone|everybody|all)[,:]?$/i.test(word);
}

export function parseStandDown({ rest, incident, by }: Omit<Given, 'catalog'>): Asked {
  const { first, rest: after } = splitFirst(rest);
  if (isEveryone(first)) return parseEveryone(after, { incident, by });
  if (/^(?:suggested|them)$/i.test(first) && after === '') {
    return command(incident, { name: 'stand down', people: [], everyone: false, suggested: true });
  }
  if (/^(?:later|not\s+now)$/i.test(rest)) return command(incident, { name: 'put off standing down' });
  if (/^ask$/i.test(first)) {
    const { people, strangers } = readPeople(/^(?:suggested|them)$/i.test(after) ? '' : after, by);
    return strangers.length > 0
      ? nobody('standdown', strangers)
      : command(incident, { name: 'ask to stand down', people });
  }
  const { people, strangers } = readPeople(rest, by);
  if (strangers.length > 0) return nobody('standdown', strangers);
  return command(incident, {
    name: 'stand down',
    people: people.length === 0 ? [by] : people,
    everyone: false,
    suggested: false,
  });
}

/** `everyone but @ana and @ben`. */
function parseEveryone(text: string, { incident, by }: Pick<Given, 'incident' | 'by'>): Asked {
  const { first, rest } = splitFirst(text);
  const but = /^(?:but|except)$/i.test(first);
  const { people, strangers } = readPeople(but ? rest : text, by);
  if (strangers.length > 0) return nobody('standdown', strangers);
  if (people.length > 0 && !but) return wrongForm('standdown', 'Everyone, or these?');
  if (people.length === 0 && but) return wrongForm('standdown', 'Everyone but whom?');
  return command(incident, { name: 'stand down', people, everyone: true, suggested: false });
}
