import { expect, test } from 'vitest';
import { toMarkdown } from '../../src/export/markdown.ts';
import type { IncidentEvent } from '../../src/incident/event.ts';
import type { IncidentId, PersonId } from '../../src/incident/incident.ts';
import { draftPostmortem } from '../../src/postmortem/draft.ts';
import type { Entry, Line, NoDraft, Postmortem } from '../../src/postmortem/postmortem.ts';
import { ana, arnOf, ben, checkoutAlarm, chi, incidentOf, people, person, record, system, watched } from './record.ts';
import type { RowBuilder } from './record.ts';

const second = 2 as IncidentId;

function write(from: RowBuilder, other: RowBuilder | null = null): Postmortem | NoDraft {
  const merged = other === null ? [] : [{ id: second, rows: other.rows }];
  return draftPostmortem({ incident: incidentOf(), rows: from.rows, merged, people, draftedAt: from.at('23:59') });
}

function draft(from: RowBuilder, other: RowBuilder | null = null): Postmortem {
  const made = write(from, other);
  if (made.type === 'no draft') throw new Error(made.text);
  return made;
}

function said(lines: readonly Line[]): readonly string[] {
  return lines.filter((line) => line.type === 'statement').map((line) => line.text);
}

function asked(lines: readonly Line[]): readonly string[] {
  return lines.filter((line) => line.type === 'question').map((line) => line.text);
}

function entries(made: Postmortem): readonly Entry[] {
  return made.timeline.filter((line) => line.type === 'entry');
}

function detected(by: 'alarm' | 'person', firstBreachAt: number | null): IncidentEvent {
  return { kind: 'detected', detection: { by, firstBreachAt } };
}

/** Opened by an alarm that was red for two and a half minutes. */
function opened(): RowBuilder {
  const built = record().declare('14:02:30', { by: checkoutAlarm });
  built.red('14:00', ['checkout-5xx'], { recordedAt: '14:02:30' });
  return built.row('14:02:30', detected('alarm', built.at('13:57')), 'Detected by checkout-5xx.', { by: system });
}

const proved = { kind: 'recovery proved' } as const;

test('detection by an alarm names the first breach, the alarm and the declaration, with both ends of each length', () => {
  const made = draft(opened());
  expect(said(made.detectionAndRecovery)[0]).toBe(
    'Detected by an alarm: checkout-5xx went red at 2026-11-20 14:00 UTC, 3 min after the first data point that breached (13:57 UTC). ' +
      'It was declared 2 min 30 s later (14:02 UTC).',
  );
  expect(made.detectionAndRecovery[0]?.rows).toEqual([1, 2, 3]);
  expect(made.facts).toContainEqual({ label: 'Detected', text: 'by an alarm', rows: [3] });
});

test('detection by a person is counted from the first breach where a machine saw one', () => {
  const built = record().declare('14:00');
  expect(said(draft(built).detectionAndRecovery)).toEqual(['Detected by a person: declared at 2026-11-20 14:00 UTC.']);
  built.row('14:01', detected('person', built.at('13:48')), 'Detected by a person.', { by: system });
  expect(said(draft(built).detectionAndRecovery)).toEqual([
    'Detected by a person: declared at 2026-11-20 14:00 UTC, 12 min after the first data point that breached (13:48 UTC).',
  ]);
});

test('a first breach that is learnt later replaces what was known', () => {
  const built = opened();
  built.row('14:20', detected('alarm', built.at('13:51')), 'CloudWatch’s history: first breach at 13:51 UTC.', {
    by: system,
  });
  expect(said(draft(built).detectionAndRecovery)[0]).toContain(
    '9 min after the first data point that breached (13:51 UTC)',
  );
});

test('a machine that declares without saying how it knew is asked about', () => {
  const made = draft(record().declare('14:00', { by: system }));
  expect(asked(made.detectionAndRecovery)).toEqual([
    'How was it noticed, and how long after it began? The record does not say.',
  ]);
});

test('recovery is told by the alarms’ own times, and its proof is counted from the last that turned green', () => {
  const built = opened()
    .red('14:05', ['checkout-latency'])
    .changed('14:30', 'ok', ['checkout-latency'], { recordedAt: '14:31' })
    .changed('14:42', 'ok', ['checkout-5xx'], { recordedAt: '14:43' })
    .row('14:53', proved, 'Recovery proved.', { by: system });
  const made = draft(built);
  expect(said(made.detectionAndRecovery).slice(1)).toEqual([
    'The last alarm turned green at 2026-11-20 14:42 UTC (checkout-5xx), 42 min after the first alarm went red (14:00 UTC).',
    'Recovery was proved at 2026-11-20 14:53 UTC, 11 min after the last alarm turned green (14:42 UTC).',
  ]);
  expect(made.facts).toContainEqual({ label: 'Last alarm green', text: '2026-11-20 14:42 UTC', rows: [6] });
});

test('an alarm that was red already when it was first read claims no beginning', () => {
  const built = record()
    .declare('14:00')
    .changed('14:00:30', 'alarm', ['checkout-5xx'], { from: null })
    .changed('14:20', 'ok', ['checkout-5xx'])
    .row('14:30', proved, 'Recovery proved.', { by: system });
  expect(said(draft(built).detectionAndRecovery)).toContain(
    'The last alarm turned green at 2026-11-20 14:20 UTC (checkout-5xx), 19 min 30 s after the first alarm was found red (14:00 UTC).',
  );
});

test('a proof that did not hold is not told as recovery', () => {
  const built = opened()
    .changed('14:10', 'ok', ['checkout-5xx'])
    .row('14:20', proved, 'Recovery proved.', { by: system })
    .changed('14:25', 'alarm', ['checkout-5xx'])
    .row('14:25', { kind: 'relapsed', alarms: [arnOf('checkout-5xx')] }, 'Red again.', { by: system });
  const lines = said(draft(built).detectionAndRecovery);
  expect(lines.some((line) => line.startsWith('Recovery was proved'))).toBe(false);
  expect(lines).toContain('checkout-5xx went red 2 times: 2026-11-20 14:00 UTC, 14:25 UTC.');
  expect(lines).toContain('Red at the end of the record: checkout-5xx (since 2026-11-20 14:25 UTC).');
});

test('after a reopening, also one by itself, recovery has to be proved anew', () => {
  const built = opened()
    .changed('14:10', 'ok', ['checkout-5xx'])
    .row('14:20', proved, 'Recovery proved.', { by: system })
    .row('14:21', { kind: 'resolved' }, 'Resolved.')
    .row(
      '14:33',
      { kind: 'reopened', byItself: true },
      'Reopened: checkout-5xx went red 12 min after it was resolved.',
      {
        by: system,
      },
    );
  const made = draft(built);
  expect(made.facts.map(({ label }) => label)).not.toContain('Last alarm green');
  expect(said(made.summary)).toContain(
    'Reopened by itself at 14:33 UTC, 30 min 30 s after the declaration (14:02 UTC): “checkout-5xx went red 12 min after it was resolved.”',
  );
});

test('many alarms in one row are counted, and the first ten stand below with their own times and reasons', () => {
  const built = record().declare('14:00').red('14:05', names(500));
  const [, storm] = entries(draft(built));
  const lines = (storm?.text ?? '').split('\n');
  expect(lines).toHaveLength(12);
  expect(lines.slice(0, 2)).toEqual(['500 alarms are red.', '14:05 alarm-1: 5 > 1']);
  expect(lines.at(-1)).toBe('and 490 more');
  expect(toMarkdown(draft(built))).toContain('500 alarms are red.  \n  14:05 alarm-1: 5 > 1  \n');
});

test('a long reason of a machine is shortened, and one alarm alone is told by the text', () => {
  const because = `Threshold Crossed: ${'1.5, '.repeat(200)}`;
  const alarms = names(2).map((name) => ({ watch: watched(name), since: 0, because }));
  const built = record().row('14:00', { kind: 'alarms joined', alarms }, '2 alarms are red.', { by: system });
  const [entry] = entries(draft(built));
  expect(entry?.text.split('\n').every((line) => line.length < 220)).toBe(true);
  expect(entry?.text).toContain('…');
  expect(entries(draft(record().red('14:00', ['a'])))[0]?.text).toBe('a is red: 5 > 1');
});

test('words that were removed take the alarms’ reasons with them', () => {
  const [row] = record().red('14:00', names(3)).rows;
  if (row === undefined) throw new Error('no row');
  const made = draftPostmortem({
    incident: incidentOf(),
    rows: [{ ...row, text: '' }],
    merged: [],
    people,
    draftedAt: 0,
  });
  expect(made.type === 'postmortem' ? entries(made)[0]?.text : null).toBe('');
});

test('people in the names and reasons of alarms stand as roles, and nothing in them pings', () => {
  const name = `<@${chi}>-cpu`;
  const alarms = [name, 'b'].map((each) => ({ watch: watched(each), since: 0, because: 'ask Chi Nguyễn <!channel>' }));
  const built = record()
    .row('14:00', { kind: 'alarms joined', alarms }, '2 alarms are red.', { by: system })
    .changed('14:10', 'alarm', [name]);
  const document = toMarkdown(draft(built));
  expect(document).not.toMatch(/U0000CHI3|Nguy|<!channel>/);
  expect(document).toContain('responder 1-cpu');
});

test('alarms that are gone, unknown or left out at the end are named, each with its row', () => {
  const made = draft(
    opened()
      .red('14:04', ['checkout-latency', 'orders-queue', 'old-stack'])
      .changed('14:20', 'unknown', ['old-stack'], { doubt: 'gone' })
      .changed('14:21', 'unknown', ['orders-queue'], { doubt: 'no data' })
      .row(
        '14:22',
        { kind: 'alarm discounted', alarm: arnOf('checkout-latency'), reason: 'it watches the canary' },
        "checkout-latency doesn't count here: it watches the canary",
      )
      .changed('14:30', 'ok', ['checkout-5xx'])
      .row('14:40', { kind: 'resolved' }, 'Resolved.'),
  );
  expect(said(made.detectionAndRecovery).slice(1)).toEqual([
    'Gone at the end: old-stack (since 2026-11-20 14:20 UTC).',
    'Not known at the end: orders-queue (no data, since 2026-11-20 14:21 UTC).',
    "checkout-latency did not count from 2026-11-20 14:22 UTC: “checkout-latency doesn't count here: it watches the canary”",
  ]);
  expect(asked(made.detectionAndRecovery)).toEqual(['How is it known that what orders-queue watches was well again?']);
  expect(made.detectionAndRecovery.map(({ rows }) => rows)).toEqual([[1, 2, 3], [5], [6], [6], [7]]);
});

test('an alarm that is not part of the incident is not told as one of it', () => {
  const built = opened()
    .red('14:03', ['billing'])
    .row('14:05', { kind: 'alarm separated', alarm: arnOf('billing') }, 'billing is not part of this incident.');
  expect(said(draft(built).detectionAndRecovery).join(' ')).not.toContain('billing');
});

test('times in which CloudWatch could not be read are told with both ends, or as lasting', () => {
  const place = 'eu-west-1 (production)';
  const built = opened().row('14:10', { kind: 'blinded', place }, 'Blind since 14:10 UTC: throttled.', { by: system });
  expect(said(draft(built).detectionAndRecovery)).toContain(
    'Alarms could not be read from 2026-11-20 14:10 UTC to the end of the record: “Blind since 14:10 UTC: throttled.”',
  );
  built.row('14:16', { kind: 'seen again', place }, 'It can be read again.', { by: system });
  expect(said(draft(built).detectionAndRecovery)).toContain(
    'Alarms could not be read from 2026-11-20 14:10 UTC to 14:16 UTC (6 min): “Blind since 14:10 UTC: throttled.”',
  );
});

test('an incident that may continue an earlier one says so', () => {
  const [row] = record().declare('14:00').rows;
  if (row?.event.kind !== 'declared') throw new Error('no declaration');
  const made = draft(record().row('14:00', { ...row.event, follows: 7 as IncidentId }, 'Declared.'));
  expect(made.facts).toContainEqual({ label: 'May continue', text: 'INC-7', rows: [1] });
});

/** INC-1, which took in INC-2 at 14:20; their rows were recorded in turns and are numbered together. */
function twoThatWereOne(): readonly [RowBuilder, RowBuilder] {
  const watch = {
    ...watched('search-errors'),
    verdict: 'alarm',
    since: 0,
    because: '',
    doubt: null,
    timing: null,
    reds: [],
    discounted: null,
  } as const;
  const one = record().declare('14:00').role('14:00', 'commander', ana);
  const two = record('2026-11-20', { after: 10 })
    .declare('14:05', { severity: 'SEV3', by: person(ben) })
    .role('14:06', 'commander', chi, { by: person(ben) })
    .red('13:55', ['search-errors'], { recordedAt: '14:07' })
    .note('14:10', 'hypothesis', 'the index is stale', { by: person(chi) })
    .note('14:12', 'impact', 'Search finds nothing', { by: person(chi) })
    .row('14:20', { kind: 'merged into', incident: 1 as IncidentId }, 'Merged into INC-1.', { by: person(chi) });
  const late = record('2026-11-20', { after: 20 })
    .row(
      '14:20',
      {
        kind: 'merged',
        incident: second,
        services: ['search'],
        watches: [watch],
        responders: [{ person: chi, state: 'active', since: 0, asked: null, because: null }],
        stabilisationMillis: null,
      },
      'INC-2 (Search is down) is the same incident.',
      { by: person(chi) },
    )
    .note('14:21', 'hypothesis dropped', 'not the network')
    .changed('14:30', 'ok', ['search-errors'])
    .row('14:40', proved, 'Recovery proved.', { by: system })
    .row('14:50', { kind: 'resolved' }, 'Resolved.');
  return [{ ...one, rows: [...one.rows, ...late.rows] }, two];
}

test('the draft of an incident that took in another holds both timelines, the other’s rows marked with its key', () => {
  const made = draft(...twoThatWereOne());
  expect(entries(made).map(({ row, of }) => [row, of])).toEqual([
    [13, 'INC-2'],
    [1, null],
    [2, null],
    [11, 'INC-2'],
    [12, 'INC-2'],
    [14, 'INC-2'],
    [15, 'INC-2'],
    [16, 'INC-2'],
    [21, null],
    [22, null],
    [23, null],
    [24, null],
    [25, null],
  ]);
  expect(made.origin.text).toContain('written from 13 timeline rows of INC-1, INC-2 and nothing else');
  expect(toMarkdown(made)).toContain('- 14:12 _INC-2_ **impact**, commander of INC-2: Search finds nothing [#15]\n');
});

test('status, severity and times stay those of the incident that went on, and the other is told beside it', () => {
  const made = draft(...twoThatWereOne());
  const facts = new Map(made.facts.map(({ label, text }) => [label, text]));
  expect(facts.get('Status')).toBe('resolved');
  expect(facts.get('Declared')).toBe('2026-11-20 14:00 UTC');
  expect(facts.get('Services')).toBe('checkout, search');
  expect(facts.get('Took in')).toBe('INC-2');
  expect(said(made.summary)).toContain(
    'INC-2 turned out to be the same incident at 2026-11-20 14:20 UTC; it had been declared by responder 2 at 14:05 UTC, ' +
      'and its 6 rows stand in the timeline, marked with its key.',
  );
  expect(said(made.impact)).toEqual([
    'Impact noted by commander of INC-2 at 14:12 UTC (INC-2): “Search finds nothing”',
    'SEV2 from 2026-11-20 14:00 UTC to 14:50 UTC (resolved): 50 min.',
    'SEV3 of INC-2 from 2026-11-20 14:05 UTC to 14:20 UTC (merged into): 15 min.',
  ]);
});

test('the alarms that the other incident brought along keep their own times', () => {
  const lines = said(draft(...twoThatWereOne()).detectionAndRecovery);
  expect(lines).toContain(
    'The last alarm turned green at 2026-11-20 14:30 UTC (search-errors), 35 min after the first alarm went red (13:55 UTC).',
  );
  expect(lines.slice(0, 2)).toEqual([
    'Detected by a person: declared at 2026-11-20 14:00 UTC.',
    'INC-2 was detected by a person: declared at 2026-11-20 14:05 UTC.',
  ]);
});

test('a hypothesis of one room is not dropped in the other', () => {
  const made = draft(...twoThatWereOne());
  expect(said(made.contributingFactors)).toContain(
    'Hypothesis at 2026-11-20 14:10 UTC, not dropped on the record (INC-2): “the index is stale”',
  );
});

test('a silence is one only when nothing happened in either room', () => {
  const one = record().declare('14:00').note('14:30', 'note', 'x');
  const two = record('2026-11-20', { after: 10 }).declare('14:10').note('14:20', 'note', 'y');
  expect(draft(one).timeline.filter(({ type }) => type === 'question')).toHaveLength(1);
  expect(draft(one, two).timeline.filter(({ type }) => type === 'question')).toEqual([]);
});

test('an incident that turned out to be part of another has no draft of its own', () => {
  const [, two] = twoThatWereOne();
  const incident = { ...incidentOf(), id: second };
  expect(draftPostmortem({ incident, rows: two.rows, merged: [], people, draftedAt: 0 })).toEqual({
    type: 'no draft',
    text: 'INC-2 turned out to be part of INC-1, whose draft holds both timelines.',
  });
});

test('people whom another incident brought along are known', () => {
  const [one, two] = twoThatWereOne();
  const unknown = 'U0UNKNOWN' as PersonId;
  const note = record('2026-11-20', { after: 30 }).note('14:51', 'note', `U0UNKNOWN and ${unknown} helped`);
  const brought = { state: 'active', since: 0, asked: null, because: null } as const;
  const rows = [...one.rows, ...note.rows].map((row) =>
    row.event.kind === 'merged'
      ? { ...row, event: { ...row.event, responders: [{ ...brought, person: unknown }] } }
      : row,
  );
  expect(toMarkdown(draft({ ...one, rows }, two))).not.toContain(unknown);
});

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `alarm-${index + 1}`);
}
