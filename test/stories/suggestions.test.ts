import { describe, expect, it } from 'vitest';
import { arnOf, kindsOf, linesOf, saidIn } from '../harness/alarms.ts';
import {
  buttonsUnder,
  click,
  directOf,
  gather,
  pressDirect,
  readBy,
  reads,
  roomful,
  sayInRoom,
  stateOf,
} from '../harness/leaving.ts';
import { textOf } from '../harness/seen.ts';
import { inStory, type Name, people, type Story } from '../harness/story.ts';

const watched = `
workspace: { broadcastChannel: C0INCIDENTS }
accounts: { '123456789012': { name: production } }
defaults: { responders: [${people.ana}] }
circles:
  - { name: support, page: [${people.ines}, ${people.liam}, ${people.mia}] }
services:
  - name: search
    responders: [${people.emil}, ${people.farah}, ${people.grace}]
    stabilisation: 10m
    alarms: [{ name: search-errors, account: '123456789012', region: eu-west-1 }]
  - name: checkout
    responders: [${people.ben}, ${people.chen}]
    alarms: [{ name: checkout-5xx, account: '123456789012', region: eu-west-1 }]
`;

const thanked = /Thank you, we have what we need from you\. You're on standby; the commander can call you back/;

function suggestionsTo(story: Story, name: Name): readonly string[] {
  return readBy(story, name).filter((text) => text.includes('We have what we need from these'));
}

/** Words that nobody wants to read of themselves. */
function expectTact(story: Story): void {
  const all = story.slack.channels().flatMap(({ id }) => saidIn(story, id).map(textOf));
  for (const text of all) expect(text).not.toMatch(/released|no longer needed|done your part/i);
}

describe.concurrent('who could be let go', { timeout: 300_000 }, () => {
  it('is told to the commander with reasons in a full room, and names nobody who may still be needed', () =>
    inStory(
      async (story) => {
        const { aws } = story;
        aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
        await gather(story);
        await story.inRoom('ines', 'note impact: every card is declined');
        await story.after('27m');
        expect(suggestionsTo(story, 'ana')).toEqual([]);
        await story.after('4m');
        const told = await reads(story, 'ana', /We have what we need/);
        expect(told).toMatch(/^INC-1 \(SEV2\): 11 in the room\. We have what we need from these 6: /);
        for (const name of ['emil', 'farah', 'grace'] as const) {
          expect(told).toMatch(
            new RegExp(`• <@${people[name]}>: search has been green for \\d+ min and nothing else points there`),
          );
        }
        for (const name of ['ines', 'liam', 'mia'] as const) {
          expect(told).toContain(`• <@${people[name]}>: support was asked what users see, and we know that now`);
        }
        // The service is red, they hold a role, or nobody called them.
        for (const name of ['ben', 'chen', 'ana', 'dara', 'jonas'] as const) expect(told).not.toContain(people[name]);
        expect(buttonsUnder(story, 'ana', /We have what we need/)).toEqual([
          'Ask Them',
          'Thank Them and Let Them Go',
          'Not Now',
        ]);
        expect((await story.texts()).join('\n')).not.toContain('We have what we need');
        await story.after('28m');
        expect(suggestionsTo(story, 'ana')).toHaveLength(1);
        await story.after('3m');
        expect(suggestionsTo(story, 'ana')).toHaveLength(2);
        expectTact(story);
      },
      { catalog: watched, alarms: ['checkout-5xx', 'search-errors'] },
    ));

  it('is asked each in private: done, needed, or at it, which the commander hears', () =>
    inStory(
      async (story) => {
        await gather(story);
        await story.after('10m');
        // All of a level who come read what is asked of them, not the first alone.
        for (const name of ['emil', 'farah', 'grace'] as const) {
          await reads(story, name, /What is asked of you: to help repair search\./);
        }
        expect(suggestionsTo(story, 'ana')).toEqual([]);
        await story.inRoom('ana', 'mitigated rolled back');
        await story.after('1m');
        const told = await reads(story, 'ana', /11 in the room\. We have what we need from these 8:/);
        expect(told).toContain(`<@${people.ben}>: users are no longer affected, and no alarm points at checkout`);
        await pressDirect(story, 'ana', 'Ask Them');
        const asked = await reads(story, 'emil', /are you done here\?/);
        expect(asked).toContain('users are no longer affected, and no alarm points at search');
        expect(asked).toContain('nobody has to go');
        expect(buttonsUnder(story, 'emil', /are you done here/)).toEqual(['Done', 'Keep Me']);
        for (const name of ['ana', 'dara', 'jonas'] as const) {
          expect(readBy(story, name).join('\n')).not.toContain('are you done here');
        }
        await pressDirect(story, 'ana', 'Ask Them');
        await story.told('ana', /There is nobody left to ask/);
        expect(readBy(story, 'emil').filter((text) => text.includes('are you done here'))).toHaveLength(1);

        await pressDirect(story, 'emil', 'Done');
        await reads(story, 'emil', thanked);
        expect(await stateOf(story, 'emil')).toBe('standby');
        await story.sees(/^Emil Lindqvist is on standby now\. Thank you\.$/);
        await pressDirect(story, 'farah', 'Keep Me');
        await reads(story, 'ana', new RegExp(`<@${people.farah}> .*(?:needed|stays)`));
        await sayInRoom(story, 'mia', 'wait, I still see declined cards');
        await reads(story, 'ana', new RegExp(`<@${people.mia}> `));
        expect(await kindsOf(story)).toEqual(expect.arrayContaining(['stand down asked', 'responder kept']));

        // Whoever said that they are needed is not named again for half an hour from then on.
        await story.after('15m');
        await sayInRoom(story, 'ben', 'looking at the queue');
        await story.after('15m');
        const again = suggestionsTo(story, 'ana').at(-1) ?? '';
        expect(suggestionsTo(story, 'ana')).toHaveLength(2);
        expect(again).toContain('10 in the room. We have what we need from these ');
        for (const name of ['farah', 'mia', 'emil', 'ben'] as const) expect(again).not.toContain(people[name]);
        await pressDirect(story, 'ana', 'Not Now');
        await story.told('ana', /nobody is let go for now/);
        await story.after('25m');
        expect(suggestionsTo(story, 'ana')).toHaveLength(2);
        await story.after('6m');
        expect(suggestionsTo(story, 'ana')).toHaveLength(3);
        expectTact(story);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('is let go with one button, but for who has just spoken, and once, however often it is pressed', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        await story.inRoom('ana', 'mitigated rolled back');
        await story.after('1m');
        await reads(story, 'ana', /We have what we need from these 8:/);
        await sayInRoom(story, 'grace', 'one shard is still rebuilding');
        const room = await story.roomOf();
        const typed = (text: string): Promise<unknown> =>
          slack.command({ user: people.ana, channel: room, command: '/incident', text });
        await Promise.all([
          click(story, 'ana', 'Thank Them and Let Them Go', directOf(story, 'ana')),
          typed('standdown suggested'),
          typed('standdown suggested'),
          // In the second in which he is let go.
          slack.say({ user: people.emil, channel: room, text: 'no wait' }),
        ]);
        await story.after('10s');
        for (const name of ['ben', 'chen', 'farah', 'ines', 'liam', 'mia'] as const) {
          expect(await stateOf(story, name)).toBe('standby');
          expect(readBy(story, name).filter((text) => thanked.test(text))).toHaveLength(1);
        }
        expect(await stateOf(story, 'grace')).toBe('active');
        await reads(story, 'ana', new RegExp(`<@${people.grace}> .*stays`));
        const stays = (await stateOf(story, 'emil')) === 'active';
        expect(readBy(story, 'emil').filter((text) => thanked.test(text))).toHaveLength(stays ? 0 : 1);
        expect(
          readBy(story, 'ana').filter((text) => text.includes(`<@${people.emil}>`) && /stays/.test(text)),
        ).toHaveLength(stays ? 1 : 0);
        const lines = linesOf(story, room, /on standby now/);
        expect(lines.filter((text) => text.includes('Ben Carter'))).toHaveLength(1);
        expect(lines.join('\n')).not.toMatch(/<@/);
        // Four are left: who leads, who writes, who came by himself, and who has a word to say.
        expect(await stateOf(story, 'jonas')).toBe('active');
        expectTact(story);
      },
      { catalog: roomful, alarms: [] },
    ));
});
