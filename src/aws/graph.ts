/** The door for pictures: a graph of what an alarm watches, drawn by CloudWatch, or by Muster where CloudWatch does not. */
import { GetMetricWidgetImageCommand } from '@aws-sdk/client-cloudwatch';
import type { Logger } from 'pino';
import type { Chart, Mark, Series } from '../export/chart.ts';
import { describeChart } from '../export/describe-chart.ts';
import { drawChart } from '../export/draw-chart.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { toPng } from '../picture.ts';
import { formatSpan } from '../postmortem/times.ts';
import { readArn } from './alarm-arn.ts';
import { describeAlarms } from './described.ts';
import { type GraphQuestion, graphQuestion, readSeries } from './graph-data.ts';
import { type Place, Unreadable } from './place.ts';
import { buildWidget } from './widget.ts';

export type GraphAsked = {
  readonly alarm: AlarmArn;
  readonly from: Instant;
  readonly to: Instant;
  /** What is marked in it, such as when the incident was declared. */
  readonly marks: readonly Mark[];
  readonly now: Instant;
  readonly log: Logger;
};

export type Graph = {
  readonly png: Uint8Array;
  /** What the picture shows, in at most 1,900 characters on one line. */
  readonly alt: string;
  /** Who drew it: CloudWatch, or Muster from CloudWatch's data. */
  readonly source: 'CloudWatch' | 'data';
};

/** `because` goes on after "There is no graph of it: ". */
export type NoGraph = { readonly png: null; readonly because: string };

const width = 900;
const height = 300;
const mostMarks = 30;

/** A picture larger than this is not what was asked for. */
const mostBytes = 4_000_000;

/** Never throws for what CloudWatch does. */
export async function readGraph(place: Place, ask: GraphAsked): Promise<Graph | NoGraph> {
  const at = readArn(ask.alarm);
  if (at === null) return noGraph('it is no alarm of CloudWatch');
  try {
    const found = await describeAlarms(place.run, { AlarmNames: [at.name] });
    // By ARN: the credentials may belong to another account, which has an alarm of the same name.
    const described = found.find(({ alarm }) => alarm.AlarmArn === ask.alarm);
    switch (described?.type) {
      case undefined:
        return noGraph('CloudWatch has no such alarm: it was deleted or renamed, or is in another account or region');
      case 'composite':
        return noGraph('it is made of other alarms and has no metric of its own');
      case 'log':
        return noGraph('it watches logs, not a metric');
      case 'metric': {
        const question = graphQuestion(described.alarm, ask);
        if (question === null) return noGraph('it watches a query that CloudWatch gives no values of');
        return await drawAlarm(place, { ...ask, question, region: at.region, name: at.name });
      }
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return noGraph(`CloudWatch in ${place.words} can't be read: ${error.message}`);
  }
}

type Asked = GraphAsked & { readonly question: GraphQuestion; readonly region: string; readonly name: string };

/** @throws Unreadable when there is neither a picture nor data */
async function drawAlarm(place: Place, ask: Asked): Promise<Graph> {
  const { question } = ask;
  const chart: Omit<Chart, 'series'> = {
    title: cutAt(plainLine(ask.name), 120),
    width,
    height,
    from: question.from,
    to: question.to,
    thresholds: question.threshold === null ? [] : [question.threshold],
    marks: ask.marks.slice(0, mostMarks).map(({ at, label }) => ({ at, label: cutAt(plainLine(label), 40) })),
  };
  const [png, series] = await Promise.all([readPicture(place, ask, chart), tryReadSeries(place, ask)]);
  if (png !== null) {
    const alt = series instanceof Unreadable ? withoutValues(chart, series) : describeChart({ ...chart, series });
    return { png, alt, source: 'CloudWatch' };
  }
  if (series instanceof Unreadable) throw series;
  const drawn = { ...chart, series };
  return { png: await toPng(drawChart(drawn)), alt: describeChart(drawn), source: 'data' };
}

/** `null`: CloudWatch refuses, as it does in some regions, or fails. */
async function readPicture(place: Place, ask: Asked, chart: Omit<Chart, 'series'>): Promise<Uint8Array | null> {
  const MetricWidget = buildWidget(chart, ask);
  if (MetricWidget === null) return null;
  const command = new GetMetricWidgetImageCommand({ MetricWidget, OutputFormat: 'png' });
  try {
    const answer = await place.run((client, abortSignal) => client.send(command, { abortSignal }));
    const png = answer.MetricWidgetImage;
    if (png !== undefined && isPng(png)) return png;
    ask.log.warn({ place: place.key, bytes: png?.length ?? 0 }, 'CloudWatch gave something that is no picture');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    ask.log.info({ place: place.key, err: error }, 'CloudWatch draws no picture');
  }
  return null;
}

function isPng(bytes: Uint8Array): boolean {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  return bytes.length <= mostBytes && signature.every((byte, index) => bytes[index] === byte);
}

async function tryReadSeries(place: Place, { question, log }: Asked): Promise<readonly Series[] | Unreadable> {
  try {
    return await readSeries(place, question);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    log.warn({ place: place.key, err: error }, 'the values of a graph could not be read');
    return error;
  }
}

function withoutValues({ title, from, to }: Omit<Chart, 'series'>, { message }: Unreadable): string {
  return cutAt(plainLine(`A graph of ${title} ${formatSpan(from, to)}. Its values can't be told: ${message}.`), 1_900);
}

function noGraph(because: string): NoGraph {
  return { png: null, because: cutAt(plainLine(because), 300) };
}
