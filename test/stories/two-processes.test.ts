import { describe, expect, it } from 'vitest';
import { allDone, declaration, expectMadeOnce, inDeclaration, writesMade } from '../harness/declaration.ts';
import { people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

/** Two bots on one database, in one workspace. */
function inTwo(tell: (story: Story) => Promise<void>): Promise<void> {
  return inDeclaration(
    async (story) => {
      await story.startBot();
      expect(story.slack.socketCount()).toBe(2);
      await tell(story);
    },
    { process: true },
  );
}

async function count({ postgres }: Story, sql: string): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>(`select count(*)::int as count from ${sql}`);
  return rows[0]?.count ?? 0;
}

describe.concurrent('two processes on one database', { timeout: 300_000 }, () => {
  it('handle each job once', () =>
    inTwo(async (story) => {
      await story.type('ana', declaration);
      await story.after('5s');
      await allDone(story);
      await expectMadeOnce(story);
      story.slack.clearCalls();

      // Both are given work: Slack sends to each socket in its turn.
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) =>
          story.type('ana', `note finding ${index}`, await story.roomOf()),
        ),
      );
      await story.rest();
      await allDone(story);
      const notes = (await story.timeline()).filter(({ kind }) => kind === 'note');
      expect(notes.map(({ text }) => text).toSorted()).toEqual(
        Array.from({ length: 10 }, (_, index) => `finding ${index}`).toSorted(),
      );
      const posted = writesMade(story).filter(({ method }) => method === 'chat.postMessage');
      expect(posted).toHaveLength(10);
      // In the order in which they happened.
      const told = (await story.texts()).flatMap((text) => /: (finding \d+)$/.exec(text)?.[1] ?? []);
      expect(told).toEqual(notes.map(({ text }) => text));
    }));

  it('open one incident for an alarm, and poll once', () =>
    inTwo(async (story) => {
      const [alarm] = story.aws.alarms.list();
      story.aws.alarms.setState(alarm?.arn ?? '', 'ALARM');
      await story.after('4m');
      await story.roomOf();
      await story.after('5s');
      expect(await count(story, 'incident')).toBe(1);
      expect(story.slack.channels().filter(({ name }) => name.startsWith('inc-'))).toHaveLength(1);
      story.aws.clearCalls();
      await story.after('10m');
      const polls = story.aws.calls.filter(({ operation }) => operation === 'DescribeAlarms').length;
      // Every fifteen seconds or so, as a SEV2 wants.
      expect(polls).toBeGreaterThanOrEqual(34);
      expect(polls).toBeLessThanOrEqual(46);
      expect(await count(story, 'incident')).toBe(1);
    }));

  it('end two declarations of one moment as one incident and an offer to join it', () =>
    inTwo(async (story) => {
      await Promise.all([
        story.type('ana', 'declare sev2 checkout: payments fail'),
        story.type('dara', 'declare sev1 checkout: nobody can pay'),
      ]);
      await story.roomOf();
      await story.after('5s');
      await allDone(story);
      expect(await count(story, 'incident')).toBe(1);
      const { declaredBy } = await story.incident();
      const first = declaredBy.type === 'person' && declaredBy.person === people.ana ? 'ana' : 'dara';
      const second = first === 'ana' ? 'dara' : 'ana';
      await story.told(second, /^INC-1 is already open on checkout: .*\. Nothing new was declared\./);
      await story.told(first, /^INC-1 \(SEV\d\) is declared\./);
      const room = await story.roomOf();
      expect(story.slack.channel(room)?.members).not.toContain(people[second]);
      await story.pressOwn(second, 'Join INC-1');
      await eventually(() => story.slack.channel(room)?.members.includes(people[second]) === true, 'they are in');
      expect(await count(story, 'incident')).toBe(1);
    }));

  it('take over from one another', () =>
    inTwo(async (story) => {
      await story.type('ana', declaration);
      await story.after('5s');
      await allDone(story);
      await story.kill();
      await story.startBot();
      await story.inRoom('ana', 'note it goes on');
      await story.sees(/^\*Note\* by .*: it goes on$/);
      await expectNothingTwice(story);
    }));
});

async function expectNothingTwice(story: Story): Promise<void> {
  const texts = (await story.texts()).filter((text) => text !== '');
  expect(texts).toEqual([...new Set(texts)]);
}
