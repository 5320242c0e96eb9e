/** How young the data is that alarms and services have. */
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Instant } from '../incident/incident.ts';
import { type Call, planCalls, type Question } from './data-queries.ts';
import { type Place, Unreadable } from './place.ts';

/** What is known of the data that an alarm watches, or of a metric. */
export type Data =
  /** Nobody asked, or it has none of its own. */
  | { readonly type: 'not asked' }
  /** There is no way to ask for it. */
  | { readonly type: 'unaskable' }
  /** Muster may not see it. */
  | { readonly type: 'out of sight' }
  /** It was asked for and could not be given this time; `because` in words. */
  | { readonly type: 'failed'; readonly place: Place; readonly because: string }
  | {
      readonly type: 'asked';
      /** When the newest data point begins; `null`: none was found. */
      readonly newest: Instant | null;
      /** Data points older than this show nothing. */
      readonly notBefore: Instant;
      /** How far back was asked, in milliseconds. */
      readonly lookbackMillis: number;
    };

/** No answer has more pages than this. */
const mostPages = 50;

/** The data that each question is about. Never throws for what CloudWatch does. */
export async function readData(
  place: Place,
  questions: readonly Question[],
  now: Instant,
): Promise<ReadonlyMap<string, Data>> {
  const data = new Map<string, Data>();
  const calls = planCalls(questions, now);
  for (const [index, call] of calls.entries()) {
    try {
      for (const [about, seen] of await readCall(place, call, now)) data.set(about, seen);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const left = error.general ? calls.slice(index) : [call];
      for (const { about } of left.flatMap((each) => each.questions)) {
        data.set(about, { type: 'failed', place, because: error.message });
      }
      if (error.general) break;
    }
  }
  return data;
}

async function readCall(place: Place, call: Call, now: Instant): Promise<ReadonlyMap<string, Data>> {
  const newest = new Map<string, Instant>();
  const hidden = new Set<string>();
  const failed = new Set<string>();
  let next: string | undefined;
  for (let page = 0; page === 0 || (next !== undefined && next !== ''); page++) {
    if (page === mostPages) throw new Unreadable('its answer has no end');
    const command = new GetMetricDataCommand({
      MetricDataQueries: [...call.queries],
      StartTime: new Date(call.from),
      EndTime: new Date(call.to),
      ScanBy: 'TimestampDescending',
      NextToken: next,
    });
    const answer = await place.run((client, abortSignal) => client.send(command, { abortSignal }));
    for (const { Id = '', Timestamps = [], StatusCode } of answer.MetricDataResults ?? []) {
      const about = call.aboutOf(Id);
      if (about === null) continue;
      for (const at of Timestamps) newest.set(about, Math.max(newest.get(about) ?? 0, at.getTime()));
      if (StatusCode === 'Forbidden') hidden.add(about);
      if (StatusCode === 'InternalError') failed.add(about);
    }
    next = answer.NextToken;
  }
  return new Map(
    call.questions.map(({ about, windowMillis, lookbackMillis }): [string, Data] => {
      const latest = newest.get(about) ?? null;
      if (latest === null && failed.has(about)) {
        return [about, { type: 'failed', place, because: 'AWS answers with errors' }];
      }
      if (latest === null && hidden.has(about)) return [about, { type: 'out of sight' }];
      return [about, { type: 'asked', newest: latest, notBefore: now - windowMillis, lookbackMillis }];
    }),
  );
}
