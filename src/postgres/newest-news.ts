/** Of many news at once, what is the newest of each alarm, with all that was told about it. */
import type { AlarmNews } from '../incident/alarm.ts';

export type NewestNews = {
  readonly news: AlarmNews;
  /** Whether the alarm was red in any of the news, so that a short red moment is not passed over. */
  readonly red: boolean;
};

/** One for each alarm and contributor. Of two at the same time, red is the later one. */
export function newestNews(all: readonly AlarmNews[]): readonly NewestNews[] {
  const newest = new Map<string, NewestNews>();
  for (const news of all) {
    const key = `${news.alarm}\n${news.contributor?.id ?? ''}`;
    const before = newest.get(key);
    newest.set(key, {
      news: before === undefined ? news : newerOf(before.news, news),
      red: before?.red === true || news.state === 'ALARM',
    });
  }
  return [...newest.values()];
}

function newerOf(one: AlarmNews, other: AlarmNews): AlarmNews {
  if (one.at !== other.at) return one.at > other.at ? one : other;
  if (one.state !== other.state) return other.state === 'ALARM' ? other : one;
  return {
    ...one,
    contributor: one.contributor?.words === '' ? other.contributor : one.contributor,
    because: one.because || other.because,
    description: one.description || other.description,
    tags: { ...other.tags, ...one.tags },
    mutedUntil: later(one.mutedUntil, other.mutedUntil),
    firstBreachAt: one.firstBreachAt ?? other.firstBreachAt,
  };
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
