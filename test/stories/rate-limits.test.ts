import { describe, expect, it } from 'vitest';
import type { Fault, InjectedFault } from '../../src/sandbox/slack/calls.ts';
import {
  allDone,
  callOf,
  declaration,
  expectMadeOnce,
  inDeclaration,
  unfinished,
  uploads,
  type Write,
  writes,
  writesMade,
} from '../harness/declaration.ts';
import { broadcast, people, type Story } from '../harness/story.ts';
import { textOf } from '../harness/seen.ts';
import { eventually } from '../harness/waiting.ts';

const wait: Fault = { type: 'rate limited', retryAfterSeconds: 1 };

/** What ana reads in her direct messages from the bot. */
function directMessages({ slack }: Story): readonly string[] {
  const direct = slack.channels().find(({ kind, members }) => kind === 'im' && members.includes(people.ana));
  return direct === undefined ? [] : slack.messages(direct.id).map(textOf);
}

async function failures(story: Story): Promise<readonly string[]> {
  return (await story.timeline()).filter(({ kind }) => kind === 'write failed').map(({ text }) => text);
}

/** Time in which nobody tries does not count as waiting, so there is a try on the way. */
async function pass16Minutes(story: Story, fault: InjectedFault): Promise<void> {
  await story.rest();
  const { hits } = fault;
  await story.jump('8m');
  await eventually(() => fault.hits > hits, 'it is tried again');
  await story.rest();
  await story.jump('8m');
}

/** What the room is told is missing, in words; `essential` is tried on, all else is given up. */
const missing: Readonly<Record<string, { readonly words: string; readonly essential: boolean }>> = {
  'creating the room': { words: 'create the war room', essential: true },
  'inviting people': { words: 'invite people to the war room', essential: true },
  'posting the card': { words: 'post the status card', essential: true },
  'asking who leads': { words: 'post a message', essential: true },
  'joining the broadcast channel': { words: `post the announcement in <#${broadcast}>`, essential: false },
  announcing: { words: `post the announcement in <#${broadcast}>`, essential: false },
  'pinning the card': { words: 'pin the status card', essential: false },
  'setting the topic': { words: 'set the topic of the war room', essential: false },
  'bookmarking the bridge': { words: 'add the bookmark "Voice bridge"', essential: false },
  'bookmarking the runbook': { words: 'add the bookmark "Runbook checkout"', essential: false },
  'bookmarking the dashboard': { words: 'add the bookmark "Checkout dashboard"', essential: false },
  'posting the picture': { words: 'post the picture', essential: false },
  'answering the declarer': { words: 'answer the person who declared', essential: false },
};

/** Whoever can't be called in private is called in the room, or the other way round; a quarter of an hour later nobody is. */
const told = writes.filter(({ name }) => name in missing);

function missingWithout(write: Write): { readonly words: string; readonly essential: boolean } {
  const found = missing[write.name];
  if (found === undefined) throw new Error(`nothing is known of ${write.name}`);
  return found;
}

/** No method is applied more often than a declaration needs it. */
function expectNothingDoubled(story: Story): void {
  for (const write of writes) {
    const { method, match } = callOf(story, write);
    const made = writesMade(story).filter((call) => call.method === method && match(call.args));
    expect(made.length, write.name).toBeLessThanOrEqual(1);
  }
}

describe.concurrent('a declaration whose call is put off', () => {
  it.each([...writes, ...uploads])('once by Slack is all done in the end: $name', { timeout: 300_000 }, (write) =>
    inDeclaration(async (story) => {
      const fault = story.slack.inject({ ...callOf(story, write), fault: wait });
      await story.type('ana', declaration);
      await story.after('10s');
      await allDone(story);
      expect(fault.hits).toBe(1);
      await expectMadeOnce(story);
    }),
  );

  it.each(told)('without end says what is missing, and no more: $name', { timeout: 300_000 }, (write) =>
    inDeclaration(async (story) => {
      const { words, essential } = missingWithout(write);
      // Slack puts a channel off, not a message: who waits behind the picture may be told of as well.
      const behind = 'I could not post a message: Slack has put me off for a quarter of an hour.';
      const missed = async (): Promise<readonly string[]> =>
        (await failures(story)).filter((text) => write.name !== 'posting the picture' || text !== behind);
      const fault = story.slack.inject({ ...callOf(story, write), fault: wait, times: Infinity });
      await story.type('ana', declaration);
      await eventually(() => fault.hits > 0, 'the call is put off');
      await story.after('5s');
      expect(await failures(story)).toEqual([]);
      // People come, so that nobody else is called meanwhile; the room still has to ask who leads.
      if (write.name !== 'asking who leads') {
        await story.type('ben', 'join INC-1');
        await story.type('chen', 'lead INC-1');
      }
      await pass16Minutes(story, fault);
      await eventually(async () => (await missed()).length > 0, 'the timeline says what is missing');
      const said = `I could not ${words}: Slack has put me off for a quarter of an hour.`;
      expect(await missed()).toEqual([said]);

      if (write.method === 'conversations.create') {
        await eventually(() => directMessages(story).length > 0, 'the declarer is told');
        expect(directMessages(story)).toEqual([
          expect.stringContaining('INC-1 is declared and recorded, but its war room could not be opened.'),
        ]);
        expect(story.toldTo('ana')).toEqual([]);
        expect(story.slack.messages(broadcast)).toEqual([]);
      } else if (write.name !== 'asking who leads') {
        // As long as the room takes no message it can't be told in the room; the timeline says it.
        await eventually(
          async () => (await story.texts()).filter((text) => text === said).length === 1,
          'the room is told',
        );
      }
      if (!essential) await allDone(story);
      expectNothingDoubled(story);

      fault.remove();
      await story.rest();
      await story.jump('2m');
      await allDone(story);
      expectNothingDoubled(story);
      const made = writesMade(story).filter(({ method, args }) => {
        const call = callOf(story, write);
        return method === call.method && call.match(args);
      });
      // What is given up is not done later, as the room was told; what the incident can't do without is.
      expect(made).toHaveLength(essential ? 1 : 0);
      if (essential) await eventually(async () => (await story.texts()).includes(said), 'the room is told');
      expect((await story.texts()).filter((text) => text === said)).toHaveLength(1);
      expect(await missed()).toEqual([said]);
      expect(directMessages(story)).toHaveLength(write.method === 'conversations.create' ? 1 : 0);
    }),
  );
});

describe.concurrent('somebody who can be written to only later', () => {
  it('is called in the room, and not a quarter of an hour late in private', { timeout: 300_000 }, () =>
    inDeclaration(async (story) => {
      const write = writes.find(({ name }) => name === 'calling ben in private');
      if (write === undefined) throw new Error('nobody is called in private');
      const fault = story.slack.inject({ ...callOf(story, write), fault: wait, times: Infinity });
      await story.type('ana', declaration);
      await eventually(() => fault.hits > 0, 'the call is put off');
      await story.after('5s');
      await story.sees(new RegExp(`^<@${people.ben}>, <@${people.chen}>: INC-1`));
      await pass16Minutes(story, fault);
      await allDone(story);
      fault.remove();
      await story.jump('2m');
      await allDone(story);
      const { method, match } = callOf(story, write);
      expect(writesMade(story).filter((call) => call.method === method && match(call.args))).toEqual([]);
      expect(await failures(story)).toEqual([]);
    }),
  );
});

describe.concurrent('a declaration whose call breaks', () => {
  it.each([...writes, ...uploads])('with a server error is all done in the end: $name', { timeout: 300_000 }, (write) =>
    inDeclaration(async (story) => {
      const fault = story.slack.inject({ ...callOf(story, write), fault: { type: 'status', status: 503 } });
      await story.type('ana', declaration);
      await story.after('10s');
      await allDone(story);
      expect(fault.hits).toBe(1);
      await expectMadeOnce(story, 'at most once');
    }),
  );

  it.each(writes.filter(({ name }) => ['creating the room', 'posting the card'].includes(name)))(
    'without any answer is all done in the end: $name',
    { timeout: 300_000 },
    (write) =>
      inDeclaration(async (story) => {
        const fault = story.slack.inject({ ...callOf(story, write), fault: { type: 'never' } });
        await story.type('ana', declaration);
        await eventually(() => fault.hits > 0, 'the call is made');
        await eventually(
          () => story.slack.calls.some(({ method, applied }) => method === write.method && applied),
          'it is made again',
          30_000,
        );
        await story.after('10s');
        await allDone(story);
        await expectMadeOnce(story);
      }),
  );
});

describe.concurrent('a declaration that Slack refuses for good', () => {
  it('to give a room tells the declarer what to do, and claims nothing', () =>
    inDeclaration(async (story) => {
      const error = 'restricted_action';
      const refused = { method: 'conversations.create', fault: { type: 'error', error } } as const;
      const fault = story.slack.inject({ ...refused, times: Infinity });
      await story.type('ana', declaration);
      await eventually(() => directMessages(story).length > 0, 'the declarer is told');
      await story.after('2m');
      expect(directMessages(story)).toEqual([
        expect.stringContaining('INC-1 is declared and recorded, but its war room could not be opened.'),
      ]);
      expect(await failures(story)).toEqual([
        'I could not create the war room: the workspace does not let me create channels: ask an admin to allow apps to do so.',
      ]);
      expect(fault.hits).toBe(1);
      expect(story.toldTo('ana')).toEqual([]);
      expect(story.slack.messages(broadcast)).toEqual([]);
      expect(await unfinished(story)).toEqual([]);
      await story.type('ana', 'status INC-1');
      await story.told('ana', /INC-1 \(SEV2\): payments fail\. Investigating/);
    }));

  it.each([
    {
      what: 'a pin',
      write: { method: 'pins.add', with: '' },
      error: 'restricted_action',
      words:
        'I could not pin the status card: the workspace does not let me pin messages: pin it by hand, or ask an admin to allow it.',
    },
    {
      what: 'the broadcast channel',
      write: { method: 'chat.postMessage', with: 'announcement:1' },
      error: 'channel_not_found',
      words: `I could not post the announcement in <#${broadcast}>: the channel is gone, or private and I am not in it: invite me there.`,
    },
    {
      what: 'a topic',
      write: { method: 'conversations.setTopic', with: '' },
      error: 'user_is_restricted',
      words:
        'I could not set the topic of the war room: the workspace does not let me set topics: ask an admin to allow it.',
    },
    {
      what: 'a bookmark',
      write: { method: 'bookmarks.add', with: 'wiki.example.com' },
      error: 'too_many_bookmarks',
      words: 'I could not add the bookmark "Runbook checkout": the channel has as many bookmarks as it can hold.',
    },
  ])('to take $what tells the room, once, and does the rest', ({ write, error, words }) =>
    inDeclaration(async (story) => {
      const meant = callOf(story, { name: '', ...write });
      const fault = story.slack.inject({ ...meant, fault: { type: 'error', error }, times: Infinity });
      await story.type('ana', declaration);
      await story.after('2m');
      await allDone(story);
      expect(fault.hits).toBe(1);
      expect(await failures(story)).toEqual([words]);
      await eventually(async () => (await story.texts()).includes(words), 'the room is told');
      expect((await story.texts()).filter((text) => text === words)).toHaveLength(1);
      const meantCalls = writesMade(story).filter((call) => call.method === meant.method && meant.match(call.args));
      expect(meantCalls).toEqual([]);
      const others = writes.filter(({ method, with: sent }) => method !== write.method || sent !== write.with);
      for (const other of others) {
        const call = callOf(story, other);
        const made = writesMade(story).filter(({ method, args }) => method === call.method && call.match(args));
        expect(made.length, other.name).toBe(1);
      }
    }),
  );
});
