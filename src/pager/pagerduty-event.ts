/** A call as PagerDuty's Events API v2 takes it: https://developer.pagerduty.com/docs/send-alert-event */
import type { Severity } from '../incident/incident.ts';
import { cutAt, plainLine } from '../outside-text.ts';
import type { PagerCall, PagerRequest } from './pager-call.ts';

/** The longest summary that PagerDuty takes. */
const mostSummary = 1_024;

const mostPeople = 100;

const severities = { SEV1: 'critical', SEV2: 'error', SEV3: 'warning', SEV4: 'info', SEV5: 'info' } satisfies {
  readonly [S in Severity]: string;
};

/** Only a trigger carries what it is about: PagerDuty reads nothing else of the others. */
export function writePagerDutyEvent(
  call: PagerCall,
  { url, routingKey }: { readonly url: string; readonly routingKey: string },
): PagerRequest {
  const event = { routing_key: routingKey, event_action: call.act, dedup_key: call.dedupKey };
  return {
    url: `${url.replace(/\/+$/, '')}/v2/enqueue`,
    headers: {},
    body: JSON.stringify(call.act === 'trigger' ? { ...event, ...describe(call) } : event),
  };
}

function describe(call: PagerCall): object {
  const { incident, severity, service, question, link, people } = call;
  const what = [incident, severity, service].filter((word) => word !== null).join(' ');
  return {
    payload: {
      summary: cutAt(plainLine(`${what}: ${call.title}. ${question}`), mostSummary),
      source: service ?? incident,
      // Unknown is no reason to wake nobody: PagerDuty lets people sleep through a warning.
      severity: severity === null ? 'error' : severities[severity],
      timestamp: new Date(call.at).toISOString(),
      custom_details: {
        incident,
        severity: severity ?? 'not known yet',
        service: service ?? 'not known yet',
        asked: plainLine(question),
        called_in_slack: people.slice(0, mostPeople).map(plainLine),
      },
    },
    client: 'Muster',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'The war room' }] }),
  };
}
