/** A small HTTP surface: routes that stand alone or beside those of Slack's receiver. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** As Bolt's receivers take them, too. */
export type Route = {
  readonly path: string;
  method: string[];
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
};

export type Answer = {
  readonly status: number;
  /** Sent as JSON; words as they are, with the content type that `headers` give. */
  readonly body: string | { readonly [name: string]: unknown };
  readonly headers?: { readonly [name: string]: string };
};

export type Web = { readonly port: number; close(): Promise<void> };

/** Serves routes on a port (0: any free one) of all addresses. @throws Error when the port is taken */
export async function startWeb({
  port,
  routes,
}: {
  readonly port: number;
  readonly routes: readonly Route[];
}): Promise<Web> {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000 },
    (request, response) => {
      const path = pathOf(request);
      const route = routes.find((known) => known.path === path && known.method.includes(request.method ?? ''));
      if (route === undefined) send(response, { status: 404, body: { error: 'There is nothing here.' } });
      else route.handler(request, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Whoever is still being answered gets a moment.
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

function pathOf(request: IncomingMessage): string | null {
  const url = URL.parse(request.url ?? '', 'http://localhost');
  return url === null ? null : url.pathname;
}

/** Sends the answer, once. */
export function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
