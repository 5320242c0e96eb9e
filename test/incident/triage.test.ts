import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident, IncidentId, Severity, Status, Watch } from '../../src/incident/incident.ts';
import { statuses } from '../../src/incident/incident.ts';
import type { AlarmPolicy, AlarmRule, MappingRule, Policy, Service } from '../../src/incident/policy.ts';
import { treat } from '../../src/incident/treat.ts';
import type { TriageAsk } from '../../src/incident/triage.ts';
import { triage } from '../../src/incident/triage.ts';
import type { Triaged, UnsettledAlarm } from '../../src/incident/triaged.ts';
import { people } from './scenario.ts';
import { untouched } from './untouched.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 20, 14, 0);

function arn(name: string): string {
  return `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
}

function rule(name: string, more: Partial<AlarmRule> = {}): AlarmRule {
  return { alarm: arn(name), name, severity: 'SEV2', opens: true, holdMillis: 2 * minute, ...more };
}

function mapping(more: Partial<MappingRule>): MappingRule {
  const any = { prefix: null, tags: {}, account: null, region: null, title: null };
  return { ...any, service: 'search', severity: null, opens: false, holdMillis: 0, ...more };
}

function service(name: string, more: Partial<Service> = {}): Service {
  const bare = { levels: [], alarms: [], needs: [], traffic: null, stabilisationMillis: null };
  return { name, ...bare, runbook: null, links: [], bridge: null, pager: null, ...more };
}

/** `web` needs `checkout`, which needs `database`; `mail` stands alone. */
function policyOf(more: Partial<AlarmPolicy> = {}): Policy {
  return {
    services: [
      service('web', { needs: ['checkout'] }),
      service('checkout', {
        needs: ['database'],
        alarms: [rule('checkout-5xx'), rule('checkout-slow', { opens: false, severity: null })],
      }),
      service('database'),
      service('search'),
      service('mail'),
    ],
    alarms: {
      queues: [],
      topics: [],
      selections: [],
      rules: [
        mapping({ prefix: 'web-', service: 'web', opens: true, severity: 'SEV1', title: 'The site is down' }),
        mapping({ prefix: 'db-', service: 'database', opens: true, severity: 'SEV3', holdMillis: minute }),
        mapping({ prefix: 'mail-', service: 'mail', opens: true, severity: 'SEV4' }),
        mapping({ tags: { team: 'search' }, account: '123456789012' }),
      ],
      windowMillis: 15 * minute,
      automaticRooms: 3,
      triageChannel: null,
      ...more,
    },
    people,
    pagers: [],
    fallbackLevels: [],
    bridge: null,
    broadcastChannel: null,
    roomPrefix: 'inc',
    defaultStabilisationMillis: null,
    severities: { SEV1: '', SEV2: '', SEV3: '', SEV4: '', SEV5: '' },
  };
}

const policy = policyOf();

function alarm(name: string, more: Partial<UnsettledAlarm> = {}): UnsettledAlarm {
  return {
    alarm: arn(name),
    name,
    account: '123456789012',
    region: 'eu-west-1',
    tags: {},
    contributor: null,
    state: 'ALARM',
    since: now - 5 * minute,
    because: '',
    firstBreachAt: null,
    link: null,
    mutedUntil: null,
    ignoredUntil: null,
    ...more,
  };
}

function watch(name: string, more: Partial<Watch> = {}): Watch {
  const unread = { verdict: null, since: now, because: '', doubt: null, timing: null, reds: [], discounted: null };
  return { alarm: arn(name), name, service: 'checkout', ...unread, ...more };
}

function incident(more: Partial<Incident> = {}): Incident {
  return {
    ...untouched,
    id: 7 as IncidentId,
    declaredBy: { type: 'system' },
    declaredAt: now - 10 * minute,
    ...more,
  };
}

function ask(alarms: readonly UnsettledAlarm[], more: Partial<TriageAsk> = {}): readonly Triaged[] {
  return triage({ alarms, shown: [], open: [], recentRooms: 0, policy, at: now, ...more });
}

/** Each outcome in short: `raise web-down db-disk`. */
function told(outcomes: readonly Triaged[]): readonly string[] {
  return outcomes
    .map((each) => {
      const where =
        each.outcome === 'observe' || each.outcome === 'join'
          ? ` INC-${each.incident}`
          : each.outcome === 'show'
            ? ` in ${each.group}`
            : each.outcome === 'overflow'
              ? ` of ${each.service}`
              : '';
      return `${each.outcome}${where}: ${each.alarms
        .map(({ name }) => name)
        .toSorted()
        .join(' ')}`;
    })
    .toSorted();
}

describe('what an alarm means', () => {
  it.each<[string, Partial<UnsettledAlarm>, object]>([
    ['checkout-5xx', {}, { service: 'checkout', severity: 'SEV2', opens: true, holdMillis: 2 * minute, title: null }],
    ['checkout-slow', { tags: { severity: 'sev4' } }, { service: 'checkout', severity: 'SEV4', opens: false }],
    ['web-down', {}, { service: 'web', severity: 'SEV1', opens: true, title: 'The site is down' }],
    ['web-down', { tags: { service: 'mail', severity: 'SEV5' } }, { service: 'web', severity: 'SEV1' }],
    ['lag', { tags: { team: 'search' } }, { service: 'search', severity: null, opens: false }],
    ['lag', { tags: { team: 'search' }, account: '999999999999' }, { service: null }],
    ['lag', { tags: { team: 'Search' } }, { service: null }],
    ['else', { tags: { service: 'Mail', severity: '3' } }, { service: 'mail', severity: 'SEV3', opens: false }],
    ['else', { tags: { service: 'web', 'muster:service': 'mail' } }, { service: 'mail', opens: false }],
    ['else', { tags: { service: 'nobody knows', severity: 'urgent' } }, { service: null, severity: null }],
    ['else', {}, { service: null, severity: null, opens: false, title: null }],
  ])('%s %j', (name, more, expected) => {
    expect(treat(policy, alarm(name, more))).toMatchObject(expected);
  });

  it('is not taken from what every object has', () => {
    const rules = [mapping({ tags: { constructor: 'x' } })];
    expect(treat(policyOf({ rules }), alarm('else')).service).toBeNull();
  });
});

describe('a red alarm', () => {
  it('opens an incident once it was red for as long as its rule says', () => {
    expect(ask([alarm('checkout-5xx', { since: now - minute })])).toMatchObject([
      { outcome: 'wait', until: now + minute },
    ]);
    expect(ask([alarm('checkout-5xx', { since: now - 2 * minute })])).toMatchObject([
      { outcome: 'raise', title: 'checkout-5xx is red', severity: 'SEV2', services: ['checkout'] },
    ]);
  });

  it('that opens nothing is shown with its service, and one that nobody knows apart', () => {
    expect(told(ask([alarm('checkout-slow'), alarm('else'), alarm('lag', { tags: { team: 'search' } })]))).toEqual([
      'show in checkout: checkout-slow',
      'show in search: lag',
      'show in unmapped: else',
    ]);
  });

  it('that only a tag maps opens nothing, however bad it says it is', () => {
    expect(told(ask([alarm('else', { tags: { service: 'mail', severity: 'SEV1' } })]))).toEqual(['show in mail: else']);
  });

  it('waits for the end of its mute window, and of the hour for which it is ignored', () => {
    const muted = alarm('checkout-5xx', { mutedUntil: now + 5 * minute });
    const ignored = alarm('else', { ignoredUntil: now + 9 * minute, mutedUntil: now - minute });
    expect(ask([muted, ignored], { open: [incident()] })).toMatchObject([
      { outcome: 'wait', until: now + 5 * minute },
      { outcome: 'wait', until: now + 9 * minute },
    ]);
    expect(told(ask([{ ...muted, mutedUntil: now }]))).toEqual(['raise: checkout-5xx']);
  });

  it('that is not red any more asks nothing', () => {
    expect(ask([alarm('checkout-5xx', { state: 'OK' }), alarm('else', { state: 'INSUFFICIENT_DATA' })])).toEqual([]);
  });

  it('is the business of the incident that watches it', () => {
    const watches = [watch('checkout-5xx')];
    const red = [alarm('checkout-5xx')];
    const over = { status: 'resolved', watches, services: ['mail'] } as const;
    expect(told(ask(red, { open: [incident({ watches })] }))).toEqual(['observe INC-7: checkout-5xx']);
    expect(told(ask(red, { open: [incident({ watches, status: 'mitigated' })] }))).toEqual([
      'observe INC-7: checkout-5xx',
    ]);
    expect(told(ask(red, { open: [incident({ ...over, resolvedAt: now - 59 * minute })] }))).toEqual([
      'observe INC-7: checkout-5xx',
    ]);
    expect(told(ask(red, { open: [incident({ ...over, resolvedAt: now - 60 * minute })] }))).toEqual([
      'raise: checkout-5xx',
    ]);
    expect(told(ask(red, { open: [incident({ watches, test: true })] }))).toEqual(['raise: checkout-5xx']);
  });

  it('joins an incident that watches it when it is worse than that', () => {
    const open = [incident({ watches: [watch('checkout-5xx')], severity: 'SEV4' })];
    expect(told(ask([alarm('checkout-5xx')], { open }))).toEqual(['join INC-7: checkout-5xx']);
    const mitigated = [incident({ watches: [watch('checkout-5xx')], severity: 'SEV4', status: 'mitigated' })];
    expect(told(ask([alarm('checkout-5xx')], { open: mitigated }))).toEqual(['observe INC-7: checkout-5xx']);
  });

  it('that people say does not count opens nothing of its own meanwhile', () => {
    const open = [incident({ watches: [watch('checkout-5xx', { discounted: 'a load test' })] })];
    expect(told(ask([alarm('checkout-5xx')], { open }))).toEqual(['show in checkout: checkout-5xx']);
  });

  it('that people took out of an incident may open its own, and takes nothing along that belongs there', () => {
    const open = [incident({ separated: [arn('checkout-5xx')] })];
    expect(told(ask([alarm('checkout-5xx')], { open }))).toEqual(['raise: checkout-5xx']);
    const more = [alarm('checkout-5xx'), alarm('checkout-slow')];
    expect(told(ask(more, { open }))).toEqual(['join INC-7: checkout-slow', 'raise: checkout-5xx']);
    const late = [incident({ separated: [arn('checkout-5xx')], declaredAt: now - 60 * minute })];
    const shown = [alarm('checkout-slow')];
    expect(ask([alarm('checkout-5xx')], { open: late, shown })).toMatchObject([
      { raised: [{ since: now - 5 * minute }] },
    ]);
  });
});

describe('an open incident takes in', () => {
  const early = { declaredAt: now - 3 * 60 * minute };

  it('alarms of its service as long as it is not mitigated, all of them at once', () => {
    const red = [alarm('checkout-5xx', { since: now }), alarm('checkout-slow')];
    expect(told(ask(red, { open: [incident(early)] }))).toEqual(['join INC-7: checkout-5xx checkout-slow']);
    const mitigated = [incident({ status: 'mitigated' })];
    expect(told(ask([alarm('checkout-slow')], { open: mitigated }))).toEqual(['show in checkout: checkout-slow']);
  });

  it.each(['db-disk', 'web-down'])('%s, of a service that depends on it or that it depends on, for a while', (name) => {
    expect(told(ask([alarm(name)], { open: [incident()] }))).toEqual([`join INC-7: ${name}`]);
    expect(told(ask([alarm(name)], { open: [incident(early)] }))).toEqual([`raise: ${name}`]);
    const fresh = watch('checkout-5xx', { verdict: 'alarm', reds: [now - minute] });
    expect(told(ask([alarm(name)], { open: [incident({ ...early, watches: [fresh] })] }))).toEqual([
      `join INC-7: ${name}`,
    ]);
  });

  it('neighbours of what joins in the same round', () => {
    const open = [incident({ services: ['database'] })];
    expect(told(ask([alarm('web-down'), alarm('checkout-slow')], { open }))).toEqual([
      'join INC-7: checkout-slow web-down',
    ]);
    expect(told(ask([alarm('web-down')], { open }))).toEqual(['raise: web-down']);
  });

  it('an alarm of its own service rather than one of a neighbour', () => {
    const open = [incident(), incident({ id: 8 as IncidentId, services: ['database'] })];
    expect(told(ask([alarm('checkout-slow'), alarm('db-disk')], { open }))).toEqual([
      'join INC-7: checkout-slow',
      'join INC-8: db-disk',
    ]);
  });

  it('nothing whose service nobody knows', () => {
    expect(told(ask([alarm('else')], { open: [incident({ services: [] }), incident()] }))).toEqual([
      'show in unmapped: else',
    ]);
  });
});

describe('a storm', () => {
  it('is one incident: what depends on each other, with the worst severity, the opener first', () => {
    const red = [
      alarm('checkout-slow', { since: now - 9 * minute }),
      alarm('web-down', { since: now - minute }),
      alarm('db-disk', { since: now - 4 * minute }),
      alarm('mail-queue', { since: now - 3 * minute }),
      alarm('else'),
    ];
    const outcomes = ask(red);
    expect(told(outcomes)).toEqual([
      'raise: checkout-slow db-disk web-down',
      'raise: mail-queue',
      'show in unmapped: else',
    ]);
    expect(outcomes.find(({ outcome }) => outcome === 'raise')).toMatchObject({
      severity: 'SEV1',
      services: ['database', 'web', 'checkout'],
      title: 'db-disk is red',
      raised: [{ watch: { name: 'db-disk' } }, { watch: { name: 'web-down' } }, { watch: { name: 'checkout-slow' } }],
    });
  });

  it('brings along what was only shown so far, and what still waits for its hold', () => {
    const red = [alarm('checkout-5xx', { since: now }), alarm('db-disk')];
    const outcomes = ask(red, { shown: [alarm('checkout-slow'), alarm('mail-old')] });
    expect(told(outcomes)).toEqual(['raise: checkout-5xx checkout-slow db-disk']);
  });

  it('of one alarm with many series is one alarm', () => {
    const series = Array.from({ length: 50 }, (_, index) =>
      alarm('web-down', { contributor: { id: `c${index}`, words: '' }, since: now - index * minute }),
    );
    const [raise, ...others] = ask(series);
    expect(others).toEqual([]);
    expect(raise).toMatchObject({
      outcome: 'raise',
      title: 'The site is down',
      raised: [{ since: now - 49 * minute }],
    });
    expect(raise?.alarms).toHaveLength(50);
  });

  it('opens no more rooms than the catalog allows within an hour, the worst first', () => {
    const red = [alarm('mail-queue', { since: now - 9 * minute }), alarm('web-down'), alarm('checkout-slow')];
    expect(told(ask(red, { recentRooms: 2 }))).toEqual([
      'overflow of mail: mail-queue',
      'raise: checkout-slow web-down',
    ]);
    expect(told(ask(red, { recentRooms: 5 }))).toEqual([
      'overflow of mail: mail-queue',
      'overflow of web: web-down',
      'show in checkout: checkout-slow',
    ]);
    expect(told(ask(red, { policy: policyOf({ automaticRooms: 0 }) }))[0]).toBe('overflow of mail: mail-queue');
  });

  it('of ten thousand is decided in a moment', () => {
    const red = Array.from({ length: 10_000 }, (_, index) => alarm(`db-${index}`, { since: now - 5 * minute - index }));
    const before = performance.now();
    const [raise] = ask(red, {
      open: Array.from({ length: 50 }, (_, id) => incident({ id: id as IncidentId, services: ['mail'] })),
    });
    expect(raise?.alarms).toHaveLength(10_000);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

const names = ['checkout-5xx', 'checkout-slow', 'web-down', 'web-2', 'db-disk', 'db-2', 'mail-queue', 'else'] as const;
const name = fc.constantFrom(...names);
const moment = fc.integer({ min: now - 120 * minute, max: now });
const until = fc.option(fc.integer({ min: now - minute, max: now + minute }));
const anyAlarm = fc
  .record({ name, since: moment, mutedUntil: until, ignoredUntil: until, series: fc.nat(2), red: fc.boolean() })
  .map(({ series, red, name: called, ...rest }) =>
    alarm(called, {
      ...rest,
      state: red ? 'ALARM' : 'OK',
      contributor: series === 0 ? null : { id: `s${series}`, words: '' },
    }),
  );
const anyWatch = fc
  .record({
    name,
    verdict: fc.constantFrom('alarm' as const, 'ok' as const, null),
    discounted: fc.option(fc.constant('x')),
  })
  .map(({ name: called, ...rest }) => watch(called, rest));
const anyIncident = fc
  .record({
    status: fc.constantFrom<Status>(...statuses),
    services: fc.subarray(['web', 'checkout', 'database', 'mail']),
    severity: fc.constantFrom<Severity | null>(null, 'SEV1', 'SEV3', 'SEV5'),
    declaredAt: moment,
    resolvedAt: fc.option(moment),
    test: fc.boolean(),
    watches: fc.uniqueArray(anyWatch, { selector: (each) => each.alarm, maxLength: 4 }),
    separated: fc.subarray(names.map(arn), { maxLength: 2 }),
  })
  .map((more) => incident({ ...more, watches: more.watches.filter((each) => !more.separated.includes(each.alarm)) }));
const anyAsk = fc
  .record({
    alarms: fc.uniqueArray(anyAlarm, {
      selector: (each) => `${each.alarm} ${each.contributor?.id ?? ''}`,
      maxLength: 16,
    }),
    open: fc.array(anyIncident, { maxLength: 4 }),
    recentRooms: fc.nat(4),
  })
  .map(({ open, ...rest }) => ({
    ...rest,
    open: open.map((each, index) => ({ ...each, id: (index + 1) as IncidentId })),
  }));

describe('whatever is red and open', () => {
  it('every red alarm comes to exactly one thing', () => {
    fc.assert(
      fc.property(anyAsk, (given) => {
        const decided = ask(given.alarms, given).flatMap(({ alarms }) => alarms);
        expect(new Set(decided).size).toBe(decided.length);
        expect(new Set(decided)).toEqual(new Set(given.alarms.filter(({ state }) => state === 'ALARM')));
      }),
      { numRuns: 500 },
    );
  });

  it('only what its rule lets open something opens or overflows, after its hold, and within the limit', () => {
    fc.assert(
      fc.property(anyAsk, (given) => {
        const outcomes = ask(given.alarms, given);
        const raises = outcomes.filter((each) => each.outcome === 'raise');
        expect(raises.length).toBeLessThanOrEqual(Math.max(0, 3 - given.recentRooms));
        for (const { raised, alarms } of raises) {
          const first = alarms.find((each) => each.alarm === raised[0]?.watch.alarm && each.since === raised[0].since);
          const { opens, holdMillis } = treat(policy, first ?? alarm('else'));
          expect(opens && now - (first?.since ?? now) >= holdMillis).toBe(true);
        }
        for (const each of outcomes) {
          if (each.outcome === 'overflow') expect(each.alarms.every((one) => treat(policy, one).opens)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('an incident that is mitigated or over takes in nothing that it does not watch, and none takes what people refused', () => {
    fc.assert(
      fc.property(anyAsk, (given) => {
        for (const each of ask(given.alarms, given)) {
          if (each.outcome !== 'join' && each.outcome !== 'observe') continue;
          const into = given.open.find(({ id }) => id === each.incident) ?? incident();
          const watched = new Set(into.watches.map((one) => one.alarm));
          const growing = into.status === 'investigating' || into.status === 'identified';
          for (const one of each.alarms) {
            expect((growing && each.outcome === 'join') || watched.has(one.alarm)).toBe(true);
            expect(into.separated).not.toContain(one.alarm);
            expect(into.watches.find(({ alarm: its }) => its === one.alarm)?.discounted ?? null).toBeNull();
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
