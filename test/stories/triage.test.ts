import { describe, expect, it } from 'vitest';
import type { Received } from '../../src/aws/alarm-message.ts';
import type { AlarmNews } from '../../src/incident/alarm.ts';
import { takeAlarms } from '../../src/jobs/take-alarms.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { readCatalog } from '../../src/catalog.ts';
import { createLog } from '../../src/log.ts';
import { openQueue, type Queue } from '../../src/postgres/queue.ts';
import { buttonsOf, textOf } from '../harness/seen.ts';
import { broadcast, inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const triageChannel = 'C0PLATFORM1';

const catalog = `
workspace: { broadcastChannel: ${broadcast}, triageChannel: ${triageChannel} }
accounts: { '123456789012': { name: production } }
alarms:
  automaticRooms: 1
  window: 15m
  rules:
    - { prefix: web-, service: web, opens: SEV1, hold: 1m, title: The site is down }
    - { prefix: search-, service: search, severity: SEV3 }
    - { prefix: mail-, service: mail, opens: SEV3, hold: 1m }
defaults: { responders: [${people.ana}], stabilisation: 10m }
services:
  - { name: web, responders: [${people.ben}], needs: [search] }
  - { name: search, responders: [${people.emil}] }
  - { name: mail, responders: [${people.chen}, ${people.dara}] }
`;

function policyOf(): Policy {
  const reading = readCatalog(catalog, 'muster.yaml');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.catalog.policy;
}

/** With a way to bring news of alarms. */
type Told = Story & { readonly queue: Queue };

/** Sets alarms in CloudWatch and brings the news of it, as a road does. */
async function tell({ queue, ...story }: Told, state: AlarmNews['state'], ...names: readonly string[]): Promise<void> {
  const received = names.map((name): Received => {
    if (!story.aws.alarms.list().some((each) => each.arn === arn(name))) story.aws.alarms.put({ name });
    story.aws.alarms.setState(arn(name), state, { reason: `${name} <!channel> crossed` });
    const bare = { contributor: null, description: '', tags: {}, mutedUntil: null, firstBreachAt: null };
    const news = { ...bare, alarm: arn(name), name, state, at: story.now(), because: `${name} <!channel> crossed` };
    return { road: 'queue', messageId: `${name}:${news.at}`, translated: { type: 'news', news } };
  });
  await takeAlarms({ postgres: story.postgres, queue, policy: policyOf() }, received);
  await story.after('5s');
}

function arn(name: string): string {
  return `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
}

function cards({ slack }: Story): readonly string[] {
  return slack
    .messages(triageChannel)
    .filter(({ text }) => text.startsWith('Alarms of'))
    .map(textOf);
}

function directMessages({ slack }: Story, person: string): readonly string[] {
  const direct = slack.channels().find(({ kind, members }) => kind === 'im' && members.includes(person));
  return direct === undefined ? [] : slack.messages(direct.id).map(({ text }) => text);
}

async function incidents({ postgres }: Story): Promise<number> {
  const { rows } = await postgres.query<{ count: number }>('select count(*)::int as count from incident');
  return rows[0]?.count ?? 0;
}

function told(tellIt: (story: Told) => Promise<void>): Promise<void> {
  return inStory(
    async (story) => {
      const queue = await openQueue(story.database.url, createLog('silent'));
      try {
        await tellIt({ ...story, queue });
      } finally {
        await queue.stop();
      }
    },
    { catalog, alarms: [] },
  );
}

describe.concurrent('triage', { timeout: 300_000 }, () => {
  it('shows what opens nothing in one message for each service, edited in place, and begins a new one an hour later', () =>
    told(async (story) => {
      await tell(story, 'ALARM', 'search-lag', 'else');
      expect(cards(story)).toHaveLength(2);
      expect(cards(story).join()).toContain('Alarms of no known service: 1 red');
      expect(JSON.stringify(story.slack.messages(triageChannel))).not.toContain('<!channel>');
      await tell(story, 'ALARM', 'search-errors');
      expect(cards(story)).toHaveLength(2);
      expect(cards(story).join()).toContain('Alarms of search: 2 red');

      await tell(story, 'OK', 'search-lag', 'search-errors');
      expect(cards(story).join()).toContain('Alarms of search: nothing waits, 2 cleared');
      await tell(story, 'ALARM', 'search-lag');
      expect(cards(story)).toHaveLength(2);
      expect(cards(story).join()).toMatch(/search-lag[^]*for the 2nd time here/);
      await tell(story, 'OK', 'search-lag');
      await story.jump('61m');
      await story.after('5s');
      await tell(story, 'ALARM', 'search-lag');
      expect(cards(story)).toHaveLength(3);
      expect(await incidents(story)).toBe(0);
    }));

  it('opens one incident for a storm, and says no more than a line about it', () =>
    told(async (story) => {
      const storm = Array.from({ length: 40 }, (_, index) => `web-${index}`);
      await tell(story, 'ALARM', ...storm, 'search-lag');
      expect(await incidents(story)).toBe(0);
      expect(cards(story).join()).toContain('Alarms of search: 1 red');
      await story.after('2m');
      expect(await incidents(story)).toBe(1);
      expect(await story.incident()).toMatchObject({ title: 'The site is down', severity: 'SEV1' });
      expect((await story.incident()).watches).toHaveLength(41);
      // What was only shown so far has gone along.
      await eventually(() => cards(story).join().includes('INC-1'), 'the card says what became of it');
      expect(cards(story).join()).toContain('Alarms of search: nothing waits, 1 with an incident');
      await tell(story, 'ALARM', 'search-errors');
      expect((await story.incident()).watches).toHaveLength(42);
    }));

  it('brings an alarm to an incident by a button, and leaves one alone for an hour', () =>
    told(async (story) => {
      await story.type('ana', 'declare sev3 search: results are old');
      await story.roomOf();
      await story.inRoom('ana', 'lead');
      await story.inRoom('ana', 'mitigated rolled back');
      await tell(story, 'ALARM', 'search-lag', 'search-errors');
      expect(story.slack.messages(triageChannel).flatMap(buttonsOf)).toContain('Join INC-1');
      await story.press('ben', 'Join INC-1', triageChannel);
      await story.told('ben', /^INC-1: done/);
      expect((await story.incident()).watches).toHaveLength(1);
      await story.press('ben', 'Ignore for 1 h', triageChannel);
      await story.told('ben', /ignored until/);
      await eventually(() => cards(story).join().includes('1 ignored, 1 with an incident'), 'both are dealt with');
      expect(story.slack.messages(triageChannel).flatMap(buttonsOf)).toEqual([]);
      expect(cards(story).join()).toContain(`by <@${people.ben}>`);
      await story.jump('61m');
      await story.after('5s');
      expect(cards(story).join()).toContain('Alarms of search: 1 red');
    }));

  it('declares from an alarm, which then is watched there', () =>
    told(async (story) => {
      await tell(story, 'ALARM', 'search-lag');
      await story.press('ben', 'Declare', triageChannel);
      await eventually(() => story.slack.views(people.ben).length > 0, 'the form opens');
      const [view] = story.slack.views(people.ben);
      expect(JSON.stringify(view)).toContain('search-lag is red');
      await story.slack.submitView({ user: people.ben, viewId: view?.id ?? '' });
      await story.roomOf();
      await story.after('10s');
      const { watches, severity, services } = await story.incident();
      expect({ severity, services }).toEqual({ severity: 'SEV3', services: ['search'] });
      expect(watches).toMatchObject([{ name: 'search-lag', verdict: 'alarm' }]);
      expect(cards(story).join()).toContain('INC-1, red since');
    }));

  it('pages the first level when no more rooms may open, once an hour', () =>
    told(async (story) => {
      await tell(story, 'ALARM', 'web-down');
      await story.after('2m');
      expect(await incidents(story)).toBe(1);
      await tell(story, 'ALARM', 'mail-queue');
      await story.after('2m');
      await tell(story, 'ALARM', 'mail-bounces');
      await story.after('2m');
      expect(await incidents(story)).toBe(1);
      for (const person of ['chen', 'dara'] as const) {
        expect(directMessages(story, people[person])).toEqual([
          expect.stringMatching(
            /^Alarms of mail are red and no more rooms .* \(1 of 1\)\. See <https?:\/\/.*\|what is red>\.$/,
          ),
        ]);
      }
      expect(cards(story).join()).toContain('Alarms of mail: 2 red');
    }));

  it('answers what is red, and takes what is typed', () =>
    told(async (story) => {
      await tell(story, 'ALARM', 'search-lag', 'else');
      await story.type('ana', 'alarms');
      await story.told('ana', /2 alarms are red[^]*search-lag[^]*else/);
      await story.type('ana', 'ignore search-lagg');
      await story.told('ana', /no alarm named `search-lagg`. Did you mean `search-lag`/);
      await story.type('ana', 'ignore Search-Lag');
      await story.told('ana', /^search-lag is ignored until/);
      await eventually(
        () => cards(story).join().includes('Alarms of search: nothing waits, 1 ignored'),
        'it is ignored',
      );
    }));

  it('takes a choice from the menu that stands beside each of many alarms', () =>
    told(async (story) => {
      const { slack } = story;
      await tell(story, 'ALARM', 'search-1', 'search-2', 'search-3', 'search-4');
      const [card] = slack.messages(triageChannel).filter(({ text }) => text.startsWith('Alarms of'));
      const there = { user: people.ana, channel: triageChannel, messageTs: card?.ts ?? '' };
      await slack.click({ ...there, action: 'alarm:menu:2', value: 'Ignore for 1 h' });
      await story.told('ana', /^search-2 is ignored until/);
      await eventually(() => cards(story).join().includes('3 red since'), 'the card says so');
      expect(cards(story).join()).toContain('1 ignored');
    }));

  it('gives an alarm that people take out of an incident one of its own', () =>
    told(async (story) => {
      await story.type('ana', 'declare sev3 mail: bounces');
      await story.roomOf();
      await tell(story, 'ALARM', 'mail-queue');
      expect((await story.incident()).watches).toMatchObject([{ name: 'mail-queue' }]);
      await story.inRoom('ana', 'separate mail-queue');
      await story.after('2m');
      expect(await incidents(story)).toBe(2);
      expect(await story.incident(2)).toMatchObject({ title: 'mail-queue is red', services: ['mail'] });
      expect((await story.incident()).watches).toEqual([]);
    }));
});
