import { describe, expect, it } from 'vitest';
import { saidIn } from '../harness/alarms.ts';
import { directOf, readBy, reads } from '../harness/leaving.ts';
import {
  callsOf,
  callsTo,
  databaseGroup,
  declarePaged,
  endingOf,
  jumpTo,
  pagingCatalog,
  steps,
} from '../harness/paging.ts';
import { input, textOf } from '../harness/seen.ts';
import { broadcast, inStory, people, type Story, type StoryOptions } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const checkout = 'service:checkout';

function paged(tell: (story: Story) => Promise<void>, options: StoryOptions = {}): Promise<void> {
  return inStory(tell, { catalog: pagingCatalog, ...options });
}

function announced(story: Story): readonly string[] {
  return saidIn(story, broadcast).map(({ text }) => text);
}

function saying(texts: readonly string[], words: RegExp): readonly string[] {
  return texts.filter((text) => words.test(text));
}

describe.concurrent('a severity that changes', { timeout: 300_000 }, () => {
  it('pages, invites and announces again when it is worse, and withdraws what no longer fits when it is not', () =>
    paged(async (story) => {
      // It is day for all of them.
      await jumpTo(story, '13:00');
      await declarePaged(story, 'sev3 checkout: some payments are slow');
      expect(announced(story)).toEqual([]);
      expect(callsTo(story, 'jonas')).toBe(0);
      await story.after('1m');
      await story.inRoom('ana', 'severity sev2 many users');
      expect(announced(story)).toEqual([expect.stringMatching(/^INC-1 \(SEV2\): some payments are slow/)]);
      await story.inRoom('ana', 'severity sev1 nobody can pay');
      expect(announced(story)).toHaveLength(2);
      expect(announced(story).at(-1)).toMatch(/^INC-1 is now SEV1 \(was SEV2\): some payments are slow\. War room: /);
      expect(callsTo(story, 'jonas')).toBe(1);
      expect(readBy(story, 'jonas')[0]).toContain('Please say what users see: who, how many, since when.');
      expect(story.slack.channel(await story.roomOf())?.members).toContain(people.jonas);
      await story.after('3m');
      expect(callsTo(story, 'jonas')).toBe(2);

      await story.inRoom('ana', 'severity sev2 only some cards');
      expect(await endingOf(story, 'impact:support')).toBe('withdrawn');
      await story.sees(/^The page for support is withdrawn\.$/);
      const before = await callsOf(story, checkout);
      await story.after('11m');
      expect(callsTo(story, 'jonas')).toBe(2);
      // What still fits goes on at the new pace.
      const later = (await callsOf(story, checkout)).slice(before.length);
      expect(steps(later).at(-1)).toBe('2.1');
      expect(announced(story)).toHaveLength(2);
      // Whoever is here stays.
      expect(story.slack.channel(await story.roomOf())?.members).toContain(people.jonas);
    }));
});

describe.concurrent('a page by hand', { timeout: 300_000 }, () => {
  it('shows who is called and what time it is there before it goes out, and tells them why', () =>
    paged(async (story) => {
      const { slack } = story;
      await declarePaged(story, 'sev2 checkout: payments fail');
      await story.inRoom('ana', 'page @mia @platform-oncall network is it *the* load balancer? <!channel>');
      const preview = await story.told('ana', /4 people .*at once/);
      for (const name of ['mia', 'emil', 'grace', 'farah'] as const) {
        expect(preview).toMatch(new RegExp(`<@${people[name]}> \\d\\d:\\d\\d`));
        expect(readBy(story, name)).toEqual([]);
      }
      await story.pressOwn('ana', 'Page Them');
      for (const name of ['mia', 'emil', 'grace', 'farah'] as const) {
        const [letter = ''] = readBy(story, name);
        expect(letter).toContain(`<@${people.ana}>: is it *the* load balancer?`);
        expect(letter).not.toContain('<!channel>');
        expect(callsTo(story, name)).toBe(1);
      }
      expect(readBy(story, 'farah')[0]).toContain('Please come and help to repair network.');
      expect(slack.channel(await story.roomOf())?.members).toContain(people.grace);
      // Pressed once more by mistake.
      await story.inRoom('ana', 'page @mia');
      await story.told('ana', /They are paged or active already/);
      await story.after('1s');
      expect(callsTo(story, 'mia')).toBe(1);
      // Farah takes what she was called for; the others are still asked.
      await story.press('farah', "I'm On It", directOf(story, 'farah'));
      expect([await endingOf(story, 'service:network'), await endingOf(story, 'call:1')]).toEqual(['answered', null]);
      await story.press('mia', "I'm On It", directOf(story, 'mia'));
      expect(await endingOf(story, 'call:1')).toBe('answered');
      await story.after('5m');
      expect([callsTo(story, 'emil'), callsTo(story, 'grace')]).toEqual([1, 1]);
    }));

  it('can be filled into a form', () =>
    paged(async (story) => {
      const { slack } = story;
      await declarePaged(story, 'sev2 checkout: payments fail');
      await story.press('ana', 'Page');
      await eventually(() => slack.views(people.ana).length > 0, 'the form opens');
      expect(JSON.stringify(slack.views(people.ana))).toContain('@platform-oncall');
      const empty = await slack.submitView({ user: people.ana, values: { reason: input({ value: 'help' }) } });
      expect(empty).toMatchObject({ outcome: 'errors' });
      await slack.submitView({
        user: people.ana,
        values: {
          people: input({ selected_users: [people.mia] }),
          groups: input({ selected_options: ['S0PLATFORM1'] }),
          services: input({ selected_options: ['network'] }),
          reason: input({ value: 'the queue only grows' }),
        },
      });
      await reads(story, 'ana', /4 people .*at once/);
      expect(readBy(story, 'mia')).toEqual([]);
      await story.press('ana', 'Page Them', directOf(story, 'ana'));
      for (const name of ['mia', 'emil', 'grace', 'farah'] as const) {
        expect(readBy(story, name)[0]).toContain(`<@${people.ana}>: the queue only grows`);
      }
    }));
});

describe.concurrent('whom a page reaches', { timeout: 300_000 }, () => {
  it('is who is in the group when it is called', () =>
    paged(async (story) => {
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      await story.slack.changeGroup({ group: 'accounts-db-oncall', members: ['liam'] });
      await story.after('6m');
      expect(callsTo(story, 'liam')).toBe(1);
      expect(databaseGroup.map((name) => callsTo(story, name))).toEqual([0, 0]);
      // Whoever joins it while it is called is called at once, and again with the others.
      await story.slack.changeGroup({ group: 'accounts-db-oncall', members: ['kavya', 'liam'] });
      await story.after('20s');
      expect([callsTo(story, 'kavya'), callsTo(story, 'liam')]).toEqual([1, 1]);
      await story.after('2m');
      expect([callsTo(story, 'kavya'), callsTo(story, 'liam')]).toEqual([2, 2]);
    }));

  it('is people alone where the plan has no user groups, and the room is told', () =>
    paged(
      async (story) => {
        await declarePaged(story, 'sev1 checkout: nobody can pay');
        await story.after('20m');
        const missing = /user groups need a paid plan: name people in the catalog instead/;
        expect(saying(await story.texts(), missing)).toHaveLength(1);
        expect(steps(await callsOf(story, checkout))).toEqual(['1.1', '1.2', '1.3', '3.1', '3.2', '3.3']);
        expect(databaseGroup.map((name) => callsTo(story, name))).toEqual([0, 0]);
        expect(callsTo(story, 'dara')).toBe(3);
      },
      { rules: { userGroups: false } },
    ));

  it('leaves out a guest who may not enter, says why, and calls the others', () =>
    paged(
      async (story) => {
        await declarePaged(story, 'sev1 mail: nothing is sent');
        const [told, ...more] = saying(await story.texts(), /of 5 people are invited|could not be/);
        expect(more).toEqual([]);
        expect(told).toMatch(new RegExp(`<@${people.noor}>: the person is a guest who may not enter`));
        expect(story.slack.channel(await story.roomOf())?.members).toContain(people.mia);
        expect(callsTo(story, 'mia')).toBe(1);
        await story.after('3m');
        expect(callsTo(story, 'mia')).toBe(2);
        // Who can't enter is not called again, nor mentioned where they can't see it.
        expect(callsTo(story, 'noor')).toBe(1);
        expect(textOf(saidIn(story, await story.roomOf()).at(-1) ?? {})).not.toContain(people.noor);
        await story.press('mia', "I'm On It", directOf(story, 'mia'));
      },
      { catalog: `${pagingCatalog}  - { name: mail, levels: [{ page: [${people.noor}, ${people.mia}] }] }\n` },
    ));
});
