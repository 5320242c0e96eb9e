/**
 * Saves what arrives before Bolt sees it, because Slack does not send a command twice. What could not be saved is said so
 * at once; a form with something missing is sent back with words and saved only when it is whole.
 */
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import { saveArrived } from '../postgres/inbox.ts';
import type { Postgres } from '../postgres/postgres.ts';
import type { Queue } from '../postgres/queue.ts';
import { arrivalId, readArrival } from './arrival.ts';
import { isLookOnly, readSubmission } from './form-submission.ts';
import { notSaved } from './messages/answers.ts';
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
  const id = arrivalId(body);
  if (arrival?.type === 'submission') {
    const submitted = readSubmission(arrival.view);
    if (submitted.type === 'errors') {
      await event.ack({ response_action: 'errors', errors: submitted.errors });
      return;
    }
  }
  if (arrival === null || id === null || isLookOnly(arrival)) {
    await app.processEvent(event);
    return;
  }
  let news: boolean;
  try {
    news = await within(saveWithinMillis, (deadline) => saveArrived(postgres, queue, { id, body, deadline }));
  } catch (error) {
    log.error({ err: error, arrived: arrival.type }, 'what arrived could not be saved');
    await sayNotSaved(event, arrival.type);
    return;
  }
  // The same once more: it was saved, so it only has to be acknowledged.
  await (news ? app.processEvent(event) : event.ack());
}

async function within<Result>(millis: number, work: (deadline: number) => Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('Postgres did not answer in time')), millis);
  try {
    return await Promise.race([work(Date.now() + millis), promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function sayNotSaved(
  event: ReceiverEvent,
  type: 'command' | 'action' | 'submission' | 'shortcut',
): Promise<void> {
  const message = notSaved();
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
