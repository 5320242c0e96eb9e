import { describe, expect, it } from 'vitest';
import type { RoadsSetup } from '../../src/sandbox/aws/wiring.ts';
import { broadcast, inStory, people, type Story } from '../harness/story.ts';
import { eventually } from '../harness/waiting.ts';

const errors = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-5xx';
const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const queue = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}`;

const ways = {
  topicQueue: `queues: [${queue('published')}]`,
  eventQueue: `queues: [${queue('events')}]`,
  topic: `topics: ['${topic}']`,
  poll: `find: [{ account: '123456789012', region: eu-west-1, prefix: checkout- }]`,
  all: `{ queues: [${queue('published')}, ${queue('events')}], topics: ['${topic}'], find: [{ account: '123456789012', region: eu-west-1, prefix: checkout- }] }`,
};

/** What comes by all of them is always there; the catalog says which of them the bot listens to. */
const roads: RoadsSetup = {
  queues: [
    { name: 'published', deadLetterAfter: 3, visibilitySeconds: 5 },
    { name: 'events', deadLetterAfter: 3, visibilitySeconds: 5 },
  ],
  topics: [{ name: 'alarms', inEveryAlarm: true, to: [{ queue: 'published' }] }],
  events: 'events',
};

function catalogWith(way: string): string {
  const alarms = way.startsWith('{') ? way : `{ ${way} }`;
  const rules = `rules: [{ prefix: checkout-, service: checkout, opens: SEV2, hold: 1m }, { prefix: storm-, service: checkout, severity: SEV3 }]`;
  return `
workspace: { broadcastChannel: ${broadcast} }
accounts: { '123456789012': { name: production } }
alarms: ${alarms.replace(/\}$/, `, ${rules} }`)}
defaults: { responders: [${people.ana}], stabilisation: 10m }
services: [{ name: checkout, responders: [${people.ben}] }]
`;
}

function tellOver(way: string, tell: (story: Story) => Promise<void>, process = false): Promise<void> {
  return inStory(tell, { catalog: catalogWith(way), roads, alarms: ['checkout-5xx'], process });
}

async function subscribe({ aws, url }: Story): Promise<void> {
  aws.topics.subscribe(topic, { http: `${url()}/sns` });
  await eventually(
    () => aws.topics.subscriptions(topic).every(({ state }) => state === 'confirmed'),
    'the bot confirms the subscription',
  );
}

async function ask<Row extends { readonly [name: string]: unknown }>(
  { postgres }: Story,
  sql: string,
): Promise<readonly Row[]> {
  return (await postgres.query<Row>(sql)).rows;
}

async function heard(story: Story): Promise<readonly string[]> {
  const rows = await ask<{ state: string }>(story, `select state from alarm_news where arn = '${errors}' order by at`);
  return rows.map(({ state }) => state);
}

/** However long a poll takes on a busy machine. */
async function expectOneIncident(story: Story): Promise<void> {
  for (let tries = 0; tries < 5 && (await ask(story, 'select id from incident')).length === 0; tries++) {
    await story.after('30s');
  }
  expect(await ask(story, 'select id from incident')).toHaveLength(1);
  expect(await story.incident()).toMatchObject({ severity: 'SEV2', services: ['checkout'] });
  const watches = (await story.incident()).watches.map(({ alarm }) => alarm);
  expect(watches).toEqual([errors]);
}

function turnRed(story: Story): void {
  story.aws.alarms.setState(errors, 'ALARM', { reason: 'Threshold Crossed: 3 of 3 datapoints' });
}

describe.concurrent('an alarm that comes by', () => {
  it.each([
    ['SQS, as its action published it', ways.topicQueue],
    ['SQS, as an event of EventBridge', ways.eventQueue],
  ])('%s, opens an incident after its hold', (_name, way) =>
    tellOver(way, async (story) => {
      turnRed(story);
      await eventually(async () => (await heard(story)).length === 1, 'the bot hears of it');
      await story.after('5s');
      expect(await ask(story, 'select id from incident')).toEqual([]);
      await story.after('1m');
      await expectOneIncident(story);
    }),
  );

  it('SNS over HTTPS opens an incident after its hold', () =>
    tellOver(ways.topic, async (story) => {
      await subscribe(story);
      turnRed(story);
      await eventually(async () => (await heard(story)).length === 1, 'the bot hears of it');
      await story.after('65s');
      await expectOneIncident(story);
    }));

  it('nothing but a look at the alarms that the catalog selects opens an incident after its hold', () =>
    tellOver(ways.poll, async (story) => {
      turnRed(story);
      await expectOneIncident(story);
    }));

  it('all roads at once, and twice by each queue, is one alarm and one incident', () =>
    tellOver(ways.all, async (story) => {
      const { aws, url } = story;
      await subscribe(story);
      const stored = async (road: string): Promise<number> => {
        const text = await (await fetch(`${url()}/metrics`)).text();
        const found = new RegExp(`alarm_messages_total\\{road="${road}",outcome="stored"\\} (\\d+)`).exec(text);
        return Number(found?.[1] ?? 0);
      };
      // That the alarm was made is told too.
      await eventually(async () => (await stored('queue')) === 1, 'what lay in the queues is taken');
      aws.queues.duplicateNext('published', 1);
      aws.queues.duplicateNext('events', 1);
      turnRed(story);
      await eventually(
        async () => (await stored('queue')) === 5 && (await stored('topic')) === 1,
        'all of it is delivered',
      );
      await story.after('3m');
      expect(await heard(story)).toEqual(['ALARM']);
      await expectOneIncident(story);
    }));
});

describe('a bot that is killed in the middle of a storm', () => {
  it('has lost nothing and doubled nothing when it is back', () =>
    tellOver(
      ways.eventQueue,
      async (story) => {
        const { aws } = story;
        const left = (): number => {
          const { ready, inFlight, delayed } = aws.queues.counts('events');
          return ready + inFlight + delayed;
        };
        await aws.deliver({ count: 3_000, to: { queue: 'events' } });
        await eventually(() => left() < 2_500, 'some of it is taken');
        await story.kill();
        const then = left();
        expect(then).toBeGreaterThan(0);
        await story.startBot();
        await eventually(() => left() === 0, 'all of it is taken', 40_000);
        const rows = await ask<{ arn: string }>(story, `select arn from alarm_news where state = 'ALARM'`);
        expect(rows).toHaveLength(3_000);
        expect(new Set(rows.map(({ arn }) => arn)).size).toBe(3_000);
        expect(await ask(story, 'select from alarm')).toHaveLength(3_000);
        expect(aws.queues.bodies('events-dead-letter')).toEqual([]);
      },
      true,
    ));
});
