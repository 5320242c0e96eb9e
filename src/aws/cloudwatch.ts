/**
 * The one door to CloudWatch's alarms: reads many with as few calls as its limits allow. A call that fails is no verdict on
 * an alarm: it leaves as `missed`, and the other places are read all the same.
 */
import type { Logger } from 'pino';
import type { Account } from '../catalog.ts';
import type { AlarmNews } from '../incident/alarm.ts';
import type { AlarmReading } from '../incident/command.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import type { AlarmSelection } from '../incident/policy.ts';
import { readArn } from './alarm-arn.ts';
import { type AlarmHistory, readAlarmHistory } from './alarm-history.ts';
import { openContributors } from './contributors.ts';
import { findRedAlarms, openTags } from './find-alarms.ts';
import { type Graph, type GraphAsked, type NoGraph, readGraph } from './graph.ts';
import { type AlarmAsked, conclude, describeAll, type Look, mergeMissed, type Missed, readEvidence } from './look.ts';
import { openMuteRules } from './mute-rules.ts';
import { openPlaces, type Place, type StandIn, Unreadable } from './place.ts';
import { readNothing } from './verdict.ts';

export type { AlarmAsked, Missed };

export type CloudWatchDoor = {
  /** Reads alarms once. Never throws for what CloudWatch does: alarms that could not be read are `missed`. */
  readAlarms(ask: { readonly alarms: readonly AlarmAsked[]; readonly now: Instant }): Promise<AlarmsRead>;
  /** The red alarms that the selections take. A place that can't be searched is logged and left out. */
  findRedAlarms(ask: {
    readonly selections: readonly AlarmSelection[];
    readonly now: Instant;
  }): Promise<readonly AlarmNews[]>;
  /** What CloudWatch noted of these alarms from a time on. What can't be read is logged and left out. */
  readHistory(ask: {
    readonly alarms: readonly AlarmArn[];
    readonly from: Instant;
    readonly to: Instant;
  }): Promise<AlarmHistory>;
  /** A picture of what the alarm watches. Never throws for what CloudWatch does. */
  readGraph(ask: Omit<GraphAsked, 'log'>): Promise<Graph | NoGraph>;
};

export type AlarmsRead = {
  readonly readings: readonly AlarmReading[];
  /** What CloudWatch says of those that it has, as it stands. */
  readonly news: readonly AlarmNews[];
  /** At most one for each place. */
  readonly missed: readonly Missed[];
  /** The places (see `Missed`) where everything could be read. */
  readonly reached: readonly string[];
};

export type CloudWatchOptions = {
  readonly accounts: readonly Account[];
  readonly log: Logger;
  readonly standIn?: StandIn;
};

export function openCloudWatch({ accounts, log, standIn = {} }: CloudWatchOptions): CloudWatchDoor {
  const findPlace = openPlaces(accounts, standIn);
  const readMutes = openMuteRules(log);
  const readContributors = openContributors(log);
  const readTags = openTags(log);

  async function lookAt(place: Place, asked: readonly AlarmAsked[], now: Instant): Promise<Look> {
    const look = await describeAll(place, asked);
    const watched = asked.filter((each) => each.watched !== null).map(({ alarm }) => alarm);
    const red = new Map([...look.found].filter(([, { alarm }]) => alarm.StateValue === 'ALARM'));
    const wanted = red.size > 0 || watched.some((arn) => look.found.has(arn));
    return {
      ...look,
      mutes: wanted ? await readMutes(place, now) : new Map(),
      contributors: await readContributors(place, new Map([...red].filter(([arn]) => watched.includes(arn)))),
    };
  }

  return {
    async readAlarms({ alarms, now }) {
      const places = new Map<Place | null, AlarmAsked[]>();
      for (const asked of new Map(alarms.map((each) => [each.alarm, each])).values()) {
        const at = readArn(asked.alarm);
        const place = at === null ? null : findPlace(at);
        places.set(place, [...(places.get(place) ?? []), asked]);
      }
      const nowhere = (places.get(null) ?? []).map(({ alarm }) =>
        readNothing(alarm, 'its account is not in the catalog'),
      );
      const looks = await Promise.all(
        [...places].flatMap(([place, asked]) => (place === null ? [] : [lookAt(place, asked, now)])),
      );

      const data = await readEvidence(looks, findPlace, now);
      const read = looks.map((look) => conclude(look, data, now));
      const missed = mergeMissed([...looks.flatMap(({ missed }) => missed), ...read.flatMap(({ missed }) => missed)]);
      for (const { place, alarms: unread, because } of missed) {
        log.warn({ place, alarms: unread.length, because }, 'CloudWatch could not be read');
      }
      const called = new Set([...looks.map(({ place }) => place.key), ...data.asked]);
      return {
        readings: [...nowhere, ...read.flatMap(({ readings }) => readings)],
        news: read.flatMap(({ news }) => news),
        missed,
        reached: [...called].filter((key) => missed.every(({ place }) => place !== key)),
      };
    },

    async findRedAlarms({ selections, now }) {
      const there = Object.values(Object.groupBy(selections, ({ account, region }) => `${account}:${region}`));
      const found = await Promise.all(
        there.map(async (some = []) => {
          const place = some[0] === undefined ? null : findPlace(some[0]);
          if (place === null) return [];
          try {
            return await findRedAlarms({ place, selections: some, now, readTags, readMutes });
          } catch (error) {
            if (!(error instanceof Unreadable)) throw error;
            log.warn({ place: place.key, err: error }, 'the alarms of a place could not be searched');
            return [];
          }
        }),
      );
      return found.flat();
    },

    async readHistory({ alarms, from, to }) {
      const there = Object.values(Object.groupBy(new Set(alarms), placeOf));
      const read = await Promise.all(there.map((some = []) => readPlaceHistory(some, { from, to })));
      return joinHistories(read);
    },

    async readGraph(ask) {
      const at = readArn(ask.alarm);
      const place = at === null ? null : findPlace(at);
      if (place === null) return { png: null, because: 'its account is not in the catalog' };
      return readGraph(place, { ...ask, log });
    },
  };

  async function readPlaceHistory(
    alarms: readonly AlarmArn[],
    within: { readonly from: Instant; readonly to: Instant },
  ): Promise<AlarmHistory> {
    const at = readArn(alarms[0] ?? '');
    const place = at === null ? null : findPlace(at);
    const histories: AlarmHistory[] = [];
    if (place === null) return joinHistories([]);
    for (const alarm of alarms) {
      try {
        histories.push({ ...(await readAlarmHistory(place, { alarm, ...within })), incomplete: false });
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        log.warn({ place: place.key, err: error }, 'the history of alarms could not be read');
        histories.push({ changes: [], reconfigured: [], incomplete: !error.forbidden });
        // The others would fare no better.
        break;
      }
    }
    return joinHistories(histories);
  }
}

function joinHistories(histories: readonly AlarmHistory[]): AlarmHistory {
  return {
    changes: histories.flatMap(({ changes }) => changes),
    reconfigured: histories.flatMap(({ reconfigured }) => reconfigured),
    incomplete: histories.some(({ incomplete }) => incomplete),
  };
}

function placeOf(alarm: AlarmArn): string {
  const at = readArn(alarm);
  return at === null ? '' : `${at.account}:${at.region}`;
}
