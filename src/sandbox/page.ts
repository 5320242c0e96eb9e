/** Serves the page on 127.0.0.1: its files, what it shows, what is done on it, and word of every change. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { act } from './page-actions.ts';
import { createFaultSwitches } from './page-faults.ts';
import { readPart } from './page-files.ts';
import { createFlaps } from './page-flaps.ts';
import { showChannel, showState, type Controls } from './page-state.ts';
import type { PageWorld } from './page-world.ts';

const gatherMillis = 40;
const mostBytes = 1_000_000;

export type Page = { readonly url: string; close(): Promise<void> };

/**
 * Starts the page.
 * @param options.port a free one when left out.
 * @throws Error in words when the port is taken.
 */
export async function startPage(world: PageWorld, options: { readonly port?: number } = {}): Promise<Page> {
  const controls: Controls = { faults: createFaultSwitches(world), flaps: createFlaps(world) };
  const listeners = new Set<ServerResponse>();
  const ephemeralTimes = new Map<string, string>();
  // Slack shows these once and forgets them; those of an earlier run are gone.
  const forgotten = new Set(allEphemerals(world));
  let gathering: NodeJS.Timeout | undefined;

  function noteEphemerals(): void {
    for (const id of allEphemerals(world)) {
      if (!forgotten.has(id) && !ephemeralTimes.has(id)) ephemeralTimes.set(id, (world.clock.now() / 1000).toFixed(6));
    }
  }
  function tell(): void {
    noteEphemerals();
    gathering ??= setTimeout(() => {
      gathering = undefined;
      for (const listener of listeners) listener.write('data: changed\n\n');
    }, gatherMillis);
  }
  const stopListening = world.onChange(tell);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromHere(request)) return answer(response, 403, { message: 'Only pages of this sandbox may ask.' });
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [user, channel] = [url.searchParams.get('user') ?? '', url.searchParams.get('channel') ?? ''];
    const since = Number(url.searchParams.get('since') ?? 0);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /api/state':
        return answer(response, 200, showState(world, controls, { user, since }));
      case 'GET /api/channel':
        return answer(response, 200, showChannel(world, { user, channel }, ephemeralTimes));
      case 'GET /api/folder':
        return answer(response, 200, { folder: world.folder });
      case 'GET /api/changes':
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        response.write('data: changed\n\n');
        listeners.add(response);
        response.once('close', () => listeners.delete(response));
        return;
      case 'POST /api/act': {
        const said = await act(world, controls, await readJson(request));
        tell();
        return answer(response, 200, said);
      }
    }
    const file = /^\/file\/([A-Z0-9]+)$/.exec(url.pathname)?.[1];
    if (file !== undefined) sendFile(world, file, response);
    else {
      const part = await readPart(url.pathname);
      if (part === undefined) return answer(response, 404, { message: 'There is no such page.' });
      response.writeHead(200, part.headers).end(part.content);
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      answer(response, 500, { message: error instanceof Error ? error.message : String(error) });
    });
  });
  await listen(server, options.port ?? 0);
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      stopListening();
      controls.flaps.close();
      clearTimeout(gathering);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @throws Error in words when the port is taken; to be asked before anything of a running sandbox is touched. */
export async function refuseTakenPort(port: number): Promise<void> {
  const probe = createServer();
  await listen(probe, port);
  await new Promise((resolve) => probe.close(resolve));
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is taken. Does a sandbox run already?`, { cause: error }) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** No other site may read or move the sandbox, also not one that gave its own name our address. */
function isFromHere(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)) return false;
  if (request.method === 'GET') return true;
  const isJson = request.headers['content-type']?.startsWith('application/json') === true;
  return isJson && (request.headers.origin ?? `http://${host}`) === `http://${host}`;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw new Error('That is too much at once.');
  return JSON.parse(await text(request));
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** A picture, or plain text whatever the app said it is: nothing that was uploaded runs in this page. */
function sendFile(world: PageWorld, id: string, response: ServerResponse): void {
  const file = world.slack.files().find((one) => one.id === id);
  if (file === undefined) return answer(response, 404, { message: 'There is no such file.' });
  const isPicture = ['image/png', 'image/svg+xml'].includes(file.mimetype);
  response.writeHead(200, {
    'content-type': isPicture ? file.mimetype : 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    // A picture may hold scripts, which run where it is opened by its address.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  });
  response.end(file.content());
}

function allEphemerals({ slack }: PageWorld): readonly string[] {
  return slack.people().flatMap((person) => slack.ephemerals(person.id).map(({ id }) => id));
}
