import { describe, expect, it } from 'vitest';
import { arnOf, countIncidents, declareLed, kindsOf, linesOf, untilIncidents } from '../harness/alarms.ts';
import { inStory, people, type Story } from '../harness/story.ts';

const errors = arnOf('web-5xx');

/** An error count, which has no data while there are no errors, and beside it the traffic. */
const catalog = `
workspace: { broadcastChannel: C0INCIDENTS }
accounts: { '123456789012': { name: production } }
defaults: { responders: [${people.ana}] }
services:
  - name: web
    responders: [${people.ben}]
    stabilisation: 10m
    alarms:
      - { name: web-5xx, account: '123456789012', region: eu-west-1, opens: SEV2, hold: 1m }
    traffic:
      account: '123456789012'
      region: eu-west-1
      namespace: Site
      metric: Requests
      statistic: Sum
      period: 60
`;

/** Opened by the error count, with somebody at work; gives the id of the traffic. */
async function opened(story: Story): Promise<string> {
  const { aws } = story;
  aws.alarms.put({ name: 'web-5xx', statistic: 'Sum', treatMissingData: 'notBreaching' });
  const traffic = aws.metrics.put({ namespace: 'Site', metric: 'Requests' });
  aws.alarms.setState(errors, 'ALARM');
  await untilIncidents(story, 1);
  await story.press('ben', "I'm On It");
  return traffic;
}

describe.concurrent('an error count that falls silent', { timeout: 300_000 }, () => {
  it('because all is well counts as recovered, since there is traffic', () =>
    inStory(
      async (story) => {
        await opened(story);
        story.aws.metrics.stopData(errors);
        await story.after('5m');
        story.aws.alarms.setState(errors, 'OK');
        await story.after('8m');
        expect(await kindsOf(story)).not.toContain('recovery proved');
        await story.after('5m');
        const told = await story.sees(/^Every alarm that counts has been green for 10 min or longer\./);
        expect(told).toMatch(/• web-5xx: green since .* OK; nothing was counted, and .* has data from/);
        expect(linesOf(story, await story.roomOf(), /^\*Unknown/)).toEqual([]);
      },
      { catalog, alarms: [] },
    ));

  it('because the service is gone stays unknown, and says why', () =>
    inStory(
      async (story) => {
        const traffic = await opened(story);
        story.aws.metrics.stopData(traffic);
        story.aws.alarms.setState(errors, 'OK');
        story.aws.metrics.stopData(errors);
        await story.after('25m');
        expect(await kindsOf(story)).not.toContain('recovery proved');
        const room = await story.roomOf();
        const told = await story.sees(/^\*Unknown: 1 of 1 alarms\*/);
        expect(told).toMatch(
          /web-5xx since .*: OK, but no data .*, and .*While they are unknown, recovery can't be proved/s,
        );
        expect(linesOf(story, room, /^\*Unknown/)).toHaveLength(1);
        expect((await story.incident()).watches).toMatchObject([{ verdict: 'unknown', doubt: 'no data' }]);
        // Users are back: now the silence is a good sign.
        story.aws.metrics.resumeData(traffic);
        await story.after('13m');
        expect(await kindsOf(story)).toContain('recovery proved');
      },
      { catalog, alarms: [] },
    ));
});

describe.concurrent('an alarm', { timeout: 300_000 }, () => {
  it('that is muted opens nothing before its window is over, and then one incident for the late burst', () =>
    inStory(async (story) => {
      const { aws } = story;
      aws.alarms.put({ name: 'checkout-queue', tags: { page: 'yes' }, tagsInMessages: true });
      aws.muteRules.put({ name: 'deployment', alarms: ['checkout-5xx', 'checkout-queue'], forMinutes: 15 });
      await story.after('1m');
      aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
      aws.alarms.setState(arnOf('checkout-queue'), 'ALARM');
      await story.after('10m');
      expect(await countIncidents(story)).toBe(0);
      await story.after('6m');
      await untilIncidents(story, 1);
      const names = (await story.incident()).watches
        .filter(({ verdict }) => verdict === 'alarm')
        .map(({ name }) => name);
      expect(names.toSorted()).toEqual(['checkout-5xx', 'checkout-queue']);
      await story.after('5m');
      expect(await countIncidents(story)).toBe(1);
    }));

  it('that is muted and clears within its window is never heard of', () =>
    inStory(async (story) => {
      const { aws } = story;
      aws.muteRules.put({ name: 'deployment', alarms: ['checkout-5xx'], forMinutes: 15 });
      await story.after('1m');
      aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
      await story.after('8m');
      aws.alarms.setState(arnOf('checkout-5xx'), 'OK');
      await story.after('12m');
      expect(await countIncidents(story)).toBe(0);
      expect(story.slack.messages('C0INCIDENTS')).toEqual([]);
    }));

  it('whose configuration was changed meanwhile is unknown until somebody says that it counts', () =>
    inStory(async (story) => {
      const { aws } = story;
      await declareLed(story);
      const room = await story.roomOf();
      aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
      await story.after('2m');
      // The easy way to make it green.
      aws.alarms.put({ name: 'checkout-5xx', threshold: 500 });
      aws.alarms.setState(arnOf('checkout-5xx'), 'OK');
      await story.after('12m');
      await story.sees(
        /^\*Unknown: 1 of 2 alarms\*\n• checkout-5xx since .*: its configuration was changed at \d\d:\d\d UTC/,
      );
      expect(await kindsOf(story)).not.toContain('recovery proved');
      await story.press('ben', 'Counts as It Is');
      await story.sees(/^checkout-5xx counts as it is configured now/);
      await story.after('1m');
      expect((await story.incident()).watches.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
      await story.after('12m');
      await story.sees(/^Every alarm that counts has been green/);
      expect(linesOf(story, room, /^The alarm checkout-5xx was changed/).length).toBeLessThanOrEqual(1);
    }));
});
