/** Metrics that no alarm owns, such as the traffic beside an error count. */
import { closeGap, openGap, readPeriods, type Alarm, type Datapoint, type Range } from './alarms.ts';

/** All but the names has a default: the sandbox's own account and region, no dimensions, a minute, 100. */
export type SeriesSetup = {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly account?: string;
  readonly region?: string;
  readonly periodSeconds?: number;
  /** What every period is worth from now on. */
  readonly value?: number;
};

/** All times in epoch milliseconds. */
export type Series = Required<Omit<SeriesSetup, 'value'>> &
  Pick<Alarm, 'gaps' | 'datapoints'> & {
    readonly id: string;
    readonly values: readonly Datapoint[];
  };

export type SeriesStore = {
  /** Creates a metric or changes its value from now on; the answer is its id. */
  put(given: SeriesSetup): string;
  has(id: string): boolean;
  list(): readonly Series[];
  stopData(id: string): void;
  resumeData(id: string): void;
  setDatapoints(id: string, datapoints: readonly Datapoint[]): void;
};

/** Holds the metrics; `onChange` is called after every change. */
export function createSeriesStore(setup: {
  readonly now: () => number;
  readonly onChange: () => void;
  readonly account: string;
  readonly region: string;
  readonly saved: readonly Series[];
}): SeriesStore {
  const { now, onChange } = setup;
  const all = new Map(setup.saved.map((one) => [one.id, one]));

  function change(id: string, to: (series: Series) => Partial<Series>): void {
    const series = all.get(id);
    if (series === undefined) throw new Error(`There is no metric ${id}.`);
    all.set(id, { ...series, ...to(series) });
    onChange();
  }

  return {
    put(given) {
      const { namespace, metric, dimensions = {}, periodSeconds = 60, value = 100 } = given;
      const { account = setup.account, region = setup.region } = given;
      const named = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const id = JSON.stringify([account, region, namespace, metric, ...named]);
      const before = all.get(id);
      const values = [...(before?.values ?? []), { at: now(), value }];
      const { gaps = [], datapoints = null } = before ?? {};
      all.set(id, { id, account, region, namespace, metric, dimensions, periodSeconds, values, gaps, datapoints });
      onChange();
      return id;
    },
    has: (id) => all.has(id),
    list: () => [...all.values()],
    stopData: (id) => change(id, ({ gaps }) => ({ gaps: openGap(gaps, now()) })),
    resumeData: (id) => change(id, ({ gaps }) => ({ gaps: closeGap(gaps, now()), datapoints: null })),
    setDatapoints: (id, datapoints) => change(id, () => ({ datapoints })),
  };
}

/** The values of a metric; before its first one it is taken to have been the same. */
export function readSeries(series: Series, range: Range): readonly Datapoint[] {
  return readPeriods(
    series,
    range,
    (end) => (series.values.findLast(({ at }) => at < end) ?? series.values[0])?.value ?? null,
  );
}
