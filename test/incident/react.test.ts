import { describe, expect, test } from 'vitest';
import type { EventKind, IncidentEvent } from '../../src/incident/event.ts';
import type { Incident, IncidentId } from '../../src/incident/incident.ts';
import type { JobName } from '../../src/incident/job.ts';
import type { Call } from '../../src/incident/page.ts';
import { furniture, meanwhile, opening, react } from '../../src/incident/react.ts';
import { ben, declared, errors, happened, led, people, redAlarm, start } from './scenario.ts';

const call: Call = {
  key: 'service:checkout',
  question: 'fix',
  service: 'checkout',
  reason: '',
  levels: [[ben]],
  cadence: people.cadences.SEV2,
  night: people.night,
};

const samples: { readonly [K in EventKind]: Extract<IncidentEvent, { kind: K }> } = {
  declared: {
    kind: 'declared',
    title: 'Payments fail',
    severity: null,
    services: [],
    test: false,
    origin: null,
    watches: [],
    stabilisationMillis: 0,
    follows: null,
  },
  'room opened': { kind: 'room opened', channel: 'C1', name: 'inc-1' },
  noted: { kind: 'noted', noteKind: 'note', said: false },
  signalled: { kind: 'signalled', signalKind: 'change', adopted: false },
  'severity changed': { kind: 'severity changed', from: null, to: 'SEV1' },
  identified: { kind: 'identified' },
  mitigated: { kind: 'mitigated' },
  resolved: { kind: 'resolved' },
  reopened: { kind: 'reopened', byItself: false },
  closed: { kind: 'closed' },
  cancelled: { kind: 'cancelled', byItself: true },
  undone: { kind: 'undone', from: 'mitigated', to: 'identified' },
  'role given': { kind: 'role given', role: 'commander', person: ben, provisional: false },
  'page opened': { kind: 'page opened', call, repeatAt: start },
  'people paged': {
    kind: 'people paged',
    page: call.key,
    level: 0,
    call: 1,
    people: [ben],
    repeatAt: start,
    climbAt: start,
  },
  'page held': { kind: 'page held', page: call.key, level: 0, people: [ben], repeatAt: start },
  'page paused': { kind: 'page paused', page: call.key, person: ben, until: start, repeatAt: start, climbAt: start },
  'page changed': {
    kind: 'page changed',
    page: call.key,
    levels: call.levels,
    cadence: call.cadence,
    repeatAt: start,
    climbAt: null,
  },
  'page answered': { kind: 'page answered', page: call.key, person: ben, by: 'button' },
  'page ended': { kind: 'page ended', page: call.key, because: 'withdrawn' },
  prompted: { kind: 'prompted', about: 'lead', person: null },
  'stand down suggested': { kind: 'stand down suggested', people: [] },
  'stand down asked': { kind: 'stand down asked', people: [ben] },
  'stand down put off': { kind: 'stand down put off' },
  'responder kept': { kind: 'responder kept', person: ben },
  'responders recalled': { kind: 'responders recalled', people: [ben] },
  'responder active': { kind: 'responder active', person: ben },
  'responder stood down': { kind: 'responder stood down', person: ben },
  'responder passed on': { kind: 'responder passed on', person: ben },
  'responder unreachable': { kind: 'responder unreachable', person: ben, because: 'a guest' },
  'room archived': { kind: 'room archived' },
  renamed: { kind: 'renamed', title: 'Cards declined' },
  'services changed': { kind: 'services changed', services: [], watches: [], stabilisationMillis: 0 },
  'alarms joined': { kind: 'alarms joined', alarms: [redAlarm()] },
  'alarm separated': { kind: 'alarm separated', alarm: errors.alarm },
  'alarms changed': { kind: 'alarms changed', changes: [] },
  'alarm trusted': { kind: 'alarm trusted', alarm: errors.alarm, timing: null },
  'alarm reconfigured': { kind: 'alarm reconfigured', alarm: errors.alarm, change: 'changed' },
  blinded: { kind: 'blinded', place: 'eu-west-1 (production)' },
  'seen again': { kind: 'seen again', place: 'eu-west-1 (production)' },
  detected: { kind: 'detected', detection: { by: 'alarm', firstBreachAt: null } },
  merged: {
    kind: 'merged',
    incident: 2 as IncidentId,
    services: [],
    watches: [],
    responders: [],
    stabilisationMillis: null,
  },
  'merged into': { kind: 'merged into', incident: 2 as IncidentId },
  'alarm discounted': { kind: 'alarm discounted', alarm: errors.alarm, reason: 'deleted' },
  'recovery proved': { kind: 'recovery proved' },
  relapsed: { kind: 'relapsed', alarms: [errors.alarm] },
  'write failed': { kind: 'write failed', method: 'pins.add' },
};

/** What nobody waits with until there is a room. */
const everybody: readonly JobName[] = ['keep-time', 'tell-people', 'call-pager'];
const outside: { readonly [K in EventKind]?: readonly JobName[] } = {
  'alarm separated': ['triage-alarms'],
  'page opened': ['keep-time', 'call-pager'],
  'page answered': everybody,
  'page ended': everybody,
  'people paged': everybody,
  'page held': ['keep-time', 'tell-people'],
  'page paused': ['keep-time', 'tell-people'],
  'page changed': ['keep-time', 'tell-people'],
  prompted: ['keep-time', 'tell-people'],
  'responder active': everybody,
  'responder stood down': everybody,
  'responders recalled': everybody,
  'responder kept': everybody,
  'responder passed on': ['keep-time'],
  'responder unreachable': ['keep-time'],
  'role given': everybody,
  'stand down suggested': everybody,
  'stand down asked': everybody,
  'stand down put off': everybody,
  mitigated: everybody,
  resolved: everybody,
  reopened: everybody,
  undone: everybody,
  cancelled: everybody,
  closed: everybody,
  'merged into': everybody,
  'recovery proved': everybody,
  'alarms changed': ['keep-time'],
  'alarm discounted': ['keep-time'],
};

/** What follows besides while there is a room. */
const inTheRoom: { readonly [K in EventKind]: readonly JobName[] } = {
  declared: [],
  'room opened': ['invite', 'status-card'],
  noted: ['tell-room'],
  signalled: ['tell-room', 'status-card'],
  'severity changed': ['tell-room', 'status-card', 'furnish-room', 'announce'],
  identified: ['tell-room', 'status-card', 'furnish-room', 'announce'],
  mitigated: ['tell-room', 'status-card', 'furnish-room', 'announce', 'graph', 'fetch-history'],
  resolved: ['tell-room', 'status-card', 'furnish-room', 'announce', 'graph', 'fetch-history'],
  reopened: ['tell-room', 'status-card', 'invite', 'furnish-room', 'announce', 'poll-alarms'],
  closed: ['tell-room', 'status-card', 'furnish-room', 'announce', 'export-draft'],
  cancelled: ['tell-room', 'status-card', 'furnish-room', 'announce'],
  undone: ['tell-room', 'status-card', 'invite', 'furnish-room', 'announce', 'poll-alarms'],
  'role given': ['invite', 'tell-room', 'status-card', 'announce'],
  'page opened': [],
  'people paged': ['invite', 'tell-room', 'status-card'],
  'page held': ['tell-room', 'status-card'],
  'page paused': [],
  'page changed': [],
  'page answered': ['invite', 'tell-room', 'status-card', 'announce'],
  'page ended': ['tell-room', 'status-card'],
  prompted: ['tell-room', 'status-card'],
  'stand down suggested': [],
  'stand down asked': [],
  'stand down put off': [],
  'responder kept': [],
  'responders recalled': ['invite', 'tell-room', 'status-card'],
  'responder active': ['invite', 'status-card', 'announce'],
  'responder stood down': ['tell-room', 'status-card', 'announce', 'remove-people'],
  'responder passed on': ['tell-room', 'status-card', 'announce'],
  'responder unreachable': ['tell-room', 'status-card', 'announce'],
  'room archived': [],
  renamed: ['tell-room', 'status-card', 'furnish-room', 'announce'],
  'services changed': ['tell-room', 'status-card', 'furnish-room', 'announce', 'poll-alarms'],
  'alarms joined': ['tell-room', 'status-card'],
  'alarm separated': ['tell-room', 'status-card'],
  'alarms changed': ['tell-room', 'status-card'],
  'alarm trusted': ['tell-room', 'status-card', 'poll-alarms'],
  'alarm reconfigured': ['tell-room', 'status-card'],
  blinded: ['tell-room', 'status-card'],
  'seen again': ['tell-room', 'status-card'],
  detected: [],
  merged: ['tell-room', 'status-card', 'invite', 'furnish-room', 'announce', 'poll-alarms'],
  'merged into': ['tell-room', 'status-card', 'furnish-room', 'announce'],
  'alarm discounted': ['tell-room', 'status-card'],
  'recovery proved': ['tell-room', 'status-card', 'graph', 'fetch-history'],
  relapsed: ['tell-room', 'status-card', 'graph', 'fetch-history'],
  'write failed': ['tell-room', 'status-card'],
};

const kinds = Object.keys(samples) as readonly EventKind[];

function inRoom(incident: Incident): Incident {
  return happened(incident, [{ event: samples['room opened'], text: 'Opened.' }]);
}

function following(kind: EventKind): readonly JobName[] {
  return [...inTheRoom[kind], ...(outside[kind] ?? [])];
}

function jobNames(incident: Incident, event: IncidentEvent): readonly JobName[] {
  return react(incident, event, { source: 'test#0', at: start }).map(({ name }) => name);
}

const room = inRoom(led());

describe('what follows', () => {
  test.each(kinds)('%s', (kind) => {
    expect([...jobNames(room, samples[kind])].toSorted()).toEqual(following(kind).toSorted());
  });

  test('a note that everyone saw needs no telling', () => {
    expect(jobNames(room, { ...samples.noted, said: true })).toEqual([]);
  });

  test('once it is known how widespread it is, it may be time to let people go', () => {
    expect(jobNames(room, { ...samples.noted, noteKind: 'impact', said: true })).toEqual(['keep-time']);
  });

  test('a page that nobody took is told everywhere', () => {
    for (const because of ['unanswered', 'nobody'] as const) {
      expect(jobNames(room, { ...samples['page ended'], because })).toContain('announce');
    }
  });

  test('without a room people are called and the time is kept, a second later: the room may be there by then', () => {
    const incident = declared();
    for (const kind of kinds) {
      const jobs = react(incident, samples[kind], { source: 'test#0', at: start });
      expect(jobs.map(({ name }) => name)).toEqual(outside[kind] ?? []);
      const soon = jobs.filter(({ name }) => everybody.includes(name)).map(({ runAt }) => runAt);
      expect(new Set(soon)).toEqual(new Set(soon.length === 0 ? [] : [start + 1_000]));
    }
  });

  test('a test is announced nowhere, and all else is as it always is', () => {
    const incident = inRoom(led({ test: true }));
    for (const kind of kinds) {
      const expected = following(kind).filter((name) => name !== 'announce');
      expect([...jobNames(incident, samples[kind])].toSorted()).toEqual(expected.toSorted());
    }
  });

  test('a new incident needs its room first; calls go out a moment later, also when that takes long', () => {
    const incident = declared();
    expect(opening(incident).map(({ name }) => name)).toEqual(['open-room']);
    const soon = meanwhile(incident, start);
    expect(soon.map(({ name, runAt }) => [name, runAt])).toEqual(everybody.map((name) => [name, start + 1_000]));
  });

  test('inviting and the card go first, the furniture a second later', () => {
    const jobs = react(room, samples['room opened'], { source: 'test#0', at: start });
    expect(jobs.map(({ name, runAt }) => [name, runAt])).toEqual([
      ['invite', undefined],
      ['status-card', undefined],
    ]);
    expect(new Set(furniture(room, start).map(({ runAt }) => runAt))).toEqual(new Set([start + 1_000]));
  });

  test('with the furniture all are told, of a test nobody outside, and the alarms are read at once', () => {
    const names = (incident: Incident): readonly JobName[] => furniture(incident, start).map(({ name }) => name);
    const always: readonly JobName[] = ['tell-room', 'furnish-room', 'answer-declarer'];
    expect(names(room)).toEqual([...always, 'announce', 'poll-alarms', 'graph', 'fetch-history']);
    expect(names(inRoom(led({ test: true })))).toEqual([...always, 'poll-alarms', 'graph', 'fetch-history']);
    expect(names({ ...room, watches: [] })).toEqual([...always, 'announce']);
  });

  test('whoever waits for a room that took long need not wait any longer', () => {
    const late = furniture(room, start + 5_000).filter(({ name }) => everybody.includes(name));
    expect(late.map(({ name, runAt }) => [name, runAt])).toEqual(everybody.map((name) => [name, start + 6_000]));
  });

  test('each closing is a draft of its own, and the same one asked twice is one', () => {
    const draftOf = (source: string): unknown =>
      react(room, samples.closed, { source, at: start }).find(({ name }) => name === 'export-draft');
    expect(draftOf('slack:1#0')).toEqual({
      name: 'export-draft',
      key: 'export-draft:1:slack:1#0',
      data: { incident: 1, request: 'slack:1#0' },
    });
    expect(draftOf('slack:1#0')).toEqual(draftOf('slack:1#0'));
    expect(draftOf('slack:1#0')).not.toEqual(draftOf('slack:2#0'));
  });
});
