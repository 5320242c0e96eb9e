/** The whole bot in a story: real Bolt, AWS SDK and pg against the sandbox, with a clock that moves. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { TimelineRow } from '../../src/incident/event.ts';
import type { Incident, IncidentId } from '../../src/incident/incident.ts';
import { readIncident } from '../../src/postgres/incidents.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { readTimeline } from '../../src/postgres/timeline.ts';
import { startAws } from '../../src/sandbox/aws/aws.ts';
import { pagerVariable } from '../../src/config.ts';
import type { RoadsSetup } from '../../src/sandbox/aws/wiring.ts';
import { passTime, queueAtRest } from '../../src/sandbox/clock-steps.ts';
import { moveClock, readClock } from '../../src/sandbox/clock.ts';
import { type SandboxPager, startPager } from '../../src/sandbox/pager/pager.ts';
import { type SlackStandIn, startSlack } from '../../src/sandbox/slack/slack.ts';
import { type Bot, freePort, startInside, startProcess } from './bot.ts';
import { askedAtStart, asksLater, roadsFor, storyCatalog } from './catalog.ts';
import { testDatabase } from './database.ts';
import { buttonsOf, textOf } from './seen.ts';
import { eventually, millisOf } from './waiting.ts';

export type StoryOptions = {
  readonly mode?: 'socket' | 'http';
  /** The text of a catalog; the project's own example unless given. */
  readonly catalog?: string;
  /** Runs the bot as a process of its own, that can be killed. */
  readonly process?: boolean;
  /** How alarms reach the bot; through the queues of the catalog unless given. */
  readonly roads?: RoadsSetup;
  /** Alarms that CloudWatch knows and that are OK; those of the project's own example unless given. */
  readonly alarms?: readonly string[];
  /** What the workspace allows, other than usual. */
  readonly rules?: Parameters<SlackStandIn['setRules']>[0];
};

export type Story = Awaited<ReturnType<typeof tellStory>>;

/** People of the sandbox by the name they go by. */
export const people = {
  ana: 'U0ANA000001',
  ben: 'U0BEN000002',
  chen: 'U0CHEN00003',
  dara: 'U0DARA00004',
  emil: 'U0EMIL00005',
  farah: 'U0FARAH0006',
  grace: 'U0GRACE0007',
  hugo: 'U0HUGO00008',
  ines: 'U0INES00009',
  jonas: 'U0JONAS0010',
  kavya: 'U0KAVYA0011',
  liam: 'U0LIAM00012',
  mia: 'U0MIA000013',
  noor: 'U0NOOR00014',
  omar: 'U0OMAR00015',
  petra: 'U0PETRA0016',
} as const;
export type Name = keyof typeof people;

export const general = 'C0GENERAL01';
export const broadcast = 'C0INCIDENTS';

const dayMillis = 24 * 3_600_000;
/** Every story begins at one in the afternoon, UTC: whom it is night for does not depend on when the tests run. */
const beginsAtMillis = 13 * 3_600_000;

const signalsToken = 'a-token-for-signals';

/** Tells a story and ends it, however it goes. */
export async function inStory(tell: (story: Story) => Promise<void>, options: StoryOptions = {}): Promise<void> {
  const story = await tellStory(options);
  try {
    await tell(story);
  } finally {
    await story.end();
  }
}

/** Starts a sandbox with a bot in it. End it with `end()`. */
export async function tellStory(options: StoryOptions = {}) {
  const database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  // The database is dropped under it at the end.
  client.on('error', () => undefined);
  await client.connect();
  const postgres = openPostgres(database.url, () => undefined);
  const beginning = Date.now() + ((beginsAtMillis - (Date.now() % dayMillis) + dayMillis) % dayMillis);
  let ahead = (await moveClock(client, { to: beginning })).offsetMillis;
  const now = (): number => Date.now() + ahead;
  const slack = await startSlack({ now, ...(options.rules === undefined ? {} : { rules: options.rules }) });
  const catalog = await storyCatalog(options.catalog);
  const roads = options.roads ?? roadsFor(catalog);
  const aws = await startAws({ now, roads });
  for (const name of options.alarms ?? ['checkout-5xx', 'checkout-latency', 'search-errors']) aws.alarms.put({ name });
  const { pagers } = catalog.catalog.policy;
  const pager = await startPager({ now, pagers, retryMillis: 200 });
  // Only Slack's requests have to know it beforehand.
  let port = options.mode === 'http' ? await freePort() : 0;
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    ...(options.mode === 'http' ? { SLACK_SIGNING_SECRET: slack.signingSecret } : { SLACK_APP_TOKEN: slack.appToken }),
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: database.url,
    SIGNALS_TOKEN: signalsToken,
    LOG_LEVEL: process.env['STORY_LOG'] ?? 'silent',
    AWS_ENDPOINT_URL_CLOUDWATCH: aws.url,
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_SNS: aws.url,
    AWS_ENDPOINT_URL_STS: aws.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    ...pagerEnvironment(pager),
  };
  if (options.mode === 'http') slack.setDelivery({ type: 'http', url: `http://127.0.0.1:${port}/slack/events` });

  const bots: Bot[] = [];
  const startBot = async (): Promise<void> => {
    const before = { sockets: slack.socketCount(), calls: aws.calls.length };
    // Inside this process it would take the settings of whichever story started last when it first asks.
    const start = (options.process ?? asksLater(catalog)) ? startProcess : startInside;
    const bot = await start({
      env: { ...env, PORT: String(port) },
      catalog,
      hasAsked: () =>
        eventually(() => {
          const asked = new Set(aws.calls.slice(before.calls).map(({ service }) => service));
          return askedAtStart(catalog).every((service) => asked.has(service));
        }, 'the bot asks AWS'),
    });
    bots.push(bot);
    if (bot.port !== null) ({ port } = bot);
    if (port !== 0) pager.answerTo(`http://127.0.0.1:${port}`);
    await eventually(() => {
      if (bot.hasEnded()) throw new Error('the bot ended by itself');
      return options.mode === 'http' || slack.socketCount() > before.sockets;
    }, 'the bot connects to Slack');
  };
  const end = async (): Promise<void> => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await slack.close();
    await aws.close();
    await pager.close();
    await postgres.close();
    await client.end();
    await database.drop();
    // Slack would pass over them without a word.
    const unknown = slack.calls.filter((call) => call.unknownArguments.length > 0);
    if (unknown.length > 0) throw new Error(`Slack knows no such arguments: ${JSON.stringify(unknown)}`);
  };
  try {
    await startBot();
  } catch (error) {
    await end();
    throw error;
  }

  const { queues = [] } = roads;
  const rest = async (): Promise<void> => {
    // What was said of alarms arrives in real time, which is no time at all by the clock of the story; first it is signed.
    if (queues.length > 0) await wait(20);
    const heard = queues.map(({ account, name }) =>
      aws.queues.emptied(account === undefined ? name : `${account}/${name}`, 3_000),
    );
    await Promise.all(heard);
    await queueAtRest(client);
  };
  const incident = async (id = 1): Promise<Incident> => {
    const found = await readIncident(postgres, id as IncidentId);
    if (found === null) throw new Error(`there is no INC-${id}`);
    return found;
  };
  const roomOf = async (id = 1): Promise<string> => {
    let channel: string | undefined;
    await eventually(
      async () => (channel = (await readIncident(postgres, id as IncidentId))?.room?.channel) !== undefined,
      `INC-${id} has a room`,
    );
    return channel ?? '';
  };
  const textsIn = (channel: string): readonly string[] => slack.messages(channel).map(textOf);
  const toldTo = (name: Name): readonly string[] => slack.ephemerals(people[name]).map(textOf);

  return {
    slack,
    aws,
    /** Tells a bot of answers unless it is a process of its own over Socket Mode: nobody knows the port of that. */
    pager,
    postgres,
    database,
    /** Where a bot that is no process of its own can be reached. */
    url: () => `http://127.0.0.1:${port}`,
    signalsToken,
    incident,
    roomOf,
    textsIn,
    toldTo,
    /** Waits until no job runs and none is due. */
    rest,
    /** Types a slash command as somebody; gives how it was acknowledged. */
    type: (name: Name, text: string, channel: string = general) =>
      slack.command({ user: people[name], channel, command: '/incident', text }),
    /** Types a slash command in the room of an incident, and waits until all of it is done. */
    inRoom: async (name: Name, text: string, id = 1) => {
      const ack = await slack.command({ user: people[name], channel: await roomOf(id), command: '/incident', text });
      await rest();
      return ack;
    },
    /**
     * Presses the button of the latest message that has it, and waits until all of it is done. Whoever is called presses it
     * under the call to them, not under a later one to others.
     */
    press: async (name: Name, label: string, channel?: string) => {
      const where = channel ?? (await roomOf());
      const find = (): string | undefined => {
        const having = slack.messages(where).filter((message) => buttonsOf(message).includes(label));
        const call = having.findLast(
          (message) => buttonsOf(message).includes('Pass It On') && textOf(message).includes(`<@${people[name]}>`),
        );
        return (call ?? having.at(-1))?.ts;
      };
      let ts: string | undefined;
      await eventually(
        () => (ts = find()) !== undefined,
        () => `there is "${label}" to press; there was:\n${textsIn(where).join('\n')}`,
      );
      const ack = await slack.click({ user: people[name], action: label, channel: where, messageTs: ts ?? '' });
      await rest();
      return ack;
    },
    /** Presses a button of the latest message that only this person sees and that has it. */
    pressOwn: async (name: Name, label: string) => {
      const find = (): string | undefined =>
        slack.ephemerals(people[name]).findLast((message) => buttonsOf(message).includes(label))?.id;
      await eventually(
        () => find() !== undefined,
        () => `${name} sees "${label}"; they saw:\n${toldTo(name).join('\n')}`,
      );
      const ack = await slack.click({ user: people[name], action: label, ephemeralId: find() ?? '' });
      await rest();
      return ack;
    },
    timeline: (id = 1): Promise<readonly TimelineRow[]> => readTimeline(postgres, id as IncidentId),
    texts: async (id = 1): Promise<readonly string[]> => textsIn(await roomOf(id)),
    /** Waits until the room shows it. */
    sees: async (words: RegExp, id = 1): Promise<string> => {
      const channel = await roomOf(id);
      let found: string | undefined;
      await eventually(
        () => (found = textsIn(channel).find((text) => words.test(text))) !== undefined,
        () => `the room sees ${words}; it saw:\n${textsIn(channel).join('\n')}`,
      );
      return found ?? '';
    },
    /** Waits until this person, and nobody else, is shown it. */
    told: async (name: Name, words: RegExp): Promise<string> => {
      let found: string | undefined;
      await eventually(
        () => (found = toldTo(name).find((text) => words.test(text))) !== undefined,
        () => `${name} is told ${words}; they were told:\n${toldTo(name).join('\n')}`,
      );
      return found ?? '';
    },
    /** Lets time pass, `'90s'`, `'30m'` or `'2h'`: each timer comes due in its turn. */
    after: async (duration: string): Promise<void> => {
      await rest();
      const { now: from } = await readClock(client);
      await passTime(client, from + millisOf(duration), {
        leastStepMillis: 1_000,
        onStep: ({ offsetMillis }) => (ahead = offsetMillis),
      });
      await rest();
    },
    /** Moves the clock at once: what came due meanwhile comes late. */
    jump: async (duration: string): Promise<void> => {
      ahead = (await moveClock(client, { byMillis: millisOf(duration) })).offsetMillis;
    },
    now,
    /** Kills every bot of the story, as a power cut does. */
    kill: async (): Promise<void> => {
      await Promise.all(bots.splice(0).map((bot) => bot.kill()));
      await eventually(() => slack.socketCount() === 0, 'Slack sees that they are gone');
    },
    /** Starts the bot again, or one more beside it. */
    startBot,
    end,
  };
}

function pagerEnvironment(pager: SandboxPager): Readonly<Record<string, string>> {
  const own = pager
    .pagers()
    .flatMap(({ name, type }) => [
      [pagerVariable(name, 'KEY'), pager.keyOf(name)],
      ...(type === 'webhook' ? [[pagerVariable(name, 'URL'), pager.webhookUrl(name)] as const] : []),
    ]);
  return {
    PAGERDUTY_URL: pager.url,
    PAGERDUTY_WEBHOOK_SECRET: pager.pagerDutySecret,
    PAGES_TOKEN: pager.pagesToken,
    ...Object.fromEntries(own),
  };
}
