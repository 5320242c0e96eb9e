import { describe, expect, test } from 'vitest';
import type { EventKind, IncidentEvent } from '../../src/incident/event.ts';
import type { Incident, IncidentId } from '../../src/incident/incident.ts';
import type { JobName } from '../../src/incident/job.ts';
import { furniture, react } from '../../src/incident/react.ts';
import { ben, declared, errors, happened, led, redAlarm, start } from './scenario.ts';

const samples: { readonly [K in EventKind]: Extract<IncidentEvent, { kind: K }> } = {
  declared: {
    kind: 'declared',
    title: 'Payments fail',
    severity: null,
    services: [],
    test: false,
    origin: null,
    responders: [],
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
  'role given': { kind: 'role given', role: 'commander', person: ben },
  'responder paged': { kind: 'responder paged', person: ben },
  'responder active': { kind: 'responder active', person: ben },
  'responder stood down': { kind: 'responder stood down', person: ben },
  'responder passed on': { kind: 'responder passed on', person: ben },
  'responder unreachable': { kind: 'responder unreachable', person: ben, because: 'a guest' },
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

/** What follows while there is a room. */
const following: { readonly [K in EventKind]: readonly JobName[] } = {
  declared: ['open-room'],
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
  'responder paged': ['invite', 'tell-room', 'status-card'],
  'responder active': ['invite', 'status-card'],
  'responder stood down': ['tell-room', 'status-card', 'announce'],
  'responder passed on': ['tell-room', 'status-card', 'announce'],
  'responder unreachable': ['tell-room', 'status-card', 'announce'],
  renamed: ['tell-room', 'status-card', 'furnish-room', 'announce'],
  'services changed': ['tell-room', 'status-card', 'furnish-room', 'announce', 'poll-alarms'],
  'alarms joined': ['tell-room', 'status-card'],
  'alarm separated': ['tell-room', 'status-card', 'triage-alarms'],
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

function jobNames(incident: Incident, event: IncidentEvent): readonly JobName[] {
  return react(incident, event, 'test#0').map(({ name }) => name);
}

const room = inRoom(led());

describe('what follows', () => {
  test.each(kinds)('%s', (kind) => {
    expect([...jobNames(room, samples[kind])].toSorted()).toEqual([...following[kind]].toSorted());
  });

  test('a note that everyone saw needs no telling', () => {
    expect(jobNames(room, { ...samples.noted, said: true })).toEqual([]);
  });

  test('before there is a room nothing follows but the room, and another look at what was taken out', () => {
    const incident = declared();
    const followed = kinds.map((kind) => [kind, jobNames(incident, samples[kind])]);
    expect(followed.filter(([, names]) => names?.length !== 0)).toEqual([
      ['declared', ['open-room']],
      ['alarm separated', ['triage-alarms']],
    ]);
  });

  test('a test is announced nowhere, and all else is as it always is', () => {
    const incident = inRoom(led({ test: true }));
    for (const kind of kinds) {
      const expected = following[kind].filter((name) => name !== 'announce');
      expect([...jobNames(incident, samples[kind])].toSorted()).toEqual(expected.toSorted());
    }
  });

  test('inviting and the card go first, the furniture a second later', () => {
    const jobs = react(room, samples['room opened'], 'test#0');
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

  test('each closing is a draft of its own, and the same one asked twice is one', () => {
    const draftOf = (source: string): unknown =>
      react(room, samples.closed, source).find(({ name }) => name === 'export-draft');
    expect(draftOf('slack:1#0')).toEqual({
      name: 'export-draft',
      key: 'export-draft:1:slack:1#0',
      data: { incident: 1, request: 'slack:1#0' },
    });
    expect(draftOf('slack:1#0')).toEqual(draftOf('slack:1#0'));
    expect(draftOf('slack:1#0')).not.toEqual(draftOf('slack:2#0'));
  });
});
