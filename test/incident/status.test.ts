import { describe, expect, test } from 'vitest';
import type { IncidentCommand } from '../../src/incident/command.ts';
import type { Incident, Status } from '../../src/incident/incident.ts';
import { statuses } from '../../src/incident/incident.ts';
import {
  after,
  ana,
  ask,
  ben,
  by,
  chi,
  declared,
  eventsOf,
  happeningsOf,
  join,
  led,
  minute,
  refusalOf,
  start,
  system,
} from './scenario.ts';

const commands = {
  identify: { name: 'identify', text: 'a bad release' },
  mitigate: { name: 'mitigate', reason: 'rolled back', confirmed: true },
  resolve: { name: 'resolve', reason: 'fixed', confirmed: true },
  cancel: { name: 'cancel', reason: 'false alarm', confirmed: true },
  undo: { name: 'undo' },
  reopen: { name: 'reopen', reason: 'it is back' },
  close: { name: 'close' },
} as const satisfies Record<string, IncidentCommand>;
type Name = keyof typeof commands;

/** The way to each status, led by Ana; a minute for each step. */
const ways: { readonly [S in Status]: readonly Name[] } = {
  investigating: [],
  identified: ['identify'],
  mitigated: ['mitigate'],
  resolved: ['mitigate', 'resolve'],
  closed: ['resolve', 'close'],
  cancelled: ['cancel'],
};

function walk(incident: Incident, ...names: readonly Name[]): Incident {
  return names.reduce((now, name, step) => after(now, commands[name], by(ana), start + (step + 1) * minute), incident);
}

function at(status: Status): Incident {
  return walk(led(), ...ways[status]);
}

/** A status, or the beginning of the refusal. */
type Outcome = Status | `no: ${string}`;

const table: { readonly [S in Status]: { readonly [N in Name]: Outcome } } = {
  investigating: {
    identify: 'identified',
    mitigate: 'mitigated',
    resolve: 'resolved',
    cancel: 'cancelled',
    undo: 'no: There is nothing to undo.',
    reopen: 'no: INC-1 is open: it is investigating.',
    close: 'no: Only a resolved incident can be closed',
  },
  identified: {
    identify: 'no: The incident is identified already.',
    mitigate: 'mitigated',
    resolve: 'resolved',
    cancel: 'cancelled',
    undo: 'no: There is nothing to undo.',
    reopen: 'no: INC-1 is open: it is identified.',
    close: 'no: Only a resolved incident can be closed',
  },
  mitigated: {
    identify: 'no: The incident is mitigated already.',
    mitigate: 'no: INC-1 is mitigated already.',
    resolve: 'resolved',
    cancel: 'cancelled',
    undo: 'investigating',
    reopen: 'investigating',
    close: 'no: Only a resolved incident can be closed',
  },
  resolved: {
    identify: 'no: The incident is resolved already.',
    mitigate: 'no: INC-1 is resolved already.',
    resolve: 'no: INC-1 is resolved already.',
    cancel: 'no: INC-1 is resolved already.',
    undo: 'mitigated',
    reopen: 'investigating',
    close: 'closed',
  },
  closed: {
    identify: 'no: The incident is closed already.',
    mitigate: 'no: INC-1 is closed already. Reopen it first',
    resolve: 'no: INC-1 is closed already. Reopen it first',
    cancel: 'no: INC-1 is closed already. Reopen it first',
    undo: 'no: There is nothing to undo.',
    reopen: 'investigating',
    close: 'no: INC-1 is closed already.',
  },
  cancelled: {
    identify: 'no: The incident is cancelled already.',
    mitigate: 'no: INC-1 is cancelled already.',
    resolve: 'no: INC-1 is cancelled already.',
    cancel: 'no: INC-1 is cancelled already.',
    undo: 'investigating',
    reopen: 'investigating',
    close: 'no: INC-1 was cancelled: there is nothing to close and no postmortem to draft.',
  },
};

const names = Object.keys(commands) as readonly Name[];
const pairs = statuses.flatMap((status) => names.map((name) => ({ status, name, expected: table[status][name] })));

describe('every status and every command of the commander', () => {
  test.each(pairs)('$name when $status: $expected', ({ status, name, expected }) => {
    const incident = at(status);
    const decision = ask(incident, commands[name], by(ana), start + 10 * minute);
    if (decision.type === 'decided') {
      expect(after(incident, commands[name], by(ana), start + 10 * minute).status).toBe(expected);
      // What follows for pages is tested with them.
      expect(eventsOf(decision).filter(({ kind }) => !/page|paged/.test(kind))).toHaveLength(1);
    } else {
      expect(decision.type).toBe('refused');
      expect(`no: ${decision.text}`.startsWith(expected)).toBe(true);
    }
  });
});

describe('times', () => {
  test('each status is stamped when it is reached', () => {
    expect(at('mitigated')).toMatchObject({ mitigatedAt: start + minute, resolvedAt: null, closedAt: null });
    expect(at('resolved')).toMatchObject({ mitigatedAt: start + minute, resolvedAt: start + 2 * minute });
    expect(at('closed')).toMatchObject({ resolvedAt: start + minute, closedAt: start + 2 * minute });
  });

  test('what is resolved without being mitigated was mitigated then', () => {
    expect(walk(led(), 'resolve')).toMatchObject({ mitigatedAt: start + minute, resolvedAt: start + minute });
  });

  test('going back forgets the times that are no longer true', () => {
    const undone = walk(led(), 'mitigate', 'resolve', 'undo');
    expect(undone).toMatchObject({ mitigatedAt: start + minute, resolvedAt: null, undoTo: null });
    expect(walk(led(), 'mitigate', 'undo')).toMatchObject({ mitigatedAt: null });
    expect(walk(led(), 'resolve', 'close', 'reopen')).toMatchObject({
      mitigatedAt: null,
      resolvedAt: null,
      closedAt: null,
    });
  });

  test('a cancellation of what was mitigated can be taken back to it', () => {
    expect(walk(led(), 'mitigate', 'cancel', 'undo')).toMatchObject({
      status: 'mitigated',
      mitigatedAt: start + minute,
    });
  });
});

describe('who may say where it stands', () => {
  const ended = ['mitigate', 'resolve', 'cancel'] as const;

  test.each(ended)('an active responder who does not lead is asked to confirm before they %s', (name) => {
    const incident = after(led(), join, by(ben));
    const refusal = refusalOf(ask(incident, { ...commands[name], confirmed: false }, by(ben)));
    expect(refusal.type).toBe('confirm');
    expect(refusal.text).toContain(`Reason: ${commands[name].reason}`);
    expect(refusal.offers).toEqual([
      { label: expect.stringMatching(/^Yes, /), incident: 1, command: { ...commands[name], confirmed: true } },
    ]);
    expect(eventsOf(ask(incident, commands[name], by(ben)))).toHaveLength(1);
  });

  test.each(ended)('without a commander whoever wants to %s is asked to confirm', (name) => {
    expect(ask(declared(), { ...commands[name], confirmed: false }).type).toBe('confirm');
  });

  test.each(ended)('the commander is not asked to confirm, but gives a reason to %s', (name) => {
    expect(ask(led(), { ...commands[name], confirmed: false }).type).toBe('decided');
    expect(refusalOf(ask(led(), { ...commands[name], reason: ' ' })).text).toMatch(/Say in a few words why/);
  });

  test.each(['identify', ...ended] as const)('people who are not working on it may not %s, nor machines', (name) => {
    const incident = led();
    const words = /Only people who are working on this incident/;
    // Ben is paged but has not answered; Chi has nothing to do with it.
    expect(refusalOf(ask(incident, commands[name], by(ben))).text).toMatch(words);
    expect(refusalOf(ask(incident, commands[name], by(chi))).text).toMatch(words);
    expect(refusalOf(ask(incident, commands[name], system)).text).toMatch(words);
  });

  test('closing is for those who work on it', () => {
    expect(refusalOf(ask(at('resolved'), { name: 'close' }, by(chi))).text).toMatch(/Only people who are working/);
    const joined = after(at('resolved'), join, by(chi));
    expect(ask(joined, { name: 'close' }, by(chi)).type).toBe('decided');
  });

  test('anyone may reopen, also without a reason', () => {
    expect(happeningsOf(ask(at('closed'), { name: 'reopen', reason: '' }, by(chi)))[0]?.text).toBe('Reopened.');
  });

  test('the words of the reason stand in the row', () => {
    expect(happeningsOf(ask(led(), { ...commands.mitigate, reason: '  rolled back\n' }))[0]?.text).toBe(
      'Mitigated: rolled back',
    );
    expect(happeningsOf(ask(led(), { name: 'identify', text: ' ' }))[0]?.text).toBe('Identified.');
  });
});

describe('undoing', () => {
  test('is for the commander, who is named to the others', () => {
    const incident = after(walk(led(), 'mitigate'), join, by(ben));
    expect(refusalOf(ask(incident, { name: 'undo' }, by(ben))).text).toBe(
      `Only the commander can undo this. Ask <@${ana}>.`,
    );
    expect(happeningsOf(ask(incident, { name: 'undo' }))[0]?.text).toBe(
      'Undone: mitigated was taken back; the incident is investigating again.',
    );
  });

  test('is for any active responder while nobody leads', () => {
    const incident = after(declared(), commands.cancel);
    expect(refusalOf(ask(incident, { name: 'undo' }, by(chi))).text).toMatch(/Only people who are working/);
    expect(ask(incident, { name: 'undo' }).type).toBe('decided');
  });

  test('goes back to what it was, once', () => {
    const incident = walk(led(), 'identify', 'mitigate', 'undo');
    expect(incident.status).toBe('identified');
    expect(refusalOf(ask(incident, { name: 'undo' })).text).toBe('There is nothing to undo.');
  });
});
