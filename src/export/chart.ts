/** What a chart shows. It is drawn by `drawChart` and told in words by `describeChart`. */
import type { Instant } from '../incident/incident.ts';

export type Chart = {
  readonly title: string;
  /** Width and height are in pixels. */
  readonly width: number;
  readonly height: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly series: readonly Series[];
  readonly thresholds: readonly Threshold[];
  readonly marks: readonly Mark[];
};

export type Series = {
  readonly name: string;
  readonly points: readonly Point[];
  readonly kind:
    /** Each point stands for a period of this length; where none is, nothing is known. */
    | { readonly type: 'sampled'; readonly everyMillis: number }
    /** Each value holds until the next. */
    | { readonly type: 'held' };
};

export type Point = { readonly at: Instant; readonly value: number };

export type Threshold = {
  readonly value: number;
  /** Such as `threshold`. */
  readonly label: string;
  readonly breach: 'above' | 'at or above' | 'below' | 'at or below';
};

/** A moment, drawn as a vertical line. */
export type Mark = { readonly at: Instant; readonly label: string };

/** A point and the time that it stands for. */
export type Piece = Point & { readonly until: Instant };

/** Numbers beyond this leave no room to calculate. */
const largest = 1e300;

/** What of a series lies within the chart, in order, as stretches without a gap. */
export function stretchesOf({ from, to }: Chart, { kind, points }: Series): readonly (readonly Piece[])[] {
  const known = points
    .filter(({ at, value }) => Number.isFinite(at) && at <= to && Math.abs(value) < largest)
    .toSorted((a, b) => a.at - b.at);
  switch (kind.type) {
    case 'held': {
      const first = known.findLastIndex(({ at }) => at <= from);
      const kept = known.slice(Math.max(0, first));
      const pieces = kept.map(({ at, value }, index): Piece => {
        return { at: Math.max(at, from), value, until: kept[index + 1]?.at ?? to };
      });
      return pieces.length === 0 ? [] : [pieces];
    }
    case 'sampled': {
      const stretches: Piece[][] = [];
      for (const { at, value } of known.filter(({ at }) => at >= from)) {
        const piece = { at, value, until: Math.min(at + kind.everyMillis, to) };
        const before = stretches.at(-1)?.at(-1);
        if (before !== undefined && at - before.at <= 1.5 * kind.everyMillis) stretches.at(-1)?.push(piece);
        else stretches.push([piece]);
      }
      return stretches;
    }
  }
}

export type Span = {
  readonly from: Instant;
  readonly to: Instant;
  /** Whether it was still so at the end of the chart. */
  readonly lasts: boolean;
};

/** At the end of a chart a short silence is none: data comes late. */
function lateMillis({ kind }: Series): number {
  return kind.type === 'held' ? 0 : 3 * kind.everyMillis;
}

/** Where a sampled series has no data. */
export function gapsOf(chart: Chart, series: Series): readonly Span[] {
  if (series.kind.type === 'held') return [];
  const stretches = stretchesOf(chart, series);
  const ends = [chart.from, ...stretches.map((pieces) => pieces.at(-1)?.until ?? chart.from)];
  const starts = [...stretches.map(([first]) => first?.at ?? chart.to), chart.to];
  return ends.flatMap((from, index): readonly Span[] => {
    const to = starts[index] ?? chart.to;
    const inside = index > 0 && index < stretches.length;
    const lasts = index === stretches.length;
    return inside || to - from > lateMillis(series) ? [{ from, to, lasts }] : [];
  });
}

/** When a series was on the wrong side of a threshold. What nobody knows interrupts it. */
export function breachesOf(chart: Chart, series: Series, threshold: Threshold): readonly Span[] {
  const stretches = stretchesOf(chart, series);
  const spans: { from: Instant; to: Instant; lasts: boolean }[] = [];
  for (const pieces of stretches) {
    let running = false;
    for (const { at, until, value } of pieces) {
      const last = spans.at(-1);
      const wrong = breaches(value, threshold);
      if (wrong && running && last !== undefined) last.to = until;
      else if (wrong) spans.push({ from: at, to: until, lasts: false });
      running = wrong;
    }
  }
  const end = stretches.at(-1)?.at(-1)?.until ?? chart.from;
  return spans.map((span) => ({ ...span, lasts: span.to === end && chart.to - end <= lateMillis(series) }));
}

function breaches(value: number, threshold: Threshold): boolean {
  switch (threshold.breach) {
    case 'above':
      return value > threshold.value;
    case 'at or above':
      return value >= threshold.value;
    case 'below':
      return value < threshold.value;
    case 'at or below':
      return value <= threshold.value;
  }
}

/** Marks that lie within the chart, in order. */
export function marksOf({ from, to, marks }: Chart): readonly Mark[] {
  return marks.filter(({ at }) => at >= from && at <= to).toSorted((a, b) => a.at - b.at);
}
