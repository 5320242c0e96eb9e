import { describe, expect, it } from 'vitest';
import { arnOf, saidIn } from '../harness/alarms.ts';
import { directOf, readBy } from '../harness/leaving.ts';
import { callsTo, pagingCatalog, rowsOf } from '../harness/paging.ts';
import { buttonsOf, textOf } from '../harness/seen.ts';
import { broadcast, inStory, type Name, people, type Story } from '../harness/story.ts';

function announced(story: Story): readonly string[] {
  return saidIn(story, broadcast).map(({ text }) => text);
}

function saying(texts: readonly string[], words: RegExp): readonly string[] {
  return texts.filter((text) => words.test(text));
}

describe.concurrent('a room that an alarm opened', { timeout: 300_000 }, () => {
  const withAlarm = `${pagingCatalog}
  - name: mail
    levels: [{ page: [${people.hugo}, ${people.mia}] }, { page: [${people.liam}] }]
    alarms: [{ name: mail-queue, account: '123456789012', region: eu-west-1, opens: SEV1, hold: 1m }]
accounts: { '123456789012': { name: production } }
`;
  const alarming = async (story: Story): Promise<string> => {
    story.aws.alarms.setState(arnOf('mail-queue'), 'ALARM');
    await story.after('2m');
    const room = await story.roomOf();
    await story.after('2s');
    return room;
  };
  const inAlarm = (tell: (story: Story) => Promise<void>): Promise<void> =>
    inStory(tell, { catalog: withAlarm, alarms: ['mail-queue'] });

  it('is announced to nobody until somebody took it, who then leads for now', () =>
    inAlarm(async (story) => {
      await alarming(story);
      await story.after('3m');
      expect([callsTo(story, 'hugo'), callsTo(story, 'mia')]).toEqual([2, 2]);
      expect(announced(story)).toEqual([]);
      expect((await story.incident()).roles.commander).toBe(null);
      await story.press('mia', "I'm On It", directOf(story, 'mia'));
      expect(announced(story)).toEqual([expect.stringMatching(/^INC-1 \(SEV1\): mail-queue is red\./)]);
      await story.sees(new RegExp(`^<@${people.mia}> leads for now, as the first to take the page\\.`));
      expect(await story.incident()).toMatchObject({ provisional: true, roles: { commander: people.mia } });
      // Whoever leads is told so, and that it is for now.
      await story.press('hugo', 'Lead');
      expect(await story.incident()).toMatchObject({ provisional: false, roles: { commander: people.hugo } });
      await story.after('5m');
      expect(callsTo(story, 'liam')).toBe(0);
      expect(announced(story)).toHaveLength(1);
    }));

  it('says in the broadcast channel that nobody came', () =>
    inAlarm(async (story) => {
      await alarming(story);
      await story.after('11m');
      expect([callsTo(story, 'hugo'), callsTo(story, 'liam')]).toEqual([3, 3]);
      expect(announced(story)).toEqual([
        expect.stringMatching(/^INC-1 \(SEV1\), mail-queue is red.*Nobody has answered for mail: 3 people in 2 levels/),
      ]);
    }));

  it('is taken once when two press the same button in the same moment, and one of them twice', () =>
    inAlarm(async (story) => {
      const room = await alarming(story);
      const { slack } = story;
      const card = slack
        .messages(room)
        .findLast((message) => buttonsOf(message).includes('Pass It On') && textOf(message).includes(people.mia));
      const click = (name: Name): Promise<unknown> =>
        slack.click({ user: people[name], channel: room, messageTs: card?.ts ?? '', action: "I'm On It" });
      await Promise.all([click('hugo'), click('mia'), click('hugo')]);
      await story.rest();
      await story.after('3m');
      const taken = await rowsOf(story, 'page answered');
      expect(taken).toHaveLength(1);
      expect(saying(await story.texts(), /> is on it for mail/)).toHaveLength(1);
      expect(await rowsOf(story, 'role given')).toHaveLength(1);
      expect(announced(story)).toHaveLength(1);
      // The other one is here, too: once.
      const { responders } = await story.incident();
      const here = responders.filter(({ state }) => state === 'active').map(({ person }) => person);
      expect(here).toEqual([people.hugo, people.mia]);
      for (const name of ['hugo', 'mia'] as const) {
        expect(saying(readBy(story, name), /^You are on INC-1/), name).toHaveLength(1);
      }
    }));
});
