import { expect, it } from 'vitest';
import type { Job } from '../../src/incident/job.ts';
import { createLog } from '../../src/log.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import { inStory } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

it('who was there is told on request, stands in the draft, and comes as a picture beside it, once', () =>
  inStory(async (story) => {
    const { slack, postgres } = story;
    await story.type('ana', 'declare sev2 checkout: payments fail');
    await story.inRoom('ana', 'lead');
    await story.after('6m');
    await story.type('dara', 'status INC-1');
    await story.told('dara', /Headcount:\* 1 active at .* · at most 1, .* · 0\.1 person-hours from/);
    await story.inRoom('ana', 'resolve rolled back');
    await story.inRoom('ana', 'export');
    const room = await story.roomOf();
    const shared = (): readonly string[] =>
      slack.files().flatMap(({ name, channels }) => (channels.includes(room) ? [name] : []));
    await eventually(() => shared().length === 2, 'both files are in the room');
    expect(shared()).toEqual(['inc-1-postmortem.md', 'inc-1-headcount.svg']);
    const read = (file: string): string | undefined =>
      slack
        .files()
        .find(({ name }) => name === file)
        ?.content()
        .toString();
    expect(read('inc-1-postmortem.md')).toMatch(
      /^- 1 person at most \(from [^)]*\), 1 at the end .*; 0\.1 person-hours .*: commander 0\.1[.,]/m,
    );
    expect(read('inc-1-headcount.svg')).toMatch(/^<svg [^]*resolved[^]*<\/svg>\n$/);

    const completed = async (): Promise<number> => {
      const { rows } = await postgres.query(
        `select id from pgboss.job where name = 'export-draft' and state = 'completed'`,
      );
      return rows.length;
    };
    await eventually(async () => (await completed()) === 1, 'the job is done');
    const { rows } = await postgres.query<Job>(
      `select name, singleton_key as key, data from pgboss.job where name = 'export-draft'`,
    );
    const queue = await openQueue(story.database.url, createLog('silent'));
    await postgres.transaction((tx) => queue.enqueue(tx, rows));
    await queue.stop();
    await eventually(async () => (await completed()) === 2, 'the job ran again');
    expect(shared()).toHaveLength(2);
  }));
