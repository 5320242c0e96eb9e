import { describe, expect, it } from 'vitest';
import { textOf } from '../harness/seen.ts';
import { broadcast, inStory, people, type Story } from '../harness/story.ts';

const errors = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx';
const latency = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-latency';

async function incidents({ postgres }: Story): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>('select count(*)::int as count from incident');
  return rows[0]?.count ?? 0;
}

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

describe.concurrent('an alarm', () => {
  it('opens an incident when it is still red after its hold, and not before', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await story.after('1m');
      aws.alarms.setState(errors, 'ALARM', { reason: 'Threshold Crossed: <!channel> 3 of 3 datapoints' });
      await story.after('100s');
      expect(await incidents(story)).toBe(0);
      await story.after('1m');
      expect(await incidents(story)).toBe(1);
      const room = await story.roomOf();
      await story.after('5s');
      expect(await story.incident()).toMatchObject({
        title: 'checkout-5xx is red',
        severity: 'SEV2',
        services: ['checkout'],
        declaredBy: { type: 'alarm', name: 'checkout-5xx' },
        touched: false,
      });
      expect(slack.channel(room)?.members.toSorted()).toEqual([slack.botUserId, people.ben, people.chen].toSorted());
      await story.sees(/^Nobody leads yet\. Who does\?/);
      expect(story.textsIn(broadcast).at(-1)).toContain('INC-1 (SEV2): checkout-5xx is red.');
      const [declared, red] = await story.timeline();
      expect(declared).toMatchObject({ kind: 'declared', actor: { type: 'alarm', name: 'checkout-5xx' } });
      expect(declared?.link).toMatch(/^https:\/\/.*console\.aws\.amazon\.com\/.*checkout-5xx/);
      // The machine's own time, two minutes before anyone was called.
      expect(red).toMatchObject({ kind: 'alarm changed' });
      expect((declared?.occurredAt ?? 0) - (red?.occurredAt ?? 0)).toBeGreaterThanOrEqual(120_000);
      for (const message of slack.messages(room)) expect(JSON.stringify(message)).not.toContain('<!channel>');

      // Still red: the same alarm opens no second one, and does not join its own.
      await story.after('10m');
      expect(await incidents(story)).toBe(1);
      expect(await kinds(story)).not.toContain('alarm joined');
    }));

  it('that cleared within its hold opens nothing', () =>
    inStory(async (story) => {
      for (let round = 0; round < 3; round++) {
        story.aws.alarms.setState(errors, 'ALARM');
        await story.after('80s');
        story.aws.alarms.setState(errors, 'OK');
        await story.after('40s');
      }
      // One without a rule to open opens nothing however long it is red.
      story.aws.alarms.setState(latency, 'ALARM');
      await story.after('30m');
      expect(await incidents(story)).toBe(0);
      expect(story.slack.messages(broadcast)).toEqual([]);
    }));

  it('joins the open incident of its service, and has its own once somebody says that it is not part of this', () =>
    inStory(async (story) => {
      const { slack, aws } = story;
      await declare(story);
      await story.after('1m');
      aws.alarms.setState(errors, 'ALARM');
      await story.after('3m');
      expect(await incidents(story)).toBe(1);
      await story.sees(/^checkout-5xx is red and was counted into this incident/);
      expect(await kinds(story)).toContain('alarm joined');
      expect((await story.incident()).watches.map(({ alarm }) => alarm)).toEqual([errors, latency]);

      await story.press('ben', 'Not Part of This');
      await story.sees(/^checkout-5xx is not part of this incident/);
      expect((await story.incident()).watches.map(({ alarm }) => alarm)).toEqual([latency]);
      await story.after('2m');
      expect(await incidents(story)).toBe(2);
      const other = await story.roomOf(2);
      await story.after('5s');
      expect(await story.incident(2)).toMatchObject({ title: 'checkout-5xx is red', services: ['checkout'] });
      expect(slack.channel(other)?.members).toContain(people.ben);
      const joined = slack.messages(await story.roomOf()).find(({ text }) => text.includes('was counted into'));
      await story.after('10m');
      expect(await incidents(story)).toBe(2);
      expect(joined).toBeDefined();
    }));

  it('does not join what is mitigated already, and neither a test', () =>
    inStory(async (story) => {
      await declare(story);
      await story.inRoom('ana', 'mitigated rolled back');
      await story.type('dara', 'test checkout: trying it out');
      await story.roomOf(2);
      await story.after('5s');
      expect(await story.incident(2)).toMatchObject({ test: true, services: ['checkout'] });
      story.aws.alarms.setState(errors, 'ALARM');
      await story.after('3m');
      expect(await incidents(story)).toBe(3);
      expect(await story.incident(3)).toMatchObject({ declaredBy: { type: 'alarm', name: 'checkout-5xx' } });
    }));

  it('that clears by itself before anyone acted takes its incident back, in one line and without a draft', () =>
    inStory(async (story) => {
      story.aws.alarms.setState(errors, 'ALARM');
      await story.after('3m');
      const room = await story.roomOf();
      await story.after('5s');
      const before = story.slack.messages(room).length;
      story.aws.alarms.setState(errors, 'OK');
      await story.after('2m');
      expect((await story.incident()).status).toBe('cancelled');
      await story.sees(/^Cancelled: the alarm cleared by itself before anyone acted\./);
      const said = story.slack.messages(room).slice(before);
      expect(said.filter(({ subtype }) => subtype === null || subtype === 'bot_message').map(textOf)).toEqual([
        expect.stringMatching(/^Cancelled: the alarm cleared by itself/),
      ]);
      await story.after('10m');
      expect(story.slack.files()).toEqual([]);
      expect(story.textsIn(broadcast).at(-1)).toContain('Cancelled');
      expect(await kinds(story)).not.toContain('recovery proved');
    }));

  it('that clears after somebody acted leaves the incident to people', () =>
    inStory(async (story) => {
      story.aws.alarms.setState(errors, 'ALARM');
      await story.after('3m');
      await story.roomOf();
      await story.after('5s');
      await story.press('ben', "I'm On It");
      story.aws.alarms.setState(errors, 'OK');
      await story.after('3m');
      expect((await story.incident()).status).toBe('investigating');
    }));
});
