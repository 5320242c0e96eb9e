/** A chart in words, for those who can't see it. */
import { formatBeside, formatClock, formatDay } from '../postmortem/times.ts';
import {
  breachesOf,
  type Chart,
  gapsOf,
  marksOf,
  type Piece,
  type Series,
  type Span,
  stretchesOf,
  type Threshold,
} from './chart.ts';
import { writeValue } from './chart-scale.ts';

/** Slack takes 2,000 characters beside a picture. */
const mostCharacters = 1900;

const mostSeries = 5;
const mostMarks = 12;
const mostSpans = 3;
const mostGaps = 2;

/**
 * What the picture shows, such as `checkout-5xx from 02:10 to 03:10 UTC: between 3 and 91, above the threshold of 80 from
 * 02:31 to 02:52, last 12 at 03:09. Marked: declared 02:33, mitigated 02:50.` At most 1,900 characters, on one line.
 */
export function describeChart(chart: Chart): string {
  const { title, from, to, series } = chart;
  const dated = formatDay(from) !== formatDay(to);
  const span = dated
    ? `from ${formatDay(from)} ${formatClock(from)} to ${formatDay(to)} ${formatClock(to)} UTC`
    : `from ${formatClock(from)} to ${formatClock(to)} UTC`;
  const [only, ...others] = series;
  const told =
    only !== undefined && others.length === 0
      ? [`${shorten(title, 120)} ${span}: ${describeSeries(chart, only)}.`]
      : [
          `${shorten(title, 120)} ${span}${series.length === 0 ? ': no data' : ''}.`,
          ...series.slice(0, mostSeries).map((one) => `${shorten(one.name, 60)}: ${describeSeries(chart, one)}.`),
          ...(series.length > mostSeries ? [`And ${series.length - mostSeries} more.`] : []),
        ];
  return shorten([...told, ...describeMarks(chart)].join(' '), mostCharacters);
}

function describeMarks(chart: Chart): readonly string[] {
  const marks = marksOf(chart);
  if (marks.length === 0) return [];
  const words = marks
    .slice(0, mostMarks)
    .map(({ at, label }) => `${shorten(label, 40)} ${formatBeside(at, chart.from)}`);
  const more = marks.length > mostMarks ? ` and ${marks.length - mostMarks} more` : '';
  return [`Marked: ${words.join(', ')}${more}.`];
}

function describeSeries(chart: Chart, series: Series): string {
  const pieces = stretchesOf(chart, series).flat();
  const last = pieces.at(-1);
  if (last === undefined) return 'no data';
  const least = pieces.reduce((low, { value }) => Math.min(low, value), Infinity);
  const greatest = pieces.reduce((high, { value }) => Math.max(high, value), -Infinity);
  const range =
    least === greatest ? `always ${writeValue(least)}` : `between ${writeValue(least)} and ${writeValue(greatest)}`;
  const held = series.kind.type === 'held';
  const end = held ? `${writeValue(last.value)} at the end` : lastWords(chart, last);
  return [
    ...(pieces.length === 1 && !held ? [] : [range]),
    ...chart.thresholds.map((threshold) => describeThreshold(chart, series, threshold)),
    ...(least === greatest && (held || pieces.length > 1) ? [] : [end]),
    ...describeGaps(chart, series),
  ].join(', ');
}

function lastWords({ from }: Chart, { at, value }: Piece): string {
  return `last ${writeValue(value)} at ${formatBeside(at, from)}`;
}

function describeThreshold(chart: Chart, series: Series, threshold: Threshold): string {
  const name = `${threshold.breach} the ${shorten(threshold.label, 40)} of ${writeValue(threshold.value)}`;
  const spans = breachesOf(chart, series, threshold);
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return `never ${name}`;
  if (first.from === chart.from && first.lasts) return `${name} all the time`;
  if (spans.length <= mostSpans) return `${name} ${listed(spans.map((span) => writeSpan(span, chart)))}`;
  return `${name} in ${spans.length} stretches, first ${writeSpan(first, chart)}, last ${writeSpan(last, chart)}`;
}

function describeGaps(chart: Chart, series: Series): readonly string[] {
  const gaps = gapsOf(chart, series);
  const last = gaps.at(-1);
  if (last === undefined) return [];
  if (gaps.length <= mostGaps) return [`no data ${listed(gaps.map((gap) => writeSpan(gap, chart)))}`];
  return [`no data in ${gaps.length} stretches, last ${writeSpan(last, chart)}`];
}

function writeSpan({ from, to, lasts }: Span, chart: Chart): string {
  if (lasts) return `since ${formatBeside(from, chart.from)}`;
  if (from === chart.from) return `until ${formatBeside(to, chart.from)}`;
  return `from ${formatBeside(from, chart.from)} to ${formatBeside(to, chart.from)}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** On one line, at most so many characters; what was cut ends in `…`. */
function shorten(words: string, most: number): string {
  const line = words
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line.length <= most) return line;
  const cut = line.slice(0, most - 1);
  return `${(cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd()}…`;
}
