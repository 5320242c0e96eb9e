import { describe, expect, it } from 'vitest';
import { kindsOf, linesOf, saidIn } from '../harness/alarms.ts';
import { buttonsUnder, directOf, gather, pressDirect, readBy, reads, roomful, stateOf } from '../harness/leaving.ts';
import { textOf } from '../harness/seen.ts';
import { broadcast, inStory, type Name, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const thanked = /Thank you, we have what we need from you\. You're on standby; the commander can call you back\./;

function thanksTo(story: Story, name: Name): readonly string[] {
  return readBy(story, name).filter((text) => thanked.test(text));
}

function removing(allowed: boolean): string {
  return roomful.replace('workspace: {', `workspace: { removeFromRoom: ${allowed ? 'yes' : 'no'},`);
}

describe.concurrent('standing down', { timeout: 300_000 }, () => {
  it('by oneself, of others, and of everyone but some; whoever holds a role stays', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        const room = await story.roomOf();
        await story.inRoom('emil', 'standdown');
        const read = await reads(story, 'emil', thanked);
        expect(read).toMatch(/You may be called back if search gets worse again\. Until then I won't mention you\./);
        expect(buttonsUnder(story, 'emil', thanked)).toEqual(["I'm Back"]);
        await story.sees(/^Emil Lindqvist is on standby now\. Thank you\.$/);
        await story.inRoom('emil', 'standdown');
        await story.told('emil', /^You are standing by already\.$/);

        await story.inRoom('ben', 'standdown @chen');
        await story.told(
          'ben',
          /^Only the commander can stand others down\. Ask <@U0ANA000001>, or stand down yourself/,
        );
        await story.inRoom('ana', 'standdown @hugo');
        await story.told('ana', /not a responder here, so nobody was stood down/);
        await story.inRoom('ana', 'standdown @jonas');
        // Nobody had called him, and he is thanked all the same.
        await reads(story, 'jonas', thanked);
        await story.sees(/^Jonas Weber is on standby now\. Thank you\.$/);

        await story.inRoom('ana', 'standdown everyone but @ben @ines');
        for (const name of ['chen', 'farah', 'grace', 'liam', 'mia'] as const) {
          expect(await stateOf(story, name)).toBe('standby');
          expect(thanksTo(story, name)).toHaveLength(1);
        }
        for (const name of ['ana', 'dara', 'ben', 'ines'] as const) {
          expect(await stateOf(story, name)).toBe('active');
          expect(thanksTo(story, name)).toEqual([]);
        }
        expect((await story.incident()).roles).toMatchObject({ commander: people.ana, scribe: people.dara });
        // One line however many go, which calls nobody.
        const [line = '', ...more] = linesOf(story, room, /on standby now, with thanks/);
        expect(more).toEqual([]);
        expect(line).toMatch(/^5 people are on standby now, with thanks: /);
        for (const name of ['Chen Wei', 'Farah Haddad', 'Grace Kim', 'Liam Nguyen', 'Mia Torres']) {
          expect(line).toContain(name);
        }
        expect(line).not.toContain('<@');
        await story.inRoom('ana', 'standdown everyone');
        await story.inRoom('ana', 'standdown everyone');
        await story.told('ana', /^There is nobody to let go: everyone else holds a role\.$/);
        expect((await story.incident()).responders.filter(({ state }) => state === 'active')).toHaveLength(2);
        // In a public channel the workspace would not allow more, and the catalog does not ask for it.
        expect(slack.channel(room)?.members).toContain(people.emil);
        expect(slack.calls.some(({ method }) => method === 'conversations.kick')).toBe(false);
      },
      { catalog: roomful, alarms: [] },
    ));

  it('means not to be mentioned any more, by whatever is said, until one is back', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        const room = await story.roomOf();
        await story.inRoom('ana', 'lead @ben');
        await story.inRoom('ben', 'standdown @ana @emil');
        const from = slack.messages(room).length;
        await story.inRoom('ben', 'note decision: @emil and @ana have rolled the index back');
        await story.inRoom('ben', 'severity sev1 nobody can search');
        await story.inRoom('ben', 'role scribe @ines');
        await story.inRoom('ben', 'mitigated @emil repaired it');
        await story.after('2m');
        const later = slack
          .messages(room)
          .slice(from)
          .filter(({ subtype }) => subtype === null)
          .map(textOf);
        expect(later.join('\n')).toContain('Emil Lindqvist and Ana Ribeiro have rolled the index back');
        expect(later.join('\n')).toContain('Emil Lindqvist repaired it');
        const card = textOf(slack.pins(room)[0] ?? {});
        const announced = slack.messages(broadcast).map(textOf);
        expect(card).toContain('Declared by Ana Ribeiro');
        expect(announced.join('\n')).toContain('Declared by Ana Ribeiro');
        for (const text of [...later, card, ...announced]) {
          expect(text).not.toContain(`<@${people.ana}>`);
          expect(text).not.toContain(`<@${people.emil}>`);
        }
        await pressDirect(story, 'emil', "I'm Back");
        await story.inRoom('ben', 'note decision: @emil watches it');
        await story.sees(new RegExp(`<@${people.emil}> watches it`));
      },
      { catalog: roomful, alarms: [] },
    ));

  it('takes people out of the room where the catalog says so and the workspace allows it, and invites who returns', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        slack.setRules({ removeFromPublic: true });
        await gather(story);
        const room = await story.roomOf();
        const isIn = (name: Name): boolean => slack.channel(room)?.members.includes(people[name]) === true;
        await story.inRoom('ana', 'standdown @emil @farah');
        await eventually(() => !isIn('emil') && !isIn('farah'), 'they are out');
        expect(isIn('grace')).toBe(true);
        await eventually(() => thanksTo(story, 'emil').length === 1, 'he is thanked');
        await pressDirect(story, 'emil', "I'm Back");
        await eventually(() => isIn('emil'), 'he is in again');
        await story.inRoom('ana', 'recall @farah');
        await eventually(() => isIn('farah'), 'she is invited again');
        // A second time works as the first did.
        await story.inRoom('ana', 'standdown @emil');
        await eventually(() => !isIn('emil'), 'he is out again');
        await story.after('10m');
        expect(isIn('emil')).toBe(false);
        expect(readBy(story, 'ana').join('\n')).not.toContain('does not let me take people out');
      },
      { catalog: removing(true), alarms: [] },
    ));

  it('leaves people in the room where the workspace forbids taking them out, and tells the commander once', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        const room = await story.roomOf();
        await story.inRoom('ana', 'standdown @emil @farah');
        await reads(
          story,
          'ana',
          /whoever stands by stays in the room\. This workspace does not let me take people out/,
        );
        await story.inRoom('ana', 'standdown @grace');
        await story.after('1h');
        expect(readBy(story, 'ana').filter((text) => text.includes('take people out'))).toHaveLength(1);
        expect(slack.calls.filter(({ method }) => method === 'conversations.kick')).toHaveLength(1);
        expect(slack.channel(room)?.members).toEqual(expect.arrayContaining([people.emil, people.grace]));
        expect((await story.texts()).join('\n')).not.toContain('take people out');
        expect(await kindsOf(story)).not.toContain('write failed');
        for (const name of ['emil', 'farah', 'grace'] as const) expect(thanksTo(story, name)).toHaveLength(1);
      },
      { catalog: removing(true), alarms: [] },
    ));

  it.each([
    { what: 'Slack puts the thanks off', fault: { type: 'rate limited', retryAfterSeconds: 1 } as const },
    { what: 'the reply to the thanks is lost', fault: { type: 'lost reply' } as const },
    { what: 'the thanks break', fault: { type: 'status', status: 503 } as const },
  ])('thanks each exactly once although $what', ({ fault }) =>
    inStory(
      async (story) => {
        await gather(story);
        const six: readonly Name[] = ['emil', 'farah', 'grace', 'ines', 'liam', 'mia'];
        const hit = story.slack.inject({
          method: 'chat.postMessage',
          match: (args) => JSON.stringify(args).includes('Thank you, we have what we need'),
          fault,
          times: 3,
        });
        await story.inRoom('ana', 'standdown everyone but @ben @chen @jonas');
        await story.after('5m');
        expect(hit.hits).toBe(3);
        for (const name of six) {
          await reads(story, name, thanked);
          expect(thanksTo(story, name)).toHaveLength(1);
        }
        expect(linesOf(story, await story.roomOf(), /on standby now/)).toHaveLength(1);
      },
      { catalog: roomful, alarms: [] },
    ),
  );

  it('thanks each exactly once although the bot is killed in the middle of it', () =>
    inStory(
      async (story) => {
        const { slack } = story;
        await gather(story);
        const six: readonly Name[] = ['emil', 'farah', 'grace', 'ines', 'liam', 'mia'];
        const { promise: dead, resolve } = Promise.withResolvers<void>();
        let seen = 0;
        slack.inject({
          method: 'chat.postMessage',
          match: (args) => JSON.stringify(args).includes('Thank you, we have what we need') && ++seen === 3,
          fault: { type: 'lost reply' },
          onHit: async (phase) => {
            if (phase !== 'after') return;
            await story.kill();
            resolve();
          },
        });
        await story.type('ana', 'standdown everyone but @ben @chen @jonas', await story.roomOf());
        await dead;
        await story.startBot();
        await story.jump('15s');
        await eventually(() => six.every((name) => thanksTo(story, name).length > 0), 'each is thanked', 60_000);
        await story.after('5m');
        for (const name of six) expect(thanksTo(story, name)).toHaveLength(1);
        expect(saidIn(story, directOf(story, 'ben')).map(textOf).join('\n')).not.toMatch(thanked);
      },
      { catalog: roomful, alarms: [], process: true },
    ));
});

describe.concurrent('nobody is let go', { timeout: 300_000 }, () => {
  it('by Muster in a test, which pages nobody and suggests nobody', () =>
    inStory(
      async (story) => {
        await story.type('ana', 'test fire drill');
        await story.roomOf();
        await story.after('5s');
        await story.inRoom('ana', 'lead');
        for (const name of ['ben', 'chen', 'emil', 'farah'] as const) await story.inRoom(name, 'join');
        await story.inRoom('ana', 'mitigated done');
        await story.after('2h');
        const kinds = await kindsOf(story);
        for (const kind of ['page opened', 'people paged', 'stand down suggested']) expect(kinds).not.toContain(kind);
        expect(readBy(story, 'ana').join('\n')).not.toContain('We have what we need');
        await story.inRoom('ana', 'standdown @ben');
        expect(thanksTo(story, 'ben')).toHaveLength(1);
        expect(thanksTo(story, 'ben')[0]).toContain('[TEST] INC-1');
      },
      { catalog: roomful, alarms: [] },
    ));

  it('in a room that was merged into another: who stood by there still does, and no one is thanked again', () =>
    inStory(
      async (story) => {
        await gather(story);
        await story.inRoom('ana', 'standdown @emil');
        await story.type('hugo', 'declare sev3: the same again');
        await story.roomOf(2);
        await story.after('5s');
        await story.inRoom('kavya', 'join', 2);
        await story.inRoom('hugo', 'standdown @kavya', 2);
        await story.inRoom('hugo', 'merge INC-1', 2);
        await story.pressOwn('hugo', 'Yes, Merge into INC-1');
        await story.after('5m');
        expect(await stateOf(story, 'emil')).toBe('standby');
        expect(await stateOf(story, 'kavya')).toBe('standby');
        expect(thanksTo(story, 'kavya')).toHaveLength(1);
        expect(thanksTo(story, 'emil')).toHaveLength(1);
        await pressDirect(story, 'kavya', "I'm Back");
        await story.told('kavya', /^INC-2 is part of INC-1: please go on there\./);
        await story.pressOwn('kavya', 'Join INC-1');
        expect(await stateOf(story, 'kavya')).toBe('active');
      },
      { catalog: roomful, alarms: [] },
    ));
});
