import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/incident/decision.ts';
import type { PersonId } from '../../src/incident/incident.ts';
import { isActive } from '../../src/incident/incident.ts';
import {
  after,
  ana,
  ask,
  ben,
  by,
  chi,
  declared,
  dee,
  eventsOf,
  happened,
  happeningsOf,
  join,
  eli,
  led,
  only,
  page,
  refusalOf,
  standDown,
  start,
  stateOf,
  system,
} from './scenario.ts';

describe('joining', () => {
  test('anyone may join, paged or not, and is active then', () => {
    expect(stateOf(after(declared(), join, by(ben)), ben)).toBe('active');
    expect(stateOf(after(declared(), join, by(dee)), dee)).toBe('active');
  });

  test('joining twice changes nothing', () => {
    expect(ask(declared(), join)).toEqual({ type: 'decided', happenings: [] });
  });

  test('a machine cannot join', () => {
    expect(refusalOf(ask(declared(), join, system)).text).toBe('Only a person can join.');
  });

  test('who stood by, passed on or was unreachable can come back', () => {
    const stoodDown = after(led(), standDown([ben]));
    const passedOn = after(led(), { name: 'pass on' }, by(ben));
    const unreachable = happened(led(), [
      { event: { kind: 'responder unreachable', person: ben, because: 'they are a guest' }, text: 'x' },
    ]);
    for (const incident of [stoodDown, passedOn, unreachable]) {
      const joined = after(incident, join, by(ben));
      expect(joined.responders.find(({ person }) => person === ben)).toEqual({
        person: ben,
        state: 'active',
        since: start,
        asked: { question: 'fix', service: 'checkout' },
        because: null,
      });
    }
  });
});

describe('passing on', () => {
  test('a paged responder may pass on, once', () => {
    const incident = after(led(), { name: 'pass on' }, by(ben));
    expect(stateOf(incident, ben)).toBe('passed on');
    expect(ask(incident, { name: 'pass on' }, by(ben))).toEqual({ type: 'decided', happenings: [] });
  });

  test('who is no responder has nothing to pass on', () => {
    expect(refusalOf(ask(led(), { name: 'pass on' }, by(dee))).text).toMatch(/not a responder here/);
    expect(refusalOf(ask(led(), { name: 'pass on' }, system)).text).toMatch(/not a responder here/);
  });

  test('a commander who passes on leads no more', () => {
    const incident = after(led(), { name: 'pass on' });
    expect(incident.roles.commander).toBeNull();
    expect(isActive(incident, ana)).toBe(false);
  });
});

describe('paging', () => {
  const calledBy = (decision: Decision): readonly string[] =>
    only(decision, 'people paged').flatMap(({ people }) => people);

  test('pages those who are not here yet, each once, also those who left', () => {
    const incident = after(after(led(), join, by(chi)), { name: 'pass on' }, by(chi));
    const decision = ask(incident, page([ana, chi, dee, dee], { reason: 'knows the provider' }));
    expect(eventsOf(decision)).toMatchObject([
      { kind: 'responders recalled', people: [chi] },
      { kind: 'page opened', call: { key: 'call:1', question: 'fix', service: null, reason: 'knows the provider' } },
      { kind: 'people paged', page: 'call:1', level: 0, call: 1, people: [chi, dee] },
    ]);
    expect(stateOf(after(incident, page([chi])), chi)).toBe('paged');
  });

  test('is asked to be confirmed before anybody is called', () => {
    const refusal = refusalOf(ask(led(), page([dee], { confirmed: false })));
    expect(refusal.type).toBe('confirm');
    expect(refusal.text).toContain(`<@${dee}>`);
    expect(refusal.offers).toEqual([{ label: 'Page Them', incident: 1, command: page([dee]) }]);
    expect(refusalOf(ask(led(), page([dee, eli], { confirmed: false }))).offers[0]?.label).toBe('Page Them');
  });

  test('says so when there is nobody to page, or too many', () => {
    expect(refusalOf(ask(led(), page([]))).text).toMatch(/Say whom to page/);
    expect(refusalOf(ask(led(), page([ana, ben]))).text).toBe('They are paged or active already.');
    const many = Array.from({ length: 101 }, (_, index) => `U${1000 + index}` as PersonId);
    expect(refusalOf(ask(led(), page(many))).text).toMatch(/^101 people are too many/);
    expect(calledBy(ask(led(), page(many.slice(1))))).toHaveLength(100);
  });

  test('a service is paged by its levels, unless it is paged already', () => {
    const search = page([], { services: ['search'], reason: 'looks like the index' });
    const decision = ask(led(), search);
    expect(only(decision, 'page opened')).toMatchObject([
      { call: { key: 'service:search', service: 'search', levels: [[ben, chi]], reason: 'looks like the index' } },
    ]);
    expect(refusalOf(ask(after(led(), search), search)).text).toBe('They are paged or active already.');
    expect(refusalOf(ask(led(), page([], { services: ['serach'] }))).text).toContain('serach');
  });

  test('people and a service are two pages', () => {
    const decision = ask(led(), page([eli], { services: ['search'] }));
    expect(only(decision, 'page opened').map(({ call }) => call.key)).toEqual(['call:1', 'service:search']);
    const again = ask(after(led(), page([eli])), page([dee]));
    expect(only(again, 'page opened').map(({ call }) => call.key)).toEqual(['call:2']);
  });

  test('somebody who is here already does not answer for those who are called by hand', () => {
    const incident = after(led(), page([ana, dee]));
    expect(incident.pages.find(({ key }) => key === 'call:1')).toMatchObject({ ended: null, called: [dee] });
  });

  test('works at night, too: whoever asks has seen the time', () => {
    const decision = ask(led({ severity: 'SEV4' }), page([dee]));
    expect(only(decision, 'page opened')).toMatchObject([{ call: { cadence: { atNight: true } } }]);
  });

  test('a test pages nobody', () => {
    expect(refusalOf(ask(led({ test: true }), page([dee]))).text).toMatch(/it pages nobody/);
  });
});

describe('standing down', () => {
  test('the commander stands others down, who then stand by without their roles', () => {
    const incident = after(led(), { name: 'give role', role: 'scribe', person: ben });
    const stoodDown = after(incident, standDown([ben]));
    expect(stateOf(stoodDown, ben)).toBe('standby');
    expect(stoodDown.roles).toEqual({ commander: ana, communications: null, scribe: null });
  });

  test('anyone may stand down themselves, with or without saying so', () => {
    const incident = after(led(), join, by(ben));
    expect(eventsOf(ask(incident, standDown(), by(ben)))).toEqual([{ kind: 'responder stood down', person: ben }]);
    expect(eventsOf(ask(incident, standDown([ben]), by(ben)))).toHaveLength(1);
  });

  test('while somebody leads nobody else stands others down', () => {
    const incident = after(led(), join, by(chi));
    expect(refusalOf(ask(incident, standDown([ben]), by(chi))).text).toContain(`Ask <@${ana}>, or stand down yourself`);
  });

  test('while nobody leads any active responder may, but not someone who only watches', () => {
    expect(ask(declared(), standDown([ben])).type).toBe('decided');
    expect(refusalOf(ask(declared(), standDown([ben]), by(dee))).text).toMatch(/Only people who are working/);
  });

  test('nobody is stood down when one of those named is no responder, or stands by already', () => {
    expect(refusalOf(ask(led(), standDown([ben, dee]))).text).toBe(
      `<@${dee}>: not a responder here, so nobody was stood down.`,
    );
    const incident = after(led(), standDown([ben]));
    expect(refusalOf(ask(incident, standDown([ben]))).text).toBe('They are standing by already.');
  });
});

describe('roles', () => {
  test('who is given a role is active', () => {
    const incident = after(declared(), { name: 'give role', role: 'communications', person: dee });
    expect(incident.roles.communications).toBe(dee);
    expect(stateOf(incident, dee)).toBe('active');
  });

  test('taking over says from whom, and the one before stays a responder', () => {
    const [happening] = happeningsOf(ask(led(), { name: 'give role', role: 'commander', person: ben }, by(ben)));
    expect(happening?.text).toBe(`<@${ben}> leads as commander from 14:00 UTC on, taking over from <@${ana}>.`);
    const incident = after(led(), { name: 'give role', role: 'commander', person: ben }, by(ben));
    expect(incident.roles.commander).toBe(ben);
    expect(stateOf(incident, ana)).toBe('active');
  });

  test('a role that is held already changes nothing', () => {
    expect(ask(led(), { name: 'give role', role: 'commander', person: ana })).toEqual({
      type: 'decided',
      happenings: [],
    });
  });

  test('one person may hold several roles', () => {
    const incident = after(led(), { name: 'give role', role: 'scribe', person: ana });
    expect(incident.roles).toEqual({ commander: ana, communications: null, scribe: ana });
  });

  test('who cannot be brought into the room holds no role', () => {
    const incident = happened(led(), [
      { event: { kind: 'responder unreachable', person: ana, because: 'they are a guest' }, text: 'x' },
    ]);
    expect(incident.roles.commander).toBeNull();
    expect(incident.responders.find(({ person }) => person === ana)).toEqual({
      person: ana,
      state: 'unreachable',
      since: start,
      asked: null,
      because: 'they are a guest',
    });
  });
});

describe('people once it is over', () => {
  const resolved = after(led(), { name: 'resolve', reason: 'fixed', confirmed: true });
  const closed = after(resolved, { name: 'close' });

  test('a resolved incident still takes people in', () => {
    expect(ask(resolved, join, by(dee)).type).toBe('decided');
    expect(ask(resolved, page([dee])).type).toBe('decided');
  });

  test('a closed one offers to be reopened', () => {
    for (const command of [
      join,
      { name: 'pass on' },
      page([dee]),
      standDown([ben]),
      { name: 'give role', role: 'scribe', person: dee },
    ] as const) {
      const refusal = refusalOf(ask(closed, command, by(dee)));
      expect(refusal.text).toBe('INC-1 is closed. Reopen it first if it is not over.');
      expect(refusal.offers).toEqual([{ label: 'Reopen', incident: 1, command: { name: 'reopen', reason: '' } }]);
    }
  });
});
