/** Socket Mode: the open sockets of the app, envelopes out over one of them, acknowledgements back over any. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { isObject, parseJson, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';

export type Envelope = {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: JsonObject;
  /** Of an event that was not acknowledged before: which try this is, from 1, and why. */
  readonly retry: { readonly number: number; readonly reason: string } | null;
};

/** How the app answered a delivery. */
export type Ack = {
  /** Within three seconds, and with success. */
  readonly acked: boolean;
  /** What came with the acknowledgement; `null` when it was empty. */
  readonly body: Json;
  /** Milliseconds until it came, or until it was given up. */
  readonly ms: number;
  /** The app asked not to be sent this again. */
  readonly noRetry?: boolean;
  /** `null` when it was acknowledged. */
  readonly why: 'timeout' | 'not connected' | 'connection failed' | `status ${number}` | null;
};

export type DropKind = 'break' | 'close' | 'disconnect message';

export type Sockets = {
  readonly newTicket: () => string;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly send: (envelope: Envelope) => Promise<Ack>;
  readonly count: () => number;
  /** Takes the sockets away as a broken line, a close frame, or a message that tells the app to come again. */
  readonly drop: (kind: DropKind, reason?: string) => void;
  readonly close: () => void;
};

export const ackWithinMillis = 3000;
const pingEveryMillis = 10_000;
const mostSockets = 10;

/** A line that lingers after the closing handshake takes nothing any more. */
function isLive(socket: WebSocket): boolean {
  return socket.readyState === socket.OPEN;
}

export function makeSockets(appId: string, { lingerOnClose }: { readonly lingerOnClose: () => boolean }): Sockets {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const open = new Set<WebSocket>();
  const lines = new Set<Duplex>();
  const waiting = new Map<string, (body: Json) => void>();
  let turn = 0;

  const ping = setInterval(() => {
    for (const socket of open) socket.ping('Ping from applink-1');
  }, pingEveryMillis);
  ping.unref();

  const receive = (text: string): void => {
    const message = parseJson(text);
    const id = textAt(message, 'envelope_id');
    const payload = isObject(message) ? message['payload'] : undefined;
    if (id === undefined) return;
    const isEmpty = payload === undefined || (isObject(payload) && Object.keys(payload).length === 0);
    waiting.get(id)?.(isEmpty ? null : payload);
  };

  const greet = (socket: WebSocket): void => {
    if ([...open].filter(isLive).length >= mostSockets) {
      socket.send(
        JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'applink-1' } }),
      );
      socket.close();
      return;
    }
    open.add(socket);
    socket.on('message', (data) => {
      // Text frames come as one buffer.
      if (Buffer.isBuffer(data)) receive(data.toString());
    });
    socket.on('close', () => open.delete(socket));
    // A line that breaks is closed right after; that is what counts.
    socket.on('error', () => undefined);
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.size,
        debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      }),
    );
  };

  return {
    newTicket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    upgrade(request, socket, head) {
      const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (!tickets.delete(searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n');
        return;
      }
      lines.add(socket);
      socket.on('close', () => lines.delete(socket));
      const end = socket.end.bind(socket);
      // Slack leaves the line open after the closing handshake; clients that wait for its end wait long.
      const endUnlessLingering = (...words: readonly unknown[]): void => {
        if (!lingerOnClose()) Reflect.apply(end, socket, words);
      };
      Object.defineProperty(socket, 'end', { value: endUnlessLingering });
      server.handleUpgrade(request, socket, head, (opened) => {
        // Whoever goes away without a word, as a killed process does, is gone also where lines linger.
        socket.once('end', () => {
          if (isLive(opened)) opened.terminate();
        });
        greet(opened);
      });
    },
    send({ type, payload, retry }) {
      const sockets = [...open].filter(isLive);
      const socket = sockets[turn % Math.max(1, sockets.length)];
      turn += 1;
      const startedAt = performance.now();
      const elapsed = (): number => performance.now() - startedAt;
      if (socket === undefined) return Promise.resolve({ acked: false, body: null, ms: 0, why: 'not connected' });
      const id = randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          resolve({ acked: false, body: null, ms: elapsed(), why: 'timeout' });
        }, ackWithinMillis);
        waiting.set(id, (body) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve({ acked: true, body, ms: elapsed(), why: null });
        });
        socket.send(
          JSON.stringify({
            envelope_id: id,
            type,
            payload,
            accepts_response_payload: type !== 'events_api',
            ...(type === 'events_api' ? { retry_attempt: retry?.number ?? 0, retry_reason: retry?.reason ?? '' } : {}),
          }),
        );
      });
    },
    count: () => [...open].filter(isLive).length,
    drop(kind, reason = 'refresh_requested') {
      for (const socket of open) {
        switch (kind) {
          case 'break':
            socket.terminate();
            break;
          case 'close':
            socket.close(1001);
            break;
          case 'disconnect message':
            socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } }));
        }
      }
    },
    close() {
      clearInterval(ping);
      for (const socket of open) socket.terminate();
      for (const line of lines) line.destroy();
      server.close();
    },
  };
}
