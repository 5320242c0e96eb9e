/** The room as people saw it, as plain text. */
import type { SlackStandIn } from '../sandbox/slack/slack.ts';
import type { Cast } from './cast.ts';

/** One line a message, in order: `2026-11-20 23:58:15 db-engineer: …`; further lines are indented. */
export function writeTranscript(slack: SlackStandIn, channel: string, cast: Cast): string {
  const nameOf = (user: string): string =>
    user === slack.botUserId ? 'Muster' : (cast.find((member) => member.id === user)?.role ?? user);
  const readable = (text: string): string =>
    text
      .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, user: string) => `@${nameOf(user)}`)
      .replace(/<#[A-Z0-9]+\|([^>]*)>/g, '#$1')
      .replace(/<!date\^[^>|]*\|([^>]*)>/g, '$1')
      .replace(/<(https?:[^|>]*)\|([^>]*)>/g, '$2 ($1)')
      .replace(/<(https?:[^>]*)>/g, '$1')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  const lines = slack.messages(channel).map((message) => {
    const at = new Date(Number(message.ts) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    return `${at} ${nameOf(message.user)}: ${readable(message.text).replaceAll('\n', '\n    ')}`;
  });
  return `${lines.join('\n')}\n`;
}
