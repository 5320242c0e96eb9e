import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/slack/calls.ts';
import { directOf, pressDirect, readBy, sayInRoom } from '../harness/leaving.ts';
import {
  callsOf,
  callsTo,
  declarePaged,
  endingOf,
  expectPunctual,
  pagingCatalog,
  rowsOf,
  steps,
} from '../harness/paging.ts';
import { allDone } from '../harness/declaration.ts';
import { inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const checkout = 'service:checkout';

function inChild(tell: (story: Story) => Promise<void>): Promise<void> {
  return inStory(tell, { process: true, catalog: pagingCatalog });
}

/** Nobody reads the same thing twice. */
function expectNothingDoubled(story: Story): void {
  for (const name of ['ana', 'ben', 'chen', 'kavya', 'emil', 'dara'] as const) {
    const calls = story.slack
      .messages(directOf(story, name))
      .map(({ metadata }) => metadata?.event_payload['key'])
      .filter((key) => key !== undefined);
    expect(new Set(calls).size, name).toBe(calls.length);
  }
}

describe.concurrent('a bot that is killed between two calls', { timeout: 300_000 }, () => {
  it('calls on time once it is back, and nobody twice', () =>
    inChild(async (story) => {
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      for (const wanted of ['1.2', '1.3', '2.1', '2.2']) {
        await story.kill();
        await story.startBot();
        const before = await callsOf(story, checkout);
        const last = before.at(-1);
        const due = Math.min(last?.repeatAt ?? 0, last?.climbAt ?? 0);
        await story.after(`${Math.ceil((due - story.now()) / 1000) + 1}s`);
        await eventually(async () => (await callsOf(story, checkout)).length > before.length, `${wanted} is called`);
        expect(steps(await callsOf(story, checkout)).at(-1)).toBe(wanted);
      }
      await allDone(story);
      expectPunctual(await callsOf(story, checkout));
      expectNothingDoubled(story);
      expect([callsTo(story, 'ben'), callsTo(story, 'chen'), callsTo(story, 'kavya')]).toEqual([3, 3, 2]);
    }));

  it('calls at once what came due while it was away, and once only', () =>
    inChild(async (story) => {
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      await story.kill();
      await story.jump('3m');
      const back = story.now();
      await story.startBot();
      await eventually(async () => (await callsOf(story, checkout)).length === 2, 'they are called again');
      await story.rest();
      const calls = await callsOf(story, checkout);
      expect(steps(calls)).toEqual(['1.1', '1.2']);
      // Starting takes a few seconds of real time.
      expect((calls[1]?.at ?? 0) - back).toBeLessThan(20_000);
      await story.after('30s');
      expect([callsTo(story, 'ben'), callsTo(story, 'chen')]).toEqual([2, 2]);
    }));
});

describe.concurrent('a call in private that Slack', { timeout: 300_000 }, () => {
  it.each([
    { what: 'puts off', fault: { type: 'rate limited', retryAfterSeconds: 3 } },
    { what: 'answers late', fault: { type: 'late', ms: 2_000 } },
    { what: 'answers, but the answer is lost', fault: { type: 'lost reply' } },
    { what: 'breaks off', fault: { type: 'reset before' } },
    { what: 'answers with an error of its own', fault: { type: 'status', status: 503 } },
  ] satisfies readonly { what: string; fault: Fault }[])('$what is neither lost nor doubled', ({ fault }) =>
    inStory(
      async (story) => {
        await story.rest();
        const isCall = (args: object): boolean => JSON.stringify(args).includes('You are paged');
        const hit = story.slack.inject({ method: 'chat.postMessage', match: isCall, times: 2, fault });
        await declarePaged(story, 'sev1 checkout: nobody can pay');
        await story.after('15s');
        await allDone(story);
        expect(hit.hits).toBe(2);
        expect([callsTo(story, 'ben'), callsTo(story, 'chen'), callsTo(story, 'jonas')]).toEqual([1, 1, 1]);
        await pressDirect(story, 'ben', "I'm On It");
        expect(await endingOf(story, checkout)).toBe('answered');
        expectNothingDoubled(story);
        expect(await rowsOf(story, 'write failed')).toEqual([]);
      },
      { catalog: pagingCatalog },
    ),
  );

  it('refuses for one person does not keep the others from being called', () =>
    inStory(
      async (story) => {
        await story.rest();
        story.slack.inject({
          method: 'chat.postMessage',
          match: ({ channel }) => channel === people.ben,
          fault: { type: 'error', error: 'messages_tab_disabled' },
          times: Infinity,
        });
        await declarePaged(story, 'sev1 checkout: nobody can pay');
        await story.after('3m');
        await allDone(story);
        expect([readBy(story, 'ben').length, callsTo(story, 'chen')]).toEqual([0, 2]);
        // The room has mentioned them.
        await story.sees(new RegExp(`<@${people.ben}>.*Please come and help to repair checkout`));
        await sayInRoom(story, 'ben', 'on it');
        expect(await endingOf(story, checkout)).toBe('answered');
      },
      { catalog: pagingCatalog },
    ));
});
