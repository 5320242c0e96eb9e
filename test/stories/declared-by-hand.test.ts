import { describe, expect, it } from 'vitest';
import { draftsOf } from '../harness/alarms.ts';
import { buttonsOf, textOf } from '../harness/seen.ts';
import { broadcast, inStory, type Name, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

/** Who is in the group of the example's circle. */
const support = [people.ines, people.liam, people.mia];

/** What the bot has said to somebody in private. */
function toldInPrivate({ slack }: Story, name: Name): readonly string[] {
  return slack.messages(slack.openDirect({ user: people[name], other: slack.botUserId })).map(textOf);
}

describe.concurrent('an incident declared by hand', () => {
  it.each(['socket', 'http'] as const)('goes from one line to an exported draft, over %s', (mode) =>
    inStory(
      async (story) => {
        const { slack } = story;
        const ack = await story.type('ana', 'declare sev2 checkout: payments fail');
        expect(ack).toMatchObject({ acked: true, body: null });
        const room = await story.roomOf();
        await story.after('5s');

        // The room and what stands around it.
        expect(slack.channel(room)).toMatchObject({
          name: 'inc-1-payments-fail',
          topic: { value: 'INC-1 · SEV2 · payments fail' },
        });
        const inside = [slack.botUserId, people.ana, people.ben, people.chen, ...support];
        expect(slack.channel(room)?.members.toSorted()).toEqual(inside.toSorted());
        const [card] = slack.pins(room);
        expect(buttonsOf(card ?? {})).toEqual(["I'm On It", 'Lead', 'Page', 'Mitigated']);
        expect(JSON.stringify(card?.blocks)).toContain('https://meet.example.com/war-room');
        expect(slack.bookmarks(room).map(({ title }) => title)).toEqual([
          'Voice bridge',
          'Runbook checkout',
          'Checkout dashboard',
        ]);
        expect(story.textsIn(broadcast).at(-1)).toContain(`INC-1 (SEV2): payments fail. Investigating`);
        expect(story.textsIn(broadcast).at(-1)).toContain(`<#${room}>`);
        expect(story.toldTo('ana')).toEqual([`INC-1 (SEV2) is declared. War room: <#${room}>.`]);

        // Those who answer for it are called at once, in the room and in private, and support is asked what users see.
        await story.sees(
          new RegExp(`^<@${people.ben}>, <@${people.chen}>: INC-1 \\(SEV2\\), payments fail\\. Please come and help`),
        );
        for (const name of ['ben', 'chen'] as const) {
          expect(toldInPrivate(story, name)).toEqual([expect.stringMatching(/^You are paged: INC-1 \(SEV2\)/)]);
          expect(toldInPrivate(story, name)[0]).toContain(`War room: <#${room}>.`);
        }
        await story.sees(new RegExp(`^${support.map((id) => `<@${id}>`).join(', ')}: .* Please say what users see`));
        expect(toldInPrivate(story, 'mia')).toEqual([expect.stringContaining('You are not asked to repair anything.')]);
        expect(toldInPrivate(story, 'ana')).toEqual([]);

        // The declarer leads, a responder comes.
        await story.press('ana', "I'll Lead");
        await story.sees(new RegExp(`^<@${people.ana}> leads as commander`));
        expect(buttonsOf(slack.pins(room)[0] ?? {})).toEqual(["I'm On It", 'Page', 'Mitigated']);
        await story.press('ben', "I'm On It");
        await story.sees(new RegExp(`^<@${people.ben}> is on it for checkout\\.`));
        await story.sees(/2 active · 4 paged/);
        await story.inRoom('ben', 'note hypothesis: the cache is full');
        await story.sees(new RegExp(`^\\*Hypothesis\\* by <@${people.ben}>: the cache is full`));

        // People come and go.
        await story.inRoom('ana', 'page @dara the queue only grows');
        await story.told('ana', new RegExp(`^This pages 1 person at once: <@${people.dara}>`));
        expect(slack.channel(room)?.members).not.toContain(people.dara);
        await story.pressOwn('ana', 'Page Them');
        const paged = await story.sees(new RegExp(`^<@${people.dara}>: INC-1 \\(SEV2\\), payments fail\\.`));
        expect(paged).toContain(`<@${people.ana}>: the queue only grows`);
        expect(slack.channel(room)?.members).toContain(people.dara);
        expect(toldInPrivate(story, 'dara')).toEqual([expect.stringContaining('the queue only grows')]);
        await story.press('dara', "I'm On It");
        await story.inRoom('ana', 'standdown @chen');
        await story.sees(/^Chen Wei is on standby now\. Thank you\.$/);
        expect(toldInPrivate(story, 'chen').at(-1)).toContain('Thank you, we have what we need from you.');
        await story.inRoom('dara', 'release');
        await story.sees(/^Dara Okafor is on standby now\. Thank you\.$/);
        expect(toldInPrivate(story, 'dara').at(-1)).toContain("You're on standby; the commander can call you back.");
        await story.inRoom('ana', 'role scribe @ben');
        await story.sees(new RegExp(`^<@${people.ben}> takes scribe`));

        // How bad it is, what it is, what it is called.
        await story.inRoom('ben', 'severity sev1 nobody can pay');
        await story.sees(/^Severity SEV1 \(was SEV2\): nobody can pay/);
        await story.inRoom('ben', 'rename card payments fail');
        await story.sees(/^Renamed: card payments fail/);
        await story.inRoom('ana', 'service checkout search');
        await story.sees(/^Service: checkout, search \(was checkout\)/);
        expect(slack.channel(room)).toMatchObject({
          name: 'inc-1-card-payments-fail',
          topic: { value: 'INC-1 · SEV1 · card payments fail' },
        });
        expect(slack.channel(room)?.members).toEqual(expect.arrayContaining([people.emil, people.farah]));
        expect(slack.bookmarks(room).map(({ title }) => title)).toContain('Runbook search');
        await story.inRoom('ben', 'identified the cache is full');
        await story.sees(/^Identified: the cache is full/);

        // Someone else than the commander says that it is over, and is asked to confirm; the commander takes it back.
        await story.inRoom('ben', 'mitigated cache emptied');
        await story.told('ben', /^Mark INC-1 as mitigated \(users are no longer affected\)\? Reason: cache emptied/);
        expect((await story.incident()).status).toBe('identified');
        await story.pressOwn('ben', 'Yes, Mitigated');
        await story.sees(/^Mitigated: cache emptied/);
        await story.inRoom('ben', 'undo');
        await story.told('ben', new RegExp(`Only the commander can undo this. Ask <@${people.ana}>`));
        await story.press('ana', 'Undo');
        await story.sees(/^Undone: mitigated was taken back; the incident is identified again/);
        expect((await story.incident()).status).toBe('identified');

        // The end, not quite the end, the end.
        await story.inRoom('ana', 'resolve cache doubled');
        await story.sees(/^Resolved: cache doubled/);
        await story.inRoom('dara', 'reopen errors are back');
        await story.sees(/^Reopened: errors are back/);
        expect(await story.incident()).toMatchObject({ status: 'investigating', resolvedAt: null });
        await story.inRoom('ana', 'resolve cache tripled');
        await story.press('ana', 'Close');
        await story.sees(/^Closed/);
        await eventually(() => draftsOf(story).length === 1, 'the draft is uploaded');
        const [file] = draftsOf(story);
        expect(file).toMatchObject({ name: 'inc-1-postmortem.md', channels: [room] });
        const draft = file?.content().toString() ?? '';
        expect(draft).toContain('the cache is full');
        expect(draft).not.toMatch(/Ana|Ribeiro|Ben Carter|U0ANA|U0BEN/);
        const inRoom = (file: string): boolean =>
          story.slack.files().some(({ name, channels }) => name === file && channels.includes(room));
        await eventually(() => inRoom('inc-1-headcount.svg'), 'the picture of the headcount is uploaded');

        // Asked for once more, it comes once more.
        await story.type('dara', 'export INC-1');
        await story.told('dara', /The draft of INC-1 comes into/);
        await eventually(() => draftsOf(story).length === 2, 'the draft is uploaded again');
        // It was kept true all the time; that it became worse is said once more, where nobody sees an edit.
        const announced = story.textsIn(broadcast).filter((text) => text.includes('INC-1'));
        expect(announced).toEqual([
          expect.stringMatching(/^INC-1 \(SEV1\): card payments fail\. Closed/),
          expect.stringMatching(/^INC-1 is now SEV1 \(was SEV2\)/),
        ]);
      },
      { mode },
    ),
  );

  it('pages nobody and is announced nowhere when it is a test', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', 'test');
      const room = await story.roomOf();
      await story.after('5s');
      expect(slack.channel(room)).toMatchObject({ name: 'inc-1-test-test-incident' });
      expect(slack.channel(room)?.members.toSorted()).toEqual([people.ana, slack.botUserId].toSorted());
      expect(slack.messages(broadcast)).toEqual([]);
      expect(slack.pins(room)[0]?.text).toMatch(/^\[TEST\] INC-1/);
      await story.inRoom('ana', 'page @ben');
      await story.told('ana', /This is a test: it pages nobody/);
      expect(slack.channel(room)?.members).not.toContain(people.ben);
      await story.inRoom('ana', 'resolve it worked');
      await story.told('ana', /Mark INC-1 as resolved/);
      await story.pressOwn('ana', 'Yes, Resolved');
      await story.inRoom('ana', 'close');
      await eventually(() => draftsOf(story).length === 1, 'the draft is uploaded');
      expect(slack.messages(broadcast)).toEqual([]);
    }));

  it('answers who only wants to know, and changes nothing', () =>
    inStory(async (story) => {
      await story.type('dara', 'list');
      await story.told('dara', /No incident is open\./);
      await story.type('dara', 'status');
      await story.told('dara', /This channel belongs to no incident/);
      await story.type('ana', 'declare sev2 checkout: payments fail');
      const room = await story.roomOf();
      await story.after('5s');
      const rows = await story.timeline();
      await story.type('dara', 'list');
      await story.told('dara', /1 incident is open: INC-1 · SEV2 · payments fail/);
      await story.type('dara', 'INC-1');
      await story.told('dara', /INC-1 \(SEV2\): payments fail\. Investigating: the cause is not known yet/);
      await story.type('dara', 'status INC-7');
      await story.told('dara', /There is no INC-7\./);
      await story.inRoom('dara', 'status');
      expect(story.slack.ephemerals(people.dara, room).at(-1)?.text).toMatch(/^INC-1 \(SEV2\): payments fail/);
      await story.type('dara', 'help page');
      await story.told('dara', /\/incident page &lt;@person/);
      await story.inRoom('dara', 'resolve it looks fine to me');
      await story.told('dara', /Only people who are working on this incident can do that/);
      expect(await story.timeline()).toEqual(rows);
      expect(story.slack.channel(room)?.members).not.toContain(people.dara);
    }));

  it('says in the room who could not be invited, and why', async () => {
    const catalog = `
workspace: { broadcastChannel: C0INCIDENTS }
defaults: { responders: [U0ANA000001] }
services:
  - name: checkout
    responders: [U0BEN000002, U0NOOR00014, U0OMAR00015, U0PETRA0016]
`;
    await inStory(
      async (story) => {
        await story.type('ana', 'declare sev2 checkout: payments fail');
        const room = await story.roomOf();
        await story.after('5s');
        const report = await story.sees(/people are invited; \d could not be/);
        const wholly = [people.ana, people.ben, story.slack.botUserId];
        expect(story.slack.channel(room)?.members.toSorted()).toEqual(wholly.toSorted());
        expect(report).toContain('2 of 5 people are invited; 3 could not be');
        expect(report).toMatch(new RegExp(`<@${people.noor}>: the person is a guest who may not enter`));
        expect(report).toMatch(new RegExp(`<@${people.omar}>: the account is switched off`));
        expect(report).toMatch(new RegExp(`<@${people.petra}>: the person belongs to another workspace`));
        const { responders } = await story.incident();
        const unreachable = responders.filter(({ state }) => state === 'unreachable').map(({ person }) => person);
        expect(unreachable).toEqual([people.noor, people.omar, people.petra]);
        const rows = (await story.timeline()).filter(({ kind }) => kind === 'responder unreachable');
        expect(rows).toHaveLength(3);
      },
      { catalog, alarms: [] },
    );
  });
});
