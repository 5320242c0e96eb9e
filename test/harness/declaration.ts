/** A declaration, write by write, and what has to be true of it in the end, whatever happened on the way. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Call, Injection } from '../../src/sandbox/slack/calls.ts';
import { broadcast, inStory, people, type Story, type StoryOptions } from './story.ts';
import { textOf } from './seen.ts';
import { eventually } from './waiting.ts';

export const declaration = 'declare sev2 checkout: payments fail';

/** Each write is tried for itself, and those to the one circle are like those to the first level. */
const catalog = readFileSync('muster.yaml', 'utf8').replace(/^circles:\n(?: .*\n)+/m, '');

/** Tells a story of the declaration: in the project's own example of a catalog, without its circle. */
export function inDeclaration(tell: (story: Story) => Promise<void>, options: StoryOptions = {}): Promise<void> {
  return inStory(tell, { catalog, ...options });
}

/** Whoever does not answer is called again, and to lead, in other words. */
const asked = 'INC-1 (SEV2), payments fail. Please come';
const bothCalled = `<@${people.ben}>, <@${people.chen}>: ${asked}`;

function firstCallOf(person: string): string {
  return `"channel":"${person}","text":"You are paged: ${asked}`;
}

/** Which call is meant: the method, and words in what is sent with it. */
export type Write = { readonly name: string; readonly method: string; readonly with: string };

/** Every outside write of the declaration above; the card is edited later. */
export const writes: readonly Write[] = [
  { name: 'creating the room', method: 'conversations.create', with: 'inc-1' },
  { name: 'inviting people', method: 'conversations.invite', with: people.ben },
  { name: 'posting the card', method: 'chat.postMessage', with: 'card:1' },
  { name: 'calling ben in private', method: 'chat.postMessage', with: firstCallOf(people.ben) },
  { name: 'calling chen in private', method: 'chat.postMessage', with: firstCallOf(people.chen) },
  { name: 'calling both in the room', method: 'chat.postMessage', with: bothCalled },
  { name: 'asking who leads', method: 'chat.postMessage', with: 'will you lead' },
  { name: 'posting the picture', method: 'chat.postMessage', with: 'graph:1' },
  { name: 'joining the broadcast channel', method: 'conversations.join', with: broadcast },
  { name: 'announcing', method: 'chat.postMessage', with: 'announcement:1' },
  { name: 'pinning the card', method: 'pins.add', with: '' },
  { name: 'setting the topic', method: 'conversations.setTopic', with: '' },
  { name: 'bookmarking the bridge', method: 'bookmarks.add', with: 'meet.example.com' },
  { name: 'bookmarking the runbook', method: 'bookmarks.add', with: 'wiki.example.com' },
  { name: 'bookmarking the dashboard', method: 'bookmarks.add', with: 'grafana.example.com' },
  { name: 'answering the declarer', method: 'response_url', with: 'is declared' },
];

/** What comes before the picture is posted. It is made again whenever the picture is drawn anew, also because of a mishap. */
export const uploads: readonly Write[] = [
  { name: 'finding a place for the picture', method: 'files.getUploadURLExternal', with: 'alarm.png' },
  { name: 'keeping the picture', method: 'files.completeUploadExternal', with: '' },
];

/** How to recognise the call. What the bot may not post yet, because it has to join first, is no write. */
export function callOf(story: Story, write: Write): Required<Pick<Injection, 'method' | 'match'>> {
  const isMember = (channel: unknown): boolean =>
    typeof channel === 'string' &&
    // Everyone can be written to in private.
    (channel.startsWith('U') || story.slack.channel(channel)?.members.includes(story.slack.botUserId) === true);
  return {
    method: write.method,
    match: (args) =>
      JSON.stringify(args).includes(write.with) && (write.method !== 'chat.postMessage' || isMember(args['channel'])),
  };
}

/** The writes that took effect. */
export function writesMade(story: Story): readonly Call[] {
  return story.slack.calls.filter(({ applied }) => applied);
}

/** Waits until nothing is left to do but what goes on for ever. */
export async function allDone(story: Pick<Story, 'postgres'>): Promise<void> {
  await eventually(
    async () => (await unfinished(story)).length === 0,
    () => `everything is done`,
    30_000,
  ).catch(async (error: unknown) => {
    throw new Error(`left undone: ${(await unfinished(story)).join(', ')}`, { cause: error });
  });
}

/**
 * What is left undone: jobs, what arrived and was not handled, writes without an outcome. What waits for its time is not, nor
 * what is done again and again. A job that failed while another of its key was waiting is done by that one, and a picture that
 * could not be sent by the one that was drawn after it.
 */
export async function unfinished({ postgres }: Pick<Story, 'postgres'>): Promise<readonly string[]> {
  const { rows } = await postgres.query<{ left: string }>(
    `select 'job ' || name || ' ' || state as left from pgboss.job as one
      where name not in ('poll-alarms', 'forget-handled') and state <> 'completed'
        and not (name in ('keep-time', 'refresh-directory') and state = 'created' and start_after > pgboss.job_now())
        and not (state = 'failed' and exists (
          select from pgboss.job as other
           where other.name = one.name and other.singleton_key = one.singleton_key and other.state <> 'failed'
             and coalesce(other.completed_on, 'infinity') > one.completed_on))
     union all select 'arrived ' || id from inbox where handled_at is null
     union all select 'write ' || key from outside_write where finished_at is null and failed is null and attempted_at is not null
       and key not like 'picture:%'`,
  );
  return rows.map(({ left }) => left);
}

/** Nothing is missing, and nothing is there twice. */
export async function expectMadeOnce(story: Story, answers: 'once' | 'at most once' = 'once'): Promise<void> {
  const { slack } = story;
  const rooms = slack.channels().filter(({ name }) => name.startsWith('inc-'));
  expect(rooms.map(({ name }) => name)).toEqual(['inc-1-payments-fail']);
  const room = await story.roomOf();
  expect(rooms[0]?.id).toBe(room);
  expect(rooms[0]?.members.toSorted()).toEqual([slack.botUserId, people.ana, people.ben, people.chen].toSorted());
  expect(rooms[0]?.topic.value).toBe('INC-1 · SEV2 · payments fail');

  const lines = slack.messages(room).map((message) => ({ subtype: message.subtype, text: textOf(message) }));
  const said = lines.filter(({ subtype }) => subtype === null || subtype === 'bot_message').map(({ text }) => text);
  // A kill may put what is said at the same moment into another order.
  expect(said.map((text) => text.split('\n')[0]).toSorted((a = '', b = '') => b.localeCompare(a))).toEqual([
    'INC-1 (SEV2): payments fail. Investigating: the cause is not known yet; no commander yet.',
    `<@${people.ben}>, <@${people.chen}>: INC-1 (SEV2), payments fail. Please come and help to repair checkout. <https://meet.example.com/war-room|Voice bridge>`,
    `<@${people.ana}>, will you lead? If you can't, anyone else may.`,
  ]);
  for (const person of [people.ben, people.chen]) {
    const direct = slack.openDirect({ user: person, other: slack.botUserId });
    const calls = slack.messages(direct).map(textOf);
    expect(calls).toEqual([expect.stringMatching(/^You are paged: INC-1 \(SEV2\), payments fail\./)]);
    // Where the room takes long to open they are called all the same.
    expect(calls[0]).toMatch(new RegExp(`War room: (<#${room}>|being opened)\\.`));
  }
  expect(story.pager.pages()).toEqual([expect.objectContaining({ state: 'triggered', pager: 'payments' })]);
  const [card] = slack.pins(room);
  const replies = slack.messages(room, { threadTs: card?.ts ?? '' }).slice(1);
  expect(replies.map(({ blocks }) => blocks.map(({ type }) => type))).toEqual([['image', 'context']]);
  for (const person of [people.ana, people.ben, people.chen]) {
    expect(lines.filter(({ text }) => text === `<@${person}> has joined the channel`)).toHaveLength(1);
  }
  expect(lines.filter(({ text }) => text.includes('set the channel topic'))).toHaveLength(1);
  expect(lines.filter(({ text }) => text.includes('pinned a message'))).toHaveLength(1);
  expect(slack.pins(room).map(({ text }) => text)).toEqual([expect.stringMatching(/^INC-1 \(SEV2\)/)]);
  expect(slack.bookmarks(room).map(({ link }) => link)).toEqual([
    'https://meet.example.com/war-room',
    'https://wiki.example.com/runbooks/checkout',
    'https://grafana.example.com/d/checkout',
  ]);
  const announced = slack.messages(broadcast).filter(({ text }) => text.includes('INC-1'));
  expect(announced.map(({ text }) => text)).toEqual([expect.stringContaining(`War room: <#${room}>.`)]);
  const answered = story.toldTo('ana');
  if (answers === 'once' || answered.length > 0) {
    expect(answered).toEqual([`INC-1 (SEV2) is declared. War room: <#${room}>.`]);
  }

  expect(await unfinished(story)).toEqual([]);
  const rows = await story.timeline();
  expect(rows.filter(({ event }) => event.kind !== 'alarms changed').map(({ kind }) => kind)).toEqual([
    'declared',
    'page opened',
    'people paged',
    'room opened',
  ]);
}
