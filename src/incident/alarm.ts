/** What a machine says of an alarm, whatever road it came by. A poll says more: see `AlarmReading`. */
import type { AlarmArn, Instant } from './incident.ts';

export const alarmStates = ['ALARM', 'OK', 'INSUFFICIENT_DATA'] as const;
/** CloudWatch's own states. */
export type AlarmState = (typeof alarmStates)[number];

/** The ways in which news of an alarm reach Muster. */
export const roads = ['queue', 'topic', 'poll'] as const;
export type Road = (typeof roads)[number];

/** One of the series of an alarm that watches many. */
export type Contributor = {
  readonly id: string;
  /** For people, such as `host=web-1`; empty when the message does not say. */
  readonly words: string;
};

/** A change of an alarm's state. All words are bounded, on one line, and without what can't be seen. */
export type AlarmNews = {
  readonly alarm: AlarmArn;
  readonly name: string;
  /** `null`: the alarm as a whole. */
  readonly contributor: Contributor | null;
  readonly state: AlarmState;
  /** When the state changed, by CloudWatch's clock. */
  readonly at: Instant;
  /** CloudWatch's reason; empty when it gives none. */
  readonly because: string;
  readonly description: string;
  /** The alarm's tags, where they come along. */
  readonly tags: { readonly [key: string]: string };
  /** The end of the mute window that this happened in; `null`: it is not muted. */
  readonly mutedUntil: Instant | null;
  /** When the oldest data point of those that breached began, where the message tells. */
  readonly firstBreachAt: Instant | null;
};

/** Somebody deleted or changed an alarm. */
export type AlarmReconfigured = {
  readonly alarm: AlarmArn;
  readonly name: string;
  readonly change: 'created' | 'changed' | 'deleted';
  readonly at: Instant;
};
