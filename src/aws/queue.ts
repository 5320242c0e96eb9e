/** The door to one SQS queue. Whatever is not removed comes again: SQS delivers at least once. */
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import type { Account } from '../catalog.ts';
import { describeFailure } from './failure-words.ts';
import { assume, Unreadable } from './place.ts';

export type QueuedMessage = {
  readonly id: string;
  readonly body: string;
  /** What SQS wants to hear when the message is removed or hidden; another one each time that it is delivered. */
  readonly receipt: string;
};

export type AlarmQueue = {
  /** The last part of its address. */
  readonly name: string;
  /**
   * Waits for messages, up to 20 seconds; ten at most. Ends early, with an error, when `stop` says so.
   * @throws Unreadable
   */
  receive(stop: AbortSignal): Promise<readonly QueuedMessage[]>;
  /** Gives how many could not be removed, or be hidden: they come again sooner. @throws Unreadable */
  remove(messages: readonly QueuedMessage[]): Promise<number>;
  hide(messages: readonly QueuedMessage[], seconds: number): Promise<number>;
  /** Whether messages that are delivered again and again are moved to a dead-letter queue. @throws Unreadable */
  hasDeadLetters(): Promise<boolean>;
};

/** SQS's limit for one call. */
export const mostMessages = 10;

const pollSeconds = 20;

const requestHandler = {
  connectionTimeout: 2_000,
  // Longer than a poll that brings nothing.
  requestTimeout: (pollSeconds + 5) * 1_000,
  // Without it a timeout is only logged, and the call goes on waiting.
  throwOnRequestTimeout: true,
};

/** All attempts of one call together, in milliseconds. */
const receiveMillis = (pollSeconds + 8) * 1_000;
const callMillis = 10_000;

/** Opens the queue with this address, with the role of its account if the catalog has one. */
export function openAlarmQueue(address: string, accounts: readonly Account[]): AlarmQueue {
  const { region, account: id, name, isRegional } = readAddress(address);
  const account = accounts.find((known) => known.id === id);
  const credentials =
    account === undefined || account.roleArn === null || region === null
      ? {}
      : { credentials: assume(account, account.roleArn, region) };
  const client = new SQSClient({
    ...(region === null ? {} : { region }),
    // Otherwise the client follows the address without asking where its settings lead, and warns of it at every call.
    useQueueUrlAsEndpoint: false,
    ...(isRegional ? {} : { endpoint: new URL(address).origin }),
    maxAttempts: 3,
    requestHandler,
    ...credentials,
  });
  const breaker = circuitBreaker(
    handleWhen((error) => !isStop(error) && describeFailure(error).passing),
    { halfOpenAfter: 3_000, breaker: new ConsecutiveBreaker(5) },
  );
  const run = async <Answer>(limit: AbortSignal, call: (abortSignal: AbortSignal) => Promise<Answer>) => {
    try {
      return await breaker.execute(() => call(limit));
    } catch (error) {
      throw new Unreadable(describeFailure(error).because, { cause: error });
    }
  };
  return {
    name,
    async receive(stop) {
      const command = new ReceiveMessageCommand({
        QueueUrl: address,
        MaxNumberOfMessages: mostMessages,
        WaitTimeSeconds: pollSeconds,
      });
      const limit = AbortSignal.any([stop, AbortSignal.timeout(receiveMillis)]);
      const { Messages = [] } = await run(limit, (abortSignal) => client.send(command, { abortSignal }));
      return Messages.flatMap(({ MessageId, Body, ReceiptHandle }) => {
        if (MessageId === undefined || ReceiptHandle === undefined) return [];
        return [{ id: MessageId, body: Body ?? '', receipt: ReceiptHandle }];
      });
    },
    async remove(messages) {
      const command = new DeleteMessageBatchCommand({ QueueUrl: address, Entries: entriesOf(messages) });
      const answer = await run(AbortSignal.timeout(callMillis), (abortSignal) => client.send(command, { abortSignal }));
      return answer.Failed?.length ?? 0;
    },
    async hide(messages, seconds) {
      const command = new ChangeMessageVisibilityBatchCommand({
        QueueUrl: address,
        Entries: entriesOf(messages).map((entry) => ({ ...entry, VisibilityTimeout: seconds })),
      });
      const answer = await run(AbortSignal.timeout(callMillis), (abortSignal) => client.send(command, { abortSignal }));
      return answer.Failed?.length ?? 0;
    },
    async hasDeadLetters() {
      const command = new GetQueueAttributesCommand({ QueueUrl: address, AttributeNames: ['RedrivePolicy'] });
      const answer = await run(AbortSignal.timeout(callMillis), (abortSignal) => client.send(command, { abortSignal }));
      return answer.Attributes?.RedrivePolicy !== undefined;
    },
  };
}

/** The ids need only be different within one call. */
function entriesOf(messages: readonly QueuedMessage[]): { Id: string; ReceiptHandle: string }[] {
  return messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
}

/** We were told to stop: that says nothing about SQS. A time limit has another name. */
function isStop(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

type Address = {
  /** `null`: the address does not say, as that of a stand-in on this machine. */
  readonly region: string | null;
  readonly account: string;
  readonly name: string;
  /** It leads where the client goes by itself, and not to an endpoint in a private network or on this machine. */
  readonly isRegional: boolean;
};

function readAddress(address: string): Address {
  const { hostname, pathname } = new URL(address);
  const [, account = '', name = ''] = pathname.split('/');
  const region = /(?:^|\.)sqs(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1] ?? null;
  return { region, account, name, isRegional: hostname.startsWith('sqs.') };
}
