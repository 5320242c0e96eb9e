/** `npm run replay -- FILE.json [--out DIR]`: plays a recorded incident through the whole bot in a sandbox of its own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseRecording } from '../replay/recording.ts';
import { type Played, playRecording } from '../replay/replay.ts';

const usage = 'Usage: npm run replay -- FILE.json [--out DIR]';

async function replay(): Promise<void> {
  const { file, out } = readArguments();
  if (file === null) return refuse(usage);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return refuse(`${file} can’t be read.`);
  const reading = parseRecording(text, basename(file));
  if (!reading.ok) return refuse(reading.problems.join('\n'));
  const begun = Date.now();
  const played = await playRecording(reading.recording);
  const folder = out ?? join('out', basename(file, '.json'));
  await write(folder, played);
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  process.stdout.write(
    `Played in ${seconds} s: ${played.timeline.length} timeline rows, the incident is ${played.incident.status}.\n` +
      `Written: ${['postmortem.md', 'timeline.json', 'transcript.txt'].map((name) => join(folder, name)).join(', ')}\n`,
  );
}

async function write(folder: string, { postmortem, timeline, transcript }: Played): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rows = timeline.map(({ occurredAt, recordedAt, kind, actor, text, source }) => ({
    occurredAt: new Date(occurredAt).toISOString(),
    recordedAt: new Date(recordedAt).toISOString(),
    kind,
    actor,
    text,
    source,
  }));
  await writeFile(join(folder, 'postmortem.md'), postmortem);
  await writeFile(join(folder, 'timeline.json'), `${JSON.stringify(rows, null, 2)}\n`);
  await writeFile(join(folder, 'transcript.txt'), transcript);
}

function readArguments(): { readonly file: string | null; readonly out: string | null } {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
    return { file: positionals.length === 1 ? (positionals[0] ?? null) : null, out: values.out ?? null };
  } catch {
    return { file: null, out: null };
  }
}

function refuse(words: string): void {
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
}

await replay();
