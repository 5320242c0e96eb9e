/** The help: all commands in short, or one of them with an example. */
import type { Message } from '../blocks.ts';
import { context, message, say, section } from '../blocks.ts';
import { escape } from '../mrkdwn.ts';
import type { Subcommand } from '../usage.ts';
import { exampleLine, nearestSubcommand, subcommandNamed, subcommandNames, subcommands, usageLine } from '../usage.ts';

const groups: readonly { readonly title: string; readonly names: readonly Subcommand[] }[] = [
  { title: 'Begin', names: ['declare', 'test'] },
  { title: 'Know', names: ['status', 'list', 'help'] },
  { title: 'Work', names: ['note', 'severity', 'service', 'rename', 'identified'] },
  { title: 'People', names: ['page', 'join', 'pass', 'lead', 'role', 'standdown', 'keep', 'recall'] },
  { title: 'Alarms', names: ['alarms', 'ignore', 'discount', 'separate', 'trust', 'graph'] },
  { title: 'End', names: ['mitigated', 'resolve', 'undo', 'reopen', 'cancel', 'close', 'merge', 'export'] },
];

/** @param topic the command that was asked about, as it was typed. */
export function help(topic: string | null = null): Message {
  if (topic === null) return everything('Muster runs incidents in Slack. `/incident` alone shows buttons.');
  const name = subcommandNamed(topic) ?? nearestSubcommand(topic);
  return name === null ? everything('I have no help on that. This is what I understand.') : one(name);
}

function one(name: Subcommand): Message {
  return say(
    `\`${escape(usageLine(name))}\`\n${subcommands[name].does}\nFor example: \`${escape(exampleLine(name))}\``,
  );
}

function everything(opening: string): Message {
  return message(`${opening} Commands: ${subcommandNames.join(', ')}.`, [
    section(opening),
    ...groups.map(({ title, names }) => section(`*${title}*\n${names.map(line).join('\n')}`)),
    context('Elsewhere than in the room, add the key: `/incident resolve INC-12 rolled back`'),
  ]);
}

function line(name: Subcommand): string {
  return `\`${escape(usageLine(name))}\` ${subcommands[name].does}`;
}
