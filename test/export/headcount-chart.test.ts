import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeChart } from '../../src/export/describe-chart.ts';
import { drawChart } from '../../src/export/draw-chart.ts';
import { headcountFileBeside, headcountFileName } from '../../src/export/file-name.ts';
import { headcountChart } from '../../src/export/headcount-chart.ts';
import type { TimelineRow } from '../../src/incident/event.ts';
import { readHeadcount } from '../../src/incident/headcount.ts';
import type { IncidentId } from '../../src/incident/incident.ts';
import { milestonesOf } from '../../src/incident/milestones.ts';
import { checkoutIncident } from '../postmortem/checkout-incident.ts';
import { ben, chi, record } from '../postmortem/record.ts';

const minute = 60_000;

function chartOf(rows: readonly TimelineRow[], now: number): ReturnType<typeof headcountChart> {
  const headcount = readHeadcount(rows, now);
  if (headcount === null) throw new Error('nothing was counted');
  return headcountChart({ incident: 12 as IncidentId, headcount, marks: milestonesOf(rows) });
}

test('the picture of a whole incident looks like this', async () => {
  const { rows } = checkoutIncident();
  await expect(drawChart(chartOf(rows, Infinity))).toMatchFileSnapshot('../fixtures/checkout-headcount.svg');
});

test('it is told in words, with the days where there are two', () => {
  const { rows } = checkoutIncident();
  expect(describeChart(chartOf(rows, Infinity))).toBe(
    'People in INC-12 from 2026-11-20 22:52 to 2026-11-21 01:02 UTC. active: between 1 and 3, 2 at the end. paged: between 0 and 1, 0 at the end. standby: between 0 and 1, 1 at the end. Marked: declared 22:52, mitigated 23:53, resolved 2026-11-21 01:02.',
  );
});

test('of an incident of a moment it shows a minute, and what does not change is told once', () => {
  const { rows, at } = record().declare('14:00');
  const chart = chartOf(rows, at('14:00'));
  expect(describeChart(chart)).toBe(
    'People in INC-12 from 14:00 to 14:01 UTC. active: always 1. paged: always 0. standby: always 0. Marked: declared 14:00.',
  );
  expect(drawChart(chart)).not.toMatch(/NaN|Infinity|undefined/);
});

test('however often it relapses, the marks stay few and keep the ends', () => {
  const built = record().declare('00:00');
  for (let index = 1; index < 60; index += 1) {
    built.row(`00:${String(index).padStart(2, '0')}`, { kind: 'relapsed', alarms: [] }, 'Red again.');
  }
  const { marks } = chartOf(built.row('01:00', { kind: 'resolved' }, 'Resolved.').rows, 0);
  expect(marks).toHaveLength(30);
  expect([marks[0]?.label, marks.at(-1)?.label]).toEqual(['declared', 'resolved']);
});

test('whatever happens the words fit beside a file in Slack, on one line, and the drawing holds numbers', () => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom('in', 'out', 'relapse', 'mitigated')),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (told) => {
      const built = record().declare('00:00');
      const [first] = built.rows;
      if (first === undefined) throw new Error('no row');
      const others = told.map(([minutes, what], index): TimelineRow => {
        const person = index % 2 === 0 ? ben : chi;
        const event = {
          in: { kind: 'responder active', person },
          out: { kind: 'responder stood down', person },
          relapse: { kind: 'relapsed', alarms: [] },
          mitigated: { kind: 'mitigated' },
        } as const;
        const at = first.occurredAt + minutes * minute;
        return { ...first, id: index + 2, event: event[what], occurredAt: at, recordedAt: at };
      });
      const chart = chartOf([first, ...others], first.occurredAt);
      expect(describeChart(chart).length).toBeLessThanOrEqual(1000);
      expect(describeChart(chart)).not.toContain('\n');
      expect(drawChart(chart)).not.toMatch(/NaN|Infinity|undefined/);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['x.md', 'x-headcount.svg'],
  ['/tmp/night.of.2026/draft', '/tmp/night.of.2026/draft-headcount.svg'],
  ['out/inc-1.postmortem.md', 'out/inc-1.postmortem-headcount.svg'],
  ['.md', '.md-headcount.svg'],
])('beside %s it is %s', (file, beside) => {
  expect(headcountFileBeside(file)).toBe(beside);
});

test('its own name holds nothing but the key', () => {
  expect(headcountFileName(12 as IncidentId)).toBe('inc-12-headcount.svg');
});
