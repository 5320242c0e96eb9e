/** An address that SNS may post to: notes what comes, and answers as told. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export type Posted = { readonly headers: IncomingHttpHeaders; readonly fields: { readonly [name: string]: string } };

export type Receiver = {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** The next answers, oldest first; 200 when there are none. `null`: hangs up. */
  readonly answers: (number | null)[];
  close(): Promise<void>;
};

export async function startReceiver(): Promise<Receiver> {
  const posted: Posted[] = [];
  const answers: (number | null)[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    posted.push({ headers: request.headers, fields: JSON.parse(body) as Posted['fields'] });
    const status = answers.length === 0 ? 200 : (answers.shift() ?? null);
    if (status === null) request.socket.destroy();
    else response.writeHead(status).end();
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/sns`,
    posted,
    answers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
