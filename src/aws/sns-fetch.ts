/** One small GET from SNS, with limits: of time, of size, and never to anywhere else. */
import { Later } from '../failure.ts';

/** SNS waits fifteen seconds for our answer. */
const fetchMillis = 4_000;

/** After which the sender's next attempt may find it in order. */
const waitMillis = 10_000;

export type SnsFetch = {
  /** `https`, an official host, and what follows; all checked by the caller. */
  readonly url: string;
  /** The connection goes here instead, with the same path and query; `null`: to where the address says. */
  readonly endpoint: string | null;
  readonly mostBytes: number;
};

/** @throws Later when there is no whole answer with status 200 in time. Redirects are not followed. */
export async function fetchFromSns({ url, endpoint, mostBytes }: SnsFetch): Promise<Buffer> {
  const { pathname, search } = new URL(url);
  const address = endpoint === null ? url : `${endpoint.replace(/\/+$/, '')}${pathname}${search}`;
  try {
    const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(fetchMillis) });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Later(waitMillis, `SNS answers with status ${response.status}`);
    }
    return await readBytes(response, mostBytes);
  } catch (error) {
    if (error instanceof Later) throw error;
    throw new Later(waitMillis, 'SNS does not answer');
  }
}

async function readBytes(response: Response, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return Buffer.alloc(0);
  const body: AsyncIterable<Uint8Array> = response.body;
  // Leaving the loop ends the connection.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw new Later(waitMillis, `SNS answers with more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
