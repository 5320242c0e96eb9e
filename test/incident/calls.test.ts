import { describe, expect, test } from 'vitest';
import { callsFor } from '../../src/incident/calls.ts';
import type { IncidentCommand } from '../../src/incident/command.ts';
import type { PersonId } from '../../src/incident/incident.ts';
import type { Course } from './on-call.ts';
import { declareOnCall, endingsOf, fay, gus, onCall, withLevels } from './on-call.ts';
import {
  ana,
  ben,
  chi,
  dee,
  eli,
  join,
  level,
  minute,
  page,
  reading,
  staleIndex,
  standDown,
  start,
  stateOf,
  system,
} from './scenario.ts';

const checkout = 'service:checkout';
const mitigate: IncidentCommand = { name: 'mitigate', reason: 'rolled back', confirmed: true };

function severity(to: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4'): IncidentCommand {
  return { name: 'set severity', severity: to, reason: 'as users see it' };
}

function take(course: Course, who: PersonId, key: string): void {
  course.ask(who, { name: 'join', page: key, said: false });
}

function called(course: Course, key?: string): readonly (readonly PersonId[])[] {
  return course.calls(key).map(({ people }) => people);
}

describe('whom the catalog calls', () => {
  const [deep, wide] = [level(ben), { targets: [dee], atLeast: 'SEV1' } as const];

  test('a level only for worse incidents is left out of the others, and so is what is left without levels', () => {
    const policy = withLevels(deep, wide);
    const levelsAt = (worse: 'SEV1' | 'SEV3'): unknown =>
      callsFor({ services: ['checkout'], severity: worse }, policy).map(({ levels }) => levels);
    expect(levelsAt('SEV1')).toEqual([[[ben], [dee]]]);
    expect(levelsAt('SEV3')).toEqual([[[ben]]]);
    expect(callsFor({ services: ['checkout'], severity: 'SEV3' }, withLevels(wide))).toEqual([]);
  });

  test('an unknown severity is called like a SEV2, by day and by night', () => {
    const [call] = callsFor({ services: ['checkout'], severity: null }, onCall);
    expect(call?.cadence).toEqual({ repeatMillis: 4 * minute, climbMillis: 10 * minute, atNight: true });
  });

  test('circles are asked what users see, as soon as it is bad enough', () => {
    const course = declareOnCall({ severity: 'SEV2', policy: onCall });
    expect(course.page('impact:support')).toMatchObject({ question: 'impact', service: null, called: [fay] });
    expect(declareOnCall({ severity: 'SEV3', policy: onCall }).incident().pages).toHaveLength(1);
  });

  test('an incident that is a test pages nobody, whatever happens', () => {
    const course = declareOnCall({ test: true, policy: onCall, lead: false });
    course.wait(60 * minute);
    course.ask(ana, severity('SEV2'));
    course.ask(ana, { name: 'set services', services: ['search'] });
    course.ask(gus, join);
    course.ask(gus, standDown());
    expect(() => course.ask(ana, { name: 'recall', people: [gus], services: [], everyone: false, reason: '' })).toThrow(
      /This is a test: it pages nobody/,
    );
    course.ask(ana, { ...mitigate });
    course.ask(ana, { name: 'undo' });
    course.wait(60 * minute);
    expect(course.calls()).toEqual([]);
    expect(course.incident().pages).toEqual([]);
  });
});

describe('a severity that is raised', () => {
  test('calls the newcomers of an answered page, and nobody again', () => {
    const policy = withLevels([ben], [dee]);
    const course = declareOnCall({ severity: 'SEV3', policy });
    take(course, ben, checkout);
    course.ask(ana, severity('SEV1'));
    course.wait(30 * minute);
    expect(called(course)).toEqual([[ben]]);
    expect(course.page(checkout).ended).toBe('answered');

    const more = {
      ...policy,
      services: policy.services.map((each) =>
        each.name === 'checkout'
          ? { ...each, levels: [{ targets: [eli], atLeast: 'SEV1' as const }, ...each.levels] }
          : each,
      ),
    };
    const grown = declareOnCall({ severity: 'SEV3', policy: more });
    take(grown, ben, checkout);
    grown.ask(ana, severity('SEV1'));
    grown.wait(30 * minute);
    expect(called(grown)).toEqual([[ben], [eli]]);
    expect(grown.page(checkout)).toMatchObject({ ended: 'answered', takenBy: ben });
  });

  test('calls the circles that fit now', () => {
    const course = declareOnCall({ severity: 'SEV3', policy: onCall });
    course.ask(ana, severity('SEV2'));
    expect(called(course, 'impact:support')).toEqual([[fay]]);
  });

  test('makes a running page quicker, and what was due anyway comes no later', () => {
    const course = declareOnCall({ severity: 'SEV2' });
    course.wait(9 * minute);
    course.ask(ana, severity('SEV1'));
    expect(course.page(checkout)).toMatchObject({ level: 0, cadence: { climbMillis: 5 * minute } });
    course.wait(1.6 * minute);
    expect(course.page(checkout).level).toBe(1);
  });

  test('calls again what nobody had answered; what is no worse does not', () => {
    const course = declareOnCall({ severity: 'SEV2' });
    course.wait(40 * minute);
    expect(endingsOf(course)).toEqual([`${checkout} unanswered`]);
    const before = course.calls().length;
    course.ask(ana, severity('SEV3'));
    course.ask(ana, { name: 'set services', services: ['checkout', 'shop'] });
    course.wait(minute);
    expect(course.calls(checkout)).toHaveLength(before);
    course.ask(ana, severity('SEV1'));
    expect(course.page(checkout)).toMatchObject({ ended: null, level: 0, called: [ben, chi] });
  });
});

describe('a severity that is lowered', () => {
  test('withdraws what does not fit any more, unless somebody is on it', () => {
    const course = declareOnCall({ severity: 'SEV1', policy: onCall });
    course.ask(ana, severity('SEV3'));
    expect(endingsOf(course)).toEqual(['impact:support withdrawn']);
    expect(course.page(checkout)).toMatchObject({ ended: null, cadence: { atNight: false } });
    const known = declareOnCall({ severity: 'SEV1', policy: onCall });
    take(known, fay, 'impact:support');
    known.ask(ana, severity('SEV3'));
    expect(known.page('impact:support')).toMatchObject({ ended: 'answered' });
  });

  test('and raised again calls what was withdrawn', () => {
    const course = declareOnCall({ severity: 'SEV1', policy: onCall });
    course.ask(ana, severity('SEV3'));
    course.ask(ana, severity('SEV2'));
    expect(called(course, 'impact:support')).toEqual([[fay], [fay]]);
  });

  test('goes on with the levels that are left', () => {
    const policy = withLevels([ben], { targets: [dee], atLeast: 'SEV1' }, { targets: [eli], atLeast: 'SEV1' });
    const course = declareOnCall({ policy });
    course.wait(6 * minute);
    expect(course.page(checkout).level).toBe(1);
    course.ask(ana, severity('SEV2'));
    expect(course.page(checkout)).toMatchObject({ level: 0, levels: [[ben]] });
    course.wait(60 * minute);
    expect(course.calls().some(({ people }) => people.includes(eli))).toBe(false);
    expect(endingsOf(course)).toEqual([`${checkout} unanswered`]);
  });
});

describe('services that change', () => {
  test('withdraw the page of the dropped one and open that of the new one', () => {
    const course = declareOnCall();
    course.ask(ana, { name: 'set services', services: ['search'] });
    expect(endingsOf(course)).toEqual([`${checkout} withdrawn`]);
    expect(called(course, 'service:search')).toEqual([[gus]]);
    course.wait(60 * minute);
    expect(called(course, checkout)).toEqual([[ben, chi]]);
  });

  test('leave an answered page as it is, and bring a withdrawn one back', () => {
    const course = declareOnCall();
    take(course, ben, checkout);
    course.ask(ana, { name: 'set services', services: ['search'] });
    course.ask(ana, { name: 'set services', services: ['checkout'] });
    expect(called(course, checkout)).toEqual([[ben, chi]]);
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${ben} (button)`, 'service:search withdrawn']);
    course.ask(ana, { name: 'set services', services: ['checkout', 'search'] });
    expect(called(course, 'service:search')).toEqual([[gus], [gus]]);
  });

  test('become known, and those who were called meanwhile are not waited for any more', () => {
    const course = declareOnCall({ services: [] });
    expect(called(course, 'service')).toEqual([[eli]]);
    course.ask(ana, { name: 'set services', services: ['search'] });
    expect(endingsOf(course)).toEqual(['service withdrawn']);
  });

  test('keep a service that somebody paged by hand', () => {
    const course = declareOnCall({ severity: 'SEV2' });
    course.ask(ana, page([], { services: ['search'] }));
    course.ask(ana, severity('SEV1'));
    course.ask(ana, { name: 'set services', services: ['checkout', 'shop'] });
    expect(course.page('service:search').ended).toBeNull();
    course.wait(6 * minute);
    expect(called(course, 'service:search').length).toBeGreaterThan(1);
  });
});

describe('once users are no longer affected', () => {
  test('nobody is called any more, and undoing calls again what was running, but not what was answered', () => {
    const course = declareOnCall({ services: ['checkout', 'search'] });
    take(course, ben, checkout);
    course.ask(ana, mitigate);
    expect(course.page('service:search').ended).toBe('over');
    course.wait(60 * minute);
    expect(course.calls()).toHaveLength(2);
    course.ask(ana, { name: 'undo' });
    expect(course.page('service:search')).toMatchObject({ ended: null, level: 0 });
    expect(course.page(checkout).ended).toBe('answered');
    expect(course.calls()).toHaveLength(3);
  });

  test('who is paged by hand then is called until somebody takes it', () => {
    const course = declareOnCall();
    course.ask(ana, mitigate);
    course.ask(ana, page([gus], { reason: 'checks the ledger' }));
    course.wait(3 * minute);
    expect(called(course, 'call:1')).toEqual([[gus], [gus]]);
    course.ask(ana, { name: 'resolve', reason: 'fixed', confirmed: true });
    course.wait(60 * minute);
    expect(called(course, 'call:1')).toEqual([[gus], [gus]]);
    expect(course.page('call:1').ended).toBe('over');
  });
});

describe('what is red again and reopens', () => {
  const resolve: IncidentCommand = { name: 'resolve', reason: 'index rebuilt', confirmed: true };

  /** On `search`, whose first level is Gus; resolved after ten minutes. */
  function resolved(before: (course: Course) => void, beginning: Parameters<typeof declareOnCall>[0] = {}): Course {
    const course = declareOnCall({ services: ['search'], ...beginning });
    before(course);
    course.wait(10 * minute);
    course.ask(course.incident().roles.commander ?? ana, resolve);
    course.wait(20 * minute);
    return course;
  }

  function relapse(course: Course): number {
    const before = course.calls().length;
    const readings = [reading(staleIndex, 'alarm', { since: course.at() })];
    course.ask(system, { name: 'observe alarms', readings: [reading(staleIndex, 'ok')], blind: [] });
    course.ask(system, { name: 'observe alarms', readings, blind: [] });
    expect(course.incident().status).toBe('investigating');
    return before;
  }

  test('calls the first level and the commander, though they had taken it before', () => {
    const course = resolved((begun) => take(begun, gus, 'service:search'));
    const before = relapse(course);
    expect(called(course).slice(before)).toEqual([[gus], [ana]]);
    expect(stateOf(course.incident(), gus)).toBe('paged');
    expect(course.incident().roles.commander).toBe(ana);
    course.wait(2.2 * minute);
    expect(called(course).length).toBeGreaterThanOrEqual(before + 4);
  });

  test('calls a commander who is in the level once, and takes nobody for awake', () => {
    const course = resolved(() => undefined, { who: gus });
    const before = relapse(course);
    expect(called(course).slice(before)).toEqual([[gus]]);
    expect(course.page('service:search').ended).toBeNull();
    expect(stateOf(course.incident(), gus)).toBe('active');
  });

  test('leaves who stands by in peace as long as there is anybody else', () => {
    const course = resolved((begun) => {
      take(begun, gus, 'service:search');
      begun.ask(ana, standDown([gus]));
    });
    const before = relapse(course);
    expect(called(course).slice(before)).toEqual([[dee], [ana]]);
    expect(stateOf(course.incident(), gus)).toBe('standby');
  });

  test('calls who stands by where nobody else is there', () => {
    const course = resolved((begun) => {
      take(begun, gus, 'service:search');
    });
    course.ask(ana, standDown([gus]));
    course.ask(ana, standDown());
    const before = relapse(course);
    expect(called(course).slice(before)).toEqual([[gus]]);
  });

  test('gives the lead to whoever takes it when the commander sleeps on', () => {
    const course = resolved((begun) => take(begun, gus, 'service:search'));
    relapse(course);
    take(course, gus, 'service:search');
    course.wait(6 * minute);
    expect(course.page('lead')).toMatchObject({ level: 1, called: [ana, dee] });
    take(course, dee, 'lead');
    expect(course.incident().roles.commander).toBe(dee);
    const [said] = course
      .happenings()
      .filter(({ event }) => event.kind === 'role given')
      .slice(-1);
    expect(said?.text).toContain(`taking over from <@${ana}>`);
  });

  test('by hand calls nobody who was there, as somebody is awake and says so', () => {
    const course = resolved((begun) => take(begun, gus, 'service:search'));
    const before = course.calls().length;
    course.ask(gus, { name: 'reopen', reason: 'still stale' });
    expect(course.calls()).toHaveLength(before);
  });

  test('is a moment like the first: level by level', () => {
    const course = resolved((begun) => take(begun, gus, 'service:search'));
    const before = relapse(course);
    course.wait(6 * minute);
    const search = course.calls('service:search').filter(({ at }) => at >= start + 30 * minute);
    expect(search.map((each) => [each.level, each.call])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 1],
    ]);
    expect(before).toBe(1);
  });
});
