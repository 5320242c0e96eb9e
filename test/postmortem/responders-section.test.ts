import { expect, test } from 'vitest';
import type { IncidentEvent } from '../../src/incident/event.ts';
import type { IncidentId, PersonId } from '../../src/incident/incident.ts';
import type { Responders } from '../../src/postmortem/postmortem.ts';
import { writeResponders } from '../../src/postmortem/responders-section.ts';
import { ana, ben, chi, record, type RowBuilder, system } from './record.ts';

function write(built: RowBuilder, now = '23:00'): Responders {
  const written = writeResponders([{ of: null, rows: built.rows }], built.at(now));
  if (written === null) throw new Error('nothing was written');
  return written;
}

function textOf({ lines }: Responders): string {
  return lines.map(({ text, rows }) => `${text} ${rows.map((row) => `#${row}`).join(' ')}`).join('\n');
}

const stoodDown = (person: PersonId): IncidentEvent => ({ kind: 'responder stood down', person });

/** Ana declares and leads, Ben and Chi come for checkout, Chi goes after the mitigation. */
function evening(): RowBuilder {
  return record()
    .declare('14:02')
    .role('14:02', 'commander', ana)
    .page('14:03', 'checkout', [ben, chi])
    .takes('14:08', 'checkout', ben)
    .takes('14:20', 'checkout', chi)
    .row('15:30', { kind: 'mitigated' }, 'Mitigated.')
    .row('15:40', stoodDown(chi), 'Chi stands by.');
}

test('one line tells the most, the end and the hours, each from when to when, with the rows it stands on', () => {
  const ended = evening().row('16:40', { kind: 'resolved' }, 'Resolved.');
  expect(textOf(write(ended))).toBe(
    '3 people at most (from 14:20 to 15:40 UTC), 2 at the end (16:40 UTC); 6.5 person-hours from 14:02 to 16:40 UTC: ' +
      'commander 2.6, checkout 3.9. #1 #6 #8 #9',
  );
});

test('while it goes on it is counted up to the draft', () => {
  const written = write(evening(), '16:02');
  expect(textOf(written)).toContain(
    '2 at the time of this draft (16:02 UTC); 5.2 person-hours from 14:02 to 16:02 UTC',
  );
  expect(written.attendance.map(({ label }) => label)).toEqual(['declared', 'most people', 'mitigated', 'this draft']);
});

test('the tables tell the same at each milestone, and what the time was given to', () => {
  const built = evening().row('16:40', { kind: 'resolved' }, 'Resolved.');
  const { attendance, efforts } = write(built);
  expect(attendance).toEqual([
    { at: built.at('14:02'), label: 'declared', active: 1, paged: 0, standby: 0 },
    { at: built.at('14:20'), label: 'most people', active: 3, paged: 0, standby: 0 },
    { at: built.at('15:30'), label: 'mitigated', active: 3, paged: 0, standby: 0 },
    { at: built.at('16:40'), label: 'resolved', active: 2, paged: 0, standby: 1 },
  ]);
  expect(efforts).toEqual([
    { name: 'commander', personHours: '2.6', from: built.at('14:02'), to: built.at('16:40') },
    { name: 'checkout', personHours: '3.9', from: built.at('14:08'), to: built.at('16:40') },
  ]);
});

test('over midnight and a change of the clocks the days stand with the times, in UTC', () => {
  const built = record('2026-10-24').declare('22:30').row('2026-10-25 03:30', { kind: 'resolved' }, 'Resolved.');
  expect(textOf(write(built))).toBe(
    '1 person at most (from 2026-10-24 22:30 to 2026-10-25 03:30 UTC), 1 at the end (2026-10-25 03:30 UTC); ' +
      '5.0 person-hours from 2026-10-24 22:30 to 2026-10-25 03:30 UTC: others 5.0. #1 #2',
  );
});

test('of an incident of a moment, and of one in which nobody was active, that is what is said', () => {
  const moment = record().declare('14:02').row('14:02', { kind: 'resolved' }, 'Resolved.');
  expect(textOf(write(moment))).toBe(
    '1 person at most (at 14:02 UTC), 1 at the end (14:02 UTC); 0.0 person-hours at 14:02 UTC. #1 #2',
  );
  expect(write(moment).attendance).toMatchObject([{ label: 'declared, resolved, most people' }]);
  const nobody = record()
    .declare('14:02', { by: system })
    .row('14:12', { kind: 'cancelled', byItself: false }, 'Cancelled.');
  expect(textOf(write(nobody))).toBe('Nobody was active from 14:02 to 14:12 UTC. #1 #2');
});

test('another incident that turned out to be the same is told up to then, and counts here from then on', () => {
  const into: IncidentEvent = { kind: 'merged into', incident: 1 as IncidentId };
  const two = record('2026-11-20', { after: 30 }).declare('14:30').row('15:00', into, 'Merged into INC-1.');
  const records = [
    { of: null, rows: evening().rows },
    { of: 'INC-2', rows: two.rows },
  ];
  expect(writeResponders(records, two.at('16:00'))?.lines[1]?.text).toBe(
    'INC-2, until it turned out to be the same incident: 1 person at most (from 14:30 to 15:00 UTC), 1 at the end (15:00 UTC); ' +
      '0.5 person-hours from 14:30 to 15:00 UTC: others 0.5.',
  );
});

test('without a declaration nothing is said', () => {
  expect(writeResponders([{ of: null, rows: record().note('14:00', 'note', 'x').rows }], 0)).toBeNull();
});
