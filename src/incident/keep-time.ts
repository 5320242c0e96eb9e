/** What is due because time went by: calls to repeat or climb, and what Muster asks by itself, each once. */
import { cadenceOf, callNewcomers, callsFor } from './calls.ts';
import type { Ask } from './decision.ts';
import { leadKey } from './decide-roles.ts';
import type { Happening } from './event.ts';
import {
  type Incident,
  type Instant,
  isOngoing,
  isUnmitigated,
  type PersonId,
  type PromptSubject,
  roles,
} from './incident.ts';
import { type Call, callsGroups, dueAt, type Page } from './page.ts';
import { type Circumstances, openPage, turnPage } from './paging.ts';
import type { Policy } from './policy.ts';
import { isDue, nextDueAt, suggest } from './standdown.ts';
import { clock, span } from './timeline.ts';

const minute = 60_000;

/** How long nobody may lead before the room is asked who will, and how long after that the next level is paged for it. */
const unledMillis = 2 * minute;

/** How long recovery may be proved before anybody who works on it is asked to confirm. */
const confirmMillis = 15 * minute;

/** How long nobody may say a word. */
const silenceMillis = 24 * 60 * minute;

type Times = Pick<Ask, 'incident' | 'at' | 'policy' | 'directory'> & { readonly lastWordAt: Instant | null };

/** All that is due now. */
export function keepTime(times: Times): readonly Happening[] {
  const { incident, at, directory } = times;
  return [
    ...incident.pages.flatMap((page) => turnOrFollow(incident, page, { at, directory })),
    ...prompts(times)
      .filter((prompt) => prompt.at <= at)
      .map(prompted),
    ...pageForLead(times),
    ...suggestion(times),
  ];
}

/** What is due about a page; else whoever has come into a group that is called, such as the next one on call. */
function turnOrFollow(incident: Incident, page: Page, circumstances: Circumstances): readonly Happening[] {
  const turned = turnPage(incident, page, circumstances);
  return turned.length > 0 || !callsGroups(page)
    ? turned
    : callNewcomers(incident, { page, call: page }, circumstances);
}

/** When something is due next; `null`: nothing is. */
export function nextTime(times: Omit<Times, 'directory'>): Instant | null {
  const { incident, policy } = times;
  const moments = [
    ...incident.pages.map(dueAt),
    ...prompts(times).map((prompt) => prompt.at),
    leadPageAt(incident, policy),
    incident.test ? null : nextDueAt(incident, times.at),
    archiveAt(incident, policy),
  ];
  const next = moments.filter((moment) => moment !== null);
  return next.length === 0 ? null : Math.min(...next);
}

/** When the room of a closed incident is to be archived; `null`: never. */
export function archiveAt({ status, closedAt, archivedAt, room }: Incident, { people }: Policy): Instant | null {
  if (status !== 'closed' || closedAt === null || archivedAt !== null || room === null) return null;
  return people.archiveMillis === null ? null : closedAt + people.archiveMillis;
}

type DuePrompt = {
  readonly about: PromptSubject;
  readonly person: PersonId | null;
  readonly at: Instant;
  readonly text: string;
};

function prompted({ about, person, text }: DuePrompt): Happening {
  return { event: { kind: 'prompted', about, person }, text };
}

/** What will be asked, and when, if nothing happens before. */
function prompts({ incident, policy, lastWordAt }: Omit<Times, 'directory' | 'at'>): readonly DuePrompt[] {
  const { unledSince, recoveredAt, room, status } = incident;
  if (room === null || status === 'closed' || status === 'cancelled') return [];
  const { commander } = incident.roles;
  const found: DuePrompt[] = [];
  if (
    unledSince !== null &&
    isUnmitigated(incident) &&
    isAttended(incident) &&
    !wasAsked(incident, 'lead', unledSince)
  ) {
    found.push({
      about: 'lead',
      person: null,
      at: unledSince + unledMillis,
      text: 'Nobody leads: the room is asked who will.',
    });
  }
  if (recoveredAt !== null && isOngoing(incident) && !wasAsked(incident, 'confirmation', recoveredAt)) {
    found.push({
      about: 'confirmation',
      person: null,
      at: recoveredAt + confirmMillis,
      text: `Recovery was proved at ${clock(recoveredAt)} UTC and nobody has confirmed that it is over: everyone who works on it is asked.`,
    });
  }
  for (const role of isOngoing(incident) ? roles : []) {
    const [person, since] = [incident.roles[role], incident.rolesSince[role]];
    if (person === null || since === null) continue;
    const last = Math.max(since, askedAt(incident, 'relief', person) ?? 0);
    const text = `<@${person}>, who is ${role} since ${clock(since)} UTC, is asked whether to hand over.`;
    found.push({ about: 'relief', person, at: last + policy.people.reliefMillis, text });
  }
  const asked = incident.prompts.filter(({ about }) => about === 'silence').map(({ at }) => at);
  const quiet = Math.max(incident.declaredAt, lastWordAt ?? 0, ...asked);
  found.push({
    about: 'silence',
    person: commander,
    at: quiet + silenceMillis,
    text: `Not a word for ${span(silenceMillis)}: ${commander === null ? 'the room' : `<@${commander}>`} is asked whether it is over.`,
  });
  // One who holds two roles is asked once, when the first of them gets long.
  const sooner = found.toSorted((one, other) => one.at - other.at);
  return sooner.filter(
    (prompt, index) =>
      sooner.findIndex(({ about, person }) => about === prompt.about && person === prompt.person) === index,
  );
}

/** Somebody is there who could be asked; before that the page of the alarm is what calls. */
function isAttended({ declaredBy, responders, pages }: Incident): boolean {
  return (
    declaredBy.type === 'person' ||
    responders.some(({ state }) => state === 'active') ||
    pages.some(({ ended }) => ended === 'answered')
  );
}

function askedAt(incident: Incident, about: PromptSubject, person: PersonId | null): Instant | null {
  return incident.prompts.find((prompt) => prompt.about === about && prompt.person === person)?.at ?? null;
}

function wasAsked(incident: Incident, about: PromptSubject, since: Instant): boolean {
  return (askedAt(incident, about, null) ?? -Infinity) >= since;
}

/** When somebody is paged to lead: a while after the room was asked in vain, if there is anybody to page. */
function leadPageAt(incident: Incident, policy: Policy): Instant | null {
  const { unledSince, test } = incident;
  const asked = askedAt(incident, 'lead', null);
  if (test || unledSince === null || asked === null || asked < unledSince || !isUnmitigated(incident)) return null;
  const called = incident.pages.some(
    ({ key, openedAt, ended }) => key === leadKey && openedAt >= unledSince && ended !== 'over',
  );
  return called || leadCall(incident, policy).levels.length === 0 ? null : asked + unledMillis;
}

/** The levels after the first, which was called to repair; where there is none, the first. */
function pageForLead({ incident, at, policy, directory }: Times): readonly Happening[] {
  const due = leadPageAt(incident, policy);
  if (due === null || at < due) return [];
  return openPage(incident, leadCall(incident, policy), { at, directory });
}

/** The call for somebody to lead. */
export function leadCall({ services, severity }: Incident, policy: Policy): Call {
  const fix = callsFor({ services, severity }, policy).filter(({ question }) => question === 'fix');
  const deepest = Math.max(0, ...fix.map(({ levels }) => levels.length));
  const levels = Array.from({ length: deepest }, (_, level) => [
    ...new Set(fix.flatMap((call) => call.levels[level] ?? [])),
  ]);
  return {
    key: leadKey,
    question: 'lead',
    service: null,
    reason: '',
    levels: levels.length > 1 ? levels.slice(1) : levels,
    cadence: cadenceOf(severity, policy.people),
    night: policy.people.night,
  };
}

function suggestion({ incident, at }: Times): readonly Happening[] {
  if (incident.test || !isDue(incident, at)) return [];
  const people = suggest(incident, at);
  return [
    {
      event: { kind: 'stand down suggested', people },
      text: `Could stand by now: ${people.map(({ person }) => `<@${person}>`).join(', ')}.`,
    },
  ];
}
