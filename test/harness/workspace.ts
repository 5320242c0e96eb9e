/** The workspace as people open it: the sandbox with the bot as `npm start` runs it, and a browser. */
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { source as axe } from 'axe-core';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { readCatalog } from '../../src/catalog.ts';
import { catalogPath, sandboxedBot } from '../../src/cli/sandboxed-bot.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { freePort } from './bot.ts';
import { eventually } from './waiting.ts';

/** Whether there is a browser; without one these tests are skipped, which is said at the end of the run. */
export const hasBrowser = inject('browser') !== null;

export type Workspace = {
  readonly sandbox: Sandbox;
  /** A window, wide unless told; `place` is what stands after `#` in the address: `ben/C0INCIDENTS`. */
  open(place: string, width?: number): Promise<Page>;
  /** What went wrong in the scripts of all windows. */
  readonly mistakes: readonly string[];
  end(): Promise<void>;
};

/** Starts both; the bot is connected. End it with `end()`. */
export async function openWorkspace(): Promise<Workspace> {
  const catalog = readCatalog(await readFile(catalogPath, 'utf8'), catalogPath);
  if (!catalog.ok) throw new Error(catalog.problems.join('\n'));
  const folder = await mkdtemp(join(tmpdir(), 'muster-e2e-'));
  // The database server may run as another user, who has to be able to enter.
  await chmod(folder, 0o755);
  const [sandbox, browser] = await Promise.all([
    startSandbox({ folder, durable: false, ...sandboxedBot(catalog.catalog, await freePort()) }),
    chromium.launch({ executablePath: inject('browser') ?? '' }),
  ]);
  await eventually(() => sandbox.slack.socketCount() > 0, 'the bot connects', 30_000);
  const mistakes: string[] = [];
  let context: BrowserContext | undefined;
  return {
    sandbox,
    mistakes,
    async open(place, width = 1280) {
      // All windows of one browser know the same of what was read.
      context ??= await newContext();
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${sandbox.url}#${place}`);
      await page.getByRole('main').getByRole('log').waitFor({ state: 'attached' });
      return page;
    },
    async end() {
      await browser.close();
      await sandbox.remove();
    },
  };

  async function newContext(): Promise<BrowserContext> {
    const opened = await browser.newContext();
    opened.setDefaultTimeout(20_000);
    // Before the page's own rules for scripts hold.
    await opened.addInitScript({ content: axe });
    opened.on('weberror', (error) => mistakes.push(String(error.error())));
    opened.on('console', (line) => {
      if (line.type() === 'error') mistakes.push(line.text());
    });
    return opened;
  }
}

/** The messages of the open channel. */
export function messages(page: Page): Locator {
  return page.getByRole('log');
}

/** Writes it into the box, and sends it. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message or slash command' }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** Goes to the channel of that name, once it is there. */
export async function enter(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('navigation', { name: 'Channels' }).getByRole('button', { name }).click();
}
