/** What stories about people who are called ask again and again. */
import { expect } from 'vitest';
import type { IncidentEvent, TimelineRow } from '../../src/incident/event.ts';
import { directOf, readBy } from './leaving.ts';
import { broadcast, type Name, people, type Story } from './story.ts';

/** Three levels for one service, a group on the second; two for another; and those who know what users see. */
export const pagingCatalog = `
workspace: { broadcastChannel: ${broadcast}, bridge: https://meet.example.com/war-room }
defaults: { responders: [${people.ana}] }
circles:
  - { name: support, page: [${people.jonas}], atLeast: SEV1 }
services:
  - name: checkout
    levels:
      - page: [${people.ben}, ${people.chen}]
      - page: [S0DATABASE01]
      - page: [${people.dara}]
  - { name: network, levels: [{ page: [${people.farah}] }, { page: [${people.grace}] }] }
`;

/** Who is in the group of the second level. */
export const databaseGroup = ['kavya', 'emil'] as const;

/** How often somebody was called in private: the first time in full, then in a line. */
export function callsTo(story: Pick<Story, 'slack'>, name: Name): number {
  return readBy(story, name).filter((text) => /^You are paged: |Still nobody/.test(text)).length;
}

export async function sayInPrivate(story: Story, name: Name, text: string): Promise<void> {
  await story.slack.say({ user: people[name], channel: directOf(story, name), text });
  await story.rest();
}

/** Declared by hand and led by ana, with the first calls out. */
export async function declarePaged(story: Story, words: string, id = 1): Promise<void> {
  await story.type('ana', `declare ${words}`);
  await story.roomOf(id);
  await story.after('2s');
  await story.inRoom('ana', 'lead', id);
}

type Paged = Extract<IncidentEvent, { kind: 'people paged' }>;

/** One call, as the timeline has it. */
export type CallMade = Paged & { readonly at: number };

/** The calls that went out for a page, in order. */
export async function callsOf(story: Story, page: string, id = 1): Promise<readonly CallMade[]> {
  const rows = await story.timeline(id);
  return rows.flatMap(({ event, occurredAt }) =>
    event.kind === 'people paged' && event.page === page ? [{ ...event, at: occurredAt }] : [],
  );
}

/** Each call as `level.call`, counted from one. */
export function steps(calls: readonly CallMade[]): readonly string[] {
  return calls.map(({ level, call }) => `${level + 1}.${call}`);
}

/** The clock of a story moves by a second at least, so that a call may come so late. */
const lateMillis = 2_000;

/** Each call came when the one before it said that it would, not sooner and hardly later. */
export function expectPunctual(calls: readonly CallMade[]): void {
  for (const [index, { call, at }] of calls.entries()) {
    const before = calls[index - 1];
    if (before === undefined) continue;
    const late = at - (call === 1 ? before.climbAt : before.repeatAt);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(lateMillis);
  }
}

/** The rows of that kind. */
export async function rowsOf(story: Story, kind: TimelineRow['kind'], id = 1): Promise<readonly TimelineRow[]> {
  return (await story.timeline(id)).filter((row) => row.kind === kind);
}

/** What became of a page; `null`: it still runs. */
export async function endingOf(story: Story, page: string, id = 1): Promise<string | null> {
  const found = (await story.incident(id)).pages.find(({ key }) => key === page);
  if (found === undefined) throw new Error(`INC-${id} has no page ${page}`);
  return found.ended;
}

/** Moves the clock to that time of day, in UTC: today or tomorrow. */
export async function jumpTo(story: Story, time: string): Promise<void> {
  const now = story.now();
  const today = Date.parse(`${new Date(now).toISOString().slice(0, 10)}T${time}:00Z`);
  await jumpToInstant(story, today > now ? today : today + 86_400_000);
}

/** @param instant in epoch milliseconds, not in the past. */
export async function jumpToInstant(story: Story, instant: number): Promise<void> {
  await story.rest();
  await story.jump(`${Math.ceil((instant - story.now()) / 1000)}s`);
  await story.rest();
}
