/** What an incident is at one moment: the projection of its events. Every value is plain data that survives JSON. */

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The number in `INC-42`. */
export type IncidentId = Brand<number, 'IncidentId'>;
/** A Slack user id such as `U024BE7LH` (or `W…` on Enterprise). */
export type PersonId = Brand<string, 'PersonId'>;
/** The service's name in the catalog. */
export type ServiceName = string;
/** Milliseconds since the epoch, UTC. */
export type Instant = number;
/** An alarm's ARN: it names account, region and alarm. */
export type AlarmArn = string;

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
  /** Why they could not be reached, in words; only with `unreachable`. */
  readonly because: string | null;
};

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
  readonly responders: readonly Responder[];
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
  /** When recovery was proved; `null` when it is not (yet, or any more). */
  readonly recoveredAt: Instant | null;
  /** Whether any person has acted: an alarm's incident may only cancel itself before that. */
  readonly touched: boolean;
  readonly mitigatedAt: Instant | null;
  readonly resolvedAt: Instant | null;
  readonly closedAt: Instant | null;
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
