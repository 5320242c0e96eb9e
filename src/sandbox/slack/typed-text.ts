/** What a person types becomes what Slack stores and delivers: escaped, with mentions and links as ids in brackets. */
import { livingGroups } from './world.ts';
import type { World } from './world.ts';

const pattern = /(?<![\w@#&/])(?:(?<url>https?:\/\/[^\s<>|]+)|@(?<person>[\w.-]+)|#(?<channel>[\w-]+))/g;

/** In messages people are `<@U1>`; in commands, where names are kept, `<@U1|ana>`. */
export function formatTyped(world: World, typed: string, { withNames }: { readonly withNames: boolean }): string {
  let formatted = '';
  let end = 0;
  for (const match of typed.matchAll(pattern)) {
    const { url, person, channel } = match.groups ?? {};
    // A full stop or a comma right after a name or an address belongs to the sentence.
    const rest = /[.,;:!?)-]*$/.exec(match[0])?.[0] ?? '';
    const whole = match[0].slice(0, match[0].length - rest.length);
    const formattedMatch =
      url === undefined
        ? mentionOf(world, { person: trimmed(person, rest), channel: trimmed(channel, rest), withNames })
        : `<${escape(whole)}>`;
    if (formattedMatch === undefined) continue;
    formatted += escape(typed.slice(end, match.index)) + formattedMatch + escape(rest);
    end = match.index + match[0].length;
  }
  return formatted + escape(typed.slice(end));
}

function mentionOf(
  world: World,
  about: { readonly person: string | undefined; readonly channel: string | undefined; readonly withNames: boolean },
): string | undefined {
  if (about.person !== undefined) {
    if (['here', 'channel', 'everyone'].includes(about.person)) return `<!${about.person}>`;
    const person = [...world.store.people.values()].find((one) => one.name === about.person);
    if (person !== undefined) return about.withNames ? `<@${person.id}|${person.name}>` : `<@${person.id}>`;
    const group = livingGroups(world).find((one) => one.handle === about.person);
    return group === undefined ? undefined : `<!subteam^${group.id}|@${group.handle}>`;
  }
  const channel = [...world.store.channels.values()].find((one) => one.name === about.channel && one.name !== '');
  if (channel === undefined) return undefined;
  // The names of private channels are not told.
  return `<#${channel.id}|${channel.kind === 'public' ? channel.name : ''}>`;
}

function trimmed(name: string | undefined, rest: string): string | undefined {
  return name === undefined ? undefined : name.slice(0, name.length - rest.length);
}

/** The three characters that Slack escapes. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
