/** The status card: the pinned message of the room, edited in place. */
import type { Incident, ResponderState, Watch } from '../../incident/incident.ts';
import { isOngoing, responderStates, roles, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button, KnownBlock, Message } from '../blocks.ts';
import { actions, context, fields, header, lines, message, section } from '../blocks.ts';
import { bounded, date, escape, link, mention, oneLine } from '../mrkdwn.ts';
import {
  actorName,
  bridgesOf,
  headline,
  roleNames,
  servicesList,
  severityMeaning,
  named,
  statusMeanings,
  statusNames,
  titleOf,
  verdictNames,
} from './wording.ts';

type Shown = { readonly incident: Incident; readonly policy: Policy };

export function statusCard(shown: Shown): Message {
  return message(statusSentence(shown.incident), [...statusBlocks(shown), ...actions(cardButtons(shown.incident))]);
}

/** Where the incident stands, without buttons. */
export function statusBlocks({ incident, policy }: Shown): readonly KnownBlock[] {
  return [
    header(headline(incident)),
    fields([
      `*Status*\n${statusNames[incident.status]}: ${statusMeanings[incident.status]}`,
      `*Severity*\n${severityMeaning(incident.severity, policy)}`,
      `*Services*\n${servicesList(incident)}`,
      ...roles.map((role) => `*${roleNames[role]}*\n${holder(incident, role)}`),
    ]),
    section(`*Responders:* ${responderCounts(incident)}`),
    section(watchWords(incident)),
    ...footer({ incident, policy }),
  ];
}

/** The whole card as one sentence, in Slack's format. */
export function statusSentence(incident: Incident): string {
  const { commander } = incident.roles;
  const lead = commander === null ? 'no commander yet' : `${mention(commander)} leads`;
  return `${named(incident)}: ${titleOf(incident)}. ${statusNames[incident.status]}: ${statusMeanings[incident.status]}; ${lead}.`;
}

function holder(incident: Incident, role: (typeof roles)[number]): string {
  const person = incident.roles[role];
  return person === null ? 'Nobody yet' : mention(person);
}

const stateWords: { readonly [S in ResponderState]: string } = {
  paged: 'paged, no answer yet',
  active: 'active',
  standby: 'standing by',
  'passed on': 'passed on',
  unreachable: 'unreachable',
};

function responderCounts(incident: Incident): string {
  // Who is at work comes first.
  const order = responderStates.toSorted((one, other) => Number(other === 'active') - Number(one === 'active'));
  const counts = order
    .map((state) => ({ state, count: incident.responders.filter((responder) => responder.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${stateWords[state]}`);
  return counts.length === 0 ? 'nobody yet' : counts.join(' · ');
}

const mostWatches = 10;

/** What the alarms say, the worst first. */
function watchWords({ watches }: Incident): string {
  if (watches.length === 0) return '*Alarms:* Nothing watches this: you decide.';
  const sorted = watches.toSorted((one, other) => urgency(one) - urgency(other));
  return `*Alarms*\n${lines(sorted.map(watchLine), mostWatches, (left) => `… and ${left} more`)}`;
}

function urgency(watch: Watch): number {
  if (watch.discounted !== null) return 4;
  if (watch.verdict === null) return 2;
  return { alarm: 0, unknown: 1, ok: 3 }[watch.verdict];
}

function watchLine(watch: Watch): string {
  const name = escape(bounded(oneLine(watch.name), 100));
  if (watch.discounted !== null) {
    return `• ${name}: does not count here (${escape(bounded(oneLine(watch.discounted), 120))})`;
  }
  if (watch.verdict === null) return `• ${name}: not read yet`;
  const because = oneLine(watch.because);
  const why = because === '' ? '' : ` – ${escape(bounded(because, 120))}`;
  return `• ${name}: *${verdictNames[watch.verdict]}* since ${date(watch.since)}${why}`;
}

function footer({ incident, policy }: Shown): readonly KnownBlock[] {
  const bridges = bridgesOf(incident, policy).slice(0, 3);
  const runbooks = policy.services
    .filter((service) => incident.services.includes(service.name) && service.runbook !== null)
    .slice(0, 5)
    .map((service) => link(service.runbook ?? '', `Runbook ${service.name}`));
  const parts = [
    `Declared by ${actorName(incident.declaredBy)} ${date(incident.declaredAt)}`,
    ...bridges.map((bridge) => link(bridge, 'Voice bridge')),
    ...runbooks,
  ];
  return [context(parts.join(' · '))];
}

/** What can be done next; nothing once it is over. */
export function cardButtons(incident: Incident): readonly (Button | null)[] {
  const { id } = incident;
  if (incident.status === 'resolved') {
    return [
      askButton({
        label: 'Close',
        incident: id,
        command: { name: 'close' },
        confirm: { title: `Close ${roomKey(id)}?`, text: 'The postmortem is then drafted from the timeline.' },
      }),
      openButton({ label: 'Reopen', form: 'reopen', incident: id }),
    ];
  }
  if (!isOngoing(incident)) return [];
  return [
    askButton({ label: "I'm On It", incident: id, command: { name: 'join' }, style: 'primary' }),
    incident.roles.commander === null
      ? askButton({ label: 'Lead', incident: id, command: { name: 'take role', role: 'commander' } })
      : null,
    openButton({ label: 'Page', form: 'page', incident: id }),
    incident.status === 'mitigated'
      ? openButton({ label: 'Resolved', form: 'resolve', incident: id })
      : openButton({ label: 'Mitigated', form: 'mitigate', incident: id }),
  ];
}
