/** What tests, stories and the sandbox's page do to the stand-in for AWS, from inside. */
import { setTimeout as wait } from 'node:timers/promises';
import type { AlarmStore } from './alarm-store.ts';
import type { Alarm, Datapoint, Defaults } from './alarms.ts';
import type { AwsFault, createFaults } from './faults.ts';
import type { MuteRule, MuteRules } from './mute-rules.ts';
import type { QueueCounts, QueueSetup } from './queues.ts';
import type { SeriesStore } from './series.ts';
import type { Signer, SignatureVersion, SnsFields } from './sns-signature.ts';
import { sendStorm, type Storm, type StormResult } from './storm.ts';
import type { SupportCase, SupportDesk } from './support.ts';
import type { Topics } from './topics.ts';
import type { TopicSetup, Wiring } from './wiring.ts';
import type { AwsRequest } from './wire.ts';

/** One call that reached the stand-in; `at` is the stand-in's own time in epoch milliseconds. */
export type AwsCall = AwsRequest & { readonly at: number };

export type SandboxAws = {
  /** For AWS_ENDPOINT_URL_CLOUDWATCH, …_SQS, …_SNS, …_SUPPORT and …_STS alike. */
  readonly url: string;
  /** `put`: OK, with data, watching one metric of its own name unless said otherwise. */
  readonly alarms: Pick<AlarmStore, 'put' | 'setState' | 'setContributor' | 'list' | 'remove' | 'history'>;
  /** Of an alarm, by its ARN, or of a metric that no alarm owns, by the id that `put` gave. */
  readonly metrics: {
    readonly put: SeriesStore['put'];
    stopData(id: string): void;
    resumeData(id: string): void;
    setDatapoints(id: string, datapoints: readonly Datapoint[]): void;
  };
  readonly muteRules: {
    /** Mutes alarms from the beginning of this minute on. */
    put(rule: MuteSetup): MuteRule;
    remove(arn: string): void;
    list(): readonly MuteRule[];
  };
  /** By name; in another account than the default one by `<account>/<name>`. */
  readonly queues: {
    /** The answer is the address of the queue. */
    create(setup: QueueSetup): string;
    /** Its address here. The host does not matter: `https://sqs.<region>.amazonaws.com/…` means the same queue. */
    url(name: string): string;
    /** The answer is the id of the message. */
    send(name: string, body: string): string;
    counts(name: string): QueueCounts;
    /** The longest time from the first delivery of a message to its removal so far. */
    slowestRemovalMillis(name: string): number;
    /** All that lies in it, also what is being worked on, in order of sending. */
    bodies(name: string): readonly string[];
    /** The next `count` messages that are received come once more, whether or not they are deleted. */
    duplicateNext(name: string, count: number): void;
    purge(name: string): void;
    /** Waits until nothing lies in it; `false`: something still does. In real time. */
    emptied(name: string, withinMillis: number): Promise<boolean>;
  };
  readonly topics: Pick<Topics, 'subscribe' | 'subscriptions' | 'unsubscribe' | 'publish' | 'attempts'> & {
    /** The answer is its ARN. */
    create(setup: TopicSetup): string;
    /** Signs fields as SNS does, whatever they are. */
    sign(fields: SnsFields, version?: SignatureVersion): Promise<SnsFields>;
  };
  /** To which queue the rule of EventBridge sends; `null`: there is no rule. */
  sendEventsTo(queue: string | null): void;
  /** Sends many messages of alarms as fast as they are taken. */
  deliver(storm: Storm): Promise<StormResult>;
  cases(): readonly SupportCase[];
  readonly support: Pick<SupportDesk, 'reply' | 'setPlan'>;
  /** Makes the next fitting calls go wrong; returns a function that takes the fault back. */
  inject(fault: AwsFault): () => void;
  clearFaults(): void;
  readonly calls: readonly AwsCall[];
  clearCalls(): void;
  /** Calls `listener` after every change of an alarm, a metric, a mute rule or a case; returns a function that ends it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
};

export type MuteSetup = {
  readonly name: string;
  /** Names of alarms of one account and region. */
  readonly alarms: readonly Alarm['name'][];
  readonly forMinutes: number;
  readonly account?: string;
  readonly region?: string;
};

const minuteMillis = 60_000;

/** The controls over the parts of one stand-in. */
export function controlsOf(parts: {
  readonly url: string;
  readonly store: AlarmStore;
  readonly series: SeriesStore;
  readonly muteRules: MuteRules;
  readonly wiring: Wiring;
  readonly signer: () => Promise<Signer>;
  readonly desk: SupportDesk;
  readonly faults: ReturnType<typeof createFaults>;
  readonly defaults: Defaults;
  readonly now: () => number;
}): Omit<SandboxAws, 'calls' | 'clearCalls' | 'onChange' | 'close'> {
  const { url, store, series, muteRules, wiring, desk, faults, defaults, now } = parts;
  const { topics } = wiring;
  const dataOf = (id: string): Pick<SeriesStore, 'stopData' | 'resumeData' | 'setDatapoints'> =>
    series.has(id) ? series : store;
  return {
    url,
    alarms: store,
    metrics: {
      put: series.put,
      stopData: (id) => dataOf(id).stopData(id),
      resumeData: (id) => dataOf(id).resumeData(id),
      setDatapoints: (id, datapoints) => dataOf(id).setDatapoints(id, datapoints),
    },
    muteRules: {
      put({ name, alarms, forMinutes, account = defaults.account, region = defaults.region }) {
        const minute = new Date(now()).toISOString().slice(0, 16);
        return muteRules.put({
          name,
          account,
          region,
          description: '',
          expression: `at(${minute})`,
          durationMillis: forMinutes * minuteMillis,
          timezone: 'UTC',
          alarmNames: alarms,
          startDate: null,
          expireDate: null,
        });
      },
      remove: muteRules.remove,
      list: muteRules.list,
    },
    queues: {
      create: (setup) => wiring.urlOf(wiring.createQueue(setup)),
      url: (name) => wiring.urlOf(wiring.queueOf(name)),
      send: (name, body) => wiring.queueOf(name).send(body),
      counts: (name) => wiring.queueOf(name).counts(),
      slowestRemovalMillis: (name) => wiring.queueOf(name).slowestRemovalMillis(),
      bodies: (name) => wiring.queueOf(name).bodies(),
      duplicateNext: (name, count) => wiring.queueOf(name).duplicateNext(count),
      purge: (name) => wiring.queueOf(name).purge(),
      async emptied(name, withinMillis) {
        const queue = wiring.queueOf(name);
        for (const until = performance.now() + withinMillis; ; await wait(20)) {
          const { ready, inFlight, delayed } = queue.counts();
          if (ready + inFlight + delayed === 0) return true;
          if (performance.now() > until) return false;
        }
      },
    },
    topics: {
      create: wiring.createTopic,
      subscribe: topics.subscribe,
      subscriptions: topics.subscriptions,
      unsubscribe: topics.unsubscribe,
      publish: topics.publish,
      attempts: topics.attempts,
      sign: async (fields, version = '1') => (await parts.signer()).sign(fields, version),
    },
    sendEventsTo: wiring.sendEventsTo,
    deliver: async (storm) => sendStorm(storm, { wiring, defaults, now }),
    cases: desk.list,
    support: desk,
    inject: faults.inject,
    clearFaults: faults.clear,
  };
}
