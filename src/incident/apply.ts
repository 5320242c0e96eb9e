/** What is now true. Reads no policy and no clock: replaying the same entries always gives the same incident. */
import type { IncidentEvent, WatchedAlarm } from './event.ts';
import type {
  Actor,
  Incident,
  IncidentId,
  Instant,
  PersonId,
  Responder,
  ResponderState,
  Status,
  Watch,
} from './incident.ts';
import { isOngoing } from './incident.ts';

/** One event with its circumstances, as the timeline holds it. */
export type Entry = { readonly event: IncidentEvent; readonly actor: Actor; readonly occurredAt: Instant };

/** The incident as its first event makes it. */
export function begin(id: IncidentId, entry: Entry): Incident {
  const { event, actor, occurredAt } = entry;
  if (event.kind !== 'declared') throw new Error(`an incident begins with being declared, not with "${event.kind}"`);
  const declarer = actor.type === 'person' ? actor.person : null;
  const paged = event.responders
    .filter((person) => person !== declarer)
    .map((person): Responder => ({ person, state: 'paged', because: null }));
  return {
    id,
    title: event.title,
    status: 'investigating',
    undoTo: null,
    severity: event.severity,
    services: event.services,
    test: event.test,
    declaredBy: actor,
    declaredAt: occurredAt,
    origin: event.origin,
    room: null,
    roles: { commander: null, communications: null, scribe: null },
    responders: declarer === null ? paged : [{ person: declarer, state: 'active', because: null }, ...paged],
    watches: event.watches.map((watched) => watch(watched, occurredAt)),
    separated: [],
    stabilisationMillis: event.stabilisationMillis,
    recoveredAt: null,
    touched: declarer !== null,
    mitigatedAt: null,
    resolvedAt: null,
    closedAt: null,
  };
}

/** The incident after one more event. */
export function apply(incident: Incident, entry: Entry): Incident {
  const touched = incident.touched || entry.actor.type === 'person';
  return change({ ...incident, touched }, entry);
}

function change(incident: Incident, { event, occurredAt }: Entry): Incident {
  switch (event.kind) {
    case 'declared':
      throw new Error('an incident is declared once');
    case 'room opened':
      return { ...incident, room: { channel: event.channel, name: event.name } };
    case 'noted':
    case 'signalled':
    case 'write failed':
      return incident;
    case 'severity changed':
      return { ...incident, severity: event.to };
    case 'identified':
      return moveTo(incident, 'identified');
    case 'mitigated':
      return { ...moveTo(incident, 'mitigated'), mitigatedAt: occurredAt };
    case 'resolved':
      return {
        ...moveTo(incident, 'resolved'),
        mitigatedAt: incident.mitigatedAt ?? occurredAt,
        resolvedAt: occurredAt,
      };
    case 'closed':
      return { ...moveTo(incident, 'closed'), undoTo: null, closedAt: occurredAt };
    case 'cancelled':
      return moveTo(incident, 'cancelled');
    case 'reopened':
      return lookAfresh(backTo(incident, 'investigating'), occurredAt);
    case 'undone':
      return isOngoing(incident) ? backTo(incident, event.to) : lookAfresh(backTo(incident, event.to), occurredAt);
    case 'role given':
      return {
        ...incident,
        roles: { ...incident.roles, [event.role]: event.person },
        responders: withState(incident.responders, event.person, 'active'),
      };
    case 'responder paged':
      return { ...incident, responders: withState(incident.responders, event.person, 'paged') };
    case 'responder active':
      return { ...incident, responders: withState(incident.responders, event.person, 'active') };
    case 'responder stood down':
      return leave(incident, event.person, 'standby');
    case 'responder passed on':
      return leave(incident, event.person, 'passed on');
    case 'responder unreachable':
      return leave(incident, event.person, 'unreachable', event.because);
    case 'renamed':
      return { ...incident, title: event.title };
    case 'services changed':
      return {
        ...incident,
        services: event.services,
        stabilisationMillis: event.stabilisationMillis,
        recoveredAt: null,
        watches: event.watches.map(
          (watched) => incident.watches.find((known) => known.alarm === watched.alarm) ?? watch(watched, occurredAt),
        ),
      };
    case 'alarm joined':
      return incident.watches.some((known) => known.alarm === event.watch.alarm)
        ? incident
        : { ...incident, watches: [...incident.watches, watch(event.watch, occurredAt)], recoveredAt: null };
    case 'alarm separated':
      return {
        ...incident,
        watches: incident.watches.filter((known) => known.alarm !== event.alarm),
        separated: [...incident.separated.filter((alarm) => alarm !== event.alarm), event.alarm],
      };
    case 'alarm changed':
      return {
        ...incident,
        watches: incident.watches.map((known) =>
          known.alarm === event.alarm
            ? { ...known, verdict: event.to, since: occurredAt, because: event.because }
            : known,
        ),
      };
    case 'alarm discounted':
      return {
        ...incident,
        watches: incident.watches.map((known) =>
          known.alarm === event.alarm ? { ...known, discounted: event.reason } : known,
        ),
      };
    case 'recovery proved':
      return { ...incident, recoveredAt: occurredAt };
    case 'relapsed':
      return { ...incident, recoveredAt: null };
  }
}

function watch({ alarm, name, service }: WatchedAlarm, since: Instant): Watch {
  return { alarm, name, service, verdict: null, since, because: '', discounted: null };
}

function moveTo(incident: Incident, status: Status): Incident {
  return { ...incident, status, undoTo: incident.status };
}

/** Going back forgets the times that are no longer true. */
function backTo(incident: Incident, status: Status): Incident {
  const affected = status === 'investigating' || status === 'identified';
  return {
    ...incident,
    status,
    undoTo: null,
    mitigatedAt: affected ? null : incident.mitigatedAt,
    resolvedAt: affected || status === 'mitigated' ? null : incident.resolvedAt,
    closedAt: null,
  };
}

/** While nobody looked the alarms prove nothing, and what was green before somebody said "not over" does not either. */
function lookAfresh(incident: Incident, at: Instant): Incident {
  return {
    ...incident,
    recoveredAt: null,
    watches: incident.watches.map((known) => ({ ...watch(known, at), discounted: known.discounted })),
  };
}

function withState(
  responders: readonly Responder[],
  person: PersonId,
  state: ResponderState,
  because: string | null = null,
): readonly Responder[] {
  const changed: Responder = { person, state, because };
  return responders.some((responder) => responder.person === person)
    ? responders.map((responder) => (responder.person === person ? changed : responder))
    : [...responders, changed];
}

/** Whoever leaves holds no role any more. */
function leave(
  incident: Incident,
  person: PersonId,
  state: 'standby' | 'passed on' | 'unreachable',
  because: string | null = null,
): Incident {
  const { commander, communications, scribe } = incident.roles;
  return {
    ...incident,
    roles: {
      commander: commander === person ? null : commander,
      communications: communications === person ? null : communications,
      scribe: scribe === person ? null : scribe,
    },
    responders: withState(incident.responders, person, state, because),
  };
}
