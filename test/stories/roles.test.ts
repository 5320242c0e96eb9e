import { describe, expect, it } from 'vitest';
import { arnOf, declareLed, draftsOf, giveReason, kindsOf, linesOf } from '../harness/alarms.ts';
import {
  buttonsUnder,
  gather,
  idle,
  pressDirect,
  readBy,
  reads,
  roomful,
  sayInRoom,
  stateOf,
} from '../harness/leaving.ts';
import { input, textOf } from '../harness/seen.ts';
import { broadcast, inStory, people, type Story } from '../harness/story.ts';
import { eventually, millisOf } from '../harness/waiting.ts';

const leveled = `
workspace: { broadcastChannel: C0INCIDENTS }
defaults: { responders: [${people.ana}] }
services:
  - name: checkout
    levels:
      - page: [${people.ben}]
      - page: [${people.chen}]
      - page: [${people.dara}]
`;

/** A zone in which it is about this hour after that time. */
function zoneWhere(story: Story, { hour, after }: { readonly hour: number; readonly after: string }): string {
  const ahead = hour - new Date(story.now() + millisOf(after)).getUTCHours();
  const offset = ahead > 12 ? ahead - 24 : ahead < -11 ? ahead + 24 : ahead;
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

describe.concurrent('a role', { timeout: 300_000 }, () => {
  it('is taken, given and handed over with a time, which room, timeline and draft say', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        const room = await story.roomOf();
        await story.inRoom('ana', 'role communications');
        await story.sees(new RegExp(`^<@${people.ana}> takes communications\\.`));
        await story.inRoom('ana', 'role scribe @ben');
        await story.sees(
          new RegExp(`^<@${people.ben}> takes scribe from \\d\\d:\\d\\d UTC on, taking over from <@${people.dara}>`),
        );
        await story.inRoom('ana', 'lead @chen');
        const told = await story.sees(
          new RegExp(
            `^<@${people.chen}> leads as commander from \\d\\d:\\d\\d UTC on, taking over from <@${people.ana}>`,
          ),
        );
        const rows = (await story.timeline()).filter(({ kind }) => kind === 'role given').map(({ text }) => text);
        expect(rows.at(-1)).toBe(told.trim());
        expect(textOf(slack.pins(room)[0] ?? {})).toContain(`*Commander*\n<@${people.chen}>`);
        expect(slack.messages(broadcast).map(textOf).join('\n')).toContain(`<@${people.chen}> leads`);
        // Said again it is so already.
        await story.inRoom('ana', 'lead @chen');
        await story.told('ana', /nothing to change, it is so already/);
        expect((await story.timeline()).filter(({ kind }) => kind === 'role given')).toHaveLength(rows.length);
        // Somebody whom nobody had called is brought in with it.
        await story.inRoom('chen', 'role scribe @hugo');
        await eventually(() => slack.channel(room)?.members.includes(people.hugo) === true, 'hugo is in the room');
        await reads(story, 'hugo', /INC-1 \(SEV2\): nobody can pay/);
        await story.inRoom('chen', 'resolve rolled back');
        await story.inRoom('chen', 'close');
        await eventually(() => draftsOf(story).length === 1, 'the draft is there');
        const draft = draftsOf(story)[0]?.content().toString() ?? '';
        expect(draft).toMatch(/takes scribe from \d\d:\d\d UTC on, taking over from/);
        expect(draft).toMatch(/leads as commander from \d\d:\d\d UTC on, taking over from/);
        expect(draft).not.toContain('U0');
      },
      { catalog: roomful, alarms: [] },
    ));

  it('of commander that nobody takes is asked for once in the room, then of the next level', () =>
    inStory(
      async (story) => {
        await story.type('ana', 'declare sev1 checkout: payments fail');
        const room = await story.roomOf();
        await story.after('5s');
        await pressDirect(story, 'ben', "I'm On It");
        const asked = (): number => linesOf(story, room, /^Nobody leads yet\. Who will\?/).length;
        await story.after('90s');
        expect(asked()).toBe(0);
        await story.after('40s');
        expect(asked()).toBe(1);
        expect(readBy(story, 'chen')).toEqual([]);
        await story.after('2m');
        const called = await reads(story, 'chen', /Please lead/);
        expect(called).toMatch(/one person who keeps the overview and decides/);
        expect(readBy(story, 'ben').join('\n')).not.toContain('Please lead');
        // Who takes that page leads.
        await pressDirect(story, 'chen', "I'm On It");
        expect((await story.incident()).roles.commander).toBe(people.chen);
        await story.sees(new RegExp(`^<@${people.chen}> leads as commander`));
        await story.after('30m');
        expect(asked()).toBe(1);
        expect(readBy(story, 'dara')).toEqual([]);
      },
      { catalog: leveled, alarms: [] },
    ));

  it('of commander that nobody takes at all does not become a nuisance', () =>
    inStory(
      async (story) => {
        await story.type('ana', 'declare sev2 checkout: payments fail');
        const room = await story.roomOf();
        await story.after('5s');
        await pressDirect(story, 'ben', "I'm On It");
        await story.after('40m');
        const lines = linesOf(story, room, /\blead\b|leads/i).filter((text) => !text.startsWith('INC-1'));
        expect(linesOf(story, room, /^Nobody leads yet/)).toHaveLength(1);
        expect(lines.filter((text) => text.startsWith('Nobody has answered the call to lead'))).toHaveLength(1);
        const before = (await story.texts()).length;
        await idle(story, '3h');
        expect((await story.texts()).length).toBe(before);
        await story.press('ana', "I'll Lead");
        expect((await story.incident()).roles.commander).toBe(people.ana);
      },
      { catalog: leveled, alarms: [] },
    ));

  it('is offered to be handed over after the time that the catalog says, in private, with who is awake', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        await slack.changeTimeZone({ user: people.ben, timeZone: zoneWhere(story, { hour: 12, after: '1h' }) });
        await slack.changeTimeZone({ user: people.farah, timeZone: zoneWhere(story, { hour: 2, after: '1h' }) });
        await story.after('57m');
        const asks = (): number =>
          readBy(story, 'ana').filter((text) => /Would you like to hand over/.test(text)).length;
        expect(asks()).toBe(0);
        await story.after('5m');
        const read = await reads(story, 'ana', /Would you like to hand over and rest\?/);
        expect(read).toMatch(/^You have led INC-1 \(SEV2\) for 1 h/);
        expect(read).toMatch(new RegExp(`Awake in the room, as far as I can tell: .*<@${people.ben}> 1[23]:\\d\\d`));
        expect(read).not.toContain(people.farah);
        expect((await story.texts()).join('\n')).not.toContain('hand over');
        // Whoever stays has nothing to do, and is asked again only after as long.
        await story.after('50m');
        expect(asks()).toBe(1);
        await story.after('15m');
        expect(asks()).toBe(2);
        expect(buttonsUnder(story, 'ana', /hand over/)).toEqual(['Hand Over']);
        await pressDirect(story, 'ana', 'Hand Over');
        await eventually(() => slack.views(people.ana).length > 0, 'the form is there');
        const values = { person: input({ selected_user: people.ben }) };
        await slack.submitView({ user: people.ana, values });
        await story.sees(new RegExp(`^<@${people.ben}> leads as commander from .*taking over from <@${people.ana}>`));
        await story.after('30m');
        expect(asks()).toBe(2);
        expect(readBy(story, 'ben').join('\n')).not.toContain('hand over');
        // The scribe was asked for herself.
        await reads(story, 'dara', /^You have been scribe of INC-1 \(SEV2\) for 1 h/);
      },
      { catalog: `${roomful}paging: { relief: 1h }\n`, alarms: [] },
    ));

  it('is offered to be handed over after six hours unless the catalog says otherwise', () =>
    inStory(
      async (story) => {
        await gather(story);
        await idle(story, '5h');
        await story.after('55m');
        expect(readBy(story, 'ana').join('\n')).not.toContain('hand over');
        await story.after('10m');
        await reads(story, 'ana', /^You have led INC-1 \(SEV2\) for 6 h.*Would you like to hand over and rest\?/);
        expect(buttonsUnder(story, 'ana', /hand over/)).toEqual(['Hand Over']);
      },
      { catalog: roomful, alarms: [] },
    ));
});

describe.concurrent('a commander who falls asleep', { timeout: 300_000 }, () => {
  it('holds nothing up: a quarter of an hour after recovery was proved anybody who works on it is asked, once', () =>
    inStory(async (story) => {
      const { aws } = story;
      const latency = arnOf('checkout-latency');
      aws.alarms.setState(latency, 'ALARM');
      await declareLed(story);
      const room = await story.roomOf();
      await story.press('ben', "I'm On It");
      await story.after('1m');
      aws.alarms.setState(latency, 'OK');
      await story.after('12m');
      await story.sees(new RegExp(`^Every alarm that counts has been green[^]*<@${people.ana}>, please confirm`));
      await story.after('12m');
      const asked = (): number => linesOf(story, room, /^Recovery was proved at .*nobody has confirmed/).length;
      expect(asked()).toBe(0);
      await sayInRoom(story, 'ben', 'looks good to me');
      await story.after('5m');
      expect(asked()).toBe(1);
      await story.after('20m');
      expect(asked()).toBe(1);
      // A bystander may not, whoever works on it may.
      await story.inRoom('dara', 'resolve it is fine');
      await story.told('dara', /^Only people who are working on this incident can do that/);
      await story.press('ben', 'Resolved');
      await giveReason(story, 'ben', 'green since');
      await story.sees(/^Resolved: green since/);
      expect(await kindsOf(story)).toContain('resolved');
      expect(await stateOf(story, 'ben')).toBe('active');
    }));
});
