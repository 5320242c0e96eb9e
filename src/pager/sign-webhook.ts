/**
 * Signs and verifies webhooks as https://www.standardwebhooks.com says: an HMAC over id, time and body. Times are those of the
 * real world, since the other side knows no other, also where Muster's own clock was moved.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type WebhookHeaders = {
  readonly 'webhook-id': string;
  /** Epoch seconds. */
  readonly 'webhook-timestamp': string;
  /** One or several of `v1,<base64>`, with spaces between them. */
  readonly 'webhook-signature': string;
};

/** How far the sender's clock may be from ours, in seconds: what is older may be a copy. */
const toleranceSeconds = 5 * 60;

const secretPattern = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

/** Whether it is `whsec_` and then 24 to 64 bytes in base64. */
export function isWebhookSecret(secret: string): boolean {
  return decodeSecret(secret) !== null;
}

/** @param id without `.`, which stands between what is signed. */
export function signWebhook(
  { id, body, secret }: { readonly id: string; readonly body: string; readonly secret: string },
  now: number = Date.now(),
): WebhookHeaders {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = digest(secret, `${id}.${timestamp}.`, body).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** Whether the body was signed with one of the secrets within the last minutes. Takes as long for every wrong signature. */
export function verifyWebhook(
  { headers, body }: { readonly headers: Partial<WebhookHeaders>; readonly body: Uint8Array },
  secrets: readonly string[],
  now: number = Date.now(),
): boolean {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (id === '' || id.includes('.') || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) return false;
  const given = signatures
    .split(' ')
    .slice(0, 20)
    .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice('v1,'.length), 'base64')] : []));
  return secrets
    .map((secret) => digest(secret, `${id}.${timestamp}.`, body))
    .some((expected) => given.some((one) => one.length === expected.length && timingSafeEqual(one, expected)));
}

function digest(secret: string, head: string, body: string | Uint8Array): Buffer {
  const key = decodeSecret(secret);
  if (key === null) throw new Error('a signing secret is not of its form');
  return createHmac('sha256', key).update(head).update(body).digest();
}

function decodeSecret(secret: string): Buffer | null {
  const written = secretPattern.exec(secret)?.[1];
  const key = written === undefined ? null : Buffer.from(written, 'base64');
  return key !== null && key.length >= 24 && key.length <= 64 ? key : null;
}
