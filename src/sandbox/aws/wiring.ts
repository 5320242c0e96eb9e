/** Queues, topics and the rule for events of one stand-in, and how they hang together. */
import { openQueue, type DeadLetterQueue, type Queue, type QueueSetup } from './queues.ts';
import type { SignatureVersion, Signer } from './sns-signature.ts';
import { createTopics, type Subscriber, type Topics } from './topics.ts';
import type { QueueWorld } from './sqs.ts';

export type TopicSetup = {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  /** `1` when left out, as in AWS. */
  readonly signatureVersion?: SignatureVersion;
  /** Alarms that name no actions of their own publish to the topic of this name in their region. */
  readonly inEveryAlarm?: boolean;
  readonly to?: readonly Subscriber[];
};

/** How alarms reach those who listen. Queues are named by name, or by `<account>/<name>` in another account. */
export type RoadsSetup = {
  readonly queues?: readonly QueueSetup[];
  readonly topics?: readonly TopicSetup[];
  /** The queue to which a rule of EventBridge sends what happens to alarms. */
  readonly events?: string;
  /** The real time between the tries of SNS to reach an address; 20 seconds when left out. */
  readonly httpRetryMillis?: number;
};

export type Wiring = QueueWorld & {
  readonly topics: Topics;
  createQueue(setup: QueueSetup): Queue;
  /** @throws Error for a queue that does not exist. */
  queueOf(name: string): Queue;
  /** The answer is its ARN. */
  createTopic(setup: TopicSetup): string;
  /** The actions of alarms of this region that name none. */
  actionsIn(region: string): readonly string[];
  /** Where the rule of EventBridge sends to. */
  events(): Queue | null;
  sendEventsTo(queue: string | null): void;
  close(): void;
};

/** Sets up the roads; `url` is the stand-in's own address. */
export function openWiring(setup: {
  readonly now: () => number;
  readonly account: string;
  readonly region: string;
  readonly signer: () => Promise<Signer>;
  readonly url: () => string;
  readonly roads: RoadsSetup;
}): Wiring {
  const queues = new Map<string, Queue>();
  const everywhere: TopicSetup[] = [];
  let eventQueue: string | null = setup.roads.events ?? null;

  function open(
    given: QueueSetup,
    deadLetter: { readonly queue: DeadLetterQueue; readonly after: number } | null,
  ): DeadLetterQueue {
    const { name, account = setup.account, region = setup.region, visibilitySeconds = 30 } = given;
    const queue = openQueue({ name, account, region, visibilitySeconds }, setup.now, deadLetter);
    queues.set(`${account}/${name}`, queue);
    return queue;
  }

  function createQueue(given: QueueSetup): Queue {
    const { deadLetterAfter: after } = given;
    if (after === undefined) return open(given, null);
    return open(given, { queue: open({ ...given, name: `${given.name}-dead-letter` }, null), after });
  }

  function queueOf(name: string): Queue {
    const queue = queues.get(name.includes('/') ? name : `${setup.account}/${name}`);
    if (queue === undefined) throw new Error(`There is no queue ${name}.`);
    return queue;
  }

  const { now, signer } = setup;
  const retryMillis = setup.roads.httpRetryMillis ?? 20_000;
  const topics = createTopics({ now, signer, queueOf, retryMillis });

  function createTopic(given: TopicSetup): string {
    const { account = setup.account, region = setup.region, signatureVersion = '1' } = given;
    const arn = `arn:aws:sns:${region}:${account}:${given.name}`;
    if (topics.has(arn)) return arn;
    topics.create({ arn, signatureVersion });
    for (const subscriber of given.to ?? []) topics.subscribe(arn, subscriber);
    return arn;
  }

  const wiring: Wiring = {
    queues,
    urlOf: ({ account, name }) => `${setup.url()}/${account}/${name}`,
    topics,
    createQueue,
    queueOf,
    createTopic(given) {
      if (given.inEveryAlarm === true) everywhere.push(given);
      return createTopic(given);
    },
    actionsIn: (region) => everywhere.map((topic) => createTopic({ ...topic, region })),
    events: () => (eventQueue === null ? null : queueOf(eventQueue)),
    sendEventsTo(queue) {
      if (queue !== null) queueOf(queue);
      eventQueue = queue;
    },
    close() {
      topics.close();
      for (const queue of queues.values()) queue.close();
    },
  };
  for (const queue of setup.roads.queues ?? []) createQueue(queue);
  for (const topic of setup.roads.topics ?? []) wiring.createTopic(topic);
  wiring.sendEventsTo(eventQueue);
  return wiring;
}
