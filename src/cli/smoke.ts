/** `npm run smoke -- --person U…`: holds the stand-in for Slack against a real workspace, once, with a person at hand. */
import { parseArgs } from 'node:util';
import { readSlackTokens } from '../config.ts';
import { runSmoke } from './smoke-run.ts';
import type { Deed } from './smoke-walk.ts';

const usage = 'Usage: npm run smoke -- --person U0123456789 (your own member id: in your profile, "Copy member ID")';
const slackUrl = 'https://slack.com/api/';
const paceMillis = 1_200;
const patienceMillis = 180_000;

async function smoke(): Promise<void> {
  const tokens = readSlackTokens();
  if ('problems' in tokens) {
    return refuse(`This needs a real workspace, one that nobody works in:\n${tokens.problems.join('\n')}`);
  }
  const person = readPerson();
  if (person === null) return refuse(usage);
  const { botToken, appToken, apiUrl } = tokens;
  say(
    'Stop Muster first: whatever is pressed would go to it instead. A channel muster-smoke-… is made and archived at the end.',
  );
  say('Keep Slack open. You are asked for two things, once each.\n');
  const { same, different, skipped } = await runSmoke({
    workspace: { botToken, appToken, apiUrl: apiUrl ?? slackUrl },
    person,
    paceMillis,
    patienceMillis,
    ask: (deed) => say(`\n>>> ${wordsFor(deed)} You have three minutes.\n`),
    write: say,
  });
  say(`\n${same} the same, ${different} different, ${skipped} skipped.`);
  say(
    different === 0
      ? 'Still to be looked at by you: that the message, its button and the form look as they do in the sandbox.'
      : 'What is different belongs into the stand-in, or onto the list in docs/sandbox.md.',
  );
  if (different > 0) process.exitCode = 1;
}

function wordsFor(deed: Deed): string {
  switch (deed.type) {
    case 'press':
      return 'Go to the channel muster-smoke-…, to which you were invited, and press the button "Press me".';
    case 'command':
      return `Close the form. In the same channel type ${deed.command} and send it.`;
  }
}

function readPerson(): string | null {
  try {
    const { person = '' } = parseArgs({ options: { person: { type: 'string' } } }).values;
    return /^[UW][A-Z0-9]{5,}$/.test(person) ? person : null;
  } catch {
    return null;
  }
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

function refuse(words: string): void {
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
}

await smoke();
