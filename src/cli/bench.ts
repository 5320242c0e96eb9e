/** `npm run bench -- NAME`: measures, prints a table for people and one JSON object as the last line. */
import { measureAck } from '../bench/ack.ts';
import { measureCall } from '../bench/call.ts';
import { measureEscalate } from '../bench/escalate.ts';
import { measurePoll } from '../bench/poll.ts';
import { measureReady } from '../bench/ready.ts';
import { measureStorm } from '../bench/storm.ts';
import type { Measured } from '../bench/measured.ts';

const benchmarks: Readonly<Record<string, { readonly what: string; readonly measure: () => Promise<Measured> }>> = {
  ready: { what: 'from the slash command to the room with everyone invited', measure: measureReady },
  ack: { what: 'from a slash command to its acknowledgement, at 100 a second', measure: measureAck },
  call: { what: 'one page to a level of 50 people', measure: measureCall },
  escalate: {
    what: 'whether calls go out on time: 500 open incidents, two replicas restarting',
    measure: measureEscalate,
  },
  poll: { what: 'one poll of 500 alarms that 1, 100 and 1,000 open incidents share', measure: measurePoll },
  storm: { what: 'ten thousand messages about alarms by SQS, and ten thousand by SNS', measure: measureStorm },
};

const name = process.argv[2] ?? '';
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined) {
  const known = Object.entries(benchmarks).map(([each, { what }]) => `  ${each.padEnd(10)}${what}`);
  process.stderr.write(`Usage: npm run bench -- NAME, where NAME is one of\n${known.join('\n')}\n`);
  process.exitCode = 1;
} else {
  const { rows, result } = await benchmark.measure();
  const width = Math.max(...rows.map(([label]) => label.length));
  process.stdout.write(`${rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n')}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
