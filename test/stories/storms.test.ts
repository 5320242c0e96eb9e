import { describe, expect, it } from 'vitest';
import { arnOf, countIncidents, linesOf, saidIn, untilIncidents } from '../harness/alarms.ts';
import { buttonsOf, input, textOf } from '../harness/seen.ts';
import { broadcast, inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const triageChannel = 'C0PLATFORM1';

/** The shop needs the site, the site needs the database; nobody lists an alarm by its name. */
const catalog = `
workspace: { broadcastChannel: ${broadcast}, triageChannel: ${triageChannel} }
accounts: { '123456789012': { name: production } }
alarms:
  queues: [https://sqs.eu-west-1.amazonaws.com/123456789012/alarms]
  window: 30m
  rules:
    - { prefix: web-, service: web, opens: SEV3, hold: 1m, title: The site is in trouble }
    - { prefix: db-down, service: db, severity: SEV1 }
    - { prefix: db-, service: db, severity: SEV3 }
    - { prefix: shop-, service: shop, severity: SEV4 }
defaults: { responders: [${people.ana}], stabilisation: 10m }
services:
  - { name: web, responders: [${people.ben}], needs: [db] }
  - { name: db, responders: [${people.emil}] }
  - { name: shop, responders: [${people.farah}], needs: [web] }
`;

function inStorm(tell: (story: Story) => Promise<void>): Promise<void> {
  return inStory(tell, { catalog, alarms: [] });
}

function put({ aws }: Story, names: readonly string[]): void {
  for (const name of names) aws.alarms.put({ name });
}

function turnRed({ aws }: Story, ...names: readonly string[]): void {
  for (const name of names) {
    if (!aws.alarms.list().some((alarm) => alarm.name === name)) aws.alarms.put({ name });
    aws.alarms.setState(arnOf(name), 'ALARM');
  }
}

function web(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, index) => `web-${from + index}`);
}

describe.concurrent('a storm', { timeout: 300_000 }, () => {
  it('of 500 alarms is one incident, with three messages in its first minute', () =>
    inStorm(async (story) => {
      const { slack } = story;
      put(story, web(0, 500));
      turnRed(story, ...web(0, 400));
      await untilIncidents(story, 1);
      const room = await story.roomOf();
      // It goes on while people come in.
      for (let from = 400; from < 500; from += 25) {
        turnRed(story, ...web(from, from + 25));
        await story.after('10s');
      }
      await story.after('15s');
      expect(await countIncidents(story)).toBe(1);
      expect((await story.incident()).watches).toHaveLength(500);
      await eventually(() => textOf(slack.pins(room)[0] ?? {}).includes('500 of 500 red'), 'the card counts them');
      expect(await story.incident()).toMatchObject({ title: 'The site is in trouble', severity: 'SEV3' });
      const said = (thread: string | null): readonly (string | undefined)[] =>
        saidIn(story, room)
          .filter(({ threadTs }) => threadTs === thread)
          .map((message) => textOf(message).split('\n')[0]);
      expect(said(null)).toEqual([
        expect.stringMatching(/^INC-1 \(SEV3\): The site is in trouble\./),
        expect.stringContaining(`<@${people.ben}>: INC-1 (SEV3), The site is in trouble.`),
        expect.stringMatching(/^\*100 more alarms went red\*, the first at .*: web-.* and 95 more/),
      ]);
      // The picture stands in the thread of the card.
      expect(said(slack.pins(room)[0]?.ts ?? '')).toEqual([expect.stringMatching(/^web-\d+ from .* to .* UTC: /)]);
      expect(slack.messages(triageChannel).filter(({ subtype }) => subtype !== 'channel_join')).toEqual([]);
      // A SEV3 is announced nowhere.
      expect(story.textsIn(broadcast).filter((text) => text.includes('INC-'))).toEqual([]);

      // One of them is something else: it has its own, and the others stay.
      await story.press('ana', 'Not Part of This …');
      await eventually(() => slack.views(people.ana).length > 0, 'a form asks which');
      const values = { alarm: input({ selected_option: 'web-7' }), what: input({ selected_option: 'separate' }) };
      expect(await slack.submitView({ user: people.ana, values })).toMatchObject({ outcome: 'closed' });
      await story.sees(/^web-7 is not part of this incident/);
      await untilIncidents(story, 2);
      expect((await story.incident(2)).watches.map(({ name }) => name)).toEqual(['web-7']);
      expect((await story.incident()).watches).toHaveLength(499);
      await story.after('2m');
      expect(await countIncidents(story)).toBe(2);
    }));

  it('takes in services that depend on each other, in both directions, within the window', () =>
    inStorm(async (story) => {
      turnRed(story, 'web-errors');
      await untilIncidents(story, 1);
      const room = await story.roomOf();
      await story.press('ben', "I'm On It");
      const names = async (): Promise<readonly string[]> => (await story.incident()).watches.map(({ name }) => name);
      turnRed(story, 'db-slow', 'shop-carts');
      await story.after('15s');
      expect((await names()).toSorted()).toEqual(['db-slow', 'shop-carts', 'web-errors']);
      expect((await story.incident()).severity).toBe('SEV3');
      expect(linesOf(story, room, /2 more alarms went red/)).toHaveLength(1);
      expect(story.slack.channel(room)?.members).not.toContain(people.emil);

      // One that is worse makes it worse, and calls the people of its service.
      turnRed(story, 'db-down');
      await story.sees(/^Severity SEV1 \(was SEV3\): db-down is that bad\./);
      await story.sees(
        new RegExp(`^<@${people.emil}>: INC-1 \\(SEV1\\), The site is in trouble\\. Please come and help to repair db`),
      );
      await eventually(() => story.slack.channel(room)?.members.includes(people.emil) === true, 'emil is in the room');
      expect(linesOf(story, room, /more alarms went red/)).toEqual([expect.stringContaining('3 more alarms went red')]);

      // Long after the last of them, only what is of its own service is the same incident.
      await story.after('31m');
      turnRed(story, 'shop-search', 'web-late');
      await story.after('1m');
      expect(await names()).toContain('web-late');
      expect(await countIncidents(story)).toBe(1);
    }));

  it('of changes by a deployment is one line', () =>
    inStorm(async (story) => {
      turnRed(story, ...web(0, 30));
      await untilIncidents(story, 1);
      const room = await story.roomOf();
      await story.inRoom('ben', 'lead');
      await story.after('1m');
      for (const name of web(0, 30)) story.aws.alarms.put({ name, threshold: 90 });
      await story.inRoom('ben', 'mitigated rolled back');
      await story.sees(/^Alarms were changed meanwhile \(30 changed\): web-\d+/);
      expect(linesOf(story, room, /changed meanwhile|was changed/)).toHaveLength(1);
    }));

  it('does not take in what is only near by, once its window is over', () =>
    inStorm(async (story) => {
      turnRed(story, 'web-errors');
      await untilIncidents(story, 1);
      await story.press('ben', "I'm On It");
      await story.after('31m');
      turnRed(story, 'db-slow');
      await story.after('2m');
      expect((await story.incident()).watches).toHaveLength(1);
      const shown = story.textsIn(triageChannel).filter((text) => text.startsWith('Alarms of db'));
      expect(shown).toEqual([expect.stringMatching(/^Alarms of db: 1 red/)]);
      expect(story.slack.messages(triageChannel).flatMap(buttonsOf)).toContain('Join INC-1');
      await story.press('ben', 'Join INC-1', triageChannel);
      await story.sees(/^db-slow is red too/);
    }));
});
