/** What Muster counts, as Prometheus reads it. */
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { Road } from './incident/alarm.ts';

/** `not saved`: the database refused it, again and again, although it was understood. */
export type RefusedBecause = 'too large' | 'malformed' | 'forged' | 'not understood' | 'not saved';

export type Metrics = {
  /** Messages that were stored, or that are about no alarm. */
  taken(road: Road, outcome: 'stored' | 'not an alarm', messages: number): void;
  /** A message that nothing could be made of. */
  refused(road: Road, because: RefusedBecause): void;
  /** All of it, as text. */
  render(): Promise<{ readonly text: string; readonly type: string }>;
};

/** Counts from nothing, apart from every other in this process. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const messages = new Counter({
    name: 'muster_alarm_messages_total',
    help: 'Messages about alarms that arrived, by road and by what became of them.',
    labelNames: ['road', 'outcome'],
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'muster_alarm_messages_refused_total',
    help: 'Messages about alarms that were refused, by road and reason.',
    labelNames: ['road', 'reason'],
    registers: [registry],
  });
  return {
    taken: (road, outcome, count) => messages.inc({ road, outcome }, count),
    refused(road, reason) {
      messages.inc({ road, outcome: 'refused' });
      refusals.inc({ road, reason });
    },
    render: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  };
}
