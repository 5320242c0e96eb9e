/** Who stands by is written by name: a mention would call them. */
import type { PersonId } from '../incident/incident.ts';
import type { Message } from './blocks.ts';
import { bounded, escape, oneLine } from './mrkdwn.ts';

/** Names of people who are not to be called by a message. */
export type Quiet = ReadonlyMap<PersonId, string>;

/** The message without mentions of these people. */
export function withoutMentions(message: Message, quiet: Quiet): Message {
  return quiet.size === 0 ? message : (replaceIn(message, quiet) as Message);
}

function replaceIn(value: unknown, quiet: Quiet): unknown {
  if (typeof value === 'string') return nameIn(value, quiet);
  if (Array.isArray(value)) return value.map((each) => replaceIn(each, quiet));
  if (typeof value !== 'object' || value === null) return value;
  // What a button carries is not shown.
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'value' ? each : replaceIn(each, quiet)]),
  );
}

function nameIn(text: string, quiet: Quiet): string {
  return text.replace(/<@([UW][A-Z0-9]{1,20})>/g, (whole, id: string) => {
    const name = quiet.get(id as PersonId);
    return name === undefined ? whole : escape(bounded(oneLine(name), 80));
  });
}
