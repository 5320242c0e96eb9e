/** What holds of pages and of time, whatever people and machines ask, in whatever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cadenceOf } from '../../src/incident/calls.ts';
import type { Happening } from '../../src/incident/event.ts';
import type { Incident, Instant, PersonId } from '../../src/incident/incident.ts';
import { isUnmitigated, roles } from '../../src/incident/incident.ts';
import { keepTime, nextTime } from '../../src/incident/keep-time.ts';
import { isNight } from '../../src/incident/night.ts';
import type { Cadence, Target } from '../../src/incident/page.ts';
import { dueAt, expand } from '../../src/incident/page.ts';
import type { Policy } from '../../src/incident/policy.ts';
import type { Taken } from './arbitraries.ts';
import { directory, plans, runPlan } from './arbitraries.ts';
import type { Course } from './on-call.ts';
import { declareOnCall, onCall, payments, unread, vacant, withLevels } from './on-call.ts';
import { ana, ben, chi, dee, eli, happened, minute, start } from './scenario.ts';

const timer = { type: 'timer' } as const;

function holds(check: (taken: readonly Taken[]) => void): void {
  fc.assert(
    fc.property(plans, (plan) => check(runPlan(plan))),
    { numRuns: 120 },
  );
}

/** Each event with the incident before it and after it. */
function eachEvent(
  taken: readonly Taken[],
  check: (of: Taken['entries'][number], around: { before: Incident; after: Incident }) => void,
): void {
  for (const { before, entries, states } of taken) {
    entries.forEach((entry, index) => {
      const known = index === 0 ? before : states[index - 1];
      const after = states[index];
      if (known !== null && known !== undefined && after !== undefined) check(entry, { before: known, after });
    });
  }
}

function keep(incident: Incident, at: Instant, lastWordAt: Instant | null = null): readonly Happening[] {
  return keepTime({ incident, at, policy: onCall, directory, lastWordAt });
}

describe('time', () => {
  test('kept twice at the same moment decides nothing the second time', () => {
    holds((taken) => {
      for (const { after, step } of taken) {
        const at = step?.at ?? start;
        expect(keep(happened(after, keep(after, at), timer, at), at)).toEqual([]);
      }
    });
  });

  test('once kept is due again later, unless a group is awaited', () => {
    holds((taken) => {
      for (const { after, step } of taken) {
        const at = step?.at ?? start;
        const kept = happened(after, keep(after, at), timer, at);
        const next = nextTime({ incident: kept, at, policy: onCall, lastWordAt: null });
        if (next === null || next > at) continue;
        const due = kept.pages.filter((page) => (dueAt(page) ?? Infinity) <= at);
        expect(due).not.toEqual([]);
        for (const { levels, openedAt } of due) {
          expect(expand(levels.flat(), directory).missing).not.toEqual([]);
          expect(at - openedAt).toBeLessThan(minute);
        }
      }
    });
  });

  test('is never said to be due when nothing comes of it', () => {
    holds((taken) => {
      for (const { after, step } of taken) {
        const at = step?.at ?? start;
        const next = nextTime({ incident: after, at, policy: onCall, lastWordAt: null });
        if (next === null || next <= at + minute) continue;
        expect(keep(after, next)).not.toEqual([]);
      }
    });
  });
});

describe('calls', () => {
  test('reach nobody who stands by, unless nobody else is at work', () => {
    holds((taken) => {
      eachEvent(taken, ({ event }, { before }) => {
        if (event.kind !== 'people paged') return;
        const states = new Map(before.responders.map(({ person, state }) => [person, state]));
        if (!event.people.some((person) => states.get(person) === 'standby')) return;
        expect([...states.values()]).not.toContain('active');
        expect(roles.map((role) => before.roles[role])).toEqual([null, null, null]);
      });
    });
  });

  test('reach nobody who passed on or can’t be reached', () => {
    holds((taken) => {
      eachEvent(taken, ({ event }, { before }) => {
        if (event.kind !== 'people paged') return;
        for (const { person, state } of before.responders) {
          if (event.people.includes(person)) expect(['passed on', 'unreachable']).not.toContain(state);
        }
      });
    });
  });

  test('reach nobody in their night, unless the page or the severity is worth it', () => {
    holds((taken) => {
      eachEvent(taken, ({ event, occurredAt }, { before, after }) => {
        if (event.kind !== 'people paged') return;
        const page = before.pages.find(({ key }) => key === event.page);
        if (page?.cadence.atNight !== false || cadenceOf(after.severity, onCall.people).atNight) return;
        for (const person of event.people) {
          expect(isNight(occurredAt, directory.zones.get(person) ?? '', page.night)).toBe(false);
        }
      });
    });
  });

  test('of a test are never made', () => {
    holds((taken) => {
      for (const { after } of taken) if (after.test) expect(after.pages).toEqual([]);
    });
  });
});

describe('pages', () => {
  test('have one key each, and run only while somebody may be needed', () => {
    holds((taken) => {
      for (const { after } of taken) {
        const keys = after.pages.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        const running = after.pages.filter(({ ended }) => ended === null);
        for (const { key } of running) {
          if (!isUnmitigated(after)) expect(key).toMatch(/^(?:call|recall|service):/);
          if (after.status === 'closed' || after.status === 'cancelled') expect(key).toBe('none may run');
        }
      }
    });
  });

  test('stand on a level that they have, and only who was called has taken one, or came by themselves', () => {
    holds((taken) => {
      for (const { after } of taken) {
        for (const { level, levels, ended, takenBy } of after.pages) {
          expect(level).toBeLessThan(levels.length);
          if (takenBy !== null) expect(ended).toBe('answered');
          if (takenBy !== null) expect(after.responders.map(({ person }) => person)).toContain(takenBy);
        }
      }
    });
  });

  test('whoever takes one is active from then on', () => {
    holds((taken) => {
      eachEvent(taken, ({ event }, { after }) => {
        if (event.kind !== 'page answered' || event.person === null) return;
        expect(after.responders.find(({ person }) => person === event.person)?.state).toBe('active');
      });
    });
  });
});

const targets = fc.array(fc.constantFrom<Target>(ben, chi, dee, eli, payments, vacant, unread), {
  minLength: 1,
  maxLength: 3,
});
const cadences: fc.Arbitrary<Cadence> = fc.record({
  repeatMillis: fc.integer({ min: 30_000, max: 30 * minute }),
  climbMillis: fc.integer({ min: 30_000, max: 60 * minute }),
  atNight: fc.boolean(),
});
const helpers = fc.constantFrom<PersonId>(ben, chi, dee, eli);
const deeds = fc.array(
  fc.record({
    who: helpers,
    wait: fc.integer({ min: 0, max: 40 * minute }),
    what: fc.constantFrom('speak', 'speak', 'pass on'),
  }),
  { maxLength: 12 },
);

/** Each level may be called for its climb and two pauses, and once more for each who slept through it. */
function mostCalls({ repeatMillis, climbMillis }: Cadence, levels: number): number {
  const ofLevel = Math.ceil((climbMillis * 1.05 + 2 * 3 * minute) / Math.min(repeatMillis, climbMillis)) + 2;
  return ofLevel * levels * 5;
}

function withCadence(policy: Policy, cadence: Cadence): Policy {
  return { ...policy, people: { ...policy.people, cadences: { ...policy.people.cadences, SEV1: cadence } } };
}

function ends(course: Course): void {
  course.wait(10 * 24 * 60 * minute);
  for (const { ended } of course.incident().pages) expect(ended).not.toBeNull();
}

describe('a page', () => {
  test('is bounded, whatever its levels and its cadence, and whatever people do but take it', () => {
    fc.assert(
      fc.property(
        fc.array(targets, { minLength: 1, maxLength: 4 }),
        cadences,
        deeds,
        fc.integer({ min: 0, max: 24 * 60 }),
        (levels, cadence, done, minutes) => {
          const policy = withCadence(withLevels(...levels), cadence);
          const course = declareOnCall({ policy, at: start + minutes * minute });
          for (const { who, wait, what } of done) {
            course.wait(wait);
            if (course.incident().responders.some(({ person }) => person === who)) course.ask(who, { name: what });
          }
          ends(course);
          expect(course.calls().length).toBeLessThanOrEqual(mostCalls(cadence, levels.length));
          const gaps = course.calls().map(({ at }, index, all) => at - (all[index - 1]?.at ?? -Infinity));
          // Levels of which nobody is left are climbed over at once; no level is called twice in the same moment.
          expect(course.calls().filter(({ call }, index) => call > 1 && (gaps[index] ?? 0) < 30_000)).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('that somebody takes calls nobody any more', () => {
    fc.assert(
      fc.property(cadences, fc.integer({ min: 0, max: 200 * minute }), helpers, (cadence, wait, who) => {
        const course = declareOnCall({ policy: withCadence(withLevels([ben, chi], [dee], [eli]), cadence) });
        course.wait(wait);
        course.ask(who, { name: 'join', page: 'service:checkout', said: false });
        const before = course.calls().length;
        ends(course);
        expect(course.calls()).toHaveLength(before);
        expect(course.incident().roles.commander).toBe(ana);
      }),
      { numRuns: 60 },
    );
  });
});
