import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guide } from '../../src/cli/guide.ts';
import { hasBrowser, messages, openWorkspace, type Workspace } from '../harness/workspace.ts';

describe.runIf(hasBrowser)('the guide in the page', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await openWorkspace();
  });
  afterAll(() => workspace.end());

  it('leads a newcomer from the declaration to the draft, which can be read and downloaded', async () => {
    const page = await workspace.open('ana');
    const box = page.getByRole('region', { name: 'Guide' });
    const button = (name: string | RegExp) => box.getByRole('button', { name });
    for (const [index, step] of guide.steps.entries()) {
      await box.getByText(`Step ${index + 1} of ${guide.steps.length}`).waitFor();
      await box.getByText(step.text).waitFor();
      await button(/^Open #/)
        .or(button('Write it for me'))
        .waitFor();
      if (await button(/^Open #/).isVisible()) await button(/^Open #/).click();
      await button('Write it for me').click();
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      if (/\bconfirm\b/.test(step.text)) {
        const asked = messages(page).getByRole('listitem').filter({ hasText: 'Only visible to you' }).last();
        await asked.getByRole('button', { name: /^Yes, / }).click();
      }
    }
    await box.getByText('Done', { exact: true }).waitFor();

    await messages(page)
      .getByRole('button', { name: /^Open inc-1-.*postmortem\.md$/ })
      .click();
    const reader = page.getByRole('dialog');
    const text = reader.getByRole('region', { name: 'Text of the file' });
    await text.getByText('payments fail for everyone').first().waitFor();
    const downloading = page.waitForEvent('download');
    await reader.getByRole('link', { name: 'Download' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^inc-1-.*postmortem\.md$/i);
    const draft = await readFile(await download.path(), 'utf8');
    expect(draft).toMatch(/^# /);
    expect(draft).toContain('payments fail for everyone');
    expect(draft).toContain('the new connection pool is too small');
    expect(draft).toContain('rolled back for good, payments work');
    expect(await text.textContent()).toBe(draft);
    await reader.getByRole('button', { name: 'Close' }).click();

    await button('Close').click();
    await page.getByRole('button', { name: 'Show the guide' }).waitFor();
    expect(workspace.mistakes).toEqual([]);
  });
});
