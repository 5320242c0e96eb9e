import { describe, expect, test } from 'vitest';
import type { Incident, Severity } from '../../src/incident/incident.ts';
import { severities } from '../../src/incident/incident.ts';
import {
  after,
  afterPoll,
  ana,
  ask,
  ben,
  by,
  chi,
  declared,
  dee,
  errors,
  eventsOf,
  happened,
  happeningsOf,
  latency,
  led,
  minute,
  only,
  openedByAlarm,
  reading,
  redAlarm,
  refusalOf,
  staleIndex,
  start,
  stateOf,
  watched,
} from './scenario.ts';

function setSeverity(incident: Incident, severity: Severity, reason = '', person = dee): string {
  const decision = ask(incident, { name: 'set severity', severity, reason }, by(person));
  return decision.type === 'decided' ? (decision.happenings[0]?.text ?? '') : `no: ${decision.text}`;
}

describe('severity', () => {
  test('anyone may raise the severity; lowering needs the commander or a reason', () => {
    const incident = led({ severity: 'SEV3' });
    for (const severity of severities) {
      const said = setSeverity(incident, severity);
      if (severity < 'SEV3') expect(said).toBe(`Severity ${severity} (was SEV3).`);
      if (severity > 'SEV3') expect(said).toMatch(/^no: Lowering from SEV3 to .* needs the commander or a reason/);
      if (severity !== 'SEV3')
        expect(setSeverity(incident, severity, '', ana)).toBe(`Severity ${severity} (was SEV3).`);
    }
    expect(setSeverity(incident, 'SEV4', 'only the staging site')).toBe(
      'Severity SEV4 (was SEV3): only the staging site',
    );
  });

  test('white space is no reason', () => {
    expect(setSeverity(led(), 'SEV5', ' \n')).toMatch(/^no: Lowering/);
  });

  test('while it is not known anyone may set it, to whatever it is', () => {
    expect(setSeverity(declared({ severity: null }), 'SEV5')).toBe('Severity SEV5 (was not known yet).');
  });

  test('the same severity again is refused, and so is any once all is over', () => {
    expect(setSeverity(led(), 'SEV2')).toBe('no: The severity is SEV2 already.');
    const cancelled = after(led(), { name: 'cancel', reason: 'x', confirmed: true });
    expect(setSeverity(cancelled, 'SEV1')).toMatch(/^no: INC-1 is cancelled. Reopen it first/);
  });

  test('the row holds what it was and what it is', () => {
    expect(eventsOf(ask(led(), { name: 'set severity', severity: 'SEV1', reason: '' }))[0]).toEqual({
      kind: 'severity changed',
      from: 'SEV2',
      to: 'SEV1',
    });
    expect(after(led(), { name: 'set severity', severity: 'SEV1', reason: '' }).severity).toBe('SEV1');
  });
});

describe('renaming', () => {
  test('takes the trimmed title', () => {
    expect(after(led(), { name: 'rename', title: '  Cards declined ' }).title).toBe('Cards declined');
  });

  test('an empty title is refused, the same one changes nothing, and a closed incident keeps its own', () => {
    expect(refusalOf(ask(led(), { name: 'rename', title: ' ' })).text).toMatch(/new title is empty/);
    expect(ask(led(), { name: 'rename', title: 'Payments fail ' })).toEqual({ type: 'decided', happenings: [] });
    const cancelled = after(led(), { name: 'cancel', reason: 'x', confirmed: true });
    expect(refusalOf(ask(cancelled, { name: 'rename', title: 'Other' })).text).toMatch(/Reopen it first/);
  });
});

describe('services', () => {
  test('a service that turns out to be affected pages its responders who are not here yet', () => {
    const decision = ask(led(), { name: 'set services', services: ['checkout', 'search', 'mail'] });
    expect(happeningsOf(decision)[0]?.text).toBe('Service: checkout, search, mail (was checkout).');
    expect(only(decision, 'people paged')).toMatchObject([
      { page: 'service:search', people: [ben, chi] },
      { page: 'service:mail', people: [chi] },
    ]);
  });

  test('nobody is dropped, and who left is not called back by it', () => {
    const incident = after(led(), { name: 'pass on' }, by(ben));
    const changed = after(incident, { name: 'set services', services: ['search'] });
    expect([stateOf(changed, ana), stateOf(changed, ben), stateOf(changed, chi)]).toEqual([
      'active',
      'passed on',
      'paged',
    ]);
  });

  test('the alarms and the window follow the services', () => {
    const changed = after(led(), { name: 'set services', services: ['search'] });
    expect(changed.watches.map(({ alarm }) => alarm)).toEqual([staleIndex.alarm]);
    expect(changed.stabilisationMillis).toBe(20 * minute);
    const unknown = after(changed, { name: 'set services', services: [] });
    expect(unknown.watches).toEqual([]);
    expect(unknown.stabilisationMillis).toBe(15 * minute);
  });

  test('an alarm that stays watched keeps what is known of it', () => {
    const red = afterPoll(led(), start + minute, reading(errors, 'alarm', { because: '7 %' }));
    const wider = after(red, { name: 'set services', services: ['search', 'checkout'] }, by(ana), start + 2 * minute);
    expect(wider.watches).toHaveLength(3);
    expect(wider.watches).toContainEqual(red.watches[0]);
    expect(wider.watches.find(({ alarm }) => alarm === staleIndex.alarm)).toMatchObject({
      verdict: null,
      since: start + 2 * minute,
    });
  });

  test('alarms that joined from elsewhere are kept', () => {
    const joined = happened(led(), [
      { event: { kind: 'alarms joined', alarms: [redAlarm({ watch: watched(staleIndex, 'search') })] }, text: 'x' },
      {
        event: {
          kind: 'alarms joined',
          alarms: [redAlarm({ watch: watched({ ...latency, alarm: 'arn:other' }, null) })],
        },
        text: 'x',
      },
    ]);
    const changed = after(joined, { name: 'set services', services: ['mail'] });
    expect(changed.watches.map(({ alarm }) => alarm)).toEqual([staleIndex.alarm, 'arn:other']);
  });

  test('a red alarm is kept, also the one that opened the incident', () => {
    const changed = after(openedByAlarm(), { name: 'set services', services: ['search'] });
    expect(changed.watches.map(({ alarm, verdict }) => [alarm, verdict])).toEqual([
      [staleIndex.alarm, null],
      [errors.alarm, 'alarm'],
    ]);
  });

  test('other services mean that recovery is proved again', () => {
    const green = afterPoll(led({ services: ['search'] }), start, reading(staleIndex, 'ok'));
    const recovered = afterPoll(green, start + 20 * minute, reading(staleIndex, 'ok'));
    expect(recovered.recoveredAt).not.toBeNull();
    expect(after(recovered, { name: 'set services', services: ['search', 'mail'] }).recoveredAt).toBeNull();
  });

  test('a test pages nobody for its new services', () => {
    const decision = ask(led({ test: true }), { name: 'set services', services: ['search'] });
    expect(eventsOf(decision).map(({ kind }) => kind)).toEqual(['services changed']);
  });

  test('the same services in another order, and services that nobody knows, are refused', () => {
    const incident = led({ services: ['checkout', 'search'] });
    expect(refusalOf(ask(incident, { name: 'set services', services: ['search', 'checkout', 'search'] })).text).toBe(
      'It is on search, checkout already.',
    );
    expect(refusalOf(ask(incident, { name: 'set services', services: ['chekout'] })).text).toContain('"chekout"');
  });
});

describe('notes', () => {
  const note = {
    name: 'note',
    noteKind: 'hypothesis',
    text: 'the new release leaks connections',
    occurredAt: start + minute,
    link: 'https://acme.slack.com/archives/C1/p1',
    said: true,
    saidBy: null,
  } as const;

  test('anyone may note anything, with the time it was said and where', () => {
    expect(happeningsOf(ask(led(), note, by(dee), start + 5 * minute))).toEqual([
      {
        event: { kind: 'noted', noteKind: 'hypothesis', said: true },
        text: 'the new release leaks connections',
        link: 'https://acme.slack.com/archives/C1/p1',
        occurredAt: start + minute,
      },
    ]);
  });

  test('the words of someone else stay theirs', () => {
    expect(happeningsOf(ask(led(), { ...note, saidBy: chi }, by(dee)))[0]?.actor).toEqual(by(chi));
  });

  test('two notes with the same words are two notes', () => {
    const incident = after(led(), note);
    expect(eventsOf(ask(incident, note))).toHaveLength(1);
  });

  test('an empty note is refused', () => {
    expect(refusalOf(ask(led(), { ...note, text: ' \n' })).text).toMatch(/note is empty/);
  });

  test('an incident that is over takes notes too, and stays over', () => {
    const closed = after(after(led(), { name: 'resolve', reason: 'x', confirmed: true }), { name: 'close' });
    expect(after(closed, note, by(dee))).toEqual(closed);
    const cancelled = after(led(), { name: 'cancel', reason: 'x', confirmed: true });
    expect(ask(cancelled, note, by(dee)).type).toBe('decided');
  });
});
