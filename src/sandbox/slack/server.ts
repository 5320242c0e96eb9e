/** The HTTP face: the Web API, upload and download of files, response URLs, and the way in for sockets. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { readArguments, textOf } from './arguments.ts';
import { withoutToken } from './calls.ts';
import type { Calls, OnTheWire, Reply, Request } from './calls.ts';
import { isObject, parseJson } from './json.ts';
import type { JsonObject } from './json.ts';
import { receiveUpload } from './api-files.ts';
import { isKnownMethod, methods } from './methods.ts';
import type { Method } from './method.ts';
import { checkArguments } from './method-arguments.ts';
import type { RateTiers } from './rate-tiers.ts';
import { Refusal } from './refusal.ts';
import type { ResponseUrls } from './response-urls.ts';
import { checkScopes } from './scopes.ts';
import type { Sockets } from './sockets.ts';
import type { World } from './world.ts';

export type Parts = {
  readonly world: World;
  readonly calls: Calls;
  readonly sockets: Sockets;
  readonly responseUrls: ResponseUrls;
  /** `null`: the app may call as often as it likes. */
  readonly rateTiers: RateTiers | null;
};

type Applied = ReturnType<Request['apply']>;

const mostBytes = 64 * 1024 * 1024;

/** A server that does not listen yet. */
export function makeServer(parts: Parts): Server {
  const server = createServer((request, response) => {
    void answer(parts, request)
      .catch((error: unknown): OnTheWire => {
        // A mistake of the stand-in must be seen, not taken for Slack's.
        process.emitWarning(error instanceof Error ? error : String(error));
        return { status: 500, headers: {}, body: { ok: false, error: 'fatal_error' } };
      })
      .then((outcome) => send(response, outcome));
  });
  // Longer than clients keep idle connections: otherwise one is closed under a call now and then.
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', parts.sockets.upgrade);
  return server;
}

function send(response: ServerResponse, outcome: OnTheWire): void {
  if (outcome === 'silence') return;
  if (outcome === 'break') {
    response.socket?.destroy();
    return;
  }
  const { status, headers, body } = outcome;
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

async function answer({ world, calls, responseUrls, rateTiers }: Parts, request: IncomingMessage): Promise<OnTheWire> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first = '', second = '', third = ''] = url.pathname.split('/');
  const body = await readBody(request);
  if (body === undefined) return { status: 413, headers: {}, body: { ok: false, error: 'request_too_large' } };
  const contentType = request.headers['content-type'] ?? '';
  switch (first) {
    case 'api': {
      const args = readArguments(contentType, body.toString(), url.searchParams);
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      const apply = (): Applied => {
        const seconds = rateTiers?.take(second, args ?? {}) ?? null;
        if (seconds !== null) return rateLimited(seconds);
        return withWarnings(runMethod(world, { name: second, args, token }), contentType);
      };
      return calls.perform({ method: second, args: withoutToken(args ?? {}), apply });
    }
    case 'upload': {
      const bytes = await fileBytes(contentType, body);
      const args = { file: second, length: bytes.length };
      const apply = (): Applied =>
        receiveUpload(world, second, third, bytes)
          ? { status: 200, headers: {}, body: `OK - ${bytes.length}`, applied: true, error: null }
          : { status: 404, headers: {}, body: 'not found', applied: false, error: 'not_found' };
      return calls.perform({ method: 'upload', args, apply });
    }
    case 'response': {
      const payload = parseJson(body.toString());
      const args = isObject(payload) ? payload : {};
      return calls.perform({ method: 'response_url', args, apply: () => responseUrls.use(world, second, args) });
    }
    case 'files':
      return download(world, second, request.headers.authorization, url.searchParams);
    default:
      return { status: 404, headers: {}, body: 'not found' };
  }
}

function rateLimited(seconds: number): Applied {
  const body = { ok: false, error: 'ratelimited' };
  return {
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body,
    applied: false,
    error: 'ratelimited',
  };
}

/** Slack remarks upon a charset that is missing from a JSON body, and upon one that a form does not need. */
function withWarnings(applied: Applied, contentType: string): Applied {
  const hasCharset = /;\s*charset=/i.test(contentType);
  const isJson = contentType.startsWith('application/json');
  const isForm = contentType.startsWith('application/x-www-form-urlencoded');
  const warning = isJson && !hasCharset ? 'missing_charset' : isForm && hasCharset ? 'superfluous_charset' : undefined;
  if (warning === undefined || typeof applied.body !== 'object' || applied.body === null) return applied;
  const body: { readonly warning?: unknown; readonly response_metadata?: object } = applied.body;
  const others = typeof body.warning === 'string' ? body.warning.split(',') : [];
  const warnings = [...others, warning];
  return {
    ...applied,
    body: { ...body, warning: warnings.join(','), response_metadata: { ...body.response_metadata, warnings } },
  };
}

function runMethod(
  world: World,
  {
    name,
    args,
    token,
  }: { readonly name: string; readonly args: JsonObject | undefined; readonly token: string | undefined },
): Applied {
  const headers = world.scopes === undefined ? {} : { 'x-oauth-scopes': world.scopes.join(',') };
  try {
    if (!isKnownMethod(name)) throw new Refusal('unknown_method', { req_method: name });
    if (args === undefined) throw new Refusal('invalid_post_type');
    const method = methods[name];
    checkToken(world, method.token, token ?? textOf(args, 'token'));
    checkScopes(world, { name, args, scopes: method.scopes });
    checkArguments(name, args);
    const body = method.run(world, args);
    return {
      status: 200,
      headers: { ...headers, 'x-accepted-oauth-scopes': method.scopes.join(',') },
      body,
      applied: method.isWrite,
      error: null,
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = { ok: false, error: error.error, ...error.details };
    return { status: 200, headers, body, applied: false, error: error.error };
  }
}

function checkToken(world: World, kind: Method<unknown>['token'], token: string | undefined): void {
  if (kind === 'none') return;
  if (token === undefined) throw new Refusal('not_authed');
  const { botToken, appToken } = world.store.credentials;
  if (token !== botToken && token !== appToken) throw new Refusal('invalid_auth');
  if (token !== (kind === 'bot' ? botToken : appToken)) throw new Refusal('not_allowed_token_type');
}

/** A file, for the app with its token, and for people with the link that they were shown. */
function download(world: World, id: string, authorization: string | undefined, query: URLSearchParams): Reply {
  const file = world.store.files.get(id);
  const isAllowed = authorization === `Bearer ${world.store.credentials.botToken}` || query.get('key') === file?.secret;
  if (file === undefined || file.stage !== 'shared' || !isAllowed) {
    return { status: 404, headers: {}, body: 'not found' };
  }
  const name = encodeURIComponent(file.name);
  const headers = { 'content-type': file.mimetype, 'content-disposition': `attachment; filename*=UTF-8''${name}` };
  return { status: 200, headers, body: Buffer.from(file.base64, 'base64') };
}

/** The bytes of an upload, sent as they are or as a field of a form. */
async function fileBytes(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  // Fit for what one app on the same machine sends; a server for strangers would stream instead.
  // oxlint-disable-next-line typescript/no-deprecated
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values()) {
    if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  }
  return Buffer.alloc(0);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
