/** The topics of the stand-in's SNS: what is published goes to their subscribers, queues and addresses. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Queue } from './queues.ts';
import { snsOrigin, type SignatureVersion, type Signer, type SnsFields } from './sns-signature.ts';
import { createPoster, type Delivered, type DeliveryAttempt } from './topic-delivery.ts';

/** Raw: a queue gets the message alone, without the envelope of SNS. */
export type Subscriber = { readonly queue: string; readonly raw?: boolean } | { readonly http: string };

/** A subscription of an address is `pending` until its receiver confirms it, and gets nothing before. */
export type Subscription = {
  readonly arn: string;
  readonly topicArn: string;
  readonly to: Subscriber;
  readonly state: 'pending' | 'confirmed' | 'ended';
};

export type Published = {
  readonly messageId: string;
  /** Resolves when every subscriber took it, refused it or was given up. */
  readonly done: Promise<readonly Delivered[]>;
};

/** `times`: how often the same message is delivered; once when left out. */
export type Publishing = { readonly subject?: string; readonly times?: number; readonly at?: number };

export type Topics = {
  create(topic: { readonly arn: string; readonly signatureVersion?: SignatureVersion }): void;
  has(arn: string): boolean;
  /** The answer is the subscription's ARN. @throws Error for a topic or a queue that does not exist. */
  subscribe(topicArn: string, to: Subscriber): string;
  subscriptions(topicArn: string): readonly Subscription[];
  /** `null`: there is no such subscription or token. */
  confirm(topicArn: string, token: string): string | null;
  /** An address is told so, and how to come back. */
  unsubscribe(subscriptionArn: string): void;
  /** In order, for each topic. */
  publish(topicArn: string, message: string, said?: Publishing): Published;
  /** Signs now; what is handed back sends. */
  prepare(topicArn: string, message: string, said?: Publishing): Promise<() => Promise<readonly Delivered[]>>;
  /** All posts to addresses, oldest first. */
  readonly attempts: readonly DeliveryAttempt[];
  close(): void;
};

type Topic = {
  readonly arn: string;
  readonly region: string;
  readonly signatureVersion: SignatureVersion;
  readonly subscriptions: Map<string, Subscription & { readonly token: string }>;
  /** What was published last, so that the next comes after it. */
  last: Promise<unknown>;
};

/** Holds the topics; `queueOf` finds a queue by its name. */
export function createTopics(setup: {
  readonly now: () => number;
  readonly signer: () => Promise<Signer>;
  readonly queueOf: (name: string) => Queue;
  readonly retryMillis: number;
}): Topics {
  const topics = new Map<string, Topic>();
  const poster = createPoster({ now: setup.now, retryMillis: setup.retryMillis, atOnce: 256 });

  function find(arn: string): Topic {
    const topic = topics.get(arn);
    if (topic === undefined) throw new Error(`There is no topic ${arn}.`);
    return topic;
  }

  async function seal(topic: Topic, fields: SnsFields): Promise<SnsFields> {
    return (await setup.signer()).sign(fields, topic.signatureVersion);
  }

  async function announce(topic: Topic, subscription: Subscription & { readonly token: string }): Promise<void> {
    if (!('http' in subscription.to)) return;
    const { token } = subscription;
    const ended = subscription.state === 'ended';
    const type = ended ? 'UnsubscribeConfirmation' : 'SubscriptionConfirmation';
    const asked = `Action=ConfirmSubscription&TopicArn=${topic.arn}&Token=${token}`;
    const message = ended
      ? `You have chosen to deactivate subscription ${subscription.arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`
      : `You have chosen to subscribe to the topic ${topic.arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
    const fields = await seal(topic, {
      Type: type,
      MessageId: randomUUID(),
      Token: token,
      TopicArn: topic.arn,
      Message: message,
      SubscribeURL: `${snsOrigin(topic.region)}/?${asked}`,
      Timestamp: new Date(setup.now()).toISOString(),
    });
    await poster.post(subscription.to.http, fields, ended ? subscription.arn : null);
  }

  async function hand(topic: Topic, subscription: Subscription, fields: SnsFields): Promise<Delivered> {
    const { arn, to } = subscription;
    const away = `${snsOrigin(topic.region)}/?Action=Unsubscribe&SubscriptionArn=${arn}`;
    if ('http' in to) return poster.post(to.http, { ...fields, UnsubscribeURL: away }, arn);
    const body = isRaw(to) ? (fields['Message'] ?? '') : JSON.stringify({ ...fields, UnsubscribeURL: away }, null, 2);
    setup.queueOf(to.queue).send(body);
    return { to: to.queue, outcome: 'taken', status: null, ackMillis: 0 };
  }

  async function prepare(
    topic: Topic,
    messageId: string,
    message: string,
    said: Publishing,
  ): Promise<() => Promise<readonly Delivered[]>> {
    const plain = {
      Type: 'Notification',
      MessageId: messageId,
      TopicArn: topic.arn,
      ...(said.subject === undefined ? {} : { Subject: said.subject.slice(0, 100) }),
      Message: message,
      Timestamp: new Date(said.at ?? setup.now()).toISOString(),
    };
    // Signing takes long, and who gets the message alone never sees the signature.
    const signed = [...topic.subscriptions.values()].some(({ to }) => !isRaw(to)) ? await seal(topic, plain) : null;
    return async () => {
      const takers = [...topic.subscriptions.values()].filter(({ state }) => state === 'confirmed');
      const all = Array.from({ length: said.times ?? 1 }, () => takers).flat();
      const fields = signed ?? (takers.every(({ to }) => isRaw(to)) ? plain : await seal(topic, plain));
      return Promise.all(all.map(async (taker) => hand(topic, taker, fields)));
    };
  }

  return {
    create({ arn, signatureVersion = '1' }) {
      const region = arn.split(':')[3] ?? '';
      topics.set(arn, { arn, region, signatureVersion, subscriptions: new Map(), last: Promise.resolve() });
    },
    has: (arn) => topics.has(arn),
    subscribe(topicArn, to) {
      const topic = find(topicArn);
      if ('queue' in to) setup.queueOf(to.queue);
      const arn = `${topicArn}:${randomUUID()}`;
      const state = 'http' in to ? 'pending' : 'confirmed';
      const subscription = { arn, topicArn, to, state, token: randomBytes(32).toString('hex') } as const;
      topic.subscriptions.set(arn, subscription);
      void announce(topic, subscription);
      return arn;
    },
    subscriptions: (topicArn) =>
      [...find(topicArn).subscriptions.values()].map(({ arn, to, state }) => ({ arn, topicArn, to, state })),
    confirm(topicArn, token) {
      const topic = topics.get(topicArn);
      const found = [...(topic?.subscriptions.values() ?? [])].find((one) => one.token === token);
      if (topic === undefined || found === undefined) return null;
      topic.subscriptions.set(found.arn, { ...found, state: 'confirmed' });
      return found.arn;
    },
    unsubscribe(subscriptionArn) {
      for (const topic of topics.values()) {
        const found = topic.subscriptions.get(subscriptionArn);
        if (found === undefined || found.state === 'ended') continue;
        const ended = { ...found, state: 'ended', token: randomBytes(32).toString('hex') } as const;
        topic.subscriptions.set(subscriptionArn, ended);
        void announce(topic, ended);
      }
    },
    publish(topicArn, message, said = {}) {
      const topic = find(topicArn);
      const messageId = randomUUID();
      const sealed = prepare(topic, messageId, message, said);
      const { last } = topic;
      // The next one waits until this one is on its way, not until it has arrived.
      const sent = last.then(async () => ({ arriving: (await sealed)() }));
      topic.last = sent;
      return { messageId, done: sent.then(({ arriving }) => arriving) };
    },
    prepare: async (topicArn, message, said = {}) => prepare(find(topicArn), randomUUID(), message, said),
    attempts: poster.attempts,
    close: () => poster.close(),
  };
}

function isRaw(to: Subscriber): boolean {
  return 'queue' in to && to.raw === true;
}
