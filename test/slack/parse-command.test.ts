import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PersonId } from '../../src/incident/incident.ts';
import type { Target } from '../../src/incident/page.ts';
import type { Asked } from '../../src/slack/asked.ts';
import { mostNote, mostPageReason, mostReason, mostTitle } from '../../src/slack/form.ts';
import { parseCommand } from '../../src/slack/parse-command.ts';
import { subcommandNames } from '../../src/slack/usage.ts';
import { ana, ben, cleo, hostileText, payments, policy } from './incidents.ts';

function parse(text: string): Asked {
  return parseCommand(text, { by: ana, catalog: policy });
}

function paging(targets: readonly Target[], services: readonly string[] = [], reason = ''): object {
  return { name: 'page', targets, services, reason, confirmed: false };
}

function standing(people: readonly PersonId[], rest: object = {}): object {
  return { name: 'stand down', people, everyone: false, suggested: false, ...rest };
}

function recalling(rest: object): object {
  return { name: 'recall', people: [], services: [], everyone: false, reason: '', ...rest };
}

function misunderstood(text: string): string {
  const asked = parse(text);
  return asked.type === 'misunderstood' ? asked.text : `understood as ${JSON.stringify(asked)}`;
}

describe('what is understood', () => {
  it.each<[string, object]>([
    ['identified', { name: 'identify', text: '' }],
    ['identified the certificate expired', { name: 'identify', text: 'the certificate expired' }],
    ['mitigated rolled back', { name: 'mitigate', reason: 'rolled back', confirmed: false }],
    ['MITIGATED: rolled back', { name: 'mitigate', reason: 'rolled back', confirmed: false }],
    ['resolve &lt;fixed&gt; &amp; done', { name: 'resolve', reason: '<fixed> & done', confirmed: false }],
    ['resolved it', { name: 'resolve', reason: 'it', confirmed: false }],
    ['cancel load test', { name: 'cancel', reason: 'load test', confirmed: false }],
    ['reopen', { name: 'reopen', reason: '' }],
    ['reopen errors are back', { name: 'reopen', reason: 'errors are back' }],
    ['close', { name: 'close' }],
    ['undo', { name: 'undo' }],
    ['rename  Card   payments\nfail', { name: 'rename', title: 'Card payments fail' }],
    ['severity sev1', { name: 'set severity', severity: 'SEV1', reason: '' }],
    ['severity SEV-1 all of it', { name: 'set severity', severity: 'SEV1', reason: 'all of it' }],
    ['severity 3 slower only', { name: 'set severity', severity: 'SEV3', reason: 'slower only' }],
    ['sev sev 2', { name: 'set severity', severity: 'SEV2', reason: '' }],
    ['lead', { name: 'give role', role: 'commander', person: ana }],
    ['lead <@U0BEN|ben>', { name: 'give role', role: 'commander', person: ben }],
    ['lead me', { name: 'give role', role: 'commander', person: ana }],
    ['role scribe', { name: 'give role', role: 'scribe', person: ana }],
    ['role scribe me', { name: 'give role', role: 'scribe', person: ana }],
    ['role comms <@U0BEN>', { name: 'give role', role: 'communications', person: ben }],
    ['role <@U0BEN> commander', { name: 'give role', role: 'commander', person: ben }],
    ['page <@U0BEN> <@U0CLEO|cleo> <@U0BEN>', paging([ben, cleo])],
    ['page <@U0BEN>, <@U0CLEO> and me', paging([ben, cleo, ana])],
    ['call <@U0BEN><@U0CLEO>', paging([ben, cleo])],
    ['page <!subteam^S0PAY|@payments>', paging([payments])],
    ['page <!subteam^S0PAY>', paging([payments])],
    ['page checkout, search', paging([], ['checkout', 'search'])],
    ['page service checkout', paging([], ['checkout'])],
    ['page services checkout and search', paging([], ['checkout', 'search'])],
    [
      'page <@U0BEN> <!subteam^S0PAY|@payments> Checkout the queue only grows',
      paging([ben, payments], ['checkout'], 'the queue only grows'),
    ],
    ['page <@U0BEN>: need  you\nnow', paging([ben], [], 'need you now')],
    ['page <@U0BEN> because it burns', paging([ben], [], 'it burns')],
    ['page <@U0BEN> and please hurry', paging([ben], [], 'and please hurry')],
    ['page <@U0BEN> ask <@U0CLEO> or <!subteam^S0PAY|@payments>', paging([ben], [], 'ask <@U0CLEO> or @payments')],
    ['page <@U0BEN> see INC-12', paging([ben], [], 'see INC-12')],
    ['pass', { name: 'pass on' }],
    ['pass on', { name: 'pass on' }],
    ['pass it on', { name: 'pass on' }],
    ['join', { name: 'join', page: null, said: false }],
    ['on it', { name: 'join', page: null, said: false }],
    ["I'm on it!", { name: 'join', page: null, said: false }],
    ["I'm back", { name: 'join', page: null, said: false }],
    ['keep', { name: 'keep me' }],
    ['keep me', { name: 'keep me' }],
    ['standdown', standing([ana])],
    ['stand down <@U0BEN>', standing([ben])],
    ['release <@U0BEN>', standing([ben])],
    ['standdown everyone', standing([], { everyone: true })],
    ['standdown everyone but <@U0BEN> and me', standing([ben, ana], { everyone: true })],
    ['standdown all except <@U0BEN>', standing([ben], { everyone: true })],
    ['standdown suggested', standing([], { suggested: true })],
    ['standdown ask', { name: 'ask to stand down', people: [] }],
    ['standdown ask <@U0BEN>', { name: 'ask to stand down', people: [ben] }],
    ['standdown later', { name: 'put off standing down' }],
    ['stand down not now', { name: 'put off standing down' }],
    ['recall everyone', recalling({ everyone: true })],
    ['recall everyone: it is red again', recalling({ everyone: true, reason: 'it is red again' })],
    ['recall <@U0BEN> it is red again', recalling({ people: [ben], reason: 'it is red again' })],
    ['call back checkout', recalling({ services: ['checkout'] })],
    ['service checkout', { name: 'set services', services: ['checkout'] }],
    ['service Checkout, search', { name: 'set services', services: ['checkout', 'search'] }],
    ['service unknown', { name: 'set services', services: [] }],
  ])('/incident %s', (text, command) => {
    expect(parse(text)).toEqual({ type: 'command', incident: null, command });
  });

  it.each<[string, object]>([
    ['', { type: 'menu' }],
    ['  \u200b ', { type: 'menu' }],
    ['help', { type: 'help', topic: null }],
    ['? page', { type: 'help', topic: 'page' }],
    ['list', { type: 'list' }],
    ['alarms', { type: 'alarms' }],
    ['ignore INC-7 is its name', { type: 'ignore', alarm: 'INC-7 is its name' }],
    ['status', { type: 'status', incident: null }],
    ['status INC-12', { type: 'status', incident: 12 }],
    ['inc-12', { type: 'status', incident: 12 }],
    ['export INC-3', { type: 'export', incident: 3 }],
    ['INC-3 export', { type: 'export', incident: 3 }],
    ['mitigated', { type: 'form', form: 'mitigate', incident: null }],
    ['mitigated INC-12', { type: 'form', form: 'mitigate', incident: 12 }],
    ['resolve', { type: 'form', form: 'resolve', incident: null }],
    ['cancel', { type: 'form', form: 'cancel', incident: null }],
    ['page', { type: 'form', form: 'page', incident: null }],
    ['page INC-12', { type: 'form', form: 'page', incident: 12 }],
    ['role', { type: 'form', form: 'role', incident: null }],
    ['severity INC-12', { type: 'form', form: 'severity', incident: 12 }],
    ['note', { type: 'form', form: 'note', incident: null }],
    ['note hypothesis:  ', { type: 'form', form: 'note', incident: null }],
  ])('/incident %s is no command on an incident', (text, asked) => {
    expect(parse(text)).toEqual(asked);
  });

  it.each<[string, string, string]>([
    ['note it is slow', 'note', 'it is slow'],
    ['note hypothesis: the pool is small', 'hypothesis', 'the pool is small'],
    ['note Hypothesis Dropped: not the pool', 'hypothesis dropped', 'not the pool'],
    ['note db: slow', 'note', 'db: slow'],
    ['note two\nlines', 'note', 'two\nlines'],
    ['note ask <@U0BEN|ben>', 'note', 'ask <@U0BEN>'],
    ['note <!channel> please', 'note', '@channel please'],
  ])('/incident %s', (typed, noteKind, text) => {
    expect(parse(typed)).toEqual({
      type: 'command',
      incident: null,
      command: { name: 'note', noteKind, text, occurredAt: null, link: null, said: false, saidBy: null },
    });
  });
});

describe('which incident is meant', () => {
  it.each([
    ['resolve INC-12 fixed', 12],
    ['INC-12 resolve fixed', 12],
    ['resolve inc-12: fixed', 12],
    ['close INC-12', 12],
    ['lead <@U0BEN> INC-12', 12],
    ['severity sev1 INC-12', 12],
    ['page <@U0BEN> INC-12', 12],
    ['page INC-12 <@U0BEN> now', 12],
    ['INC-12 page checkout', 12],
    ['on it INC-12', 12],
    ['recall everyone INC-12', 12],
    ['INC-12 recall <@U0BEN>', 12],
    ['standdown everyone but <@U0BEN> INC-12', 12],
    ['service checkout INC-12', 12],
    ['standdown INC-12', 12],
    ['resolve fixed', null],
  ])('/incident %s', (text, incident) => {
    expect(parse(text)).toMatchObject({ type: 'command', incident });
  });

  it('a key at the end of free words belongs to the words', () => {
    expect(parse('cancel duplicate of INC-12')).toEqual({
      type: 'command',
      incident: null,
      command: { name: 'cancel', reason: 'duplicate of INC-12', confirmed: false },
    });
  });

  it.each(['status INC-0', 'status INC-99999999999', 'status INC-1x', 'status 12'])('%s names none', (text) => {
    expect(misunderstood(text)).toContain('takes no words but the key of an incident');
  });
});

describe('what is misunderstood', () => {
  it.each([
    ['statsu', '"statsu" is no command of mine. The nearest is `status`: `/incident status [INC-12]`'],
    ['lits', '"lits" is no command of mine. The nearest is `list`: `/incident list`'],
    ['stat', '"stat" is no command of mine. The nearest is `status`: `/incident status [INC-12]`'],
    ['reslve fixed', '"reslve" is no command of mine. The nearest is `resolve`: `/incident resolve <what was done>`'],
    ['mitgate x', '"mitgate" is no command of mine. The nearest is `mitigated`: `/incident mitigated <what was done>`'],
    [
      'everything is on fire',
      '"everything" is no command of mine.\nIf you mean to declare an incident: `/incident declare everything is on fire`\nWhat I understand: `/incident help [command]`, or `/incident` for buttons.',
    ],
    [
      'xyzzy',
      '"xyzzy" is no command of mine.\nWhat I understand: `/incident help [command]`, or `/incident` for buttons.',
    ],
    ['list all', '`list` takes no words.\nIt is typed like this: `/incident list`'],
    [
      'close now please',
      '`close` takes no words but the key of an incident, not "now please".\nIt is typed like this: `/incident close`',
    ],
    [
      'undo that',
      '`undo` takes no words but the key of an incident, not "that".\nIt is typed like this: `/incident undo`',
    ],
    [
      'severity high',
      '"high" is no severity: they go from SEV1, the worst, to SEV5.\nIt is typed like this: `/incident severity <SEV1 to SEV5> [reason]`',
    ],
    [
      'severity 0',
      '"0" is no severity: they go from SEV1, the worst, to SEV5.\nIt is typed like this: `/incident severity <SEV1 to SEV5> [reason]`',
    ],
    [
      'role driver <@U0BEN>',
      '"driver" is no role.\nIt is typed like this: `/incident role <commander|communications|scribe> [@person]`',
    ],
    [
      'role scribe <@U0BEN> <@U0CLEO>',
      'One person is scribe: name one.\nIt is typed like this: `/incident role <commander|communications|scribe> [@person]`',
    ],
    [
      'lead <@U0BEN> <@U0CLEO>',
      'An incident has one commander: name one person.\nIt is typed like this: `/incident lead [@person]`',
    ],
    [
      'page chekout',
      'I can\'t tell who "chekout" is. Did you mean the service `checkout`? Pick people and groups from the list that Slack shows when you type @, or name a service of the catalog.\nIt is typed like this: `/incident page <@person|@group|service …> [reason]`',
    ],
    [
      'recall',
      'Who should come back?\nIt is typed like this: `/incident recall <@person …|service …|everyone> [reason]`',
    ],
    [
      'recall <!subteam^S0PAY|@payments>',
      "A group can't be called back, only who stands by: name people, a service or everyone.\nIt is typed like this: `/incident recall <@person …|service …|everyone> [reason]`",
    ],
    [
      'standdown everyone <@U0BEN>',
      'Everyone, or these?\nIt is typed like this: `/incident standdown [@person … | everyone [but @person …] | suggested]`',
    ],
    ['rename', 'What should it be called?\nIt is typed like this: `/incident rename <title>`'],
    [
      'service',
      'Which service is affected? `unknown` is an answer too.\nIt is typed like this: `/incident service <service …|unknown>`',
    ],
    [
      'service billing',
      'The catalog has no service "billing". It knows checkout, search.\nIt is typed like this: `/incident service <service …|unknown>`',
    ],
  ])('/incident %s', (text, answer) => {
    expect(misunderstood(text)).toBe(answer);
  });

  it.each([
    'page @ben',
    'page <@U0BEN> @chen',
    'page U0BEN',
    'page service billing',
    'recall @ben',
    'recall billing',
    'lead @ben',
    'standdown everybody but @ben',
    'standdown ben',
    'standdown ask @ben',
    'role scribe @ben',
  ])('/incident %s: nobody is guessed', (text) => {
    expect(misunderstood(text)).toMatch(/^I can't tell who ".+" is\. Pick people/);
  });

  it.each([
    ['note', mostNote],
    ['mitigated', mostReason],
    ['resolve', mostReason],
    ['cancel', mostReason],
    ['reopen', mostReason],
    ['identified', mostReason],
    ['rename', mostTitle],
    ['page <@U0BEN>', mostPageReason],
    ['recall everyone', mostPageReason],
  ])('%s gives back what is too long', (name, most) => {
    const words = 'y'.repeat(most + 1);
    expect(misunderstood(`${name} ${words}`)).toContain(`has ${most + 1} characters and ${most} fit`);
    expect(misunderstood(`${name} ${words}`)).toContain(words);
    expect(parse(`${name} ${'y'.repeat(most)}`).type).toBe('command');
  });
});

describe('anything may be typed', () => {
  const beginning = fc.oneof(
    fc.constantFrom('', ...subcommandNames, 'INC-12', 'stand', 'sev', 'constructor', '__proto__'),
    hostileText,
  );
  const typed = fc
    .tuple(beginning, fc.constantFrom(' ', '\n', ' INC-1 ', ' sev1 ', ': ', ' \u200b '), hostileText)
    .map((parts) => parts.join(''));

  it('never throws', () => {
    fc.assert(
      fc.property(typed, (text) => {
        expect(parse(text).type).toBeTypeOf('string');
      }),
      { numRuns: 1000 },
    );
  });

  it('never yields a command that lacks its words or exceeds a bound', () => {
    fc.assert(
      fc.property(typed, (text) => {
        expect(lacking(parse(text))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** What must stand in a command and does not, in words. */
function lacking(asked: Asked): readonly string[] {
  if (asked.type === 'misunderstood') return words('answer', asked.text, Infinity);
  if (asked.type !== 'command' && asked.type !== 'declare') return [];
  const { command } = asked;
  if (command.name === 'declare' || command.name === 'rename') {
    return [
      ...words('title', command.title, mostTitle),
      ...(command.title.includes('\n') ? ['a title of two lines'] : []),
    ];
  }
  if (command.name === 'note') return words('note', command.text, mostNote);
  if (command.name === 'mitigate' || command.name === 'resolve' || command.name === 'cancel') {
    return words('reason', command.reason, mostReason);
  }
  if (command.name === 'page') {
    return [
      ...(command.targets.length + command.services.length > 0 ? [] : ['nobody']),
      ...(command.reason.length <= mostPageReason ? [] : ['a reason that is too long']),
      ...(command.reason.includes('<!subteam') ? ['a group in the reason'] : []),
    ];
  }
  if (command.name === 'stand down') {
    return command.people.length > 0 || command.everyone || command.suggested ? [] : ['nobody'];
  }
  return [];
}

function words(what: string, text: string, most: number): readonly string[] {
  return text.trim() !== '' && text.length <= most ? [] : [`${what}: ${text.slice(0, 40)}`];
}
