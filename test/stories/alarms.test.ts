import { describe, expect, it } from 'vitest';
import { arnOf, countIncidents, declareLed, draftsOf, kindsOf, saidIn, untilIncidents } from '../harness/alarms.ts';
import { buttonsOf, textOf } from '../harness/seen.ts';
import { broadcast, inStory, people } from '../harness/story.ts';

const errors = arnOf('checkout-5xx');
const latency = arnOf('checkout-latency');

describe.concurrent('an alarm', { timeout: 300_000 }, () => {
  it('opens an incident when it is still red after its hold, and not before', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await story.after('1m');
      aws.alarms.setState(errors, 'ALARM', { reason: 'Threshold Crossed: <!channel> 3 of 3 datapoints' });
      await story.after('100s');
      expect(await countIncidents(story)).toBe(0);
      await story.after('1m');
      expect(await countIncidents(story)).toBe(1);
      const room = await story.roomOf();
      await story.after('5s');
      const incident = await story.incident();
      expect(incident).toMatchObject({
        title: 'checkout-5xx is red',
        severity: 'SEV2',
        services: ['checkout'],
        declaredBy: { type: 'alarm', name: 'checkout-5xx' },
        touched: false,
        detection: { by: 'alarm' },
      });
      expect(slack.channel(room)?.members.toSorted()).toEqual(
        [slack.botUserId, people.ben, people.chen, people.ines, people.liam, people.mia].toSorted(),
      );
      // Nobody is there yet who could be asked to lead; the card has the button.
      expect(buttonsOf(slack.pins(room)[0] ?? {})).toContain('Lead');
      // Nor has anybody said yet that it is one: it is announced once somebody takes it.
      expect(story.textsIn(broadcast)).toEqual([]);
      const [declared, red, detected] = await story.timeline();
      expect(declared).toMatchObject({ kind: 'declared', actor: { type: 'alarm', name: 'checkout-5xx' } });
      expect(declared?.link).toMatch(/^https:\/\/.*console\.aws\.amazon\.com\/.*checkout-5xx/);
      // The machine's own time, two minutes before anyone was called.
      expect(red?.event).toMatchObject({ kind: 'alarms joined' });
      expect((declared?.occurredAt ?? 0) - (red?.occurredAt ?? 0)).toBeGreaterThanOrEqual(120_000);
      expect(detected?.text).toMatch(/^Detected by checkout-5xx, \d min after the first breach \(\d\d:\d\d UTC\)\.$/);
      for (const message of slack.messages(room)) expect(JSON.stringify(message)).not.toContain('<!channel>');

      // Still red: the same alarm opens no second one, and does not join its own.
      await story.after('5m');
      expect(await countIncidents(story)).toBe(1);
      expect((await kindsOf(story)).filter((kind) => kind === red?.kind)).toHaveLength(1);
      // The card, with the picture in its thread, and those who are called: by name, and again in the thread of that when nobody came.
      const [first, support] = [
        `<@${people.ben}>, <@${people.chen}>`,
        `<@${people.ines}>, <@${people.liam}>, <@${people.mia}>`,
      ];
      const said = saidIn(story, room);
      expect(said.map(({ text, threadTs }) => [text.split(/[.;]/)[0], threadTs])).toEqual([
        ['INC-1 (SEV2): checkout-5xx is red', null],
        [`${first}: INC-1 (SEV2), checkout-5xx is red`, null],
        [`${support}: INC-1 (SEV2), checkout-5xx is red`, null],
        [expect.stringMatching(/^checkout-5xx from /), slack.pins(room)[0]?.ts],
        [`Still nobody for checkout: ${first}, can one of you come?`, said[1]?.ts],
        [`Still nobody for support: ${support}, can one of you say what users see?`, said[2]?.ts],
      ]);
    }));

  it('is announced once somebody takes its page, who then leads until somebody else does', () =>
    inStory(async (story) => {
      story.aws.alarms.setState(errors, 'ALARM');
      await untilIncidents(story, 1);
      expect(story.textsIn(broadcast)).toEqual([]);
      await story.press('chen', "I'm On It");
      await story.after('5s');
      await story.sees(new RegExp(`^<@${people.chen}> is on it for checkout\\.`));
      await story.sees(new RegExp(`^<@${people.chen}> leads for now, as the first to take the page\\.`));
      const announced = (): readonly string[] => story.textsIn(broadcast).filter((text) => text.startsWith('INC-1'));
      expect(announced()).toEqual([expect.stringContaining('INC-1 (SEV2): checkout-5xx is red.')]);
      expect(announced()[0]).toContain(`<@${people.chen}> leads`);
      await story.inRoom('ana', 'lead');
      expect(await story.incident()).toMatchObject({ roles: { commander: people.ana }, provisional: false });
      expect(announced()).toEqual([expect.stringContaining(`<@${people.ana}> leads`)]);
    }));

  it('that cleared within its hold opens nothing', () =>
    inStory(async (story) => {
      for (let round = 0; round < 3; round++) {
        story.aws.alarms.setState(errors, 'ALARM');
        await story.after('60s');
        story.aws.alarms.setState(errors, 'OK');
        await story.after('30s');
      }
      expect(story.slack.messages(broadcast)).toEqual([]);
      // One without a rule to open opens nothing however long it is red: it is shown.
      story.aws.alarms.setState(latency, 'ALARM');
      await story.after('30m');
      expect(await countIncidents(story)).toBe(0);
      expect(story.textsIn(broadcast)).toEqual([
        expect.stringContaining('has joined the channel'),
        expect.stringMatching(/^Alarms of checkout: 1 red/),
      ]);
    }));

  it('joins the open incident of its service, and has its own once somebody says that it is not part of this', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await declareLed(story);
      await story.after('1m');
      // A rule of the catalog maps it by its name and its tag.
      aws.alarms.put({ name: 'checkout-queue', tags: { page: 'yes' }, tagsInMessages: true });
      aws.alarms.setState(arnOf('checkout-queue'), 'ALARM');
      await story.sees(/^checkout-queue is red too, since /);
      await story.after('3m');
      expect(await countIncidents(story)).toBe(1);
      const names = async (): Promise<readonly string[]> => (await story.incident()).watches.map(({ name }) => name);
      expect(await names()).toEqual(['checkout-5xx', 'checkout-latency', 'checkout-queue']);

      await story.press('ben', 'Not Part of This');
      await story.sees(/^checkout-queue is not part of this incident/);
      expect(await names()).toEqual(['checkout-5xx', 'checkout-latency']);
      await untilIncidents(story, 2);
      expect(await story.incident(2)).toMatchObject({ title: 'Checkout is in trouble', services: ['checkout'] });
      expect(slack.channel(await story.roomOf(2))?.members).toContain(people.ben);
      await story.after('5m');
      expect(await countIncidents(story)).toBe(2);
      await story.sees(/^Alarms went red here, but none of them is part of this incident\.$/);
    }));

  it('does not join what is mitigated already, and neither a test', () =>
    inStory(async (story) => {
      await declareLed(story);
      await story.inRoom('ana', 'mitigated rolled back');
      await story.type('dara', 'test checkout: trying it out');
      await story.roomOf(2);
      await story.after('5s');
      expect(await story.incident(2)).toMatchObject({ test: true, services: ['checkout'] });
      story.aws.alarms.put({ name: 'checkout-queue', tags: { page: 'yes' }, tagsInMessages: true });
      story.aws.alarms.setState(arnOf('checkout-queue'), 'ALARM');
      await untilIncidents(story, 3);
      expect(await story.incident(3)).toMatchObject({ declaredBy: { type: 'alarm', name: 'checkout-queue' } });
    }));

  it('that a mitigated incident watches is a relapse there, and opens no second one', () =>
    inStory(async (story) => {
      await declareLed(story);
      await story.after('1m');
      await story.inRoom('ana', 'mitigated rolled back');
      story.aws.alarms.setState(errors, 'ALARM');
      await story.sees(/^checkout-5xx went red .*Waiting for recovery starts over\./);
      await story.after('5m');
      expect(await countIncidents(story)).toBe(1);
      expect((await story.incident()).status).toBe('mitigated');
    }));

  it('that clears by itself before anyone acted takes its incident back, in one line and without a draft', () =>
    inStory(async (story) => {
      story.aws.alarms.setState(errors, 'ALARM');
      await untilIncidents(story, 1);
      const room = await story.roomOf();
      const before = saidIn(story, room).length;
      story.aws.alarms.setState(errors, 'OK');
      await story.after('2m');
      expect((await story.incident()).status).toBe('cancelled');
      await story.sees(/^Cancelled: the alarm cleared by itself before anyone acted\./);
      expect(saidIn(story, room).length - before).toBe(1);
      await story.after('10m');
      expect(
        saidIn(story, room)
          .map(textOf)
          .filter((text) => text.startsWith('Cancelled')),
      ).toHaveLength(1);
      expect(draftsOf(story)).toEqual([]);
      // What was never announced is not taken back in public.
      expect(story.textsIn(broadcast)).toEqual([]);
      expect(await kindsOf(story)).not.toContain('recovery proved');
    }));

  it('that clears after somebody acted leaves the incident to people', () =>
    inStory(async (story) => {
      story.aws.alarms.setState(errors, 'ALARM');
      await untilIncidents(story, 1);
      await story.press('ben', "I'm On It");
      story.aws.alarms.setState(errors, 'OK');
      await story.after('3m');
      expect((await story.incident()).status).toBe('investigating');
    }));
});
