import { describe, expect, it } from 'vitest';
import { input } from '../harness/seen.ts';
import { general, inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

async function opensForm(story: Story, user: string): Promise<string> {
  await eventually(() => story.slack.views(user).length > 0, 'a form opens');
  return story.slack.views(user).at(-1)?.id ?? '';
}

describe.concurrent('an incident that is declared with a form', () => {
  it('opens a form that shows what is missing and what is open already, and offers to join it', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', 'declare sev2 checkout: payments fail');
      const room = await story.roomOf();
      await story.after('5s');

      await story.type('dara', 'declare');
      const viewId = await opensForm(story, people.dara);
      const first = await slack.submitView({
        user: people.dara,
        viewId,
        values: { title: input({ value: '   ' }) },
      });
      expect(first).toMatchObject({ outcome: 'errors', errors: { title: 'Say in a few words what users feel.' } });

      const chosen = { title: input({ value: 'the shop is slow' }), severity: input({ selected_option: 'SEV3' }) };
      const ask = { user: people.dara, viewId, action: 'input', block: 'services' };
      await slack.click({ ...ask, value: ['checkout'], values: chosen });
      const shown = (): string => JSON.stringify(slack.views(people.dara).at(-1)?.blocks);
      await eventually(() => shown().includes('Already open on this service.'), 'the form shows what is open');
      expect(shown()).toContain('INC-1 · SEV2 · payments fail');
      expect(shown()).toContain('"initial_value":"the shop is slow"');

      await slack.click({ user: people.dara, viewId, action: 'Join' });
      await eventually(() => slack.channel(room)?.members.includes(people.dara) === true, 'dara is in the room');
      expect((await story.incident()).responders).toContainEqual(
        // She is in the second level, so nobody else of that is called.
        expect.objectContaining({
          person: people.dara,
          state: 'active',
          asked: { question: 'fix', service: 'checkout' },
        }),
      );

      // It is another one after all: for a service that has none open.
      const sent = await slack.submitView({
        user: people.dara,
        viewId,
        values: {
          ...chosen,
          services: input({ selected_options: ['search'] }),
          lead: input({ selected_options: ['lead'] }),
        },
      });
      expect(sent.outcome).toBe('closed');
      await story.roomOf(2);
      await story.after('5s');
      expect(await story.incident(2)).toMatchObject({
        title: 'the shop is slow',
        severity: 'SEV3',
        services: ['search'],
        roles: { commander: people.dara },
      });
    }));

  it('begins from the global shortcut, with "I don\'t know" for what is not known', () =>
    inStory(async (story) => {
      const { slack } = story;
      await slack.globalShortcut({ user: people.hugo, callbackId: 'declare_incident' });
      await opensForm(story, people.hugo);
      const sent = await slack.submitView({
        user: people.hugo,
        values: {
          title: input({ value: 'something is wrong' }),
          severity: input({ selected_option: 'unknown' }),
          services: input({ selected_options: ['unknown'] }),
        },
      });
      expect(sent.outcome).toBe('closed');
      const room = await story.roomOf();
      await story.after('5s');
      expect(await story.incident()).toMatchObject({ severity: null, services: [] });
      // Nobody knows the service, so those are paged who answer for everything.
      expect(slack.channel(room)?.members).toEqual(expect.arrayContaining([people.hugo, people.ana]));
      await story.sees(new RegExp(`^<@${people.hugo}>, will you lead\\?`));
      await story.sees(/Nothing watches this: you decide\./);
    }));

  it('begins from a message, which gets the link of the room in its thread', () =>
    inStory(async (story) => {
      const { slack } = story;
      const { message } = await slack.say({ user: people.ben, channel: general, text: 'checkout answers 500 & worse' });
      const where = { user: people.ana, channel: general, messageTs: message.ts };
      await slack.messageShortcut({ ...where, callbackId: 'declare_from_message' });
      await opensForm(story, people.ana);
      expect(JSON.stringify(slack.views(people.ana)[0]?.blocks)).toContain('checkout answers 500 & worse');
      await slack.submitView({ user: people.ana, values: {} });
      const room = await story.roomOf();
      await story.after('5s');
      const thread = slack.messages(general, { threadTs: message.ts });
      expect(thread.map(({ text }) => text).slice(1)).toEqual([
        `INC-1 (severity not known yet) was declared from this message. War room: <#${room}>.`,
      ]);
      expect((await story.incident()).title).toBe('checkout answers 500 & worse');

      // What was said in the room goes to the timeline with its own time and author.
      const said = await slack.say({ user: people.ben, channel: room, text: 'decision: we roll back' });
      await story.after('2m');
      const inRoom = { user: people.ana, channel: room, messageTs: said.message.ts };
      await slack.messageShortcut({ ...inRoom, callbackId: 'add_to_timeline' });
      await story.told('ana', /On the timeline of INC-1 as decision/);
      const row = (await story.timeline()).find(({ kind }) => kind === 'decision');
      expect(row).toMatchObject({
        text: 'we roll back',
        actor: { type: 'person', person: people.ben },
        occurredAt: Math.floor(Number(said.message.ts) * 1000),
      });
      expect(row?.link).toContain(said.message.ts.replace('.', ''));
    }));

  it('can be found and worked from the menu, by thumbs', () =>
    inStory(async (story) => {
      const { slack } = story;
      await story.type('ana', '');
      await story.told('ana', /What do you want to do\? 0 incidents are open/);
      await story.pressOwn('ana', 'Declare an Incident');
      await opensForm(story, people.ana);
      await slack.submitView({
        user: people.ana,
        values: {
          title: input({ value: 'search is empty' }),
          services: input({ selected_options: ['search'] }),
        },
      });
      const room = await story.roomOf();
      await story.after('5s');
      await story.type('dara', '');
      await story.told('dara', /What do you want to do\? 1 incident is open/);
      await story.pressOwn('dara', 'Join');
      await story.told('dara', new RegExp(`You are on INC-1: <#${room}>`));
      expect(slack.channel(room)?.members).toContain(people.dara);

      await story.inRoom('dara', '');
      await story.pressOwn('dara', 'Add a Note');
      await opensForm(story, people.dara);
      await slack.submitView({
        user: people.dara,
        values: {
          kind: input({ selected_option: 'impact' }),
          text: input({ value: 'no results at all' }),
        },
      });
      await story.sees(/^\*Impact\* by .*: no results at all/);
      await story.pressOwn('dara', 'Severity');
      await opensForm(story, people.dara);
      await slack.submitView({ user: people.dara, values: { severity: input({ selected_option: 'SEV1' }) } });
      await story.sees(/^Severity SEV1 \(was not known yet\)/);
      await story.pressOwn('dara', 'Page');
      await opensForm(story, people.dara);
      await slack.submitView({
        user: people.dara,
        values: { people: input({ selected_users: [people.hugo] }) },
      });
      // Who is called, and what time it is there, is read first; a form is answered in private.
      const direct = slack.openDirect({ user: people.dara, other: slack.botUserId });
      await eventually(
        () => story.textsIn(direct).some((text) => /^This pages 1 person at once: <@U0HUGO00008> \d\d:\d\d/.test(text)),
        'dara reads who would be paged',
      );
      await story.press('dara', 'Page Them', direct);
      await story.sees(new RegExp(`^<@${people.hugo}>: INC-1 \\(SEV1\\), search is empty\\.`));
      await story.press('hugo', 'Pass It On');
      await story.sees(new RegExp(`^<@${people.hugo}> can't come\\. `));
      await story.press('dara', 'Lead');
      await story.press('dara', 'Mitigated');
      await opensForm(story, people.dara);
      await slack.submitView({ user: people.dara, values: { reason: input({ value: 'index rebuilt' }) } });
      await story.sees(/^Mitigated: index rebuilt/);
    }));
});
