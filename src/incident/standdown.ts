/**
 * Who could be let go, and when it is time to say so. Whoever still holds something is never suggested: a role, a service that is
 * not well, a question without an answer. How much somebody says counts for nothing.
 */
import { countHeads } from './headcount.ts';
import type { Incident, Instant, PersonId, ServiceName } from './incident.ts';
import { isWatching, roles } from './incident.ts';
import type { Question } from './page.ts';
import { span } from './timeline.ts';
import { type AlarmVerdict, calmAt, counted, holdOf, judge } from './verdict.ts';

const minute = 60_000;

/** So often at most it is suggested; who says that they are needed is left alone for as long. */
const everyMillis = 30 * minute;
/** Whoever was just called by hand is left alone for as long. */
const settleMillis = 30 * minute;
/** Before mitigation only from then on, and only in a full room. */
const earlyMillis = 30 * minute;
const fullRoom = 8;
/** For fewer it is not worth a word to the commander. */
const worthSaying = 3;

export type Suggestion = {
  readonly person: PersonId;
  /** In words that could be read aloud to them: goes on after a colon, without a full stop. */
  readonly because: string;
};

/** Active responders whose question is answered, in the order in which they came. */
export function suggest(incident: Incident, at: Instant): readonly Suggestion[] {
  return suggestIn(look(incident, at));
}

function suggestIn(scene: Scene): readonly Suggestion[] {
  const { incident, at } = scene;
  // The same is asked of many.
  const wells = new Map<ServiceName | null, string | null>();
  const answer = (asked: Asking, person: PersonId): string | null => {
    if (asked.question !== 'fix') return answerTo(scene, asked, person);
    const known = wells.get(asked.service);
    if (known !== undefined) return known;
    const well = answerTo(scene, asked, person);
    wells.set(asked.service, well);
    return well;
  };
  return candidates(incident, at).flatMap((person): readonly Suggestion[] => {
    const answers = questionsOf(incident, person).map((asked) => answer(asked, person));
    const [first] = answers;
    // All that they were called for must be answered; they are told about what they were called for last.
    return first === undefined || first === null || answers.includes(null) ? [] : [{ person, because: first }];
  });
}

/** Whether the commander is to be told now. */
export function isDue(incident: Incident, at: Instant): boolean {
  if (incident.roles.commander === null || !isWatching(incident, at)) return false;
  if (incident.suggested !== null && at - incident.suggested.at < everyMillis) return false;
  if (candidates(incident, at).length < worthSaying) return false;
  const scene = look(incident, at);
  if (!isMitigated(scene)) {
    if (at - incident.declaredAt < earlyMillis || countHeads(incident).active <= fullRoom) return false;
  }
  return suggestIn(scene).length >= worthSaying;
}

/** When it becomes due if nothing happens meanwhile, not before `at`; `null`: not by time alone. */
export function nextDueAt(incident: Incident, at: Instant): Instant | null {
  if (incident.roles.commander === null) return null;
  const open = candidates(incident, Infinity).filter((person) => !isStuck(incident, person));
  if (open.length < worthSaying) return null;
  const first = Math.max(at, (incident.suggested?.at ?? -Infinity) + everyMillis);
  const moments = [first, incident.declaredAt + earlyMillis, ...turns(incident)].filter((moment) => moment >= first);
  return [...new Set(moments)].toSorted((a, b) => a - b).find((moment) => isDue(incident, moment)) ?? null;
}

/** Whether no time that goes by answers a question of theirs: an alarm on it is not green. */
function isStuck(incident: Incident, person: PersonId): boolean {
  const wrong = counted(incident).filter(({ verdict, doubt }) => verdict !== 'ok' && doubt !== 'gone');
  return questionsOf(incident, person).some(
    ({ question, service }) =>
      question === 'fix' &&
      wrong.some((watch) => service === null || watch.service === null || watch.service === service),
  );
}

/** When time alone changes what the alarms prove, or who may be suggested. */
function turns(incident: Incident): readonly Instant[] {
  const hold = holdOf(incident);
  const alarms = counted(incident).flatMap((watch) => [watch.since + hold, calmAt(watch)]);
  const kept = (incident.suggested?.keep ?? []).map((each) => each.at + everyMillis);
  return [...alarms, ...kept, ...incident.pages.map(({ openedAt }) => openedAt + settleMillis)];
}

/** Active, called for something, and with no role; neither wanted by somebody just now nor by their own word. */
function candidates(incident: Incident, at: Instant): readonly PersonId[] {
  const wanted = incident.pages.filter(({ key, openedAt }) => isByHand(key) && at - openedAt < settleMillis);
  return incident.responders
    .filter(({ person, state, asked }) => state === 'active' && asked !== null && !isKept(incident, person, at))
    .map(({ person }) => person)
    .filter((person) => roles.every((role) => incident.roles[role] !== person))
    .filter((person) => wanted.every(({ called }) => !called.includes(person)));
}

/** Whether somebody has just said that they stay. */
export function isKept({ suggested }: Incident, who: PersonId, at: Instant): boolean {
  return (suggested?.keep ?? []).some((kept) => kept.person === who && at - kept.at < everyMillis);
}

function isByHand(key: string): boolean {
  return key.startsWith('call:') || key.startsWith('recall:');
}

type Asking = { readonly question: Question; readonly service: ServiceName | null };

/** What they were called for: last first. */
function questionsOf(incident: Incident, person: PersonId): readonly Asking[] {
  const asked = incident.responders.find((responder) => responder.person === person)?.asked ?? null;
  const before = incident.pages.filter(({ called }) => called.includes(person));
  return [...(asked === null ? [] : [asked]), ...before];
}

/** What the alarms say, read once for all people. */
type Scene = {
  readonly incident: Incident;
  readonly at: Instant;
  /** The alarms that count, without those that are gone for good. */
  readonly alarms: readonly AlarmVerdict[];
};

function look(incident: Incident, at: Instant): Scene {
  const hold = holdOf(incident);
  const { alarms } = judge(incident, at);
  return { incident, at, alarms: alarms.filter(({ verdict, watch }) => verdict !== 'gone' || at - watch.since < hold) };
}

/** Mitigated, and no alarm says that it came back. */
function isMitigated({ incident, alarms }: Scene): boolean {
  return incident.mitigatedAt !== null && alarms.every(({ verdict }) => verdict !== 'red' && verdict !== 'flapping');
}

/** Why the question is answered; `null`: it is not. */
function answerTo(scene: Scene, { question, service }: Asking, person: PersonId): string | null {
  switch (question) {
    case 'fix':
      return service === null ? allIsWell(scene) : isWell(scene, service);
    case 'impact':
      return impactIsKnown(scene, person);
    case 'lead':
      return scene.incident.roles.commander !== null && !scene.incident.provisional ? 'somebody leads now' : null;
  }
}

function impactIsKnown(scene: Scene, person: PersonId): string | null {
  const { impactKnown, pages } = scene.incident;
  const over = 'users are no longer affected';
  if (!impactKnown && !isMitigated(scene)) return null;
  const prefix = 'impact:';
  const circle = pages
    .findLast(({ key, called }) => key.startsWith(prefix) && called.includes(person))
    ?.key.slice(prefix.length);
  if (!impactKnown) return over;
  return circle === undefined || circle === ''
    ? 'we know what users see'
    : `${circle} was asked what users see, and we know that now`;
}

/** Called to repair, but nothing in particular: until all is well. */
function allIsWell(scene: Scene): string | null {
  if (!isMitigated(scene) || !scene.alarms.every(isRecovered)) return null;
  return scene.alarms.length === 0
    ? 'users are no longer affected'
    : `users are no longer affected, and every alarm has been green for ${greenFor(scene, scene.alarms)}`;
}

function isWell(scene: Scene, service: ServiceName): string | null {
  const { incident } = scene;
  const own = alarmsOf(scene, service);
  // An alarm of which nobody knows whose it is may be anybody's.
  if (!own.every(isRecovered) || !alarmsOf(scene, null).every(isRecovered)) return null;
  if (wasDropped(incident, service)) return `${service} is not part of this incident any more`;
  if (isMitigated(scene)) {
    return own.length === 0
      ? `users are no longer affected, and no alarm points at ${service}`
      : `${service} has been green for ${greenFor(scene, own)}, and users are no longer affected`;
  }
  // While users are affected, it is green here only if it is known to be wrong elsewhere.
  const elsewhere = incident.services.filter((name) => name !== service && !isProved(alarmsOf(scene, name)));
  if (own.length === 0 || elsewhere.length === 0) return null;
  return `${service} has been green for ${greenFor(scene, own)} and nothing else points there`;
}

/** It belonged to the incident: its levels were called. A service whose people were only called by hand never did. */
function wasDropped(incident: Incident, service: ServiceName): boolean {
  if (incident.services.length === 0 || incident.services.includes(service)) return false;
  return incident.pages.some(({ key }) => key === `service:${service}`);
}

function alarmsOf({ alarms }: Scene, service: ServiceName | null): readonly AlarmVerdict[] {
  return alarms.filter(({ watch }) => watch.service === service);
}

function isProved(alarms: readonly AlarmVerdict[]): boolean {
  return alarms.length > 0 && alarms.every(isRecovered);
}

function isRecovered({ verdict }: AlarmVerdict): boolean {
  return verdict === 'recovered';
}

/** For how long all of them are green. */
function greenFor({ at }: Scene, alarms: readonly AlarmVerdict[]): string {
  return span(at - Math.max(...alarms.map(({ watch }) => watch.since)));
}
