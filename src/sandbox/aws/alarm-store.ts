/** The alarms of the stand-in, each under its account and region, with what they went through. */
import { createHash } from 'node:crypto';
import { reasonDataFor, reasonFor } from './alarm-reasons.ts';
import { recordOf, type HistoryItem, type HistoryNote } from './alarm-history.ts';
import {
  arnOf,
  closeGap,
  describe,
  openGap,
  type Alarm,
  type AlarmContributor,
  type AlarmSetup,
  type AlarmState,
  type Datapoint,
  type Defaults,
} from './alarms.ts';

type Said = { readonly reason?: string; readonly at?: number };

export type AlarmStore = {
  /** Creates an alarm, or changes the one of this name; its state stays as it was unless given. */
  put(given: AlarmSetup): Alarm;
  /** Puts an alarm into a state, now or at an earlier time; one with contributors takes all of them along. */
  setState(arn: string, state: AlarmState, said?: Said): Alarm;
  /** Puts one of the series of an alarm into a state; the alarm is red while any of them is. */
  setContributor(
    arn: string,
    attributes: Readonly<Record<string, string>>,
    state: AlarmContributor['state'],
    said?: Said,
  ): Alarm;
  /** Deletes an alarm; its history stays, as CloudWatch keeps it. */
  remove(arn: string): void;
  find(arn: string): Alarm;
  list(): readonly Alarm[];
  history(): readonly HistoryItem[];
  /** Writes into the history what an alarm's actions came to. */
  note(alarm: Alarm, item: HistoryNote, data: unknown): void;
  /** From now on the metric of this alarm delivers no data. */
  stopData(arn: string): void;
  /** From now on the metric delivers data that fits the alarm's state; datapoints set by hand are dropped. */
  resumeData(arn: string): void;
  /** These are all the datapoints that the metric of this alarm has, until `resumeData`. */
  setDatapoints(arn: string, datapoints: readonly Datapoint[]): void;
};

/** What somebody may want to be told of; `alarm` is as it is afterwards. */
export type AlarmHappening =
  | { readonly type: 'configured'; readonly operation: 'create'; readonly alarm: Alarm }
  | { readonly type: 'configured'; readonly operation: 'update'; readonly alarm: Alarm; readonly before: Alarm }
  | { readonly type: 'configured'; readonly operation: 'delete'; readonly alarm: Alarm }
  | { readonly type: 'turned'; readonly alarm: Alarm; readonly before: Alarm }
  | {
      readonly type: 'contributor turned';
      readonly alarm: Alarm;
      readonly contributor: AlarmContributor;
      readonly before: AlarmContributor['state'];
    };

/** What of the store has to outlive a restart. */
export type SavedAlarms = { readonly alarms: readonly Alarm[]; readonly history: readonly HistoryItem[] };

/** Holds the alarms; `onChange` is called after every change, `now` gives epoch milliseconds. */
export function createAlarmStore(
  setup: Defaults & {
    readonly now: () => number;
    readonly onChange: () => void;
    readonly onHappening: (happening: AlarmHappening) => void;
    readonly saved: SavedAlarms;
  },
): AlarmStore {
  const { now, onChange, onHappening } = setup;
  // What an older sandbox saved has fewer fields.
  const alarms = new Map(
    setup.saved.alarms.map((alarm) => [
      alarm.arn,
      { ...describe({ name: alarm.name, account: alarm.account, region: alarm.region }, 0, setup), ...alarm },
    ]),
  );
  const history: HistoryItem[] = [...setup.saved.history];

  function find(arn: string): Alarm {
    const alarm = alarms.get(arn);
    if (alarm === undefined) throw new Error(`There is no alarm ${arn}.`);
    return alarm;
  }

  function keep(alarm: Alarm): Alarm {
    alarms.set(alarm.arn, alarm);
    return alarm;
  }

  function note(alarm: Alarm, item: HistoryNote, data: unknown): void {
    history.push(recordOf(alarm, item, data));
  }

  function turn(arn: string, state: AlarmState, said: Said): Alarm {
    const before = find(arn);
    const at = said.at ?? now();
    const reason = said.reason ?? reasonFor(before, state, at);
    const reasonData = reason === '' || before.contributors.length > 0 ? null : reasonDataFor(before, state, at);
    const changed = before.state !== state;
    const alarm = keep({
      ...before,
      state,
      reason,
      reasonData,
      updatedAt: at,
      transitionedAt: changed ? at : before.transitionedAt,
      changes: [...before.changes, { at, state, reason }].toSorted((a, b) => a.at - b.at),
    });
    if (changed) {
      const summary = `Alarm updated from ${before.state} to ${state}`;
      const shown = (one: Alarm): object => ({
        stateValue: one.state,
        stateReason: one.reason,
        ...(one.reasonData === null ? {} : { stateReasonData: JSON.parse(one.reasonData) as unknown }),
      });
      note(
        alarm,
        { at, type: 'StateUpdate', summary },
        { version: '1.0', oldState: shown(before), newState: shown(alarm) },
      );
      onHappening({ type: 'turned', alarm, before });
    }
    return alarm;
  }

  function turnContributor(
    arn: string,
    attributes: Readonly<Record<string, string>>,
    state: AlarmContributor['state'],
    said: Said,
  ): void {
    const alarm = find(arn);
    const id = contributorId(attributes);
    const known = alarm.contributors.find((one) => one.id === id);
    const before = known?.state ?? 'OK';
    const at = said.at ?? now();
    const transitionedAt = before === state ? (known?.transitionedAt ?? at) : at;
    const reason = said.reason ?? reasonFor(alarm, state, at);
    const contributor = { id, attributes, state, reason, transitionedAt };
    const others = alarm.contributors.filter((one) => one.id !== id);
    const after = keep({ ...alarm, contributors: [...others, contributor] });
    if (before === state) return;
    const summary = `Alarm contributor updated from ${before} to ${state}`;
    note(
      after,
      { at, type: 'AlarmContributorStateUpdate', summary, contributor },
      {
        version: '1.0',
        oldState: { stateValue: before, stateReason: known?.reason ?? '' },
        newState: { stateValue: state, stateReason: reason },
      },
    );
    onHappening({ type: 'contributor turned', alarm: after, contributor, before });
  }

  function followContributors(arn: string, said: Said): void {
    const { contributors } = find(arn);
    const red = contributors.filter((one) => one.state === 'ALARM').length;
    const reason = `${red} out of ${contributors.length} time series evaluated to ALARM`;
    turn(arn, red > 0 ? 'ALARM' : 'OK', { ...said, reason });
  }

  return {
    put(given) {
      const before = alarms.get(arnOf(given, setup));
      const fresh = describe(given, now(), setup);
      if (before === undefined) keep(fresh);
      else {
        const { state, reason, reasonData, updatedAt, transitionedAt } = before;
        const { changes, gaps, datapoints, contributors } = before;
        const lived = { state, reason, reasonData, updatedAt, transitionedAt, changes, gaps, datapoints, contributors };
        keep({ ...fresh, ...lived });
      }
      const alarm = find(fresh.arn);
      const summary = `Alarm "${alarm.name}" ${before ? 'updated' : 'created'}`;
      note(
        alarm,
        { at: now(), type: 'ConfigurationUpdate', summary },
        { version: '1.0', type: before ? 'Update' : 'Create' },
      );
      if (before === undefined) onHappening({ type: 'configured', operation: 'create', alarm });
      else onHappening({ type: 'configured', operation: 'update', alarm, before });
      if (given.state !== undefined && alarm.state !== given.state) turn(alarm.arn, given.state, {});
      onChange();
      return find(alarm.arn);
    },

    setState(arn, state, said = {}) {
      const { contributors } = find(arn);
      if (state !== 'INSUFFICIENT_DATA')
        for (const { attributes } of contributors) turnContributor(arn, attributes, state, said);
      turn(arn, state, said);
      onChange();
      return find(arn);
    },

    setContributor(arn, attributes, state, said = {}) {
      turnContributor(arn, attributes, state, said);
      followContributors(arn, said);
      onChange();
      return find(arn);
    },

    remove(arn) {
      const alarm = find(arn);
      alarms.delete(arn);
      const summary = `Alarm "${alarm.name}" deleted`;
      note(alarm, { at: now(), type: 'ConfigurationUpdate', summary }, { version: '1.0', type: 'Delete' });
      onHappening({ type: 'configured', operation: 'delete', alarm });
      onChange();
    },

    find,
    list: () => [...alarms.values()],
    history: () => history,
    note(alarm, item, data) {
      note(alarm, item, data);
      onChange();
    },

    stopData(arn) {
      const alarm = find(arn);
      keep({ ...alarm, gaps: openGap(alarm.gaps, now()) });
      onChange();
    },

    resumeData(arn) {
      const alarm = find(arn);
      keep({ ...alarm, gaps: closeGap(alarm.gaps, now()), datapoints: null });
      onChange();
    },

    setDatapoints(arn, datapoints) {
      keep({ ...find(arn), datapoints });
      onChange();
    },
  };
}

function contributorId(attributes: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
