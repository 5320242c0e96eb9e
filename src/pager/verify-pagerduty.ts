/** Whether a webhook is PagerDuty's: https://developer.pagerduty.com/docs/verifying-signatures */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** PagerDuty signs once for each secret of a subscription: two while one replaces the other. */
const mostSignatures = 10;

/**
 * Verifies `X-PagerDuty-Signature: v1=<hex>[,v1=<hex>]` over the body as it came. Takes as long for every wrong signature.
 * @param secrets of the subscriptions; any of them will do.
 */
export function verifyPagerDuty(header: string | undefined, body: Uint8Array, secrets: readonly string[]): boolean {
  const given = (header ?? '')
    .split(',')
    .slice(0, mostSignatures)
    .flatMap((one) => {
      const hex = /^\s*v1=([0-9a-f]{64})\s*$/i.exec(one)?.[1];
      return hex === undefined ? [] : [Buffer.from(hex, 'hex')];
    });
  return secrets
    .map((secret) => createHmac('sha256', secret).update(body).digest())
    .some((expected) => given.some((one) => timingSafeEqual(one, expected)));
}
