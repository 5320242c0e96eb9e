/** SQS's answers, from the queues of all accounts. Which queue is meant stands in the path of its address. */
import { z } from 'zod';
import { md5Of, type Queue, type ReceivedMessage } from './queues.ts';
import { AwsError, readInput, type Caller } from './wire.ts';

/** The queues by `<account>/<name>`, and the address that this stand-in gives them. */
export type QueueWorld = {
  readonly queues: ReadonlyMap<string, Queue>;
  urlOf(queue: Queue): string;
};

const queueUrl = z.string().min(1).max(2000);
const handle = z.string().min(1).max(2000);
const entryId = z.string().regex(/^[\w-]{1,80}$/);
const names = z.array(z.string()).optional();
const sent = { MessageBody: z.string(), DelaySeconds: z.int().min(0).max(900).optional() };
const withAttributes = { MessageAttributes: z.record(z.string(), z.unknown()).optional() };

function batchOf<S extends z.ZodType>(entry: S): z.ZodObject<{ QueueUrl: z.ZodString; Entries: z.ZodArray<S> }> {
  return z.object({ QueueUrl: queueUrl, Entries: z.array(entry) });
}

const inputs = {
  receive: z.object({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: z.int().optional(),
    WaitTimeSeconds: z.int().optional(),
    VisibilityTimeout: z.int().min(0).max(43_200).optional(),
    AttributeNames: names,
    MessageSystemAttributeNames: names,
    MessageAttributeNames: names,
  }),
  send: z.object({ QueueUrl: queueUrl, ...sent, ...withAttributes }),
  sendBatch: batchOf(z.object({ Id: entryId, ...sent, ...withAttributes })),
  remove: z.object({ QueueUrl: queueUrl, ReceiptHandle: handle }),
  removeBatch: batchOf(z.object({ Id: entryId, ReceiptHandle: handle })),
  change: z.object({ QueueUrl: queueUrl, ReceiptHandle: handle, VisibilityTimeout: z.int().min(0).max(43_200) }),
  changeBatch: batchOf(
    z.object({ Id: entryId, ReceiptHandle: handle, VisibilityTimeout: z.int().min(0).max(43_200).optional() }),
  ),
  attributes: z.object({ QueueUrl: queueUrl, AttributeNames: names }),
  url: z.object({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
  purge: z.object({ QueueUrl: queueUrl }),
};

const maxBytes = 1_048_576;

/**
 * Answers one operation; `wanted` says whether the one who asks is still there.
 * @throws AwsError as SQS would answer.
 */
export async function answerSqs(
  operation: string,
  input: unknown,
  caller: Caller & { readonly wanted: () => boolean },
  world: QueueWorld,
): Promise<unknown> {
  switch (operation) {
    case 'ReceiveMessage': {
      const asked = readInput(inputs.receive, input);
      return receive(queueAt(asked.QueueUrl, world), asked, caller.wanted);
    }
    case 'SendMessage': {
      const asked = readInput(inputs.send, input);
      return send(queueAt(asked.QueueUrl, world), asked);
    }
    case 'SendMessageBatch': {
      const asked = readInput(inputs.sendBatch, input);
      const queue = queueAt(asked.QueueUrl, world);
      return doEach(asked.Entries, (entry) => send(queue, entry));
    }
    case 'DeleteMessage': {
      const asked = readInput(inputs.remove, input);
      remove(queueAt(asked.QueueUrl, world), asked.ReceiptHandle);
      return {};
    }
    case 'DeleteMessageBatch': {
      const asked = readInput(inputs.removeBatch, input);
      const queue = queueAt(asked.QueueUrl, world);
      return doEach(asked.Entries, (entry) => remove(queue, entry.ReceiptHandle));
    }
    case 'ChangeMessageVisibility': {
      const asked = readInput(inputs.change, input);
      change(queueAt(asked.QueueUrl, world), asked);
      return {};
    }
    case 'ChangeMessageVisibilityBatch': {
      const asked = readInput(inputs.changeBatch, input);
      const queue = queueAt(asked.QueueUrl, world);
      return doEach(asked.Entries, (entry) => change(queue, entry));
    }
    case 'GetQueueAttributes': {
      const asked = readInput(inputs.attributes, input);
      return describe(queueAt(asked.QueueUrl, world), asked.AttributeNames ?? []);
    }
    case 'GetQueueUrl': {
      const asked = readInput(inputs.url, input);
      const queue = world.queues.get(`${asked.QueueOwnerAWSAccountId ?? caller.account}/${asked.QueueName}`);
      if (queue === undefined) throw noQueue();
      return { QueueUrl: world.urlOf(queue) };
    }
    case 'PurgeQueue':
      queueAt(readInput(inputs.purge, input).QueueUrl, world).purge();
      return {};
    default:
      throw new AwsError('com.amazon.coral.service#UnknownOperationException', '', { status: 404, silent: true });
  }
}

function queueAt(url: string, world: QueueWorld): Queue {
  const path = /^https?:\/\/[^/]+\/(\d{12}\/[\w-]+)$/.exec(url)?.[1];
  const queue = world.queues.get(path ?? '');
  if (queue === undefined) throw noQueue();
  return queue;
}

async function receive(queue: Queue, asked: z.infer<typeof inputs.receive>, wanted: () => boolean): Promise<unknown> {
  const { MaxNumberOfMessages: most = 1, WaitTimeSeconds: waitSeconds = 0, VisibilityTimeout: seconds } = asked;
  if (most < 1 || most > 10) throw badValue(most, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
  if (waitSeconds < 0 || waitSeconds > 20)
    throw badValue(waitSeconds, 'WaitTimeSeconds', 'Must be >= 0 and <= 20, if provided.');
  const messages = await queue.receive({
    most,
    waitMillis: waitSeconds * 1000,
    visibilityMillis: seconds === undefined ? queue.visibilityMillis : seconds * 1000,
    wanted,
  });
  if (messages.length === 0) return {};
  const system = [...(asked.AttributeNames ?? []), ...(asked.MessageSystemAttributeNames ?? [])];
  return { Messages: messages.map((message) => show(message, system, asked.MessageAttributeNames ?? [])) };
}

function show(message: ReceivedMessage, system: readonly string[], named: readonly string[]): unknown {
  const all: Readonly<Record<string, string>> = {
    SenderId: 'AIDAISANDBOX',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.deadLetterSource === null ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
  };
  const shown = Object.fromEntries(
    Object.entries(all).filter(([name]) => system.includes('All') || system.includes(name)),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5,
    ...(Object.keys(shown).length > 0 && { Attributes: shown }),
    ...(message.attributes !== null && named.length > 0 && { MessageAttributes: message.attributes }),
  };
}

function send(
  queue: Queue,
  asked: Pick<z.infer<typeof inputs.send>, 'MessageBody' | 'DelaySeconds' | 'MessageAttributes'>,
): object {
  const { MessageBody: body, DelaySeconds: delay = 0, MessageAttributes: attributes = null } = asked;
  if (body === '') throw invalid('The request must contain the parameter MessageBody.', 'MissingParameter');
  if (Buffer.byteLength(body) > maxBytes)
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`);
  return { MessageId: queue.send(body, { attributes, delayMillis: delay * 1000 }), MD5OfMessageBody: md5Of(body) };
}

function remove(queue: Queue, receiptHandle: string): object {
  if (!queue.remove(receiptHandle)) throw badHandle();
  return {};
}

function change(
  queue: Queue,
  asked: { readonly ReceiptHandle: string; readonly VisibilityTimeout?: number | undefined },
): object {
  switch (queue.changeVisibility(asked.ReceiptHandle, (asked.VisibilityTimeout ?? 0) * 1000)) {
    case 'changed':
      return {};
    case 'no handle':
      throw badHandle();
    case 'not in flight':
      throw new AwsError('com.amazonaws.sqs#MessageNotInflight', 'The message is not in flight.', {
        queryCode: 'AWS.SimpleQueueService.MessageNotInflight',
      });
  }
}

/** Does a batch; what fails is told for each entry, as SQS does. */
function doEach<E extends { readonly Id: string }>(entries: readonly E[], work: (entry: E) => object): unknown {
  if (entries.length === 0) throw batchError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10)
    throw batchError('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw batchError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  const done: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    try {
      done.push({ Id: entry.Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.queryCode ?? error.type, Message: error.message });
    }
  }
  return { Successful: done, Failed: failed };
}

function describe(queue: Queue, asked: readonly string[]): unknown {
  const counts = queue.counts();
  const all: Readonly<Record<string, string>> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.ready),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    VisibilityTimeout: String(queue.visibilityMillis / 1000),
    MaximumMessageSize: String(maxBytes),
    MessageRetentionPeriod: '345600',
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    ...(queue.deadLetter === null
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: queue.deadLetter.queue.arn,
            maxReceiveCount: queue.deadLetter.after,
          }),
        }),
  };
  const shown = Object.entries(all).filter(([name]) => asked.includes('All') || asked.includes(name));
  return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) };
}

function noQueue(): AwsError {
  return new AwsError('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.', {
    queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
  });
}

function badHandle(): AwsError {
  return new AwsError('com.amazonaws.sqs#ReceiptHandleIsInvalid', 'The input receipt handle is invalid.', {
    queryCode: 'ReceiptHandleIsInvalid',
  });
}

function badValue(value: number, name: string, reason: string): AwsError {
  return invalid(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

function invalid(message: string, queryCode = 'InvalidParameterValue'): AwsError {
  return new AwsError(`com.amazonaws.sqs#${queryCode}Exception`, message, { queryCode });
}

function batchError(name: string, message: string): AwsError {
  return new AwsError(`com.amazonaws.sqs#${name}`, message, { queryCode: `AWS.SimpleQueueService.${name}` });
}
