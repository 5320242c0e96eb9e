/** What stories about people who come and go ask again and again. */
import { saidIn } from './alarms.ts';
import { buttonsOf, textOf } from './seen.ts';
import { type Name, people, type Story } from './story.ts';
import { eventually } from './waiting.ts';

/** The direct messages between somebody and the bot. */
export function directOf({ slack }: Pick<Story, 'slack'>, name: Name): string {
  return slack.openDirect({ user: people[name], other: slack.botUserId });
}

/** What the bot has said to somebody in private, in order. */
export function readBy(story: Pick<Story, 'slack'>, name: Name): readonly string[] {
  return saidIn(story, directOf(story, name)).map(textOf);
}

/** Waits until somebody has read it in private. */
export async function reads(story: Story, name: Name, words: RegExp): Promise<string> {
  let found: string | undefined;
  await eventually(
    () => (found = readBy(story, name).findLast((text) => words.test(text))) !== undefined,
    () => `${name} reads ${words}; they read:\n${readBy(story, name).join('\n')}`,
  );
  return found ?? '';
}

/** Presses a button of somebody's direct messages, and waits until all of it is done. */
export async function pressDirect(story: Story, name: Name, label: string): Promise<void> {
  await click(story, name, label, directOf(story, name));
  await story.rest();
}

/** Presses a button of the latest message that has it, and waits for nothing that comes of it. */
export async function click(story: Pick<Story, 'slack'>, name: Name, label: string, channel: string): Promise<void> {
  const find = (): string | undefined =>
    story.slack.messages(channel).findLast((message) => buttonsOf(message).includes(label))?.ts;
  await eventually(() => find() !== undefined, `${name} has "${label}" to press`);
  await story.slack.click({ user: people[name], action: label, channel, messageTs: find() ?? '' });
}

/** The labels under the latest direct message that shows it. */
export function buttonsUnder(story: Pick<Story, 'slack'>, name: Name, words: RegExp): readonly string[] {
  const message = saidIn(story, directOf(story, name)).findLast((each) => words.test(textOf(each)));
  return message === undefined ? [] : buttonsOf(message);
}

/** Says something in the room, and waits until it was heard. */
export async function sayInRoom(story: Story, name: Name, text: string, id = 1): Promise<void> {
  await story.slack.say({ user: people[name], channel: await story.roomOf(id), text });
  await story.rest();
}

export async function stateOf(story: Story, name: Name, id = 1): Promise<string | null> {
  const { responders } = await story.incident(id);
  return responders.find(({ person }) => person === people[name])?.state ?? null;
}

/** Three circles of people, and nothing that watches anything. */
export const roomful = `
workspace: { broadcastChannel: C0INCIDENTS, bridge: 'https://meet.example.com/war-room' }
defaults: { responders: [${people.ana}] }
circles:
  - { name: support, page: [${people.ines}, ${people.liam}, ${people.mia}] }
services:
  - name: search
    responders: [${people.emil}, ${people.farah}, ${people.grace}]
  - name: checkout
    responders: [${people.ben}, ${people.chen}]
`;

/** Led by ana, with dara as scribe and jonas, whom nobody called: eleven in all. */
export async function gather(story: Story, words = 'sev2 search checkout: nobody can pay'): Promise<void> {
  await story.type('ana', `declare ${words}`);
  await story.roomOf();
  await story.after('5s');
  await story.inRoom('ana', 'lead');
  const called: readonly Name[] = ['ben', 'chen', 'emil', 'farah', 'grace', 'ines', 'liam', 'mia'];
  await Promise.all(called.map((name) => click(story, name, "I'm On It", directOf(story, name))));
  await story.rest();
  await story.inRoom('dara', 'role scribe');
  await story.inRoom('jonas', 'join');
  await story.rest();
}

/** Lets a long time pass at whose end something is due, or nothing: hours minute by minute would take minutes. */
export async function idle(story: Story, duration: string): Promise<void> {
  await story.rest();
  await story.jump(duration);
  await story.after('5s');
}
