/** A catalog with levels, groups and a circle, people all over the world, and a clock that keeps the time of an incident. */
import { apply } from '../../src/incident/apply.ts';
import type { IncidentCommand } from '../../src/incident/command.ts';
import { consequences } from '../../src/incident/consequences.ts';
import { decide } from '../../src/incident/decide.ts';
import type { Happening, IncidentEvent } from '../../src/incident/event.ts';
import type { Actor, GroupId, Incident, IncidentId, Instant, PersonId, Severity } from '../../src/incident/incident.ts';
import { nextTime } from '../../src/incident/keep-time.ts';
import type { Directory, Page, PageKey, Target } from '../../src/incident/page.ts';
import type { Circle, Level, Policy } from '../../src/incident/policy.ts';
import {
  ana,
  askToDeclare,
  begun,
  ben,
  by,
  chi,
  dee,
  eli,
  errors,
  happeningsOf,
  latency,
  level,
  minute,
  people,
  policy,
  service,
  staleIndex,
  start,
  toEntry,
  withConsequences,
} from './scenario.ts';

export const fay = 'U0000FAY6' as PersonId;
export const gus = 'U0000GUS7' as PersonId;

/** Ben and Chi. */
export const payments = 'S000PAY01' as GroupId;
/** Nobody. */
export const vacant = 'S000VAC02' as GroupId;
/** Never read. */
export const unread = 'S000UNR03' as GroupId;

export const support: Circle = { name: 'support', targets: [fay], atLeast: 'SEV2' };

/** `checkout` has three levels: the group, Dee, Eli. */
export const onCall: Policy = {
  ...policy,
  services: [
    service('checkout', { levels: [level(payments), level(dee), level(eli)], alarms: [errors, latency] }),
    service('search', { levels: [level(gus), level(dee)], alarms: [staleIndex] }),
    service('mail', { levels: [level(vacant), level(unread), level(eli)] }),
    service('shop', { levels: [level(dee, gus)], needs: ['checkout'] }),
  ],
  people: { ...people, circles: [support] },
};

/** The same without the circle. */
export const onlyServices: Policy = { ...onCall, people };

/** With these levels for `checkout`, and no circle. */
export function withLevels(...levels: readonly (Level | readonly Target[])[]): Policy {
  const read = levels.map((each) => ('targets' in each ? each : { targets: each, atLeast: null }));
  return {
    ...onlyServices,
    services: onlyServices.services.map((each) => (each.name === 'checkout' ? { ...each, levels: read } : each)),
  };
}

export const directory: Directory = {
  groups: new Map([
    [payments, [ben, chi]],
    [vacant, []],
  ]),
  zones: new Map([
    [ana, 'Europe/Berlin'],
    [ben, 'Africa/Nairobi'],
    [chi, 'America/New_York'],
    [dee, 'Australia/Lord_Howe'],
    [fay, 'Europe/London'],
  ]),
  words: new Map(),
};

const timer: Actor = { type: 'timer' };

export type Call = {
  readonly at: Instant;
  readonly page: PageKey;
  readonly level: number;
  readonly call: number;
  readonly people: readonly PersonId[];
};

/** How many jobs of a moment that decide nothing new are too many. */
const mostIdle = 40;

/** An incident as it goes on: people ask things, and what is due happens when it is due. */
export type Course = {
  readonly incident: () => Incident;
  readonly at: () => Instant;
  /** Whatever happened from the beginning. */
  readonly happenings: () => readonly (Happening & { readonly at: Instant })[];
  /** Lets time go by, this long. */
  readonly wait: (millis: number) => void;
  /** @throws Error when it is refused */
  readonly ask: (who: PersonId | Actor, command: IncidentCommand) => readonly IncidentEvent[];
  readonly happen: (happenings: readonly Happening[], actor?: Actor) => void;
  /** Who was called, of one page or of all. */
  readonly calls: (page?: PageKey) => readonly Call[];
  readonly page: (key: PageKey) => Page;
  /** From now on. */
  readonly learn: (known: Partial<Directory>) => void;
};

type Beginning = {
  readonly policy?: Policy;
  readonly directory?: Directory;
  readonly at?: Instant;
  readonly severity?: Severity;
  readonly services?: readonly string[];
  readonly test?: boolean;
  readonly lead?: boolean;
  /** Who declares. */
  readonly who?: PersonId;
};

/** Declared by Ana, who is in no level and leads, as a SEV1 of `checkout`, unless it is said otherwise. */
export function declareOnCall(beginning: Beginning = {}): Course {
  const { who = ana, severity = 'SEV1', services = ['checkout'], test = false, lead = true } = beginning;
  const at = beginning.at ?? start;
  const around = {
    by: by(who),
    at,
    policy: beginning.policy ?? onlyServices,
    directory: beginning.directory ?? directory,
  };
  const asked = askToDeclare({ severity, services, test, lead }, { by: by(who), policy: around.policy });
  const decision = withConsequences(1 as IncidentId, asked, around);
  const opened: Happening = { event: { kind: 'room opened', channel: 'C0INC0001', name: 'inc-1' }, text: 'Opened.' };
  return follow(begun(happeningsOf(decision), by(who), at), {
    ...around,
    happenings: [...happeningsOf(decision), opened],
  });
}

/** Goes on with an incident to which these happened already, but the last: that happens now. */
export function follow(
  begunAs: Incident,
  around: {
    readonly at: Instant;
    readonly policy: Policy;
    readonly directory: Directory;
    readonly happenings: readonly Happening[];
  },
): Course {
  const { policy: catalog } = around;
  let { at, directory: known } = around;
  let incident = begunAs;
  const happened = around.happenings.slice(0, -1).map((each) => ({ ...each, at }));
  const happen = (happenings: readonly Happening[], actor: Actor): void => {
    const following = consequences({ before: incident, happenings, by: actor, at, policy: catalog, directory: known });
    for (const each of [...happenings, ...following]) {
      incident = apply(incident, toEntry(each, actor, at));
      happened.push({ ...each, at });
    }
  };
  const ask = (actor: Actor, command: IncidentCommand): readonly IncidentEvent[] => {
    const happenings = happeningsOf(decide({ incident, command, by: actor, at, policy: catalog, directory: known }));
    happen(happenings, actor);
    return happenings.map(({ event }) => event);
  };
  const dueNow = (): Instant | null => nextTime({ incident, at, policy: catalog, lastWordAt: null });
  const keepUp = (): void => {
    for (let idle = 0; (dueNow() ?? Infinity) <= at; idle++) {
      if (idle > mostIdle) throw new Error('the same is due again and again');
      const seen = happened.length;
      ask(timer, { name: 'keep time', lastWordAt: null });
      // A group that nobody has read is waited for.
      if (happened.length === seen) return;
    }
  };
  happen(around.happenings.slice(-1), { type: 'system' });
  keepUp();
  return {
    incident: () => incident,
    at: () => at,
    happenings: () => happened,
    wait(millis) {
      const until = at + millis;
      for (;;) {
        const due = dueNow();
        if (due === null || due > until) break;
        at = due <= at ? Math.min(at + 2_000, until) : due;
        keepUp();
        if (at === until) break;
      }
      at = until;
    },
    ask: (who, command) => {
      const events = ask(typeof who === 'string' ? by(who) : who, command);
      keepUp();
      return events;
    },
    happen: (happenings, actor = { type: 'system' }) => {
      happen(happenings, actor);
      keepUp();
    },
    calls: (key) =>
      happened.flatMap(({ event, at: when }) =>
        event.kind === 'people paged' && (key === undefined || event.page === key)
          ? [{ at: when, page: event.page, level: event.level, call: event.call, people: event.people }]
          : [],
      ),
    page(key) {
      const found = incident.pages.find((page) => page.key === key);
      if (found === undefined) throw new Error(`no page ${key}`);
      return found;
    },
    learn(more) {
      known = { ...known, ...more };
    },
  };
}

/** How the pages ended, in order. */
export function endingsOf(course: Course): readonly string[] {
  return course.happenings().flatMap(({ event }) => {
    if (event.kind === 'page ended') return [`${event.page} ${event.because}`];
    return event.kind === 'page answered' ? [`${event.page} answered by ${event.person} (${event.by})`] : [];
  });
}

/** What was asked by itself, and of whom. */
export function promptsOf(course: Course): readonly { readonly about: string; readonly minutes: number }[] {
  return course
    .happenings()
    .flatMap(({ event, at }) =>
      event.kind === 'prompted' ? [{ about: event.about, minutes: (at - start) / minute }] : [],
    );
}
