/** When the trouble began, as far as an alarm's reason tells: the oldest data point of those that breached. */
import { z } from 'zod';
import type { Instant } from '../incident/incident.ts';
import { timeShape } from './alarm-message-shape.ts';

const pointsShape = z.array(z.object({ timestamp: timeShape, value: z.number().nullish() })).optional();

/** Of metric alarms, and of log alarms (`results`). A version that is not known may mean something else by it. */
const reasonDataShape = z.object({
  version: z.literal('1.0'),
  threshold: z.number().nullish(),
  evaluatedDatapoints: pointsShape,
  results: pointsShape,
  startDate: timeShape.optional(),
  /** Seconds. */
  period: z.number().positive().optional(),
  recentDatapoints: z.array(z.number()).optional(),
});

type ReasonData = z.infer<typeof reasonDataShape>;
type Point = { readonly at: Instant; readonly value: number };

const dayMillis = 24 * 60 * 60_000;

/**
 * `reasonData` is an object or its JSON text. What can't be read tells nothing: a breach is never guessed.
 * Nothing later than the alarm itself, or more than a day before it, counts.
 */
export function findFirstBreach(alarm: {
  readonly at: Instant;
  readonly reason: string;
  readonly reasonData: unknown;
}): Instant | null {
  const { at, reason } = alarm;
  const data = readReasonData(alarm.reasonData);
  const threshold = data?.threshold ?? null;
  const breaches = threshold === null ? null : comparison(reason, threshold);
  const recent = data === null ? [] : recentPoints(data);
  // A lone point needs no comparison: there is no other that could have breached.
  const counted = (points: readonly Point[]): readonly Instant[] =>
    points.filter(({ value }) => (breaches === null ? points.length === 1 : breaches(value))).map((point) => point.at);
  for (const times of [
    counted(evaluatedPoints(data?.evaluatedDatapoints ?? data?.results ?? [])),
    timesIn(reason),
    counted(recent),
  ]) {
    const sane = times.filter((time) => time <= at && time >= at - dayMillis);
    if (sane.length > 0) return Math.min(...sane);
  }
  return null;
}

function readReasonData(written: unknown): ReasonData | null {
  if (typeof written !== 'string') return reasonDataShape.safeParse(written).data ?? null;
  try {
    return reasonDataShape.safeParse(JSON.parse(written)).data ?? null;
  } catch {
    return null;
  }
}

const mostPoints = 1_440;

function evaluatedPoints(written: NonNullable<z.infer<typeof pointsShape>>): readonly Point[] {
  return written.slice(0, mostPoints).flatMap(({ timestamp, value }) => {
    return typeof value === 'number' ? [{ at: timestamp, value }] : [];
  });
}

/** Points that stand one period apart; where some are missing in between, later ones seem older than they are. */
function recentPoints({ startDate, period, recentDatapoints = [] }: ReasonData): readonly Point[] {
  if (startDate === undefined || period === undefined) return [];
  return recentDatapoints
    .slice(0, mostPoints)
    .map((value, index) => ({ at: startDate + index * period * 1_000, value }));
}

/** Events don't carry the alarm's operator: only the reason says which way it is crossed. */
function comparison(reason: string, threshold: number): ((value: number) => boolean) | null {
  const match = /(greater|less) than (or equal to )?the threshold/.exec(reason);
  if (match === null) return null;
  const orEqual = match[2] !== undefined;
  return match[1] === 'greater'
    ? (value) => value > threshold || (orEqual && value === threshold)
    : (value) => value < threshold || (orEqual && value === threshold);
}

/** The reason names the points that breached, as `93.0 (20/11/26 13:41:00)`, in UTC. */
function timesIn(reason: string): readonly Instant[] {
  return [...reason.matchAll(/\((\d\d)\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)\)/g)].map((match) => {
    const [day = 0, month = 1, year = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
    return Date.UTC(2000 + year, month - 1, day, hour, minute, second);
  });
}
