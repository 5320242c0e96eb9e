/** One of the two workspaces that are held against each other: what it answers, and what it sends when a person acts. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

/** As it came over the wire. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** What a workspace answered, or `null` where nothing came. */
export type Answer = JsonObject | null;

export type Kind = 'slash_commands' | 'interactive';

export type Side = {
  /** Makes a call with the bot's token. When it is one too many, waits as long as it is told and makes it again. */
  call(method: string, args: JsonObject): Promise<JsonObject>;
  /** Sends the bytes of a file; gives the status. */
  upload(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Answers by a response address; gives the status. */
  respond(url: string, text: string): Promise<number>;
  /** The next thing of that kind that a person does; `null` when nothing comes in time. Begin to wait before asking for it. */
  arrival(kind: Kind, withinMillis: number): Promise<Answer>;
  close(): void;
};

export type Tokens = { readonly apiUrl: string; readonly botToken: string; readonly appToken: string };

const timeoutMillis = 15_000;
const mostTries = 5;

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);
const object = z.record(z.string(), json);
const envelope = z.object({ envelope_id: z.string(), type: z.string(), payload: object });

/** Connects to a workspace. `paceMillis` is waited before each call. @throws Error when the app token is refused */
export async function openSide({ apiUrl, botToken, appToken }: Tokens, paceMillis: number): Promise<Side> {
  const url = (method: string): string => new URL(method, apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`).href;
  const call = async (method: string, args: JsonObject, token = botToken): Promise<JsonObject> => {
    for (let attempt = 1; ; attempt += 1) {
      await wait(paceMillis);
      const response = await fetch(url(method), {
        method: 'POST',
        // As Slack's own client sends it: without a charset.
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: asForm(args).toString(),
        signal: AbortSignal.timeout(timeoutMillis),
      });
      const text = await response.text();
      if (response.status !== 429 || attempt === mostTries) return readObject(text, response.status);
      await wait(1000 * Number(response.headers.get('retry-after') ?? 30));
    }
  };
  const post = async (to: string, type: string, body: string | Uint8Array<ArrayBuffer>): Promise<number> => {
    const headers = { 'content-type': type };
    const response = await fetch(to, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMillis) });
    await response.body?.cancel();
    return response.status;
  };
  const opened = await call('apps.connections.open', {}, appToken);
  if (typeof opened['url'] !== 'string') throw new Error(`apps.connections.open: ${JSON.stringify(opened)}`);
  const line = await listen(opened['url']);
  return {
    call: (method, args) => call(method, args),
    upload: (to, bytes) => post(to, 'application/octet-stream', bytes),
    respond: (to, text) => post(to, 'application/json; charset=utf-8', JSON.stringify({ text })),
    arrival: line.arrival,
    close: line.close,
  };
}

/** A field of Slack's forms: what is no text is JSON. */
function asForm(args: JsonObject): URLSearchParams {
  return new URLSearchParams(
    Object.entries(args).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

function readObject(text: string, status: number): JsonObject {
  const read = object.safeParse(parse(text));
  return read.success ? read.data : { ok: false, error: `status ${status} without JSON` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Line = Pick<Side, 'arrival' | 'close'>;

/** Opens the socket and acknowledges whatever comes. */
async function listen(url: string): Promise<Line> {
  const socket = new WebSocket(url);
  const waiting = new Set<{ readonly kind: string; readonly take: (payload: JsonObject) => void }>();
  const greeted = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }) => {
    greeted.resolve();
    const came = envelope.safeParse(parse(String(data)));
    if (!came.success) return;
    socket.send(JSON.stringify({ envelope_id: came.data.envelope_id }));
    for (const one of waiting) if (one.kind === came.data.type) one.take(came.data.payload);
  });
  socket.addEventListener('error', () => greeted.reject(new Error('The socket can’t be opened')));
  await greeted.promise;
  return {
    async arrival(kind, withinMillis) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      const one = { kind, take: resolve };
      waiting.add(one);
      const timer = setTimeout(resolve, withinMillis, null);
      const came = await promise;
      clearTimeout(timer);
      waiting.delete(one);
      return came;
    },
    close: () => socket.close(),
  };
}
