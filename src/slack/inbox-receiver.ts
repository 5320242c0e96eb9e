/**
 * Saves what arrives before Bolt sees it, because Slack does not send a command twice. What could not be saved is said so
 * at once; a form with something missing is sent back with words and saved only when it is whole.
 */
import { randomUUID } from 'node:crypto';
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import { saveArrived } from '../postgres/inbox.ts';
import type { Postgres } from '../postgres/postgres.ts';
import type { Queue } from '../postgres/queue.ts';
import { type Arrival, arrivalId, readArrival } from './arrival.ts';
import type { Message } from './blocks.ts';
import { isLookOnly, readSubmission } from './form-submission.ts';
import { notSaved, perhapsSaved } from './messages/answers.ts';
import { keepNews, readNews } from './news.ts';
import { respond, responseUrlOf } from './respond.ts';

export type InboxOptions = {
  readonly postgres: Postgres;
  readonly queue: Queue;
  readonly log: Logger;
};

/** How long Postgres may take, in milliseconds: Slack waits three seconds in all. */
const saveWithinMillis = 2_000;

/** Wraps a receiver so that its events pass through the inbox on their way to Bolt. */
export function withInbox(receiver: Receiver, options: InboxOptions): Receiver {
  return {
    init: (app) => receiver.init(throughInbox(app, options)),
    start: (...settings: unknown[]) => receiver.start(...settings),
    stop: (...settings: unknown[]) => receiver.stop(...settings),
  };
}

function throughInbox(app: App, options: InboxOptions): App {
  const processEvent = (event: ReceiverEvent): Promise<void> => receive(app, event, options);
  return new Proxy(app, {
    get: (target, name, proxy) =>
      name === 'processEvent' ? processEvent : (Reflect.get(target, name, proxy) as unknown),
  });
}

async function receive(app: App, event: ReceiverEvent, { postgres, queue, log }: InboxOptions): Promise<void> {
  const body: unknown = event.body;
  const arrival = readArrival(body);
  if (arrival?.type === 'submission') {
    const submitted = readSubmission(arrival.view);
    if (submitted.type === 'errors') {
      await event.ack({ response_action: 'errors', errors: submitted.errors });
      return;
    }
  }
  if (arrival === null && isEvent(body)) {
    await receiveNews(event, { postgres, queue, log });
    return;
  }
  if (arrival === null || isLookOnly(arrival)) {
    await app.processEvent(event);
    return;
  }
  const id = arrivalId(body, arrival.by) ?? randomUUID();
  let news: boolean;
  try {
    news = await within(saveWithinMillis, (deadline) => saveArrived(postgres, queue, { id, body, deadline }));
  } catch (error) {
    log.error({ err: error, arrived: arrival.type }, 'what arrived could not be saved');
    // While Postgres is still at it, nobody can say how that ends.
    await say(event, arrival.type, error instanceof OutOfTime ? perhapsSaved() : notSaved());
    return;
  }
  // The same once more: it was saved, so it only has to be acknowledged.
  await (news ? app.processEvent(event) : event.ack());
}

/** There are many of them: only what matters is kept, and never a word of what was said. Unsaved it comes again. */
async function receiveNews(event: ReceiverEvent, { postgres, queue, log }: InboxOptions): Promise<void> {
  const read = readNews(event.body);
  if (read !== null) {
    const { id } = read;
    const body = keepNews(read.news);
    try {
      await within(saveWithinMillis, (deadline) => saveArrived(postgres, queue, { id, body, deadline }));
    } catch (error) {
      log.error({ err: error, arrived: read.news.type }, 'what arrived could not be saved');
      return;
    }
  }
  await event.ack();
}

/** Something that happened in the workspace, rather than something that a person asks. */
function isEvent(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'type' in body && body.type === 'event_callback';
}

class OutOfTime extends Error {}

async function within<Result>(millis: number, work: (deadline: number) => Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  // What the work itself gives up on by its deadline is known to be undone, so that gets the first word.
  const timer = setTimeout(() => reject(new OutOfTime('Postgres did not answer in time')), millis + 100);
  try {
    return await Promise.race([work(Date.now() + millis), promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function say(event: ReceiverEvent, type: Arrival['type'], message: Message): Promise<void> {
  switch (type) {
    case 'command':
      await event.ack({ response_type: 'ephemeral', ...message });
      return;
    case 'submission':
      await event.ack({ response_action: 'errors', errors: { [firstField(event)]: message.text } });
      return;
    case 'action':
    case 'shortcut': {
      await event.ack();
      const url = responseUrlOf(event.body);
      if (url !== null) await respond(url, message).catch(() => undefined);
    }
  }
}

/** Slack shows an error under a field, so one must be named. */
function firstField(event: ReceiverEvent): string {
  const arrival = readArrival(event.body);
  const values: unknown = arrival?.type === 'submission' ? arrival.view.values : {};
  return Object.keys(values ?? {})[0] ?? 'title';
}
