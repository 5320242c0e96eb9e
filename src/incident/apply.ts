/** What is now true. Reads no policy and no clock: replaying the same entries always gives the same incident. */
import type { IncidentEvent } from './event.ts';
import { applyToPage, callBack, endPages, keepRoles, leave, recall, withState } from './apply-people.ts';
import type { Actor, Incident, IncidentId, Instant, PersonId, Responder, Role, Status } from './incident.ts';
import { isOngoing } from './incident.ts';
import { applyToSuggestion, forget } from './suggested.ts';
import { beginWatch, changeWatch, takeIn, unread } from './watch.ts';

/** One event with its circumstances, as the timeline holds it. */
export type Entry = { readonly event: IncidentEvent; readonly actor: Actor; readonly occurredAt: Instant };

/** The incident as its first event makes it. */
export function begin(id: IncidentId, entry: Entry): Incident {
  const { event, actor, occurredAt } = entry;
  if (event.kind !== 'declared') throw new Error(`an incident begins with being declared, not with "${event.kind}"`);
  const declarer = actor.type === 'person' ? actor.person : null;
  const first = (person: PersonId): Responder => ({
    person,
    state: 'active',
    since: occurredAt,
    asked: null,
    because: null,
  });
  return {
    id,
    title: event.title,
    status: 'investigating',
    undoTo: null,
    severity: event.severity,
    severityJudged: false,
    services: event.services,
    test: event.test,
    declaredBy: actor,
    declaredAt: occurredAt,
    origin: event.origin,
    room: null,
    roles: { commander: null, communications: null, scribe: null },
    rolesSince: { commander: null, communications: null, scribe: null },
    provisional: false,
    unledSince: occurredAt,
    responders: declarer === null ? [] : [first(declarer)],
    pages: [],
    prompts: [],
    watches: event.watches.map((watched) => beginWatch(watched, occurredAt)),
    separated: [],
    stabilisationMillis: event.stabilisationMillis,
    blind: [],
    detection: { by: actor.type === 'alarm' ? 'alarm' : 'person', firstBreachAt: null },
    follows: event.follows,
    mergedInto: null,
    merged: [],
    impactKnown: false,
    suggested: null,
    recoveredAt: null,
    touched: declarer !== null,
    mitigatedAt: null,
    resolvedAt: null,
    closedAt: null,
    archivedAt: null,
  };
}

/** The incident after one more event. */
export function apply(incident: Incident, entry: Entry): Incident {
  const { actor, event, occurredAt } = entry;
  // Whoever takes a page in the pager has acted, though nobody here knows who it is.
  const touched = incident.touched || actor.type === 'person' || event.kind === 'page answered';
  const after = change({ ...incident, touched }, entry);
  return endPages(keepRoles(after, { before: incident, at: occurredAt }), incident.status);
}

function change(incident: Incident, { event, occurredAt, actor }: Entry): Incident {
  switch (event.kind) {
    case 'declared':
      throw new Error('an incident is declared once');
    case 'room opened':
      return { ...incident, room: { channel: event.channel, name: event.name } };
    case 'noted':
      return event.noteKind === 'impact' ? { ...incident, impactKnown: true } : incident;
    case 'signalled':
    case 'write failed':
    // The poll that follows says what it means.
    case 'alarm reconfigured':
      return incident;
    case 'detected':
      return { ...incident, detection: event.detection };
    case 'severity changed':
      return { ...incident, severity: event.to, severityJudged: incident.severityJudged || actor.type === 'person' };
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
      return { ...moveTo(incident, 'closed'), undoTo: null, closedAt: occurredAt, archivedAt: null };
    case 'cancelled':
      return moveTo(incident, 'cancelled');
    case 'reopened':
      return lookAfresh(
        workAnew(backTo(event.byItself ? callBack(incident, occurredAt) : incident, 'investigating'), occurredAt),
        occurredAt,
      );
    case 'undone':
      return isOngoing(incident) ? backTo(incident, event.to) : lookAfresh(backTo(incident, event.to), occurredAt);
    case 'role given':
      return {
        ...incident,
        roles: { ...incident.roles, [event.role]: event.person },
        provisional: event.role === 'commander' ? event.provisional : incident.provisional,
        responders: withState(incident.responders, { person: event.person, state: 'active', since: occurredAt }),
      };
    case 'page opened':
    case 'people paged':
    case 'page held':
    case 'page paused':
    case 'page changed':
    case 'page answered':
    case 'page ended':
      return applyToPage(incident, event, occurredAt);
    case 'responder active':
      return {
        ...incident,
        responders: withState(incident.responders, { person: event.person, state: 'active', since: occurredAt }),
        suggested: forget(incident.suggested, [event.person]),
      };
    case 'responder stood down':
      return leave(incident, { person: event.person, state: 'standby', since: occurredAt });
    case 'responder passed on':
      return leave(incident, { person: event.person, state: 'passed on', since: occurredAt });
    case 'responder unreachable':
      return leave(incident, {
        person: event.person,
        state: 'unreachable',
        since: occurredAt,
        because: event.because,
      });
    case 'responders recalled':
      return recall(incident, event.people, occurredAt);
    case 'prompted':
      return {
        ...incident,
        prompts: [
          ...incident.prompts.filter(({ about, person }) => about !== event.about || person !== event.person),
          { about: event.about, person: event.person, at: occurredAt },
        ],
      };
    case 'stand down suggested':
    case 'stand down asked':
    case 'stand down put off':
    case 'responder kept':
      return { ...incident, suggested: applyToSuggestion(incident.suggested, event, occurredAt) };
    case 'room archived':
      return { ...incident, archivedAt: occurredAt };
    case 'renamed':
      return { ...incident, title: event.title };
    case 'services changed':
      return {
        ...incident,
        services: event.services,
        stabilisationMillis: event.stabilisationMillis,
        recoveredAt: null,
        watches: event.watches.map(
          (watched) =>
            incident.watches.find((known) => known.alarm === watched.alarm) ?? beginWatch(watched, occurredAt),
        ),
      };
    case 'alarms joined':
      return { ...incident, watches: event.alarms.reduce(takeIn, incident.watches), recoveredAt: null };
    case 'alarm separated':
      return {
        ...incident,
        watches: incident.watches.filter((known) => known.alarm !== event.alarm),
        separated: [...incident.separated.filter((alarm) => alarm !== event.alarm), event.alarm],
      };
    case 'alarms changed':
      return { ...incident, watches: incident.watches.map((known) => changeWatch(known, event.changes)) };
    case 'alarm trusted':
      return {
        ...incident,
        watches: incident.watches.map((known) =>
          known.alarm === event.alarm ? { ...unread(known, occurredAt), timing: event.timing } : known,
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
    case 'blinded':
      return {
        ...incident,
        blind: [
          ...incident.blind.filter(({ place }) => place !== event.place),
          { place: event.place, since: occurredAt },
        ],
      };
    case 'seen again':
      return { ...incident, blind: incident.blind.filter(({ place }) => place !== event.place) };
    case 'merged':
      return takeOver(incident, event);
    case 'merged into':
      return { ...moveTo(incident, 'cancelled'), undoTo: null, mergedInto: event.incident };
  }
}

/** What another incident brings along; what is known here already stays as it is. */
function takeOver(incident: Incident, event: Extract<IncidentEvent, { kind: 'merged' }>): Incident {
  const { services, watches, responders } = incident;
  return {
    ...incident,
    services: [...services, ...event.services.filter((name) => !services.includes(name))],
    watches: [...watches, ...event.watches.filter(({ alarm }) => !watches.some((known) => known.alarm === alarm))],
    separated: incident.separated.filter((alarm) => !event.watches.some((watch) => watch.alarm === alarm)),
    responders: [
      ...responders,
      ...event.responders.filter(({ person }) => !responders.some((known) => known.person === person)),
    ],
    stabilisationMillis: event.stabilisationMillis,
    recoveredAt: null,
    merged: [...incident.merged, event.incident],
  };
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

/** Nobody led while it was over, so that nobody is tired of it yet. */
function workAnew(incident: Incident, at: Instant): Incident {
  const since = (role: Role): Instant | null => (incident.roles[role] === null ? null : at);
  const rolesSince = {
    commander: since('commander'),
    communications: since('communications'),
    scribe: since('scribe'),
  };
  return { ...incident, rolesSince };
}

/** While nobody looked the alarms prove nothing, and what was green before somebody said "not over" does not either. */
function lookAfresh(incident: Incident, at: Instant): Incident {
  return {
    ...incident,
    recoveredAt: null,
    watches: incident.watches.map((known) => unread(known, at)),
  };
}
