/** What is due about a page: repeated, climbed, held until the morning, or given up. */
import type { Ask } from './decision.ts';
import type { Happening } from './event.ts';
import { type Actor, type Incident, type Instant, type PersonId, roles } from './incident.ts';
import { isNight, morningAfter } from './night.ts';
import type { Call, Directory, Page } from './page.ts';
import { dueAt, expand } from './page.ts';
import { clock, span } from './timeline.ts';

/** How long a group that was never read is waited for before the next level is called, in milliseconds. */
export const groupPatienceMillis = 60_000;

/** How long somebody's words pause the climb, and how often on one level. */
export const pauseMillis = 3 * 60_000;
export const mostPauses = 2;

/** Calls fall due a little later than said, each by another while: never sooner, never by more than this part. */
const jitter = 0.05;

export type Circumstances = Pick<Ask, 'at' | 'directory'>;

/** What people call a page: `checkout`, `what users see (support)`, `a commander`. */
export function pageName({ key, question, service }: Pick<Call, 'key' | 'question' | 'service'>): string {
  if (question === 'lead') return 'a commander';
  if (question === 'impact')
    return `what users see${key.startsWith('impact:') ? ` (${key.slice('impact:'.length)})` : ''}`;
  return service ?? 'this incident';
}

/** Opens a page and calls its first level, if that can be called now. */
export function openPage(incident: Incident, call: Call, circumstances: Circumstances): readonly Happening[] {
  const { at } = circumstances;
  const opened: Happening = {
    event: { kind: 'page opened', call, repeatAt: at },
    text: `A page for ${pageName(call)} goes out${call.reason === '' ? '.' : `: ${call.reason}`}`,
    actor: timer,
  };
  return [opened, ...turnPage(incident, begin(call, at), circumstances)];
}

/** A page as its opening makes it. */
export function begin(call: Call, at: Instant): Page {
  return {
    ...call,
    openedAt: at,
    level: 0,
    calls: 0,
    called: [],
    repeatAt: at,
    climbAt: null,
    pauses: 0,
    pausedUntil: null,
    ended: null,
    takenBy: null,
  };
}

export const timer: Actor = { type: 'timer' };

/** What is due about a page now; nothing while it waits. */
export function turnPage(incident: Incident, page: Page, circumstances: Circumstances): readonly Happening[] {
  const { at, directory } = circumstances;
  const due = dueAt(page);
  if (due === null || at < due) return [];
  if (page.climbAt !== null && at >= page.climbAt) return climb(incident, page, circumstances);
  const targets = page.levels[page.level] ?? [];
  const { people, missing } = expand(targets, directory);
  const able = callable(incident, page, people);
  const there = page.calls === 0 ? present(incident, page, people) : null;
  // Whoever leads keeps the overview: as long as there are others, one of them is asked to repair.
  const leads = there !== null && incident.roles.commander === there && able.length > 0;
  if (there !== null && !leads) return [...callOnce(page, able, circumstances), taken(page, there, 'presence')];
  const { awake, asleep, until } = whoIsAwake(page, able, circumstances);
  const call = page.calls + 1;
  if (awake.length > 0) {
    const { repeatMillis, climbMillis } = page.cadence;
    const climbAt = page.climbAt ?? at + spread(climbMillis, page, `${page.level}.climb`);
    const again = at + spread(repeatMillis, page, `${page.level}.${call}`);
    // Nobody is called again just before the next level is.
    const repeatAt = climbAt - again < repeatMillis / 4 ? Math.max(again, climbAt) : again;
    return [calling(page, { level: page.level, call, people: awake, repeatAt, climbAt })];
  }
  // A group that nobody has read yet may hold people; its members are on their way.
  if (missing.length > 0 && at - page.openedAt < groupPatienceMillis) return [];
  if (until !== null && page.climbAt !== null) return [sparing(page, page.climbAt)];
  if (until !== null) return [holding(page, { level: page.level, asleep, until })];
  return climb(incident, page, circumstances);
}

/** Whoever else is named there may help, too, but nobody is waited for. */
function callOnce(page: Page, people: readonly PersonId[], circumstances: Circumstances): readonly Happening[] {
  const { awake } = whoIsAwake(page, people, circumstances);
  const { at } = circumstances;
  if (awake.length === 0) return [];
  return [calling(page, { level: page.level, call: 1, people: awake, repeatAt: at, climbAt: at })];
}

/** Somebody took it. */
export function taken(page: Page, person: PersonId, by: 'button' | 'words' | 'presence'): Happening {
  return {
    event: { kind: 'page answered', page: page.key, person, by },
    text: `<@${person}> is on it for ${pageName(page)}.`,
    ...(by === 'presence' ? { actor: timer } : {}),
  };
}

function climb(incident: Incident, page: Page, circumstances: Circumstances): readonly Happening[] {
  const level = page.level + 1;
  if (level < page.levels.length) {
    const { at } = circumstances;
    return turnPage(
      incident,
      { ...page, level, calls: 0, repeatAt: at, climbAt: null, pauses: 0, pausedUntil: null },
      circumstances,
    );
  }
  return [
    sleepers(incident, page, circumstances) ??
      ending(page, page.called.length === 0 ? 'nobody' : 'unanswered', circumstances.at),
  ];
}

/** Whoever slept while their level was called is called before it is given up. */
function sleepers(incident: Incident, page: Page, circumstances: Circumstances): Happening | null {
  const levels = page.levels.map((targets, level) => {
    const { people } = expand(targets, circumstances.directory);
    const uncalled = callable(incident, page, people).filter((person) => !page.called.includes(person));
    return { level, ...whoIsAwake(page, uncalled, circumstances) };
  });
  const [first] = levels
    .flatMap(({ level, asleep, until }) => (until === null ? [] : [{ level, asleep, until }]))
    .toSorted((one, other) => one.until - other.until);
  return first === undefined ? null : holding(page, first);
}

function holding(
  page: Page,
  { level, asleep, until }: { readonly level: number; readonly asleep: readonly PersonId[]; readonly until: Instant },
): Happening {
  const who = asleep.length === 1 ? '1 person' : `${asleep.length} people`;
  return {
    event: { kind: 'page held', page: page.key, level, people: asleep, repeatAt: until },
    text: `It is night for ${who} paged for ${pageName(page)}: called from ${clock(until)} UTC on.`,
    actor: timer,
  };
}

/** They were called before their night began: nobody is promised their morning, and the next level is called in its time. */
function sparing(page: Page, repeatAt: Instant): Happening {
  return {
    event: { kind: 'page held', page: page.key, level: page.level, people: [], repeatAt },
    text: `It is night by now for whoever was called for ${pageName(page)}: they are not called again.`,
    actor: timer,
  };
}

export function calling(
  page: Page,
  called: {
    readonly level: number;
    readonly call: number;
    readonly people: readonly PersonId[];
    readonly repeatAt: Instant;
    readonly climbAt: Instant;
  },
): Happening {
  const names = called.people.map((person) => `<@${person}>`).join(', ');
  const where = page.levels.length > 1 ? `, level ${called.level + 1}` : '';
  const again = called.call > 1 ? ' again' : '';
  return {
    event: { kind: 'people paged', page: page.key, ...called },
    text: `Paged${again} for ${pageName(page)}${where}: ${names}.`,
    actor: timer,
  };
}

export function ending(page: Page, because: Exclude<Page['ended'], null | 'answered'>, at?: Instant): Happening {
  const after = at === undefined ? '' : ` after ${span(at - page.openedAt)}`;
  const words = {
    unanswered: `Nobody has answered the page for ${pageName(page)}${after}: ${page.called.length === 1 ? '1 person was' : `${page.called.length} people were`} called.`,
    nobody: `Nobody could be paged for ${pageName(page)}: no one is named who can be called.`,
    withdrawn: `The page for ${pageName(page)} is withdrawn.`,
    over: `The page for ${pageName(page)} is over.`,
  };
  return { event: { kind: 'page ended', page: page.key, because }, text: words[because], actor: timer };
}

/** Those who can be called: not at work on this already, not let go, not given up. */
export function callable(incident: Incident, page: Page, people: readonly PersonId[]): readonly PersonId[] {
  const states = new Map(incident.responders.map(({ person, state }) => [person, state]));
  const able = people.filter((person) => {
    const state = states.get(person);
    if (state === 'active') return page.question === 'lead' || isOnElse(incident, page, person);
    return state === undefined || state === 'paged';
  });
  // Who stands by is left in peace, as long as there is anybody else.
  const led = roles.some((role) => incident.roles[role] !== null);
  const alone = able.length === 0 && !led && ![...states.values()].includes('active');
  return alone ? people.filter((person) => states.get(person) === 'standby') : able;
}

/** Somebody of this level is here already and free for it; whoever pages by hand wants somebody else. */
function present(incident: Incident, page: Page, people: readonly PersonId[]): PersonId | null {
  if (page.question === 'lead' || isByHand(page)) return null;
  const here = incident.responders.filter(({ person, state }) => state === 'active' && people.includes(person));
  return here.find(({ person }) => !isOnElse(incident, page, person))?.person ?? null;
}

function isByHand({ key }: Page): boolean {
  return key.startsWith('call:') || key.startsWith('recall:');
}

/** Whether somebody who is active was called for something else than this page is about. */
function isOnElse(incident: Incident, page: Page, person: PersonId): boolean {
  const asked = incident.responders.find((each) => each.person === person)?.asked ?? null;
  if (asked === null || page.service === null) return false;
  return asked.question !== 'fix' || (asked.service !== null && asked.service !== page.service);
}

/** `until`: when the first of those who sleep may be called. */
export function whoIsAwake(
  page: Page,
  people: readonly PersonId[],
  { at, directory }: Circumstances,
): { readonly awake: readonly PersonId[]; readonly asleep: readonly PersonId[]; readonly until: Instant | null } {
  if (page.cadence.atNight) return { awake: people, asleep: [], until: null };
  const asleep = people.filter((person) => isNight(at, zoneOf(person, directory), page.night));
  const mornings = asleep.map((person) => morningAfter(at, zoneOf(person, directory), page.night));
  return {
    awake: people.filter((person) => !asleep.includes(person)),
    asleep,
    until: mornings.length === 0 ? null : Math.min(...mornings),
  };
}

/** Where nobody knows the zone it counts as day. */
function zoneOf(person: PersonId, { zones }: Directory): string {
  return zones.get(person) ?? '';
}

/** A wait with its jitter: the same for the same wait, so that nothing depends on chance. */
export function spread(millis: number, { key, openedAt }: Page, which: string): number {
  let hash = 0;
  for (const letter of `${key} ${openedAt} ${which}`) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return Math.round(millis * (1 + (jitter * hash) / 1_000_003));
}
