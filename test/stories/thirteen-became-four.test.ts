import { expect, it } from 'vitest';
import { saidIn } from '../harness/alarms.ts';
import { click, directOf, gather, pressDirect, reads, roomful } from '../harness/leaving.ts';
import { textOf } from '../harness/seen.ts';
import { inStory, people } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

it('thirteen became four, and status, draft and picture say so with the same numbers', { timeout: 300_000 }, () =>
  inStory(
    async (story) => {
      const { slack } = story;
      await gather(story);
      await story.after('10m');
      await story.inRoom('ana', 'page @hugo @kavya who knows the index?');
      await story.pressOwn('ana', 'Page Them');
      for (const name of ['hugo', 'kavya'] as const) await click(story, name, "I'm On It", directOf(story, name));
      await story.after('20m');
      await story.inRoom('ana', 'mitigated the index was rebuilt');
      await story.after('1m');
      const told = await reads(story, 'ana', /13 in the room\. We have what we need from these 8:/);
      // Those who were called by hand a moment ago are left alone.
      expect(told).not.toContain(people.hugo);
      await pressDirect(story, 'ana', 'Thank Them and Let Them Go');
      await story.inRoom('ana', 'standdown @jonas @hugo @kavya');
      await pressDirect(story, 'ben', "I'm Back");
      await pressDirect(story, 'chen', "I'm Back");
      await story.after('30m');
      await story.inRoom('ana', 'status');
      const status =
        slack
          .ephemerals(people.ana)
          .map(textOf)
          .findLast((text) => text.includes('Headcount')) ?? '';
      expect(status).toMatch(/Headcount:\* 4 active .* · at most 13, /);
      const hoursIn = (text: string): number => Number(/([\d.]+) person-hours/.exec(text)?.[1]);
      await story.inRoom('ana', 'resolve it held');
      await story.inRoom('ana', 'close');
      const room = await story.roomOf();
      const file = (name: string): string | undefined =>
        slack
          .files()
          .find((one) => one.name === name && one.channels.includes(room))
          ?.content()
          .toString();
      await eventually(() => file('inc-1-headcount.svg') !== undefined, 'both files are in the room');
      const draft = file('inc-1-postmortem.md') ?? '';
      const picture = file('inc-1-headcount.svg') ?? '';
      expect(draft).toMatch(/^- 13 people at most \(from \d\d:\d\d to \d\d:\d\d/m);
      // A second later, which may be what the next tenth lacked.
      expect(Math.abs(hoursIn(draft) - hoursIn(status))).toBeLessThan(0.15);
      expect(picture).toMatch(/People in INC-1 from 13:00 to 14:0\d UTC\. active: between 1 and 13, 4 at the end\./);
      expect(draft).not.toContain('U0');
      const all = slack.channels().flatMap(({ id }) => saidIn(story, id).map(textOf));
      for (const text of [...all, draft]) expect(text).not.toMatch(/released|no longer needed|done your part/i);
    },
    { catalog: roomful, alarms: [] },
  ),
);
