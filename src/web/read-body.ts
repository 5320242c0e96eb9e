/** Reads a request's body, with limits. */
import type { IncomingMessage } from 'node:http';
import type { Answer } from './web.ts';

type Refusal = { readonly ok: false; readonly answer: Answer };

export type Body = { readonly ok: true; readonly value: unknown } | Refusal;

/** As it came: what a signature is made of. */
export type RawBody = { readonly ok: true; readonly bytes: Uint8Array } | Refusal;

const mostBytes = 64 * 1024;

/** Without a word for this long the sender is given up, in milliseconds. */
const idleMillis = 10_000;

export async function readJson(request: IncomingMessage): Promise<Body> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return wrongType;
  const body = await readRaw(request, mostBytes);
  return body.ok ? parseJson(body.bytes) : body;
}

/** Whatever the content type says. */
export async function readRaw(request: IncomingMessage, most: number): Promise<RawBody> {
  if (request.headers['content-encoding'] !== undefined) return wrongType;
  if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge(most);
  const bytes = await readBytes(request, most);
  if (bytes === 'too large') return tooLarge(most);
  if (bytes === 'broken off') return refuse(408, 'The request did not arrive whole. Nothing was saved.');
  return { ok: true, bytes };
}

export function parseJson(bytes: Uint8Array): Body {
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return refuse(400, 'The body is not JSON. Nothing was saved.');
  }
}

function refuse(status: number, error: string): Refusal {
  return { ok: false, answer: { status, body: { error } } };
}

const wrongType = refuse(415, 'The content type has to be application/json, not compressed.');

function tooLarge(most: number): Refusal {
  return refuse(413, `The body is larger than ${most / 1024} KiB. Nothing was saved.`);
}

function readBytes(request: IncomingMessage, most: number): Promise<Uint8Array | 'too large' | 'broken off'> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.setTimeout(idleMillis, () => resolve('broken off'));
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= most) chunks.push(chunk);
      // The rest is let pass by unread: a sender that is cut off would not see the answer.
      else resolve('too large');
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('broken off'));
    request.on('close', () => resolve('broken off'));
  });
}
