/**
 * The one door to CloudWatch: reads many alarms with as few calls as its limits allow. A call that fails is no verdict on an
 * alarm: it leaves as `missed`.
 */
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Account } from '../catalog.ts';
import type { AlarmReading } from '../incident/command.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { readArn } from './alarm-arn.ts';
import { type Call, planCalls, type Question, questionAbout } from './data-queries.ts';
import { openPlace, type Place, Unreadable } from './place.ts';
import { type Data, type Described, readMissing, readNothing, readVerdict } from './verdict.ts';

export type CloudWatchDoor = {
  /** Reads alarms once. Never throws for what CloudWatch does: alarms that could not be read are `missed`. */
  readAlarms(ask: AlarmsAsked): Promise<AlarmsRead>;
};

export type AlarmsAsked = {
  readonly alarms: readonly AlarmArn[];
  /** Those of them whose OK counts only with data that shows it. (Asking for data costs money.) */
  readonly prove: ReadonlySet<AlarmArn>;
  readonly now: Instant;
};

export type AlarmsRead = {
  readonly readings: readonly AlarmReading[];
  readonly missed: readonly Missed[];
  /** The places (see `Missed`) where everything could be read. */
  readonly reached: readonly string[];
};

/** Alarms of one account and region that could not be read this time. */
export type Missed = {
  /** `<account>:<region>` */
  readonly place: string;
  readonly alarms: readonly AlarmArn[];
  /** Such as `CloudWatch in eu-west-1 (production) can't be read: AWS does not answer`. */
  readonly because: string;
};

export type CloudWatchOptions = {
  readonly accounts: readonly Account[];
  readonly log: Logger;
};

/** CloudWatch's limit for names in one call. */
const mostNames = 100;

const fewCalls = 4;
const apartMillis = 330;

/** No answer has more pages than this. */
const mostPages = 50;

export function openCloudWatch({ accounts, log }: CloudWatchOptions): CloudWatchDoor {
  const places = new Map<string, Place>();

  const open = (alarm: AlarmArn): Place | null => {
    const at = readArn(alarm);
    const account = accounts.find(({ id }) => id === at?.account);
    if (at === null || account === undefined) return null;
    const key = placeOf(alarm);
    const place = places.get(key) ?? openPlace({ key, account, region: at.region });
    places.set(key, place);
    return place;
  };

  return {
    async readAlarms({ alarms, prove, now }) {
      const there = Object.values(Object.groupBy(new Set(alarms), placeOf));
      const read = await Promise.all(
        there.map(async (some = []): Promise<AlarmsRead> => {
          const place = open(some[0] ?? '');
          if (place !== null) return readPlace(place, { alarms: some, prove, now, log });
          const because = 'its account is not in the catalog';
          return { readings: some.map((arn) => readNothing(arn, because)), missed: [], reached: [] };
        }),
      );
      return {
        readings: read.flatMap(({ readings }) => readings),
        missed: read.flatMap(({ missed }) => missed),
        reached: read.flatMap(({ reached }) => reached),
      };
    },
  };
}

function placeOf(alarm: AlarmArn): string {
  const at = readArn(alarm);
  return at === null ? '' : `${at.account}:${at.region}`;
}

async function readPlace(place: Place, ask: AlarmsAsked & { readonly log: Logger }): Promise<AlarmsRead> {
  const run = unhurried(place);
  const missed: Missed[] = [];
  const miss = (alarms: readonly AlarmArn[], error: unknown): void => {
    if (!(error instanceof Unreadable)) throw error;
    ask.log.warn({ place: place.key, alarms: alarms.length, err: error }, 'CloudWatch could not be read');
    const because = cutAt(plainLine(`CloudWatch in ${place.words} can't be read: ${error.message}`), 200);
    missed.push({ place: place.key, alarms, because });
  };

  const found = new Map<AlarmArn, Described>();
  for (let from = 0; from < ask.alarms.length; from += mostNames) {
    const batch = ask.alarms.slice(from, from + mostNames);
    try {
      for (const described of await describeAlarms(run, batch)) {
        // By ARN: the credentials may belong to another account, which has an alarm of the same name.
        if (described.alarm.AlarmArn !== undefined) found.set(described.alarm.AlarmArn, described);
      }
    } catch (error) {
      miss(batch, error);
    }
  }

  const data = new Map<AlarmArn, Data>();
  const questions: Question[] = [];
  for (const [arn, { type, alarm }] of found) {
    if (type !== 'metric' || alarm.StateValue !== 'OK' || !ask.prove.has(arn)) continue;
    const question = questionAbout(arn, alarm);
    if (question === null) data.set(arn, { type: 'out of sight' });
    else questions.push(question);
  }
  for (const call of planCalls(questions, ask.now)) {
    try {
      for (const [arn, seen] of await readData(run, call, ask.now)) data.set(arn, seen);
    } catch (error) {
      miss(
        call.questions.map(({ arn }) => arn),
        error,
      );
    }
  }
  const failed = [...data].flatMap(([arn, { type }]) => (type === 'failed' ? [arn] : []));
  if (failed.length > 0) miss(failed, new Unreadable('AWS answers with errors'));

  const unread = new Set(missed.flatMap(({ alarms }) => alarms));
  const readings = ask.alarms.flatMap((arn): readonly AlarmReading[] => {
    if (unread.has(arn)) return [];
    const described = found.get(arn);
    if (described === undefined) return [readMissing(arn)];
    return [readVerdict(arn, described, data.get(arn) ?? { type: 'not asked' })];
  });
  return { readings, missed, reached: missed.length === 0 ? [place.key] : [] };
}

/**
 * At most three calls a second after the first few: an account's nine are shared with everyone else who looks at its alarms.
 * (One poll at a time runs in a cluster, so nobody else of ours calls meanwhile.)
 */
function unhurried(place: Place): Place['run'] {
  let calls = 0;
  return async (call) => {
    if ((calls += 1) > fewCalls) await sleep(apartMillis);
    return place.run(call);
  };
}

async function describeAlarms(run: Place['run'], alarms: readonly AlarmArn[]): Promise<readonly Described[]> {
  const described: Described[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const command = new DescribeAlarmsCommand({
      AlarmNames: alarms.flatMap((alarm) => readArn(alarm)?.name ?? []),
      // Left out, only metric alarms come back.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      MaxRecords: mostNames,
      NextToken: next,
    });
    const answer = await run((client, abortSignal) => client.send(command, { abortSignal }));
    for (const alarm of answer.MetricAlarms ?? []) described.push({ type: 'metric', alarm });
    for (const alarm of answer.CompositeAlarms ?? []) described.push({ type: 'composite', alarm });
    for (const alarm of answer.LogAlarms ?? []) described.push({ type: 'log', alarm });
    next = answer.NextToken;
    if (next === undefined || next === '') return described;
  }
  throw new Unreadable('its answer has no end');
}

/** What is known of the data of each alarm that a call asks about. */
async function readData(run: Place['run'], call: Call, now: Instant): Promise<ReadonlyMap<AlarmArn, Data>> {
  const newest = new Map<AlarmArn, Instant>();
  const hidden = new Set<AlarmArn>();
  const failed = new Set<AlarmArn>();
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
    const answer = await run((client, abortSignal) => client.send(command, { abortSignal }));
    for (const { Id = '', Timestamps = [], StatusCode } of answer.MetricDataResults ?? []) {
      const arn = call.alarmOf(Id);
      if (arn === null) continue;
      for (const at of Timestamps) newest.set(arn, Math.max(newest.get(arn) ?? 0, at.getTime()));
      if (StatusCode === 'Forbidden') hidden.add(arn);
      if (StatusCode === 'InternalError') failed.add(arn);
    }
    next = answer.NextToken;
  }
  return new Map(
    call.questions.map(({ arn, windowMillis, lookbackMillis }): [AlarmArn, Data] => {
      const latest = newest.get(arn) ?? null;
      if (latest === null && failed.has(arn)) return [arn, { type: 'failed' }];
      if (latest === null && hidden.has(arn)) return [arn, { type: 'out of sight' }];
      return [arn, { type: 'asked', newest: latest, notBefore: now - windowMillis, lookbackMillis }];
    }),
  );
}
