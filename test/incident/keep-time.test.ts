import { describe, expect, test } from 'vitest';
import type { IncidentCommand } from '../../src/incident/command.ts';
import type { IncidentId, PersonId } from '../../src/incident/incident.ts';
import { archiveAt, keepTime, nextTime } from '../../src/incident/keep-time.ts';
import type { Course } from './on-call.ts';
import {
  declareOnCall,
  directory,
  endingsOf,
  follow,
  gus,
  onCall,
  onlyServices,
  promptsOf,
  withLevels,
} from './on-call.ts';
import {
  ana,
  after,
  begun,
  ben,
  chi,
  dee,
  happeningsOf,
  join,
  led,
  minute,
  page,
  raise,
  reading,
  staleIndex,
  standDown,
  start,
  system,
  withConsequences,
} from './scenario.ts';

const hour = 60 * minute;

function lead(who: PersonId): IncidentCommand {
  return { name: 'give role', role: 'commander', person: who };
}

function asked(course: Course, about: string): readonly number[] {
  return promptsOf(course)
    .filter((prompt) => prompt.about === about)
    .map(({ minutes }) => minutes);
}

describe('while nobody leads', () => {
  test('the room is asked once after two minutes, and two minutes later the next level is paged for it', () => {
    const course = declareOnCall({ lead: false });
    course.wait(hour);
    expect(asked(course, 'lead')).toEqual([2]);
    const [first] = course.calls('lead');
    expect(first).toMatchObject({ at: start + 4 * minute, people: [dee] });
    expect(course.page('lead').question).toBe('lead');
    expect(endingsOf(course)).toContain('lead unanswered');
    course.wait(24 * hour);
    expect(asked(course, 'lead')).toEqual([2]);
    expect(endingsOf(course).filter((ending) => ending === 'lead unanswered')).toHaveLength(1);
  });

  test('nothing is asked when somebody leads in time', () => {
    const course = declareOnCall({ lead: false });
    course.wait(1.9 * minute);
    course.ask(ben, lead(ben));
    course.wait(hour);
    expect(asked(course, 'lead')).toEqual([]);
    expect(course.calls('lead')).toEqual([]);
  });

  test('whoever takes the role meanwhile ends the page for it', () => {
    const course = declareOnCall({ lead: false });
    course.wait(4.5 * minute);
    course.ask(ben, lead(ben));
    expect(course.page('lead')).toMatchObject({ ended: 'answered', takenBy: ben });
    course.wait(10 * minute);
    expect(course.calls('lead')).toHaveLength(1);
  });

  test('whoever takes that page leads', () => {
    const course = declareOnCall({ lead: false });
    course.wait(4.5 * minute);
    course.ask(dee, { name: 'join', page: 'lead', said: false });
    expect(course.incident()).toMatchObject({ roles: { commander: dee }, provisional: false });
    expect(endingsOf(course)).toEqual([`lead answered by ${dee} (button)`]);
    course.wait(hour);
    expect(asked(course, 'lead')).toEqual([2]);
  });

  test('whoever is called for a service as well does not lead by accident', () => {
    const course = declareOnCall({ lead: false });
    course.wait(5.4 * minute);
    expect(course.page('service:checkout').called).toContain(dee);
    course.ask(dee, { name: 'join', page: null, said: true });
    expect(endingsOf(course)).toEqual([`service:checkout answered by ${dee} (words)`]);
    expect(course.incident().roles.commander).toBeNull();
  });

  test('again, they are asked again', () => {
    const course = declareOnCall();
    course.wait(hour);
    course.ask(ana, standDown());
    course.wait(10 * minute);
    expect(asked(course, 'lead')).toEqual([62]);
    expect(course.calls('lead')[0]?.at).toBe(start + 64 * minute);
  });

  test('after a mitigation nobody is paged for it, and after its undoing somebody is', () => {
    const course = declareOnCall({ lead: false });
    course.wait(4.5 * minute);
    course.ask(ana, { name: 'mitigate', reason: 'rolled back', confirmed: true });
    course.wait(10 * minute);
    expect(course.calls('lead')).toHaveLength(1);
    course.ask(ana, { name: 'undo' });
    expect(course.page('lead')).toMatchObject({ ended: null, called: [dee] });
  });

  test('a level with nobody behind it is paged itself, and where nobody is named nothing is waited for', () => {
    const flat = declareOnCall({ lead: false, policy: withLevels([ben]) });
    flat.wait(5 * minute);
    expect(flat.calls('lead')[0]?.people).toEqual([ben]);
    const policy = withLevels({ targets: [ben], atLeast: 'SEV1' });
    const bare = declareOnCall({ lead: false, severity: 'SEV4', policy });
    bare.wait(5 * minute);
    expect(asked(bare, 'lead')).toEqual([2]);
    expect(bare.incident().pages).toEqual([]);
    const times = { incident: bare.incident(), at: bare.at(), policy, lastWordAt: null };
    expect(nextTime(times)).toBeGreaterThan(bare.at());
  });

  test('in a room that an alarm opened the room is asked only once somebody is there', () => {
    const result = raise([]);
    if (result.type !== 'opens') throw new Error('joined');
    const around = { by: system, at: start, policy: onlyServices, directory };
    const happenings = happeningsOf(withConsequences(1 as IncidentId, result.decision, around));
    const room = { event: { kind: 'room opened', channel: 'C0INC0001', name: 'inc-1' }, text: 'Opened.' } as const;
    const course = follow(begun(happenings, system, start), { ...around, happenings: [...happenings, room] });
    course.wait(5 * minute);
    expect(asked(course, 'lead')).toEqual([]);
    course.ask(chi, join);
    course.ask(chi, standDown());
    course.ask(gus, join);
    course.wait(3 * minute);
    expect(course.incident().roles.commander).toBe(gus);
  });
});

describe('relief', () => {
  test('is asked of whoever holds a role for six hours, once, and again six hours later', () => {
    const course = declareOnCall();
    course.wait(13 * hour);
    expect(asked(course, 'relief')).toEqual([360, 720]);
  });

  test('is asked once of who holds two roles, when the first of them gets long', () => {
    const course = declareOnCall();
    course.ask(ana, { name: 'give role', role: 'scribe', person: ben });
    course.wait(3 * hour);
    course.ask(ana, lead(ben));
    course.wait(5 * hour);
    expect(asked(course, 'relief')).toEqual([360]);
    course.wait(5 * hour);
    expect(asked(course, 'relief')).toEqual([360, 720]);
  });

  test('is asked of nobody who took over since', () => {
    const course = declareOnCall();
    course.wait(5 * hour);
    course.ask(ana, lead(ben));
    course.wait(2 * hour);
    expect(asked(course, 'relief')).toEqual([]);
  });

  test('follows the catalog', () => {
    const policy = { ...onlyServices, people: { ...onlyServices.people, reliefMillis: hour } };
    const course = declareOnCall({ policy });
    course.wait(2.5 * hour);
    expect(asked(course, 'relief')).toEqual([60, 120]);
  });
});

describe('a recovery that nobody confirms', () => {
  const green = (course: Course): void => {
    course.ask(system, { name: 'observe alarms', readings: [reading(staleIndex, 'ok')], blind: [] });
  };

  test('is asked about after fifteen minutes, once', () => {
    const course = declareOnCall({ services: ['search'] });
    green(course);
    course.wait(11 * minute);
    green(course);
    const recovered = course.incident().recoveredAt ?? 0;
    expect(recovered).toBeGreaterThan(0);
    course.wait(2 * hour);
    expect(asked(course, 'confirmation')).toEqual([(recovered - start) / minute + 15]);
  });

  test('is not asked about once it is resolved, and asked again after the next one', () => {
    const course = declareOnCall({ services: ['search'] });
    green(course);
    course.wait(11 * minute);
    green(course);
    course.ask(ana, { name: 'resolve', reason: 'fixed', confirmed: true });
    course.wait(hour);
    expect(asked(course, 'confirmation')).toEqual([]);
  });
});

describe('silence', () => {
  test('is asked about after a day, once, and a day later again', () => {
    const course = declareOnCall({
      policy: { ...onlyServices, people: { ...onlyServices.people, reliefMillis: 99 * hour } },
    });
    course.wait(47 * hour);
    expect(asked(course, 'silence')).toEqual([24 * 60]);
    course.wait(2 * hour);
    expect(asked(course, 'silence')).toEqual([24 * 60, 48 * 60]);
  });

  test('does not begin anew because somebody else leads', () => {
    const course = declareOnCall();
    course.wait(25 * hour);
    course.ask(ana, lead(ben));
    course.wait(hour);
    expect(asked(course, 'silence')).toEqual([24 * 60]);
  });

  test('counts from the last word', () => {
    const incident = declareOnCall().incident();
    const at = start + 25 * hour;
    const times = { incident, at, policy: onlyServices, directory };
    const about = (lastWordAt: number | null): readonly string[] =>
      keepTime({ ...times, lastWordAt }).flatMap(({ event }) => (event.kind === 'prompted' ? [event.about] : []));
    expect(about(null)).toContain('silence');
    expect(about(start + 2 * hour)).not.toContain('silence');
    expect(about(start + hour)).toContain('silence');
  });
});

describe('time', () => {
  test('asks nothing before there is a room, nor once it is closed', () => {
    const incident = led();
    const kept = keepTime({ incident, at: start + 30 * hour, policy: onCall, directory, lastWordAt: null });
    expect(kept.filter(({ event }) => event.kind === 'prompted')).toEqual([]);
    const over = declareOnCall();
    over.ask(ana, { name: 'resolve', reason: 'fixed', confirmed: true });
    over.ask(ana, { name: 'close' });
    over.wait(30 * hour);
    expect(promptsOf(over)).toEqual([]);
  });

  test('kept late does what is due, once, and goes on from there', () => {
    const course = declareOnCall();
    const before = { incident: course.incident(), policy: onlyServices, directory, lastWordAt: null };
    const late = keepTime({ ...before, at: start + 2 * hour });
    // The first level was due again, and the second: the second is called, as if nobody had slept.
    expect(late.map(({ event }) => event.kind)).toEqual(['people paged']);
    expect(late).toMatchObject([{ event: { level: 1, call: 1, people: [dee] } }]);
  });

  test('of a closed room comes when it is to be archived, if ever', () => {
    const course = declareOnCall();
    course.ask(ana, { name: 'resolve', reason: 'fixed', confirmed: true });
    course.ask(ana, { name: 'close' });
    const closed = course.incident();
    const policy = { ...onlyServices, people: { ...onlyServices.people, archiveMillis: 30 * 24 * hour } };
    expect(archiveAt(closed, onlyServices)).toBeNull();
    expect(archiveAt(closed, policy)).toBe(start + 30 * 24 * hour);
    expect(nextTime({ incident: closed, at: start, policy, lastWordAt: null })).toBe(start + 30 * 24 * hour);
    const archived = { ...closed, archivedAt: start };
    expect(archiveAt(archived, policy)).toBeNull();
    expect(archiveAt({ ...closed, room: null }, policy)).toBeNull();
    expect(archiveAt(after(closed, { name: 'reopen', reason: '' }), policy)).toBeNull();
  });

  test('keeps calling who was paged by hand', () => {
    const course = declareOnCall({ severity: 'SEV4' });
    course.ask(ana, page([gus]));
    course.wait(61 * minute);
    expect(course.calls('call:1')).toHaveLength(2);
  });
});
