/** What can be typed after `/incident`: the one place that knows each command's name, its form and what it is for. */
import { nearestWord } from './nearest-word.ts';

type Usage = {
  /** What follows the name. */
  readonly takes: string;
  readonly does: string;
  readonly example: string;
  /** Other words that are understood, but never said. */
  readonly aliases: readonly string[];
};

export const subcommands = {
  declare: {
    takes: '[SEV2] [service:] <what users feel>',
    does: "Opens a war room and pages the responders. Alone it opens a form. Leave out what you don't know.",
    example: 'declare sev2 checkout: payments fail for everyone',
    aliases: ['open', 'start', 'new'],
  },
  status: { takes: '[INC-12]', does: 'Where the incident stands.', example: 'status', aliases: ['info', 'show'] },
  list: { takes: '', does: 'What is open.', example: 'list', aliases: ['ls'] },
  note: {
    takes: '[kind:] <text>',
    does: 'Puts something on the timeline: observation, hypothesis, decision, action, impact, …',
    example: 'note hypothesis: the new connection pool is too small',
    aliases: ['log', 'add'],
  },
  severity: {
    takes: '<SEV1 to SEV5> [reason]',
    does: 'Changes how bad it is. Anyone may raise it; lowering needs the commander or a reason.',
    example: 'severity sev1 all payments fail',
    aliases: ['sev'],
  },
  join: {
    takes: '[INC-12]',
    does: 'Says that you are on it, and brings you into the room. "on it" is understood too.',
    example: 'join INC-12',
    aliases: ['take', 'ack', 'back'],
  },
  pass: {
    takes: '[INC-12]',
    does: "Passes your page on, when you can't come.",
    example: 'pass INC-12',
    aliases: ['passon', 'pass-on', 'decline'],
  },
  lead: { takes: '[@person]', does: 'Makes you, or someone else, the commander.', example: 'lead', aliases: [] },
  role: {
    takes: '<commander|communications|scribe> [@person]',
    does: 'Gives a role to you or hands it over to someone else. Alone it opens a form.',
    example: 'role scribe @ana',
    aliases: ['roles', 'assign', 'handover'],
  },
  page: {
    takes: '<@person|@group|service …> [reason]',
    does: 'Calls people until somebody comes. First you see who they are and what time it is where they are. Alone it opens a form.',
    example: 'page @ana @payments checkout the queue only grows',
    aliases: ['call', 'invite'],
  },
  standdown: {
    takes: '[@person … | everyone [but @person …] | suggested]',
    does: 'Puts you, or others, on standby, with thanks. `standdown ask` asks them first; `standdown later` puts off what was suggested.',
    example: 'standdown everyone but @ana',
    aliases: ['release', 'stand-down', 'leave'],
  },
  keep: {
    takes: '[INC-12]',
    does: 'Says that you stay, when you were asked whether you are done.',
    example: 'keep me',
    aliases: ['stay'],
  },
  recall: {
    takes: '<@person …|service …|everyone> [reason]',
    does: 'Calls back who stands by, with what happened since.',
    example: 'recall everyone it is red again',
    aliases: ['callback', 'call-back'],
  },
  identified: {
    takes: '[the cause]',
    does: 'The cause is known.',
    example: 'identified the certificate expired',
    aliases: ['identify'],
  },
  mitigated: {
    takes: '<what was done>',
    does: 'Users are no longer affected.',
    example: 'mitigated rolled back to 4.2',
    aliases: ['mitigate'],
  },
  resolve: {
    takes: '<what was done>',
    does: 'It is over: the service works as usual again.',
    example: 'resolve certificate renewed',
    aliases: ['resolved', 'fixed'],
  },
  reopen: { takes: '[reason]', does: 'It is not over after all.', example: 'reopen errors are back', aliases: [] },
  close: {
    takes: '',
    does: 'Ends a resolved incident and drafts the postmortem.',
    example: 'close',
    aliases: ['closed'],
  },
  cancel: {
    takes: '<reason>',
    does: 'This was no incident after all.',
    example: 'cancel planned load test',
    aliases: ['cancelled', 'canceled'],
  },
  undo: {
    takes: '',
    does: 'Takes back the last mitigated, resolved or cancelled.',
    example: 'undo',
    aliases: ['revert'],
  },
  rename: {
    takes: '<title>',
    does: 'Gives the incident a better title.',
    example: 'rename card payments fail in Europe',
    aliases: ['title'],
  },
  service: {
    takes: '<service …|unknown>',
    does: 'Says which services are affected; their responders are paged.',
    example: 'service checkout search',
    aliases: ['services'],
  },
  merge: {
    takes: '<INC-12>',
    does: 'This incident is the same as that one: work goes on there, both timelines are kept.',
    example: 'merge INC-12',
    aliases: ['duplicate'],
  },
  graph: {
    takes: '[INC-12]',
    does: 'Shows what the alarms measure, with what happened, as a picture in the room.',
    example: 'graph',
    aliases: ['chart', 'picture'],
  },
  discount: {
    takes: '<alarm> <reason>',
    does: 'This alarm does not count here: recovery is proved without it. Alone it opens a form.',
    example: 'discount search-errors planned load test',
    aliases: [],
  },
  separate: {
    takes: '<alarm>',
    does: 'This alarm is not part of this incident; it may open its own.',
    example: 'separate search-errors',
    aliases: ['split'],
  },
  trust: {
    takes: '<alarm>',
    does: 'This alarm was changed meanwhile and counts as it is configured now.',
    example: 'trust search-errors',
    aliases: [],
  },
  alarms: { takes: '', does: 'What is red now, and what became of it.', example: 'alarms', aliases: ['red'] },
  ignore: {
    takes: '<alarm>',
    does: 'For an hour this alarm opens nothing and asks nobody.',
    example: 'ignore search-errors',
    aliases: ['snooze'],
  },
  export: {
    takes: '[INC-12]',
    does: 'Uploads the postmortem draft to the room.',
    example: 'export',
    aliases: ['postmortem', 'draft'],
  },
  test: {
    takes: '[title]',
    does: 'Declares a test: marked as one, pages nobody, announced nowhere.',
    example: 'test',
    aliases: [],
  },
  help: { takes: '[command]', does: 'Explains the commands.', example: 'help page', aliases: ['?', '-h', '--help'] },
} as const satisfies Readonly<Record<string, Usage>>;

export type Subcommand = keyof typeof subcommands;

const names = Object.keys(subcommands).filter(isSubcommand);

/** Every command, in the order of the help. */
export const subcommandNames: readonly Subcommand[] = names;

export function isSubcommand(word: string): word is Subcommand {
  return Object.hasOwn(subcommands, word);
}

function usageOf(name: Subcommand): Usage {
  return subcommands[name];
}

/** The command that `word` names, by its name or another word for it. */
export function subcommandNamed(word: string): Subcommand | null {
  const typed = word.toLowerCase().replace(/[:,.!]$/, '');
  if (isSubcommand(typed)) return typed;
  return names.find((name) => usageOf(name).aliases.includes(typed)) ?? null;
}

/** The command somebody probably meant by a word that is none. */
export function nearestSubcommand(word: string): Subcommand | null {
  const typed = word.toLowerCase();
  const begun = typed.length < 2 ? undefined : names.find((name) => name.startsWith(typed));
  if (begun !== undefined) return begun;
  const close = nearestWord(
    typed,
    names.flatMap((name) => [name, ...usageOf(name).aliases.filter((alias) => alias.length > 2)]),
  );
  return close === null ? null : subcommandNamed(close);
}

/** `/incident page @person [@person …]`. */
export function usageLine(name: Subcommand): string {
  return `/incident ${name} ${usageOf(name).takes}`.trimEnd();
}

export function exampleLine(name: Subcommand): string {
  return `/incident ${usageOf(name).example}`;
}
