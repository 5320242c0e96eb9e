import { expect, test } from 'vitest';
import { openMetrics } from '../src/metrics.ts';

test('messages are counted by road and outcome, refusals by their reason too, apart from every other count', async () => {
  const metrics = openMetrics();
  const other = openMetrics();
  metrics.taken('queue', 'stored', 3);
  metrics.taken('queue', 'stored', 2);
  metrics.taken('topic', 'not an alarm', 1);
  metrics.refused('topic', 'forged');
  const { text, type } = await metrics.render();
  expect(type).toMatch(/^text\/plain/);
  const lines = text.split('\n').filter((line) => line.startsWith('muster_'));
  expect(lines.toSorted()).toEqual([
    'muster_alarm_messages_refused_total{road="topic",reason="forged"} 1',
    'muster_alarm_messages_total{road="queue",outcome="stored"} 5',
    'muster_alarm_messages_total{road="topic",outcome="not an alarm"} 1',
    'muster_alarm_messages_total{road="topic",outcome="refused"} 1',
  ]);
  expect(text).toContain('process_cpu_seconds_total');
  expect((await other.render()).text).not.toContain('road="queue"');
});
