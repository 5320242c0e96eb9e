/** One look at the alarms of a place, and at the data behind their OK. */
import type { AlarmNews } from '../incident/alarm.ts';
import type { AlarmReading } from '../incident/command.ts';
import type { AlarmArn, Instant, ServiceName } from '../incident/incident.ts';
import type { Metric } from '../incident/policy.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import { readArn } from './alarm-arn.ts';
import { type Question, questionAbout, questionOn } from './data-queries.ts';
import { describeAlarms, type Described, mostNames, newsOf } from './described.ts';
import type { Mute } from './mute-rules.ts';
import { type FindPlace, type Place, Unreadable } from './place.ts';
import { type Data, readData } from './read-data.ts';
import { type Companion, needsCompanion, readMissing, readVerdict, staysOkWithoutData } from './verdict.ts';

export type AlarmAsked = {
  readonly alarm: AlarmArn;
  /** An incident waits for it, so its OK counts only with data that shows it (which costs money to ask); `null`: none does. */
  readonly watched: { readonly service: ServiceName | null; readonly traffic: Metric | null } | null;
};

/** Alarms that could not be read this time, because something in one account and region could not. */
export type Missed = {
  /** `<account>:<region>` */
  readonly place: string;
  /** For people: `eu-west-1 (production)`. */
  readonly words: string;
  readonly alarms: readonly AlarmArn[];
  /** Such as `AWS does not answer`. */
  readonly because: string;
};

export type Look = {
  readonly place: Place;
  readonly asked: readonly AlarmAsked[];
  readonly found: ReadonlyMap<AlarmArn, Described>;
  readonly missed: readonly Missed[];
  readonly mutes: ReadonlyMap<string, Mute>;
  readonly contributors: ReadonlyMap<AlarmArn, readonly string[]>;
};

function miss(place: Place, alarms: readonly AlarmArn[], because: string): Missed {
  return { place: place.key, words: place.words, alarms, because: cutAt(plainLine(because), 200) };
}

/** One for each place. */
export function mergeMissed(missed: readonly Missed[]): readonly Missed[] {
  const places = new Map<string, Missed>();
  for (const each of missed) {
    const before = places.get(each.place);
    places.set(each.place, before === undefined ? each : { ...before, alarms: [...before.alarms, ...each.alarms] });
  }
  return [...places.values()];
}

/** Asks by name, in as few calls as can be. */
export async function describeAll(
  place: Place,
  asked: readonly AlarmAsked[],
): Promise<Pick<Look, 'place' | 'asked' | 'found' | 'missed'>> {
  const found = new Map<AlarmArn, Described>();
  const missed: Missed[] = [];
  for (let from = 0; from < asked.length; from += mostNames) {
    const batch = asked.slice(from, from + mostNames).map(({ alarm }) => alarm);
    try {
      const AlarmNames = batch.flatMap((alarm) => readArn(alarm)?.name ?? []);
      for (const described of await describeAlarms(place.paced.alarms, { AlarmNames })) {
        // By ARN: the credentials may belong to another account, which has an alarm of the same name.
        if (described.alarm.AlarmArn !== undefined) found.set(described.alarm.AlarmArn, described);
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      // A place that does not answer must not hold up the others any longer.
      const left = error.general ? asked.slice(from).map(({ alarm }) => alarm) : batch;
      missed.push(miss(place, left, error.message));
      if (error.general) break;
    }
  }
  return { place, asked, found, missed };
}

export type EvidenceRead = {
  /** Of alarms by their ARN, of services by `trafficKey`. */
  readonly of: (about: string) => Data | undefined;
  /** The places that were asked. */
  readonly asked: readonly string[];
};

/** Asks for the data behind every OK that an incident waits for: one question for each alarm, and one for each service. */
export async function readEvidence(looks: readonly Look[], findPlace: FindPlace, now: Instant): Promise<EvidenceRead> {
  const data = new Map<string, Data>();
  const questions = new Map<Place, Map<string, Question>>();
  const ask = (place: Place, question: Question): void => {
    questions.set(place, (questions.get(place) ?? new Map<string, Question>()).set(question.about, question));
  };
  for (const { place, asked, found, mutes } of looks) {
    for (const { alarm: arn, watched } of asked) {
      const described = found.get(arn);
      if (watched === null || described?.alarm.StateValue !== 'OK') continue;
      if (mutes.has(described.alarm.AlarmName ?? '')) continue;
      if (described.type === 'metric') {
        const question = questionAbout(arn, described.alarm);
        if (question !== null) ask(place, question);
      }
      if (!data.has(arn)) data.set(arn, { type: 'unaskable' });
      const there = watched.traffic === null ? null : findPlace(watched.traffic);
      if (watched.traffic !== null && there !== null && staysOkWithoutData(described)) {
        ask(there, questionOn(trafficKey(watched.traffic), watched.traffic));
      }
    }
  }
  const answers = await Promise.all([...questions].map(([place, asked]) => readData(place, [...asked.values()], now)));
  for (const answer of answers) for (const [about, seen] of answer) data.set(about, seen);
  return { of: (about) => data.get(about), asked: [...questions.keys()].map(({ key }) => key) };
}

function trafficKey(metric: Metric): string {
  return `traffic:${JSON.stringify(metric)}`;
}

export type Concluded = {
  readonly readings: readonly AlarmReading[];
  readonly news: readonly AlarmNews[];
  readonly missed: readonly Missed[];
};

/** What the look says of each alarm. An alarm whose data could not be read leaves as missed. */
export function conclude(look: Look, data: EvidenceRead, now: Instant): Concluded {
  const { asked, found, mutes, contributors } = look;
  const unread = new Set(look.missed.flatMap(({ alarms }) => alarms));
  const readings: AlarmReading[] = [];
  const missed: Missed[] = [];
  for (const { alarm: arn, watched } of asked) {
    const described = found.get(arn);
    if (unread.has(arn)) continue;
    if (described === undefined) {
      readings.push(readMissing(arn));
      continue;
    }
    const own = data.of(arn) ?? { type: 'not asked' };
    const traffic =
      watched === null || watched.traffic === null
        ? null
        : (data.of(trafficKey(watched.traffic)) ?? { type: 'unaskable' as const });
    const companion: Companion | null = watched === null ? null : { service: watched.service, traffic };
    const failed =
      own.type === 'failed' ? own : traffic?.type === 'failed' && needsCompanion(described, own) ? traffic : null;
    if (failed !== null) {
      missed.push(miss(failed.place, [arn], failed.because));
      continue;
    }
    const muteRule = mutes.get(described.alarm.AlarmName ?? '')?.rule ?? null;
    readings.push(
      readVerdict(arn, described, { data: own, companion, muteRule, contributors: contributors.get(arn) ?? [] }),
    );
  }
  const news = [...found.values()].flatMap((described) => {
    const mute = mutes.get(described.alarm.AlarmName ?? '') ?? null;
    return newsOf(described, { mute, now }) ?? [];
  });
  return { readings, news, missed };
}
