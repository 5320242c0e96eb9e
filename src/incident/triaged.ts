/** What can come of a red alarm. */
import type { AlarmState, Contributor } from './alarm.ts';
import type { RaisedAlarm } from './command.ts';
import type { AlarmArn, IncidentId, Instant, ServiceName, Severity } from './incident.ts';
import type { Described, Treated } from './treat.ts';

/** An alarm, or one of its series, in a state that nobody has dealt with yet. */
export type UnsettledAlarm = Described & {
  readonly contributor: Contributor | null;
  readonly state: AlarmState;
  readonly since: Instant;
  readonly because: string;
  readonly firstBreachAt: Instant | null;
  readonly link: string | null;
  readonly mutedUntil: Instant | null;
  readonly ignoredUntil: Instant | null;
};

export type Triaged =
  /** The business of an incident that watches it. */
  | { readonly outcome: 'observe'; readonly incident: IncidentId; readonly alarms: readonly UnsettledAlarm[] }
  /** Evidence of an incident that goes on. */
  | {
      readonly outcome: 'join';
      readonly incident: IncidentId;
      readonly alarms: readonly UnsettledAlarm[];
      readonly raised: readonly RaisedAlarm[];
    }
  /** Looked at again then. */
  | { readonly outcome: 'wait'; readonly until: Instant; readonly alarms: readonly UnsettledAlarm[] }
  /** They open one incident. */
  | {
      readonly outcome: 'raise';
      readonly alarms: readonly UnsettledAlarm[];
      /** The one that opens it comes first. */
      readonly raised: readonly RaisedAlarm[];
      readonly title: string;
      readonly severity: Severity;
      readonly services: readonly ServiceName[];
    }
  /** They would open an incident, but no more rooms may open by themselves: shown, and the service is paged. */
  | { readonly outcome: 'overflow'; readonly service: ServiceName; readonly alarms: readonly UnsettledAlarm[] }
  | { readonly outcome: 'show'; readonly group: string; readonly alarms: readonly UnsettledAlarm[] };

/** The group of alarms whose service nobody knows. */
export const unmapped = 'unmapped';

export function groupOf(service: ServiceName | null): string {
  return service ?? unmapped;
}

/** A red alarm, and what is known of it. */
export type Red = { readonly alarm: UnsettledAlarm; readonly treated: Treated };

/** As an incident takes them: the oldest first, and an alarm that watches many series once. */
export function toRaised(red: readonly Red[]): readonly RaisedAlarm[] {
  const sorted = red.toSorted((one, other) => one.alarm.since - other.alarm.since);
  return distinct(
    sorted.map(({ alarm, treated }) => ({
      watch: { alarm: alarm.alarm, name: alarm.name, service: treated.service },
      since: alarm.since,
      because: alarm.because,
      severity: treated.severity,
      firstBreachAt: alarm.firstBreachAt,
      link: alarm.link,
    })),
  );
}

export function distinct(raised: readonly RaisedAlarm[]): readonly RaisedAlarm[] {
  const first = new Map<AlarmArn, RaisedAlarm>();
  for (const each of raised) if (!first.has(each.watch.alarm)) first.set(each.watch.alarm, each);
  return [...first.values()];
}
