import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncidentEvent, TimelineRow } from '../../src/incident/event.ts';
import { rowKind } from '../../src/incident/event.ts';
import { type Headcount, headsAt, personHours, readHeadcount } from '../../src/incident/headcount.ts';
import type { Actor, IncidentId, PersonId, Role } from '../../src/incident/incident.ts';
import { roles } from '../../src/incident/incident.ts';
import { milestonesOf } from '../../src/incident/milestones.ts';
import type { Call } from '../../src/incident/page.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 20, 14, 0);
const at = (minutes: number): number => start + minutes * minute;

const [ana, ben, chi, dee, eli] = ['U0000ANA1', 'U0000BEN2', 'U0000CHI3', 'U0000DEE4', 'U0000ELI5'] as PersonId[] as [
  PersonId,
  PersonId,
  PersonId,
  PersonId,
  PersonId,
];
const everyone = [ana, ben, chi, dee, eli];
const system: Actor = { type: 'system' };

type Told = readonly [minutes: number, event: IncidentEvent];

function rowsOf(told: readonly Told[], declarer: Actor = { type: 'person', person: ana }): readonly TimelineRow[] {
  return told.map(([minutes, event], index) => ({
    id: index + 7,
    occurredAt: at(minutes),
    recordedAt: at(minutes),
    actor: event.kind === 'declared' ? declarer : system,
    kind: rowKind(event),
    event,
    text: '',
    source: `test#${index}`,
    link: null,
  }));
}

const declared: IncidentEvent = {
  kind: 'declared',
  title: 'Payments fail',
  severity: 'SEV2',
  services: ['checkout'],
  test: false,
  origin: null,
  watches: [],
  stabilisationMillis: null,
  follows: null,
};

function opened(key: string, service: string | null): IncidentEvent {
  const call: Call = {
    key,
    question: key.startsWith('impact:') ? 'impact' : 'fix',
    service,
    reason: '',
    levels: [everyone],
    cadence: { repeatMillis: 4 * minute, climbMillis: 10 * minute, atNight: true },
    night: { fromHour: 22, toHour: 7 },
  };
  return { kind: 'page opened', call, repeatAt: start };
}

function paged(page: string, ...people: readonly PersonId[]): IncidentEvent {
  return { kind: 'people paged', page, level: 0, call: 1, people, repeatAt: start, climbAt: start };
}

function takes(page: string, person: PersonId): IncidentEvent {
  return { kind: 'page answered', page, person, by: 'button' };
}

function leads(person: PersonId, role: Role = 'commander'): IncidentEvent {
  return { kind: 'role given', role, person, provisional: false };
}

const stoodDown = (person: PersonId): IncidentEvent => ({ kind: 'responder stood down', person });

function count(told: readonly Told[], now: number, declarer?: Actor): Headcount {
  const counted = readHeadcount(rowsOf(told, declarer), at(now));
  if (counted === null) throw new Error('nothing was counted');
  return counted;
}

/** Ana declares and leads; Ben and Chi are paged for checkout, Dee for what users see; three came, two left. */
const evening: readonly Told[] = [
  [0, declared],
  [0, leads(ana)],
  [0, opened('service:checkout', 'checkout')],
  [0, opened('impact:support', null)],
  [1, paged('service:checkout', ben, chi)],
  [1, paged('impact:support', dee)],
  [4, takes('service:checkout', ben)],
  [10, { kind: 'responder active', person: chi }],
  [20, takes('impact:support', dee)],
  [40, { kind: 'mitigated' }],
  [50, stoodDown(dee)],
  [55, stoodDown(chi)],
  [70, { kind: 'resolved' }],
  [75, stoodDown(ben)],
];

describe('the headcount', () => {
  test('has one point for each change, up to the resolution', () => {
    const { counts, from, to, endedBy, last } = count(evening, 600);
    expect(counts.map((each) => [(each.at - start) / minute, each.paged, each.active, each.standby])).toEqual([
      [0, 0, 1, 0],
      [1, 3, 1, 0],
      [4, 2, 2, 0],
      [10, 1, 3, 0],
      [20, 0, 4, 0],
      [50, 0, 3, 1],
      [55, 0, 2, 2],
    ]);
    expect({ from, to, endedBy }).toEqual({ from: start, to: at(70), endedBy: 19 });
    expect(last).toMatchObject({ at: at(55), active: 2, row: 18 });
  });

  test('tells when most were there, and until when', () => {
    expect(count(evening, 600).most).toMatchObject({ at: at(20), until: at(50), active: 4 });
    expect(count(evening.slice(0, 9), 33).most).toMatchObject({ at: at(20), until: at(33), active: 4 });
  });

  test('adds up the hours by role, service and others', () => {
    const { shares, totalMillis } = count(evening, 600);
    expect(shares.map(({ purpose, millis, from, to }) => [purpose, millis / minute, from, to])).toEqual([
      [{ type: 'role', role: 'commander' }, 70, start, at(70)],
      [{ type: 'service', service: 'checkout' }, 66 + 45, at(4), at(70)],
      [{ type: 'others' }, 30, at(20), at(50)],
    ]);
    expect(totalMillis).toBe((70 + 111 + 30) * minute);
  });

  test('counts time in a role for the role, from when it is held to when it is handed over', () => {
    const told: readonly Told[] = [
      [0, declared],
      [0, opened('service:checkout', 'checkout')],
      [0, paged('service:checkout', ben)],
      [10, takes('service:checkout', ben)],
      [20, leads(ben)],
      [30, leads(ben, 'scribe')],
      [50, leads(ana)],
    ];
    expect(count(told, 60).shares.map(({ purpose, millis }) => [purpose, millis / minute])).toEqual([
      [{ type: 'role', role: 'commander' }, 30 + 10],
      [{ type: 'role', role: 'scribe' }, 10],
      [{ type: 'service', service: 'checkout' }, 10],
      [{ type: 'others' }, 50],
    ]);
  });

  test('goes on to now while the incident goes on, also after it was reopened', () => {
    expect(count(evening.slice(0, 9), 33)).toMatchObject({ to: at(33), endedBy: null });
    const reopened: readonly Told[] = [...evening, [80, { kind: 'reopened', byItself: true }]];
    const { to, endedBy, counts } = count(reopened, 90);
    expect({ to, endedBy }).toEqual({ to: at(90), endedBy: null });
    expect(counts.slice(-2)).toMatchObject([
      { at: at(55), active: 2 },
      { at: at(75), active: 1, standby: 3 },
    ]);
  });

  test('ends with a cancellation and with being merged into another', () => {
    for (const event of [
      { kind: 'cancelled', byItself: false },
      { kind: 'merged into', incident: 3 as IncidentId },
    ] as const) {
      expect(
        count(
          [
            [0, declared],
            [30, event],
          ],
          900,
        ),
      ).toMatchObject({ to: at(30), totalMillis: 30 * minute });
    }
  });

  test('counts those whom a merged incident brought from then on', () => {
    const told: readonly Told[] = [
      [0, declared],
      [
        15,
        {
          kind: 'merged',
          incident: 2 as IncidentId,
          services: ['search'],
          watches: [],
          responders: [
            {
              person: eli,
              state: 'active',
              since: at(-60),
              asked: { question: 'fix', service: 'search' },
              because: null,
            },
          ],
          stabilisationMillis: null,
        },
      ],
    ];
    expect(count(told, 30).shares).toMatchObject([
      { purpose: { type: 'service', service: 'search' }, millis: 15 * minute, from: at(15) },
      { purpose: { type: 'others' }, millis: 30 * minute },
    ]);
  });

  test('is none where nothing was declared, and empty while nobody has come', () => {
    expect(readHeadcount([], start)).toBeNull();
    expect(readHeadcount(rowsOf([[0, { kind: 'mitigated' }]]), start)).toBeNull();
    const alarm: Actor = { type: 'alarm', name: 'checkout-5xx' };
    expect(count([[0, declared]], 5, alarm)).toMatchObject({ totalMillis: 0, shares: [], last: { active: 0 } });
  });

  test('of an incident of one moment has one point and no hours', () => {
    expect(
      count(
        [
          [0, declared],
          [0, { kind: 'resolved' }],
        ],
        9,
      ),
    ).toMatchObject({
      counts: [{ at: start, active: 1 }],
      from: start,
      to: start,
      totalMillis: 0,
      most: { active: 1, until: start },
    });
  });

  test('keeps to UTC over two days and a change of the clocks', () => {
    // In Berlin the clocks go back an hour in this night.
    const evening = Date.UTC(2026, 9, 24, 22, 30);
    const rows = rowsOf([
      [0, declared],
      [0, leads(ana)],
      [240, { kind: 'resolved' }],
    ]);
    const moved = rows.map((row) => ({
      ...row,
      occurredAt: row.occurredAt - start + evening,
      recordedAt: row.recordedAt - start + evening,
    }));
    expect(readHeadcount(moved, evening + 24 * hour)).toMatchObject({ to: evening + 4 * hour, totalMillis: 4 * hour });
  });

  test('takes a row of an earlier or a later time than its neighbours where it stands', () => {
    const told: readonly Told[] = [
      [0, declared],
      [10, leads(ben)],
      [5, leads(chi, 'scribe')],
    ];
    expect(count(told, 20).counts.map((each) => [each.at, each.active])).toEqual([
      [start, 1],
      [at(10), 3],
    ]);
    const [first, second] = rowsOf([
      [0, declared],
      [500, leads(ben)],
    ]);
    const ahead = [first, { ...second, recordedAt: at(3) }] as readonly TimelineRow[];
    expect(readHeadcount(ahead, at(9))).toMatchObject({ to: at(9), last: { at: at(3), active: 2 } });
  });
});

test('person-hours have one digit', () => {
  expect([0, 1, 3 * minute, 6 * minute, 11.5 * hour, 100 * hour].map(personHours)).toEqual([
    '0.0',
    'less than 0.1',
    '0.1',
    '0.1',
    '11.5',
    '100.0',
  ]);
});

test('milestones are what changes for users, whatever else is on the record', () => {
  expect(milestonesOf(rowsOf([...evening, [80, { kind: 'relapsed', alarms: [] }]]))).toEqual([
    { at: start, label: 'declared' },
    { at: at(40), label: 'mitigated' },
    { at: at(70), label: 'resolved' },
    { at: at(80), label: 'relapse' },
  ]);
});

const someone = fc.constantFrom(...everyone);
const pageKey = fc.constantFrom('service:checkout', 'service:search', 'impact:support', 'recall:1', '<@U1> ‮');
const event: fc.Arbitrary<IncidentEvent> = fc.oneof(
  fc.tuple(pageKey, fc.option(fc.constantFrom('checkout', 'search'))).map((given) => opened(...given)),
  fc.tuple(pageKey, fc.uniqueArray(someone, { maxLength: 3 })).map(([key, people]) => paged(key, ...people)),
  fc.tuple(pageKey, someone).map((given) => takes(...given)),
  pageKey.map((page): IncidentEvent => ({ kind: 'page answered', page, person: null, by: 'pager' })),
  fc
    .constantFrom('responder active', 'responder stood down', 'responder passed on', 'responder kept')
    .chain((kind) => someone.map((person): IncidentEvent => ({ kind, person }))),
  someone.map((person): IncidentEvent => ({ kind: 'responder unreachable', person, because: 'a guest' })),
  fc.uniqueArray(someone, { maxLength: 3 }).map((people): IncidentEvent => ({ kind: 'responders recalled', people })),
  fc.tuple(someone, fc.constantFrom(...roles)).map((given) => leads(...given)),
  fc.constantFrom<IncidentEvent>(
    { kind: 'noted', noteKind: 'impact', said: true },
    { kind: 'mitigated' },
    { kind: 'undone', from: 'mitigated', to: 'investigating' },
    { kind: 'reopened', byItself: true },
    { kind: 'stand down put off' },
    { kind: 'services changed', services: ['search'], watches: [], stabilisationMillis: null },
  ),
);
const sequence = fc.record({
  byAlarm: fc.boolean(),
  steps: fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 7, 90), event), { maxLength: 25 }),
  rest: fc.constantFrom(0, 1, 45),
});

/** Who is where after these rows, told from the words of the events alone. */
function recount(rows: readonly TimelineRow[]): { active: number; paged: number; standby: number; holders: number } {
  const states = new Map<PersonId, string>();
  const holders = new Map<Role, PersonId>();
  const holds = (person: PersonId): boolean => [...holders.values()].includes(person);
  const leave = (person: PersonId, state: string): void => {
    states.set(person, state);
    for (const role of roles) if (holders.get(role) === person) holders.delete(role);
  };
  for (const { event, actor } of rows) {
    if (event.kind === 'declared' && actor.type === 'person') states.set(actor.person, 'active');
    if (event.kind === 'people paged') {
      for (const person of event.people) {
        if (states.get(person) !== 'active' && !holds(person)) states.set(person, 'paged');
      }
    }
    if (event.kind === 'page answered' && event.person !== null) states.set(event.person, 'active');
    if (event.kind === 'responder active') states.set(event.person, 'active');
    if (event.kind === 'role given') {
      states.set(event.person, 'active');
      holders.set(event.role, event.person);
    }
    if (event.kind === 'responders recalled') for (const person of event.people) states.set(person, 'paged');
    if (event.kind === 'reopened') {
      for (const [person, state] of states) if (state === 'active' && !holds(person)) states.set(person, 'paged');
    }
    if (event.kind === 'responder stood down') leave(event.person, 'standby');
    if (event.kind === 'responder passed on') leave(event.person, 'passed on');
    if (event.kind === 'responder unreachable') leave(event.person, 'unreachable');
  }
  const distinct = new Set(holders.values());
  const of = (state: string): number =>
    [...states].filter(([person, known]) => known === state && !distinct.has(person)).length;
  return { active: of('active') + distinct.size, paged: of('paged'), standby: of('standby'), holders: distinct.size };
}

test('at every moment the headcount is what the rows say, never fewer than hold a role, and the hours are its area', () => {
  fc.assert(
    fc.property(sequence, fc.integer({ min: 0, max: 1_000 }), ({ byAlarm, steps, rest }, seed) => {
      let now = 0;
      const told = steps.map(([pause, event]): Told => [(now += pause), event]);
      const declarer: Actor = byAlarm ? { type: 'alarm', name: 'checkout-5xx' } : { type: 'person', person: ana };
      const rows = rowsOf([[0, declared], ...told], declarer);
      const shuffled = rows.toSorted((one, other) => ((one.id * 31 + seed) % 17) - ((other.id * 31 + seed) % 17));
      const end = at(now + rest);
      const counted = readHeadcount(shuffled, end);
      if (counted === null) throw new Error('nothing was counted');

      let area = 0;
      for (let moment = start; moment <= end; moment += minute) {
        const { holders, ...heads } = recount(rows.filter(({ occurredAt }) => occurredAt <= moment));
        expect(headsAt(counted, moment)).toMatchObject(heads);
        expect(headsAt(counted, moment).active).toBeGreaterThanOrEqual(holders);
        if (moment < end) area += heads.active * minute;
      }
      expect(counted).toMatchObject({ from: start, to: end, totalMillis: area });
      expect(counted.shares.reduce((sum, { millis }) => sum + millis, 0)).toBe(area);
      expect(counted.most.active).toBe(Math.max(...counted.counts.map(({ active }) => active)));
      for (const { millis, from, to } of counted.shares) {
        expect(millis).toBeGreaterThan(0);
        expect(from).toBeGreaterThanOrEqual(start);
        expect(to).toBeLessThanOrEqual(end);
      }
    }),
  );
});
