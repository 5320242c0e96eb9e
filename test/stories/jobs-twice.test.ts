import { expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { Job } from '../../src/incident/job.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import type { Call } from '../../src/sandbox/slack/calls.ts';
import { picturesIn } from '../harness/alarms.ts';
import { allDone, writesMade } from '../harness/declaration.ts';
import { general, inStory, people } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

it('any job that runs again changes nothing outside and nothing in the timeline', () =>
  inStory(async (story) => {
    const { slack, aws, postgres } = story;
    // An incident with everything in it: from a message, with alarms, people, a new name, a draft.
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
    await story.inRoom('ben', 'note hypothesis: the cache is full');
    await story.inRoom('ana', 'severity sev1 nobody can pay');
    await story.inRoom('ana', 'rename nobody can pay');
    const [alarm] = aws.alarms.list();
    aws.alarms.setState(alarm?.arn ?? '', 'ALARM');
    await story.after('4m');
    aws.alarms.setState(alarm?.arn ?? '', 'OK');
    await story.after('12m');
    await story.inRoom('ana', 'standdown @dara');
    await story.inRoom('ana', 'mitigated rolled back');
    await story.inRoom('ana', 'resolve it holds');
    await story.inRoom('ana', 'close');
    await story.type('dara', 'export INC-1');
    await story.after('10s');
    await allDone(story);

    const { rows } = await postgres.query<Job>(
      'select distinct name, singleton_key as key, data from pgboss.job order by name, key',
    );
    expect([...new Set(rows.map(({ name }) => name))]).toEqual([
      'announce',
      'answer-declarer',
      'export-draft',
      'fetch-history',
      'forget-handled',
      'furnish-room',
      'graph',
      'inbox',
      'invite',
      'open-room',
      'poll-alarms',
      'status-card',
      'tell-room',
      'triage-alarms',
    ]);
    const timeline = await story.timeline();
    const told = slack.people().map(({ id }) => slack.ephemerals(id));
    const completed = async (): Promise<number> => {
      const { rows: counted } = await postgres.query<{ count: number }>(
        `select count(*)::int as count from pgboss.job where state = 'completed'`,
      );
      return counted[0]?.count ?? 0;
    };
    const before = await completed();
    slack.clearCalls();
    const queue = await openQueue(story.database.url, createLog('silent'));
    await postgres.transaction((tx) => queue.enqueue(tx, rows));
    await queue.stop();
    await eventually(async () => (await completed()) >= before + rows.length, 'each job ran again');
    await allDone(story);

    // A picture is drawn up to now each time; it stays one message.
    const drawn = ['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal'];
    const isPicture = ({ method, args }: Call): boolean =>
      drawn.includes(method) || (method === 'chat.update' && JSON.stringify(args).includes('slack_file'));
    expect(writesMade(story).filter((call) => !isPicture(call))).toEqual([]);
    expect(picturesIn(story, await story.roomOf())).toHaveLength(1);
    expect(await story.timeline()).toEqual(timeline);
    expect(slack.people().map(({ id }) => slack.ephemerals(id))).toEqual(told);
  }));
