import { describe, expect, it } from 'vitest';
import { input } from '../harness/seen.ts';
import { inStory, people } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

/** Nothing watches this service, so no machine writes into its timeline. */
const declared = 'declare sev2 accounts-db: nobody can log in';

describe.concurrent('a mishap', () => {
  it('a form that is sent twice declares once', () =>
    inStory(async (story) => {
      const { slack } = story;
      await slack.globalShortcut({ user: people.dara, callbackId: 'declare_incident' });
      await eventually(() => slack.views(people.dara).length > 0, 'the form opens');
      const viewId = slack.views(people.dara)[0]?.id ?? '';
      const send = { user: people.dara, viewId, values: { title: input({ value: 'all is slow' }) } };
      await Promise.allSettled([slack.submitView(send), slack.submitView(send)]);
      await story.roomOf();
      await story.after('1m');
      expect((await story.postgres.query('select id from incident')).rows).toHaveLength(1);
      expect(slack.channels().filter(({ name }) => name.startsWith('inc-'))).toHaveLength(1);
    }));

  it('somebody who was let go, left and is paged again is brought back', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.inRoom('ana', 'lead');
      await story.inRoom('ana', 'page @dara');
      await story.pressOwn('ana', 'Page Them');
      await eventually(() => slack.channel(room)?.members.includes(people.dara) === true, 'dara is in the room');
      await story.inRoom('ana', 'standdown @dara');
      await slack.leave({ user: people.dara, channel: room });
      await story.inRoom('ana', 'page @dara');
      await story.pressOwn('ana', 'Page Them');
      await eventually(() => slack.channel(room)?.members.includes(people.dara) === true, 'dara is back');
    }));

  it('a room that somebody archived is noted once, however much it can no longer be told', () =>
    inStory(async (story) => {
      await story.type('ana', declared);
      const room = await story.roomOf();
      await story.after('10s');
      await story.slack.archive({ user: people.ana, channel: room });
      await story.type('ana', 'note INC-1 still looking');
      await eventually(async () => {
        await story.after('1m');
        return (await story.timeline()).some(({ kind }) => kind === 'write failed');
      }, 'the timeline says that the room could not be told');
      const failures = async (): Promise<number> =>
        (await story.timeline()).filter(({ kind }) => kind === 'write failed').length;
      const noted = await failures();
      // Nobody comes, so there is ever more to tell.
      await story.after('10m');
      expect(await failures()).toBe(noted);
      expect(noted).toBeLessThanOrEqual(2);
    }));

  it('a database connection that ends in the middle of its work ends nothing else', () =>
    inStory(
      async (story) => {
        await story.type('ana', declared);
        await story.roomOf();
        await story.after('10s');
        await story.postgres.transaction(async (held) => {
          // Reading goes on; whoever wants to change an incident waits inside of a transaction.
          await held.query('lock table incident in exclusive mode');
          const waiting = story.type('ben', 'note INC-1 seen in eu-west-1 too');
          await eventually(async () => {
            const { rowCount } = await held.query(
              `select pg_terminate_backend(pid) from pg_stat_activity
                where wait_event_type = 'Lock' and datname = current_database() and pid <> pg_backend_pid()`,
            );
            return (rowCount ?? 0) > 0;
          }, 'a connection waits, and is ended');
          expect((await waiting).acked).toBe(true);
        });
        await eventually(
          async () => (await story.timeline()).some(({ text }) => text === 'seen in eu-west-1 too'),
          'the note is on the timeline all the same',
        );
        // Nobody starts it again here: it is still the same process that answers.
        expect((await story.type('ben', 'status INC-1')).acked).toBe(true);
      },
      { process: true },
    ));

  it('a lost look at a file does not lose the draft', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', declared);
      await story.inRoom('ana', 'lead');
      slack.inject({ method: 'files.completeUploadExternal', fault: { type: 'reset before' } });
      await story.inRoom('ana', 'export');
      await eventually(async () => {
        await story.after('5s');
        const files = slack.files();
        return files.length > 1 && files.every(({ channels }) => channels.length > 0);
      }, 'the draft and its picture are in the room');
      expect(slack.files().map(({ name }) => name)).toEqual(['inc-1-postmortem.md', 'inc-1-headcount.svg']);
    }));
});
