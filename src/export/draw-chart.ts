/** A chart as SVG: calm, on white, readable when it is scaled down to a phone. */
import { formatDay } from '../postmortem/times.ts';
import {
  type Chart,
  gapsOf,
  marksOf,
  type Piece,
  type Series,
  type Span,
  stretchesOf,
  type Threshold,
} from './chart.ts';
import {
  type Box,
  type Frame,
  type PlacedMark,
  type PlacedThreshold,
  placeMarks,
  placeThresholds,
} from './chart-labels.ts';
import { type Scale, scaleOf, timeTicks } from './chart-scale.ts';
import { describeChart } from './describe-chart.ts';
import { cutToWidth, textWidth, writeText } from './svg-text.ts';

/** Each at least 3:1 against white and told apart by the colour-blind; the dashes tell them apart without colour. More would hide each other. */
const strokes = [
  { colour: '#0b62a8', dash: '' },
  { colour: '#a35200', dash: '9 4' },
  { colour: '#6f3a96', dash: '3 4' },
  { colour: '#0a7a5e', dash: '12 4 3 4' },
  { colour: '#55606b', dash: '6 6' },
] as const;
const ink = '#1f2328';
const quiet = '#59636e';
const red = '#b3261e';
const silence = '#eef0f3';

/** Keeps words readable where lines pass behind them. */
function halo(colour: string): string {
  return `stroke="${colour}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
}

/** Font sizes and distances, in pixels. */
const large = 22;
const small = 18;
const margin = 16;
const row = 23;

type Drawn = {
  readonly series: Series;
  readonly stretches: readonly (readonly Piece[])[];
  readonly stroke: (typeof strokes)[number];
};

/** The chart as a whole SVG document, which holds no text that was not escaped. Pure: the same chart, the same text. */
export function drawChart(chart: Chart): string {
  const { width, height, from, to } = chart;
  const drawn = strokes.flatMap((stroke, index): readonly Drawn[] => {
    const series = chart.series[index];
    return series === undefined ? [] : [{ series, stretches: stretchesOf(chart, series), stroke }];
  });
  const thresholds = chart.thresholds.filter(({ value }) => Number.isFinite(value));
  const values = drawn.flatMap(({ stretches }) => stretches.flat().map(({ value }) => value));
  const head = 46 + (chart.series.length > 1 ? row + 4 : 0);
  const bottom = height - margin - small;
  const scale = scaleOf([...values, ...thresholds.map(({ value }) => value)], Math.max(2, (bottom - head) / 48));
  const left = margin + 8 + Math.max(...scale.ticks.map(({ label }) => textWidth(label, small)));
  const right = width - margin - 8;
  const x = (at: number): number => left + ((at - from) / Math.max(1, to - from)) * (right - left);
  const { placed, lanes } = placeMarks(marksOf(chart), { x, right: width - margin, fontSize: small });
  const top = head + lanes * row;
  const y = (value: number): number => bottom - ((value - scale.low) / (scale.high - scale.low)) * (bottom - top);
  const frame: Frame = { left, right, top, bottom, x, y };
  const lines = drawn.flatMap(({ stretches }) => stretches.flatMap((pieces) => boxesOf(pieces, frame)));
  const gaps = silencesOf(chart);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="Inter, sans-serif" font-size="${small}" fill="${ink}">`,
    `<title>${writeText(chart.title)}</title>`,
    `<desc>${writeText(describeChart(chart))}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...drawHead(chart),
    ...(chart.series.length > 1 ? drawLegend(chart, drawn) : []),
    ...thresholds.map((threshold) => drawBreach(threshold, frame)),
    ...gaps.map((gap) => drawGap(gap, frame)),
    ...drawAxes(chart, scale, frame),
    ...placed.map(({ mark, lane }) => drawLine(x(mark.at), lane === null ? top : head + lane * row, bottom)),
    ...drawn.flatMap((one) => one.stretches.map((pieces) => drawStretch(pieces, one, frame))),
    ...placeThresholds(thresholds, { frame, fontSize: small, lines }).map((one) => drawThreshold(one, frame)),
    ...gaps.map((gap) => drawGapLabel(gap, frame)),
    ...placed.map((mark) => drawLabel(mark, { x, head })),
    ...(values.length === 0 ? [drawNothing(frame)] : []),
    '</svg>',
    '',
  ]
    .filter((line, index, all) => line !== '' || index === all.length - 1)
    .join('\n');
}

function drawHead({ title, width, from, to }: Chart): readonly string[] {
  const days = formatDay(from) === formatDay(to) ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
  const date = `${days}, UTC`;
  const room = width - 3 * margin - textWidth(date, small);
  return [
    `<text x="${margin}" y="31" font-size="${large}" font-weight="600">${writeText(cutToWidth(title, large * 1.06, room))}</text>`,
    `<text x="${width - margin - 8}" y="31" text-anchor="end" fill="${quiet}">${date}</text>`,
  ];
}

/** Names share the width. */
function drawLegend({ width, series }: Chart, drawn: readonly Drawn[]): readonly string[] {
  const hidden = series.length - drawn.length;
  const rest = hidden > 0 ? `+${hidden}` : '';
  const swatch = 34;
  const apart = 14;
  const room = width - 2 * margin - textWidth(rest, small);
  const lines: string[] = [];
  let start = margin;
  for (const { series: one, stroke } of drawn) {
    const name = cutToWidth(one.name, small, room / drawn.length - swatch - apart);
    lines.push(
      `<path d="M${round(start)} 54h28" ${strokeOf(stroke)}/>`,
      `<text x="${round(start + swatch)}" y="60">${writeText(name)}</text>`,
    );
    start += swatch + textWidth(name, small) + apart;
  }
  return [...lines, `<text x="${round(start)}" y="60" fill="${quiet}">${rest}</text>`];
}

function drawAxes({ from, to }: Chart, scale: Scale, { left, right, bottom, x, y }: Frame): readonly string[] {
  const times = timeTicks(from, to, Math.max(2, (right - left) / 105));
  return [
    ...scale.ticks.map(({ value, label }) => {
      const line = `<path d="M${round(left)} ${round(y(value))}H${round(right)}" stroke="#e4e7eb"/>`;
      return `${line}<text x="${round(left - 8)}" y="${round(y(value) + 6)}" text-anchor="end" fill="${quiet}">${label}</text>`;
    }),
    `<path d="M${round(left)} ${round(bottom)}H${round(right)}" stroke="#8c959f"/>`,
    ...times.map(({ at, label }) => {
      // At the edges a label would stand half outside.
      const half = textWidth(label, small) / 2;
      const middle = Math.min(Math.max(x(at), left - 8 + half), right + 8 - half);
      const line = `<path d="M${round(x(at))} ${round(bottom)}v5" stroke="#8c959f"/>`;
      return `${line}<text x="${round(middle)}" y="${round(bottom + 22)}" text-anchor="middle" fill="${quiet}">${label}</text>`;
    }),
  ];
}

/** Where nothing is known. Only of one series: of several, one may be silent while others speak. */
function silencesOf(chart: Chart): readonly Span[] {
  const [only, ...others] = chart.series;
  if (only === undefined || others.length > 0) return [];
  return gapsOf(chart, only).filter(({ from, to }) => from > chart.from || to < chart.to);
}

function drawGap({ from, to }: Span, { top, bottom, x }: Frame): string {
  return `<rect x="${round(x(from))}" y="${round(top)}" width="${round(x(to) - x(from))}" height="${round(bottom - top)}" fill="${silence}"/>`;
}

function drawGapLabel({ from, to }: Span, { bottom, x }: Frame): string {
  const width = x(to) - x(from);
  if (width < textWidth('no data', small) + 12) return '';
  return `<text x="${round(x(from) + width / 2)}" y="${round(bottom - 10)}" text-anchor="middle" fill="${quiet}" ${halo(silence)}>no data</text>`;
}

function drawBreach({ value, breach }: Threshold, { left, right, top, bottom, y }: Frame): string {
  const up = breach === 'above' || breach === 'at or above';
  const edge = round(y(value));
  const height = round(up ? edge - top : bottom - edge);
  return `<rect x="${round(left)}" y="${up ? round(top) : edge}" width="${round(right - left)}" height="${height}" fill="${red}" fill-opacity="0.05"/>`;
}

function drawStretch(pieces: readonly Piece[], { series, stroke }: Drawn, { x, y }: Frame): string {
  const held = series.kind.type === 'held';
  const [first, ...others] = pieces;
  if (first === undefined) return '';
  if (!held && others.length === 0) {
    return `<circle cx="${round(x(first.at))}" cy="${round(y(first.value))}" r="3.5" fill="${stroke.colour}"/>`;
  }
  const path = pieces.map(({ at, until, value }, index) => {
    if (held) {
      const here = `${index === 0 ? `M${round(x(at))} ` : 'V'}${round(y(value))}`;
      // Of nothing there is no line: several would hide each other on the axis.
      return value === 0 ? `${here}M${round(x(until))} ${round(y(0))}` : `${here}H${round(x(until))}`;
    }
    return `${index === 0 ? 'M' : 'L'}${round(x(at))} ${round(y(value))}`;
  });
  return `<path d="${path.join('')}" ${strokeOf(stroke)}/>`;
}

/** What the line covers, piece by piece. */
function boxesOf(pieces: readonly Piece[], { x, y }: Frame): readonly Box[] {
  return pieces.map(({ at, until, value }, index) => {
    const here = y(value);
    const next = y(pieces[index + 1]?.value ?? value);
    return { left: x(at), right: x(until), top: Math.min(here, next) - 3, bottom: Math.max(here, next) + 3 };
  });
}

function strokeOf({ colour, dash }: Drawn['stroke']): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="${dash === '' ? 'round' : 'butt'}"${dashes}`;
}

function drawThreshold({ threshold, label, side, baseline }: PlacedThreshold, { left, right, y }: Frame): string {
  const at = round(y(threshold.value));
  const line = `<path d="M${round(left)} ${at}H${round(right)}" stroke="${red}" stroke-width="1.5" stroke-dasharray="7 5"/>`;
  const end = side === 'left' ? `x="${round(left + 4)}"` : `x="${round(right - 4)}" text-anchor="end"`;
  return `${line}<text ${end} y="${round(baseline)}" fill="${red}" ${halo('#ffffff')}>${writeText(label)}</text>`;
}

function drawLine(x: number, top: number, bottom: number): string {
  return `<path d="M${round(x)} ${round(top + 2)}V${round(bottom)}" stroke="${quiet}" stroke-width="1.5" stroke-dasharray="2 3"/>`;
}

function drawLabel(
  { mark, label, lane, before }: PlacedMark,
  { x, head }: { readonly x: (at: number) => number; readonly head: number },
): string {
  if (lane === null) return '';
  const side = before ? `x="${round(x(mark.at) - 5)}" text-anchor="end"` : `x="${round(x(mark.at) + 5)}"`;
  return `<text ${side} y="${round(head + lane * row + 16)}">${writeText(label)}</text>`;
}

function drawNothing({ left, right, top, bottom }: Frame): string {
  const middle = `x="${round((left + right) / 2)}" y="${round((top + bottom) / 2 + 6)}"`;
  return `<text ${middle} font-size="${large}" text-anchor="middle" fill="${quiet}" ${halo('#ffffff')}>no data</text>`;
}

/** A tenth of a pixel is as fine as anyone sees. */
function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
