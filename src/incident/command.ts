/** What someone or something asks. */
import type { AlarmReconfigured } from './alarm.ts';
import type { NoteKind, RedAlarm } from './event.ts';
import type {
  AlarmArn,
  Doubt,
  IncidentId,
  Instant,
  Origin,
  PersonId,
  Role,
  ServiceName,
  Severity,
  Timing,
  Verdict,
} from './incident.ts';
import type { PageKey, Target } from './page.ts';

/** One alarm as a poll saw it. */
export type AlarmReading = {
  readonly alarm: AlarmArn;
  readonly verdict: Verdict;
  /** Only with `unknown`. */
  readonly doubt: Doubt | null;
  readonly because: string;
  /** When the machine says the state changed; `null` when it does not say. */
  readonly since: Instant | null;
  readonly timing: Timing | null;
};

/** A place whose alarms could not be read for so long that nobody can tell any more. */
export type Blindness = {
  /** For people: `eu-west-1 (production)`. */
  readonly place: string;
  readonly alarms: readonly AlarmArn[];
  readonly since: Instant;
  readonly because: string;
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

/** A red alarm that is brought to an incident. */
export type RaisedAlarm = RedAlarm & {
  /** How bad the catalog or the alarm's tags say it is; `null`: they don't. */
  readonly severity: Severity | null;
  readonly firstBreachAt: Instant | null;
  readonly link: string | null;
};

/** Alarms whose rule says that they open an incident, still red after their hold: one incident, or joined to one. */
export type RaiseAlarms = {
  readonly name: 'raise alarms';
  /** At least one; the first gives the title, unless the rule does. */
  readonly alarms: readonly RaisedAlarm[];
  readonly title: string;
  readonly severity: Severity;
  /** The services of the alarms; empty when nobody knows. */
  readonly services: readonly ServiceName[];
};

/** Commands that belong to an incident that exists. */
export type IncidentCommand =
  /** "I'm on it": takes the page, or without one every page that called whoever asks. */
  | { readonly name: 'join'; readonly page: PageKey | null; readonly said: boolean }
  | { readonly name: 'pass on' }
  /** Somebody who was called says something else in the room. */
  | { readonly name: 'speak' }
  /** Taken in the pager, by whom the pager says. */
  | { readonly name: 'take in pager'; readonly page: PageKey; readonly who: string }
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
  | {
      readonly name: 'page';
      readonly targets: readonly Target[];
      /** Their levels are called. */
      readonly services: readonly ServiceName[];
      /** What they are to know; may be empty. */
      readonly reason: string;
      /** The asker has seen who will be called. */
      readonly confirmed: boolean;
    }
  /** Lets people go. `everyone`: all but these and whoever holds a role. */
  | {
      readonly name: 'stand down';
      readonly people: readonly PersonId[];
      readonly everyone: boolean;
      /** Only who was suggested and could still go: whoever has just spoken, or is needed again, stays. */
      readonly suggested: boolean;
    }
  /** Asks each in private whether they are done. */
  | { readonly name: 'ask to stand down'; readonly people: readonly PersonId[] }
  | { readonly name: 'put off standing down' }
  | { readonly name: 'keep me' }
  /** Brings back who stands by: these people, those of these services, or everyone. */
  | {
      readonly name: 'recall';
      readonly people: readonly PersonId[];
      readonly services: readonly ServiceName[];
      readonly everyone: boolean;
      readonly reason: string;
    }
  /** It may be time for something. */
  | {
      readonly name: 'keep time';
      /** When somebody last said something in the room. */ readonly lastWordAt: Instant | null;
    }
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
  /** The alarm was changed meanwhile, and its OK counts all the same. */
  | { readonly name: 'trust alarm'; readonly alarm: AlarmArn }
  /** Red alarms that open nothing by themselves, on an incident that they belong to. */
  | { readonly name: 'join alarms'; readonly alarms: readonly RaisedAlarm[] }
  | { readonly name: 'note reconfigured alarm'; readonly change: AlarmReconfigured }
  | {
      readonly name: 'observe alarms';
      readonly readings: readonly AlarmReading[];
      /** Every place that can't be seen now. */
      readonly blind: readonly Blindness[];
    }
  /** This incident turned out to be part of another; decided on both at once (see `merge.ts`). */
  | { readonly name: 'merge'; readonly into: IncidentId; readonly confirmed: boolean };

export type Command = Declare | RaiseAlarms | IncidentCommand;
