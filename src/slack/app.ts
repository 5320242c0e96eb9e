/** The Bolt app: Socket Mode and HTTP from the same code. Listeners acknowledge and open forms; the inbox does the work. */
import {
  App,
  type CustomRoute,
  HTTPReceiver,
  type Logger as BoltLogger,
  type LogLevel,
  SocketModeReceiver,
} from '@slack/bolt';

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { Later, Refused, Unclear } from '../failure.ts';
import { readArrival } from './arrival.ts';
import { type InboxOptions, withInbox } from './inbox-receiver.ts';
import { errorInWords } from './messages/failure.ts';
import { done } from './messages/answers.ts';
import { type FormContext, openForm } from './open-forms.ts';
import { respond, responseUrlOf } from './respond.ts';

export type SlackApp = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether Slack can reach us, as far as we know. */
  connected(): boolean;
};

export type SlackAppOptions = FormContext &
  InboxOptions & {
    readonly config: Config;
    /** Served on the same port where Slack's requests come in. */
    readonly routes: readonly CustomRoute[];
  };

/** How long Slack may take to say where the socket is, in milliseconds; one that never answers is asked again. */
const openTimeoutMillis = 10_000;

/** How long a stop waits for a peer that may be dead, in milliseconds. */
const closeMillis = 5_000;

export async function createSlackApp(options: SlackAppOptions): Promise<SlackApp> {
  const { slack } = options.config;
  const connection =
    slack.mode === 'socket' ? overSocket(options, slack.appToken) : overHttp(options, slack.signingSecret);
  const app = new App({
    receiver: withInbox(connection.receiver, options),
    // The token is the workspace's own; asking Slack for it first would keep us from starting while Slack is down.
    authorize: () => Promise.resolve({ botToken: slack.botToken }),
    clientOptions: clientOptions(options.config),
    logger: boltLogger(options.log),
    deferInitialization: true,
  });
  await app.init();
  listen(app, options);
  return connection;
}

function listen(app: App, options: SlackAppOptions): void {
  const acknowledgeAndOpen = async ({ ack, body }: { ack: () => Promise<void>; body: unknown }): Promise<void> => {
    await ack();
    const arrival = readArrival(body);
    if (arrival === null) return;
    try {
      await openForm(options, arrival);
    } catch (error) {
      await sayNotOpened(error, body, options.log);
    }
  };
  app.command(/.*/, (args) => acknowledgeAndOpen({ ack: () => args.ack(), body: args.body }));
  app.action(/.*/, (args) => acknowledgeAndOpen({ ack: () => args.ack(), body: args.body }));
  app.shortcut(/.*/, (args) => acknowledgeAndOpen({ ack: () => args.ack(), body: args.body }));
  app.view(/.*/, (args) => args.ack());
  app.error((error) => {
    options.log.error({ err: error }, 'a Slack listener failed');
    return Promise.resolve();
  });
}

async function sayNotOpened(error: unknown, body: unknown, log: Logger): Promise<void> {
  log.warn({ err: error }, 'a form could not be opened');
  const why =
    error instanceof Refused
      ? errorInWords('views.open', error.code)
      : error instanceof Later || error instanceof Unclear
        ? 'Slack is not answering well right now'
        : 'something went wrong on my side';
  const url = typeof body === 'object' && body !== null ? responseUrlOf({ ...body }) : null;
  if (url === null) return;
  const words = `I could not open the form: ${why}. You can type it instead: \`/incident help\` shows how.`;
  await respond(url, done(words)).catch(() => undefined);
}

type Connection = SlackApp & { readonly receiver: SocketModeReceiver | HTTPReceiver };

function overSocket(options: SlackAppOptions, appToken: string): Connection {
  const receiver = new SocketModeReceiver({
    appToken,
    logger: boltLogger(options.log),
    installerOptions: {
      clientOptions: {
        ...clientOptions(options.config),
        timeout: openTimeoutMillis,
        // Reconnecting must outlast Slack's bad hours: without retries a failed attempt would end the process.
        retryConfig: { retries: 1_000, factor: 1.3, minTimeout: 500, maxTimeout: 15_000 },
      },
    },
  });
  let connected = false;
  receiver.client.on('connected', () => (connected = true));
  for (const event of ['disconnected', 'reconnecting', 'close']) receiver.client.on(event, () => (connected = false));
  return {
    receiver,
    connected: () => connected,
    start: async () => {
      await receiver.start();
    },
    stop: async () => {
      await Promise.race([receiver.client.disconnect(), sleep(closeMillis, undefined, { ref: false })]);
    },
  };
}

function overHttp(options: SlackAppOptions, signingSecret: string): Connection {
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: '/slack/events',
    logger: boltLogger(options.log),
    customRoutes: [...options.routes],
    // A later answer than Slack waits for is of no use to anyone.
    unhandledRequestTimeoutMillis: 3_001,
  });
  return {
    receiver,
    connected: () => true,
    start: async () => {
      await receiver.start(options.config.port);
    },
    stop: async () => {
      await receiver.stop();
    },
  };
}

function clientOptions({ slack }: Config): { slackApiUrl?: string; retryConfig: { retries: number } } {
  return { retryConfig: { retries: 0 }, ...(slack.apiUrl === null ? {} : { slackApiUrl: slack.apiUrl }) };
}

/** Bolt's own lines, as fields of ours. Its debug lines hold whole messages, so they are left out. */
function boltLogger(log: Logger): BoltLogger {
  const line = (message: unknown[]): { detail: string } => ({ detail: message.map(String).join(' ').slice(0, 500) });
  return {
    debug: () => undefined,
    info: (...message: unknown[]) => log.debug(line(message), 'bolt'),
    warn: (...message: unknown[]) => log.warn(line(message), 'bolt'),
    error: (...message: unknown[]) => log.error(line(message), 'bolt'),
    setLevel: () => undefined,
    getLevel: () => 'info' as LogLevel,
    setName: () => undefined,
  };
}
