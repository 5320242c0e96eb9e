import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/incident/incident.ts';
import { statuses } from '../../../src/incident/incident.ts';
import type { Page } from '../../../src/incident/page.ts';
import { decodeAction } from '../../../src/slack/actions.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { announcement, declarerAnswer, originAnswer } from '../../../src/slack/messages/announcement.ts';
import { broken, done, misunderstoodMessage, notSaved, refusalMessage } from '../../../src/slack/messages/answers.ts';
import { failureInWords, inviteReport } from '../../../src/slack/messages/failure.ts';
import { help } from '../../../src/slack/messages/help.ts';
import { incidentList, incidentStatus, menu, noSuchIncident } from '../../../src/slack/messages/lists.ts';
import { noRoom } from '../../../src/slack/messages/room.ts';
import { statusCard } from '../../../src/slack/messages/status-card.ts';
import { tellRelapse } from '../../../src/slack/messages/tell-alarms.ts';
import { tellRow } from '../../../src/slack/messages/tell-row.ts';
import { tellSignals } from '../../../src/slack/messages/tell-signals.ts';
import { subcommandNames } from '../../../src/slack/usage.ts';
import { asRead } from '../as-read.ts';
import {
  ana,
  ben,
  cleo,
  hostileIncident,
  hostilePolicy,
  hostileRow,
  hostileText,
  incident,
  incidentId,
  night,
  page,
  person,
  policy,
  row,
  watch,
} from '../incidents.ts';
import { brokenByMessage, buttonsOf } from '../slack-limits.ts';

function labels(message: Message | null): readonly string[] {
  return (message?.blocks ?? []).flatMap(buttonsOf).map((button) => button.text.text);
}

describe("every message keeps Slack's limits and reaches nobody by accident", () => {
  it('about hostile incidents', () => {
    fc.assert(
      fc.property(
        hostileIncident,
        hostilePolicy,
        fc.array(hostileIncident, { maxLength: 12 }),
        fc.array(hostileRow, { maxLength: 12 }),
        (one, rules, others, rows) => {
          const numbered = others.map((other, index) => ({ ...other, id: incidentId(index + 1) }));
          const shown = { incident: one, policy: rules, at: night };
          for (const message of [
            statusCard(shown),
            incidentStatus(shown, rows),
            announcement({ incident: one }),
            originAnswer(one),
            declarerAnswer(one),
            noRoom(one),
            incidentList(numbered),
            menu({ openIncidents: numbered, room: null }),
            menu({ openIncidents: numbered, room: one }),
          ]) {
            expect(brokenByMessage(message)).toEqual([]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('about hostile rows', () => {
    fc.assert(
      fc.property(
        hostileIncident,
        hostilePolicy,
        hostileRow,
        fc.array(hostileRow, { minLength: 1, maxLength: 60 }),
        (one, rules, told, burst) => {
          const message = tellRow({ incident: one, row: told, policy: rules });
          expect(message === null ? [] : brokenByMessage(message)).toEqual([]);
          expect(brokenByMessage(tellSignals({ incident: one, rows: burst }))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('with hostile words to one person', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        for (const message of [
          done(one),
          misunderstoodMessage(one),
          broken(one),
          notSaved(),
          noSuchIncident(one),
          help(one),
          done(failureInWords(one, other)),
          refusalMessage({
            type: 'refused',
            text: one,
            offers: [
              { label: other, incident: incident.id, command: { name: 'join', page: null, said: false } },
              { label: one, incident: incident.id, command: { name: 'resolve', reason: other, confirmed: true } },
            ],
          }),
        ]) {
          expect(brokenByMessage(message)).toEqual([]);
        }
      }),
    );
  });

  it('with a hundred responders and a hundred alarms', () => {
    const crowd: Incident = {
      ...incident,
      title: 'W'.repeat(300),
      responders: Array.from({ length: 100 }, (_, index) => ({
        person: person(`U1${String(index).padStart(4, '0')}`),
        state: 'paged',
        since: night,
        asked: null,
        because: null,
      })),
      watches: Array.from({ length: 100 }, (_, index) => ({
        ...watch,
        alarm: `arn:${index}`,
        name: `${'<alarm>'.repeat(30)}${index}`,
      })),
    };
    const card = statusCard({ incident: crowd, policy, at: night });
    expect(brokenByMessage(card)).toEqual([]);
    expect(asRead(card)).toContain('100 paged, no answer yet');
    expect(asRead(card)).toMatch(/… and 9\d more/);
    const many = crowd.responders.map((responder) => ({ person: responder.person, because: 'x'.repeat(500) }));
    const report = inviteReport({ invited: 0, failed: many });
    expect(report === null ? ['no report'] : brokenByMessage(report)).toEqual([]);
    expect(report?.text).toBe('0 of 100 people are invited; 100 could not be.');
  });
});

describe('the status card', () => {
  const buttons: { readonly [status: string]: readonly string[] } = {
    investigating: ["I'm On It", 'Lead', 'Page', 'Mitigated'],
    identified: ["I'm On It", 'Lead', 'Page', 'Mitigated'],
    mitigated: ["I'm On It", 'Lead', 'Page', 'Resolved'],
    resolved: ['Close', 'Reopen'],
    closed: [],
    cancelled: [],
  };

  it.each(statuses)('offers what applies while %s', (status) => {
    expect(labels(statusCard({ incident: { ...incident, status }, policy, at: night }))).toEqual(buttons[status]);
  });

  it('does not ask for a commander when there is one', () => {
    const led = { ...incident, roles: { ...incident.roles, commander: ben } };
    expect(labels(statusCard({ incident: led, policy, at: night }))).not.toContain('Lead');
  });

  it('says that nothing watches', () => {
    expect(asRead(statusCard({ incident: { ...incident, watches: [] }, policy, at: night }))).toContain(
      'Nothing watches this: you decide.',
    );
  });

  it('marks a test', () => {
    const card = statusCard({ incident: { ...incident, test: true }, policy, at: night });
    expect(asRead(card)).toContain('# [TEST] INC-12');
    expect(card.text).toContain('[TEST]');
  });
});

describe('what the room is told', () => {
  function told(event: Parameters<typeof row>[0], text: string, about: Partial<Incident> = {}): Message | null {
    return tellRow({ incident: { ...incident, ...about }, row: row(event, text), policy });
  }

  it('nothing about what it sees already', () => {
    expect(told({ kind: 'noted', noteKind: 'note', said: true }, 'said in the room')).toBeNull();
    expect(told({ kind: 'responder active', person: ben }, '<@U0BEN> is on it.')).toBeNull();
    expect(told({ kind: 'alarms changed', changes: [] }, 'green')).toBeNull();
  });

  it('who leads is asked of whoever declared, of nobody when an alarm did or when it is settled', () => {
    const opened = { kind: 'room opened', channel: 'C0ROOM', name: 'inc-12' } as const;
    expect(told(opened, 'opened')?.text).toBe("<@U0ANA>, will you lead? If you can't, anyone else may.");
    expect(told(opened, 'opened', { declaredBy: { type: 'alarm', name: 'x' } })).toBeNull();
    expect(told(opened, 'opened', { roles: { ...incident.roles, commander: ana } })).toBeNull();
    expect(told(opened, 'opened', { status: 'cancelled' })).toBeNull();
  });

  it('undo is offered only for what is still the last word', () => {
    const over = { status: 'mitigated', undoTo: 'investigating' } as const;
    expect(labels(told({ kind: 'mitigated' }, 'Mitigated: x', over))).toEqual(['Undo']);
    expect(labels(told({ kind: 'mitigated' }, 'Mitigated: x', { ...over, status: 'resolved' }))).toEqual([]);
    expect(labels(told({ kind: 'mitigated' }, 'Mitigated: x', { ...over, undoTo: null }))).toEqual([]);
  });

  it('a person who answered already is not asked again', () => {
    const paged = {
      kind: 'people paged',
      page: 'service:checkout',
      level: 0,
      call: 1,
      people: [ana, ben],
      repeatAt: night,
      climbAt: night,
    } as const;
    const taken: Page = { ...page, ended: 'answered', takenBy: ana };
    const both = told(paged, 'Paged.', { pages: [taken] });
    expect(both?.text).toMatch(/^<@U0BEN>: /);
    expect(labels(both)).toEqual(["I'm On It", 'Pass It On']);
    const alone = told({ ...paged, people: [ana] }, 'Paged.', { pages: [taken] });
    expect(alone?.text).toBe('1 person was paged for checkout.');
    expect(labels(alone)).toEqual([]);
  });

  it('an alarm that speaks of people reaches none of them', () => {
    const machine = row({ kind: 'relapsed', alarms: [watch.alarm] }, 'x <@U0BEN> <!channel> is red', {
      actor: { type: 'alarm', name: 'x' },
    });
    expect(tellRelapse(incident, [machine]).text).toBe('x &lt;@U0BEN&gt; &lt;!channel&gt; is red');
    const signal = row({ kind: 'signalled', signalKind: 'change', adopted: false }, '<@U0BEN> deployed', {
      actor: { type: 'webhook', name: '<!here>' },
    });
    expect(tellSignals({ incident, rows: [signal] }).text).toBe(
      'INC-12: 1 signal from machines, change by &lt;!here&gt;: &lt;@U0BEN&gt; deployed',
    );
  });

  it('a proof of recovery that was lost again asks for nothing', () => {
    const lost = told({ kind: 'recovery proved' }, 'Recovery proved: x.');
    expect(lost?.text).toBe('Recovery proved: x.\nSince then this has changed: see the status card.');
    expect(labels(lost)).toEqual([]);
  });

  it('recovery asks for what is left to confirm', () => {
    const green = { watches: [{ ...watch, verdict: 'ok' as const }], recoveredAt: watch.since };
    expect(labels(told({ kind: 'recovery proved' }, 'Recovery proved.', green))).toEqual(['Resolved', 'Mitigated']);
    expect(labels(told({ kind: 'recovery proved' }, 'Recovery proved.', { ...green, status: 'mitigated' }))).toEqual([
      'Resolved',
    ]);
    expect(labels(told({ kind: 'recovery proved' }, 'Recovery proved.', { ...green, status: 'resolved' }))).toEqual([]);
  });
});

describe('answers to one person', () => {
  it('a refusal is said word for word, with a button for each offer', () => {
    const message = refusalMessage({
      type: 'refused',
      text: 'INC-7 is already open on checkout: <!channel>. Ask <@U0CLEO>.',
      offers: [
        { label: 'Join INC-7', incident: incidentId(7), command: { name: 'join', page: null, said: false } },
        {
          label: 'Take It Over',
          incident: incidentId(7),
          command: { name: 'give role', role: 'commander', person: cleo },
        },
      ],
    });
    expect(message.text).toBe('INC-7 is already open on checkout: &lt;!channel&gt;. Ask <@U0CLEO>.');
    expect(labels(message)).toEqual(['Join INC-7', 'Take It Over']);
  });

  it('an offer that fits no button is said to be too long', () => {
    const message = refusalMessage({
      type: 'confirm',
      text: 'Sure?',
      offers: [
        {
          label: 'Yes',
          incident: incident.id,
          command: { name: 'resolve', reason: 'x'.repeat(2000), confirmed: true },
        },
      ],
    });
    expect(message.text).toContain('too long for a button');
    expect(labels(message)).toEqual([]);
  });

  it('every command has a help of its own', () => {
    for (const name of subcommandNames) expect(help(name).text).toContain(`/incident ${name}`);
    expect(help('statsu').text).toContain('/incident status');
    expect(help('xyzzy').text).toContain('I have no help on that.');
  });

  it("the menu's buttons mean something", () => {
    const rooms = [null, incident, { ...incident, status: 'closed' as const }];
    const buttons = rooms.flatMap((room) => menu({ openIncidents: [incident], room }).blocks.flatMap(buttonsOf));
    expect(buttons.length).toBeGreaterThan(10);
    expect(buttons.filter(({ value }) => decodeAction({ value, by: ana }) === null)).toEqual([]);
  });
});
