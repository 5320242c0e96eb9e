/** What an incident is at one moment: the projection of its events. Every value is plain data that survives JSON. */
import type { AlarmArn, IncidentId, Instant, PersonId, ServiceName } from './ids.ts';
import type { Page, Question } from './page.ts';

export type { AlarmArn, GroupId, IncidentId, Instant, PersonId, ServiceName } from './ids.ts';

export const severities = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'SEV5'] as const;
export type Severity = (typeof severities)[number];

export const statuses = ['investigating', 'identified', 'mitigated', 'resolved', 'closed', 'cancelled'] as const;
export type Status = (typeof statuses)[number];

export const roles = ['commander', 'communications', 'scribe'] as const;
export type Role = (typeof roles)[number];

export const responderStates = ['paged', 'active', 'standby', 'passed on', 'unreachable'] as const;
export type ResponderState = (typeof responderStates)[number];

export type Responder = {
  readonly person: PersonId;
  readonly state: ResponderState;
  /** Since when they are in this state. */
  readonly since: Instant;
  /** What they were paged for, the last page first to count; `null`: they came by themselves. */
  readonly asked: Asked | null;
  /** Why they could not be reached, in words; only with `unreachable`. */
  readonly because: string | null;
};

/** What a responder was paged for. */
export type Asked = { readonly question: Question; readonly service: ServiceName | null };

/** What a poll says about one alarm: red, green with data that shows it, or nobody can tell. */
export type Verdict = 'alarm' | 'ok' | 'unknown';

/** Why nobody can tell what an alarm would say. */
export const doubts = [
  /** CloudWatch can't be reached there. */
  'unread',
  'no data',
  'muted',
  /** Deleted or renamed, such as together with its stack. */
  'gone',
  /** Somebody changed the alarm since it was first read here, so its OK may mean something else. */
  'changed',
  /** CloudWatch did not evaluate it, or not wholly. */
  'not evaluated',
  /** It was something else for a time between two polls. */
  'gap',
] as const;
export type Doubt = (typeof doubts)[number];

/** How an alarm is evaluated. An alarm over others has none. */
export type Timing = {
  readonly periodMillis: number;
  /** The N of "M of N". */
  readonly periods: number;
  /** The M of "M of N". */
  readonly breaching: number;
  /** When the alarm was last configured. */
  readonly configuredAt: Instant | null;
};

export type Watch = {
  readonly alarm: AlarmArn;
  /** The alarm's name, as people know it. */
  readonly name: string;
  readonly service: ServiceName | null;
  /** `null` until the first poll. */
  readonly verdict: Verdict | null;
  /** When the verdict last changed. */
  readonly since: Instant;
  /** The reason the verdict was given, in words. */
  readonly because: string;
  /** Only with `unknown`. */
  readonly doubt: Doubt | null;
  /** As it was when it was first read here; `null`: not read yet, or it has none. */
  readonly timing: Timing | null;
  /** When it went red while it was watched, newest last; at most ten are kept. */
  readonly reds: readonly Instant[];
  /** Set when somebody said that this alarm does not count here, with their reason. */
  readonly discounted: string | null;
};

/** Something that Muster asked by itself, because it was time to. */
export type Prompt = {
  readonly about: PromptSubject;
  /** Whom it concerns; `null`: nobody in particular. */
  readonly person: PersonId | null;
  readonly at: Instant;
};

export const promptSubjects = [
  /** Nobody leads: the room is asked who will. */
  'lead',
  /** Whoever holds a role for hours is asked whether to hand over. */
  'relief',
  /** Recovery is proved, and nobody confirmed that it is over. */
  'confirmation',
  /** Not a word for a day. */
  'silence',
] as const;
export type PromptSubject = (typeof promptSubjects)[number];

/** Who did a thing. Outside text (names) is bounded by the door that made it. */
export type Actor =
  | { readonly type: 'person'; readonly person: PersonId }
  | { readonly type: 'alarm'; readonly name: string }
  | { readonly type: 'webhook'; readonly name: string }
  | { readonly type: 'timer' }
  | { readonly type: 'system' };

/** The Slack message an incident was declared from. */
export type Origin = { readonly channel: string; readonly message: string };

/** How it was found. */
export type Detection = {
  readonly by: 'alarm' | 'person';
  /** When the first data point breached, by CloudWatch's clock; `null`: no machine saw it. */
  readonly firstBreachAt: Instant | null;
};

export type Room = { readonly channel: string; readonly name: string };

export type Incident = {
  readonly id: IncidentId;
  readonly title: string;
  readonly status: Status;
  /** The status before the last one, so that the commander can undo; `null` when there is nothing to undo. */
  readonly undoTo: Status | null;
  /** `null`: not known yet. */
  readonly severity: Severity | null;
  /** A person has changed it: no alarm of this incident changes it any more. */
  readonly severityJudged: boolean;
  /** Empty: not known yet. */
  readonly services: readonly ServiceName[];
  /** A test pages nobody and is announced nowhere. */
  readonly test: boolean;
  readonly declaredBy: Actor;
  readonly declaredAt: Instant;
  readonly origin: Origin | null;
  readonly room: Room | null;
  readonly roles: { readonly [R in Role]: PersonId | null };
  /** Since when each role is held by who holds it; `null`: nobody does. */
  readonly rolesSince: { readonly [R in Role]: Instant | null };
  /** The commander only leads because they were the first to take the page of a room that an alarm opened. */
  readonly provisional: boolean;
  /** Since when nobody leads; `null`: somebody does. */
  readonly unledSince: Instant | null;
  readonly responders: readonly Responder[];
  /** Calls that went out, running or ended, in the order of their beginning. */
  readonly pages: readonly Page[];
  /** What people were asked, and when: so that it is asked once. */
  readonly prompts: readonly Prompt[];
  readonly watches: readonly Watch[];
  /** Alarms that somebody said are not part of this incident: they may open their own. */
  readonly separated: readonly AlarmArn[];
  /**
   * How long every alarm must stay green before recovery counts as proved, in milliseconds; `null`: the catalog does not say,
   * so it follows from how the alarms are evaluated.
   */
  readonly stabilisationMillis: number | null;
  /** Where CloudWatch can't be reached, and since when. */
  readonly blind: readonly { readonly place: string; readonly since: Instant }[];
  readonly detection: Detection;
  /** The earlier incident that this one may continue. */
  readonly follows: IncidentId | null;
  /** Set when this turned out to be part of another incident. */
  readonly mergedInto: IncidentId | null;
  /** The incidents that turned out to be part of this one. */
  readonly merged: readonly IncidentId[];
  /** Whether somebody said how widespread it is. */
  readonly impactKnown: boolean;
  /** The people that were suggested to stand down, last. */
  readonly suggested: Suggested | null;
  /** When recovery was proved; `null` when it is not (yet, or any more). */
  readonly recoveredAt: Instant | null;
  /** Whether any person has acted: an alarm's incident may only cancel itself before that. */
  readonly touched: boolean;
  readonly mitigatedAt: Instant | null;
  readonly resolvedAt: Instant | null;
  readonly closedAt: Instant | null;
  /** When its room was archived; only people can bring it back. */
  readonly archivedAt: Instant | null;
};

/** Who could be let go, as the commander was told. */
export type Suggested = {
  readonly at: Instant;
  readonly people: readonly PersonId[];
  /** Those who were asked in private and have not answered. */
  readonly asked: readonly PersonId[];
  /** Those who said that they stay, and when. */
  readonly keep: readonly { readonly person: PersonId; readonly at: Instant }[];
};

/** The room key that people say and type: `INC-42`. */
export function roomKey(id: IncidentId): string {
  return `INC-${id}`;
}

/** Statuses in which work goes on: alarms are watched and the room is live. */
export function isOngoing(incident: Incident): boolean {
  return incident.status === 'investigating' || incident.status === 'identified' || incident.status === 'mitigated';
}

/** Red again this soon after it was resolved, in milliseconds, it is the same incident. */
export const relapseMillis = 60 * 60_000;

/** Whether its alarms are still followed: while work goes on, and for a while after it was resolved. */
export function isWatching(incident: Incident, at: Instant): boolean {
  if (isOngoing(incident)) return true;
  return incident.status === 'resolved' && incident.resolvedAt !== null && at - incident.resolvedAt < relapseMillis;
}

/** Over, with its room archived: nothing can be shown there any more. Who reopens it brings the room back by hand. */
export function isPutAway({ status, archivedAt }: Incident): boolean {
  return status === 'closed' && archivedAt !== null;
}

/** Ongoing and users still affected: a new signal for the same service belongs here. */
export function isUnmitigated(incident: Incident): boolean {
  return incident.status === 'investigating' || incident.status === 'identified';
}

export function isActive(incident: Incident, person: PersonId): boolean {
  return (
    roles.some((role) => incident.roles[role] === person) ||
    incident.responders.some((responder) => responder.person === person && responder.state === 'active')
  );
}

/** Lower is worse. An unknown severity is read as SEV2: unsure means assume the worse one. */
export function rank(severity: Severity | null): number {
  return severity === null ? severities.indexOf('SEV2') : severities.indexOf(severity);
}
