import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chart, Mark, Series, Threshold } from '../../src/export/chart.ts';
import { describeChart } from '../../src/export/describe-chart.ts';
import { drawChart } from '../../src/export/draw-chart.ts';
import { textWidth } from '../../src/export/svg-text.ts';

const minute = 60_000;
const start = Date.parse('2026-11-20T02:10:00Z');
const at = (minutes: number): number => start + minutes * minute;

const above80: Threshold = { value: 80, label: 'threshold', breach: 'above' };

/** One value a minute; `null`: there is none. */
function sampled(values: readonly (number | null)[], name = '5xx'): Series {
  const points = values.flatMap((value, index) => (value === null ? [] : [{ at: at(index), value }]));
  return { name, points, kind: { type: 'sampled', everyMillis: minute } };
}

function values(count: number, valueAt: (index: number) => number | null): readonly (number | null)[] {
  return Array.from({ length: count }, (_, index) => valueAt(index));
}

/** Three errors a minute, 91 of them from 02:31 to 02:52, then a dozen. */
const outage = sampled(values(60, (index) => (index < 21 ? 3 : index < 42 ? 91 - (index % 5) : 12)));

function chartOf(series: readonly Series[], given: Partial<Chart> = {}): Chart {
  const usual = { title: 'checkout-5xx', width: 900, height: 300, from: start, to: at(60), thresholds: [], marks: [] };
  return { ...usual, series, ...given };
}

const checkout = chartOf([outage], {
  thresholds: [above80],
  marks: [
    { at: at(40), label: 'mitigated' },
    { at: at(23), label: 'declared' },
  ],
});

type Text = { readonly x: number; readonly y: number; readonly anchor: string; readonly words: string };

function textsOf(svg: string): readonly Text[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = '', words = '']) => {
    const read = (name: string): string => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    return { x: Number(read('x')), y: Number(read('y')), anchor: read('text-anchor'), words };
  });
}

function wordsOf(svg: string): readonly string[] {
  return textsOf(svg).map(({ words }) => words);
}

/** The lines of the series. */
function curvesOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<path d="([^"]*)" fill="none" stroke="[^"]*" stroke-width="2.5"/g)].map(
    ([, path = '']) => path,
  );
}

describe('in words', () => {
  test('a chart tells its span, its range, when it was on the wrong side, its last value and its marks', () => {
    expect(describeChart(checkout)).toBe(
      'checkout-5xx from 02:10 to 03:10 UTC: between 3 and 91, above the threshold of 80 from 02:31 to 02:52, last 12 at 03:09. Marked: declared 02:33, mitigated 02:50.',
    );
  });

  test('what still goes wrong at the end is told as going on', () => {
    const series = sampled(values(60, (index) => (index < 21 ? 3 : 91)));
    expect(describeChart(chartOf([series], { thresholds: [above80] }))).toBe(
      'checkout-5xx from 02:10 to 03:10 UTC: between 3 and 91, above the threshold of 80 since 02:31, last 91 at 03:09.',
    );
  });

  test('what went wrong until the data stopped is not told as going on', () => {
    const series = sampled(values(40, (index) => (index < 21 ? 3 : 91)));
    expect(describeChart(chartOf([series], { thresholds: [above80] }))).toBe(
      'checkout-5xx from 02:10 to 03:10 UTC: between 3 and 91, above the threshold of 80 from 02:31 to 02:50, last 91 at 02:49, no data since 02:50.',
    );
  });

  test('gaps are named, and data that is a little late is no gap', () => {
    const series = sampled(values(58, (index) => (index < 10 || (index >= 20 && index < 25) ? null : 7)));
    expect(describeChart(chartOf([series]))).toBe(
      'checkout-5xx from 02:10 to 03:10 UTC: always 7, no data until 02:20 and from 02:30 to 02:35.',
    );
  });

  test('many spells are counted rather than listed', () => {
    const series = sampled(values(60, (index) => (index % 10 < 2 ? 90 : 1)));
    expect(describeChart(chartOf([series], { thresholds: [above80] }))).toContain(
      'above the threshold of 80 in 6 stretches, first until 02:12, last from 03:00 to 03:02',
    );
  });

  test('each way of being wrong has its own word, and the border counts where it should', () => {
    const words = (['above', 'at or above', 'below', 'at or below'] as const).map((breach) =>
      describeChart(chartOf([sampled(values(60, () => 80))], { thresholds: [{ ...above80, breach }] })),
    );
    expect(words.map((one) => one.slice('checkout-5xx from 02:10 to 03:10 UTC: '.length))).toEqual([
      'always 80, never above the threshold of 80.',
      'always 80, at or above the threshold of 80 all the time.',
      'always 80, never below the threshold of 80.',
      'always 80, at or below the threshold of 80 all the time.',
    ]);
  });

  test('no data at all is said', () => {
    expect(describeChart(chartOf([sampled([])]))).toBe('checkout-5xx from 02:10 to 03:10 UTC: no data.');
    expect(describeChart(chartOf([]))).toBe('checkout-5xx from 02:10 to 03:10 UTC: no data.');
  });

  test('several series are told one by one, and those past the fifth are counted', () => {
    const series = values(7, (index) => index).map((value, index) => sampled([value], `host=web-${index}`));
    expect(describeChart(chartOf(series, { to: at(2) }))).toBe(
      'checkout-5xx from 02:10 to 02:12 UTC. host=web-0: last 0 at 02:10. host=web-1: last 1 at 02:10. host=web-2: last 2 at 02:10. host=web-3: last 3 at 02:10. host=web-4: last 4 at 02:10. And 2 more.',
    );
  });

  test('over midnight the day stands with the time', () => {
    const people: Series = {
      name: 'people',
      points: [
        { at: at(-10), value: 1 },
        { at: at(30), value: 9 },
        { at: at(25 * 60), value: 2 },
      ],
      kind: { type: 'held' },
    };
    const marks = [{ at: at(24 * 60), label: 'resolved' }];
    expect(describeChart(chartOf([people], { title: 'People in INC-42', to: at(26 * 60), marks }))).toBe(
      'People in INC-42 from 2026-11-20 02:10 to 2026-11-21 04:10 UTC: between 1 and 9, 2 at the end. Marked: resolved 2026-11-21 02:10.',
    );
  });

  test('the words stay within 1,900 characters and on one line, whatever the names say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 3000 }),
        (names, title) => {
          const series = names.map((name, index) =>
            sampled(
              values(60, (minute) => (minute * index) % 7),
              name,
            ),
          );
          const marks = names.map((label, index) => ({ at: at(index), label }));
          const words = describeChart(chartOf(series, { title, marks, thresholds: [above80, above80, above80] }));
          expect(words.length).toBeLessThanOrEqual(1900);
          expect(words).not.toMatch(/[\n\r]/);
          expect(words.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('drawn', () => {
  test('an outage looks as it was reviewed', async () => {
    await expect(drawChart(checkout)).toMatchFileSnapshot('../fixtures/checkout-5xx.svg');
  });

  test('the axes have round numbers and round times, and the date stands once', () => {
    const words = wordsOf(drawChart(checkout));
    expect(words).toEqual([
      'checkout-5xx',
      '2026-11-20, UTC',
      ...'0 20 40 60 80 100'.split(' '),
      ...'02:10 02:20 02:30 02:40 02:50 03:00 03:10'.split(' '),
      'threshold 80',
      'declared',
      'mitigated',
    ]);
  });

  test('numbers on the axis can be told apart, however small, large or close', () => {
    const numbers = fc.double({ min: -1e200, max: 1e200, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(numbers, fc.integer(), fc.double({ min: 0, max: 1e-3, noNaN: true })), { maxLength: 20 }),
        (some) => {
          const svg = drawChart(chartOf([sampled(some)]));
          const labels = textsOf(svg).filter(({ anchor, y }) => anchor === 'end' && y > 40);
          const words = labels.map(({ words }) => words);
          expect(words.length).toBeGreaterThan(1);
          expect(new Set(words).size).toBe(words.length);
          expect(svg).not.toMatch(/NaN|Infinity/);
        },
      ),
    );
  });

  test('counted things have whole numbers on their axis', () => {
    const words = wordsOf(drawChart(chartOf([sampled(values(60, (index) => index % 2))])));
    expect(words).toContain('1');
    expect(words.join(' ')).not.toContain('.');
  });

  test('a line breaks where data is missing, and the gap is shown', () => {
    const svg = drawChart(chartOf([sampled(values(60, (index) => (index >= 20 && index < 40 ? null : 5)))]));
    expect(curvesOf(svg)).toHaveLength(2);
    expect(wordsOf(svg)).toContain('no data');
    expect(curvesOf(drawChart(chartOf([sampled(values(60, () => 5))])))).toHaveLength(1);
  });

  test('a point that stands alone is a dot', () => {
    const svg = drawChart(chartOf([sampled(values(60, (index) => (index === 30 ? 5 : null)))]));
    expect(svg.match(/<circle /g)).toHaveLength(1);
    expect(curvesOf(svg)).toEqual([]);
  });

  test('what holds until it changes is drawn as steps to the end', () => {
    const points = [
      { at: at(-10), value: 1 },
      { at: at(30), value: 4 },
    ];
    const svg = drawChart(chartOf([{ name: 'people', points, kind: { type: 'held' } }]));
    expect(curvesOf(svg)).toEqual([expect.stringMatching(/^M[\d.]+ [\d.]+H[\d.]+V[\d.]+H876$/)]);
  });

  test('while nothing holds there is no line on the axis, only the steps that end there', () => {
    const points = [0, 2, 0].map((value, index) => ({ at: at(20 * index), value }));
    const svg = drawChart(chartOf([{ name: 'people', points, kind: { type: 'held' } }]));
    expect(curvesOf(svg)[0]?.replace(/[\d. ]+/g, '')).toBe('MMVHVM');
  });

  test('at most five series are drawn, each with its own dashes, and the others are counted', () => {
    const series = values(7, () => 1).map((_, index) => sampled([index, index + 1], `web-${index}`));
    const svg = drawChart(chartOf(series, { to: at(2) }));
    const names = wordsOf(svg).filter((words) => /^web|^\+/.test(words));
    expect(names).toEqual(['web-0', 'web-1', 'web-2', 'web-3', 'web-4', '+2']);
    const styles = [...svg.matchAll(/stroke-width="2.5"[^>]*/g)].map(([style]) => style);
    expect(new Set(styles).size).toBe(5);
  });

  test('labels of marks never meet, however close the marks are, and each mark has its line', () => {
    const marks = fc.array(
      fc.record({ minute: fc.integer({ min: 0, max: 60 }), label: fc.constantFrom('declared', 'SEV1', 'relapse') }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(marks, (given) => {
        const some = given.map(({ minute, label }): Mark => ({ at: at(minute), label }));
        const svg = drawChart(chartOf([outage], { marks: some }));
        const labels = textsOf(svg).filter(({ words }) => ['declared', 'SEV1', 'relapse'].includes(words));
        const boxes = labels.map(({ x, y, anchor, words }) => {
          const width = textWidth(words, 18);
          const left = anchor === 'end' ? x - width : x;
          return { left, right: left + width, y };
        });
        for (const [index, one] of boxes.entries()) {
          expect(one.left).toBeGreaterThanOrEqual(0);
          expect(one.right).toBeLessThanOrEqual(900);
          for (const other of boxes.slice(index + 1)) {
            expect(one.y !== other.y || one.right <= other.left || other.right <= one.left).toBe(true);
          }
        }
        expect(svg.match(/stroke-dasharray="2 3"/g) ?? []).toHaveLength(some.length);
      }),
    );
  });

  test('the label of a threshold stands where it hides no data', () => {
    const high = sampled(values(60, (index) => (index > 30 ? 85 : 3)));
    const low = sampled(values(60, (index) => (index > 30 ? 3 : 85)));
    const anchors = [high, low].map((series) => {
      const texts = textsOf(drawChart(chartOf([series], { thresholds: [above80] })));
      return texts.find(({ words }) => words === 'threshold 80')?.anchor;
    });
    expect(anchors).toEqual(['', 'end']);
  });

  test('titles, names and labels stay words', () => {
    const hostile = `</text><script>alert(1)</script>&amp;"'\u0000\u001b\ud800\uffff<image href="http://x"/>`;
    const svg = drawChart(
      chartOf([sampled([1, 2], hostile), sampled([2], 'b')], {
        title: hostile,
        thresholds: [{ ...above80, label: hostile }],
        marks: [{ at: at(3), label: hostile }],
      }),
    );
    expect(svg).not.toMatch(/<(?!\/?(?:svg|title|desc|rect|text|path|circle)[ >])/);
    expect(svg.isWellFormed()).toBe(true);
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\uffff]/);
  });

  test('a chart carries its words with it', () => {
    expect(drawChart(checkout)).toContain(`<desc>${describeChart(checkout)}</desc>`);
  });
});
