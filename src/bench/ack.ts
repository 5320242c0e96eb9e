/** From a slash command to its acknowledgement, while a hundred a second arrive: saved in Postgres first, each of them. */
import { setTimeout as wait } from 'node:timers/promises';
import { openArena } from './arena.ts';
import { type Measured, percentile, round } from './measured.ts';

const perSecond = 100;
const seconds = 15;
const warmUpSeconds = 3;

const catalog = `
defaults: { responders: [U0ANA000001] }
services:
  - { name: checkout, responders: [U0BEN000002] }
`;

export async function measureAck(): Promise<Measured> {
  const arena = await openArena({ catalog });
  const { slack } = arena.sandbox;
  const send = async (): Promise<number> => {
    const ack = await slack.command({
      user: 'U0ANA000001',
      channel: 'C0GENERAL01',
      command: '/incident',
      text: 'list',
    });
    if (!ack.acked) throw new Error('a command was not acknowledged within three seconds');
    return ack.ms;
  };
  try {
    await sendSteadily(send, warmUpSeconds);
    const begun = performance.now();
    const millis = await sendSteadily(send, seconds);
    const reached = millis.length / ((performance.now() - begun) / 1000);
    const result = {
      p50Ms: round(percentile(millis, 0.5)),
      p99Ms: round(percentile(millis, 0.99)),
      maxMs: round(Math.max(...millis)),
      perSecond: round(reached),
      commands: millis.length,
    };
    return {
      rows: [
        ['commands', `${result.commands} at ${result.perSecond} a second`],
        [
          'acknowledged after',
          `${result.p50Ms} ms (median), ${result.p99Ms} ms (99 of 100), ${result.maxMs} ms (most)`,
        ],
      ],
      result,
    };
  } finally {
    await arena.close();
  }
}

/** Sends on time, whether or not earlier ones were answered: a slow bot must not slow its own test down. */
async function sendSteadily(send: () => Promise<number>, forSeconds: number): Promise<readonly number[]> {
  const begun = performance.now();
  const sent: Promise<number>[] = [];
  for (let number = 0; number < forSeconds * perSecond; number++) {
    const due = begun + (number * 1000) / perSecond;
    if (due > performance.now()) await wait(due - performance.now());
    sent.push(send());
  }
  return Promise.all(sent);
}
