/** How what people do reaches the app: over a socket, or as a signed HTTP request. Events are tried again. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Calls } from './calls.ts';
import { parseJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { ackWithinMillis } from './sockets.ts';
import type { Ack, Envelope, Sockets } from './sockets.ts';
import { newId } from './store.ts';
import type { Store } from './store.ts';
import { isSubscribed } from './subscriptions.ts';

export type Delivery = { readonly type: 'socket' } | { readonly type: 'http'; readonly url: string };

export type Deliveries = {
  /** Commands and interactivity: once, whatever comes of it. */
  readonly deliver: (type: 'slash_commands' | 'interactive', payload: JsonObject) => Promise<Ack>;
  /** Delivers an event if the app subscribed to its type. */
  readonly emit: (event: JsonObject) => void;
  /** Runs an act and gives how the app acknowledged the first try of each event that came of it. */
  readonly eventsOf: <Result>(act: () => Result) => Promise<{ readonly result: Result; readonly acks: readonly Ack[] }>;
  readonly set: (delivery: Delivery) => void;
  /** While it is on, every other delivery is overtaken by the next one, or comes late when there is none. */
  readonly setDisorder: (disorder: boolean) => void;
  readonly close: () => void;
};

/** After how long an unacknowledged event is tried again: at once, after a minute, after five. */
const retryAfterMillis: readonly number[] = [0, 60_000, 300_000];

/** How long a delivery that is to come out of order waits for another one: a trigger must live beyond it. */
const longestHoldMillis = 1500;

export function makeDeliveries(options: {
  readonly store: Store;
  readonly now: () => number;
  readonly calls: Calls;
  readonly sockets: Sockets;
  readonly delivery: Delivery;
  readonly events: readonly string[] | 'all';
}): Deliveries {
  const { store, now, calls, sockets, events } = options;
  let delivery = options.delivery;
  let isClosed = false;
  let started: Promise<Ack>[] | undefined;
  const timers = new Set<NodeJS.Timeout>();

  let isDisordered = false;
  const held = new Set<() => void>();
  const release = (): void => {
    for (const go of held) go();
  };

  const isToBeOvertaken = ({ type, payload }: Envelope): boolean => {
    // What overtakes is not held back itself.
    if (held.size > 0) return false;
    return isDisordered || calls.takesDelivery('out of order', type, payload);
  };

  const once = async (envelope: Envelope): Promise<Ack> => {
    if (isToBeOvertaken(envelope)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          held.delete(go);
          resolve();
        };
        held.add(go);
        setTimeout(go, longestHoldMillis).unref();
      });
      return send(envelope);
    }
    const ack = await send(envelope);
    release();
    return ack;
  };

  const send = (envelope: Envelope): Promise<Ack> => {
    switch (delivery.type) {
      case 'socket':
        return sockets.send(envelope);
      case 'http':
        return post(delivery.url, envelope, store.credentials.signingSecret);
    }
  };

  const tryAgainLater = (envelope: Envelope, ack: Ack): void => {
    const tries = envelope.retry?.number ?? 0;
    const after = retryAfterMillis[tries];
    if (ack.acked || ack.noRetry === true || after === undefined || isClosed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const retry = { number: tries + 1, reason: reasonOf(ack) };
      void once({ ...envelope, retry }).then((next) => tryAgainLater({ ...envelope, retry }, next));
    }, after);
    timer.unref();
    timers.add(timer);
  };

  return {
    async deliver(type, payload) {
      const envelope: Envelope = { type, payload, retry: null };
      const first = once(envelope);
      // The second one comes while the first is still under way.
      if (calls.takesDelivery('twice', type, payload)) await Promise.all([first, once(envelope)]);
      return first;
    },
    emit(event) {
      const isWanted = events === 'all' || isSubscribed(events, event);
      if (!isWanted || isClosed) return;
      const envelope: Envelope = { type: 'events_api', payload: wrapEvent(store, now(), event), retry: null };
      const first = once(envelope);
      started?.push(first);
      void first.then((ack) => tryAgainLater(envelope, ack));
      const again = { number: 1, reason: 'http_timeout' };
      if (calls.takesDelivery('twice', 'events_api', envelope.payload)) void once({ ...envelope, retry: again });
    },
    async eventsOf(act) {
      const mine: Promise<Ack>[] = [];
      started = mine;
      try {
        const result = act();
        started = undefined;
        return { result, acks: await Promise.all(mine) };
      } finally {
        if (started === mine) started = undefined;
      }
    },
    set(next) {
      delivery = next;
    },
    setDisorder(disorder) {
      isDisordered = disorder;
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      release();
    },
  };
}

function wrapEvent({ team, app }: Store, now: number, event: JsonObject): JsonObject {
  return {
    token: 'sandbox',
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(now / 1000),
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: randomUUID(),
  };
}

function reasonOf({ why }: Ack): string {
  if (why === 'timeout') return 'http_timeout';
  if (why === null || why.startsWith('status')) return 'http_error';
  return 'connection_failed';
}

async function post(url: string, { type, payload, retry }: Envelope, signingSecret: string): Promise<Ack> {
  const isEvent = type === 'events_api';
  const body = isEvent ? JSON.stringify(payload) : asForm(type, payload);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        // Bolt answers 400 when a charset is added.
        'content-type': isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
        ...(retry === null ? {} : { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason }),
      },
      signal: AbortSignal.timeout(ackWithinMillis),
    });
    const text = await response.text();
    if (!response.ok) {
      const noRetry = response.headers.get('x-slack-no-retry') === '1';
      return { acked: false, body: null, ms: elapsed(), why: `status ${response.status}`, noRetry };
    }
    return { acked: true, body: readAck(text), ms: elapsed(), why: null };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    return { acked: false, body: null, ms: elapsed(), why: isTimeout ? 'timeout' : 'connection failed' };
  }
}

function readAck(text: string): Json {
  return text === '' ? null : (parseJson(text) ?? text);
}

function asForm(type: 'slash_commands' | 'interactive', payload: JsonObject): string {
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return new URLSearchParams(fields).toString();
}
