/** How the war room itself looks: its name, topic and bookmarks. */
import type { Incident } from '../../incident/incident.ts';
import { roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import type { Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { bounded, boundedMrkdwn, escape, oneLine, webAddress } from '../mrkdwn.ts';
import { bridgesOf, severityName, testMark } from './wording.ts';

const mostName = 80;
const mostTopic = 250;
const mostBookmarks = 20;

/**
 * A name that Slack takes for a channel, whatever the title: `inc-12-payments-fail`, `inc-12-payments-fail-2` for the second attempt.
 *
 * @param attempt from 1; it rises while names are taken.
 */
export function roomName({
  incident,
  prefix,
  attempt,
}: {
  readonly incident: Incident;
  readonly prefix: string;
  readonly attempt: number;
}): string {
  const suffix = attempt > 1 ? `-${attempt}` : '';
  const words = [roomStem(incident, prefix), incident.test ? 'test' : '', title(incident)];
  const name = words.filter((word) => word !== '').join('-');
  return `${name.slice(0, mostName - suffix.length).replace(/-+$/, '')}${suffix}`;
}

/** How every name of this incident's room begins: `inc-12`. */
export function roomStem(incident: Incident, prefix: string): string {
  return `${slug(prefix, /[^a-z0-9_]+/g).slice(0, 20) || 'inc'}-${incident.id}`;
}

function title(incident: Incident): string {
  return slug(incident.title, /[^a-z0-9]+/g);
}

function slug(text: string, others: RegExp): string {
  return text
    .slice(0, 1000)
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/['’]/g, '')
    .toLowerCase()
    .replace(others, '-')
    .replace(/^-+|-+$/g, '');
}

/**
 * For a line that shows no formatting. Each change of it leaves a line in the room, so it holds what seldom changes: where the
 * incident stands is for the status card. It is escaped all the same: Slack reads mentions out of topics, and gives
 * them back escaped.
 */
export function topic(incident: Incident): string {
  const words = [
    `${testMark(incident)}${roomKey(incident.id)}`,
    severityName(incident.severity),
    oneLine(incident.title),
  ];
  return boundedMrkdwn(escape(words.join(' · ')), mostTopic);
}

type Bookmark = { readonly title: string; readonly link: string; readonly emoji?: string };

/** Voice bridge, runbooks and links of the incident's services, each address once. */
export function bookmarks({
  incident,
  policy,
}: {
  readonly incident: Incident;
  readonly policy: Policy;
}): readonly Bookmark[] {
  const services = policy.services.filter((service) => incident.services.includes(service.name));
  const all: readonly Bookmark[] = [
    ...bridgesOf(incident, policy).map((link) => ({ title: 'Voice bridge', link, emoji: ':telephone_receiver:' })),
    ...services.flatMap(({ name, runbook }) =>
      runbook === null ? [] : [{ title: `Runbook ${name}`, link: runbook, emoji: ':book:' }],
    ),
    ...services.flatMap((service) => service.links.map(({ title: words, url }) => ({ title: words, link: url }))),
  ];
  return all
    .filter(({ link }) => webAddress(link) !== null)
    .filter(({ link }, index, usable) => usable.findIndex((other) => other.link === link) === index)
    .slice(0, mostBookmarks)
    .map((bookmark) => ({ ...bookmark, title: bounded(oneLine(bookmark.title), 75) || bookmark.link }));
}

/** Said elsewhere while there is no room to say it in. */
export function noRoom(incident: Incident): Message {
  return say(
    `${testMark(incident)}${roomKey(incident.id)} is declared and recorded, but its war room could not be opened. Please work in a channel of your own; \`/incident status ${roomKey(incident.id)}\` shows what is known.`,
  );
}
