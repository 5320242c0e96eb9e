import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { buttonsOf, input } from '../harness/seen.ts';
import { inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const errors = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx';
const latency = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-latency';

/** Declared by hand for checkout, led by ana, with both alarms read. */
async function declare(story: Story): Promise<void> {
  await story.type('ana', 'declare sev2 checkout: payments fail');
  await story.roomOf();
  await story.after('5s');
  await story.inRoom('ana', 'lead');
}

async function kinds(story: Story, id = 1): Promise<readonly string[]> {
  return (await story.timeline(id)).map(({ kind }) => kind);
}

describe.concurrent('recovery', () => {
  it('is proved after the window, lost by a relapse, and proved again', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      aws.alarms.setState(latency, 'ALARM');
      await declare(story);
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
      await story.sees(/^checkout-latency went red after \d min green\. Waiting for recovery starts over\./);
      aws.alarms.setState(latency, 'OK');
      await story.after('9m');
      expect(asked()).toBe(0);
      expect(await kinds(story)).not.toContain('recovery proved');

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

      // And a relapse after it was proved.
      aws.alarms.setState(errors, 'ALARM');
      await story.after('1m');
      await story.sees(/^checkout-5xx went red after .*Waiting for recovery starts over\.[^]*please look/);
      expect((await story.incident()).recoveredAt).toBeNull();
      aws.alarms.setState(errors, 'OK');
      await story.after('12m');
      expect(asked()).toBe(2);

      await story.press('ana', 'Resolved');
      await eventually(() => slack.views(people.ana).length > 0, 'a form asks for the reason');
      await slack.submitView({ user: people.ana, values: { reason: input({ value: 'it held' }) } });
      await story.sees(/^Resolved: it held/);
      // Once it is over nobody is told of its alarms any more.
      const rows = (await story.timeline()).length;
      aws.alarms.setState(latency, 'ALARM');
      await story.after('5m');
      expect((await story.timeline()).length).toBe(rows);
    }));

  it('waits for an alarm whose data stopped, until somebody says why it does not count', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await declare(story);
      const room = await story.roomOf();
      aws.metrics.stopData(latency);
      await story.after('20m');
      await story.sees(/^checkout-latency can't tell: .*\n?.*While it is unknown, recovery can't be proved\./);
      expect(await kinds(story)).not.toContain('recovery proved');
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
      expect(slack.messages(room).filter(({ text }) => text.includes("can't tell"))).toHaveLength(1);
    }));

  it('waits for an alarm that was deleted', () =>
    inStory(async (story) => {
      await declare(story);
      await story.after('1m');
      story.aws.alarms.remove(latency);
      await story.after('1m');
      await story.sees(/^checkout-latency can't tell: /);
      await story.after('20m');
      expect(await kinds(story)).not.toContain('recovery proved');
      expect((await story.incident()).watches.map(({ verdict }) => verdict)).toEqual(['ok', 'unknown']);
    }));

  it('is left to people where nothing watches the service', () =>
    inStory(async (story) => {
      await story.type('ana', 'declare sev2 accounts-db: nobody can log in');
      await story.roomOf();
      await story.after('20m');
      await story.sees(/Nothing watches this: you decide\./);
      expect(await kinds(story)).toEqual(['declared', 'room opened']);
    }));
});

describe.concurrent('CloudWatch', () => {
  it('may hiccup without a word, and is unknown when it stays away', () =>
    inStory(async (story) => {
      const { aws } = story;
      await declare(story);
      await story.after('1m');
      const before = await kinds(story);
      aws.inject({ kind: 'throttle', times: 1 });
      await story.after('30s');
      aws.inject({ kind: 'status', status: 503, times: 2 });
      await story.after('1m');
      expect(await kinds(story)).toEqual(before);

      aws.inject({ kind: 'status', status: 500, times: 1_000_000 });
      await story.after('4m');
      await story.sees(/^checkout-5xx can't tell: CloudWatch in eu-west-1 \(production\) can't be read: /);
      const unknown = (await story.timeline()).filter(
        ({ event }) => event.kind === 'alarm changed' && event.to === 'unknown',
      );
      expect(unknown).toHaveLength(2);
      const calls = aws.calls.length;
      await story.after('5m');
      // It is asked with bounded retries and less often, not hammered.
      expect(aws.calls.length - calls).toBeLessThanOrEqual(40);

      // The breaker is on real time, whatever the clock says.
      await wait(3_100);
      aws.clearFaults();
      await story.after('2m');
      expect((await story.incident()).watches.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
      expect(await kinds(story)).not.toContain('recovery proved');
      await story.after('11m');
      expect(await kinds(story)).toContain('recovery proved');
    }));
});

describe('a poll', () => {
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
        await story.after('10m');
        const described = story.aws.calls.filter(({ operation }) => operation === 'DescribeAlarms');
        const inEurope = described.filter(({ region }) => region === 'eu-west-1').length;
        const inAmerica = described.filter(({ region }) => region === 'us-east-1').length;
        expect(inEurope).toBe(2 * inAmerica);
        // Every thirty seconds or so.
        expect(inAmerica).toBeGreaterThanOrEqual(17);
        expect(inAmerica).toBeLessThanOrEqual(23);
      },
      { catalog, alarms: names },
    );
  });
});
