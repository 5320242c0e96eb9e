import { describe, expect, it } from 'vitest';
import { readBy, sayInRoom } from '../harness/leaving.ts';
import { callsOf, callsTo, declarePaged, endingOf, jumpTo, jumpToInstant, pagingCatalog } from '../harness/paging.ts';
import { inStory, type Name, people, type Story } from '../harness/story.ts';

/** One service whose two people are where the story wants them. */
const catalog = `${pagingCatalog}
  - { name: reports, levels: [{ page: [${people.dara}, ${people.hugo}] }] }
`;
const reports = 'service:reports';

function abroad(zones: Partial<Record<Name, string>>, tell: (story: Story) => Promise<void>): Promise<void> {
  return inStory(
    async (story) => {
      await story.rest();
      for (const [user, timeZone] of Object.entries(zones)) await story.slack.changeTimeZone({ user, timeZone });
      await story.rest();
      await tell(story);
    },
    { catalog },
  );
}

/** When each call went out, as `HH:MM` in UTC. */
async function times(story: Story): Promise<readonly string[]> {
  return (await callsOf(story, reports)).map(({ at }) => new Date(at).toISOString().slice(11, 16));
}

async function nightLines(story: Story): Promise<readonly string[]> {
  return (await story.texts()).filter((text) => text.startsWith('It is night for '));
}

/** The next last Sunday of that month (from 0), at 01:00 UTC, when the clocks of Europe change. */
function nextChange(now: number, month: number): number {
  const year = new Date(now).getUTCFullYear();
  const changes = [year, year + 1].map((each) => {
    const last = new Date(Date.UTC(each, month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * 86_400_000;
  });
  return changes.find((change) => change > now + 2 * 86_400_000) ?? 0;
}

describe.concurrent('a page that wakes nobody', { timeout: 300_000 }, () => {
  it('at three in the morning in Nairobi waits for seven there, and the room says so', () =>
    abroad({ dara: 'Africa/Nairobi', hugo: 'Africa/Nairobi' }, async (story) => {
      await jumpTo(story, '00:00');
      await declarePaged(story, 'sev3 reports: yesterday is missing');
      expect(await nightLines(story)).toEqual([
        expect.stringMatching(/2 people who would be called for reports.* 07:00 their time/),
      ]);
      await story.after('3h');
      expect([callsTo(story, 'dara'), callsTo(story, 'hugo')]).toEqual([0, 0]);
      expect(await nightLines(story)).toHaveLength(1);
      await story.after('62m');
      expect(await times(story)).toEqual(['04:00']);
      expect([callsTo(story, 'dara'), callsTo(story, 'hugo')]).toEqual([1, 1]);
      await sayInRoom(story, 'dara', 'on it');
      await story.after('1h');
      expect(callsTo(story, 'hugo')).toBe(1);
    }));

  it('calls those for whom it is day meanwhile, and the others in their own morning', () =>
    abroad({ dara: 'Africa/Nairobi', hugo: 'Asia/Tokyo' }, async (story) => {
      await jumpTo(story, '00:00');
      await declarePaged(story, 'sev3 reports: yesterday is missing');
      expect([callsTo(story, 'dara'), callsTo(story, 'hugo')]).toEqual([0, 1]);
      await story.after('15m');
      expect([callsTo(story, 'dara'), callsTo(story, 'hugo')]).toEqual([0, 2]);
    }));

  it('goes on to the next level when the night of the first begins, and promises them no morning', () =>
    abroad({ farah: 'Africa/Nairobi', grace: 'America/New_York' }, async (story) => {
      await jumpTo(story, '18:55');
      await declarePaged(story, 'sev3 network: all is slow');
      await story.after('32m');
      expect([callsTo(story, 'farah'), callsTo(story, 'grace')]).toEqual([1, 1]);
      expect(await nightLines(story)).toEqual([]);
    }));

  it('calls at once when it becomes a SEV1', () =>
    abroad({ dara: 'Africa/Nairobi', hugo: 'Africa/Nairobi' }, async (story) => {
      await jumpTo(story, '00:00');
      await declarePaged(story, 'sev3 reports: yesterday is missing');
      await story.after('10m');
      expect(await callsOf(story, reports)).toEqual([]);
      await story.inRoom('ana', 'severity sev1 data is being lost');
      expect([callsTo(story, 'dara'), callsTo(story, 'hugo')]).toEqual([1, 1]);
      await story.after('3m');
      expect([callsTo(story, 'dara'), callsTo(story, 'hugo')]).toEqual([2, 2]);
      expect(await nightLines(story)).toHaveLength(1);
    }));

  it('calls by name at once, whatever time it is there, once the asker has seen it', () =>
    abroad({ dara: 'Africa/Nairobi' }, async (story) => {
      await jumpTo(story, '00:00');
      await declarePaged(story, 'sev3 checkout: some payments are slow');
      await story.inRoom('ana', 'page @dara did you deploy?');
      await story.told('ana', new RegExp(`1 person .*<@${people.dara}> 03:00, night there`));
      await story.pressOwn('ana', 'Page Them');
      expect(readBy(story, 'dara')[0]).toContain(`<@${people.ana}>: did you deploy?`);
    }));

  it('begins at ten in the evening and goes on across midnight', () =>
    abroad({ dara: 'Europe/Berlin', hugo: 'Europe/Berlin' }, async (story) => {
      // In summer the clocks there are an hour further.
      const zone = new Date(story.now()).toLocaleString('en', { timeZone: 'Europe/Berlin', timeZoneName: 'short' });
      const [evening, morning] = zone.includes('GMT+2') ? ['19:50', '05:00'] : ['20:50', '06:00'];
      await jumpTo(story, evening);
      await declarePaged(story, 'sev3 reports: yesterday is missing');
      expect(await times(story)).toEqual([evening]);
      // Whom the night finds called is not called again, and promised nothing.
      await story.after('40m');
      expect(await times(story)).toEqual([evening]);
      expect(await nightLines(story)).toEqual([]);
      expect(await endingOf(story, reports)).toBe('unanswered');

      await story.type('ana', 'declare sev3 reports: the day before is missing, too');
      await story.pressOwn('ana', 'Declare Anyway');
      await story.roomOf(2);
      await story.after('9h');
      const calls = await callsOf(story, reports, 2);
      expect(calls.map(({ at }) => new Date(at).toISOString().slice(11, 16))[0]).toBe(morning);
    }));

  it.each([
    { change: 'spring', month: 2, morning: '05:00' },
    { change: 'autumn', month: 9, morning: '06:00' },
  ])('finds seven in the morning after the clocks change in $change', ({ month, morning }) =>
    abroad({ dara: 'Europe/Berlin', hugo: 'Europe/Berlin' }, async (story) => {
      await jumpToInstant(story, nextChange(story.now(), month) - 60 * 60_000);
      await declarePaged(story, 'sev3 reports: yesterday is missing');
      await story.after('4h');
      expect(await callsOf(story, reports)).toEqual([]);
      await story.after('122m');
      expect((await times(story))[0]).toBe(morning);
    }),
  );
});

describe.concurrent('who may be asleep', { timeout: 300_000 }, () => {
  it('is told to the commander alone, as a guess with its reason, and never of the first level', () =>
    abroad({ ben: 'Africa/Nairobi', kavya: 'Africa/Nairobi', emil: 'Europe/London' }, async (story) => {
      await jumpTo(story, '00:00');
      await story.slack.changeQuietHours({ user: people.emil, quietHours: { from: '22:00', to: '08:00' } });
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      const guess = /may be asleep/;
      expect(readBy(story, 'ana').filter((text) => guess.test(text))).toEqual([]);
      await story.after('6m');
      const told = readBy(story, 'ana').filter((text) => guess.test(text));
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(/^INC-1 \(SEV1\): of those called now for checkout, 2 may be asleep\. This is a guess/);
      expect(told[0]).toContain(`<@${people.kavya}> 03:05 there`);
      expect(told[0]).toMatch(new RegExp(`<@${people.emil}> 0[01]:05 there, do not disturb until 08:00`));
      expect((await story.texts()).filter((text) => guess.test(text))).toEqual([]);
      for (const name of ['ben', 'kavya', 'emil'] as const) {
        expect(readBy(story, name).filter((text) => guess.test(text))).toEqual([]);
      }
      // They were called all the same.
      expect([callsTo(story, 'kavya'), callsTo(story, 'emil')]).toEqual([1, 1]);
    }));
});
