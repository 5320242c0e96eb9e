/** What someone or something asks. */
import type { NoteKind, WatchedAlarm } from './event.ts';
import type { AlarmArn, Instant, Origin, PersonId, Role, ServiceName, Severity, Verdict } from './incident.ts';

/** One alarm as a poll saw it. */
export type AlarmReading = {
  readonly alarm: AlarmArn;
  readonly verdict: Verdict;
  readonly because: string;
  /** When the machine says the state changed; `null` when it does not say. */
  readonly since: Instant | null;
};

export type Declare = {
  readonly name: 'declare';
  readonly title: string;
  readonly severity: Severity | null;
  readonly services: readonly ServiceName[];
  readonly test: boolean;
  readonly origin: Origin | null;
  /** Declare although one is already open on the same service. */
  readonly anyway: boolean;
  /** The declarer leads from the start. */
  readonly lead: boolean;
};

/** An alarm whose catalog rule says `opens`, still red after its hold. */
export type RaiseAlarm = {
  readonly name: 'raise alarm';
  readonly watch: WatchedAlarm;
  readonly severity: Severity;
  /** The alarm's own words, bounded. */
  readonly because: string;
  readonly since: Instant;
  readonly link: string | null;
};

/** Commands that belong to an incident that exists. */
export type IncidentCommand =
  | { readonly name: 'join' }
  | { readonly name: 'pass on' }
  | {
      readonly name: 'note';
      readonly noteKind: NoteKind;
      readonly text: string;
      /** When it was said, if earlier. */
      readonly occurredAt: Instant | null;
      readonly link: string | null;
      /** Already visible in the room, so nobody needs to be told again. */
      readonly said: boolean;
      /** Whose words they are, when someone else puts them on the timeline. */
      readonly saidBy: PersonId | null;
    }
  | { readonly name: 'set severity'; readonly severity: Severity; readonly reason: string }
  | { readonly name: 'give role'; readonly role: Role; readonly person: PersonId }
  | { readonly name: 'page'; readonly people: readonly PersonId[] }
  | { readonly name: 'stand down'; readonly people: readonly PersonId[] }
  | { readonly name: 'identify'; readonly text: string }
  | { readonly name: 'mitigate'; readonly reason: string; readonly confirmed: boolean }
  | { readonly name: 'resolve'; readonly reason: string; readonly confirmed: boolean }
  | { readonly name: 'cancel'; readonly reason: string; readonly confirmed: boolean }
  | { readonly name: 'undo' }
  | { readonly name: 'reopen'; readonly reason: string }
  | { readonly name: 'close' }
  | { readonly name: 'rename'; readonly title: string }
  | { readonly name: 'set services'; readonly services: readonly ServiceName[] }
  | { readonly name: 'discount alarm'; readonly alarm: AlarmArn; readonly reason: string }
  | { readonly name: 'separate alarm'; readonly alarm: AlarmArn }
  | { readonly name: 'observe alarms'; readonly readings: readonly AlarmReading[] };

export type Command = Declare | RaiseAlarm | IncidentCommand;
