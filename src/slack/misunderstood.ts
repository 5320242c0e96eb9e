/** The words for what could not be understood: what was wrong, the nearest command, how it is typed. */
import type { Policy } from '../incident/policy.ts';
import { nearestWord } from './nearest-word.ts';
import type { Asked } from './asked.ts';
import { bounded, oneLine } from './mrkdwn.ts';
import type { Subcommand } from './usage.ts';
import { nearestSubcommand, usageLine } from './usage.ts';

type Misunderstood = Extract<Asked, { type: 'misunderstood' }>;

export function misunderstood(text: string): Misunderstood {
  return { type: 'misunderstood', text };
}

/** What was wrong with a command that is known, and how it is typed. */
export function wrongForm(name: Subcommand, wrong: string): Misunderstood {
  return misunderstood(`${wrong}\nIt is typed like this: \`${usageLine(name)}\``);
}

/** More than fits. The words are given back, so that nothing is lost. */
export function tooLong(what: string, words: string, most: number): Misunderstood {
  return misunderstood(
    `That ${what} has ${words.length} characters and ${most} fit, so nothing was done. Here it is, to shorten and send again:\n${words}`,
  );
}

export function unknownSubcommand(word: string, rest: string): Misunderstood {
  const wrong = `${quoted(word)} is no command of mine.`;
  const close = nearestSubcommand(word);
  if (close !== null) {
    return misunderstood(`${wrong} The nearest is \`${close}\`: \`${usageLine(close)}\``);
  }
  const whole = oneLine(`${word} ${rest}`).replace(/`/g, "'");
  const declare =
    rest === '' ? '' : `\nIf you mean to declare an incident: \`/incident declare ${bounded(whole, 150)}\``;
  return misunderstood(
    `${wrong}${declare}\nWhat I understand: \`${usageLine('help')}\`, or \`/incident\` for buttons.`,
  );
}

export function noSeverity(name: Subcommand, word: string): Misunderstood {
  return wrongForm(name, `${quoted(word)} is no severity: they go from SEV1, the worst, to SEV5.`);
}

/** Names that the catalog does not know, with the one that was probably meant. */
export function noService(name: Subcommand, word: string, catalog: Policy): Misunderstood {
  const known = catalog.services.map((service) => service.name);
  const close = nearestWord(word, known);
  const hint =
    close === null
      ? ` It knows ${known.length === 0 ? 'none yet' : bounded(known.join(', '), 600)}.`
      : ` Did you mean \`${close}\`?`;
  return wrongForm(name, `The catalog has no service ${quoted(word)}.${hint}`);
}

export function nobody(name: Subcommand, words: readonly string[]): Misunderstood {
  const first = words[0] ?? '';
  return wrongForm(
    name,
    `I can't tell who ${quoted(first)} is. Pick people, one by one, from the list that Slack shows when you type @.`,
  );
}

/** Neither a person nor a group nor a service, where any of them could be named. */
export function noTarget(name: 'page' | 'recall', word: string, catalog: Policy): Misunderstood {
  const close = nearestWord(
    word,
    catalog.services.map((service) => service.name),
  );
  const hint = close === null ? '' : ` Did you mean the service \`${close}\`?`;
  const picked = name === 'page' ? 'people and groups' : 'people';
  return wrongForm(
    name,
    `I can't tell who ${quoted(word)} is.${hint} Pick ${picked} from the list that Slack shows when you type @, or name a service of the catalog.`,
  );
}

export function quoted(word: string): string {
  return `"${bounded(oneLine(word), 60)}"`;
}
