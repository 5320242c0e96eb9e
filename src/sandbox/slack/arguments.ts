/** Arguments of a Web API call: a form whose structured values are JSON strings, or a JSON body. */
import { isList, isObject, parseJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

/** The arguments of a request body; `undefined` where the body is of no type that Slack reads. */
export function readArguments(contentType: string, body: string, query: URLSearchParams): JsonObject | undefined {
  const fromQuery: JsonObject = Object.fromEntries(query);
  if (body === '') return fromQuery;
  if (contentType.startsWith('application/json')) {
    const parsed = parseJson(body);
    return isObject(parsed) ? { ...fromQuery, ...parsed } : undefined;
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body)) };
  }
  return undefined;
}

/** A text argument; numbers and booleans are read as the text they would be in a form; empty is absent. */
export function textOf(call: JsonObject, name: string): string | undefined {
  const value = call[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function requiredText(call: JsonObject, name: string): string {
  const value = textOf(call, name);
  if (value === undefined) throw missing(name);
  return value;
}

export function flagOf(call: JsonObject, name: string): boolean {
  const value = textOf(call, name);
  return value === 'true' || value === '1';
}

/** A structured argument; `undefined` when absent, `null` when it is not JSON. */
export function structureOf(call: JsonObject, name: string): Json | undefined {
  const value = call[name];
  if (value === undefined || value === '') return undefined;
  return typeof value === 'string' ? (parseJson(value) ?? null) : value;
}

/** Ids as `a,b,c` or as a list. */
export function idsOf(call: JsonObject, name: string): readonly string[] {
  const value = call[name];
  const ids = isList(value) ? value.map(String) : (textOf(call, name) ?? '').split(',');
  return ids.map((id) => id.trim()).filter((id) => id !== '');
}

/** What a page may hold, and how the method refuses another number: not every one knows `invalid_limit`. */
export type Paging = { readonly most: number; readonly refusal: 'invalid_limit' | 'invalid_arguments' };

/** How many on a page: a hundred when nothing is said, else 1 … most. */
function limitOf(call: JsonObject, { most, refusal }: Paging): number {
  const value = textOf(call, 'limit');
  if (value === undefined || value === '0') return Math.min(100, most);
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  if (refusal === 'invalid_limit') throw new Refusal('invalid_limit');
  const messages = [`[ERROR] must provide a number from 1 to ${most} [json-pointer:/limit]`];
  throw new Refusal('invalid_arguments', { response_metadata: { messages } });
}

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string };

/** One page of a list; the cursor is opaque to callers and empty at the end. */
export function pageOf<Item>(call: JsonObject, all: readonly Item[], paging: Paging): Page<Item> {
  const limit = limitOf(call, paging);
  const cursor = textOf(call, 'cursor');
  const start = cursor === undefined ? 0 : Number(/^from:(\d+)$/.exec(decode(cursor))?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new Refusal('invalid_cursor');
  const end = start + limit;
  return { items: all.slice(start, end), nextCursor: end < all.length ? encode(`from:${end}`) : '' };
}

export function missing(name: string): Refusal {
  return new Refusal('invalid_arguments', {
    response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
  });
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString();
}
