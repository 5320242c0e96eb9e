import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toMarkdown } from '../../src/export/markdown.ts';
import { noteKinds, rowKind, signalKinds } from '../../src/incident/event.ts';
import type { IncidentEvent, TimelineRow, WatchedAlarm } from '../../src/incident/event.ts';
import type { Actor, IncidentId, PersonId, Verdict } from '../../src/incident/incident.ts';
import { checkBlameless } from '../../src/postmortem/blameless.ts';
import { draftPostmortem } from '../../src/postmortem/draft.ts';
import type { Line, Postmortem } from '../../src/postmortem/postmortem.ts';
import { ana, arnOf, ben, chi, incidentOf, people } from './record.ts';

const start = Date.parse('2026-11-20T22:00:00Z');
const someone = fc.constantFrom<PersonId>(ana, ben, chi, 'U0UNKNOWN' as PersonId);
const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        ...people.flatMap(({ id, names }) => [
          id,
          `<@${id}>`,
          `<@${id}|x>`,
          ...names,
          ...names.map((name) => `@${name}`),
        ]),
        ...'<!channel> &lt; &gt; < > # ]( ![ <b> ` is Will . should have'.split(' '),
        '\n',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(' ')),
);

const actor = fc.oneof<fc.Arbitrary<Actor>[]>(
  someone.map((person) => ({ type: 'person', person })),
  words.map((name) => ({ type: 'alarm', name })),
  words.map((name) => ({ type: 'webhook', name })),
  fc.constant({ type: 'timer' }),
  fc.constant({ type: 'system' }),
);

const declared: IncidentEvent = {
  kind: 'declared',
  title: 'Checkout fails',
  severity: null,
  services: [],
  test: false,
  origin: null,
  watches: [],
  stabilisationMillis: null,
  follows: null,
};

const alarm = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(fc.constantFrom('a', 'b'), words));
const watchOf = ([id, name]: readonly [string, string]): WatchedAlarm => ({ alarm: arnOf(id), name, service: null });
const verdict = fc.constantFrom<Verdict>('alarm', 'ok', 'unknown');
const moment = fc.integer({ min: 0, max: 400 }).map((minutes) => start + minutes * 60_000);

const event = fc.oneof<fc.Arbitrary<IncidentEvent>[]>(
  fc.constantFrom(...noteKinds).map((noteKind) => ({ kind: 'noted', noteKind, said: false })),
  fc
    .tuple(fc.constantFrom(...signalKinds), fc.boolean())
    .map(([signalKind, adopted]) => ({ kind: 'signalled', signalKind, adopted })),
  fc.constantFrom<IncidentEvent>(
    declared,
    { kind: 'identified' },
    { kind: 'mitigated' },
    { kind: 'resolved' },
    { kind: 'reopened', byItself: false },
    { kind: 'closed' },
    { kind: 'cancelled', byItself: false },
    { kind: 'undone', from: 'mitigated', to: 'investigating' },
    { kind: 'severity changed', from: null, to: 'SEV1' },
    { kind: 'recovery proved' },
    { kind: 'relapsed', alarms: [] },
  ),
  fc
    .tuple(fc.constantFrom('commander', 'communications', 'scribe'), someone)
    .map(([role, person]) => ({ kind: 'role given', role, person, provisional: false })),
  fc
    .constantFrom('responder stood down', 'responder active', 'responder passed on')
    .chain((kind) => someone.map((person) => ({ kind, person }))),
  fc.array(someone, { maxLength: 3 }).map((people) => ({ kind: 'responders recalled', people })),
  fc
    .array(fc.record({ watch: alarm.map(watchOf), since: moment, because: words }), { minLength: 1, maxLength: 15 })
    .map((alarms) => ({ kind: 'alarms joined', alarms })),
  fc.tuple(verdict, fc.array(fc.tuple(alarm, moment, words), { minLength: 1, maxLength: 15 })).map(([to, all]) => ({
    kind: 'alarms changed',
    changes: all.map(([[id], at, because]) => {
      const doubt = to === 'unknown' ? 'gone' : null;
      return { alarm: arnOf(id), from: null, to, doubt, because, at, timing: null };
    }),
  })),
  fc.constantFrom('alarm separated', 'alarm discounted', 'alarm trusted').chain((kind) =>
    alarm.map(([id]): IncidentEvent => {
      if (kind === 'alarm discounted') return { kind, alarm: arnOf(id), reason: 'x' };
      return kind === 'alarm trusted'
        ? { kind, alarm: arnOf(id), timing: null }
        : { kind: 'alarm separated', alarm: arnOf(id) };
    }),
  ),
  fc
    .tuple(fc.constantFrom('alarm', 'person'), fc.option(moment))
    .map(([by, firstBreachAt]) => ({ kind: 'detected', detection: { by, firstBreachAt } })),
  fc.constantFrom('blinded', 'seen again').chain((kind) => words.map((place) => ({ kind, place }))),
  fc.array(alarm, { maxLength: 3 }).map((all) => ({
    kind: 'merged',
    incident: 2 as IncidentId,
    services: ['search'],
    watches: all.map((each) => ({
      ...watchOf(each),
      verdict: 'alarm',
      since: start,
      because: '',
      doubt: null,
      timing: null,
      reds: [],
      discounted: null,
    })),
    responders: [{ person: ben, state: 'active', since: start, asked: null, because: null }],
    stabilisationMillis: null,
  })),
);

const rows = fc
  .array(
    fc.record({
      event,
      actor,
      text: words,
      occurred: fc.integer({ min: 0, max: 400 }),
      late: fc.integer({ min: 0, max: 10 }),
      link: fc.option(fc.oneof(fc.webUrl(), words)),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((all) =>
    all.map(({ event, actor, text, occurred, late, link }, index): TimelineRow => ({
      id: index + 1,
      occurredAt: start + occurred * 60_000,
      recordedAt: start + (occurred + late) * 60_000,
      actor,
      kind: rowKind(event),
      event,
      text,
      source: `test:${index}#0`,
      link,
    })),
  );

/** Some rows are those of an incident that turned out to be part of this one. */
function draft(from: readonly TimelineRow[], title = 'Checkout fails'): Postmortem {
  const merged = [{ id: 2 as IncidentId, rows: from.filter(({ id }) => id % 3 === 0) }];
  const rows = from.filter(({ id }) => id % 3 !== 0);
  const made = draftPostmortem({ incident: incidentOf(title), rows, merged, people, draftedAt: start });
  if (made.type === 'no draft') throw new Error(made.text);
  return made;
}

function linesOf(made: Postmortem): readonly Line[] {
  return [
    made.origin,
    ...made.summary,
    ...made.impact,
    ...made.detectionAndRecovery,
    ...made.timeline.filter((line) => line.type === 'question'),
    ...made.contributingFactors,
    ...made.wentWell,
    ...made.actionItems,
    ...made.openQuestions,
  ];
}

test('every statement stands on at least one row that exists, and every question asks', () => {
  fc.assert(
    fc.property(rows, (from) => {
      const made = draft(from);
      const ids = new Set(from.map((row) => row.id));
      const lines = linesOf(made);
      const claims = [...made.facts, ...lines.filter((line) => line.type === 'statement')];
      expect([...lines, ...claims].every((line) => line.rows.every((row) => ids.has(row)))).toBe(true);
      expect(claims.every((line) => line.rows.length > 0)).toBe(true);
      expect(lines.every((line) => line.type === 'statement' || line.text.includes('?'))).toBe(true);
    }),
  );
});

test('every row stands in the timeline once, in the order in which things happened', () => {
  fc.assert(
    fc.property(rows, (from) => {
      const entries = draft(from).timeline.filter((line) => line.type === 'entry');
      expect(entries.map((entry) => entry.row).toSorted((a, b) => a - b)).toEqual(from.map((row) => row.id));
      const times = entries.map((entry) => entry.occurredAt);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
  );
});

test('no id and no name of two words appears in the document, whatever is written', () => {
  fc.assert(
    fc.property(rows, words, (from, title) => {
      const document = toMarkdown(draft(from, title)).toLowerCase();
      for (const { id, names } of people) {
        expect(document).not.toContain(id.toLowerCase());
        for (const name of names.filter((each) => each.includes(' '))) {
          expect(document).not.toContain(name.toLowerCase());
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('between rows of an ongoing incident there is a question exactly where more than 15 minutes pass', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 * 60 }), { minLength: 1, maxLength: 20 }), (pauses) => {
      let at = start;
      const base = { recordedAt: at, actor: { type: 'system' }, text: 'x', link: null } as const;
      const from: TimelineRow[] = [
        { ...base, id: 1, occurredAt: at, kind: 'declared', event: declared, source: 'test:0#0' },
      ];
      for (const [index, seconds] of pauses.entries()) {
        at += seconds * 1000;
        const noted: IncidentEvent = { kind: 'noted', noteKind: 'note', said: true };
        from.push({
          ...base,
          id: index + 2,
          occurredAt: at,
          kind: 'note',
          event: noted,
          source: `test:${index + 1}#0`,
        });
      }
      const gaps = draft(from).timeline.filter((line) => line.type === 'question');
      const expected = pauses.flatMap((seconds, index) => (seconds > 15 * 60 ? [[index + 1, index + 2]] : []));
      expect(gaps.map((gap) => gap.rows)).toEqual(expected);
    }),
  );
});

test('the words of the draft itself are blameless', () => {
  fc.assert(
    fc.property(rows, (from) => {
      const silent = from.map((row): TimelineRow => ({ ...row, text: '', actor: { type: 'system' } }));
      for (const line of linesOf(draft(silent))) expect(checkBlameless(line.text)).toEqual([]);
    }),
  );
});
