import { describe, expect, test } from 'vitest';
import type { Signal } from '../../src/incident/declare.ts';
import { signalled } from '../../src/incident/declare.ts';
import type { RaisedAlarm } from '../../src/incident/command.ts';
import type { Happening } from '../../src/incident/event.ts';
import type { Incident, IncidentId } from '../../src/incident/incident.ts';
import { joinAlarms } from '../../src/incident/raise.ts';
import {
  after,
  afterPoll,
  ana,
  ask,
  begun,
  ben,
  by,
  declared,
  dee,
  eli,
  errors,
  happened,
  happeningsOf,
  join,
  latency,
  led,
  minute,
  observe,
  only,
  opened,
  openedByAlarm,
  page,
  raise,
  reading,
  redAlarm,
  refusalOf,
  staleIndex,
  start,
  stateOf,
  system,
  watched,
} from './scenario.ts';

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
      event: { kind: 'alarms joined' },
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
    const result = raise([], {}, { signals: [signal] });
    if (result.type !== 'opens') throw new Error('joined');
    expect(only(result.decision, 'signalled')).toEqual([{ kind: 'signalled', signalKind: 'change', adopted: true }]);
    expect(signalled(signal).event).toEqual({ kind: 'signalled', signalKind: 'change', adopted: false });
  });

  test('without a service it pages the fallback responders', () => {
    const result = raise([], { services: [], alarms: [redAlarm({ watch: watched(errors, null) })] });
    if (result.type !== 'opens') throw new Error('joined');
    const incident = opened(result.decision, system);
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

describe('detection', () => {
  test('by an alarm is told with the first breach', () => {
    const result = raise([]);
    if (result.type !== 'opens') throw new Error('joined');
    expect(happeningsOf(result.decision).at(-1)?.text).toBe(
      'Detected by checkout-5xx, 4 min after the first breach (13:56 UTC).',
    );
    expect(openedByAlarm().detection).toEqual({ by: 'alarm', firstBreachAt: start - 4 * minute });
  });

  test('by a person knows of no breach', () => {
    expect(declared().detection).toEqual({ by: 'person', firstBreachAt: null });
  });
});

describe('a storm', () => {
  const many = Array.from({ length: 500 }, (_, index) =>
    redAlarm({ watch: { alarm: `arn:${index}`, name: `alarm-${index}`, service: 'checkout' }, since: start }),
  );

  test('is one incident whose rows count', () => {
    const result = raise([], { alarms: many });
    if (result.type !== 'opens') throw new Error('joined');
    const texts = happeningsOf(result.decision).map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(texts[0]).toBe('Declared by an alarm (SEV2, checkout): alarm-0 is red (with 499 more red)');
    expect(texts[1]).toBe('500 alarms (alarm-0, alarm-1, alarm-2 and 497 more) are red.');
    const incident = begun(happeningsOf(result.decision), system, start);
    expect(incident.watches.filter(({ verdict }) => verdict === 'alarm')).toHaveLength(500);
  });

  test('of services that need one another joins what is open, for a while', () => {
    const incident = declared();
    const shop = { services: ['shop'], alarms: [redAlarm({ watch: { ...watched(errors), service: 'shop' } })] };
    expect(raise([incident], shop, { at: start + 29 * minute }).type).toBe('joins');
    expect(raise([incident], shop, { at: start + 30 * minute }).type).toBe('opens');
    expect(raise([incident], { ...shop, services: ['mail'] }).type).toBe('opens');
    expect(raise([declared({ services: ['shop'] })], {}).type).toBe('joins');
  });

  test('that is worse makes the incident worse and calls the people of its service', () => {
    const incident = declared({ severity: 'SEV3' });
    const alarm = redAlarm({ severity: 'SEV1', watch: { ...watched(errors), service: 'shop' } });
    const decision = ask(incident, { name: 'join alarms', alarms: [alarm] }, system);
    const [joined, raisedTo] = happeningsOf(decision);
    expect(joined?.event.kind).toBe('alarms joined');
    expect(raisedTo).toMatchObject({
      event: { kind: 'severity changed', from: 'SEV3', to: 'SEV1' },
      text: 'Severity SEV1 (was SEV3): checkout-5xx is that bad.',
    });
    expect(only(decision, 'people paged')).toMatchObject([{ page: 'service:shop', people: [dee] }]);
    expect(joins(incident, { severity: 'SEV4' }).map(({ event }) => event.kind)).toEqual(['alarms joined']);
  });

  test('does not overrule a person, unless it brings an alarm that is new here', () => {
    const red = happened(declared({ severity: 'SEV1' }), joins(declared({ severity: 'SEV1' })));
    const lowered = after(red, { name: 'set severity', severity: 'SEV4', reason: 'one test shop' });
    const green = afterPoll(lowered, start + minute, reading(errors, 'ok'));
    expect(joins(green, { severity: 'SEV1' }).map(({ event }) => event.kind)).toEqual(['alarms joined', 'relapsed']);
    const other = { ...watched(staleIndex, 'search') };
    expect(joins(green, { severity: 'SEV1', watch: other }).map(({ event }) => event.kind)).toContain(
      'severity changed',
    );
  });

  test('after an incident that was over lately says which one it may continue', () => {
    const result = raise([], {}, { before: 7 as IncidentId });
    if (result.type !== 'opens') throw new Error('joined');
    expect(begun(happeningsOf(result.decision), system, start).follows).toBe(7);
  });
});

function joins(incident: Incident, more: Partial<RaisedAlarm> = {}): readonly Happening[] {
  return joinAlarms(incident, [redAlarm(more)]);
}

describe('an alarm that joins', () => {
  const unwatched = declared({ services: ['mail'] });

  test('is watched from then on, and its row says so with the link', () => {
    const happenings = joins(unwatched, { since: start + minute });
    expect(happenings).toMatchObject([
      {
        event: { kind: 'alarms joined' },
        text: 'checkout-5xx is red: 4.2 % of requests answered 5xx',
        link: 'https://console.example.com/checkout-5xx',
        actor: { type: 'alarm', name: 'checkout-5xx' },
      },
    ]);
    expect(happened(unwatched, happenings).watches).toMatchObject([
      { alarm: errors.alarm, verdict: 'alarm', since: start + minute, reds: [start + minute] },
    ]);
  });

  test('that went red before the declaration stands in the timeline at the declaration', () => {
    expect(joins(unwatched, { since: start - minute })[0]?.occurredAt).toBe(start);
  });

  test('that is watched and red already changes nothing', () => {
    const red = afterPoll(declared(), start, reading(errors, 'alarm'));
    expect(joins(red)).toEqual([]);
  });

  test('that was green here is a relapse, and recovery has to be proved again', () => {
    const green = afterPoll(declared({ services: ['search'] }), start, reading(staleIndex, 'ok'));
    const recovered = afterPoll(green, start + 20 * minute, reading(staleIndex, 'ok'));
    expect(recovered.recoveredAt).toBe(start + 20 * minute);
    const happenings = joins(recovered, { watch: watched(staleIndex, 'search'), since: start + 23 * minute });
    expect(happenings.map(({ event }) => event.kind)).toEqual(['alarms joined', 'relapsed']);
    expect(happenings[1]?.text).toBe(
      'search-stale-index went red after 23 min green. Waiting for recovery starts over.',
    );
    expect(happened(recovered, happenings).recoveredAt).toBeNull();
  });

  test('that nobody watched until recovery was proved is named as what ended it', () => {
    const green = afterPoll(declared({ services: ['search'] }), start, reading(staleIndex, 'ok'));
    const recovered = afterPoll(green, start + 20 * minute, reading(staleIndex, 'ok'));
    const happenings = joins(recovered, { since: start + 23 * minute });
    expect(happenings[1]).toMatchObject({
      event: { kind: 'relapsed' },
      text: 'checkout-5xx went red after recovery had begun. Waiting for recovery starts over.',
      actor: { type: 'alarm', name: 'checkout-5xx' },
    });
  });

  test('that somebody said does not count here, or is not part of this, stays out', () => {
    const discounted = after(declared(), { name: 'discount alarm', alarm: errors.alarm, reason: 'known flapper' });
    expect(joins(discounted)).toEqual([]);
    expect(joins(after(declared(), { name: 'separate alarm', alarm: errors.alarm }))).toEqual([]);
  });

  test('joins nothing that is mitigated, unless a person says so', () => {
    const mitigated = after(led(), { name: 'mitigate', reason: 'x', confirmed: true });
    const command = { name: 'join alarms', alarms: [redAlarm()] } as const;
    expect(refusalOf(ask(mitigated, command, system)).text).toBe('INC-1 is mitigated, so no alarm joins it.');
    expect(only(ask(mitigated, command), 'alarms joined')).toHaveLength(1);
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
    expect(refusalOf(ask(incident, { name: 'separate alarm', alarm: errors.alarm })).text).toMatch(/No such alarm/);
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
    expect(refusalOf(ask(declared(), { ...command, alarm: staleIndex.alarm })).text).toMatch(/No such alarm/);
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
      after(opened, join, by(ana)),
      after(opened, { name: 'pass on' }, by(ana)),
      after(opened, page([eli]), by(eli)),
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

  test('cancels nothing while one that was red with it can’t be told any more, until that is green too', () => {
    const both = afterPoll(openedByAlarm(), start, reading(latency, 'alarm'));
    const blind = afterPoll(both, start + minute, reading(errors, 'ok'), reading(latency, 'unknown'));
    expect(blind.status).toBe('investigating');
    expect(afterPoll(blind, start + 2 * minute, reading(latency, 'ok')).status).toBe('cancelled');
  });

  test('what cancelled itself can be reopened', () => {
    const cancelled = afterPoll(openedByAlarm(), start + minute, reading(errors, 'ok'));
    const reopened = after(cancelled, { name: 'reopen', reason: 'still slow' }, by(ben), start + 2 * minute);
    expect(reopened.status).toBe('investigating');
    expect(clears(reopened)).toBe(false);
  });
});
