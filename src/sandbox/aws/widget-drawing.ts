/** Draws a graph as CloudWatch would, plainly: axes with figures, lines, levels across and marks down. */
import { PNG } from 'pngjs';
import type { Datapoint } from './alarms.ts';

/** One metric; points further apart than a period are not joined. */
export type Line = { readonly points: readonly Datapoint[]; readonly periodMillis: number };
/** A moment, in epoch milliseconds. */
export type Mark = number;

export type Drawing = {
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
  readonly levels: readonly number[];
  readonly marks: readonly Mark[];
  /** Where the upright axis begins and ends; `null`: as the data want it. */
  readonly least: number | null;
  readonly most: number | null;
};

type Colour = readonly [number, number, number];
/** Left, top, width, height. */
type Box = readonly [number, number, number, number];

const palette: readonly Colour[] = [
  [31, 119, 180],
  [255, 127, 14],
  [44, 160, 44],
  [148, 103, 189],
  [140, 86, 75],
  [227, 119, 194],
];
const red: Colour = [214, 39, 40];
const markColour: Colour = [90, 90, 90];

/** Figures of three by five dots, a row after another from the top, a bit for each dot. */
const figures: Readonly<Record<string, number>> = {
  '0': 0o75557,
  '1': 0o26227,
  '2': 0o71747,
  '3': 0o71717,
  '4': 0o55711,
  '5': 0o74717,
  '6': 0o74757,
  '7': 0o71111,
  '8': 0o75757,
  '9': 0o75717,
  '.': 0o00002,
  '-': 0o00700,
  ':': 0o02020,
  k: 0o45655,
  M: 0o57555,
};

/** The picture as the bytes of a PNG. */
export function drawWidget(drawing: Drawing): Buffer {
  const { width, height, dark, from, to } = drawing;
  const png = new PNG({ width, height, colorType: 2 });
  const ink: Colour = dark ? [200, 200, 200] : [60, 60, 60];
  const faint: Colour = dark ? [60, 64, 70] : [225, 225, 225];
  png.data.fill(255);
  const dot = (x: number, y: number, [r, g, b]: Colour): void => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (y * width + x) * 4;
    png.data[at] = r;
    png.data[at + 1] = g;
    png.data[at + 2] = b;
  };
  const fill = ([x, y, wide, high]: Box, colour: Colour): void => {
    for (let row = y; row < y + high; row += 1)
      for (let column = x; column < x + wide; column += 1) dot(column, row, colour);
  };
  if (dark) fill([0, 0, width, height], [25, 30, 37]);

  const left = Math.min(48, Math.floor(width / 5));
  const top = Math.min(10, Math.floor(height / 10));
  const right = width - Math.min(12, Math.floor(width / 10)) - 1;
  const bottom = height - Math.min(22, Math.floor(height / 5)) - 1;
  const [least, most] = extent(drawing);
  const xOf = (at: number): number => left + Math.round(((at - from) / (to - from)) * (right - left));
  const yOf = (value: number): number => bottom - Math.round(((value - least) / (most - least)) * (bottom - top));
  const write = (text: string, x: number, y: number): void => {
    text.split('').forEach((letter, index) => {
      const bits = figures[letter] ?? 0;
      for (let bit = 0; bit < 15; bit += 1)
        if ((bits >> (14 - bit)) & 1) fill([x + index * 8 + (bit % 3) * 2, y + Math.floor(bit / 3) * 2, 2, 2], ink);
    });
  };

  for (let step = 0; step <= 4; step += 1) {
    const value = least + ((most - least) * step) / 4;
    fill([left, yOf(value), right - left, 1], faint);
    const words = figure(value);
    write(words, left - 6 - words.length * 8, yOf(value) - 5);
    const at = from + ((to - from) * step) / 4;
    fill([xOf(at), bottom, 1, 4], ink);
    const time = new Date(at).toISOString().slice(11, 16);
    write(time, Math.min(Math.max(xOf(at) - 20, 0), width - 40), bottom + 8);
  }
  fill([left, top, 1, bottom - top], ink);
  fill([left, bottom, right - left, 1], ink);

  for (const level of drawing.levels)
    for (let x = left; x < right; x += 1) if (x % 8 < 5) fill([x, yOf(level), 1, 2], red);
  for (const mark of drawing.marks.filter((at) => at >= from && at <= to))
    for (let y = top; y < bottom; y += 1) if (y % 6 < 4) fill([xOf(mark), y, 2, 1], markColour);
  drawing.lines.forEach(({ points, periodMillis }, index) => {
    const colour = palette[index % palette.length] ?? red;
    points.forEach((point, number) => {
      const before = points[number - 1];
      const joined = before !== undefined && point.at - before.at <= periodMillis * 1.5;
      const [x, y] = [xOf(point.at), yOf(point.value)];
      if (!joined) fill([x - 1, y - 1, 3, 3], colour);
      else stroke([xOf(before.at), yOf(before.value)], [x, y], (px, py) => fill([px, py, 2, 2], colour));
    });
  });
  return PNG.sync.write(png);
}

/** Every dot between two, as evenly as they lie. */
function stroke(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  paint: (x: number, y: number) => void,
): void {
  const steps = Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1), 1);
  for (let step = 0; step <= steps; step += 1)
    paint(Math.round(x1 + ((x2 - x1) * step) / steps), Math.round(y1 + ((y2 - y1) * step) / steps));
}

/** The ends of the upright axis, with some air, and never equal. */
function extent({ lines, levels, least, most }: Drawing): readonly [number, number] {
  const values = [...lines.flatMap(({ points }) => points.map(({ value }) => value)), ...levels];
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.1;
  const from = least ?? low - air;
  const to = most ?? high + air;
  return to > from ? [from, to] : [from, from + 1];
}

function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Math.round(value / 1e5) / 10}M`;
  if (size >= 1e4) return `${Math.round(value / 100) / 10}k`;
  return String(Math.round(value * 100) / 100).slice(0, 5);
}
