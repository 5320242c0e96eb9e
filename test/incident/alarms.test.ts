import { describe, expect, test } from 'vitest';
import type { Raised, Signal } from '../../src/incident/declare.ts';
import { joinAlarm, raiseAlarm, signalled } from '../../src/incident/declare.ts';
import type { RaiseAlarm } from '../../src/incident/command.ts';
import type { Incident } from '../../src/incident/incident.ts';
import {
  after,
  afterPoll,
  ana,
  ask,
  begun,
  ben,
  by,
  declared,
  eli,
  errors,
  happened,
  happeningsOf,
  latency,
  led,
  minute,
  observe,
  only,
  openedByAlarm,
  policy,
  raised,
  reading,
  refusalOf,
  staleIndex,
  start,
  stateOf,
  system,
  watched,
} from './scenario.ts';

function raise(open: readonly Incident[], more: Partial<RaiseAlarm> = {}, signals: readonly Signal[] = []): Raised {
  return raiseAlarm(raised(more), { by: system, policy, open, signals });
}

describe('an alarm that may open an incident', () => {
  test('opens one with the severity of its rule, pages, and watches itself and the others', () => {
    const incident = openedByAlarm();
    expect(incident).toMatchObject({
      title: 'checkout-5xx is red',
      severity: 'SEV2',
      services: ['checkout'],
      declaredBy: { type: 'alarm', name: 'checkout-5xx' },
      touched: false,
      test: false,
    });
    expect([stateOf(incident, ana), stateOf(incident, ben)]).toEqual(['paged', 'paged']);
    expect(incident.watches.map(({ alarm, verdict }) => [alarm, verdict])).toEqual([
      [errors.alarm, 'alarm'],
      [latency.alarm, null],
    ]);
  });

  test('went red when it says, although it was declared later', () => {
    const result = raise([]);
    if (result.type !== 'opens') throw new Error('joined');
    const [, change] = happeningsOf(result.decision);
    expect(change).toMatchObject({
      event: { kind: 'alarm changed', from: null, to: 'alarm' },
      occurredAt: start - 2 * minute,
      text: 'checkout-5xx is red: 4.2 % of requests answered 5xx',
      link: 'https://console.example.com/checkout-5xx',
    });
  });

  test('adopts what machines said before', () => {
    const signal: Signal = {
      kind: 'change',
      text: 'deployed',
      link: null,
      at: start - minute,
      from: { type: 'webhook', name: 'deploys' },
    };
    const result = raise([], {}, [signal]);
    if (result.type !== 'opens') throw new Error('joined');
    expect(only(result.decision, 'signalled')).toEqual([{ kind: 'signalled', signalKind: 'change', adopted: true }]);
    expect(signalled(signal).event).toEqual({ kind: 'signalled', signalKind: 'change', adopted: false });
  });

  test('without a service it pages the fallback responders', () => {
    const result = raise([], { watch: watched(errors, null) });
    if (result.type !== 'opens') throw new Error('joined');
    const incident = begun(happeningsOf(result.decision), system, start);
    expect(incident.services).toEqual([]);
    expect(incident.responders.map(({ person }) => person)).toEqual([eli]);
    expect(incident.watches).toHaveLength(1);
  });

  test('joins an incident that is not yet mitigated instead of opening a second', () => {
    const incident = declared();
    expect(raise([incident])).toEqual({ type: 'joins', incident });
    const identified = after(incident, { name: 'identify', text: '' });
    expect(raise([identified])).toEqual({ type: 'joins', incident: identified });
  });

  test('opens its own when the other one is mitigated, over, a test, or was separated from it', () => {
    const incident = led();
    const over = [
      after(incident, { name: 'mitigate', reason: 'x', confirmed: true }),
      after(incident, { name: 'resolve', reason: 'x', confirmed: true }),
      after(incident, { name: 'cancel', reason: 'x', confirmed: true }),
      declared({ test: true }),
      after(incident, { name: 'separate alarm', alarm: errors.alarm }),
    ];
    expect(over.map((other) => raise([other]).type)).toEqual(['opens', 'opens', 'opens', 'opens', 'opens']);
    expect(raise(over).type).toBe('opens');
  });
});

describe('an alarm that joins', () => {
  const unwatched = declared({ services: ['mail'] });

  test('is watched from then on, and its row says so with the link', () => {
    const happenings = joinAlarm(unwatched, raised({ since: start + minute }));
    expect(happenings.map(({ event }) => event.kind)).toEqual(['alarm joined', 'alarm changed']);
    expect(happenings[0]).toMatchObject({
      text: 'checkout-5xx is red and was counted into this incident: 4.2 % of requests answered 5xx',
      link: 'https://console.example.com/checkout-5xx',
      actor: { type: 'alarm', name: 'checkout-5xx' },
    });
    expect(happened(unwatched, happenings).watches).toMatchObject([
      { alarm: errors.alarm, verdict: 'alarm', since: start + minute },
    ]);
  });

  test('that went red before the declaration is red since the declaration', () => {
    expect(joinAlarm(unwatched, raised({ since: start - minute }))[1]?.occurredAt).toBe(start);
  });

  test('that is watched and red already only leaves the row that says it joined', () => {
    const red = afterPoll(declared(), start, reading(errors, 'alarm'));
    expect(joinAlarm(red, raised()).map(({ event }) => event.kind)).toEqual(['alarm joined']);
    expect(happened(red, joinAlarm(red, raised())).watches).toEqual(red.watches);
  });

  test('that was green here is a relapse, and recovery has to be proved again', () => {
    const green = afterPoll(declared({ services: ['search'] }), start, reading(staleIndex, 'ok'));
    const recovered = afterPoll(green, start + 20 * minute, reading(staleIndex, 'ok'));
    expect(recovered.recoveredAt).toBe(start + 20 * minute);
    const ask = raised({ watch: watched(staleIndex, 'search'), since: start + 23 * minute });
    const happenings = joinAlarm(recovered, ask);
    expect(happenings.map(({ event }) => event.kind)).toEqual(['alarm joined', 'alarm changed', 'relapsed']);
    expect(happenings[2]?.text).toBe(
      'search-stale-index went red after 23 min green. Waiting for recovery starts over.',
    );
    expect(happened(recovered, happenings).recoveredAt).toBeNull();
  });

  test('that somebody said does not count here stays uncounted', () => {
    const discounted = after(declared(), { name: 'discount alarm', alarm: errors.alarm, reason: 'known flapper' });
    expect(joinAlarm(discounted, raised())).toEqual([]);
  });
});

describe('an alarm that is separated', () => {
  test('is not watched any more and may open its own', () => {
    const incident = after(declared(), { name: 'separate alarm', alarm: errors.alarm });
    expect(incident.watches.map(({ alarm }) => alarm)).toEqual([latency.alarm]);
    expect(incident.separated).toEqual([errors.alarm]);
    expect(observe(incident, start, reading(errors, 'alarm'))).toEqual({ type: 'decided', happenings: [] });
  });

  test('can be separated once', () => {
    const incident = after(declared(), { name: 'separate alarm', alarm: errors.alarm });
    expect(refusalOf(ask(incident, { name: 'separate alarm', alarm: errors.alarm })).text).toMatch(/not part of/);
  });

  test('stays separated when the services change', () => {
    const incident = after(declared(), { name: 'separate alarm', alarm: errors.alarm });
    const wider = after(incident, { name: 'set services', services: ['checkout', 'search'] });
    expect(wider.watches.map(({ alarm }) => alarm)).toEqual([latency.alarm, staleIndex.alarm]);
  });
});

describe('an alarm that does not count here', () => {
  const command = { name: 'discount alarm', alarm: errors.alarm, reason: ' no data since the host is gone ' } as const;

  test('needs a reason, which stands in the row', () => {
    const decision = ask(declared(), command);
    expect(happeningsOf(decision)[0]?.text).toBe('checkout-5xx does not count here: no data since the host is gone');
    expect(refusalOf(ask(declared(), { ...command, reason: '  ' })).text).toBe(
      'Say why checkout-5xx does not count here.',
    );
  });

  test('is refused twice, when it is not watched, and once all is over', () => {
    const incident = after(declared(), command);
    expect(refusalOf(ask(incident, command)).text).toMatch(/does not count here already/);
    expect(refusalOf(ask(declared(), { ...command, alarm: staleIndex.alarm })).text).toMatch(/not watched here/);
    const cancelled = after(led(), { name: 'cancel', reason: 'x', confirmed: true });
    expect(refusalOf(ask(cancelled, command)).text).toMatch(/Reopen it first/);
    expect(refusalOf(ask(cancelled, { name: 'separate alarm', alarm: errors.alarm })).text).toMatch(/Reopen it first/);
  });
});

describe('an alarm that clears by itself', () => {
  const clears = (incident: Incident): boolean =>
    only(observe(incident, start + minute, reading(errors, 'ok')), 'cancelled').length === 1;

  test('cancels its own incident before anyone acted, with one line', () => {
    const decision = observe(openedByAlarm(), start + minute, reading(errors, 'ok'));
    expect(happeningsOf(decision).map(({ text }) => text)).toEqual([
      'checkout-5xx is green',
      'Cancelled: the alarm cleared by itself before anyone acted.',
    ]);
    expect(only(decision, 'cancelled')).toEqual([{ kind: 'cancelled', byItself: true }]);
    expect(afterPoll(openedByAlarm(), start + minute, reading(errors, 'ok'))).toMatchObject({
      status: 'cancelled',
      undoTo: 'investigating',
      touched: false,
    });
  });

  test('cancels nothing once any person has acted, whatever they did', () => {
    expect(clears(openedByAlarm())).toBe(true);
    const opened = openedByAlarm();
    const acts = [
      after(opened, { name: 'join' }, by(ana)),
      after(opened, { name: 'pass on' }, by(ana)),
      after(opened, { name: 'page', people: [eli] }, by(eli)),
      after(opened, { name: 'rename', title: 'Payments fail' }, by(eli)),
      after(
        opened,
        { name: 'note', noteKind: 'note', text: 'hm', occurredAt: null, link: null, said: true, saidBy: null },
        by(eli),
      ),
    ];
    expect(acts.map(clears)).toEqual([false, false, false, false, false]);
  });

  test('cancels nothing that a person declared', () => {
    const red = afterPoll(declared(), start, reading(errors, 'alarm'));
    expect(clears(red)).toBe(false);
  });

  test('cancels nothing while another alarm is red, or when only another one cleared', () => {
    const both = afterPoll(openedByAlarm(), start, reading(latency, 'alarm'));
    expect(clears(both)).toBe(false);
    expect(only(observe(both, start + minute, reading(latency, 'ok')), 'cancelled')).toEqual([]);
  });

  test('cancels nothing when only another one is green and it cannot tell any more', () => {
    const decision = observe(openedByAlarm(), start + minute, reading(errors, 'unknown'), reading(latency, 'ok'));
    expect(only(decision, 'cancelled')).toEqual([]);
  });

  test('cancels nothing when it only cannot tell any more', () => {
    expect(only(observe(openedByAlarm(), start + minute, reading(errors, 'unknown')), 'cancelled')).toEqual([]);
  });

  test('what cancelled itself can be reopened', () => {
    const cancelled = afterPoll(openedByAlarm(), start + minute, reading(errors, 'ok'));
    const reopened = after(cancelled, { name: 'reopen', reason: 'still slow' }, by(ben), start + 2 * minute);
    expect(reopened.status).toBe('investigating');
    expect(clears(reopened)).toBe(false);
  });
});
