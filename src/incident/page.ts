/** A page: a call to people that goes on until somebody takes it, or nobody is left to call. */
import type { GroupId, Instant, PersonId, ServiceName } from './ids.ts';
import type { Night } from './night.ts';

/** Whom a level names: a person, or everyone in a user group. */
export type Target = PersonId | GroupId;

export function isGroup(target: Target): target is GroupId {
  return target.startsWith('S');
}

/** What somebody is paged for: to repair, to say how widespread it is, or to lead. */
export const questions = ['fix', 'impact', 'lead'] as const;
export type Question = (typeof questions)[number];

/** How insistently a page calls. */
export type Cadence = {
  /** After how long without an answer the same level is called again, in milliseconds. */
  readonly repeatMillis: number;
  /** After how long without an answer the next level is called, in milliseconds. */
  readonly climbMillis: number;
  /** Whether people are called in their night. */
  readonly atNight: boolean;
};

/** `service:checkout`, `impact:support`, `lead`, `call:3`, `recall:4`: what one answer answers, and nothing else. */
export type PageKey = string;

/** What a page asks of whom; written once, when it is opened, so that a changed catalog changes nothing here. */
export type Call = {
  readonly key: PageKey;
  readonly question: Question;
  /** The service that is to be repaired, or seen to; `null`: none in particular. */
  readonly service: ServiceName | null;
  /** What the one who asks wants, for those who are called; empty: it follows from the question. */
  readonly reason: string;
  /** Who is called, one level after the other. */
  readonly levels: readonly (readonly Target[])[];
  readonly cadence: Cadence;
  readonly night: Night;
};

export const pageEndings = [
  'answered',
  /** The last level did not answer. */
  'unanswered',
  /** There was nobody to call. */
  'nobody',
  /** Severity or services changed, and it does not fit any more. */
  'withdrawn',
  /** The incident calls nobody any more. */
  'over',
] as const;
export type PageEnding = (typeof pageEndings)[number];

export type Page = Call & {
  readonly openedAt: Instant;
  /** Which level is called, from 0. */
  readonly level: number;
  /** How often that level was called; 0: not yet. */
  readonly calls: number;
  /** Everyone who was called, on any level. */
  readonly called: readonly PersonId[];
  /** When the level is called again; before its first call: when that is due. */
  readonly repeatAt: Instant;
  /** When the next level is called; `null`: not before this one was called. */
  readonly climbAt: Instant | null;
  /** How often somebody's words paused the climb on this level, and until when they last did. */
  readonly pauses: number;
  readonly pausedUntil: Instant | null;
  /** `null`: it still runs. */
  readonly ended: PageEnding | null;
  /** Who took it; `null`: nobody yet, or somebody in the pager whom Slack does not know. */
  readonly takenBy: PersonId | null;
};

/** When something has to be done about the page; `null`: nothing any more. */
export function dueAt({ ended, repeatAt, climbAt }: Page): Instant | null {
  if (ended !== null) return null;
  return climbAt === null ? repeatAt : Math.min(repeatAt, climbAt);
}

/** What is known of people outside the incident, at the moment of a decision. */
export type Directory = {
  /** A group that is not here was never read. */
  readonly groups: ReadonlyMap<GroupId, readonly PersonId[]>;
  /** Time zones such as `Africa/Nairobi`; who is not here was never looked up. */
  readonly zones: ReadonlyMap<PersonId, string>;
  /** When each last said something in the room. */
  readonly words: ReadonlyMap<PersonId, Instant>;
};

export const emptyDirectory: Directory = { groups: new Map(), zones: new Map(), words: new Map() };

/** The members of all these targets, each once. `missing`: groups that were never read. */
export function expand(
  targets: readonly Target[],
  { groups }: Pick<Directory, 'groups'>,
): { readonly people: readonly PersonId[]; readonly missing: readonly GroupId[] } {
  const people = targets.flatMap((target) => (isGroup(target) ? (groups.get(target) ?? []) : [target]));
  const missing = targets.filter((target) => isGroup(target)).filter((group) => !groups.has(group));
  return { people: [...new Set(people)], missing };
}

/** Whether it runs, and whom it calls may change while it does. */
export function callsGroups({ ended, levels }: Page): boolean {
  return ended === null && levels.flat().some(isGroup);
}
