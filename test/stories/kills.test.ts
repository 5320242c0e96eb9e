import { describe, expect, it } from 'vitest';
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
import { textOf } from '../harness/seen.ts';
import { broadcast, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

function inChild(tell: (story: Story) => Promise<void>): Promise<void> {
  return inDeclaration(tell, { process: true });
}

/** Starts the bot again. What the dead one had in hand is taken up once its heartbeat is missed. */
async function startAgain(story: Story): Promise<void> {
  const inHand = async (): Promise<readonly string[]> => {
    const { rows } = await story.postgres.query<{ id: string }>(`select id from pgboss.job where state = 'active'`);
    return rows.map(({ id }) => id);
  };
  const orphans = await inHand();
  await story.startBot();
  const settled = async (): Promise<boolean> => (await inHand()).every((id) => orphans.includes(id));
  await eventually(settled, 'the new bot is at rest');
  await story.jump('15s');
  await eventually(async () => !(await inHand()).some((id) => orphans.includes(id)), 'orphaned jobs are taken up');
}

/** Kills the bot at the write, and gives a promise of its end. */
function killAt(story: Story, write: Write, when: 'before' | 'after'): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  story.slack.inject({
    ...callOf(story, write),
    fault: { type: when === 'before' ? 'reset before' : 'lost reply' },
    onHit: async (phase) => {
      if (phase !== when) return;
      await story.kill();
      resolve();
    },
  });
  return promise;
}

describe.concurrent('a declaration', () => {
  it('makes the writes that are tried one by one below, and no others', () =>
    inDeclaration(async (story) => {
      await story.type('ana', declaration);
      await story.after('5s');
      await allDone(story);
      await expectMadeOnce(story);
      // How often the card is edited and the picture drawn depends on when the alarms are read; see below.
      const made = writesMade(story).filter(({ method }) => !['chat.update', 'upload'].includes(method));
      const all = [...writes, ...uploads];
      const known = made.map((call) =>
        all.findIndex((write) => {
          const { method, match } = callOf(story, write);
          return method === call.method && match(call.args);
        }),
      );
      expect([...new Set(known)].toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
      const once = known.filter((index) => index < writes.length);
      expect(once).toHaveLength(writes.length);
    }));

  it('is handled after a kill right after it was acknowledged', { timeout: 300_000 }, () =>
    inChild(async (story) => {
      await story.rest();
      await story.postgres.transaction(async (held) => {
        // Nothing can be decided meanwhile.
        await held.query('lock table incident');
        const ack = await story.type('ana', declaration);
        expect(ack.acked).toBe(true);
        await story.kill();
      });
      expect(await unfinished(story)).toEqual([expect.stringMatching(/^job inbox/), expect.stringMatching(/^arrived/)]);
      await startAgain(story);
      await story.after('5s');
      await allDone(story);
      await expectMadeOnce(story);
    }),
  );

  it.each(
    [...writes, ...uploads].flatMap((write) => (['before', 'after'] as const).map((when) => ({ ...write, when }))),
  )('survives a kill $when $name', { timeout: 300_000 }, ({ when, ...write }) =>
    inChild(async (story) => {
      const dead = killAt(story, write, when);
      await story.type('ana', declaration);
      await dead;
      await startAgain(story);
      await story.after('10s');
      await allDone(story);
      // An answer that was under way can't be looked for: rather none than two.
      await expectMadeOnce(story, 'at most once');
    }),
  );

  it.each(['before', 'after'] as const)('survives a kill %s editing the card', { timeout: 300_000 }, (when) =>
    inChild(async (story) => {
      await story.type('ana', declaration);
      await story.after('5s');
      await allDone(story);
      const room = await story.roomOf();
      const dead = killAt(story, { name: 'editing the card', method: 'chat.update', with: room }, when);
      await story.type('ana', 'lead', room);
      await dead;
      await startAgain(story);
      await story.after('10s');
      await allDone(story);
      const cards = story.slack.messages(room).filter(({ text }) => text.startsWith('INC-1 (SEV2)'));
      expect(cards.map(({ text }) => text)).toEqual([expect.stringContaining(`<@${people.ana}> leads`)]);
      const announced = story.slack.messages(broadcast).filter(({ text }) => text.includes('INC-1'));
      expect(announced.map(textOf)).toEqual([expect.stringContaining(`<@${people.ana}> leads`)]);
      expect((await story.texts()).filter((text) => text === `<@${people.ana}> leads as commander.`)).toHaveLength(1);
    }),
  );

  it.each([...writes, ...uploads])('survives the lost reply of $name', { timeout: 300_000 }, (write) =>
    inDeclaration(async (story) => {
      const fault = story.slack.inject({ ...callOf(story, write), fault: { type: 'lost reply' } });
      await story.type('ana', declaration);
      await story.after('10s');
      await allDone(story);
      expect(fault.hits).toBe(1);
      await expectMadeOnce(story);
    }),
  );
});
