/** Red alarms open an incident, or join one as evidence. */
import type { RaisedAlarm, RaiseAlarms } from './command.ts';
import type { Decision } from './decision.ts';
import { adopt, type Signal, stabilisationOf, watchesOf } from './declare.ts';
import { belongsTo } from './dependencies.ts';
import type { Happening, RedAlarm } from './event.ts';
import type { Actor, Incident, IncidentId, Instant, Severity } from './incident.ts';
import { rank } from './incident.ts';
import type { Policy } from './policy.ts';
import { isRelapse, relapse } from './recovery.ts';
import { clock, countedNames, servicesWords, span } from './timeline.ts';

export type Circumstances = {
  readonly at: Instant;
  readonly policy: Policy;
  /** Incidents that are not over, on the services of the alarms or on neighbours of those. */
  readonly open: readonly Incident[];
  /** The last incident of these services that was over lately, if any. */
  readonly before: IncidentId | null;
  readonly signals: readonly Signal[];
};

/** What comes of alarms that are still red after their hold. */
export type Raised =
  { readonly type: 'opens'; readonly decision: Decision } | { readonly type: 'joins'; readonly incident: Incident };

export function raiseAlarms(command: RaiseAlarms, circumstances: Circumstances): Raised {
  const { policy, open, at } = circumstances;
  const { services, alarms } = command;
  const same = open.find(
    (incident) =>
      services.some((service) => belongsTo(incident, service, { policy, at })) &&
      alarms.some(({ watch }) => !incident.separated.includes(watch.alarm)),
  );
  return same === undefined
    ? { type: 'opens', decision: openIncident(command, circumstances) }
    : { type: 'joins', incident: same };
}

function openIncident(command: RaiseAlarms, { policy, at, before, signals }: Circumstances): Decision {
  const { alarms, services, severity, title } = command;
  const [first] = alarms;
  if (first === undefined) return { type: 'refused', text: 'No alarm is red, so nothing was declared.', offers: [] };
  const actor: Actor = { type: 'alarm', name: first.watch.name };
  const mine = alarms.map(({ watch }) => watch);
  const others = watchesOf(services, policy).filter(({ alarm }) => !mine.some((watch) => watch.alarm === alarm));
  const firstBreachAt = Math.min(...alarms.map((each) => each.firstBreachAt ?? each.since));
  const along = alarms.length === 1 ? '' : ` (with ${alarms.length - 1} more red)`;
  return {
    type: 'decided',
    happenings: [
      {
        event: {
          kind: 'declared',
          title,
          severity,
          services,
          test: false,
          origin: null,
          watches: [...mine, ...others],
          stabilisationMillis: stabilisationOf(services, policy),
          follows: before,
        },
        text: `Declared by an alarm (${severity}, ${servicesWords(services)}): ${first.watch.name} is red${along}`,
        link: first.link,
        actor,
      },
      {
        event: { kind: 'alarms joined', alarms: alarms.map(redOf) },
        text: redWords(alarms),
        occurredAt: Math.min(...alarms.map(({ since }) => since)),
        link: first.link,
        actor,
      },
      {
        event: { kind: 'detected', detection: { by: 'alarm', firstBreachAt } },
        text: `Detected by ${first.watch.name}, ${span(at - firstBreachAt)} after the first breach (${clock(firstBreachAt)} UTC).`,
        actor,
      },
      ...signals.map(adopt),
    ],
  };
}

function redOf({ watch, since, because }: RaisedAlarm): RedAlarm {
  return { watch, since, because };
}

function redWords(alarms: readonly RaisedAlarm[]): string {
  const [first] = alarms;
  if (first !== undefined && alarms.length === 1) {
    return `${first.watch.name} is red${first.because === '' ? '' : `: ${first.because}`}`;
  }
  return `${countedNames(alarms.map(({ watch }) => watch.name))} are red.`;
}

/** What it means for an incident that these alarms are red, too. */
export function joinAlarms(incident: Incident, alarms: readonly RaisedAlarm[]): readonly Happening[] {
  const watches = new Map(incident.watches.map((watch) => [watch.alarm, watch]));
  // A person said that it is not part of this, or does not count here: a machine does not overrule that.
  const mine = alarms.filter(
    ({ watch }) => !incident.separated.includes(watch.alarm) && (watches.get(watch.alarm)?.discounted ?? null) === null,
  );
  const worse = raiseSeverity(incident, mine);
  // A poll may have been quicker to see it red.
  const fresh = mine.filter(({ watch }) => watches.get(watch.alarm)?.verdict !== 'alarm');
  const [first] = fresh;
  if (first === undefined) return worse;
  const actor: Actor = { type: 'alarm', name: first.watch.name };
  const since = Math.max(Math.min(...fresh.map((each) => each.since)), incident.declaredAt);
  const back = fresh.filter(({ watch }) => isRelapse(incident, watch.alarm));
  return [
    {
      event: { kind: 'alarms joined', alarms: fresh.map(redOf) },
      text: redWords(fresh),
      occurredAt: since,
      link: first.link,
      actor,
    },
    ...(back.length === 0
      ? []
      : [
          relapse(
            incident,
            back.map(({ watch }) => ({ alarm: watch.alarm, name: watch.name, at: since })),
          ),
        ]),
    ...worse,
  ];
}

/** An alarm that is worse than the incident makes it worse. */
function raiseSeverity(incident: Incident, alarms: readonly RaisedAlarm[]): readonly Happening[] {
  // What a person judged with these alarms in view, a machine does not overrule: only an alarm that is new here may.
  const judged = incident.severityJudged
    ? alarms.filter(({ watch }) => !incident.watches.some(({ alarm }) => alarm === watch.alarm))
    : alarms;
  const worst = judged.reduce<{ readonly severity: Severity; readonly name: string } | null>((found, each) => {
    if (each.severity === null || rank(each.severity) >= rank(found?.severity ?? incident.severity)) return found;
    return { severity: each.severity, name: each.watch.name };
  }, null);
  if (worst === null) return [];
  const actor: Actor = { type: 'alarm', name: worst.name };
  const raised: Happening = {
    event: { kind: 'severity changed', from: incident.severity, to: worst.severity },
    text: `Severity ${worst.severity} (was ${incident.severity ?? 'not known yet'}): ${worst.name} is that bad.`,
    actor,
  };
  return [raised];
}
