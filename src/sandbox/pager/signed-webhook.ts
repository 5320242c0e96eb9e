/** A receiver of signed webhooks, as https://www.standardwebhooks.com describes them. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { PageEvent } from './pages.ts';

const toleranceSeconds = 300;

export function isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  );
  if (!id || Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return (signatures ?? '').split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
    return one.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const acts = { 'page.triggered': 'trigger', 'page.acknowledged': 'acknowledge', 'page.resolved': 'resolve' } as const;

const bodyShape = z.strictObject({
  type: z.enum(['page.triggered', 'page.acknowledged', 'page.resolved']),
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    key: z.string().min(1),
    incident: z.string().min(1),
    title: z.string(),
    severity: z.string().nullable(),
    service: z.string().nullable(),
    question: z.string(),
    link: z.url().nullable(),
    people: z.array(z.string()),
  }),
});

/** `null`: it says nothing that the receiver understands. */
export function readWebhook(body: unknown, pager: string): PageEvent | null {
  const parsed = bodyShape.safeParse(body);
  if (!parsed.success) return null;
  const { key, incident, title, ...about } = parsed.data.data;
  return {
    pager,
    type: 'webhook',
    key,
    act: acts[parsed.data.type],
    about: { ...about, title: `${incident}: ${title}` },
  };
}
