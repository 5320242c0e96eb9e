/** What stories about alarms ask again and again. */
import type { SeenFile, SeenMessage } from '../../src/sandbox/slack/seeing.ts';
import { input, textOf } from './seen.ts';
import { people, type Name, type Story } from './story.ts';
import { eventually } from './waiting.ts';

/** The ARN of an alarm in the sandbox's own account and region. */
export function arnOf(name: string): string {
  return `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
}

export async function countIncidents({ postgres }: Pick<Story, 'postgres'>): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>('select count(*)::int as count from incident');
  return rows[0]?.count ?? 0;
}

/** Lets time pass until so many incidents are there. @throws when they are not within ten minutes */
export async function untilIncidents(story: Story, count: number): Promise<void> {
  for (let passed = 0; (await countIncidents(story)) < count; passed += 10) {
    if (passed > 600) throw new Error(`there are ${await countIncidents(story)} incidents, not ${count}`);
    await story.after('10s');
  }
  await story.roomOf(count);
  await story.after('5s');
}

export async function kindsOf(story: Story, id = 1): Promise<readonly string[]> {
  return (await story.timeline(id)).map(({ kind }) => kind);
}

/** Declared by hand, led by ana, with the card posted and the alarms read. */
export async function declareLed(story: Story, words = 'sev2 checkout: payments fail', id = 1): Promise<void> {
  await story.type('ana', `declare ${words}`);
  await story.roomOf(id);
  await story.after('5s');
  await story.inRoom('ana', 'lead', id);
}

export function draftsOf({ slack }: Pick<Story, 'slack'>): readonly SeenFile[] {
  return slack.files().filter(({ name }) => name.endsWith('.md'));
}

/** What the bot has put into a room: its messages and the replies in threads; not what Slack itself says there. */
export function saidIn({ slack }: Pick<Story, 'slack'>, channel: string): readonly SeenMessage[] {
  const shown = slack.messages(channel);
  const replies = shown
    .filter(({ replyCount }) => replyCount > 0)
    .flatMap(({ ts }) => slack.messages(channel, { threadTs: ts }).filter((message) => message.ts !== ts));
  return [...shown, ...replies].filter(
    ({ user, subtype }) => user === slack.botUserId && (subtype === null || subtype === 'bot_message'),
  );
}

/** The picture messages under the cards of a room. */
export function picturesIn(story: Pick<Story, 'slack'>, channel: string): readonly SeenMessage[] {
  return saidIn(story, channel).filter(({ blocks }) => blocks.some(({ type }) => type === 'image'));
}

/** Says in the form that is open before this person why. */
export async function giveReason({ slack }: Story, name: Name, reason: string): Promise<void> {
  await eventually(() => slack.views(people[name]).length > 0, 'a form asks for the reason');
  await slack.submitView({ user: people[name], values: { reason: input({ value: reason }) } });
}

/** The lines of a room that show it. */
export function linesOf(story: Pick<Story, 'slack'>, channel: string, words: RegExp): readonly string[] {
  return saidIn(story, channel)
    .map(textOf)
    .filter((text) => words.test(text));
}
