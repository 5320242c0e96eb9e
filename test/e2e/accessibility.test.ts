import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broadcast } from '../harness/story.ts';
import { enter, hasBrowser, messages, openWorkspace, type Workspace, write } from '../harness/workspace.ts';

let workspace: Workspace;

describe.runIf(hasBrowser)('the page breaks no rule of accessibility', () => {
  beforeAll(async () => {
    workspace = await openWorkspace();
    await write(await workspace.open(`ana/${broadcast}`), '/incident declare sev2 checkout: payments fail');
  });
  afterAll(() => workspace.end());

  describe.each([1280, 390])('%i pixels wide', (width) => {
    screens(width);
  });
});

/** The main screens, one after another in one window. */
function screens(width: number): void {
  let page: Page;
  beforeAll(async () => {
    page = await workspace.open(`ana/${broadcast}`, width);
    await show('Channels');
    await enter(page, /inc-1-payments-fail/);
    await messages(page).getByRole('heading', { name: 'INC-1' }).waitFor();
    await page.getByText('1 pinned').waitFor();
  });
  afterAll(() => page.close());

  /** Where the page is narrow, its parts are tabs. */
  async function show(part: string): Promise<void> {
    if (width < 1000) await page.getByRole('button', { name: part, exact: true }).click();
  }

  async function expectNoViolation(): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
      expect(passes.length).toBeGreaterThan(10);
      expect(
        violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${colorScheme}: ${id}: ${help}: ${html}`)),
      ).toEqual([]);
    }
  }

  it('in a room with its card', async () => {
    await show('Messages');
    await expectNoViolation();
  });

  it('in the list of channels and people', async () => {
    await show('Channels');
    await page.getByText('People', { exact: true }).click();
    await expectNoViolation();
  });

  it('while a command is typed', async () => {
    await show('Messages');
    await page.getByRole('textbox', { name: 'Message or slash command' }).fill('/incident');
    await page.getByRole('option', { name: '/incident declare' }).waitFor();
    await expectNoViolation();
    await page.getByRole('textbox', { name: 'Message or slash command' }).fill('');
  });

  it('in a form with a mistake', async () => {
    await show('Messages');
    await page.getByRole('button', { name: 'Declare an incident', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'Declare an incident' });
    await form.getByRole('button', { name: 'Declare', exact: true }).click();
    await form.getByText('Please complete this required field.').waitFor();
    await expectNoViolation();
    await form.getByRole('button', { name: 'Not Now' }).click();
    await form.waitFor({ state: 'hidden' });
  });

  it('in the panel of the world, with a red alarm and a fault', async () => {
    const { alarms } = workspace.sandbox.aws;
    alarms.setState(alarms.list()[0]?.arn ?? '', 'ALARM');
    await show('World');
    const fault = page.getByRole('switch', { name: 'CloudWatch throttles' });
    await fault.click();
    await page.getByRole('status').getByText('1 switched on.').waitFor();
    await expectNoViolation();
    await fault.click();
    await page.getByRole('status').getByText('Nothing is switched on.').waitFor();
  });

  it('in a thread', async () => {
    await show('Messages');
    await messages(page).getByLabel('What can be done with this message').first().click();
    await messages(page).getByRole('button', { name: 'Reply in thread' }).first().click();
    const thread = page.getByRole('region', { name: 'Thread' });
    await thread.getByRole('textbox', { name: 'Reply in thread' }).fill('I see it, too.');
    await thread.getByRole('button', { name: 'Reply', exact: true }).click();
    await thread.getByText('I see it, too.').first().waitFor();
    await expectNoViolation();
  });
}
