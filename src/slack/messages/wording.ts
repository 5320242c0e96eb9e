/** Words for what an incident is, shared by all messages. Everything returned is in Slack's format unless it says plain. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Actor, Incident, Role, Severity, Status } from '../../incident/incident.ts';
import { roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { severityWords } from '../../incident/timeline.ts';
import { bounded, channelMention, escape, mention, oneLine, renderRowText, webAddress } from '../mrkdwn.ts';

export const statusNames: { readonly [S in Status]: string } = {
  investigating: 'Investigating',
  identified: 'Identified',
  mitigated: 'Mitigated',
  resolved: 'Resolved',
  closed: 'Closed',
  cancelled: 'Cancelled',
};

const statusMeanings: { readonly [S in Status]: string } = {
  investigating: 'the cause is not known yet',
  identified: 'the cause is known, users are still affected',
  mitigated: 'users are no longer affected',
  resolved: 'the service works as usual again',
  closed: 'the work is done',
  cancelled: 'this was no incident',
};

/** What its status means for users; what turned out to be part of another one was an incident all the same. */
export function meaningOf({ status, mergedInto }: Incident): string {
  return mergedInto === null ? statusMeanings[status] : `it is part of ${roomKey(mergedInto)}, where work goes on`;
}

export const roleNames: { readonly [R in Role]: string } = {
  commander: 'Commander',
  communications: 'Communications',
  scribe: 'Scribe',
};

/** Plain: `[TEST] ` in front of whatever a test says. */
export function testMark(incident: Incident): string {
  return incident.test ? '[TEST] ' : '';
}

/** Plain: `SEV2`, or words. */
export function severityName(severity: Severity | null): string {
  return severity ?? 'Severity not known yet';
}

/** Plain: `[TEST] INC-12 · SEV2 · payments fail`. */
export function headline(incident: Incident, most = 150): string {
  const words = `${testMark(incident)}${roomKey(incident.id)} · ${severityName(incident.severity)} · ${oneLine(incident.title)}`;
  return bounded(words, most);
}

/** In sentences: `[TEST] INC-12 (SEV2)`. */
export function named(incident: Incident): string {
  return `${testMark(incident)}${roomKey(incident.id)} (${severityWords(incident.severity)})`;
}

export function titleOf(incident: Incident): string {
  return escape(bounded(oneLine(incident.title), 300));
}

/** What the severity means to users, as the catalog says it. */
export function severityMeaning(severity: Severity | null, policy: Policy): string {
  if (severity === null) return 'Not known yet: handled as SEV2 until someone says';
  const words = oneLine(policy.severities[severity]);
  return words === '' ? severity : `${severity}: ${escape(bounded(words, 300))}`;
}

export function servicesList(incident: Incident): string {
  if (incident.services.length === 0) return 'Not known yet';
  const shown = incident.services.slice(0, 20).map((name) => escape(bounded(oneLine(name), 60)));
  const left = incident.services.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

/** An alarm's name. */
export function shortAlarm(name: string): string {
  return escape(bounded(oneLine(name), 100));
}

const mostNamed = 5;

/** `a, b, c and 9 more`. */
export function countedAlarms(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).map(shortAlarm).join(', ');
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown;
}

export function roomMention(incident: Incident): string {
  return incident.room === null ? 'being opened' : channelMention(incident.room.channel);
}

export function actorName(actor: Actor): string {
  switch (actor.type) {
    case 'person':
      return mention(actor.person);
    case 'alarm':
      return `alarm ${escape(bounded(oneLine(actor.name), 100))}`;
    case 'webhook':
      return escape(bounded(oneLine(actor.name), 100));
    case 'timer':
    case 'system':
      return 'Muster';
  }
}

/** The row's words; those of machines can mention nobody. */
export function rowText(row: TimelineRow): string {
  const byMachine = row.actor.type === 'alarm' || row.actor.type === 'webhook';
  return byMachine ? escape(row.text) : renderRowText(row.text);
}

/** The row's words and who said so, unless the words name that person already. */
export function rowWithActor(row: TimelineRow): string {
  const words = rowText(row);
  if (row.actor.type !== 'person' || words.includes(`<@${row.actor.person}>`)) return words;
  return `${words.replace(/\.$/, '')} – ${mention(row.actor.person)}`;
}

/** The voice bridges of the incident's services, or the common one; http(s) only, once each. */
export function bridgesOf(incident: Incident, policy: Policy): readonly string[] {
  const own = policy.services
    .filter((service) => incident.services.includes(service.name))
    .map((service) => service.bridge ?? policy.bridge);
  const all = own.length === 0 ? [policy.bridge] : own;
  return [...new Set(all.filter((url) => url !== null && webAddress(url) !== null))].filter((url) => url !== null);
}
