/** What happened. Each event is one append-only row of the timeline. */
import type {
  Actor,
  AlarmArn,
  Detection,
  Doubt,
  IncidentId,
  Instant,
  Origin,
  PersonId,
  Responder,
  Role,
  ServiceName,
  Severity,
  Status,
  Timing,
  Verdict,
  Watch,
} from './incident.ts';

/** What a person can put on the timeline by hand. */
export const noteKinds = [
  'note',
  'observation',
  'hypothesis',
  'hypothesis dropped',
  'decision',
  'action',
  'impact',
  'mitigation',
  'recovery',
  'resolution',
  'setback',
  'escalation',
  'handoff',
  'role',
  'comms',
] as const;
export type NoteKind = (typeof noteKinds)[number];

/** What a machine can say about the world. */
export const signalKinds = ['alarm', 'change', 'page', 'trigger', 'impact', 'recovery', 'observation'] as const;
export type SignalKind = (typeof signalKinds)[number];

/** An alarm that is red, as it comes into an incident. */
export type RedAlarm = {
  readonly watch: WatchedAlarm;
  readonly since: Instant;
  /** The machine's words, bounded. */
  readonly because: string;
};

/** What changed of one alarm. */
export type AlarmChange = {
  readonly alarm: AlarmArn;
  readonly from: Verdict | null;
  readonly to: Verdict;
  readonly doubt: Doubt | null;
  /** The machine's words, bounded. */
  readonly because: string;
  /** When it changed: by the machine's clock where it says so. */
  readonly at: Instant;
  readonly timing: Timing | null;
};

export type WatchedAlarm = { readonly alarm: AlarmArn; readonly name: string; readonly service: ServiceName | null };

/**
 * Free words stand only in the row's text (see `TimelineRow`), never here, so that a pasted secret can be blanked without
 * touching what happened. What the status card shows is the exception: the title, why an alarm does not count, and what
 * machines and Slack gave as their reasons.
 */
export type IncidentEvent =
  | {
      readonly kind: 'declared';
      readonly title: string;
      readonly severity: Severity | null;
      readonly services: readonly ServiceName[];
      readonly test: boolean;
      readonly origin: Origin | null;
      /** Who is paged, as the catalog said at that moment. */
      readonly responders: readonly PersonId[];
      readonly watches: readonly WatchedAlarm[];
      readonly stabilisationMillis: number | null;
      /** An earlier incident that this one may continue. */
      readonly follows: IncidentId | null;
    }
  | { readonly kind: 'detected'; readonly detection: Detection }
  | { readonly kind: 'room opened'; readonly channel: string; readonly name: string }
  | { readonly kind: 'noted'; readonly noteKind: NoteKind; /** Already visible in the room. */ readonly said: boolean }
  | {
      readonly kind: 'signalled';
      readonly signalKind: SignalKind;
      /** Seen before the incident was declared, and adopted by it. */
      readonly adopted: boolean;
    }
  | { readonly kind: 'severity changed'; readonly from: Severity | null; readonly to: Severity }
  | { readonly kind: 'identified' }
  | { readonly kind: 'mitigated' }
  | { readonly kind: 'resolved' }
  | {
      readonly kind: 'reopened';
      /** Its alarm went red again soon after it was resolved. */ readonly byItself: boolean;
    }
  | { readonly kind: 'closed' }
  | { readonly kind: 'cancelled'; /** Its own alarm cleared before anyone acted. */ readonly byItself: boolean }
  | { readonly kind: 'undone'; readonly from: Status; readonly to: Status }
  | { readonly kind: 'role given'; readonly role: Role; readonly person: PersonId }
  | { readonly kind: 'responder paged'; readonly person: PersonId }
  | { readonly kind: 'responder active'; readonly person: PersonId }
  | { readonly kind: 'responder stood down'; readonly person: PersonId }
  | { readonly kind: 'responder passed on'; readonly person: PersonId }
  | { readonly kind: 'responder unreachable'; readonly person: PersonId; readonly because: string }
  | { readonly kind: 'renamed'; readonly title: string }
  | {
      readonly kind: 'services changed';
      readonly services: readonly ServiceName[];
      readonly watches: readonly WatchedAlarm[];
      readonly stabilisationMillis: number | null;
    }
  | { readonly kind: 'alarms joined'; readonly alarms: readonly RedAlarm[] }
  | { readonly kind: 'alarm separated'; readonly alarm: AlarmArn }
  | { readonly kind: 'alarms changed'; /** All of one verdict. */ readonly changes: readonly AlarmChange[] }
  /** Somebody says that the alarm counts as it is configured now. */
  | { readonly kind: 'alarm trusted'; readonly alarm: AlarmArn; readonly timing: Timing | null }
  | {
      readonly kind: 'alarm reconfigured';
      readonly alarm: AlarmArn;
      readonly change: 'created' | 'changed' | 'deleted';
    }
  | { readonly kind: 'blinded'; readonly place: string }
  | { readonly kind: 'seen again'; readonly place: string }
  | {
      readonly kind: 'merged';
      /** The incident that turned out to be part of this one. */
      readonly incident: IncidentId;
      readonly services: readonly ServiceName[];
      readonly watches: readonly Watch[];
      readonly responders: readonly Responder[];
      readonly stabilisationMillis: number | null;
    }
  | { readonly kind: 'merged into'; readonly incident: IncidentId }
  | { readonly kind: 'alarm discounted'; readonly alarm: AlarmArn; readonly reason: string }
  | { readonly kind: 'recovery proved' }
  | { readonly kind: 'relapsed'; readonly alarms: readonly AlarmArn[] }
  | { readonly kind: 'write failed'; /** The call, such as `pins.add`. */ readonly method: string };

export type EventKind = IncidentEvent['kind'];

/** An event with the words that stand in the timeline for it. People are written as `<@U024BE7LH>`. */
export type Happening = {
  readonly event: IncidentEvent;
  readonly text: string;
  /** When it happened, if not at the moment it was recorded. */
  readonly occurredAt?: Instant;
  /** Where it can be seen: a message, an alarm, a deployment. Always http(s). */
  readonly link?: string | null;
  /** Who did it, if not who asked. */
  readonly actor?: Actor;
};

/** A stored event: one row of the timeline. */
export type TimelineRow = {
  /** Number of the row, rising in the order of recording; drafts point at it as `#12`. */
  readonly id: number;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: Actor;
  /** For people and exports: the note's or signal's own kind, otherwise the event's. */
  readonly kind: EventKind | NoteKind | SignalKind;
  readonly event: IncidentEvent;
  readonly text: string;
  /** Unique key `<source>#<n>`: the same source never stands twice. */
  readonly source: string;
  readonly link: string | null;
};

/** The kind that stands in the row. */
export function rowKind(event: IncidentEvent): TimelineRow['kind'] {
  if (event.kind === 'noted') return event.noteKind;
  if (event.kind === 'signalled') return event.signalKind;
  return event.kind;
}
