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
  PromptSubject,
  Responder,
  Role,
  ServiceName,
  Severity,
  Status,
  Timing,
  Verdict,
  Watch,
} from './incident.ts';
import type { Cadence, Call, PageEnding, PageKey } from './page.ts';

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
 * touching what happened. What the status card and pages show is the exception: the title, why an alarm does not count, why
 * somebody is paged, and what machines and Slack gave as their reasons.
 */
export type IncidentEvent =
  | {
      readonly kind: 'declared';
      readonly title: string;
      readonly severity: Severity | null;
      readonly services: readonly ServiceName[];
      readonly test: boolean;
      readonly origin: Origin | null;
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
  | {
      readonly kind: 'role given';
      readonly role: Role;
      readonly person: PersonId;
      /** Only because nobody else leads yet. */
      readonly provisional: boolean;
    }
  | { readonly kind: 'page opened'; readonly call: Call; readonly repeatAt: Instant }
  /** These were called, now. */
  | {
      readonly kind: 'people paged';
      readonly page: PageKey;
      /** From 0. */
      readonly level: number;
      /** The first call of the level is 1. */
      readonly call: number;
      readonly people: readonly PersonId[];
      readonly repeatAt: Instant;
      readonly climbAt: Instant;
    }
  /** For these it is night: they are called in their morning. Nobody: it is night by now for all who were called. */
  | {
      readonly kind: 'page held';
      readonly page: PageKey;
      readonly level: number;
      readonly people: readonly PersonId[];
      readonly repeatAt: Instant;
    }
  /** Somebody who was called said something: the climb waits for them. */
  | {
      readonly kind: 'page paused';
      readonly page: PageKey;
      readonly person: PersonId;
      readonly until: Instant;
      readonly repeatAt: Instant;
      readonly climbAt: Instant;
    }
  /** The severity asks for more, or for less. */
  | {
      readonly kind: 'page changed';
      readonly page: PageKey;
      readonly levels: Call['levels'];
      readonly cadence: Cadence;
      readonly repeatAt: Instant;
      readonly climbAt: Instant | null;
    }
  | {
      readonly kind: 'page answered';
      readonly page: PageKey;
      /** `null`: somebody in the pager, whom Slack does not know. */
      readonly person: PersonId | null;
      readonly by: 'button' | 'words' | 'pager' | 'presence';
    }
  | { readonly kind: 'page ended'; readonly page: PageKey; readonly because: Exclude<PageEnding, 'answered'> }
  | {
      readonly kind: 'prompted';
      readonly about: PromptSubject;
      readonly person: PersonId | null;
    }
  /** Who could be let go, each with the reason that is told. */
  | {
      readonly kind: 'stand down suggested';
      readonly people: readonly { readonly person: PersonId; readonly because: string }[];
    }
  | { readonly kind: 'stand down asked'; readonly people: readonly PersonId[] }
  /** The commander would rather wait. */
  | { readonly kind: 'stand down put off' }
  | { readonly kind: 'responder kept'; readonly person: PersonId }
  | { readonly kind: 'responders recalled'; readonly people: readonly PersonId[] }
  | { readonly kind: 'responder active'; readonly person: PersonId }
  | { readonly kind: 'responder stood down'; readonly person: PersonId }
  | { readonly kind: 'responder passed on'; readonly person: PersonId }
  | { readonly kind: 'responder unreachable'; readonly person: PersonId; readonly because: string }
  | { readonly kind: 'room archived' }
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
