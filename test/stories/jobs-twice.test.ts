import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { Job } from '../../src/incident/job.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import type { Call } from '../../src/sandbox/slack/calls.ts';
import { picturesIn } from '../harness/alarms.ts';
import { allDone, writesMade } from '../harness/declaration.ts';
import { textOf } from '../harness/seen.ts';
import { general, inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

/** The project's own example, and in it all that people can ask to be done with them and with rooms. */
const catalog = readFileSync('muster.yaml', 'utf8').replace(
  /^workspace:$/m,
  'workspace:\n  removeFromRoom: yes\n  archiveAfter: 2d',
);

/** All that people read of the bot alone: what only they see, and their direct messages. */
function readAlone({ slack }: Story): unknown {
  const direct = slack.channels().filter(({ kind }) => kind === 'im');
  return [slack.people().map(({ id }) => slack.ephemerals(id)), direct.map(({ id }) => slack.messages(id).map(textOf))];
}

async function jobsOf({ postgres }: Story): Promise<readonly Job[]> {
  const { rows } = await postgres.query<Job>(
    'select distinct name, singleton_key as key, data from pgboss.job order by name, key',
  );
  return rows;
}

/** Each of these jobs once more. */
async function runAgain(story: Story, jobs: readonly Job[]): Promise<void> {
  const { slack, postgres, pager } = story;
  const timeline = await story.timeline();
  const told = readAlone(story);
  const paged = pager.calls.length;
  const from = new Date(story.now());
  const completed = async (): Promise<number> => {
    const { rows } = await postgres.query<{ count: number }>(
      `select count(*)::int as count from pgboss.job where state = 'completed' and completed_on >= $1`,
      [from],
    );
    return rows[0]?.count ?? 0;
  };
  slack.clearCalls();
  const queue = await openQueue(story.database.url, createLog('silent'));
  await postgres.transaction((tx) => queue.enqueue(tx, jobs));
  await queue.stop();
  await eventually(async () => (await completed()) >= jobs.length, 'each job ran again');
  await allDone(story);

  // What alarms read is edited, and their picture drawn, up to now each time; it stays one message.
  const drawn = ['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal'];
  const isUpToNow = ({ method, args }: Call): boolean =>
    drawn.includes(method) || (method === 'chat.update' && /slack_file|newest data from/.test(JSON.stringify(args)));
  expect(writesMade(story).filter((call) => !isUpToNow(call))).toEqual([]);
  expect(picturesIn(story, await story.roomOf())).toHaveLength(1);
  expect(await story.timeline()).toEqual(timeline);
  expect(readAlone(story)).toEqual(told);
  expect(pager.calls).toHaveLength(paged);
}

it('any job that runs again changes nothing outside and nothing in the timeline', { timeout: 300_000 }, () =>
  inStory(
    async (story) => {
      const { slack, aws, pager } = story;
      slack.setRules({ removeFromPublic: true });
      // An incident with everything in it: from a message, with alarms, people who come and go, a new name, a draft.
      const { message } = await slack.say({ user: people.ben, channel: general, text: 'checkout answers 500' });
      await slack.messageShortcut({
        user: people.ana,
        channel: general,
        messageTs: message.ts,
        callbackId: 'declare_from_message',
      });
      await eventually(() => slack.views(people.ana).length > 0, 'a form opens');
      const services = { input: { selected_options: ['checkout'] } };
      await slack.submitView({ user: people.ana, values: { services } });
      await story.roomOf();
      await story.after('1m');
      await story.press('ana', "I'll Lead");
      await story.press('ben', "I'm On It");
      await story.inRoom('ana', 'page @dara @noor');
      await story.pressOwn('ana', 'Page Them');
      await story.inRoom('ben', 'note hypothesis: the cache is full');
      await allDone(story);
      // In the middle of it: support and dara are being called.
      expect(pager.calls.length).toBeGreaterThan(0);
      expect((await story.incident()).pages.map(({ ended }) => ended)).toEqual(['answered', null, null]);
      await runAgain(story, await jobsOf(story));
      await story.inRoom('ana', 'severity sev1 nobody can pay');
      await story.inRoom('ana', 'rename nobody can pay');
      const [alarm] = aws.alarms.list();
      aws.alarms.setState(alarm?.arn ?? '', 'ALARM');
      await story.after('4m');
      aws.alarms.setState(alarm?.arn ?? '', 'OK');
      await story.after('12m');
      await story.inRoom('ana', 'standdown @dara');
      await story.inRoom('ana', 'recall @dara');
      await story.after('1m');
      await story.inRoom('ana', 'standdown everyone but @ana');
      await story.inRoom('ana', 'mitigated rolled back');
      await story.inRoom('ana', 'resolve it holds');
      await story.inRoom('ana', 'close');
      await story.type('dara', 'export INC-1');
      await story.after('10s');
      await allDone(story);
      const room = await story.roomOf();
      expect(slack.channel(room)?.members).not.toContain(people.dara);
      // What is done is forgotten after a day.
      const done = await jobsOf(story);
      await story.jump('49h');
      await eventually(() => slack.channel(room)?.isArchived === true, 'the room is archived');
      await allDone(story);

      const keys = new Set(done.map(({ key }) => key));
      const rows = [...done, ...(await jobsOf(story)).filter(({ key }) => !keys.has(key))];
      expect([...new Set(rows.map(({ name }) => name))].toSorted()).toEqual([
        'announce',
        'answer-declarer',
        'archive-room',
        'call-pager',
        'end-calls',
        'export-draft',
        'fetch-history',
        'forget-handled',
        'furnish-room',
        'graph',
        'inbox',
        'invite',
        'keep-time',
        'open-room',
        'poll-alarms',
        'refresh-directory',
        'remove-people',
        'status-card',
        'tell-people',
        'tell-room',
        'triage-alarms',
      ]);
      await runAgain(story, rows);
    },
    { catalog },
  ),
);
