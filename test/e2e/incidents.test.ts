import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { allDone } from '../harness/declaration.ts';
import { broadcast } from '../harness/story.ts';
import { textOf } from '../harness/seen.ts';
import { enter, hasBrowser, messages, openWorkspace, type Workspace, write } from '../harness/workspace.ts';

describe.runIf(hasBrowser)('an incident in the page', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await openWorkspace();
  });
  afterAll(() => workspace.end());

  it('is declared from the form, with a mistake on the way, and a responder answers in a second window', async () => {
    const ana = await workspace.open(`ana/${broadcast}`);
    await ana.getByRole('button', { name: 'Declare an incident', exact: true }).click();
    const form = ana.getByRole('dialog', { name: 'Declare an incident' });
    const title = form.getByRole('textbox', { name: 'What do users feel?' });
    await title.fill('   ');
    await form.getByRole('button', { name: 'Declare', exact: true }).click();
    await form.getByRole('alert').getByText('Say in a few words what users feel.').waitFor();
    expect(await title.getAttribute('aria-invalid')).toBe('true');

    await title.fill('payments fail');
    await form
      .getByRole('combobox', { name: 'How bad is it?' })
      .or(form.getByLabel('How bad is it?'))
      .selectOption('SEV2');
    await form.getByRole('checkbox', { name: 'checkout' }).check();
    await form.getByRole('checkbox', { name: "I'll lead" }).check();
    await form.getByRole('button', { name: 'Declare', exact: true }).click();
    await form.waitFor({ state: 'hidden' });
    await enter(ana, /inc-1-payments-fail/);
    await messages(ana).getByRole('heading', { name: 'INC-1' }).waitFor();

    const ben = await workspace.open(`ben/${new URL(ana.url()).hash.split('/')[1]}`);
    await messages(ben).getByRole('button', { name: "I'm On It" }).first().click();
    // Nobody reloads anything.
    await messages(ana).getByText('2 active').waitFor();
    await messages(ben).getByText('2 active').waitFor();
    expect(workspace.mistakes).toEqual([]);
  });

  it('whose invitations Slack refuses says so in the room', async () => {
    const page = await workspace.open(`ana/${broadcast}`);
    const fault = page.getByRole('switch', { name: 'Invitations refused' });
    await fault.click();
    await page.getByRole('status').getByText('1 switched on.').waitFor();
    await write(page, '/incident declare sev3 search: results are empty');
    await enter(page, /inc-2-results-are-empty/);
    await messages(page).getByText('0 of 3 people are invited; 3 could not be').waitFor();
    const words = messages(page).getByText(
      'Slack does not let me invite this person: somebody in the room can try by hand',
    );
    await words.waitFor();
    expect(await words.textContent()).toContain('Farah');
    await fault.click();
    await page.getByRole('status').getByText('Nothing is switched on.').waitFor();
  });

  it('whose bot is killed while the room is being made is whole once the bot is back, with nothing twice', async () => {
    const page = await workspace.open(`ana/${broadcast}`);
    const { slack } = workspace.sandbox;
    const late = page.getByRole('switch', { name: 'Two seconds late', exact: true });
    await late.click();
    await page.getByRole('status').getByText('1 switched on.').waitFor();
    await write(page, '/incident declare sev2 accounts-db: nobody can log in');
    await enter(page, /inc-3-nobody-can-log-in/);
    await page.getByRole('button', { name: 'Kill the bot' }).click();
    await page.getByRole('status').getByText('Bot not running').waitFor();
    const room = slack.channels().find(({ name }) => name === 'inc-3-nobody-can-log-in');
    const here = room?.id ?? '';
    // It was killed in the middle.
    expect(slack.bookmarks(here)).toEqual([]);
    await late.click();
    await page.getByRole('status').getByText('Nothing is switched on.').waitFor();
    await page.getByRole('button', { name: 'Start the bot' }).click();
    await page.getByRole('status').getByText('Bot running').waitFor();
    const postgres = openPostgres(workspace.sandbox.postgres.url, () => undefined);
    try {
      await allDone({ postgres });
    } finally {
      await postgres.close();
    }
    await messages(page).getByRole('heading', { name: 'INC-3' }).waitFor();
    await messages(page).getByText('will you lead?').waitFor();
    await page.getByText('1 pinned').waitFor();
    await page.getByLabel('Bookmarks and pins').getByRole('link', { name: 'Runbook accounts-db' }).waitFor();
    expect(slack.channels().filter(({ name }) => name.startsWith('inc-3-'))).toHaveLength(1);
    expect(slack.pins(here)).toHaveLength(1);
    expect(slack.bookmarks(here)).toHaveLength(2);
    const said = slack.messages(here).filter(({ isBot, subtype }) => isBot && subtype === null);
    // The card, two calls (to repair, and to say what users see), and who leads.
    expect(said.map((message) => textOf(message).split('\n')[0])).toHaveLength(4);
    expect(slack.messages(broadcast).filter(({ text }) => text.includes('INC-3'))).toHaveLength(1);
    expect(await messages(page).getByRole('heading', { name: 'INC-3' }).count()).toBe(1);
  });
});
