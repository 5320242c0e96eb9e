import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRecording } from '../../src/replay/recording.ts';
import type { Recording } from '../../src/replay/recording.ts';

const event = { at: '2026-11-20T14:05:00Z', actor_role: 'on-call', kind: 'observation', text: 'errors' };
const file = {
  title: 'Checkout fails',
  source: ['made up'],
  started_at: '2026-11-20T14:00:00Z',
  severity: 'SEV2',
  events: [event],
  published_summary_facts: [],
};

function read(value: unknown): Recording {
  const reading = parseRecording(JSON.stringify(value), 'file.json');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.recording;
}

function problems(value: unknown): readonly string[] {
  const reading = parseRecording(JSON.stringify(value), 'file.json');
  return reading.ok ? [] : reading.problems;
}

function fixture(name: string): Recording {
  const json = readFileSync(new URL(`../fixtures/recordings/${name}.json`, import.meta.url), 'utf8');
  const reading = parseRecording(json, `${name}.json`);
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.recording;
}

function hours({ events }: Recording): number {
  return ((events.at(-1)?.at ?? 0) - (events[0]?.at ?? 0)) / 3_600_000;
}

test('a recording is read with its events in the order of time', () => {
  const later = { ...event, at: '2026-11-20T15:04:00+01:00', text: 'earlier' };
  expect(read({ ...file, events: [event, later] })).toEqual({
    title: 'Checkout fails',
    severity: 'SEV2',
    events: [
      {
        at: Date.parse('2026-11-20T14:04:00Z'),
        role: 'on-call',
        kind: 'observation',
        text: 'earlier',
        visibility: 'live',
      },
      {
        at: Date.parse('2026-11-20T14:05:00Z'),
        role: 'on-call',
        kind: 'observation',
        text: 'errors',
        visibility: 'live',
      },
    ],
  });
});

test('events of the same moment keep the order of the file', () => {
  const events = ['one', 'two', 'three'].map((text) => ({ ...event, text }));
  expect(read({ ...file, events }).events.map((each) => each.text)).toEqual(['one', 'two', 'three']);
});

test('what was known only afterwards does not get through the door', () => {
  const secret = 'known only afterwards';
  const recording = read({
    ...file,
    published_summary_facts: [secret],
    traps: [secret],
    roles: { 'on-call': secret },
    events: [
      { ...event, note: secret, in_published_timeline: true, at_precision: 'exact' },
      { ...event, visibility: 'retro', text: secret },
    ],
  });
  expect(JSON.stringify(recording)).not.toContain(secret);
  expect(Object.keys(recording).toSorted()).toEqual(['events', 'severity', 'title']);
  expect(recording.events.map((each) => Object.keys(each).toSorted())).toEqual([
    ['at', 'kind', 'role', 'text', 'visibility'],
  ]);
});

test.each([
  ['title', { ...file, title: undefined }],
  ['title', { ...file, title: '  ' }],
  ['source', { ...file, source: 'made up' }],
  ['started_at', { ...file, started_at: 'yesterday' }],
  ['ended_at', { ...file, ended_at: 5 }],
  ['severity', { ...file, severity: 'high' }],
  ['events', { ...file, events: {} }],
  ['events', { ...file, events: [] }],
  ['events', { ...file, events: [{ ...event, visibility: 'retro' }] }],
  ['events[1]', { ...file, events: [event, 'text'] }],
  ['events[1].at', { ...file, events: [event, { ...event, at: '2026-02-30T10:00:00Z' }] }],
  ['events[1].at', { ...file, events: [event, { ...event, at: '2026-11-20T14:05:00' }] }],
  ['events[0].actor_role', { ...file, events: [{ ...event, actor_role: null }] }],
  ['events[0].kind', { ...file, events: [{ ...event, kind: 'gossip' }] }],
  ['events[0].text', { ...file, events: [{ ...event, text: 'x'.repeat(3001) }] }],
  ['events[0].visibility', { ...file, events: [{ ...event, visibility: 'secret' }] }],
  ['published_summary_facts', { ...file, published_summary_facts: undefined }],
])('a wrong %s is named', (field, value) => {
  expect(problems(value)).toEqual([expect.stringMatching(new RegExp(`^file\\.json: ${escape(field)}: must .`))]);
});

function escape(text: string): string {
  return text.replace(/[.[\]]/g, '\\$&');
}

test('everything that is wrong is named together, within reason', () => {
  expect(problems({ ...file, title: 1, severity: 1 })).toHaveLength(2);
  expect(problems({ ...file, events: Array.from({ length: 100 }, () => 1) })).toHaveLength(20);
});

test('what is no object, or no JSON at all, is refused', () => {
  expect(problems([])).toEqual(['file.json: must be an object with the fields of a recorded incident']);
  expect(parseRecording('{', 'file.json')).toEqual({ ok: false, problems: ['file.json: is not JSON'] });
});

test('whatever the file holds, it is read or refused in words', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const reading = parseRecording(json, 'file.json');
      expect(reading.ok || reading.problems.every((problem) => problem.startsWith('file.json: '))).toBe(true);
    }),
  );
});

test('the recorded outage of under two hours can be read', () => {
  const recording = fixture('backbone-router-attracts-all-traffic');
  expect(hours(recording)).toBeLessThan(2);
  expect(recording.events).toHaveLength(13);
});

test('the recorded outage of over ten hours can be read', () => {
  const recording = fixture('parcel-tracking-stands-still');
  expect(hours(recording)).toBeGreaterThan(10);
  expect(recording.events).toHaveLength(27);
});

test.each(['backbone-router-attracts-all-traffic', 'parcel-tracking-stands-still'])(
  '%s holds people, machines, a hypothesis and its drop',
  (name) => {
    const { events } = fixture(name);
    expect(new Set(events.map((each) => each.visibility))).toEqual(new Set(['live', 'feed']));
    const kinds = events.map((each) => each.kind);
    expect(kinds.indexOf('hypothesis')).toBeGreaterThan(-1);
    expect(kinds.indexOf('hypothesis_dropped')).toBeGreaterThan(kinds.indexOf('hypothesis'));
  },
);
