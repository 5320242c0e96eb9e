import { describe, expect, it } from 'vitest';
import type { PagerPage } from '../../src/sandbox/pager/pages.ts';
import { draftsOf } from '../harness/alarms.ts';
import { pressDirect, readBy, sayInRoom } from '../harness/leaving.ts';
import { callsOf, callsTo, declarePaged, endingOf, pagingCatalog, rowsOf } from '../harness/paging.ts';
import { inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const catalog = pagingCatalog
  .replace(
    'circles:',
    'pagers: { payments: { type: pagerduty }, ops: { type: webhook, url: https://ops.example.com/pages } }\ncircles:',
  )
  .replace('- name: checkout\n', '- name: checkout\n    pager: payments\n')
  .replace('name: network,', 'name: network, pager: ops,');
const checkout = 'service:checkout';
const network = 'service:network';

function called(tell: (story: Story) => Promise<void>): Promise<void> {
  return inStory(
    async (story) => {
      // Until then nobody's name is known.
      await story.rest();
      await tell(story);
    },
    { catalog },
  );
}

/** The one page of that pager. */
function pageOf({ pager }: Story, name: 'payments' | 'ops'): PagerPage {
  const pages = pager.pages().filter((page) => page.pager === name);
  expect(pages).toHaveLength(1);
  const [page] = pages;
  if (page === undefined) throw new Error(`nobody was called by ${name}`);
  return page;
}

async function untilPager(story: Story, name: 'payments' | 'ops', state: PagerPage['state']): Promise<void> {
  await eventually(
    () => story.pager.pages().some((page) => page.pager === name && page.state === state),
    () => `the page of ${name} is ${state}; there is ${JSON.stringify(story.pager.pages())}`,
  );
}

/** Somebody does it in the pager, and it has come of it what does. */
async function answer(
  story: Story,
  name: 'payments' | 'ops',
  act: Parameters<Story['pager']['answer']>[0]['act'],
): Promise<void> {
  const { id, told } = pageOf(story, name);
  story.pager.answer({ id, act, by: 'Ben Carter' });
  await eventually(() => {
    const now = pageOf(story, name).told;
    return now !== told && now?.outcome === 'taken';
  }, 'the bot was told');
  await story.rest();
}

/** What was sent to a pager, by what it asks. */
function sent({ pager }: Story, path: RegExp): readonly string[] {
  return pager.calls
    .filter((call) => path.test(call.path) && call.status !== null && call.status < 300)
    .map(({ body }) => /"event_action":"(\w+)"|"type":"page\.(\w+)"/.exec(body)?.slice(1).find(Boolean) ?? body);
}

describe.concurrent('PagerDuty', { timeout: 300_000 }, () => {
  it('is called with the first level, once, and who acknowledges there stops it here', () =>
    called(async (story) => {
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      await untilPager(story, 'payments', 'triggered');
      expect(pageOf(story, 'payments').about).toMatchObject({
        severity: 'SEV1',
        service: 'checkout',
        people: ['Ben Carter', 'Chen Wei'],
      });
      expect(pageOf(story, 'payments').about.title).toContain('nobody can pay');
      // Nobody is woken twice: neither by a repetition nor by the next level.
      await story.after('6m');
      expect(pageOf(story, 'payments').triggered).toBe(1);
      expect(callsTo(story, 'kavya')).toBe(1);

      await answer(story, 'payments', 'acknowledge');
      expect(await endingOf(story, checkout)).toBe('answered');
      const taken = 'The page for checkout was taken in the pager by Ben Carter.';
      expect((await rowsOf(story, 'page answered')).map(({ text }) => text)).toEqual([taken]);
      expect((await story.texts()).filter((text) => text === taken)).toHaveLength(1);
      const calls = (await callsOf(story, checkout)).length;
      await story.after('20m');
      expect(await callsOf(story, checkout)).toHaveLength(calls);
      expect([callsTo(story, 'kavya'), callsTo(story, 'dara')]).toEqual([1, 0]);
      expect(pageOf(story, 'payments')).toMatchObject({ state: 'acknowledged', by: 'Ben Carter' });

      // And it is over there when it is over here.
      await story.inRoom('ana', 'resolved rolled back');
      await untilPager(story, 'payments', 'resolved');
      await story.inRoom('ana', 'close');
      await eventually(() => draftsOf(story).length > 0, 'the draft is there', 40_000);
      expect(draftsOf(story)[0]?.content().toString()).toContain('taken in the pager by');
    }));

  it('is acknowledged when somebody takes it in Slack, and its own echo changes nothing', () =>
    called(async (story) => {
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      await untilPager(story, 'payments', 'triggered');
      await pressDirect(story, 'chen', "I'm On It");
      await untilPager(story, 'payments', 'acknowledged');
      await eventually(() => pageOf(story, 'payments').told?.outcome === 'taken', 'the echo has arrived');
      await story.rest();
      expect(await rowsOf(story, 'page answered')).toMatchObject([{ event: { person: people.chen, by: 'button' } }]);
      // Whoever was called there takes it, too: it is taken already.
      await answer(story, 'payments', 'unacknowledge');
      await answer(story, 'payments', 'acknowledge');
      expect(await rowsOf(story, 'page answered')).toHaveLength(1);
      await story.after('10m');
      expect(callsTo(story, 'kavya')).toBe(0);
      expect(sent(story, /enqueue/)).toEqual(['trigger', 'acknowledge']);
    }));

  it.each([
    { what: 'an error', fault: { kind: 'status', status: 500 } },
    { what: 'a limit', fault: { kind: 'status', status: 429, retryAfter: '2' } },
    { what: 'a reply that is lost', fault: { kind: 'lost reply' } },
  ] as const)('is called once, and told once, through $what', ({ fault }) =>
    called(async (story) => {
      story.pager.inject(fault);
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      await story.after('30s');
      await untilPager(story, 'payments', 'triggered');
      story.pager.inject(fault);
      await sayInRoom(story, 'ben', 'on it');
      await story.after('30s');
      await untilPager(story, 'payments', 'acknowledged');
      await story.after('5m');
      expect(pageOf(story, 'payments').state).toBe('acknowledged');
      expect(await rowsOf(story, 'page answered')).toHaveLength(1);
      expect(await rowsOf(story, 'write failed')).toEqual([]);
      // Each call by hand of the same key is one page there.
      expect(new Set(story.pager.calls.map(({ body }) => body)).size).toBe(2);
    }),
  );

  it('goes on calling when nobody is left in Slack, until one of those who were called comes after all', () =>
    called(async (story) => {
      await declarePaged(story, 'sev1 checkout: nobody can pay');
      await story.after('17m');
      expect(await endingOf(story, checkout)).toBe('unanswered');
      expect(pageOf(story, 'payments').state).toBe('triggered');
      await sayInRoom(story, 'ben', 'on it');
      expect(await endingOf(story, checkout)).toBe('answered');
      await story.sees(new RegExp(`^<@${people.ben}> is on it for checkout\\.$`));
      await untilPager(story, 'payments', 'acknowledged');
    }));

  it('hears that it is over when the incident is mitigated', () =>
    called(async (story) => {
      await declarePaged(story, 'sev2 checkout: payments fail');
      await untilPager(story, 'payments', 'triggered');
      await story.inRoom('ana', 'mitigated rolled back');
      await untilPager(story, 'payments', 'resolved');
      expect(await endingOf(story, checkout)).toBe('over');
      await story.after('15m');
      expect([callsTo(story, 'ben'), callsTo(story, 'kavya')]).toEqual([1, 0]);
      expect(sent(story, /enqueue/)).toEqual(['trigger', 'resolve']);
    }));

  it('is told nothing of a test', () =>
    called(async (story) => {
      await story.type('ana', 'declare test sev1 checkout: a drill');
      await story.roomOf();
      await story.after('10m');
      expect(story.pager.calls).toEqual([]);
      expect(readBy(story, 'ben')).toEqual([]);
    }));
});

describe.concurrent('a signed webhook', { timeout: 300_000 }, () => {
  it('calls, hears who takes it, and leaves the page of another service alone', () =>
    called(async (story) => {
      await declarePaged(story, 'sev1 checkout,network: nobody can pay');
      await untilPager(story, 'ops', 'triggered');
      await untilPager(story, 'payments', 'triggered');
      expect(pageOf(story, 'ops').about).toMatchObject({ service: 'network', people: ['Farah Haddad'] });
      await answer(story, 'ops', 'acknowledge');
      expect([await endingOf(story, network), await endingOf(story, checkout)]).toEqual(['answered', null]);
      await story.sees(/^The page for network was taken in the pager by Ben Carter\.$/);
      await story.after('6m');
      expect([callsTo(story, 'farah'), callsTo(story, 'grace'), callsTo(story, 'kavya')]).toEqual([1, 0, 1]);
      expect(pageOf(story, 'payments').state).toBe('triggered');
      await story.inRoom('ana', 'mitigated rolled back');
      await untilPager(story, 'ops', 'resolved');
      await untilPager(story, 'payments', 'resolved');
      expect(sent(story, /webhook/)).toEqual(['triggered', 'acknowledged', 'resolved']);
    }));

  it('sends the same once more when the reply is lost, and no other', () =>
    called(async (story) => {
      const isWebhook = (path: string): boolean => path.startsWith('/webhook');
      story.pager.inject({ kind: 'lost reply' });
      await declarePaged(story, 'sev2 network: all is slow');
      await story.after('30s');
      await untilPager(story, 'ops', 'triggered');
      const calls = story.pager.calls.filter(({ path }) => isWebhook(path));
      expect(calls).toHaveLength(2);
      expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(calls[0]?.body).toBe(calls[1]?.body);
    }));
});
