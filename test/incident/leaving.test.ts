import { describe, expect, test } from 'vitest';
import type { IncidentCommand } from '../../src/incident/command.ts';
import type { Incident, PersonId } from '../../src/incident/incident.ts';
import { emptyDirectory } from '../../src/incident/page.ts';
import { fay, gus } from './on-call.ts';
import type { Surroundings } from './scenario.ts';
import {
  after,
  afterPoll,
  ana,
  ask,
  ben,
  by,
  chi,
  dee,
  eli,
  errors,
  eventsOf,
  happened,
  join,
  latency,
  led,
  minute,
  only,
  page,
  reading,
  refusalOf,
  staleIndex,
  standDown,
  start,
  stateOf,
  system,
} from './scenario.ts';

function joined(incident: Incident, ...people: readonly PersonId[]): Incident {
  return people.reduce((before, who) => after(before, join, by(who)), incident);
}

/** Ana leads, Ben and Chi have come because they were paged for their services, Dee by herself. */
const room = joined(led({ services: ['checkout', 'search'] }), ben, chi, dee);

function suggest(incident: Incident, people: readonly PersonId[], at = start): Incident {
  const because = 'checkout has been green for 20 min';
  const event = { kind: 'stand down suggested', people: people.map((each) => ({ person: each, because })) } as const;
  return happened(incident, [{ event, text: 'x' }], system, at);
}

function states(incident: Incident): string {
  return incident.responders.map(({ person, state }) => `${person.slice(5, 8)} ${state}`).join(', ');
}

function spoke(person: PersonId, at: number): Surroundings {
  return { directory: { ...emptyDirectory, words: new Map([[person, at]]) } };
}

const everyoneElse = standDown([], { everyone: true });

describe('letting everyone go', () => {
  test('keeps whoever holds a role', () => {
    const incident = after(room, { name: 'give role', role: 'scribe', person: dee });
    expect(states(after(incident, everyoneElse))).toBe('ANA active, BEN standby, CHI standby, DEE active');
  });

  test('calls nobody in their place', () => {
    const incident = led({ services: ['search'] });
    expect(incident.pages.map(({ ended }) => ended)).toEqual([null]);
    expect(after(incident, everyoneElse).pages.map(({ ended }) => ended)).toEqual(['withdrawn']);
    expect(after(incident, standDown([ben], { everyone: true })).pages.map(({ ended }) => ended)).toEqual([null]);
  });

  test('keeps those who are named, roles or not', () => {
    const left = after(room, standDown([chi], { everyone: true }));
    expect(states(left)).toBe('ANA active, BEN standby, CHI active, DEE standby');
  });

  test('takes those along who were paged and have not answered', () => {
    const incident = after(room, page([eli]));
    expect(stateOf(after(incident, everyoneElse), eli)).toBe('standby');
  });

  test('is said to be nothing when nobody is left to go', () => {
    expect(refusalOf(ask(led({ services: ['mail'] }), standDown([chi], { everyone: true }))).text).toBe(
      'There is nobody to let go: everyone else holds a role.',
    );
    expect(refusalOf(ask(after(room, everyoneElse), everyoneElse)).text).toMatch(/nobody to let go/);
  });

  test('is the commander’s', () => {
    expect(refusalOf(ask(room, everyoneElse, by(ben))).text).toContain(`Ask <@${ana}>`);
  });

  test('twice changes nothing more', () => {
    const left = after(room, standDown([ben]));
    expect(refusalOf(ask(left, standDown([ben]))).text).toBe('They are standing by already.');
    expect(refusalOf(ask(left, standDown(), by(ben))).text).toBe('You are standing by already.');
    expect(eventsOf(ask(left, standDown([ben, chi])))).toEqual([{ kind: 'responder stood down', person: chi }]);
  });
});

describe('letting go those who were suggested', () => {
  /** Dee was called by hand; the alarms have been green for long when they are suggested. */
  const at = start + 40 * minute;
  const called = after(led({ services: ['checkout', 'search'] }), page([dee]));
  const green = [errors, latency, staleIndex].map((rule) => reading(rule, 'ok'));
  const calm = after(afterPoll(joined(called, ben, chi, dee), start + minute, ...green), {
    name: 'mitigate',
    reason: 'rolled back',
    confirmed: true,
  });
  const suggested = suggest(calm, [ben, chi, dee], at);
  const thank = standDown([], { suggested: true });

  test('means those, if they are still there and hold no role by now', () => {
    const meanwhile = after(after(suggested, standDown(), by(dee)), { name: 'give role', role: 'scribe', person: chi });
    expect(eventsOf(ask(meanwhile, thank, by(ana), at + minute))).toEqual([
      { kind: 'responder stood down', person: ben },
    ]);
  });

  test('keeps everyone whose question is open again', () => {
    const red = afterPoll(suggested, at + minute, reading(staleIndex, 'alarm'));
    expect(refusalOf(ask(red, thank, by(ana), at + 2 * minute)).text).toMatch(/nobody left to let go.*needed again/);
  });

  test('keeps who has said something since it was suggested', () => {
    const decision = ask(suggested, thank, by(ana), at + 20 * minute, spoke(chi, at + 3 * minute));
    expect(eventsOf(decision)).toEqual([
      { kind: 'responder stood down', person: ben },
      { kind: 'responder stood down', person: dee },
      { kind: 'responder kept', person: chi },
    ]);
  });

  test('keeps who said something just before it was suggested', () => {
    const decision = ask(suggested, thank, by(ana), at + 30_000, spoke(ben, at - 20_000));
    expect(only(decision, 'responder kept')).toEqual([{ kind: 'responder kept', person: ben }]);
    const earlier = ask(suggested, thank, by(ana), at + 30_000, spoke(ben, at - 60_000));
    expect(only(earlier, 'responder kept')).toEqual([]);
  });

  test('does not look at words when somebody is named', () => {
    const decision = ask(suggested, standDown([ben]), by(ana), at, spoke(ben, at));
    expect(eventsOf(decision)).toEqual([{ kind: 'responder stood down', person: ben }]);
  });

  test('can be put off, by the commander alone', () => {
    const off = { name: 'put off standing down' } as const;
    expect(after(suggested, off, by(ana), start + minute).suggested).toMatchObject({ at: start + minute });
    expect(refusalOf(ask(suggested, off, by(ben))).text).toMatch(/Only the commander/);
  });
});

describe('asking whether they are done', () => {
  const suggested = suggest(room, [ben, chi, dee]);
  const askThem: IncidentCommand = { name: 'ask to stand down', people: [] };
  const asked = after(suggested, askThem);

  test('asks each who was suggested, once', () => {
    expect(eventsOf(ask(suggested, askThem))).toEqual([{ kind: 'stand down asked', people: [ben, chi, dee] }]);
    expect(refusalOf(ask(asked, askThem)).text).toMatch(/nobody left to ask/);
  });

  test('nobody has to go: who says so stays, and is asked no more', () => {
    const kept = after(asked, { name: 'keep me' }, by(chi), start + minute);
    expect(kept.suggested).toMatchObject({ asked: [ben, dee], keep: [{ person: chi, at: start + minute }] });
    expect(stateOf(kept, chi)).toBe('active');
  });

  test('who speaks while they are asked stays', () => {
    expect(eventsOf(ask(asked, { name: 'speak' }, by(ben)))).toEqual([{ kind: 'responder kept', person: ben }]);
    expect(eventsOf(ask(after(asked, { name: 'speak' }, by(ben)), { name: 'speak' }, by(ben)))).toEqual([]);
  });

  test('who is done stands by, and nothing is asked of them any more', () => {
    const done = after(asked, standDown(), by(ben));
    expect(stateOf(done, ben)).toBe('standby');
    expect(done.suggested).toMatchObject({ people: [chi, dee], asked: [chi, dee] });
  });

  test('who is not here can’t stay', () => {
    expect(refusalOf(ask(asked, { name: 'keep me' }, by(eli))).text).toMatch(/You are not active here/);
    expect(refusalOf(ask(after(asked, standDown(), by(ben)), { name: 'keep me' }, by(ben))).text).toMatch(
      /Press I'm On It to come back/,
    );
  });
});

describe('calling back', () => {
  const away = after(room, everyoneElse);
  const recall = (more: Partial<Extract<IncidentCommand, { name: 'recall' }>>): IncidentCommand => {
    return { name: 'recall', people: [], services: [], everyone: false, reason: '', ...more };
  };

  test('one by name, with the reason, and they are paged until they come', () => {
    const decision = ask(away, recall({ people: [ben], reason: 'it is back' }), by(ana), start + 5 * minute);
    expect(eventsOf(decision)).toMatchObject([
      { kind: 'responders recalled', people: [ben] },
      { kind: 'page opened', call: { key: 'recall:1', reason: 'it is back', cadence: { atNight: true } } },
      { kind: 'people paged', page: 'recall:1', people: [ben] },
    ]);
    const back = after(away, recall({ people: [ben] }));
    expect(stateOf(back, ben)).toBe('paged');
    const here = after(back, join, by(ben));
    expect(stateOf(here, ben)).toBe('active');
    expect(here.pages.find(({ key }) => key === 'recall:1')).toMatchObject({ ended: 'answered', takenBy: ben });
  });

  test('keeps what they were paged for', () => {
    const back = after(away, recall({ people: [ben] }));
    expect(back.responders.find(({ person }) => person === ben)?.asked).toEqual(
      away.responders.find(({ person }) => person === ben)?.asked,
    );
  });

  test('those of a service', () => {
    const mail = after(joined(led({ services: ['checkout', 'mail'] }), ben, chi, dee), everyoneElse);
    expect(only(ask(mail, recall({ services: ['checkout'] })), 'responders recalled')).toEqual([
      { kind: 'responders recalled', people: [ben] },
    ]);
    expect(only(ask(mail, recall({ services: ['mail'] })), 'responders recalled')).toEqual([
      { kind: 'responders recalled', people: [chi] },
    ]);
    expect(refusalOf(ask(mail, recall({ services: ['shop'] }))).text).toBe('Nobody stands by.');
  });

  test('everyone who stands by, but not who passed on', () => {
    const passed = after(room, { name: 'pass on' }, by(dee));
    const all = ask(after(passed, everyoneElse), recall({ everyone: true }));
    expect(only(all, 'responders recalled')).toEqual([{ kind: 'responders recalled', people: [ben, chi] }]);
  });

  test('who passed on comes back when they are named', () => {
    const passed = after(room, { name: 'pass on' }, by(dee));
    expect(stateOf(after(passed, recall({ people: [dee] })), dee)).toBe('paged');
  });

  test('strangers is refused: they were never here', () => {
    expect(refusalOf(ask(away, recall({ people: [ben, fay] }))).text).toBe(
      `<@${fay}>: never a responder here, so there is nobody to call back. \`/incident page\` calls them in.`,
    );
  });

  test('twice changes nothing more', () => {
    const back = after(away, recall({ people: [ben] }));
    expect(refusalOf(ask(back, recall({ people: [ben] }))).text).toBe('They are paged or active already.');
    expect(refusalOf(ask(room, recall({ everyone: true }))).text).toBe('Nobody stands by.');
  });

  test('is for those who work on it', () => {
    expect(refusalOf(ask(away, recall({ everyone: true }), by(gus))).text).toMatch(/Only people who are working/);
    expect(refusalOf(ask(away, recall({ everyone: true }), by(ben))).text).toMatch(/Only people who are working/);
  });

  test('each time is a page of its own', () => {
    const once = joined(after(away, recall({ people: [ben] })), ben);
    const twice = after(after(once, standDown([ben])), recall({ people: [ben] }));
    expect(twice.pages.map(({ key }) => key)).toEqual(expect.arrayContaining(['recall:1', 'recall:2']));
  });

  test('also once users are no longer affected, and until they come', () => {
    const mitigated = after(away, { name: 'mitigate', reason: 'rolled back', confirmed: true });
    const back = after(mitigated, recall({ people: [ben] }));
    expect(back.pages.find(({ key }) => key === 'recall:1')).toMatchObject({ ended: null, called: [ben] });
  });
});

describe('coming back by oneself', () => {
  test('is the button, whoever let them go', () => {
    const away = after(room, everyoneElse);
    expect(stateOf(after(away, join, by(ben)), ben)).toBe('active');
    expect(ask(after(away, join, by(ben)), join, by(ben))).toEqual({ type: 'decided', happenings: [] });
  });

  test('is not to say something: words of who stands by are words', () => {
    const away = after(room, everyoneElse);
    expect(eventsOf(ask(away, { name: 'speak' }, by(ben)))).toEqual([]);
    expect(eventsOf(ask(away, { name: 'join', page: null, said: true }, by(ben)))).toEqual([]);
  });
});

describe('roles', () => {
  test('of who leaves are free, and since when nobody leads is known', () => {
    const left = after(room, standDown(), by(ana), start + 7 * minute);
    expect(left).toMatchObject({ roles: { commander: null }, unledSince: start + 7 * minute, provisional: false });
    const given = after(left, { name: 'give role', role: 'commander', person: ben }, by(ben), start + 9 * minute);
    expect(given).toMatchObject({ unledSince: null, rolesSince: { commander: start + 9 * minute } });
  });

  test('that are handed over count from the hand-over', () => {
    const given = after(room, { name: 'give role', role: 'commander', person: chi }, by(ana), start + 60 * minute);
    expect(given.rolesSince.commander).toBe(start + 60 * minute);
    const scribe = after(given, { name: 'give role', role: 'scribe', person: dee }, by(ana), start + 70 * minute);
    expect(scribe.rolesSince).toEqual({
      commander: start + 60 * minute,
      communications: null,
      scribe: start + 70 * minute,
    });
  });
});
