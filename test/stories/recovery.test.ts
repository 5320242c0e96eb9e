import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { arnOf, declareLed, giveReason, kindsOf, linesOf } from '../harness/alarms.ts';
import { buttonsOf, input } from '../harness/seen.ts';
import { inStory, people } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const errors = arnOf('checkout-5xx');
const latency = arnOf('checkout-latency');

describe.concurrent('recovery', { timeout: 300_000 }, () => {
  it('is proved after the window, lost by a relapse, and proved again', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      aws.alarms.setState(latency, 'ALARM');
      await declareLed(story);
      const room = await story.roomOf();
      const asked = (): number =>
        slack.messages(room).filter(({ text }) => text.startsWith('Every alarm that counts')).length;
      await story.after('1m');
      aws.alarms.setState(latency, 'OK');
      await story.after('8m');
      expect(asked()).toBe(0);

      // A relapse inside the window: waiting starts over.
      aws.alarms.setState(latency, 'ALARM');
      await story.after('1m');
      await story.sees(/^checkout-latency went red again after \d min green\. Waiting for recovery starts over\./);
      aws.alarms.setState(latency, 'OK');
      await story.after('9m');
      expect(asked()).toBe(0);
      expect(await kindsOf(story)).not.toContain('recovery proved');

      await story.after('3m');
      expect(asked()).toBe(1);
      const told = await story.sees(/^Every alarm that counts has been green for 10 min or longer\./);
      expect(told).toContain(`<@${people.ana}>, please confirm: is it over for users?`);
      expect(told).toMatch(/• checkout-5xx: green since/);
      expect(told).toMatch(/• checkout-latency: green since/);
      const message = slack.messages(room).find(({ text }) => text.startsWith('Every alarm that counts'));
      expect(buttonsOf(message ?? {})).toEqual(['Resolved', 'Mitigated']);
      const proved = (await story.timeline()).find(({ kind }) => kind === 'recovery proved');
      expect(proved?.text).toMatch(/^Recovery proved: .*checkout-latency green for 1[0-2] min \(since \d\d:\d\d UTC\)/);
      // The machine proposes; nothing was decided.
      expect((await story.incident()).status).toBe('investigating');

      // And a relapse after it was proved. The line of the first tells it.
      aws.alarms.setState(errors, 'ALARM');
      await story.after('1m');
      await story.sees(
        /^checkout-5xx went red after .*Waiting for recovery starts over\.\nRed again 2 times since [^]*please look/,
      );
      expect(linesOf(story, room, /went red/)).toHaveLength(1);
      expect((await story.incident()).recoveredAt).toBeNull();
      aws.alarms.setState(errors, 'OK');
      await story.after('12m');
      expect(asked()).toBe(2);

      await story.press('ana', 'Resolved');
      await giveReason(story, 'ana', 'it held');
      await story.sees(/^Resolved: it held/);
    }));

  it('waits for an alarm whose data stopped, until somebody says why it does not count', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await declareLed(story);
      const room = await story.roomOf();
      aws.metrics.stopData(latency);
      await story.after('20m');
      await story.sees(
        /^\*Unknown: 1 of 2 alarms\*\n• checkout-latency since .*: OK, but no data .*\nWhile they are unknown, recovery can't be proved\./,
      );
      expect(await kindsOf(story)).not.toContain('recovery proved');
      await story.press('ben', "Doesn't Count Here");
      await eventually(() => slack.views(people.ben).length > 0, 'a form asks why');
      const empty = await slack.submitView({ user: people.ben, values: { reason: input({ value: '  ' }) } });
      expect(empty.outcome).toBe('errors');
      const reason = { reason: input({ value: 'that probe was retired' }) };
      expect(await slack.submitView({ user: people.ben, values: reason })).toMatchObject({ outcome: 'closed' });
      await story.sees(/^checkout-latency does not count here: that probe was retired/);
      await story.after('1m');
      const told = await story.sees(/^Every alarm that counts has been green/);
      expect(told).toContain('1 alarm does not count here.');
      expect(linesOf(story, room, /^(\*Unknown|Some alarms were unknown)/)).toHaveLength(1);
    }));

  it('names an alarm that was deleted, and does not await it for ever', () =>
    inStory(async (story) => {
      await declareLed(story);
      await story.after('1m');
      story.aws.alarms.remove(latency);
      await story.after('1m');
      await story.sees(/^\*Unknown: 1 of 2 alarms\*\n• checkout-latency since .*: CloudWatch has no such alarm/);
      await story.after('7m');
      expect(await kindsOf(story)).not.toContain('recovery proved');
      expect((await story.incident()).watches.map(({ verdict, doubt }) => [verdict, doubt])).toEqual([
        ['ok', null],
        ['unknown', 'gone'],
      ]);
      await story.after('4m');
      const told = await story.sees(/^Every alarm that counts has been green/);
      expect(told).toMatch(/• checkout-latency: gone, not awaited, since /);
      const proved = (await story.timeline()).find(({ kind }) => kind === 'recovery proved');
      expect(proved?.text).toMatch(/Gone, and not awaited: checkout-latency\.$/);
    }));

  it('is left to people where nothing watches the service', () =>
    inStory(async (story) => {
      await declareLed(story, 'sev3 accounts-db: some cannot log in');
      await story.press('emil', "I'm On It");
      const before = await kindsOf(story);
      await story.after('20m');
      await story.sees(/Nothing watches this: you decide\./);
      expect(await kindsOf(story)).toEqual(before);
    }));
});

describe.concurrent('CloudWatch', { timeout: 300_000 }, () => {
  it('may hiccup without a word, and is unknown when it stays away', () =>
    inStory(async (story) => {
      const { aws } = story;
      await declareLed(story);
      const room = await story.roomOf();
      await story.after('1m');
      const before = await kindsOf(story);
      aws.inject({ service: 'cloudwatch', kind: 'throttle', times: 1 });
      await story.after('30s');
      aws.inject({ service: 'cloudwatch', kind: 'status', status: 503, times: 2 });
      await story.after('1m');
      expect(await kindsOf(story)).toEqual(before);

      aws.inject({ service: 'cloudwatch', kind: 'status', status: 500, times: 1_000_000 });
      await story.after('4m');
      await story.sees(/^Blind in eu-west-1 \(production\) since \d\d:\d\d UTC: /);
      expect((await story.incident()).watches.map(({ doubt }) => doubt)).toEqual(['unread', 'unread']);
      const reads = (): number => aws.calls.filter(({ service }) => service === 'cloudwatch').length;
      const calls = reads();
      await story.after('5m');
      // Told once, for the place and not for each alarm.
      expect(linesOf(story, room, /^Blind in|^\*Unknown|can't tell/)).toHaveLength(1);
      // It is asked with bounded retries and less often, not hammered.
      expect(reads() - calls).toBeLessThanOrEqual(80);

      // The breaker is on real time, whatever the clock says.
      await wait(3_100);
      aws.clearFaults();
      await story.after('2m');
      await story.sees(/^CloudWatch in eu-west-1 \(production\) can be read again, after \d+ min\.$/);
      expect((await story.incident()).watches.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
      expect(linesOf(story, room, /^Blind in|can be read again/)).toHaveLength(2);
      expect(await kindsOf(story)).not.toContain('recovery proved');
      await story.after('11m');
      expect(await kindsOf(story)).toContain('recovery proved');
    }));
});

describe('a poll', { timeout: 300_000 }, () => {
  it('asks once for each hundred distinct alarms of an account and region, however many incidents watch them', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `probe-${index}`);
    const there = (name: string, region: string): string =>
      `      - { name: ${name}, account: '123456789012', region: ${region} }`;
    const service = (name: string, alarms: readonly string[]): string =>
      `  - name: ${name}\n    responders: [U0BEN000002]\n    alarms:\n${alarms.join('\n')}`;
    const near = names.map((name) => there(name, 'eu-west-1'));
    const catalog = `
workspace: {}
accounts: { '123456789012': { name: production } }
defaults: { responders: [U0ANA000001] }
services:
${service('shop', near.slice(0, 90))}
${service('cart', [...near.slice(90), there('far-1', 'us-east-1'), there('far-2', 'us-east-1')])}
`;
    await inStory(
      async (story) => {
        for (const name of ['far-1', 'far-2']) story.aws.alarms.put({ name, region: 'us-east-1' });
        for (const [index, name] of ['shop', 'cart', 'shop,cart'].entries()) {
          await story.type('ana', `declare sev3 ${name}: something is odd`);
          if (index === 2) await story.pressOwn('ana', 'Declare Anyway');
          await story.roomOf(index + 1);
        }
        await story.after('1m');
        expect((await story.incident(3)).watches.filter(({ verdict }) => verdict === 'ok')).toHaveLength(152);
        story.aws.clearCalls();
        await story.after('5m');
        // A picture asks about the one alarm that it shows.
        const described = story.aws.calls.filter(
          ({ operation, input: asked }) =>
            operation === 'DescribeAlarms' && (JSON.stringify(asked).match(/probe-|far-/g)?.length ?? 0) > 1,
        );
        const inEurope = described.filter(({ region }) => region === 'eu-west-1').length;
        const inAmerica = described.filter(({ region }) => region === 'us-east-1').length;
        expect(inEurope).toBe(2 * inAmerica);
        // Every thirty seconds or so.
        expect(inAmerica).toBeGreaterThanOrEqual(8);
        expect(inAmerica).toBeLessThanOrEqual(12);
      },
      { catalog, alarms: names },
    );
  });
});
