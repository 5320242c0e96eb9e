import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

type RecordedFile = {
  readonly events: readonly {
    readonly at: string;
    readonly text: string;
    readonly visibility?: string;
    readonly note?: string;
  }[];
  readonly published_summary_facts: readonly string[];
};

const run = promisify(execFile);
const recordings = ['parcel-tracking-stands-still', 'backbone-router-attracts-all-traffic'];
const folders: string[] = [];

async function outFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-replayed-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Markdown as it reads: without the backslashes that keep words from becoming markup. */
function asRead(markdown: string): string {
  return markdown
    .replace(/\\([^\w\s])/g, '$1')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<');
}

describe('npm run replay', () => {
  it.each(recordings)(
    'plays %s through the whole bot: all that was seen stands in the draft at its time',
    async (name) => {
      const out = await outFolder();
      const { stdout } = await run(process.execPath, [
        'src/cli/replay.ts',
        `test/fixtures/recordings/${name}.json`,
        '--out',
        out,
      ]);
      expect(stdout).toMatch(/the incident is closed/);
      const recorded = JSON.parse(await readFile(`test/fixtures/recordings/${name}.json`, 'utf8')) as RecordedFile;
      const draft = asRead(await readFile(join(out, 'postmortem.md'), 'utf8'));
      const transcript = await readFile(join(out, 'transcript.txt'), 'utf8');
      const timeline = JSON.parse(await readFile(join(out, 'timeline.json'), 'utf8')) as Record<string, string>[];
      expect(Object.keys(timeline[0] ?? {})).toEqual(['occurredAt', 'recordedAt', 'kind', 'actor', 'text', 'source']);

      const seen = recorded.events.filter(({ visibility }) => visibility === 'live' || visibility === 'feed');
      expect(seen.length).toBeGreaterThan(5);
      for (const { at, text } of seen) {
        const time = new Date(at).toISOString().slice(11, 16);
        expect(draft.split('\n').filter((line) => line.includes(`${time} `) && line.includes(text))).not.toEqual([]);
      }
      const everything = [draft, transcript, JSON.stringify(timeline)].join('\n');
      const unseen = recorded.events.filter(({ visibility }) => visibility === 'retro').map(({ text }) => text);
      const notes = recorded.events.flatMap(({ note }) => note ?? []);
      expect(unseen.length).toBeGreaterThan(0);
      for (const words of [...unseen, ...notes, ...recorded.published_summary_facts]) {
        expect(everything).not.toContain(words);
      }
    },
  );

  it('refuses a file of another shape with the field that is wrong', async () => {
    const folder = await outFolder();
    const file = join(folder, 'outage.json');
    await writeFile(file, JSON.stringify({ title: 'x', events: 'none' }));
    const refused = run(process.execPath, ['src/cli/replay.ts', file]);
    await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/outage\.json: events: /) });
  });
});
