/** The handle by which a receiver names a message: it also tells which receipt of the message it was. */

export type Receipt = { readonly key: string; readonly receiveCount: number };

export function writeHandle({ key, receiveCount }: Receipt): string {
  return Buffer.from(`${key}#${receiveCount}`).toString('base64');
}

/** `null`: it is no handle of this stand-in. */
export function readHandle(handle: string): Receipt | null {
  const read = /^([0-9a-f-]{36})#(\d+)$/.exec(Buffer.from(handle, 'base64').toString());
  const [, key, count] = read ?? [];
  return key === undefined ? null : { key, receiveCount: Number(count) };
}
