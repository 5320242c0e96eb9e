import { describe, expect, it } from 'vitest';
import { saidIn } from '../harness/alarms.ts';
import { buttonsUnder, directOf, readBy, sayInRoom } from '../harness/leaving.ts';
import {
  callsOf,
  callsTo,
  databaseGroup,
  declarePaged,
  endingOf,
  expectPunctual,
  pagingCatalog,
  rowsOf,
  sayInPrivate,
  steps,
} from '../harness/paging.ts';
import { textOf } from '../harness/seen.ts';
import { broadcast, inStory, type Name, people, type Story } from '../harness/story.ts';

const checkout = 'service:checkout';
const sev1 = 'sev1 checkout: nobody can pay';

function paged(tell: (story: Story) => Promise<void>): Promise<void> {
  return inStory(tell, { catalog: pagingCatalog });
}

function saying(texts: readonly string[], words: RegExp): readonly string[] {
  return texts.filter((text) => words.test(text));
}

function announced(story: Story): readonly string[] {
  return saidIn(story, broadcast).map(textOf);
}

async function isIn(story: Story, name: Name): Promise<boolean> {
  return story.slack.channel(await story.roomOf())?.members.includes(people[name]) === true;
}

describe.concurrent('a page', { timeout: 300_000 }, () => {
  it('that nobody answers climbs through three levels, and then says so plainly, once', () =>
    paged(async (story) => {
      await declarePaged(story, sev1);
      await story.after('16m');
      const calls = await callsOf(story, checkout);
      expect(steps(calls)).toEqual(['1.1', '1.2', '1.3', '2.1', '2.2', '2.3', '3.1', '3.2', '3.3']);
      expectPunctual(calls);
      const minutes = calls.map(({ at }) => Math.floor((at - (calls[0]?.at ?? 0)) / 60_000));
      expect(minutes).toEqual([0, 2, 4, 5, 7, 9, 10, 12, 14]);
      // It is called a little later than said, each time by another while, and never sooner.
      const waits = calls.map(({ at, repeatAt }) => repeatAt - at - 120_000);
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...waits)).toBeLessThanOrEqual(6_000);
      expect(new Set(waits).size).toBeGreaterThan(1);

      for (const name of ['ben', 'chen', ...databaseGroup, 'dara'] as const) {
        expect(callsTo(story, name), name).toBe(3);
        expect(await isIn(story, name), name).toBe(true);
      }
      const nobody = /Nobody has answered for checkout: 5 people in 3 levels were called between/;
      const told = (): readonly number[] =>
        [readBy(story, 'ana'), announced(story)].map((texts) => saying(texts, nobody).length);
      expect(told()).toEqual([1, 1]);
      expect(saying(await story.texts(), nobody)).toEqual([expect.stringContaining(`<@${people.ana}>, who else`)]);
      expect(buttonsUnder(story, 'ana', nobody)).toEqual(['Page Someone Else']);
      expect(await endingOf(story, checkout)).toBe('unanswered');

      await story.after('1h');
      expect(await callsOf(story, checkout)).toHaveLength(9);
      expect(callsTo(story, 'dara')).toBe(3);
      expect(told()).toEqual([1, 1]);
      expect(saying(await story.texts(), nobody)).toHaveLength(1);
      // Whoever reads the announcement can take it still.
      await story.press('mia', "I'm On It", broadcast);
      expect(await isIn(story, 'mia')).toBe(true);
      expect(await endingOf(story, checkout)).toBe('answered');
      expect(saying(await story.texts(), /> is on it/)).toEqual([`<@${people.mia}> is on it for checkout.`]);
    }));

  it('is answered by "on it" of a member of the group on the second level, who did not press anything', () =>
    paged(async (story) => {
      await declarePaged(story, sev1);
      await story.after('6m');
      expect(steps(await callsOf(story, checkout))).toEqual(['1.1', '1.2', '1.3', '2.1']);
      await sayInRoom(story, 'kavya', 'who is on it?');
      await sayInRoom(story, 'mia', 'on it');
      await sayInRoom(story, 'ana', 'on it!');
      expect(await endingOf(story, checkout)).toBe(null);
      await sayInRoom(story, 'emil', "Ok, I'm on it :eyes:");
      expect(await endingOf(story, checkout)).toBe('answered');
      await story.after('30m');
      expect(await callsOf(story, checkout)).toHaveLength(4);
      expect(callsTo(story, 'ben')).toBe(3);
      expect(callsTo(story, 'emil')).toBe(1);
      expect(callsTo(story, 'dara')).toBe(0);
      expect(saying(await story.texts(), /> is on it/)).toEqual([`<@${people.emil}> is on it for checkout.`]);
      expect(await rowsOf(story, 'page answered')).toMatchObject([
        { actor: { person: people.emil }, event: { page: checkout, person: people.emil, by: 'words' } },
      ]);
    }));

  it('is answered by "on it" in the direct message, and by nothing else there', () =>
    paged(async (story) => {
      await declarePaged(story, 'sev2 checkout: payments fail');
      await sayInPrivate(story, 'ben', 'who is on it?');
      await sayInPrivate(story, 'ben', 'what is this about');
      await sayInPrivate(story, 'mia', 'on it');
      expect(await endingOf(story, checkout)).toBe(null);
      await sayInPrivate(story, 'ben', 'On it.');
      expect(await endingOf(story, checkout)).toBe('answered');
      await story.sees(new RegExp(`^<@${people.ben}> is on it for checkout\\.$`));
      await story.after('20m');
      expect(callsTo(story, 'chen')).toBe(1);
      expect(callsTo(story, 'mia')).toBe(0);
      // Chen reads later who came.
      const over = /^You are paged: [^]*\n\*<@U0BEN000002> is on it for checkout\. There is nothing for you to do\.\*$/;
      expect(saying(readBy(story, 'chen'), over)).toHaveLength(1);
      expect(buttonsUnder(story, 'chen', over)).toEqual([]);
    }));

  it('waits three minutes for who speaks, shows them the button, and then goes on', () =>
    paged(async (story) => {
      await declarePaged(story, sev1);
      await story.after('270s');
      await sayInRoom(story, 'chen', 'looking at the graphs');
      const asks = /are you on it for checkout\? If you are, nobody else is called\. If not, the page goes on at/;
      expect(saying(readBy(story, 'chen'), asks)).toHaveLength(1);
      expect(buttonsUnder(story, 'chen', asks)).toEqual(["I'm On It", 'Pass It On']);
      expect(saying(readBy(story, 'ben'), asks)).toEqual([]);
      // More words change nothing, and a bystander's never do.
      await sayInRoom(story, 'chen', 'all of them are flat');
      await sayInRoom(story, 'mia', 'same here');
      const [paused, ...more] = await rowsOf(story, 'page paused');
      expect(more).toEqual([]);
      await story.after('170s');
      expect(callsTo(story, 'kavya')).toBe(0);
      await story.after('80s');
      expect(callsTo(story, 'kavya')).toBe(1);
      const second = (await callsOf(story, checkout)).find(({ level }) => level === 1);
      const { event } = paused ?? {};
      const climbAt = event?.kind === 'page paused' ? event.climbAt : 0;
      expect((second?.at ?? 0) - climbAt).toBeLessThanOrEqual(2_000);
      await story.press('chen', "I'm On It", directOf(story, 'chen'));
      expect(await endingOf(story, checkout)).toBe('answered');
      await story.after('10m');
      expect(callsTo(story, 'dara')).toBe(0);
    }));

  it("is not stopped by Muster's own invitation, nor by somebody who comes by themselves", () =>
    paged(async (story) => {
      await declarePaged(story, sev1);
      expect(await isIn(story, 'ben')).toBe(true);
      await story.slack.join({ user: people.mia, channel: await story.roomOf() });
      await story.rest();
      await story.inRoom('mia', 'join');
      expect(await endingOf(story, checkout)).toBe(null);
      expect(await rowsOf(story, 'page answered')).toEqual([]);
      await story.after('6m');
      expect(callsTo(story, 'ben')).toBe(3);
      expect(callsTo(story, 'kavya')).toBe(1);
    }));

  it('for one service goes on when that for another is answered', () =>
    paged(async (story) => {
      await declarePaged(story, 'sev1 checkout,network: nobody can pay');
      expect([callsTo(story, 'ben'), callsTo(story, 'farah')]).toEqual([1, 1]);
      await story.press('ben', "I'm On It", directOf(story, 'ben'));
      expect([await endingOf(story, checkout), await endingOf(story, 'service:network')]).toEqual(['answered', null]);
      await story.after('6m');
      expect([callsTo(story, 'chen'), callsTo(story, 'kavya')]).toEqual([1, 0]);
      expect([callsTo(story, 'farah'), callsTo(story, 'grace')]).toEqual([3, 1]);
      await sayInRoom(story, 'grace', 'on it');
      expect(await endingOf(story, 'service:network')).toBe('answered');
    }));

  it('is passed on to the next level at once when nobody of this one is left', () =>
    paged(async (story) => {
      await declarePaged(story, sev1);
      await story.press('ben', 'Pass It On', directOf(story, 'ben'));
      expect(callsTo(story, 'kavya')).toBe(0);
      await story.press('chen', 'Pass It On', directOf(story, 'chen'));
      expect([callsTo(story, 'kavya'), callsTo(story, 'emil')]).toEqual([1, 1]);
      await story.after('3m');
      expect([callsTo(story, 'ben'), callsTo(story, 'chen'), callsTo(story, 'kavya')]).toEqual([1, 1, 2]);
      expect(saying(await story.texts(), /can't come/)).toHaveLength(2);
    }));

  it('briefs whoever enters in ten lines at most, once', () =>
    paged(async (story) => {
      await declarePaged(story, sev1);
      await story.inRoom('ana', 'note impact: every card is declined, 300 tickets since 09:00');
      await story.inRoom('ana', 'note hypothesis: the new pool is too small');
      for (const tried of ['restarted the pool', 'rolled back to 4.1', 'rolled back to 4.0', 'doubled the pool']) {
        await story.inRoom('ana', `note action: ${tried}`);
      }
      await story.press('ben', "I'm On It", directOf(story, 'ben'));
      const briefings = saying(readBy(story, 'ben'), /^You are on INC-1/);
      expect(briefings).toHaveLength(1);
      // The first line stands for the whole of it in a notification.
      const [, ...lines] = (briefings[0] ?? '').split('\n');
      expect(lines.length).toBeLessThanOrEqual(10);
      const all = lines.join('\n');
      for (const part of [
        'INC-1 (SEV1): nobody can pay',
        `<@${people.ana}> leads.`,
        `<#${await story.roomOf()}>`,
        'https://meet.example.com/war-room',
        'every card is declined',
        'the new pool is too small',
        'doubled the pool',
        'help repair checkout.',
      ]) {
        expect(all).toContain(part);
      }
      // What called them says soon that they are on it, and has nothing to press any more.
      await story.after('20s');
      expect(buttonsUnder(story, 'ben', /You are on it\./)).toEqual([]);
      await sayInRoom(story, 'ben', 'on it');
      await story.inRoom('ben', 'join');
      expect(saying(readBy(story, 'ben'), /^You are on INC-1/)).toHaveLength(1);
    }));
});
