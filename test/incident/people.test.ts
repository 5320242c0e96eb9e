import { describe, expect, test } from 'vitest';
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
  led,
  refusalOf,
  stateOf,
  system,
} from './scenario.ts';

describe('joining', () => {
  test('anyone may join, paged or not, and is active then', () => {
    expect(stateOf(after(declared(), { name: 'join' }, by(ben)), ben)).toBe('active');
    expect(stateOf(after(declared(), { name: 'join' }, by(dee)), dee)).toBe('active');
  });

  test('joining twice changes nothing', () => {
    expect(ask(declared(), { name: 'join' })).toEqual({ type: 'decided', happenings: [] });
  });

  test('a machine cannot join', () => {
    expect(refusalOf(ask(declared(), { name: 'join' }, system)).text).toBe('Only a person can join.');
  });

  test('who stood by, passed on or was unreachable can come back', () => {
    const stoodDown = after(led(), { name: 'stand down', people: [ben] });
    const passedOn = after(led(), { name: 'pass on' }, by(ben));
    const unreachable = happened(led(), [
      { event: { kind: 'responder unreachable', person: ben, because: 'they are a guest' }, text: 'x' },
    ]);
    for (const incident of [stoodDown, passedOn, unreachable]) {
      const joined = after(incident, { name: 'join' }, by(ben));
      expect(joined.responders.find(({ person }) => person === ben)).toEqual({
        person: ben,
        state: 'active',
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
  test('pages those who are not here yet, each once, also those who left', () => {
    const incident = after(after(led(), { name: 'join' }, by(chi)), { name: 'pass on' }, by(chi));
    const decision = ask(incident, { name: 'page', people: [ana, ben, chi, dee, dee] });
    expect(eventsOf(decision)).toEqual([
      { kind: 'responder paged', person: chi },
      { kind: 'responder paged', person: dee },
    ]);
    expect(stateOf(after(incident, { name: 'page', people: [chi] }), chi)).toBe('paged');
  });

  test('says so when there is nobody to page, or too many', () => {
    expect(refusalOf(ask(led(), { name: 'page', people: [] })).text).toMatch(/Say whom to page/);
    expect(refusalOf(ask(led(), { name: 'page', people: [ana, ben] })).text).toBe('They are paged or active already.');
    const many = Array.from({ length: 101 }, (_, index) => `U${1000 + index}` as PersonId);
    expect(refusalOf(ask(led(), { name: 'page', people: many })).text).toMatch(/^101 people are too many/);
    expect(eventsOf(ask(led(), { name: 'page', people: many.slice(1) }))).toHaveLength(100);
  });

  test('a test pages nobody', () => {
    expect(refusalOf(ask(led({ test: true }), { name: 'page', people: [dee] })).text).toMatch(/it pages nobody/);
  });
});

describe('standing down', () => {
  test('the commander stands others down, who then stand by without their roles', () => {
    const incident = after(led(), { name: 'give role', role: 'scribe', person: ben });
    const stoodDown = after(incident, { name: 'stand down', people: [ben] });
    expect(stateOf(stoodDown, ben)).toBe('standby');
    expect(stoodDown.roles).toEqual({ commander: ana, communications: null, scribe: null });
  });

  test('anyone may stand down themselves, with or without saying so', () => {
    const incident = after(led(), { name: 'join' }, by(ben));
    expect(eventsOf(ask(incident, { name: 'stand down', people: [] }, by(ben)))).toEqual([
      { kind: 'responder stood down', person: ben },
    ]);
    expect(eventsOf(ask(incident, { name: 'stand down', people: [ben] }, by(ben)))).toHaveLength(1);
  });

  test('while somebody leads nobody else stands others down', () => {
    const incident = after(led(), { name: 'join' }, by(chi));
    expect(refusalOf(ask(incident, { name: 'stand down', people: [ben] }, by(chi))).text).toContain(
      `Ask <@${ana}>, or stand down yourself`,
    );
  });

  test('while nobody leads any active responder may, but not someone who only watches', () => {
    expect(ask(declared(), { name: 'stand down', people: [ben] }).type).toBe('decided');
    expect(refusalOf(ask(declared(), { name: 'stand down', people: [ben] }, by(dee))).text).toMatch(
      /Only people who are working/,
    );
  });

  test('nobody is stood down when one of those named is no responder, or stands by already', () => {
    expect(refusalOf(ask(led(), { name: 'stand down', people: [ben, dee] })).text).toBe(
      `<@${dee}>: not a responder here, so nobody was stood down.`,
    );
    const incident = after(led(), { name: 'stand down', people: [ben] });
    expect(refusalOf(ask(incident, { name: 'stand down', people: [ben] })).text).toBe('They are standing by already.');
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
    expect(happening?.text).toBe(`<@${ben}> leads as commander, taking over from <@${ana}>.`);
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
      because: 'they are a guest',
    });
  });
});

describe('people once it is over', () => {
  const resolved = after(led(), { name: 'resolve', reason: 'fixed', confirmed: true });
  const closed = after(resolved, { name: 'close' });

  test('a resolved incident still takes people in', () => {
    expect(ask(resolved, { name: 'join' }, by(dee)).type).toBe('decided');
    expect(ask(resolved, { name: 'page', people: [dee] }).type).toBe('decided');
  });

  test('a closed one offers to be reopened', () => {
    for (const command of [
      { name: 'join' },
      { name: 'pass on' },
      { name: 'page', people: [dee] },
      { name: 'stand down', people: [ben] },
      { name: 'give role', role: 'scribe', person: dee },
    ] as const) {
      const refusal = refusalOf(ask(closed, command, by(dee)));
      expect(refusal.text).toBe('INC-1 is closed. Reopen it first if it is not over.');
      expect(refusal.offers).toEqual([{ label: 'Reopen', incident: 1, command: { name: 'reopen', reason: '' } }]);
    }
  });
});
