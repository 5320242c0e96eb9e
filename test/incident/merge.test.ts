import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/incident/incident.ts';
import { merge } from '../../src/incident/merge.ts';
import {
  afterPoll,
  ana,
  ask,
  begun,
  ben,
  by,
  chi,
  declared,
  eli,
  errors,
  happened,
  happeningsOf,
  askToDeclare,
  reading,
  refusalOf,
  staleIndex,
  start,
  stateOf,
} from './scenario.ts';

const into = afterPoll(declared(), start, reading(errors, 'alarm'));
const from = begun(
  happeningsOf(askToDeclare({ services: ['search'], severity: 'SEV1', title: 'Search is slow' }, { by: by(chi) })),
  by(chi),
  start,
  2,
);

function mergeNow(more: Partial<Parameters<typeof merge>[0]> = {}): ReturnType<typeof merge> {
  return merge({ from, into, by: by(ana), confirmed: true, ...more });
}

function merged(): { readonly from: Incident; readonly into: Incident } {
  const result = mergeNow();
  if (result.type !== 'merged') throw new Error(result.text);
  return { from: happened(from, result.from, by(ana)), into: happened(into, result.into, by(ana)) };
}

describe('two incidents that are one', () => {
  test('go on as one with the services, alarms, people and the worse severity of both', () => {
    const { into: one } = merged();
    expect(one).toMatchObject({
      services: ['checkout', 'search'],
      severity: 'SEV1',
      merged: [2],
      status: 'investigating',
    });
    expect(one.watches.map(({ alarm }) => alarm)).toContain(staleIndex.alarm);
    expect([ana, ben, chi].map((person) => stateOf(one, person))).toEqual(['active', 'paged', 'active']);
    expect(one.watches[0]?.verdict).toBe('alarm');
  });

  test('leave the other over, without a way back, and pointing at the one', () => {
    expect(merged().from).toMatchObject({ status: 'cancelled', mergedInto: 1, undoTo: null });
  });

  test('are merged once', () => {
    expect(mergeNow({ from: merged().from })).toEqual({ type: 'merged', from: [], into: [] });
  });

  test('are merged only after a confirmation, which a button can give', () => {
    const asked = mergeNow({ confirmed: false });
    expect(asked).toMatchObject({
      type: 'confirm',
      offers: [{ incident: 2, command: { name: 'merge', into: 1, confirmed: true } }],
    });
  });

  test('are refused in words when it makes no sense', () => {
    const words = [
      mergeNow({ from: into }),
      mergeNow({ into: { ...into, status: 'closed' } }),
      mergeNow({ from: { ...from, test: true } }),
      mergeNow({ by: by(eli) }),
    ].map((result) => (result.type === 'merged' ? null : result.text));
    expect(words).toEqual([
      "INC-1 can't be merged into itself.",
      "INC-1 is closed, so it can't be merged.",
      'A test and an incident can’t be merged.',
      "Only people who are working on INC-2 or INC-1 can do that. Press I'm On It first.",
    ]);
  });

  test('are one for good', () => {
    const decision = ask(merged().from, { name: 'reopen', reason: 'it is another after all' });
    expect(refusalOf(decision).text).toBe("INC-2 is part of INC-1, so it can't be reopened: please go on in INC-1.");
  });

  test('keep what is red together, although somebody separated it before', () => {
    const apart = { ...into, separated: [staleIndex.alarm] };
    const result = mergeNow({ from: afterPoll(from, start, reading(staleIndex, 'alarm')), into: apart });
    if (result.type !== 'merged') throw new Error(result.text);
    const one = happened(apart, result.into, by(ana));
    expect(one.watches.find(({ alarm }) => alarm === staleIndex.alarm)?.verdict).toBe('alarm');
    expect(one.separated).toEqual([]);
  });

  test('keep what somebody separated apart', () => {
    const apart = { ...into, separated: [staleIndex.alarm] };
    const result = mergeNow({ into: apart });
    if (result.type !== 'merged') throw new Error(result.text);
    expect(happened(apart, result.into, by(ana)).watches.map(({ alarm }) => alarm)).not.toContain(staleIndex.alarm);
  });
});
