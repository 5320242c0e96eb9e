/** Finds places for a chart's labels in which they hide neither each other nor the data. */
import type { Mark, Threshold } from './chart.ts';
import { writeValue } from './chart-scale.ts';
import { cutToWidth, textWidth } from './svg-text.ts';

/** Where the values are drawn, in pixels, and how times and values become pixels. */
export type Frame = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
};

export type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

export type PlacedMark = {
  readonly mark: Mark;
  readonly label: string;
  /** Counted from the top. `null`: there is no room for its label, only for its line. */
  readonly lane: number | null;
  /** Whether the label ends at the line rather than begins there. */
  readonly before: boolean;
};

/** More lanes than this would leave no room for the data. */
const mostLanes = 3;

/**
 * Gives each label a lane above the chart in which it meets no other. A line comes down from its label, so that it must not
 * meet the labels in the lanes below either.
 */
export function placeMarks(
  marks: readonly Mark[],
  { x, right, fontSize }: { readonly x: Frame['x']; readonly right: number; readonly fontSize: number },
): { readonly placed: readonly PlacedMark[]; readonly lanes: number } {
  const apart = 6;
  const ends: number[] = Array.from({ length: mostLanes }, () => -Infinity);
  const placed = marks.map((mark): PlacedMark => {
    const line = x(mark.at);
    const label = cutToWidth(mark.label, fontSize, 180);
    const width = textWidth(label, fontSize) + apart;
    const before = line + width > right;
    const start = before ? line - width : line;
    const lane = ends.findIndex((end, index) => {
      return end <= start - apart && ends.slice(index).every((below) => below <= line - apart);
    });
    if (lane === -1) return { mark, label, lane: null, before };
    ends[lane] = start + width;
    return { mark, label, lane, before };
  });
  return { placed, lanes: Math.max(0, ...placed.map(({ lane }) => (lane === null ? 0 : lane + 1))) };
}

export type PlacedThreshold = {
  readonly threshold: Threshold;
  readonly label: string;
  readonly side: 'left' | 'right';
  readonly baseline: number;
};

/** At the end of its line that is free of data, above it if there is a choice. */
export function placeThresholds(
  thresholds: readonly Threshold[],
  { frame, fontSize, lines }: { readonly frame: Frame; readonly fontSize: number; readonly lines: readonly Box[] },
): readonly PlacedThreshold[] {
  const taken: Box[] = [];
  return thresholds.map((threshold) => {
    const label = cutToWidth(
      `${threshold.label} ${writeValue(threshold.value)}`,
      fontSize,
      (frame.right - frame.left) / 2,
    );
    const width = textWidth(label, fontSize);
    const at = frame.y(threshold.value);
    const boxOf = (side: 'left' | 'right', up: boolean): Box => {
      const left = side === 'left' ? frame.left + 4 : frame.right - 4 - width;
      const top = up ? at - 5 - fontSize : at + 3;
      return { left, right: left + width, top, bottom: top + fontSize };
    };
    const candidates = [true, false].flatMap((up) =>
      (['right', 'left'] as const).map((side) => ({ side, box: boxOf(side, up) })),
    );
    const inside = candidates.filter(({ box }) => box.top >= frame.top && box.bottom <= frame.bottom);
    const apart = inside.filter(({ box }) => taken.every((other) => !meet(box, other)));
    const free = apart.find(({ box }) => lines.every((line) => !meet(box, line)));
    const { side, box } = free ?? apart[0] ?? inside[0] ?? { side: 'right', box: boxOf('right', true) };
    taken.push(box);
    return { threshold, label, side, baseline: box.bottom - 1 };
  });
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
