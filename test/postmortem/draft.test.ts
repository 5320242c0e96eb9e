import { expect, test } from 'vitest';
import { draftPostmortem } from '../../src/postmortem/draft.ts';
import type { Entry, Line, Postmortem, Question } from '../../src/postmortem/postmortem.ts';
import { ana, ben, chi, checkoutAlarm, incidentOf, people, person, record, system } from './record.ts';
import type { RowBuilder } from './record.ts';

function draft(from: RowBuilder): Postmortem {
  const made = draftPostmortem({
    incident: incidentOf(),
    rows: from.rows,
    merged: [],
    people,
    draftedAt: from.at('23:59'),
  });
  if (made.type === 'no draft') throw new Error(made.text);
  return made;
}

function said(lines: readonly Line[]): readonly string[] {
  return lines.filter((line) => line.type === 'statement').map((line) => line.text);
}

function asked(lines: readonly (Line | Entry)[]): readonly string[] {
  return lines.filter((line) => line.type === 'question').map((line) => line.text);
}

function gaps(from: RowBuilder): readonly Question[] {
  return draft(from).timeline.filter((line) => line.type === 'question');
}

function entries(from: RowBuilder): readonly Entry[] {
  return draft(from).timeline.filter((line) => line.type === 'entry');
}

const mitigated = { kind: 'mitigated' } as const;
const resolved = { kind: 'resolved' } as const;

test('an incident that its own alarm cancelled has no draft', () => {
  const rows = record()
    .declare('14:00', { by: checkoutAlarm })
    .row('14:05', { kind: 'cancelled', byItself: true }, 'Cancelled: the alarm cleared by itself.', {
      by: system,
    }).rows;
  expect(draftPostmortem({ incident: incidentOf(), rows, merged: [], people, draftedAt: 0 })).toEqual({
    type: 'no draft',
    text: 'INC-1 was cancelled when its alarm cleared before anyone acted, so it has no draft.',
  });
});

test('an incident that people cancelled has a draft', () => {
  const made = draft(
    record().declare('14:00').row('14:05', { kind: 'cancelled', byItself: false }, 'Cancelled: a drill next door'),
  );
  expect(said(made.summary)).toContain(
    'Cancelled at 14:05 UTC, 5 min after the declaration (14:00 UTC): “a drill next door”',
  );
});

test('without a timeline there is no draft', () => {
  expect(draftPostmortem({ incident: incidentOf(), rows: [], merged: [], people, draftedAt: 0 }).type).toBe('no draft');
});

test('durations are computed from the rows and name both end points', () => {
  const made = draft(
    record()
      .signal('13:42', 'trigger', 'deployed', { recordedAt: '13:47' })
      .declare('13:47', { severity: 'SEV3' })
      .row('13:50:30', { kind: 'severity changed', from: 'SEV3', to: 'SEV1' }, 'Severity SEV1 (was SEV3).')
      .row('14:07', mitigated, 'Mitigated: rolled back')
      .row('14:52', resolved, 'Resolved.'),
  );
  expect(said(made.summary)).toEqual([
    'Declared on 2026-11-20 13:47 UTC by responder 1 as SEV3, for checkout.',
    'The first machine signal on the record (trigger, deploys) is of 13:42 UTC, 5 min before the declaration (13:47 UTC).',
    'Mitigated at 14:07 UTC, 20 min after the declaration (13:47 UTC): “rolled back”',
    'Resolved at 14:52 UTC, 45 min after mitigation (14:07 UTC) and 1 h 5 min after the declaration (13:47 UTC).',
  ]);
  expect(said(made.impact)).toEqual([
    'SEV3 from 2026-11-20 13:47 UTC to 13:50 UTC (severity changed): 3 min 30 s.',
    'SEV1 from 2026-11-20 13:50 UTC to 14:52 UTC (resolved): 1 h 1 min.',
  ]);
});

test('statements point at exactly the rows they stand on', () => {
  const made = draft(record().declare('13:47').note('13:50', 'note', 'x').row('14:07', mitigated, 'Mitigated.'));
  const line = made.summary.find((candidate) => candidate.text.startsWith('Mitigated'));
  expect(line?.rows).toEqual([1, 3]);
});

test('a mitigation that was undone does not count', () => {
  const made = draft(
    record()
      .declare('13:47')
      .row('14:07', mitigated, 'Mitigated: rolled back')
      .row('14:09', { kind: 'undone', from: 'mitigated', to: 'investigating' }, 'Undone.')
      .row('14:20', mitigated, 'Mitigated: restarted'),
  );
  expect(made.facts.find((fact) => fact.label === 'Mitigated')?.text).toBe('2026-11-20 14:20 UTC');
  expect(said(made.summary).some((text) => text.includes('rolled back'))).toBe(false);
});

test('a reopening takes mitigation and resolution back, and undoing it restores them', () => {
  const built = record()
    .declare('13:47')
    .row('14:07', mitigated, 'Mitigated.')
    .row('14:10', resolved, 'Resolved.')
    .row('14:12', { kind: 'reopened', byItself: false }, 'Reopened: errors again');
  expect(draft(built).facts.map((fact) => fact.label)).toEqual([
    'Status',
    'Severity',
    'Services',
    'Detected',
    'Declared',
  ]);
  expect(said(draft(built).summary)).toContain(
    'Reopened at 14:12 UTC, 25 min after the declaration (13:47 UTC): “errors again”',
  );
  built.row('14:13', { kind: 'undone', from: 'investigating', to: 'resolved' }, 'Undone.');
  expect(draft(built).facts.map((fact) => fact.text)).toContain('2026-11-20 14:10 UTC');
});

test('what is not on the record is a question, not a claim', () => {
  const made = draft(record().row('13:47', { ...declaredUnknown() }, 'Declared.'));
  expect(asked(made.openQuestions)).toEqual([
    'When were users no longer affected? No mitigation stands on the record.',
    'When was service back to normal, and how was that known? No resolution stands on the record.',
    'How severe was it for users?',
    'Which services were affected?',
    'Who led? No commander is on the record.',
  ]);
  expect(said(made.wentWell)).toEqual([]);
  expect(said(made.contributingFactors)).toEqual([]);
  expect(asked(made.actionItems)[0]).toMatch(/^No action item is on the record yet\. What would .*\?$/);
});

function declaredUnknown() {
  const [row] = record().declare('13:47', { severity: null }).rows;
  if (row?.event.kind !== 'declared') throw new Error('no declaration');
  return { ...row.event, services: [] };
}

test('a silence of more than 15 minutes is a question in place', () => {
  const built = record('2018-10-22').declare('00:41').note('06:51', 'recovery', 'several clusters are back');
  expect(gaps(built)).toEqual([
    {
      type: 'question',
      text: 'Nothing is recorded between 00:41 and 06:51 UTC (6 h 10 min), #1 to #2. What happened then?',
      rows: [1, 2],
    },
  ]);
  expect(draft(built).timeline.map((line) => line.type)).toEqual(['entry', 'question', 'entry']);
});

test('a silence of exactly 15 minutes is none', () => {
  expect(gaps(record().declare('14:00').note('14:15', 'note', 'x'))).toEqual([]);
  expect(gaps(record().declare('14:00').note('14:15:01', 'note', 'x'))).toHaveLength(1);
});

test('silence before the declaration and after the resolution is no question, after a reopening it is', () => {
  const built = record()
    .signal('13:00', 'change', 'deployed', { recordedAt: '14:00' })
    .declare('14:00')
    .row('14:10', resolved, 'Resolved.')
    .note('15:00', 'note', 'x');
  expect(gaps(built)).toEqual([]);
  built.row('15:01', { kind: 'reopened', byItself: false }, 'Reopened.').note('16:00', 'note', 'y');
  expect(gaps(built).map((gap) => gap.rows)).toEqual([[5, 6]]);
});

test('a gap over midnight shows both days', () => {
  expect(gaps(record().declare('23:50').note('2026-11-21 00:30', 'note', 'x'))[0]?.text).toContain(
    'between 2026-11-20 23:50 and 2026-11-21 00:30 UTC (40 min)',
  );
});

test('every row stands in the timeline, housekeeping too, by the time it happened and then by number', () => {
  const built = record()
    .declare('14:00')
    .row('14:00', { kind: 'room opened', channel: 'C1', name: 'inc-1' }, 'War room opened: #inc-1', { by: system })
    .row('14:01', { kind: 'write failed', method: 'pins.add' }, 'The status card could not be pinned.', { by: system })
    .note('13:58', 'observation', 'errors began', { recordedAt: '14:02' });
  expect(entries(built).map((entry) => entry.row)).toEqual([4, 1, 2, 3]);
});

test('two accounts of the same minute are both shown', () => {
  const built = record().declare('14:00').note('14:05', 'observation', 'up').note('14:05', 'observation', 'down');
  expect(entries(built).map((entry) => entry.text)).toEqual([expect.any(String), 'up', 'down']);
});

test('what was recorded more than two minutes later is marked, a machine signal that was adopted is not', () => {
  const built = record()
    .signal('13:00', 'change', 'deployed', { recordedAt: '14:00' })
    .declare('14:00')
    .note('14:00', 'note', 'prompt', { recordedAt: '14:02' })
    .note('14:01', 'note', 'late', { recordedAt: '14:03:01' });
  expect(entries(built).map((entry) => entry.recordedLater)).toEqual([null, null, null, built.at('14:03:01')]);
});

test('a hypothesis stays a hypothesis, and its drop says so', () => {
  const made = draft(
    record()
      .declare('14:00')
      .note('14:05', 'hypothesis', 'an attack')
      .note('14:09', 'hypothesis dropped', 'ruled out')
      .note('14:10', 'hypothesis', 'a full pool'),
  );
  expect(said(made.contributingFactors)).toEqual([
    'Hypothesis at 2026-11-20 14:05 UTC, dropped at 2026-11-20 14:09 UTC: “an attack”',
    'Hypothesis dropped at 2026-11-20 14:09 UTC: “ruled out”',
    'Hypothesis at 2026-11-20 14:10 UTC, not dropped on the record: “a full pool”',
  ]);
  expect(made.timeline.flatMap((line) => (line.type === 'entry' ? [line.kind] : []))).toEqual([
    'declared',
    'hypothesis',
    'hypothesis dropped',
    'hypothesis',
  ]);
});

test('a drop with two hypotheses standing is not matched by guessing', () => {
  const made = draft(
    record()
      .declare('14:00')
      .note('14:05', 'hypothesis', 'an attack')
      .note('14:06', 'hypothesis', 'a full pool')
      .note('14:09', 'hypothesis dropped', 'ruled out'),
  );
  expect(asked(made.contributingFactors)).toContain('Which hypothesis was dropped with #4: #2 or #3?');
  expect(said(made.contributingFactors).slice(0, 2)).toEqual([
    'Hypothesis at 2026-11-20 14:05 UTC: “an attack”',
    'Hypothesis at 2026-11-20 14:06 UTC: “a full pool”',
  ]);
});

test('triggers, changes and setbacks are factors seen in the record, and later ones are told apart', () => {
  const made = draft(
    record()
      .signal('13:00', 'change', 'deployed', { recordedAt: '14:00' })
      .declare('14:00')
      .note('14:05', 'setback', 'rollback stuck')
      .row('14:10', mitigated, 'Mitigated.')
      .signal('14:20', 'change', 'deployed again'),
  );
  expect(said(made.contributingFactors)).toEqual([
    'Seen in the record: change at 2026-11-20 13:00 UTC: “deployed”',
    'Seen in the record: setback at 2026-11-20 14:05 UTC: “rollback stuck”',
    'Seen in the record after the mitigation: change at 2026-11-20 14:20 UTC: “deployed again”',
  ]);
});

test('what went well is told from rows: time to mitigation, recovery and who went on standby', () => {
  const made = draft(
    record()
      .declare('14:00')
      .row('14:10', mitigated, 'Mitigated.')
      .row('14:20', { kind: 'recovery proved' }, 'Green for 10 min.', { by: system })
      .row('14:21', { kind: 'responder stood down', person: ben }, `<@${ben}> stands by.`)
      .row('14:25', { kind: 'responder stood down', person: chi }, `<@${chi}> stands by.`),
  );
  expect(said(made.wentWell)).toEqual([
    'Mitigated at 2026-11-20 14:10 UTC, 10 min after the declaration (14:00 UTC).',
    'Recovery proved at 2026-11-20 14:20 UTC: “Green for 10 min.”',
    '2 people went on standby between 14:21 and 14:25 UTC.',
  ]);
});

test('a plan for later is no action item unless it calls itself one', () => {
  const built = record().declare('14:00').note('14:05', 'decision', 'Tomorrow we add an alarm');
  expect(said(draft(built).actionItems)).toEqual([]);
  built.note('14:06', 'note', 'Action item: add an alarm on pool size');
  expect(said(draft(built).actionItems)).toEqual([
    'Noted at 2026-11-20 14:06 UTC: “Action item: add an alarm on pool size”',
  ]);
});

test('wording that looks for fault is a question at the end, and the quote stays as it is', () => {
  const made = draft(record().declare('14:00').note('14:05', 'note', `<@${ben}> should have asked`));
  expect(asked(made.openQuestions)).toContainEqual(
    expect.stringMatching(/^Wording to look at: #2 “should have”: .*\?/),
  );
  expect(made.timeline.at(-1)).toMatchObject({ text: 'responder 2 should have asked' });
});

test('words that were removed from the record are not made up', () => {
  const built = record().declare('14:00').note('14:05', 'impact', '');
  expect(said(draft(built).impact)[0]).toBe('Impact noted by responder 1 at 14:05 UTC.');
});

test('a test says that it is one', () => {
  const [row] = record().declare('14:00').rows;
  if (row?.event.kind !== 'declared') throw new Error('no declaration');
  const made = draft(record().row('14:00', { ...row.event, test: true }, 'Test declared.', { by: person(ana) }));
  expect(made.facts[0]).toEqual({ label: 'Test', text: 'this incident was declared as a test', rows: [1] });
});
