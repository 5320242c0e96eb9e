import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent, TimelineRow } from '../../../src/incident/event.ts';
import type { Incident, Instant, PersonId } from '../../../src/incident/incident.ts';
import type { Page } from '../../../src/incident/page.ts';
import { raisedAnnouncement, unansweredAnnouncement } from '../../../src/slack/messages/announcement.ts';
import { tellStoodDown } from '../../../src/slack/messages/stand-down.ts';
import { tellPeople, type Told } from '../../../src/slack/messages/tell-people.ts';
import { tellRow } from '../../../src/slack/messages/tell-row.ts';
import { asRead } from '../as-read.ts';
import {
  ana,
  ben,
  cleo,
  hostileIncident,
  hostilePolicy,
  hostileRow,
  incident,
  night,
  page,
  person,
  policy,
  row,
} from '../incidents.ts';
import { brokenByMessage } from '../slack-limits.ts';

const minute = 60_000;
const dana = person('U0DANA');
const people = (count: number): readonly PersonId[] =>
  Array.from({ length: count }, (_, index) => person(`U1${String(index).padStart(9, '0')}`));

/** The rows as they were written, numbered and a minute apart. */
function written(...events: readonly IncidentEvent[]): readonly TimelineRow[] {
  return events.map((event, index) => row(event, 'x', { id: index + 1, occurredAt: night + index * minute }));
}

function told(
  rows: readonly TimelineRow[],
  which: number,
  over: { readonly incident?: Partial<Incident>; readonly quiet?: ReadonlyMap<PersonId, Instant>; at?: Instant } = {},
): readonly Told[] {
  const of = rows[which];
  if (of === undefined) throw new Error(`there is no row ${which}`);
  return tellPeople({
    incident: { ...incident, declaredBy: { type: 'alarm', name: 'x' }, pages: [page], ...over.incident },
    row: of,
    rows,
    policy,
    at: over.at ?? night,
    zones: new Map([[cleo, 'Africa/Nairobi']]),
    quiet: over.quiet ?? new Map(),
  });
}

function to(all: readonly Told[]): readonly PersonId[] {
  return all.map((each) => each.to);
}

const leads: IncidentEvent = { kind: 'role given', role: 'commander', person: ana, provisional: false };
const handedOver: IncidentEvent = { kind: 'role given', role: 'commander', person: dana, provisional: false };
const answered: IncidentEvent = { kind: 'page answered', page: page.key, person: ben, by: 'button' };

function paged(over: Partial<Extract<IncidentEvent, { kind: 'people paged' }>> = {}): IncidentEvent {
  return {
    kind: 'people paged',
    page: page.key,
    level: 0,
    call: 1,
    people: [ben, cleo],
    repeatAt: night,
    climbAt: night,
    ...over,
  };
}

describe('who is called', () => {
  it('each of fifty gets one direct message, and the room one message for all', () => {
    const fifty = people(50);
    const rows = written(paged({ people: fifty }));
    const [first] = rows;
    const letters = told(rows, 0);
    expect(to(letters)).toEqual(fifty);
    const room = first === undefined ? null : tellRow({ incident: { ...incident, pages: [page] }, row: first, policy });
    expect(room?.text.match(/<@U1\d+>/g)).toHaveLength(50);
    expect(room === null ? ['no message'] : brokenByMessage(room)).toEqual([]);
  });

  it('a hundred and twenty are mentioned up to a hundred, and counted', () => {
    const rows = written(paged({ people: people(120) }));
    const [first] = rows;
    const room = first === undefined ? null : tellRow({ incident: { ...incident, pages: [page] }, row: first, policy });
    expect(room?.text.match(/<@U1\d+>/g)).toHaveLength(100);
    expect(room?.text).toContain(' and 20 more: ');
  });

  it('a second call is short, and who is called with it for the first time reads the whole', () => {
    const rows = written(paged({ people: [ben] }), paged({ call: 2, people: [ben, cleo] }));
    const [again, first] = told(rows, 1);
    expect(again?.message.text).toMatch(/Still nobody for checkout: can you come\?/);
    expect(first?.message.text).toMatch(/^You are paged: .* Please come and help to repair checkout\./);
  });

  it('nobody is called any more who has come, gone, or was called again since', () => {
    expect(to(told(written(paged(), { kind: 'responder passed on', person: ben }), 0))).toEqual([cleo]);
    expect(to(told(written(paged(), { kind: 'responder active', person: cleo }), 0))).toEqual([ben]);
    expect(to(told(written(paged(), paged({ call: 2, people: [ben] })), 0))).toEqual([cleo]);
  });

  it('nobody is called once somebody took it, unless who was there before still asks for help', () => {
    const taken: Page = { ...page, ended: 'answered', takenBy: ben };
    const pages = { incident: { pages: [taken] } };
    expect(told(written(paged(), answered), 0, pages)).toEqual([]);
    expect(to(told(written(answered, paged({ people: [cleo] })), 1, pages))).toEqual([cleo]);
    const present: IncidentEvent = { kind: 'page answered', page: page.key, person: dana, by: 'presence' };
    expect(to(told(written(paged(), present), 0, pages))).toEqual([ben, cleo]);
    expect(told(written(paged()), 0, { incident: { pages: [{ ...page, ended: 'over' }] } })).toEqual([]);
  });

  it('a call that could not be made before its page went unanswered is made late, while users are affected', () => {
    const pages = [{ ...page, ended: 'unanswered' } as const];
    const rows = written(paged(), { kind: 'page ended', page: page.key, because: 'unanswered' });
    const [first] = rows;
    expect(to(told(rows, 0, { incident: { pages } }))).toEqual([ben, cleo]);
    expect(told(rows, 0, { incident: { pages, status: 'mitigated' } })).toEqual([]);
    const room = (status: Incident['status']): string | undefined =>
      first === undefined ? '' : tellRow({ incident: { ...incident, pages, status }, row: first, policy })?.text;
    expect(room('investigating')).toContain(`<@${cleo}>`);
    expect(room('mitigated')).not.toContain(`<@${cleo}>`);
  });

  it('a call from before the page was opened anew is not made up for', () => {
    expect(told(written(paged()), 0, { incident: { pages: [{ ...page, openedAt: night + minute }] } })).toEqual([]);
  });

  it('who may be asleep is told to the commander alone, and never of the first level', () => {
    const first = written(leads, paged({ people: [cleo] }));
    expect(to(told(first, 1))).toEqual([cleo]);
    const second = written(leads, paged({ level: 1, people: [ben, cleo] }));
    const late = row(paged({ level: 1, people: [ben, cleo] }), 'x', {
      id: 2,
      occurredAt: Date.UTC(2026, 2, 14, 0, 12),
    });
    const rows = [...second.slice(0, 1), late];
    const letters = told(rows, 1, { incident: { pages: [{ ...page, openedAt: 0 }] } });
    expect(to(letters)).toEqual([ben, cleo, ana]);
    expect(letters.at(-1)?.message.blocks.length).toBe(1);
    expect(JSON.stringify(letters.at(-1))).toContain('<@U0CLEO> 03:12 there');
    expect(JSON.stringify(letters.at(-1))).toContain('guess');
    for (const { message } of letters.slice(0, -1)) expect(JSON.stringify(message)).not.toContain('asleep');
  });

  it('the guess is about the time of the call, so that it never appears hours later', () => {
    const rows = written(leads, paged({ level: 1, people: [cleo] }));
    expect(to(told(rows, 1, { at: night + 600 * minute }))).toEqual([cleo, ana]);
    const morning = written(leads, paged({ level: 1, people: [cleo] })).map((each) => ({
      ...each,
      occurredAt: Date.UTC(2026, 2, 14, 9),
    }));
    expect(to(told(morning, 1, { at: Date.UTC(2026, 2, 14, 23) }))).toEqual([cleo]);
  });

  it('who spoke is shown the button while it matters', () => {
    const paused: IncidentEvent = {
      kind: 'page paused',
      page: page.key,
      person: ben,
      until: night + 5 * minute,
      repeatAt: night,
      climbAt: night,
    };
    expect(to(told(written(paused), 0))).toEqual([ben]);
    expect(told(written(paused), 0, { at: night + 5 * minute })).toEqual([]);
    expect(told(written(paused, { kind: 'responder passed on', person: ben }), 0)).toEqual([]);
  });
});

describe('who enters', () => {
  it('reads ten lines at most, once, however many pages they take with it', () => {
    const other: IncidentEvent = { kind: 'page answered', page: 'lead', person: ben, by: 'button' };
    const notes = (['impact', 'hypothesis', 'action', 'action', 'mitigation', 'action'] as const).map(
      (noteKind): IncidentEvent => ({ kind: 'noted', noteKind, said: false }),
    );
    const rows = written(...notes, answered, other);
    const [letter] = told(rows, notes.length);
    const lines = letter?.message.blocks.flatMap((block) =>
      (block.type === 'section' ? (block.text?.text ?? '') : '').split('\n'),
    );
    expect(lines?.length).toBeLessThanOrEqual(10);
    expect(lines?.at(-1)).toBe('What is asked of you: to help repair checkout.');
    expect(told(rows, notes.length + 1)).toEqual([]);
  });

  it('reads it again after they left, and not when they were there already', () => {
    const active: IncidentEvent = { kind: 'responder active', person: ben };
    const left: IncidentEvent = { kind: 'responder stood down', person: ben };
    const rows = written(active, active, left, active);
    expect([0, 1, 3].map((which) => told(rows, which).length)).toEqual([1, 0, 1]);
  });

  it('whoever declared it knows what it is about', () => {
    const declarer = { incident: { declaredBy: { type: 'person', person: ben } as const } };
    expect(told(written({ kind: 'responder active', person: ben }), 0, declarer)).toEqual([]);
  });
});

describe('what concerns the commander', () => {
  const suggested: IncidentEvent = { kind: 'stand down suggested', people: [{ person: cleo, because: 'x' }] };
  const unanswered: IncidentEvent = { kind: 'page ended', page: page.key, because: 'unanswered' };
  const kept: IncidentEvent = { kind: 'responder kept', person: cleo };

  it.each([suggested, unanswered, kept])('$kind is told to who led then, not to who leads by now', (event) => {
    expect(to(told(written(leads, event, handedOver), 1))).toEqual([ana]);
    expect(to(told(written(leads, handedOver, event), 2))).toEqual([dana]);
    expect(told(written(event, leads), 0)).toEqual([]);
    expect(told(written(leads, { kind: 'responder stood down', person: ana }, event), 2)).toEqual([]);
  });

  it('a suggestion of more people than a button holds means those suggested', () => {
    const many = people(130).map((each) => ({ person: each, because: 'x'.repeat(300) }));
    const [letter] = told(written(leads, { kind: 'stand down suggested', people: many }), 1);
    expect(letter === undefined ? ['nobody'] : brokenByMessage(letter.message)).toEqual([]);
    expect(asRead(letter?.message ?? { text: '', blocks: [] })).toContain(
      '[Ask Them] [Thank Them and Let Them Go] [Not Now]',
    );
  });
});

describe('who goes', () => {
  const stood: IncidentEvent = { kind: 'responder stood down', person: ben };

  it('is thanked in these words', () => {
    const [letter] = told(written(stood), 0);
    expect(letter?.message.text).toContain(
      "Thank you, we have what we need from you. You're on standby; the commander can call you back.",
    );
    expect(asRead(letter?.message ?? { text: '', blocks: [] })).toContain("[I'm Back]");
  });

  it('is not thanked after they have come back', () => {
    expect(told(written(stood, { kind: 'responder active', person: ben }), 0)).toEqual([]);
  });

  it('reads what happened since they left when they are called back', () => {
    const rows = written(
      { kind: 'noted', noteKind: 'action', said: false },
      stood,
      { kind: 'mitigated' },
      { kind: 'noted', noteKind: 'setback', said: false },
      paged({ page: 'recall:1', people: [ben, cleo] }),
    );
    const [back, other] = told(rows, 4, { incident: { pages: [{ ...page, key: 'recall:1' }] } });
    expect(back?.message.text.match(/^• /gm)).toHaveLength(2);
    expect(other?.message.text).not.toContain('Since you left');
  });
});

describe('every direct message', () => {
  it("keeps Slack's limits and reaches nobody by accident, whatever happened", () => {
    fc.assert(
      fc.property(
        hostileIncident,
        hostilePolicy,
        fc.array(hostileRow, { minLength: 1, maxLength: 12 }),
        (one, rules, happened) => {
          const rows = happened.map((each, index) => ({ ...each, id: index + 1 }));
          const hours = { zones: new Map([[ana, 'Africa/Nairobi']]), quiet: new Map([[ben, night]]) };
          for (const each of rows) {
            const sent = tellPeople({ incident: one, row: each, rows, policy: rules, at: night, ...hours });
            expect(sent.flatMap(({ message }) => brokenByMessage(message))).toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('and so do those that are about people elsewhere', () => {
    fc.assert(
      fc.property(hostileIncident, fc.array(hostileRow, { maxLength: 50 }), (one, rows) => {
        const [first = page] = one.pages;
        for (const message of [
          raisedAnnouncement(one, null),
          unansweredAnnouncement(one, first, night),
          tellStoodDown(rows),
        ]) {
          expect(brokenByMessage(message)).toEqual([]);
        }
      }),
    );
  });
});
