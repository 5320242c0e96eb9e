/** What holds whatever people and machines ask, in whatever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apply, begin } from '../../src/incident/apply.ts';
import type { Incident, IncidentId } from '../../src/incident/incident.ts';
import { roles } from '../../src/incident/incident.ts';
import { react } from '../../src/incident/react.ts';
import { counted, holdOf } from '../../src/incident/verdict.ts';
import type { Plan, Taken } from './arbitraries.ts';
import { decideStep, plans, runPlan } from './arbitraries.ts';

function holds(check: (taken: readonly Taken[], plan: Plan) => void): void {
  fc.assert(
    fc.property(plans, (plan) => check(runPlan(plan), plan)),
    { numRuns: 120 },
  );
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

function throughJson<Value>(value: Value): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('events', () => {
  test('applied one by one they give the incident as it was carried along, also after a trip through JSON', () => {
    holds((taken) => {
      const entries = taken.flatMap((each) => each.entries);
      const read = throughJson(entries) as typeof entries;
      const [first, ...rest] = read;
      if (first === undefined) throw new Error('no entries');
      const replayed = rest.reduce(apply, begin(1 as IncidentId, first));
      expect(replayed).toEqual(taken.at(-1)?.after);
      expect(throughJson(replayed)).toEqual(replayed);
    });
  });

  test('every happening has words, and the rules never add a broadcast to them', () => {
    holds((taken) => {
      for (const { text } of taken.flatMap((each) => each.happenings)) {
        expect(text.trim()).not.toBe('');
        expect(text).not.toContain('<!');
      }
    });
  });

  test('what a refusal says has words too, and the way on that it offers is open', () => {
    holds((taken) => {
      for (const { before, step, decision } of taken) {
        if (decision.type === 'decided' || before === null || step === null) continue;
        expect(decision.text.trim()).not.toBe('');
        expect(decision.text).not.toContain('<!');
        if (decision.type === 'confirm') expect(decision.offers).toHaveLength(1);
        for (const { incident, command } of decision.offers) {
          if (command.name === 'declare' || command.name === 'raise alarms')
            throw new Error('no declaration was asked');
          expect(incident).toBe(before.id);
          expect(decideStep(before, { ...step, ask: command }).type).toBe('decided');
        }
      }
    });
  });
});

describe('deciding', () => {
  test('changes nothing that it is given, and gives the same for the same', () => {
    holds((taken) => {
      for (const { step, before, decision } of taken) {
        if (step === null || before === null) continue;
        expect(decideStep(frozen(before), frozen(step))).toEqual(decision);
      }
    });
  });

  test('a refusal changes nothing', () => {
    holds((taken) => {
      for (const { before, decision, after } of taken) if (decision.type !== 'decided') expect(after).toBe(before);
    });
  });
});

describe('an incident', () => {
  function always(check: (incident: Incident, taken: Taken) => void): void {
    holds((taken) => taken.forEach((each) => check(each.after, each)));
  }

  test('roles are only held by active responders', () => {
    always(({ roles: held, responders }) => {
      for (const role of roles) {
        const person = held[role];
        if (person === null) continue;
        expect(responders.find((responder) => responder.person === person)?.state).toBe('active');
      }
    });
  });

  test('its times say what its status says', () => {
    always(({ status, mitigatedAt, resolvedAt, closedAt }) => {
      const known = { mitigated: mitigatedAt !== null, resolved: resolvedAt !== null, closed: closedAt !== null };
      switch (status) {
        case 'investigating':
        case 'identified':
          expect(known).toEqual({ mitigated: false, resolved: false, closed: false });
          break;
        case 'mitigated':
          expect(known).toEqual({ mitigated: true, resolved: false, closed: false });
          break;
        case 'resolved':
          expect(known).toEqual({ mitigated: true, resolved: true, closed: false });
          break;
        case 'closed':
          expect(known).toEqual({ mitigated: true, resolved: true, closed: true });
          break;
        case 'cancelled':
          expect([known.resolved, known.closed]).toEqual([false, false]);
          break;
      }
    });
  });

  test('its times stand in order', () => {
    always(({ declaredAt, mitigatedAt, resolvedAt, closedAt }) => {
      const times = [declaredAt, mitigatedAt, resolvedAt, closedAt].filter((time) => time !== null);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    });
  });

  test('there is something to undo only where a status was reached, and it leads somewhere else', () => {
    always(({ status, undoTo }) => {
      if (undoTo === null) return;
      expect(['identified', 'mitigated', 'resolved', 'cancelled']).toContain(status);
      expect(undoTo).not.toBe(status);
      expect(['investigating', 'identified', 'mitigated']).toContain(undoTo);
    });
  });

  test('people, services and alarms stand in it once', () => {
    always(({ responders, services, watches, separated }) => {
      const lists = [responders.map(({ person }) => person), services, watches.map(({ alarm }) => alarm), separated];
      for (const list of lists) expect(new Set<string>(list).size).toBe(list.length);
    });
  });

  test('nobody who was ever a responder is forgotten', () => {
    always((incident, { before }) => {
      const now = incident.responders.map(({ person }) => person);
      expect(now).toEqual(expect.arrayContaining(before?.responders.map(({ person }) => person) ?? []));
    });
  });

  test('only who is unreachable has a reason for it', () => {
    always(({ responders }) => {
      for (const { state, because } of responders) expect(because !== null).toBe(state === 'unreachable');
    });
  });

  test('a separated alarm is not watched', () => {
    always(({ watches, separated }) => {
      expect(watches.filter(({ alarm }) => separated.includes(alarm))).toEqual([]);
    });
  });

  test('recovery stands only while no alarm that counts is red', () => {
    always((incident) => {
      if (incident.recoveredAt === null) return;
      expect(incident.recoveredAt).toBeGreaterThanOrEqual(incident.declaredAt);
      expect(counted(incident).filter(({ verdict }) => verdict === 'alarm')).toEqual([]);
    });
  });

  test('at the moment recovery is proved, every alarm that counts has been green for the window', () => {
    holds((taken) => {
      for (const { states, entries } of taken) {
        entries.forEach(({ event, occurredAt }, index) => {
          const incident = states[index];
          if (event.kind !== 'recovery proved' || incident === undefined) return;
          const holdMillis = holdOf(incident);
          const watches = counted(incident).filter(({ doubt }) => doubt !== 'gone');
          expect(watches.length).toBeGreaterThan(0);
          for (const { verdict, since } of watches) {
            expect(verdict).toBe('ok');
            expect(since).toBeGreaterThanOrEqual(incident.declaredAt);
            expect(occurredAt - since).toBeGreaterThanOrEqual(holdMillis);
          }
        });
      }
    });
  });

  test('is touched once any person did anything, and cancels itself only before that', () => {
    holds((taken) => {
      let touched = false;
      for (const { entries, after } of taken) {
        if (entries.some(({ event }) => event.kind === 'cancelled' && event.byItself)) expect(touched).toBe(false);
        // Whoever takes a page in the pager is a person, too.
        touched ||= entries.some(({ actor, event }) => actor.type === 'person' || event.kind === 'page answered');
        expect(after.touched).toBe(touched);
      }
    });
  });

  test('a test has nobody paged', () => {
    always(({ test: isTest, responders }) => {
      if (isTest) expect(responders.filter(({ state }) => state === 'paged')).toEqual([]);
    });
  });
});

describe('jobs', () => {
  test('their keys tell kind and incident, are the same each time, and differ between kinds', () => {
    holds((taken) => {
      for (const { states, entries } of taken) {
        entries.forEach(({ event, occurredAt: at }, index) => {
          const incident = states[index];
          if (incident === undefined) throw new Error('no state');
          const source = `test#${index}`;
          const jobs = react(incident, event, { source, at });
          expect(react(frozen(incident), frozen(event), { source, at })).toEqual(jobs);
          expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length);
          expect(new Set(jobs.map(({ key }) => key)).size).toBe(jobs.length);
          // There is one chain of polls, and one triage, for all incidents.
          for (const { name, key } of jobs)
            expect(key.startsWith(['poll-alarms', 'triage-alarms'].includes(name) ? name : `${name}:1`)).toBe(true);
        });
      }
    });
  });
});
