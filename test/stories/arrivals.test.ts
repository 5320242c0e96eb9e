import { describe, expect, it } from 'vitest';
import { input } from '../harness/seen.ts';
import { inStory, people } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

/** Nothing watches this service, so no machine writes into its timeline. */
const declared = 'declare sev2 accounts-db: nobody can log in';
/** What its timeline begins with: its first level is called, and support. */
const beginning = ['declared', 'page opened', 'people paged', 'page opened', 'people paged', 'room opened'];

describe.concurrent('what arrives', () => {
  it('while Postgres does not answer is said to be in doubt, and is not done later', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      await slack.globalShortcut({ user: people.dara, callbackId: 'declare_incident' });
      await eventually(() => slack.views(people.dara).length > 0, 'a form opens');
      const card = slack.pins(room)[0]?.ts ?? '';
      const inDoubt = "I can't tell whether that was saved. Please look at `/incident list` before you send it again.";
      await story.postgres.transaction(async (held) => {
        await held.query('lock table inbox');
        const [ack, sent, pressed] = await Promise.all([
          story.type('ben', 'declare sev1 search: it is gone'),
          slack.submitView({ user: people.dara, values: { title: input({ value: 'search is gone' }) } }),
          slack.click({ user: people.hugo, channel: room, messageTs: card, action: "I'm On It" }),
        ]);
        expect(ack.acked).toBe(true);
        expect(story.toldTo('ben')).toEqual([inDoubt]);
        expect(sent).toMatchObject({ outcome: 'errors', errors: { title: inDoubt } });
        expect(pressed.acked).toBe(true);
        await story.told('hugo', /^I can't tell whether that was saved\./);
      });
      await story.after('1m');
      const { rows } = await story.postgres.query('select id from incident');
      expect(rows).toHaveLength(1);
      expect((await story.incident()).responders).not.toContainEqual(
        expect.objectContaining({ person: people.hugo, state: 'active' }),
      );
      // Sent again, it is done.
      await story.type('ben', 'declare sev1 search: it is gone');
      await story.roomOf(2);
    }));

  it('while Postgres is away is told to be not saved, and is handled once it is back', () =>
    inStory(async (story) => {
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      await story.database.away(async () => {
        const ack = await story.type('ana', 'note nobody will read this', room);
        expect(ack.acked).toBe(true);
        await story.told(
          'ana',
          /^I could not save that just now, so nothing was done\. Please send it again in a minute\.$/,
        );
      });
      await eventually(async () => {
        const ack = await story.type('ana', 'note still here', room);
        return ack.acked && ack.body === null;
      }, 'it is saved again');
      const notes = async (): Promise<readonly string[]> =>
        (await story.timeline()).filter(({ kind }) => kind === 'note').map(({ text }) => text);
      await eventually(async () => (await notes()).length > 0, 'it is handled');
      expect(await notes()).toEqual(['still here']);
    }));

  it('and means nothing to the bot is acknowledged, and kept nowhere', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      const card = slack.pins(room)[0]?.ts ?? '';
      await story.postgres.transaction(async (held) => {
        await held.query('lock table inbox');
        expect(await slack.openHome({ user: people.ana })).toMatchObject({ acked: true, body: null });
        await slack.react({ user: people.ana, channel: room, messageTs: card, name: 'eyes' });
      });
      const { rows } = await story.postgres.query(
        `select body from inbox where body->'event'->>'type' in ('app_home_opened', 'reaction_added')
         or body->'event'->>'bot_id' is not null or body->'event'->>'subtype' is not null`,
      );
      expect(rows).toEqual([]);
    }));

  it('twice is done once', () =>
    inStory(async (story) => {
      const { slack } = story;
      slack.inject({ method: 'slash_commands', fault: { type: 'twice' }, times: 2 });
      await story.type('ana', declared);
      await story.roomOf();
      await story.after('5s');
      await story.inRoom('ana', 'note only once');
      slack.inject({ method: 'interactive', fault: { type: 'twice' } });
      await story.press('ana', "I'll Lead");
      await story.after('5s');
      expect((await story.timeline()).map(({ kind }) => kind)).toEqual([...beginning, 'note', 'role given']);
      expect((await story.texts()).filter((text) => text.includes('only once'))).toHaveLength(1);
      expect(story.toldTo('ana').filter((text) => text.includes('is declared'))).toHaveLength(1);
    }));
});

describe.concurrent('a button', () => {
  it('that is pressed twice does one thing and says so', () =>
    inStory(async (story) => {
      await story.type('ana', declared);
      await story.roomOf();
      await story.after('5s');
      const rows = async (): Promise<readonly string[]> => (await story.timeline()).map(({ kind }) => kind);
      await story.press('ana', "I'll Lead");
      await story.press('ana', "I'll Lead");
      await story.told('ana', /^INC-1: nothing to change, it is so already\./);
      await story.press('emil', "I'm On It");
      await story.press('emil', "I'm On It");
      await story.told('emil', /^INC-1: nothing to change, it is so already\./);
      expect(await rows()).toEqual([...beginning, 'role given', 'page answered']);
    }));

  it('that an outsider presses does nothing', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      for (const label of ["I'm On It", 'Lead', 'Mitigated', 'Page']) await story.press('petra', label);
      await story.told('petra', /^Only people of this workspace can do that\./);
      expect(slack.views(people.petra)).toEqual([]);
      expect((await story.timeline()).map(({ kind }) => kind)).toEqual(beginning);
      expect(slack.channel(room)?.members).not.toContain(people.petra);
    }));

  it('that was tampered with, or is older than its meaning, changes nothing that is not so', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('5s');
      await story.press('ana', "I'll Lead");
      await story.inRoom('ana', 'mitigated rolled back');
      const undo = slack.messages(room).findLast(({ text }) => text.startsWith('Mitigated'))?.ts ?? '';
      await story.inRoom('ana', 'resolve it holds');
      await story.inRoom('ana', 'close');
      const rows = (await story.timeline()).length;
      await slack.click({ user: people.ana, channel: room, messageTs: undo, action: 'Undo' });
      await story.told('ana', /^There is nothing to undo\./);
      await story.press('dara', "I'll Lead");
      await story.told('dara', /^INC-1 is closed\. Reopen it first if it is not over\./);
      expect((await story.timeline()).length).toBe(rows);
    }));
});
