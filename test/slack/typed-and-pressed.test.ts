import { describe, expect, it } from 'vitest';
import { askButton, type AskAction, decodeAction } from '../../src/slack/actions.ts';
import type { Button, Message } from '../../src/slack/blocks.ts';
import { menu } from '../../src/slack/messages/lists.ts';
import { pageButtons, pageSomeone } from '../../src/slack/messages/page-words.ts';
import { askForCommander } from '../../src/slack/messages/prompts.ts';
import { askedToStandDown, recallButton, suggestion, thanks } from '../../src/slack/messages/stand-down.ts';
import { parseCommand } from '../../src/slack/parse-command.ts';
import type { Subcommand } from '../../src/slack/usage.ts';
import { ana, ben, incident, incidentId, page, policy } from './incidents.ts';

type Pressed = AskAction['command'];

const alarm = 'checkout-5xx';
const ending = { reason: 'rolled back', confirmed: false };

/** What every kind of button asks, and the words that ask the same. A new one does not compile without its words. */
const typed: { readonly [N in Pressed['name']]: readonly [string, Extract<Pressed, { name: N }>] } = {
  declare: [
    'declare sev2 checkout: payments fail',
    {
      name: 'declare',
      title: 'payments fail',
      severity: 'SEV2',
      services: ['checkout'],
      test: false,
      origin: null,
      anyway: false,
      lead: false,
    },
  ],
  join: ['join', { name: 'join', page: null, said: false }],
  'pass on': ['pass', { name: 'pass on' }],
  note: [
    'note impact: every card is declined',
    {
      name: 'note',
      noteKind: 'impact',
      text: 'every card is declined',
      occurredAt: null,
      link: null,
      said: false,
      saidBy: null,
    },
  ],
  'set severity': ['severity sev1 worse', { name: 'set severity', severity: 'SEV1', reason: 'worse' }],
  'give role': ['role scribe <@U0BEN>', { name: 'give role', role: 'scribe', person: ben }],
  page: [
    'page <@U0BEN> checkout who knows it?',
    { name: 'page', targets: [ben], services: ['checkout'], reason: 'who knows it?', confirmed: false },
  ],
  'stand down': ['standdown suggested', { name: 'stand down', people: [], everyone: false, suggested: true }],
  'ask to stand down': ['standdown ask <@U0BEN>', { name: 'ask to stand down', people: [ben] }],
  'put off standing down': ['standdown later', { name: 'put off standing down' }],
  'keep me': ['keep', { name: 'keep me' }],
  recall: [
    'recall everyone it is red again',
    { name: 'recall', people: [], services: [], everyone: true, reason: 'it is red again' },
  ],
  identify: ['identified a bad deploy', { name: 'identify', text: 'a bad deploy' }],
  mitigate: ['mitigated rolled back', { name: 'mitigate', ...ending }],
  resolve: ['resolve rolled back', { name: 'resolve', ...ending }],
  cancel: ['cancel rolled back', { name: 'cancel', ...ending }],
  undo: ['undo', { name: 'undo' }],
  reopen: ['reopen red again', { name: 'reopen', reason: 'red again' }],
  close: ['close', { name: 'close' }],
  rename: ['rename cards fail', { name: 'rename', title: 'cards fail' }],
  'set services': ['service search', { name: 'set services', services: ['search'] }],
  'discount alarm': [`discount ${alarm} a load test`, { name: 'discount alarm', alarm, reason: 'a load test' }],
  'separate alarm': [`separate ${alarm}`, { name: 'separate alarm', alarm }],
  'trust alarm': [`trust ${alarm}`, { name: 'trust alarm', alarm }],
  merge: ['merge INC-3', { name: 'merge', into: incidentId(3), confirmed: false }],
};

describe('what a button does can be typed', () => {
  it.each(Object.entries(typed))('%s', (name, [words, command]) => {
    const button = askButton({ label: 'x', incident: incident.id, command });
    const pressed = decodeAction({ value: button?.value, by: ana });
    const asked = parseCommand(words, { by: ana, catalog: policy });
    expect(pressed).toMatchObject({ type: 'ask', command });
    expect(asked).toHaveProperty('command', command);
    expect(command.name).toBe(name);
  });
});

const led = {
  ...incident,
  roles: { commander: ana, communications: null, scribe: null },
  responders: [
    ...incident.responders,
    { person: ben, state: 'standby', since: 0, asked: null, because: null } as const,
  ],
};

/** What somebody has before them who is called, leads, is asked to go, or was let go. */
const shown: readonly (Message | null)[] = [
  menu({ openIncidents: [led], room: led }),
  menu({ openIncidents: [incident], room: incident }),
  askForCommander(incident),
  suggestion(led, [{ person: ben, because: 'users are no longer affected' }]),
  askedToStandDown(led, ''),
  thanks(led, null),
];
const buttons: readonly (Button | null)[] = [...pageButtons(led, page.key), pageSomeone(led), recallButton(led)];

/** The words about people, and the button or form that asks the same. */
const pressed = {
  page: 'open:page',
  join: 'ask:join',
  pass: 'ask:pass-on',
  lead: 'ask:take-role',
  role: 'open:role',
  standdown: 'ask:stand-me-down',
  keep: 'ask:keep-me',
  recall: 'ask:recall',
  severity: 'open:severity',
  note: 'open:note',
  mitigated: 'open:mitigate',
  cancel: 'open:cancel',
} as const satisfies { readonly [S in Subcommand]?: string };

describe('what can be typed about people has its button', () => {
  it.each([...Object.values(pressed), 'ask:ask-to-stand-down', 'ask:put-off-standing-down', 'ask:stand-down'])(
    '%s',
    (action) => {
      const all = JSON.stringify([shown, buttons]);
      expect(all).toContain(`"action_id":"${action}:`);
    },
  );
});
