import { describe, expect, it } from 'vitest';
import { arnOf, kindsOf, linesOf } from '../harness/alarms.ts';
import {
  buttonsUnder,
  click,
  directOf,
  gather,
  pressDirect,
  readBy,
  reads,
  roomful,
  stateOf,
} from '../harness/leaving.ts';
import { textOf } from '../harness/seen.ts';
import { inStory, type Name, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const red = `${roomful.replace('defaults:', "accounts: { '123456789012': { name: production } }\ndefaults:").trimEnd()}
    stabilisation: 10m
    alarms: [{ name: checkout-5xx, account: '123456789012', region: eu-west-1 }]
`;

/** How often somebody was called in private. */
function callsTo(story: Story, name: Name, words = /Please come back/): number {
  return readBy(story, name).filter((text) => words.test(text)).length;
}

/** All but ana, dara, ben, chen and jonas stand by. */
async function emptied(story: Story): Promise<void> {
  await gather(story);
  await story.inRoom('ana', 'standdown everyone but @ben @chen @jonas');
  await story.after('10m');
}

describe.concurrent('who stands by', { timeout: 300_000 }, () => {
  it('comes back by the button under the thanks, and reads what it is about', () =>
    inStory(
      async (story) => {
        await emptied(story);
        await story.inRoom('ana', 'note decision: search stays read-only until Monday');
        await story.inRoom('ana', 'mitigated the index was rebuilt');
        await pressDirect(story, 'emil', "I'm Back");
        expect(await stateOf(story, 'emil')).toBe('active');
        const read = readBy(story, 'emil').at(-1) ?? '';
        expect(read).toMatch(/INC-1 \(SEV2\): nobody can pay/);
        expect(read).toContain('the index was rebuilt');
        expect(read.split('\n').length).toBeLessThanOrEqual(12);
        const [card] = story.slack.pins(await story.roomOf());
        expect(textOf(card ?? {})).toMatch(/6 active .*5 standing by/);
        // The button still stands there, and changes nothing.
        const before = await kindsOf(story);
        await pressDirect(story, 'emil', "I'm Back");
        await story.told('emil', /nothing to change, it is so already/);
        expect(await kindsOf(story)).toEqual(before);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('is recalled by name, by service or with everyone, and reads what happened since they left', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await emptied(story);
        const room = await story.roomOf();
        await story.inRoom('ana', 'note hypothesis: a shard never came back');
        await story.inRoom('ana', 'mitigated the index was rebuilt');
        await story.inRoom('ben', 'note setback: it empties again');
        await story.inRoom('ana', 'recall @ines do users still see it?');
        const read = await reads(story, 'ines', /Please come back/);
        expect(read).toMatch(/^INC-1 \(SEV2\), nobody can pay\. Please come back/);
        expect(read).toContain(`<@${people.ana}>: do users still see it?`);
        expect(read).toMatch(/Since you left \(.*\):/);
        expect(read).toContain('a shard never came back');
        expect(read).toContain('the index was rebuilt');
        expect(read).toContain('it empties again');
        expect(buttonsUnder(story, 'ines', /Please come back/)).toEqual(["I'm On It", 'Pass It On']);
        // She is paged like anybody else, so the room calls her too.
        expect(linesOf(story, room, new RegExp(`<@${people.ines}>.*Please come back`))).toHaveLength(1);
        await pressDirect(story, 'ines', "I'm On It");
        expect(await stateOf(story, 'ines')).toBe('active');

        await story.inRoom('ana', 'recall search it is red again');
        for (const name of ['emil', 'farah', 'grace'] as const) {
          expect(await stateOf(story, name)).toBe('paged');
          expect(callsTo(story, name)).toBe(1);
        }
        expect(await stateOf(story, 'liam')).toBe('standby');
        await pressDirect(story, 'farah', "I'm On It");

        await story.inRoom('ana', 'recall everyone');
        expect(await stateOf(story, 'liam')).toBe('paged');
        expect(callsTo(story, 'liam')).toBe(1);
        expect(callsTo(story, 'emil')).toBe(1);
        await pressDirect(story, 'liam', "I'm On It");
        // Farah and Liam took what these were called for; they may come all the same.
        await story.after('2m');
        expect(buttonsUnder(story, 'emil', /Please come back/)).toEqual([]);
        await story.inRoom('mia', 'join');
        await story.inRoom('emil', 'join');
        await story.inRoom('grace', 'join');
        await story.inRoom('ana', 'recall everyone');
        await story.told('ana', /^Nobody stands by\.$/);
        await story.inRoom('ana', 'recall @mia');
        await story.told('ana', /^They are paged or active already\.$/);
        await story.inRoom('ana', 'recall @hugo');
        await story.told('ana', /<@U0HUGO00008>: never a responder here, so there is nobody to call back/);
        await story.inRoom('hugo', 'recall everyone');
        await story.told('hugo', /^Only people who are working on this incident can do that\./);
        expect(slack.channel(room)?.members).not.toContain(people.hugo);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('is called by nobody when it is reopened: that is offered, and done once however many press', () =>
    inStory(
      async (story) => {
        await emptied(story);
        const room = await story.roomOf();
        await story.inRoom('ana', 'mitigated the index was rebuilt');
        await story.inRoom('ana', 'resolve it held');
        await story.after('2h');
        await story.inRoom('ben', 'reopen it is empty again');
        await story.after('1m');
        await story.sees(/^Reopened: it is empty again[^]*6 people stand by and were not called\./);
        for (const name of ['emil', 'farah', 'grace', 'ines', 'liam', 'mia'] as const) {
          expect(await stateOf(story, name)).toBe('standby');
        }
        await Promise.all([click(story, 'ana', 'Recall Them', room), click(story, 'ben', 'Recall Them', room)]);
        await story.after('30s');
        for (const name of ['emil', 'farah', 'grace', 'ines', 'liam', 'mia'] as const) {
          expect(await stateOf(story, name)).toBe('paged');
          expect(callsTo(story, name)).toBe(1);
        }
        expect((await kindsOf(story)).filter((kind) => kind === 'responders recalled')).toHaveLength(1);
        expect(linesOf(story, room, /Please come back/)).toHaveLength(1);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('is called by nobody when what was mitigated by mistake is undone; whoever is here still is', () =>
    inStory(
      async (story) => {
        await story.type('ana', 'declare sev2 search checkout: nobody can pay');
        await story.roomOf();
        await story.after('5s');
        await story.inRoom('ana', 'lead');
        await click(story, 'emil', "I'm On It", directOf(story, 'emil'));
        await story.rest();
        await story.inRoom('ana', 'standdown @emil');
        const pages = async (): Promise<readonly string[]> =>
          (await story.incident()).pages.map(({ key, ended }) => `${key} ${ended ?? 'runs'}`);
        expect(await pages()).toContain('service:checkout runs');
        await story.inRoom('ana', 'mitigated rolled back');
        await eventually(async () => (await story.incident()).status === 'mitigated', 'it is mitigated');
        expect(await pages()).toEqual(expect.arrayContaining(['service:checkout over', 'service:search answered']));
        const called = callsTo(story, 'ben', /checkout/);
        await story.after('10m');
        expect(callsTo(story, 'ben', /checkout/)).toBe(called);
        await story.inRoom('ana', 'undo');
        await eventually(async () => (await story.incident()).status === 'investigating', 'it is undone');
        await story.after('10s');
        // Nobody had taken it, so it is called again; who was let go stays so.
        expect(await pages()).toContain('service:checkout runs');
        expect(callsTo(story, 'ben', /checkout/)).toBe(called + 1);
        expect(await stateOf(story, 'emil')).toBe('standby');
        expect(callsTo(story, 'emil', /paged|come back/)).toBe(1);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('is offered to be recalled when an alarm goes red again after the mitigation', () =>
    inStory(
      async (story) => {
        const { aws } = story;
        aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
        await gather(story);
        aws.alarms.setState(arnOf('checkout-5xx'), 'OK');
        await story.after('1m');
        await story.inRoom('ana', 'mitigated rolled back');
        await story.after('1m');
        await story.inRoom('ana', 'standdown @chen @emil');
        aws.alarms.setState(arnOf('checkout-5xx'), 'ALARM');
        await story.after('2m');
        await story.sees(/^checkout-5xx went red again[^]*2 people stand by and were not called\./);
        expect(await stateOf(story, 'chen')).toBe('standby');
        expect(callsTo(story, 'chen')).toBe(0);
        await story.press('ben', 'Recall Them');
        expect(await stateOf(story, 'chen')).toBe('paged');
        expect(await reads(story, 'chen', /Please come back/)).toMatch(/Since you left/);
        // While it is red nobody is suggested.
        await story.after('31m');
        expect(readBy(story, 'ana').filter((text) => text.includes('We have what we need'))).toHaveLength(1);
      },
      { catalog: red, alarms: ['checkout-5xx'] },
    ));
});
