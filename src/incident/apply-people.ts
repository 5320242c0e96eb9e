/** What is now true of people and pages. */
import type { IncidentEvent } from './event.ts';
import type { Asked, Incident, Instant, PersonId, Responder, Role, Status } from './incident.ts';
import { isUnmitigated, roles } from './incident.ts';
import { begin } from './paging.ts';
import { forget } from './suggested.ts';
import type { Page, PageKey } from './page.ts';

type Changed = Omit<Responder, 'asked' | 'because'> & Partial<Pick<Responder, 'asked' | 'because'>>;

/** The person in another state; since when counts from the change, and what they were asked stays unless it is said anew. */
export function withState(responders: readonly Responder[], changed: Changed): readonly Responder[] {
  const known = responders.find(({ person }) => person === changed.person);
  const same = known?.state === changed.state;
  const next: Responder = {
    person: changed.person,
    state: changed.state,
    since: known !== undefined && same ? known.since : changed.since,
    asked: changed.asked === undefined ? (known?.asked ?? null) : changed.asked,
    because: changed.because ?? null,
  };
  return known === undefined
    ? [...responders, next]
    : responders.map((responder) => (responder === known ? next : responder));
}

/** Whoever leaves holds no role any more, and is asked nothing. */
export function leave(incident: Incident, left: Changed): Incident {
  const { commander, communications, scribe } = incident.roles;
  const without = (holder: PersonId | null): PersonId | null => (holder === left.person ? null : holder);
  return {
    ...incident,
    roles: {
      commander: without(commander),
      communications: without(communications),
      scribe: without(scribe),
    },
    responders: withState(incident.responders, left),
    suggested: forget(incident.suggested, [left.person]),
  };
}

/** They are asked to come back. */
export function recall(incident: Incident, people: readonly PersonId[], at: Instant): Incident {
  return {
    ...incident,
    responders: people.reduce(
      (responders, person) => withState(responders, { person, state: 'paged', since: at }),
      incident.responders,
    ),
  };
}

/** It was over, and whoever worked on it may be asleep by now: they have to say again that they are there. Roles stay. */
export function callBack(incident: Incident, at: Instant): Incident {
  const asleep = incident.responders.filter(({ state, person }) => state === 'active' && !holdsRole(incident, person));
  return recall(
    incident,
    asleep.map(({ person }) => person),
    at,
  );
}

function holdsRole(incident: Incident, person: PersonId): boolean {
  return roles.some((role) => incident.roles[role] === person);
}

/** Since when roles are held, and since when nobody leads, follows from who holds them. */
export function keepRoles(
  after: Incident,
  { before, at }: { readonly before: Incident; readonly at: Instant },
): Incident {
  if (roles.every((role) => before.roles[role] === after.roles[role])) return after;
  const sinceOf = (role: Role): Instant | null => {
    if (after.roles[role] === null) return null;
    return before.roles[role] === after.roles[role] ? before.rolesSince[role] : at;
  };
  const led = after.roles.commander !== null;
  return {
    ...after,
    rolesSince: {
      commander: sinceOf('commander'),
      communications: sinceOf('communications'),
      scribe: sinceOf('scribe'),
    },
    provisional: led && after.provisional,
    unledSince: led ? null : (before.unledSince ?? at),
  };
}

/** With the moment in which users are no longer affected nobody is called any more, unless somebody asks for it after that. */
export function endPages(incident: Incident, before: Status): Incident {
  if (incident.status === before || isUnmitigated(incident)) return incident;
  return {
    ...incident,
    pages: incident.pages.map((page) => (page.ended === null ? { ...page, ended: 'over' } : page)),
  };
}

type PageEvent = Extract<
  IncidentEvent,
  {
    kind:
      'page opened' | 'people paged' | 'page held' | 'page paused' | 'page changed' | 'page answered' | 'page ended';
  }
>;

export function applyToPage(incident: Incident, event: PageEvent, at: Instant): Incident {
  switch (event.kind) {
    case 'page opened': {
      const others = incident.pages.filter(({ key }) => key !== event.call.key);
      return { ...incident, pages: [...others, { ...begin(event.call, at), repeatAt: event.repeatAt }] };
    }
    case 'people paged':
      return {
        ...changePage(incident, event.page, (page) => ({
          level: event.level,
          calls: event.call,
          called: [...new Set([...page.called, ...event.people])],
          repeatAt: event.repeatAt,
          climbAt: event.climbAt,
          ...(page.level === event.level ? {} : { pauses: 0, pausedUntil: null }),
        })),
        responders: event.people.reduce(
          (responders, person) => called(incident, { responders, person, page: event.page, at }),
          incident.responders,
        ),
      };
    case 'page held':
      return changePage(incident, event.page, (page) => {
        // Held between two calls it still climbs; held for those who slept through it the level begins anew.
        const goesOn = page.level === event.level && page.climbAt !== null && page.climbAt > at;
        return {
          level: event.level,
          repeatAt: event.repeatAt,
          ...(goesOn ? {} : { calls: 0, climbAt: null, pauses: 0, pausedUntil: null }),
        };
      });
    case 'page paused':
      return changePage(incident, event.page, (page) => ({
        pauses: page.pauses + 1,
        pausedUntil: event.until,
        repeatAt: event.repeatAt,
        climbAt: event.climbAt,
      }));
    case 'page changed':
      return changePage(incident, event.page, (page) => ({
        levels: event.levels,
        cadence: event.cadence,
        level: Math.min(page.level, event.levels.length - 1),
        repeatAt: event.repeatAt,
        climbAt: event.climbAt,
      }));
    case 'page answered': {
      const { person } = event;
      const answered = changePage(incident, event.page, () => ({ ended: 'answered', takenBy: person }));
      if (person === null) return answered;
      const page = incident.pages.find(({ key }) => key === event.page);
      const known = incident.responders.find((each) => each.person === person);
      return {
        ...answered,
        responders: withState(incident.responders, {
          person,
          state: 'active',
          since: at,
          // Whoever was there before, and not called, stays somebody who came by themselves.
          asked: event.by === 'presence' ? (known?.asked ?? null) : askedFor(known, page),
        }),
        suggested: forget(incident.suggested, [person]),
      };
    }
    case 'page ended':
      return changePage(incident, event.page, () => ({ ended: event.because }));
  }
}

function changePage(incident: Incident, key: PageKey, change: (page: Page) => Partial<Page>): Incident {
  return {
    ...incident,
    pages: incident.pages.map((page) => (page.key === key ? { ...page, ...change(page) } : page)),
  };
}

/** The last service to count, unless they are at work on something already. */
function askedFor(known: Responder | undefined, page: Page | undefined): Asked | null {
  const before = known?.asked ?? null;
  if (page === undefined || (before !== null && (known?.state === 'active' || page.service === null))) return before;
  return { question: page.question, service: page.service };
}

/** Somebody is called, who may be at work already. */
function called(
  incident: Incident,
  ask: {
    readonly responders: readonly Responder[];
    readonly person: PersonId;
    readonly page: PageKey;
    readonly at: Instant;
  },
): readonly Responder[] {
  const { responders, person, at } = ask;
  const page = incident.pages.find(({ key }) => key === ask.page);
  const known = responders.find((each) => each.person === person);
  const asked = askedFor(known, page);
  const busy = known?.state === 'active' || holdsRole(incident, person);
  return withState(responders, { person, state: busy ? 'active' : 'paged', since: at, asked });
}
