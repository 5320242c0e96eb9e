/** The alarms of the stand-in, each under its account and region, with what they went through and the data they watch. */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What can be said about an alarm; all but the name has a default. */
export type AlarmSetup = {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly description?: string;
  readonly state?: AlarmState;
  readonly namespace?: string;
  readonly metric?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly statistic?: string;
  readonly periodSeconds?: number;
  readonly evaluationPeriods?: number;
  readonly datapointsToAlarm?: number;
  readonly threshold?: number;
  readonly comparison?: Comparison;
  readonly treatMissingData?: 'missing' | 'notBreaching' | 'breaching' | 'ignore';
  /** Metric math over the metric (`m1`), for an alarm that watches a formula. */
  readonly expression?: string;
  /** The rule over other alarms, which makes it a composite alarm without a metric of its own. */
  readonly compositeRule?: string;
  readonly actions?: readonly string[];
};

export type Comparison =
  'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';

export type Datapoint = { readonly at: number; readonly value: number };

type Change = { readonly at: number; readonly state: AlarmState; readonly reason: string };
type Gap = { readonly from: number; readonly to: number | null };

/** All times in epoch milliseconds. */
export type Alarm = Required<Omit<AlarmSetup, 'state' | 'expression' | 'compositeRule'>> & {
  readonly arn: string;
  readonly kind: 'metric' | 'composite';
  readonly expression: string | null;
  readonly compositeRule: string | null;
  readonly state: AlarmState;
  readonly reason: string;
  readonly configuredAt: number;
  readonly updatedAt: number;
  /** When the state last became another one; an update that keeps the state leaves it alone. */
  readonly transitionedAt: number;
  readonly changes: readonly Change[];
  readonly gaps: readonly Gap[];
  /** Datapoints set by hand; while they stand, they are all the data there is. */
  readonly datapoints: readonly Datapoint[] | null;
};

export type HistoryItem = {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly kind: Alarm['kind'];
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate';
  readonly summary: string;
  readonly data: string;
};

export type AlarmStore = {
  /** Creates an alarm, or changes the one of this name; its state stays as it was unless given. */
  put(given: AlarmSetup): Alarm;
  /** Puts an alarm into a state, now or at an earlier time. */
  setState(arn: string, state: AlarmState, said?: { readonly reason?: string; readonly at?: number }): Alarm;
  /** Deletes an alarm; its history stays, as CloudWatch keeps it. */
  remove(arn: string): void;
  list(): readonly Alarm[];
  history(): readonly HistoryItem[];
  /** From now on the metric of this alarm delivers no data. */
  stopData(arn: string): void;
  /** From now on the metric delivers data that fits the alarm's state; datapoints set by hand are dropped. */
  resumeData(arn: string): void;
  /** These are all the datapoints that the metric of this alarm has, until `resumeData`. */
  setDatapoints(arn: string, datapoints: readonly Datapoint[]): void;
};

/** What of the store has to outlive a restart. */
export type SavedAlarms = { readonly alarms: readonly Alarm[]; readonly history: readonly HistoryItem[] };

/** Holds the alarms; `onChange` is called after every change, `now` gives epoch milliseconds. */
export function createAlarmStore(setup: {
  readonly now: () => number;
  readonly onChange: () => void;
  readonly account: string;
  readonly region: string;
  readonly saved: SavedAlarms;
}): AlarmStore {
  const { now, onChange } = setup;
  const alarms = new Map(setup.saved.alarms.map((alarm) => [alarm.arn, alarm]));
  const history: HistoryItem[] = [...setup.saved.history];

  function find(arn: string): Alarm {
    const alarm = alarms.get(arn);
    if (alarm === undefined) throw new Error(`There is no alarm ${arn}.`);
    return alarm;
  }

  function note(alarm: Alarm, item: Pick<HistoryItem, 'at' | 'type' | 'summary'>, data: unknown): void {
    const { arn, name, account, region, kind } = alarm;
    history.push({ arn, name, account, region, kind, ...item, data: JSON.stringify(data) });
  }

  return {
    put(given: AlarmSetup): Alarm {
      const arn = arnOf(given, setup);
      const before = alarms.get(arn);
      const state = given.state ?? before?.state ?? 'OK';
      const alarm = describe(given, { arn, state, at: now(), ...setup });
      const kept =
        before === undefined
          ? alarm
          : { ...alarm, changes: before.changes, gaps: before.gaps, transitionedAt: before.transitionedAt };
      alarms.set(arn, { ...kept, state: before?.state ?? state });
      const summary = `Alarm "${alarm.name}" ${before ? 'updated' : 'created'}`;
      note(
        alarm,
        { at: now(), type: 'ConfigurationUpdate', summary },
        { version: '1.0', type: before ? 'Update' : 'Create' },
      );
      if (before !== undefined && before.state !== state) return this.setState(arn, state);
      onChange();
      return find(arn);
    },

    setState(arn: string, state: AlarmState, said: { readonly reason?: string; readonly at?: number } = {}): Alarm {
      const alarm = find(arn);
      const at = said.at ?? now();
      const reason = said.reason ?? defaultReason(alarm, state, at);
      const changed = alarm.state !== state;
      alarms.set(arn, {
        ...alarm,
        state,
        reason,
        updatedAt: at,
        transitionedAt: changed ? at : alarm.transitionedAt,
        changes: [...alarm.changes, { at, state, reason }].toSorted((a, b) => a.at - b.at),
      });
      if (changed) {
        const summary = `Alarm updated from ${alarm.state} to ${state}`;
        note(
          alarm,
          { at, type: 'StateUpdate', summary },
          {
            version: '1.0',
            oldState: { stateValue: alarm.state, stateReason: alarm.reason },
            newState: { stateValue: state, stateReason: reason },
          },
        );
      }
      onChange();
      return find(arn);
    },

    remove(arn: string): void {
      find(arn);
      alarms.delete(arn);
      onChange();
    },

    list: (): readonly Alarm[] => [...alarms.values()],
    history: (): readonly HistoryItem[] => history,

    stopData(arn: string): void {
      const alarm = find(arn);
      if (alarm.gaps.some((gap) => gap.to === null)) return;
      alarms.set(arn, { ...alarm, gaps: [...alarm.gaps, { from: now(), to: null }] });
      onChange();
    },

    resumeData(arn: string): void {
      const alarm = find(arn);
      const gaps = alarm.gaps.map((gap) => ({ ...gap, to: gap.to ?? now() }));
      alarms.set(arn, { ...alarm, gaps, datapoints: null });
      onChange();
    },

    setDatapoints(arn: string, datapoints: readonly Datapoint[]): void {
      alarms.set(arn, { ...find(arn), datapoints });
      onChange();
    },
  };
}

/** The values of the alarm's metric in whole periods from `from` (included) to `to` (excluded) that have ended by `now`. */
export function readMetric(
  alarm: Alarm,
  range: { readonly from: number; readonly to: number; readonly periodMillis: number; readonly now: number },
): readonly Datapoint[] {
  if (alarm.datapoints !== null) return alarm.datapoints.filter(({ at }) => at >= range.from && at < range.to);
  const points: Datapoint[] = [];
  const first = Math.ceil(range.from / range.periodMillis) * range.periodMillis;
  for (let at = first; at < range.to && at + range.periodMillis <= range.now; at += range.periodMillis) {
    if (alarm.gaps.some((gap) => at + range.periodMillis > gap.from && (gap.to === null || at < gap.to))) continue;
    const state = alarm.changes.findLast((change) => change.at < at + range.periodMillis)?.state;
    // Before its first known state the alarm is taken to have been well.
    if (state !== 'INSUFFICIENT_DATA') points.push({ at, value: typicalValue(alarm, state ?? 'OK') });
  }
  return points;
}

function typicalValue(alarm: Alarm, state: 'OK' | 'ALARM'): number {
  const step = Math.max(Math.abs(alarm.threshold) / 2, 0.5);
  const high = alarm.comparison.startsWith('Greater') === (state === 'ALARM');
  return alarm.threshold + (high ? step : -step);
}

function arnOf(given: AlarmSetup, defaults: { readonly account: string; readonly region: string }): string {
  return `arn:aws:cloudwatch:${given.region ?? defaults.region}:${given.account ?? defaults.account}:alarm:${given.name}`;
}

function describe(
  given: AlarmSetup,
  known: {
    readonly arn: string;
    readonly state: AlarmState;
    readonly at: number;
    readonly account: string;
    readonly region: string;
  },
): Alarm {
  const alarm = {
    name: given.name,
    arn: known.arn,
    account: given.account ?? known.account,
    region: given.region ?? known.region,
    kind: given.compositeRule === undefined ? ('metric' as const) : ('composite' as const),
    description: given.description ?? '',
    namespace: given.namespace ?? 'Sandbox',
    metric: given.metric ?? given.name,
    dimensions: given.dimensions ?? {},
    statistic: given.statistic ?? 'Average',
    periodSeconds: given.periodSeconds ?? 60,
    evaluationPeriods: given.evaluationPeriods ?? 1,
    datapointsToAlarm: given.datapointsToAlarm ?? given.evaluationPeriods ?? 1,
    threshold: given.threshold ?? 80,
    comparison: given.comparison ?? 'GreaterThanThreshold',
    treatMissingData: given.treatMissingData ?? 'missing',
    expression: given.expression ?? null,
    compositeRule: given.compositeRule ?? null,
    actions: given.actions ?? [],
    state: known.state,
    reason: 'Unchecked: Initial alarm creation',
    configuredAt: known.at,
    updatedAt: known.at,
    transitionedAt: known.at,
    gaps: [],
    datapoints: null,
  };
  const changes = [{ at: known.at, state: known.state, reason: alarm.reason }];
  return { ...alarm, changes };
}

function defaultReason(alarm: Alarm, state: AlarmState, at: number): string {
  if (state === 'INSUFFICIENT_DATA') return 'Insufficient Data: 1 datapoint was unknown.';
  const compared = alarm.comparison.startsWith('Greater') ? 'greater' : 'less';
  const when = new Date(at).toISOString().replace('T', ' ').slice(0, 16);
  const value = typicalValue(alarm, state);
  const verdict = state === 'ALARM' ? 'was' : 'was not';
  return `Threshold Crossed: 1 datapoint [${value} (${when})] ${verdict} ${compared} than the threshold (${alarm.threshold}).`;
}
