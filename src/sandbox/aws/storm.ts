/** Many messages of alarms at once, for tests and measurements: made and signed first, then sent as fast as they are taken. */
import { eventOf } from './alarm-events.ts';
import { messageOf, subjectOf } from './alarm-messages.ts';
import { reasonDataFor, reasonFor } from './alarm-reasons.ts';
import { describe, type Alarm, type AlarmSetup, type AlarmState, type Defaults } from './alarms.ts';
import type { Delivered } from './topic-delivery.ts';
import type { Wiring } from './wiring.ts';

/** What one message says; the alarm need not exist. `at` in epoch milliseconds, now when left out. */
export type StormNews = {
  readonly alarm: AlarmSetup;
  readonly state?: AlarmState;
  readonly from?: AlarmState;
  readonly at?: number;
};

export type Storm = {
  readonly count: number;
  /** A topic, by its ARN: what CloudWatch publishes. A queue, by its name: what EventBridge sends. */
  readonly to: { readonly topic: string } | { readonly queue: string };
  /** Each turns an alarm of its own to red when left out. Or the whole message, as text. */
  readonly say?: (index: number) => StormNews | string;
};

export type StormResult = {
  /** A message counts once for each subscriber. */
  readonly taken: number;
  readonly refused: number;
  readonly givenUp: number;
  readonly perSecond: number;
  /** Of posts to an address; 0 when there were none. */
  readonly slowestAckMs: number;
};

/** How many are signed at a time. */
const atOnce = 200;

/** Sends a storm; resolves when every message lies in its queue or was answered. */
export async function sendStorm(
  storm: Storm,
  world: { readonly wiring: Wiring; readonly defaults: Defaults; readonly now: () => number },
): Promise<StormResult> {
  const { to, say = (index): StormNews => ({ alarm: { name: `storm-${index}` } }) } = storm;
  const send: (() => Promise<readonly Delivered[]>)[] = [];
  for (let from = 0; from < storm.count; from += atOnce) {
    const length = Math.min(atOnce, storm.count - from);
    send.push(...(await Promise.all(Array.from({ length }, async (_, index) => prepare(say(from + index))))));
  }
  const began = performance.now();
  const delivered = (await Promise.all(send.map(async (one) => one()))).flat();
  const seconds = (performance.now() - began) / 1000;
  const count = (outcome: Delivered['outcome']): number => delivered.filter((one) => one.outcome === outcome).length;
  return {
    taken: count('taken'),
    refused: count('refused'),
    givenUp: count('given up'),
    perSecond: Math.round(delivered.length / seconds),
    slowestAckMs: delivered.reduce((slowest, { ackMillis }) => Math.max(slowest, ackMillis), 0),
  };

  async function prepare(said: StormNews | string): Promise<() => Promise<readonly Delivered[]>> {
    if ('queue' in to) {
      const queue = world.wiring.queueOf(to.queue);
      const body = typeof said === 'string' ? said : eventAbout(said);
      return async () => {
        queue.send(body);
        return [{ to: to.queue, outcome: 'taken', status: null, ackMillis: 0 }];
      };
    }
    if (typeof said === 'string') return world.wiring.topics.prepare(to.topic, said);
    const { before, alarm } = turn(said);
    const { reason, state, transitionedAt: at } = alarm;
    const turned = { alarm, from: before.state, to: state, reason, at, contributor: null };
    return world.wiring.topics.prepare(to.topic, messageOf(turned, []), { subject: subjectOf(turned) });
  }

  function eventAbout(said: StormNews): string {
    return eventOf({ type: 'turned', ...turn(said) }, world.now(), null);
  }

  function turn(said: StormNews): { readonly before: Alarm; readonly alarm: Alarm } {
    const { state = 'ALARM', from = state === 'OK' ? 'ALARM' : 'OK', at = world.now() } = said;
    const before = describe({ ...said.alarm, state: from }, at - 3_600_000, world.defaults);
    const [reason, reasonData] = [reasonFor(before, state, at), reasonDataFor(before, state, at)];
    return { before, alarm: { ...before, state, reason, reasonData, transitionedAt: at, updatedAt: at } };
  }
}
