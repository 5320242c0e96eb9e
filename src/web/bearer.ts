/** `authorization: Bearer <token>` */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes the same time for every wrong token. */
export function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
  const digest = (words: string): Buffer => createHash('sha256').update(words).digest();
  return timingSafeEqual(digest(given), digest(token));
}
