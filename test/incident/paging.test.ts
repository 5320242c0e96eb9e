import { describe, expect, test } from 'vitest';
import type { GroupId, IncidentId, Instant, PersonId } from '../../src/incident/incident.ts';
import type { Directory } from '../../src/incident/page.ts';
import type { Call, Course } from './on-call.ts';
import {
  declareOnCall,
  directory,
  endingsOf,
  follow,
  gus,
  onlyServices,
  payments,
  unread,
  vacant,
  withLevels,
} from './on-call.ts';
import {
  ana,
  ben,
  chi,
  dee,
  eli,
  happeningsOf,
  join,
  minute,
  page,
  raise,
  redAlarm,
  saidOnIt,
  start,
  stateOf,
  system,
  withConsequences,
  begun,
} from './scenario.ts';

const checkout = 'service:checkout';

function minutesOf({ at }: Call): number {
  return (at - start) / minute;
}

function take(course: Course, who: PersonId, key: string): void {
  course.ask(who, { name: 'join', page: key, said: false });
}

function atLocal(zoneOffsetHours: number, year: number, month: number, day: number, hour: number): Instant {
  return Date.UTC(year, month - 1, day, hour - zoneOffsetHours);
}

describe('nobody answers through three levels', () => {
  const course = declareOnCall();
  course.wait(60 * minute);

  test('a SEV1 calls a level at 0, 2 and 4 minutes and the next one at 5, level by level', () => {
    expect(course.calls().map(({ level, call, people }) => [level, call, people])).toEqual([
      [0, 1, [ben, chi]],
      [0, 2, [ben, chi]],
      [0, 3, [ben, chi]],
      [1, 1, [dee]],
      [1, 2, [dee]],
      [1, 3, [dee]],
      [2, 1, [eli]],
      [2, 2, [eli]],
      [2, 3, [eli]],
    ]);
    const due = [0, 2, 4, 5, 7, 9, 10, 12, 14];
    course.calls().forEach((call, index) => {
      const minutes = due[index] ?? 0;
      expect(minutesOf(call)).toBeGreaterThanOrEqual(minutes);
      expect(minutesOf(call)).toBeLessThanOrEqual(minutes * 1.05);
    });
  });

  test('and ends once, after the last level, with how many were called in vain', () => {
    expect(endingsOf(course)).toEqual([`${checkout} unanswered`]);
    const ended = course.happenings().find(({ event }) => event.kind === 'page ended');
    expect(ended?.text).toBe('Nobody has answered the page for checkout after 15 min: 4 people were called.');
    expect((ended?.at ?? 0) - start).toBeGreaterThanOrEqual(15 * minute);
    expect((ended?.at ?? 0) - start).toBeLessThanOrEqual(15 * minute * 1.05);
  });

  test('waits are jittered, each by another while, never sooner and by a twentieth at most', () => {
    const waits = Array.from({ length: 60 }, (_, index) => {
      const each = declareOnCall({ at: start + index });
      each.wait(3 * minute);
      const [first, second] = each.calls();
      return (second?.at ?? 0) - (first?.at ?? 0);
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2 * minute);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * minute * 1.05);
    expect(new Set(waits).size).toBeGreaterThan(20);
  });

  test('a SEV2 takes its time: 0, 4 and 8 minutes, the next level at 10', () => {
    const slower = declareOnCall({ severity: 'SEV2' });
    slower.wait(11 * minute);
    expect(slower.calls().map((call) => [call.level, Math.floor(minutesOf(call))])).toEqual([
      [0, 0],
      [0, 4],
      [0, 8],
      [1, 10],
    ]);
  });

  test('a SEV3 does not call a level again just before the next one', () => {
    for (let index = 0; index < 20; index++) {
      const slowest = declareOnCall({ severity: 'SEV3', at: start + index, policy: withLevels([chi], [gus]) });
      slowest.wait(32 * minute);
      expect(slowest.calls().map((call) => [call.level, Math.round(minutesOf(call) / 10)])).toEqual([
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 3],
      ]);
    }
  });

  test('nobody is called any more after that, also not by another alarm of the same severity', () => {
    const before = course.calls().length;
    course.ask(system, { name: 'join alarms', alarms: [redAlarm({ severity: 'SEV2' })] });
    course.ask(ana, { name: 'rename', title: 'Cards declined' });
    course.wait(60 * minute);
    expect(course.calls()).toHaveLength(before);
  });
});

describe('an answer', () => {
  test('at the second level stops it there', () => {
    const course = declareOnCall();
    course.wait(6 * minute);
    take(course, dee, checkout);
    course.wait(60 * minute);
    expect(course.calls().map(({ level }) => level)).toEqual([0, 0, 0, 1]);
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${dee} (button)`]);
    expect(course.page(checkout)).toMatchObject({ ended: 'answered', takenBy: dee });
    expect(stateOf(course.incident(), dee)).toBe('active');
    expect(course.incident().responders.find(({ person }) => person === dee)?.asked).toEqual({
      question: 'fix',
      service: 'checkout',
    });
  });

  test('for one service leaves the page of the other running', () => {
    const course = declareOnCall({ services: ['checkout', 'search'] });
    take(course, ben, checkout);
    course.wait(6 * minute);
    expect(course.calls(checkout)).toHaveLength(1);
    expect(course.calls('service:search').map(({ people }) => people)).toEqual([[gus], [gus], [gus], [dee]]);
  });

  test('"on it" of a member of the group is one, without any button', () => {
    const course = declareOnCall();
    course.ask(chi, saidOnIt);
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${chi} (words)`]);
  });

  test('"on it" of somebody who is named on a later level is one, too', () => {
    const course = declareOnCall();
    course.ask(eli, saidOnIt);
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${eli} (words)`]);
    expect(course.calls()).toHaveLength(1);
  });

  test('"on it" of a bystander is only talk', () => {
    const course = declareOnCall();
    expect(course.ask(gus, saidOnIt)).toEqual([]);
    expect(stateOf(course.incident(), gus)).toBeUndefined();
    course.wait(3 * minute);
    expect(course.calls()).toHaveLength(2);
  });

  test('a bystander who joins with the button helps, but answers for nobody', () => {
    const course = declareOnCall();
    course.ask(gus, join);
    course.wait(3 * minute);
    expect(stateOf(course.incident(), gus)).toBe('active');
    expect(course.calls()).toHaveLength(2);
    expect(endingsOf(course)).toEqual([]);
  });

  test('in the pager stops it, whoever that is, and nobody counts as active for it', () => {
    const course = declareOnCall();
    course.ask(system, { name: 'take in pager', page: checkout, who: 'Ben B.' });
    expect(course.page(checkout)).toMatchObject({ ended: 'answered', takenBy: null });
    expect(course.ask(system, { name: 'take in pager', page: checkout, who: 'Ben B.' })).toEqual([]);
    expect(stateOf(course.incident(), ben)).toBe('paged');
    course.wait(60 * minute);
    expect(course.calls()).toHaveLength(1);
  });

  test('by two people at once is one answer and two people', () => {
    const course = declareOnCall();
    take(course, ben, checkout);
    take(course, chi, checkout);
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${ben} (button)`]);
    expect([stateOf(course.incident(), ben), stateOf(course.incident(), chi)]).toEqual(['active', 'active']);
    expect(course.ask(chi, { name: 'join', page: checkout, said: false })).toEqual([]);
  });

  test('of who was called for two services is for both, unless it is said which', () => {
    const both = { services: ['search', 'shop'] };
    const course = declareOnCall(both);
    course.ask(gus, join);
    expect(endingsOf(course)).toEqual([
      `service:search answered by ${gus} (button)`,
      `service:shop answered by ${gus} (button)`,
    ]);
    const other = declareOnCall(both);
    take(other, gus, 'service:shop');
    expect(endingsOf(other)).toEqual([`service:shop answered by ${gus} (button)`]);
    expect(other.incident().responders.find(({ person }) => person === gus)?.asked?.service).toBe('shop');
  });
});

describe('whoever speaks without saying that they are on it', () => {
  const speak = { name: 'speak' } as const;

  test('pauses the climb and the calls for three minutes, at most twice a level', () => {
    const course = declareOnCall();
    course.wait(minute);
    expect(course.ask(ben, speak)).toMatchObject([{ kind: 'page paused', until: start + 4 * minute }]);
    expect(course.ask(ben, speak)).toEqual([]);
    course.wait(3.5 * minute);
    expect(course.calls().map((call) => Math.floor(minutesOf(call)))).toEqual([0, 4]);
    expect(course.ask(chi, speak)).toMatchObject([{ kind: 'page paused' }]);
    course.wait(3.1 * minute);
    expect(course.ask(ben, speak)).toEqual([]);
    course.wait(60 * minute);
    const [climbed] = course.calls().filter(({ level }) => level === 1);
    expect(climbed && minutesOf(climbed)).toBeGreaterThanOrEqual(11);
    expect(climbed && minutesOf(climbed)).toBeLessThanOrEqual(11.5);
    expect(endingsOf(course)).toEqual([`${checkout} unanswered`]);
  });

  test('may do so again on the next level', () => {
    const course = declareOnCall();
    for (const moment of [1, 4.1]) {
      course.wait(moment * minute - (course.at() - start));
      expect(course.ask(ben, speak)).toHaveLength(1);
    }
    course.wait(9 * minute);
    expect(course.page(checkout)).toMatchObject({ level: 1, pauses: 0 });
    expect(course.ask(dee, speak)).toHaveLength(1);
  });

  test('changes nothing as a bystander, as somebody who is on it, or as a machine', () => {
    const course = declareOnCall();
    expect(course.ask(gus, speak)).toEqual([]);
    expect(course.ask(system, speak)).toEqual([]);
    take(course, ben, checkout);
    expect(course.ask(ben, speak)).toEqual([]);
  });

  test('does not let a page climb past a level that is asleep', () => {
    const night = atLocal(3, 2026, 11, 20, 23);
    const policy = withLevels([dee], [ben]);
    // It is day on Lord Howe Island, and night in Nairobi.
    const course = declareOnCall({ severity: 'SEV3', at: night, policy });
    course.wait(31.6 * minute);
    expect(course.page(checkout)).toMatchObject({ level: 1, calls: 0, climbAt: null });
    expect(course.ask(dee, speak)).toEqual([]);
    course.wait(60 * minute);
    expect(endingsOf(course)).toEqual([]);
  });
});

describe('passing on', () => {
  const passOn = { name: 'pass on' } as const;

  test('by one of two leaves the other with it', () => {
    const course = declareOnCall();
    course.ask(ben, passOn);
    expect(course.calls()).toHaveLength(1);
    course.wait(3 * minute);
    expect(course.calls().at(-1)?.people).toEqual([chi]);
  });

  test('by the last of a level calls the next one at once', () => {
    const course = declareOnCall();
    course.ask(ben, passOn);
    course.ask(chi, passOn);
    expect(course.calls().map(({ level, people }) => [level, people])).toEqual([
      [0, [ben, chi]],
      [1, [dee]],
    ]);
    expect(course.calls().at(-1)?.at).toBe(start);
  });

  test('by the last of a level does not wait for a level that was silent before', () => {
    const course = declareOnCall();
    course.wait(6 * minute);
    course.ask(dee, passOn);
    expect(course.calls().at(-1)).toMatchObject({ level: 2, at: start + 6 * minute, people: [eli] });
  });

  test('by everyone ends it', () => {
    const course = declareOnCall();
    for (const who of [ben, chi, dee, eli]) course.ask(who, passOn);
    expect(endingsOf(course)).toEqual([`${checkout} unanswered`]);
    expect(course.at()).toBe(start);
  });

  test('of what one had taken calls the others again', () => {
    const course = declareOnCall();
    take(course, ben, checkout);
    course.wait(20 * minute);
    course.ask(ben, passOn);
    expect(course.page(checkout)).toMatchObject({ ended: null, called: [chi] });
    course.wait(6 * minute);
    expect(course.calls().at(-1)?.people).toEqual([dee]);
  });

  test('of what one had taken calls nobody while somebody else is on it, or once users are no longer affected', () => {
    const shared = declareOnCall();
    take(shared, ben, checkout);
    take(shared, chi, checkout);
    shared.ask(ben, passOn);
    expect(shared.page(checkout).ended).toBe('answered');
    const over = declareOnCall({ lead: true });
    take(over, ben, checkout);
    over.ask(ana, { name: 'mitigate', reason: 'rolled back', confirmed: true });
    over.ask(ben, passOn);
    expect(over.calls()).toHaveLength(1);
  });
});

describe('a SEV3 wakes nobody', () => {
  function atNight(at: Instant, zone: string): Course {
    const known: Directory = { ...directory, zones: new Map([[ben, zone]]) };
    return declareOnCall({ severity: 'SEV3', at, policy: withLevels([ben]), directory: known });
  }

  const nairobi = 'Africa/Nairobi';

  test('at 03:00 in Nairobi: it waits until 07:00 there', () => {
    const course = atNight(atLocal(3, 2026, 11, 21, 3), nairobi);
    expect(course.calls()).toEqual([]);
    const held = course.happenings().find(({ event }) => event.kind === 'page held');
    expect(held?.text).toBe('It is night for 1 person paged for checkout: called from 04:00 UTC on.');
    course.wait(24 * 60 * minute);
    expect(course.calls()[0]).toMatchObject({ at: atLocal(3, 2026, 11, 21, 7), level: 0, call: 1, people: [ben] });
  });

  test.each([
    ['across midnight', nairobi, Date.UTC(2026, 10, 20, 19, 30), Date.UTC(2026, 10, 21, 4)],
    ['when Berlin springs forward', 'Europe/Berlin', Date.UTC(2026, 2, 28, 22), Date.UTC(2026, 2, 29, 5)],
    ['when Berlin falls back', 'Europe/Berlin', Date.UTC(2026, 9, 24, 21), Date.UTC(2026, 9, 25, 6)],
    ['when New York springs forward', 'America/New_York', Date.UTC(2026, 2, 8, 4), Date.UTC(2026, 2, 8, 11)],
    ['when New York falls back', 'America/New_York', Date.UTC(2026, 10, 1, 3), Date.UTC(2026, 10, 1, 12)],
    [
      'when Lord Howe falls back by half an hour',
      'Australia/Lord_Howe',
      Date.UTC(2026, 3, 4, 12),
      Date.UTC(2026, 3, 4, 20, 30),
    ],
    [
      'when Lord Howe springs forward by half an hour',
      'Australia/Lord_Howe',
      Date.UTC(2026, 9, 3, 12),
      Date.UTC(2026, 9, 3, 20),
    ],
  ])('%s', (_, zone, at, morning) => {
    const course = atNight(at, zone);
    expect(course.calls()).toEqual([]);
    course.wait(14 * 60 * minute);
    expect(course.calls()[0]?.at).toBe(morning);
  });

  test('but calls who is awake, and the others in their morning', () => {
    const known: Directory = {
      ...directory,
      zones: new Map([
        [ben, nairobi],
        [chi, 'America/New_York'],
      ]),
    };
    const at = atLocal(3, 2026, 11, 21, 6) + 35 * minute;
    const course = declareOnCall({ severity: 'SEV3', at, policy: withLevels([ben, chi], [dee]), directory: known });
    // 22:35 of the evening before in New York.
    expect(course.calls()).toEqual([]);
    course.wait(25 * minute);
    expect(course.calls()).toMatchObject([{ people: [ben], level: 0, call: 1 }]);
    const evening = declareOnCall({
      severity: 'SEV3',
      at: at - 60 * minute,
      policy: withLevels([ben, chi], [dee]),
      directory: known,
    });
    expect(evening.calls()).toMatchObject([{ people: [chi], level: 0, call: 1 }]);
    evening.wait(35 * minute);
    expect(evening.calls().map(({ people }) => people)).toEqual([[chi], [chi], [chi], [dee]]);
    // Nobody answered, and Ben has slept meanwhile: he is called before it is given up.
    evening.wait(40 * minute);
    expect(endingsOf(evening)).toEqual([]);
    evening.wait(24 * 60 * minute);
    expect(evening.calls().find(({ people }) => people.includes(ben))?.at).toBe(atLocal(3, 2026, 11, 21, 7));
    expect(endingsOf(evening)).toEqual([`${checkout} unanswered`]);
  });

  test('of one level calls who slept through it before it gives up', () => {
    const known: Directory = { ...directory, zones: new Map([[ben, nairobi]]) };
    const at = atLocal(3, 2026, 11, 21, 3);
    const course = declareOnCall({ severity: 'SEV3', at, policy: withLevels([ben, chi]), directory: known });
    course.wait(12 * 60 * minute);
    const morning = atLocal(3, 2026, 11, 21, 7);
    expect(course.calls().map((call) => [(call.at - morning) / (60 * minute) >= 0, call.people])).toEqual([
      [false, [chi]],
      [false, [chi]],
      [false, [chi]],
      [true, [ben, chi]],
      [true, [ben, chi]],
      [true, [ben, chi]],
    ]);
    expect(endingsOf(course)).toEqual([`${checkout} unanswered`]);
  });

  test('raising it to SEV1 calls at once', () => {
    const course = atNight(atLocal(3, 2026, 11, 21, 3), nairobi);
    course.wait(minute);
    course.ask(ana, { name: 'set severity', severity: 'SEV1', reason: '' });
    expect(course.calls()).toMatchObject([{ at: course.at(), people: [ben], call: 1 }]);
    course.wait(3 * minute);
    expect(course.calls()).toHaveLength(2);
  });

  test('raising it to SEV1 calls those of the level who were let sleep', () => {
    const known: Directory = { ...directory, zones: new Map([[ben, nairobi]]) };
    const at = atLocal(3, 2026, 11, 21, 3);
    const course = declareOnCall({ severity: 'SEV3', at, policy: withLevels([ben, chi], [dee]), directory: known });
    expect(course.calls()).toMatchObject([{ people: [chi] }]);
    course.wait(minute);
    course.ask(ana, { name: 'set severity', severity: 'SEV1', reason: '' });
    expect(course.calls().at(-1)).toMatchObject({ at: course.at(), people: [ben] });
    course.wait(2.2 * minute);
    expect(course.calls().at(-1)).toMatchObject({ people: [ben, chi], call: 2 });
  });

  test('lowering to SEV3 at night stops calling until the morning', () => {
    const known: Directory = { ...directory, zones: new Map([[ben, nairobi]]) };
    const at = atLocal(3, 2026, 11, 21, 3);
    const course = declareOnCall({ severity: 'SEV1', at, policy: withLevels([ben]), directory: known, lead: true });
    course.wait(minute);
    course.ask(ana, { name: 'set severity', severity: 'SEV3', reason: '' });
    course.wait(25 * minute);
    expect(course.calls()).toHaveLength(1);
    expect(endingsOf(course)).toEqual([]);
  });
});

describe('user groups', () => {
  test('that are empty are climbed over at once', () => {
    const course = declareOnCall({ policy: withLevels([vacant], [dee]) });
    expect(course.calls()).toMatchObject([{ at: start, level: 1, people: [dee] }]);
  });

  test('that are empty on every level leave nobody to call, and that is told', () => {
    const course = declareOnCall({ policy: withLevels([vacant], [vacant]) });
    expect(endingsOf(course)).toEqual([`${checkout} nobody`]);
    course.wait(60 * minute);
    expect(endingsOf(course)).toHaveLength(1);
  });

  test('that nobody has read yet are waited for, a minute at most', () => {
    const course = declareOnCall({ policy: withLevels([unread], [dee]) });
    expect(course.calls()).toEqual([]);
    course.wait(59 * 1000);
    expect(course.calls()).toEqual([]);
    course.wait(3_000);
    expect(course.calls()).toMatchObject([{ level: 1, people: [dee] }]);
  });

  test('that are read meanwhile are called then', () => {
    const course = declareOnCall({ policy: withLevels([unread], [dee]) });
    course.wait(10_000);
    course.learn({ groups: new Map([[unread, [gus]]]) });
    course.wait(2_000);
    expect(course.calls()).toMatchObject([{ level: 0, people: [gus] }]);
  });

  test('that gain a member between two calls call them too', () => {
    const course = declareOnCall();
    course.learn({ groups: new Map([[payments, [ben, chi, gus]]]) });
    course.wait(3 * minute);
    expect(course.calls().at(-1)?.people).toEqual([ben, chi, gus]);
  });

  test('of a hundred and fifty are called with one event', () => {
    const crowd = 'S00CROWD9' as GroupId;
    const members = Array.from({ length: 150 }, (_, index) => `U${1000 + index}` as PersonId);
    const known: Directory = { ...directory, groups: new Map([[crowd, members]]) };
    const course = declareOnCall({ policy: withLevels([crowd, ben]), directory: known });
    expect(course.calls()).toHaveLength(1);
    expect(course.calls()[0]?.people).toHaveLength(151);
    expect(() => course.ask(ana, page([crowd]))).toThrow(/150 people are too many/);
  });
});

describe('whoever took it and turns out to be out of reach', () => {
  test('is nobody who has it: the others are called again', () => {
    const course = declareOnCall();
    take(course, ben, checkout);
    course.happen([{ event: { kind: 'responder unreachable', person: ben, because: 'a guest' }, text: 'x' }]);
    expect(course.page(checkout)).toMatchObject({ ended: null, called: [chi] });
  });
});

describe('whoever is there already', () => {
  test('as declarer in the level has it, and the others of the level are called once', () => {
    const course = declareOnCall({ who: ben, lead: false });
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${ben} (presence)`]);
    course.wait(60 * minute);
    expect(course.calls('service:checkout')).toMatchObject([{ people: [chi], level: 0, call: 1 }]);
    // Whoever came by themselves was not called.
    expect(course.incident().responders.find(({ person }) => person === ben)?.asked).toBeNull();
  });

  test('as commander keeps the overview: the others of the level are called until one of them comes', () => {
    const course = declareOnCall({ who: ben, lead: true });
    course.wait(4.5 * minute);
    expect(endingsOf(course)).toEqual([]);
    expect(course.calls()).toMatchObject([
      { people: [chi], level: 0, call: 1 },
      { people: [chi], level: 0, call: 2 },
      { people: [chi], level: 0, call: 3 },
    ]);
  });

  test('as declarer on a later level has it only when it gets there', () => {
    const course = declareOnCall({ who: dee });
    course.wait(4.5 * minute);
    expect(endingsOf(course)).toEqual([]);
    course.wait(minute);
    expect(endingsOf(course)).toEqual([`${checkout} answered by ${dee} (presence)`]);
  });

  test('for another service is called for this one, too', () => {
    const course = declareOnCall({ services: ['search'] });
    take(course, gus, 'service:search');
    course.ask(ana, { name: 'set services', services: ['search', 'shop'] });
    expect(course.calls('service:shop')).toMatchObject([{ people: [dee, gus] }]);
    expect(stateOf(course.incident(), gus)).toBe('active');
  });

  test('for nothing in particular is there for the service that it turns out to be', () => {
    const course = declareOnCall({ services: [] });
    expect(course.calls('service')).toMatchObject([{ people: [eli] }]);
    take(course, eli, 'service');
    course.ask(ana, { name: 'set services', services: ['mail'] });
    course.wait(2 * minute);
    expect(endingsOf(course).at(-1)).toBe(`service:mail answered by ${eli} (presence)`);
  });
});

describe('a room that an alarm opened', () => {
  function opened(): Course {
    const result = raise([]);
    if (result.type !== 'opens') throw new Error('joined');
    const around = { by: system, at: start, policy: onlyServices, directory };
    const happenings = happeningsOf(withConsequences(1 as IncidentId, result.decision, around));
    const room = { event: { kind: 'room opened', channel: 'C0INC0001', name: 'inc-1' }, text: 'Opened.' } as const;
    return follow(begun(happenings, system, start), { ...around, happenings: [...happenings, room] });
  }

  test('is led for now by the first who takes the page, until somebody else says so', () => {
    const course = opened();
    expect(course.incident().touched).toBe(false);
    take(course, chi, checkout);
    expect(course.incident()).toMatchObject({ roles: { commander: chi }, provisional: true, unledSince: null });
    take(course, ben, checkout);
    expect(course.incident().roles.commander).toBe(chi);
    course.ask(ben, { name: 'give role', role: 'commander', person: ben });
    expect(course.incident()).toMatchObject({ roles: { commander: ben }, provisional: false });
  });

  test('is led for good by who says that they lead', () => {
    const course = opened();
    take(course, chi, checkout);
    course.ask(chi, { name: 'give role', role: 'commander', person: chi });
    expect(course.incident().provisional).toBe(false);
  });

  test('is led by nobody when it was taken in the pager, though a human has acted', () => {
    const course = opened();
    course.ask(system, { name: 'take in pager', page: checkout, who: 'Chi' });
    expect(course.incident()).toMatchObject({ roles: { commander: null }, touched: true });
  });

  test('a room that a person opened has no provisional commander', () => {
    const course = declareOnCall({ lead: false });
    course.ask(chi, join);
    expect(course.incident().roles.commander).toBeNull();
  });
});
