/** A call as a signed webhook. Its body is documented in docs/pagers.md. */
import { createHash } from 'node:crypto';
import type { PagerName } from '../incident/policy.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import type { PagerAct, PagerCall, PagerRequest } from './pager-call.ts';
import { signWebhook } from './sign-webhook.ts';

const types = {
  trigger: 'page.triggered',
  acknowledge: 'page.acknowledged',
  resolve: 'page.resolved',
} satisfies { readonly [A in PagerAct]: string };

const mostPeople = 100;

export function writeWebhook(
  call: PagerCall,
  { pager, url, secret }: { readonly pager: PagerName; readonly url: string; readonly secret: string },
): PagerRequest {
  const { act, dedupKey, incident, title, severity, service, question, link, people, at } = call;
  const body = JSON.stringify({
    type: types[act],
    timestamp: new Date(at).toISOString(),
    data: {
      key: dedupKey,
      incident,
      title: cutAt(plainLine(title), 300),
      severity,
      service,
      question: cutAt(plainLine(question), 300),
      link,
      people: people.slice(0, mostPeople).map(plainLine),
    },
  });
  return { url, headers: signWebhook({ id: idOf(pager, call), body, secret }), body };
}

/** The same however often this call is sent, so that the receiver can pass over what it already has. */
function idOf(pager: PagerName, { dedupKey, act, at }: PagerCall): string {
  const identity = JSON.stringify([pager, dedupKey, act, at]);
  return `msg_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}
