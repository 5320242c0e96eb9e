import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Story, tellStory } from '../harness/story.ts';

const run = promisify(execFile);

describe('npm run export', () => {
  let story: Story;
  let folder: string;
  const exportDraft = (...words: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, ['src/cli/export.ts', ...words], { env: { DATABASE_URL: story.database.url } });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-export-'));
    story = await tellStory();
    await story.type('ana', 'declare sev2 checkout: payments fail');
    await story.inRoom('ana', 'note observation: Ana Ribeiro sees 34 errors a minute');
    await story.inRoom('ana', 'lead');
    await story.inRoom('ana', 'resolve rolled back');
    await story.after('5s');
    // Slack is down from here on.
    await story.slack.close();
  });

  afterAll(async () => {
    await story.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('writes the draft to a file while Slack is down', async () => {
    const out = join(folder, 'inc-1.md');
    const { stdout } = await exportDraft('INC-1', '--out', out);
    const picture = join(folder, 'inc-1-headcount.svg');
    expect(stdout).toBe(`Written to ${out}\nThe headcount as a picture: ${picture}\n`);
    expect(await readFile(picture, 'utf8')).toMatch(/^<svg [^]*<title>People in INC-1<\/title>/);
    const draft = await readFile(out, 'utf8');
    expect(draft).toMatch(/^# INC-1: payments fail\n/);
    expect(draft).toContain('34 errors a minute');
    expect(draft).toMatch(/^- \d+ p(?:erson|eople) at most /m);
    expect(draft).not.toContain('Ana');
  });

  it('prints it without a file, for a key in small letters too', async () => {
    const { stdout } = await exportDraft('inc-1');
    expect(stdout).toMatch(/^# INC-1: payments fail\n/);
  });

  it.each([
    [[], /Say which incident\. Usage: npm run export -- INC-1/],
    [['checkout'], /"checkout" is no incident's key/],
    [['INC-99'], /There is no INC-99/],
    [['INC-1', '--output', 'x'], /Usage:/],
  ])('says what is wrong with %j', async (words, sentence) => {
    await expect(exportDraft(...words)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
  });
});
