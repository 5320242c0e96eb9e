import { describe, expect, it } from 'vitest';
import { arnOf, countIncidents, declareLed, draftsOf, linesOf, untilIncidents } from '../harness/alarms.ts';
import { buttonsOf, textOf } from '../harness/seen.ts';
import { inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const errors = arnOf('checkout-5xx');

/** Ana led, Ben worked, Chen stood down; resolved with every alarm green. */
async function resolved(story: Story): Promise<void> {
  await declareLed(story);
  await story.press('ben', "I'm On It");
  await story.inRoom('ana', 'standdown @chen');
  await story.after('30s');
  await story.inRoom('ana', 'resolve rolled back');
  expect((await story.incident()).status).toBe('resolved');
}

describe.concurrent('a relapse', { timeout: 300_000 }, () => {
  it('within the hour after it was resolved reopens it, and wakes nobody who stood down', () =>
    inStory(async (story) => {
      await resolved(story);
      const room = await story.roomOf();
      await story.after('40m');
      story.aws.alarms.setState(errors, 'ALARM');
      await story.after('1m');
      await eventually(async () => (await story.incident()).status === 'investigating', 'it is open again');
      const told = await story.sees(/^Reopened: checkout-5xx went red 4\d min after it was resolved\./);
      expect(told).toContain('1 person stands by and was not called.');
      // Those who had it are called, as they may have gone to bed since; nobody who stands by is, nor mentioned.
      await story.sees(new RegExp(`^<@${people.ana}>: INC-1 \\(SEV2\\), payments fail\\.`));
      await story.sees(new RegExp(`^<@${people.ben}>: INC-1 \\(SEV2\\), payments fail\\.`));
      const reopened = story.slack.messages(room).find(({ text }) => text.startsWith('Reopened'));
      const since = story.slack.messages(room).filter(({ ts }) => Number(ts) >= Number(reopened?.ts));
      expect(since.map(textOf).join('\n')).not.toContain(people.chen);
      expect(buttonsOf(reopened ?? {})).toEqual(['Recall Them']);
      expect((await story.incident()).roles.commander).toBe(people.ana);
      expect(await countIncidents(story)).toBe(1);

      // It flaps: the line of the first is edited.
      for (let round = 0; round < 2; round++) {
        story.aws.alarms.setState(errors, 'OK');
        await story.after('2m');
        story.aws.alarms.setState(errors, 'ALARM');
        await story.after('1m');
      }
      await story.sees(/^checkout-5xx went red again after .*\nRed again 2 times since .*: this flaps\./);
      expect(linesOf(story, room, /went red again/)).toHaveLength(1);
      const { watches } = await story.incident();
      expect(watches[0]?.reds).toHaveLength(3);
      await eventually(
        () => /checkout-5xx: \*flapping\*/.test(textOf(story.slack.pins(room)[0] ?? {})),
        'the card says so',
      );
    }));

  it('more than an hour after it was resolved is a new incident that names the old one', () =>
    inStory(async (story) => {
      await resolved(story);
      const before = (await story.timeline()).length;
      await story.after('62m');
      story.aws.alarms.setState(errors, 'ALARM');
      await untilIncidents(story, 2);
      expect(await story.incident()).toMatchObject({ status: 'resolved' });
      expect((await story.timeline()).length).toBe(before);
      expect(await story.incident(2)).toMatchObject({ follows: 1, services: ['checkout'] });
      expect(textOf(story.slack.pins(await story.roomOf(2))[0] ?? {})).toContain('May continue INC-1');
    }));

  it('never reopens what is closed', () =>
    inStory(async (story) => {
      await resolved(story);
      await story.press('ana', 'Close');
      await eventually(() => draftsOf(story).length === 1, 'the draft is uploaded');
      story.aws.alarms.setState(errors, 'ALARM');
      await untilIncidents(story, 2);
      expect((await story.incident()).status).toBe('closed');
      expect(await story.incident(2)).toMatchObject({ follows: 1 });
    }));

  it('is not what people wanted to be told of: what does not count here, or is of a test, reopens nothing', () =>
    inStory(async (story) => {
      await declareLed(story);
      await story.inRoom('ana', 'discount checkout-5xx known to flap');
      await story.inRoom('ana', 'resolve rolled back');
      story.aws.alarms.setState(errors, 'ALARM');
      await story.after('5m');
      expect((await story.incident()).status).toBe('resolved');
      expect(await countIncidents(story)).toBe(1);
    }));
});
