import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/incident/declare.ts';
import {
  after,
  ana,
  askToDeclare,
  ben,
  begun,
  by,
  declared,
  eli,
  errors,
  eventsOf,
  happeningsOf,
  opened,
  latency,
  led,
  minute,
  only,
  refusalOf,
  start,
  stateOf,
  system,
} from './scenario.ts';

describe('declaring', () => {
  test('a person who declares is active and the responders of the service are paged', () => {
    const incident = declared();
    expect(incident).toMatchObject({
      title: 'Payments fail',
      status: 'investigating',
      severity: 'SEV2',
      services: ['checkout'],
      declaredAt: start,
      stabilisationMillis: 10 * minute,
      touched: true,
    });
    expect(incident.responders.map(({ person, state }) => [person, state])).toEqual([
      [ana, 'active'],
      [ben, 'paged'],
    ]);
    expect(incident.watches.map(({ alarm, verdict }) => [alarm, verdict])).toEqual([
      [errors.alarm, null],
      [latency.alarm, null],
    ]);
  });

  test('responders of several services are paged once, and the longest window counts', () => {
    const incident = declared({ services: ['checkout', 'search'] });
    expect(incident.responders.filter(({ person }) => person === ben)).toHaveLength(1);
    expect(incident.stabilisationMillis).toBe(20 * minute);
  });

  test('a service that is named twice counts once', () => {
    expect(declared({ services: ['checkout', 'checkout'] }).services).toEqual(['checkout']);
  });

  test('a title is trimmed, and an empty one is refused', () => {
    expect(declared({ title: '  Payments fail\n' }).title).toBe('Payments fail');
    expect(refusalOf(askToDeclare({ title: ' \n ' })).text).toMatch(/needs a title/);
  });

  test('a service that the catalog does not know is refused with those it knows', () => {
    const { text } = refusalOf(askToDeclare({ services: ['checkout', 'chekout'] }));
    expect(text).toContain('"chekout"');
    expect(text).not.toContain('named "checkout"');
    expect(text).toContain('checkout, search, mail');
  });

  test('a service that nobody knows yet pages the fallback responders and watches nothing', () => {
    const incident = declared({ services: [], severity: null });
    expect(stateOf(incident, eli)).toBe('paged');
    expect(incident.watches).toEqual([]);
    expect(incident.stabilisationMillis).toBe(15 * minute);
    expect(happeningsOf(askToDeclare({ services: [], severity: null }))[0]?.text).toBe(
      'Declared (severity not known yet, service not known yet): Payments fail',
    );
  });

  test('who says "I\'ll lead" is commander from the start, and a machine never is', () => {
    expect(led().roles.commander).toBe(ana);
    expect(only(askToDeclare({ lead: true }, { by: { type: 'webhook', name: 'deploys' } }), 'role given')).toEqual([]);
  });

  test('an incident that a machine declared has nobody active', () => {
    const webhook = { type: 'webhook', name: 'monitor' } as const;
    const incident = opened(askToDeclare({}, { by: webhook }), webhook);
    expect(incident.responders.map(({ state }) => state)).toEqual(['paged', 'paged']);
    expect(incident.touched).toBe(false);
  });
});

describe('declaring what may be open already', () => {
  const open = [declared()];

  test('one that is open on the service is offered to be joined, and nothing is declared', () => {
    const refusal = refusalOf(askToDeclare({ title: 'Cards declined' }, { open }));
    expect(refusal.type).toBe('refused');
    expect(refusal.text).toBe('INC-1 is already open on checkout: Payments fail. Nothing new was declared.');
    expect(refusal.offers).toMatchObject([
      { label: 'Join INC-1', incident: 1, command: { name: 'join' } },
      { label: 'Declare Anyway', incident: null, command: { name: 'declare', title: 'Cards declined', anyway: true } },
    ]);
  });

  test('who declares anyway gets an incident of their own', () => {
    expect(eventsOf(askToDeclare({ anyway: true }, { open }))[0]?.kind).toBe('declared');
  });

  test('a mitigated incident is offered too, a resolved one or a test is not', () => {
    const mitigated = after(led(), { name: 'mitigate', reason: 'rolled back', confirmed: true });
    expect(askToDeclare({}, { open: [mitigated] }).type).toBe('refused');
    const resolved = after(led(), { name: 'resolve', reason: 'rolled back', confirmed: true });
    expect(askToDeclare({}, { open: [resolved] }).type).toBe('decided');
    expect(askToDeclare({}, { open: [declared({ test: true })] }).type).toBe('decided');
  });

  test('a test is declared whatever else is open', () => {
    expect(askToDeclare({ test: true }, { open }).type).toBe('decided');
  });
});

describe('declaring a test', () => {
  test('a test pages nobody and adopts nothing', () => {
    const signals: readonly Signal[] = [
      { kind: 'change', text: 'deployed', link: null, at: start - minute, from: { type: 'webhook', name: 'deploys' } },
    ];
    const decision = askToDeclare({ test: true }, { signals });
    expect(eventsOf(decision).map(({ kind }) => kind)).toEqual(['declared']);
    const incident = begun(happeningsOf(decision), by(ana), start);
    expect(incident.responders.map(({ person, state }) => [person, state])).toEqual([[ana, 'active']]);
    expect(happeningsOf(decision)[0]?.text).toMatch(/^Test declared/);
  });
});

describe('adopting what machines said before', () => {
  test('signals become rows with their own time, words, link and sender', () => {
    const signals: readonly Signal[] = [
      {
        kind: 'change',
        text: 'checkout 7 deployed',
        link: 'https://deploys.example.com/7',
        at: start - 20 * minute,
        from: { type: 'webhook', name: 'deploys' },
      },
      { kind: 'page', text: 'On-call paged', link: null, at: start - minute, from: { type: 'webhook', name: 'pager' } },
    ];
    expect(happeningsOf(askToDeclare({ lead: true }, { signals })).slice(2)).toEqual([
      {
        event: { kind: 'signalled', signalKind: 'change', adopted: true },
        text: 'checkout 7 deployed',
        link: 'https://deploys.example.com/7',
        occurredAt: start - 20 * minute,
        actor: { type: 'webhook', name: 'deploys' },
      },
      {
        event: { kind: 'signalled', signalKind: 'page', adopted: true },
        text: 'On-call paged',
        link: null,
        occurredAt: start - minute,
        actor: { type: 'webhook', name: 'pager' },
      },
    ]);
  });

  test('adopting a signal does not count as somebody acting', () => {
    const signals: readonly Signal[] = [
      { kind: 'change', text: 'deployed', link: null, at: start, from: { type: 'webhook', name: 'deploys' } },
    ];
    const incident = begun(happeningsOf(askToDeclare({}, { signals, by: system })), system, start);
    expect(incident.touched).toBe(false);
  });
});
