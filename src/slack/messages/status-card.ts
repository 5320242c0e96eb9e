/** The status card: the pinned message of the room, edited in place. */
import type { Incident, Instant, ResponderState, Watch } from '../../incident/incident.ts';
import { isOngoing, responderStates, roles, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { span } from '../../incident/timeline.ts';
import { type AlarmVerdict, judge } from '../../incident/verdict.ts';
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
  meaningOf,
  statusNames,
  titleOf,
  shortAlarm,
} from './wording.ts';

export type Shown = { readonly incident: Incident; readonly policy: Policy; readonly at: Instant };

export function statusCard(shown: Shown): Message {
  return message(statusSentence(shown.incident), [...statusBlocks(shown), ...actions(cardButtons(shown.incident))]);
}

/** Where the incident stands, without buttons. */
export function statusBlocks({ incident, policy, at }: Shown): readonly KnownBlock[] {
  return [
    header(headline(incident)),
    fields([
      `*Status*\n${statusNames[incident.status]}: ${meaningOf(incident)}`,
      `*Severity*\n${severityMeaning(incident.severity, policy)}`,
      `*Services*\n${servicesList(incident)}`,
      ...roles.map((role) => `*${roleNames[role]}*\n${holder(incident, role)}`),
    ]),
    section(`*Responders:* ${responderCounts(incident)}`),
    section(watchWords(incident, at)),
    ...footer(incident, policy),
  ];
}

/** The whole card as one sentence, in Slack's format. */
export function statusSentence(incident: Incident): string {
  const { commander } = incident.roles;
  const lead =
    commander === null ? 'no commander yet' : `${mention(commander)} leads${incident.provisional ? ' for now' : ''}`;
  return `${named(incident)}: ${titleOf(incident)}. ${statusNames[incident.status]}: ${meaningOf(incident)}; ${lead}.`;
}

function holder(incident: Incident, role: (typeof roles)[number]): string {
  const person = incident.roles[role];
  if (person === null) return 'Nobody yet';
  return role === 'commander' && incident.provisional ? `${mention(person)}, for now` : mention(person);
}

const stateWords: { readonly [S in ResponderState]: string } = {
  paged: 'paged',
  active: 'active',
  standby: 'standing by',
  'passed on': 'passed on',
  unreachable: 'unreachable',
};

function isPaging({ pages }: Incident): boolean {
  return pages.some(({ ended }) => ended === null);
}

function responderCounts(incident: Incident): string {
  // Nobody waits for an answer once users are no longer affected, but of those who are called after that.
  const isAwaited = isOngoing(incident) && (incident.mitigatedAt === null || isPaging(incident));
  // Who is at work comes first.
  const order = responderStates.toSorted((one, other) => Number(other === 'active') - Number(one === 'active'));
  const counts = order
    .map((state) => ({ state, count: incident.responders.filter((responder) => responder.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ state, count }) => `${count} ${stateWords[state]}${state === 'paged' && isAwaited ? ', no answer yet' : ''}`,
    );
  return counts.length === 0 ? 'nobody yet' : counts.join(' · ');
}

const mostWatches = 10;

const verdictWords: { readonly [V in AlarmVerdict['verdict']]: string } = {
  red: 'red',
  flapping: 'flapping',
  unknown: 'unknown',
  recovering: 'green',
  recovered: 'green',
  gone: 'gone',
};

/** What the alarms say, the worst first. */
function watchWords(incident: Incident, at: Instant): string {
  const { alarms, reason, verdict, earliest } = judge(incident, at);
  if (incident.watches.length === 0) return '*Alarms:* Nothing watches this: you decide.';
  const order = Object.keys(verdictWords);
  const sorted = alarms.toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  const discounted = incident.watches.filter((watch) => watch.discounted !== null);
  const all = [...sorted.map(verdictLine), ...discounted.map(discountedLine)];
  const soonest =
    earliest === null || verdict === 'unwatched' || incident.status === 'investigating' || !isOngoing(incident)
      ? ''
      : `\nCloudWatch cannot confirm before ${date(earliest)}; this is not a repair time.`;
  const blind = incident.blind.map(
    ({ place, since }) =>
      `\nBlind in ${escape(bounded(oneLine(place), 100))} since ${date(since)}: CloudWatch can't be read there.`,
  );
  return `*Alarms:* ${escape(reason)}\n${lines(all, mostWatches, (left) => `… and ${left} more`)}${blind.join('')}${soonest}`;
}

function verdictLine({ watch, verdict }: AlarmVerdict): string {
  const name = shortAlarm(watch.name);
  if (watch.verdict === null) return `• ${name}: not read yet`;
  const because = oneLine(watch.because);
  const why = because === '' ? '' : ` – ${escape(bounded(because, 120))}`;
  // It flaps, and is one of the two all the same.
  const now = verdict === 'flapping' ? `, ${watch.verdict === 'alarm' ? '*red*' : 'green'}` : '';
  return `• ${name}: *${verdictWords[verdict]}*${now} since ${date(watch.since)}${why}`;
}

function discountedLine({ name, discounted }: Watch): string {
  return `• ${shortAlarm(name)}: does not count here (${escape(bounded(oneLine(discounted ?? ''), 120))})`;
}

function footer(incident: Incident, policy: Policy): readonly KnownBlock[] {
  const bridges = bridgesOf(incident, policy).slice(0, 3);
  const runbooks = policy.services
    .filter((service) => incident.services.includes(service.name) && service.runbook !== null)
    .slice(0, 5)
    .map((service) => link(service.runbook ?? '', `Runbook ${service.name}`));
  const parts = [
    `Declared by ${actorName(incident.declaredBy)} ${date(incident.declaredAt)}${detectionWords(incident)}`,
    ...relations(incident),
    ...bridges.map((bridge) => link(bridge, 'Voice bridge')),
    ...runbooks,
  ];
  return [context(parts.join(' · '))];
}

function detectionWords({ detection, declaredAt }: Incident): string {
  const { firstBreachAt } = detection;
  return firstBreachAt === null || firstBreachAt >= declaredAt
    ? ''
    : `, ${span(declaredAt - firstBreachAt)} after the first breach`;
}

function relations({ follows, merged, mergedInto }: Incident): readonly string[] {
  return [
    ...(follows === null ? [] : [`May continue ${roomKey(follows)}`]),
    ...(merged.length === 0 ? [] : [`With ${merged.map(roomKey).join(', ')}`]),
    ...(mergedInto === null ? [] : [`Merged into ${roomKey(mergedInto)}`]),
  ];
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
    askButton({
      label: "I'm On It",
      incident: id,
      command: { name: 'join', page: null, said: false },
      style: 'primary',
    }),
    incident.roles.commander === null || incident.provisional
      ? askButton({ label: 'Lead', incident: id, command: { name: 'take role', role: 'commander' } })
      : null,
    openButton({ label: 'Page', form: 'page', incident: id }),
    incident.status === 'mitigated'
      ? openButton({ label: 'Resolved', form: 'resolve', incident: id })
      : openButton({ label: 'Mitigated', form: 'mitigate', incident: id }),
  ];
}
