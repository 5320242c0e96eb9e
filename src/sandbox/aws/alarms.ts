/** What an alarm of the stand-in is, and the data that its metric delivers. */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What can be said about an alarm; all but the name has a default. */
export type AlarmSetup = {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly description?: string;
  readonly state?: AlarmState;
  /** When left out, it follows from `compositeRule`; a `log` alarm watches what a query of logs finds. */
  readonly kind?: AlarmKind;
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
  /** Metric math over the metric (`m1`), for an alarm that watches a formula; or a query with `GROUP BY`. */
  readonly expression?: string;
  /** The rule over other alarms, which makes it a composite alarm without a metric of its own. */
  readonly compositeRule?: string;
  readonly logGroups?: readonly string[];
  readonly query?: string;
  /** What runs when the alarm turns to ALARM; like the two below: ARNs, or what the roads say when left out. */
  readonly actions?: readonly string[];
  readonly okActions?: readonly string[];
  readonly insufficientDataActions?: readonly string[];
  readonly actionsEnabled?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether the tags go along with notifications and events, as the alarm's settings may say. */
  readonly tagsInMessages?: boolean;
  readonly evaluationState?: string;
  /** What keeps a composite alarm's actions back at present. */
  readonly suppressedBy?: Suppressor;
};

export type Suppressor = 'WaitPeriod' | 'ExtensionPeriod' | 'Alarm';

export type AlarmKind = 'metric' | 'composite' | 'log';

export type Comparison =
  'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';

export type Datapoint = { readonly at: number; readonly value: number };

/** One of the series of an alarm that watches many. */
export type AlarmContributor = {
  /** 16 hexadecimal digits that follow from the attributes. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly state: 'OK' | 'ALARM';
  readonly reason: string;
  readonly transitionedAt: number;
};

type Change = { readonly at: number; readonly state: AlarmState; readonly reason: string };
type Gap = { readonly from: number; readonly to: number | null };
type Optional = 'state' | 'expression' | 'compositeRule' | 'query' | 'evaluationState' | 'suppressedBy';

/** All times in epoch milliseconds. */
export type Alarm = Required<Omit<AlarmSetup, Optional>> & {
  readonly arn: string;
  readonly expression: string | null;
  readonly compositeRule: string | null;
  readonly query: string | null;
  readonly evaluationState: string | null;
  readonly suppressedBy: Suppressor | null;
  readonly state: AlarmState;
  readonly reason: string;
  /** The data behind the reason as JSON text; `null`: CloudWatch gives none. */
  readonly reasonData: string | null;
  readonly configuredAt: number;
  readonly updatedAt: number;
  /** When the state last became another one; an update that keeps the state leaves it alone. */
  readonly transitionedAt: number;
  readonly changes: readonly Change[];
  readonly gaps: readonly Gap[];
  /** Datapoints set by hand; while they stand, they are all the data there is. */
  readonly datapoints: readonly Datapoint[] | null;
  readonly contributors: readonly AlarmContributor[];
};

/** The whole periods of `periodMillis` from `from` (included) to `to` (excluded) that have ended by `now`. */
export type Range = {
  readonly from: number;
  readonly to: number;
  readonly periodMillis: number;
  readonly now: number;
};

/** The values of the alarm's metric. */
export function readMetric(alarm: Alarm, range: Range): readonly Datapoint[] {
  return readPeriods(alarm, range, (end) => {
    const state = alarm.changes.findLast((change) => change.at < end)?.state;
    // Before its first known state the alarm is taken to have been well.
    return state === 'INSUFFICIENT_DATA' ? null : typicalValue(alarm, state ?? 'OK');
  });
}

/** Goes through the periods of a range; `valueBy` says what a period was worth by its end, `null` for nothing. */
export function readPeriods(
  source: { readonly gaps: readonly Gap[]; readonly datapoints: readonly Datapoint[] | null },
  range: Range,
  valueBy: (end: number) => number | null,
): readonly Datapoint[] {
  if (source.datapoints !== null) return source.datapoints.filter(({ at }) => at >= range.from && at < range.to);
  const points: Datapoint[] = [];
  const first = Math.ceil(range.from / range.periodMillis) * range.periodMillis;
  for (let at = first; at < range.to && at + range.periodMillis <= range.now; at += range.periodMillis) {
    const end = at + range.periodMillis;
    if (source.gaps.some((gap) => end > gap.from && (gap.to === null || at < gap.to))) continue;
    const value = valueBy(end);
    if (value !== null) points.push({ at, value });
  }
  return points;
}

/** What the metric is while the alarm is in this state. */
export function typicalValue(alarm: Pick<Alarm, 'threshold' | 'comparison'>, state: 'OK' | 'ALARM'): number {
  const step = Math.max(Math.abs(alarm.threshold) / 2, 0.5);
  const high = alarm.comparison.startsWith('Greater') === (state === 'ALARM');
  return alarm.threshold + (high ? step : -step);
}

/** Data that stopped at `at`, and data that came back; both leave alone what is so already. */
export function openGap(gaps: readonly Gap[], at: number): readonly Gap[] {
  return gaps.some((gap) => gap.to === null) ? gaps : [...gaps, { from: at, to: null }];
}

export function closeGap(gaps: readonly Gap[], at: number): readonly Gap[] {
  return gaps.map((gap) => ({ ...gap, to: gap.to ?? at }));
}

export type Defaults = {
  readonly account: string;
  readonly region: string;
  /** The actions of alarms of this region that say none of their own. */
  readonly actionsIn: (region: string) => readonly string[];
};

/** The ARN that an alarm of this setup has. */
export function arnOf(given: AlarmSetup, defaults: Defaults): string {
  return `arn:aws:cloudwatch:${given.region ?? defaults.region}:${given.account ?? defaults.account}:alarm:${given.name}`;
}

/** A new alarm from what is given. */
export function describe(given: AlarmSetup, at: number, defaults: Defaults): Alarm {
  const region = given.region ?? defaults.region;
  const usual = defaults.actionsIn(region);
  const state = given.state ?? 'OK';
  const reason = 'Unchecked: Initial alarm creation';
  return {
    name: given.name,
    arn: arnOf(given, defaults),
    account: given.account ?? defaults.account,
    region,
    kind: given.kind ?? (given.compositeRule === undefined ? 'metric' : 'composite'),
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
    logGroups: given.logGroups ?? [],
    query: given.query ?? null,
    actions: given.actions ?? usual,
    okActions: given.okActions ?? usual,
    insufficientDataActions: given.insufficientDataActions ?? usual,
    actionsEnabled: given.actionsEnabled ?? true,
    tags: given.tags ?? {},
    tagsInMessages: given.tagsInMessages ?? false,
    evaluationState: given.evaluationState ?? null,
    suppressedBy: given.suppressedBy ?? null,
    state,
    reason,
    reasonData: null,
    configuredAt: at,
    updatedAt: at,
    transitionedAt: at,
    changes: [{ at, state, reason }],
    gaps: [],
    datapoints: null,
    contributors: [],
  };
}
