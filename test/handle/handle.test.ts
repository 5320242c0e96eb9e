import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome, Shell } from '../../src/handle.ts';
import { handle, record } from '../../src/handle.ts';
import { apply, begin } from '../../src/incident/apply.ts';
import type { Incident, IncidentId } from '../../src/incident/incident.ts';
import { readIncident } from '../../src/postgres/incidents.ts';
import { readTimeline } from '../../src/postgres/timeline.ts';
import { moveClock } from '../../src/sandbox/clock.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { actors, commandsAt } from '../incident/arbitraries.ts';
import {
  ana,
  ben,
  by,
  declaration,
  join,
  level,
  minute,
  policy,
  raised,
  redAlarm,
  system,
} from '../incident/scenario.ts';
import type { Replica } from './replica.ts';
import { count, declareWith, openReplica } from './replica.ts';

let database: TestDatabase;
let one: Replica;
let two: Replica;

/** As many services as there are tries, so that no try meets another. */
const services = Array.from({ length: 20 }, (_, index) => `service-${index}`);
const wide = {
  ...policy,
  services: [
    ...policy.services,
    ...services.map((name) => ({
      name,
      levels: [level(ben)],
      alarms: [],
      needs: [],
      traffic: null,
      stabilisationMillis: minute,
      runbook: null,
      links: [],
      bridge: null,
      pager: null,
    })),
  ],
};

beforeAll(async () => {
  database = await testDatabase();
  [one, two] = await Promise.all([openReplica(database.url, wide), openReplica(database.url, wide)]);
});

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.drop();
});

async function replay(shell: Shell, id: IncidentId): Promise<Incident> {
  const [first, ...rest] = await readTimeline(shell.postgres, id);
  if (first === undefined) throw new Error('the timeline is empty');
  return rest.reduce(apply, begin(id, first));
}

describe('the same command id twice', () => {
  test('declares once', async () => {
    const incident = await declareWith(one, 'twice-declared', { anyway: true });
    const rows = await count(one, 'timeline');
    const again = await handle(two, {
      id: 'twice-declared',
      by: by(ana),
      incident: null,
      command: declaration({ anyway: true, title: 'Something else' }),
    });
    expect(again).toEqual({ type: 'done', incident, changed: false, repeated: true });
    expect(await count(one, 'timeline')).toBe(rows);
  });

  test('decides nothing new and adds no row, also from two processes at the same moment', async () => {
    const { id } = await declareWith(one, 'twice-asked', { anyway: true });
    const note = {
      name: 'note',
      noteKind: 'note',
      text: 'hm',
      occurredAt: null,
      link: null,
      said: false,
      saidBy: null,
    } as const;
    const asked = { id: 'the-same-note', by: by(ana), incident: id, command: note };
    const outcomes = await Promise.all([one, two, one, two].map((shell) => handle(shell, asked)));
    expect(outcomes.filter((outcome) => outcome.type === 'done' && outcome.changed)).toHaveLength(1);
    const notes = (await readTimeline(one.postgres, id)).filter(({ kind }) => kind === 'note');
    expect(notes.map(({ source }) => source)).toEqual(['the-same-note#0']);
    await handle(two, { ...asked, id: 'another-note' });
    expect((await readTimeline(one.postgres, id)).filter(({ kind }) => kind === 'note')).toHaveLength(2);
  });

  test('what was seen is recorded once', async () => {
    const { id } = await declareWith(one, 'seen', { anyway: true });
    const seen = {
      incident: id,
      source: 'seen-once',
      happenings: [{ event: { kind: 'write failed', method: 'pins.add' }, text: 'The card could not be pinned.' }],
    } as const;
    await Promise.all([record(one, seen), record(two, seen)]);
    expect((await readTimeline(one.postgres, id)).filter(({ kind }) => kind === 'write failed')).toHaveLength(1);
    expect(await record(one, { ...seen, incident: 999_999 as IncidentId })).toBeNull();
  });
});

describe('two processes that declare on one service at the same moment', () => {
  function splitOutcomes(outcomes: readonly Outcome[]): {
    done: Incident[];
    refused: Exclude<Outcome, { type: 'done' }>[];
  } {
    return {
      done: outcomes.flatMap((outcome) => (outcome.type === 'done' ? [outcome.incident] : [])),
      refused: outcomes.flatMap((outcome) => (outcome.type === 'done' ? [] : [outcome])),
    };
  }

  test.each(services)('end as one incident and one offer to join (%s)', async (service) => {
    const outcomes = await Promise.all(
      [one, two].map((shell, index) =>
        handle(shell, {
          id: `race:${service}:${index}`,
          by: by(index === 0 ? ana : ben),
          incident: null,
          command: declaration({ services: [service] }),
        }),
      ),
    );
    const { done, refused } = splitOutcomes(outcomes);
    expect(done).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.offers[0]).toEqual({
      label: `Join INC-${done[0]?.id}`,
      incident: done[0]?.id,
      command: join,
    });
    expect(await count(one, `incident where state -> 'services' ? '${service}'`)).toBe(1);
  });

  test('do not wait for each other for ever when they name several in another order', async () => {
    const both = ['search', 'mail'];
    const outcomes = await Promise.all(
      [both, both.toReversed(), both, both.toReversed()].map((named, index) =>
        handle(index % 2 === 0 ? one : two, {
          id: `crossed:${index}`,
          by: by(ana),
          incident: null,
          command: declaration({ services: named }),
        }),
      ),
    );
    expect(splitOutcomes(outcomes).done).toHaveLength(1);
  });

  test('an alarm found by both joins or opens once', async () => {
    const red = redAlarm({ watch: { alarm: 'arn:race', name: 'race', service: 'service-0' }, since: Date.now() });
    const command = raised({ alarms: [red], services: ['service-0'] });
    const outcomes = await Promise.all(
      [one, two].map((shell) => handle(shell, { id: 'alarm:race', by: system, incident: null, command })),
    );
    const [first, second] = splitOutcomes(outcomes).done;
    expect(first?.id).toBe(second?.id);
    expect(await count(one, `timeline where source = 'alarm:race#0'`)).toBe(1);
  });
});

describe('row, events and jobs', () => {
  test('are saved together', async () => {
    const { id } = await declareWith(one, 'together', { anyway: true });
    expect(await count(one, `pgboss.job where singleton_key = 'open-room:${id}'`)).toBe(1);
    expect((await readTimeline(one.postgres, id)).map(({ source, kind }) => [source, kind])).toEqual([
      ['together#0', 'declared'],
      ['together#1', 'page opened'],
      ['together#2', 'people paged'],
      ['together#3', 'page answered'],
    ]);
  });

  test.each([
    { when: 'before they are written', after: false },
    { when: 'after they are written', after: true },
  ])('are not saved when enqueuing fails $when', async ({ after }) => {
    const before = await Promise.all(
      ['incident', 'timeline', 'timeline_text', 'pgboss.job'].map((table) => count(one, table)),
    );
    const broken: Shell = {
      ...one,
      queue: {
        ...one.queue,
        async enqueue(tx, jobs) {
          if (after) await one.queue.enqueue(tx, jobs);
          throw new Error('the queue is away');
        },
      },
    };
    const id = `broken:${String(after)}`;
    const asked = { id, by: by(ana), incident: null, command: declaration({ anyway: true }) };
    await expect(handle(broken, asked)).rejects.toThrow('the queue is away');
    const now = await Promise.all(
      ['incident', 'timeline', 'timeline_text', 'pgboss.job'].map((table) => count(one, table)),
    );
    expect(now).toEqual(before);
    // Nothing is in the way of trying again.
    expect((await handle(one, asked)).type).toBe('done');
  });

  test('a refusal saves nothing', async () => {
    const { id } = await declareWith(one, 'refusing', { anyway: true });
    const rows = await count(one, 'timeline');
    const outcome = await handle(two, { id: 'refused', by: by(ben), incident: id, command: { name: 'close' } });
    expect(outcome.type).toBe('refused');
    expect(await count(one, 'timeline')).toBe(rows);
    const nowhere = await handle(two, {
      id: 'nowhere',
      by: by(ben),
      incident: 999_999 as IncidentId,
      command: join,
    });
    expect(nowhere).toMatchObject({ type: 'refused', text: expect.stringContaining('There is no INC-999999') });
  });
});

describe('a stored incident', () => {
  test('is what its stored events make of it, whatever was asked, and each thing asked twice counts once', async () => {
    const clock = { query: (text: string, values?: unknown[]) => one.postgres.query(text, values) };
    let run = 0;
    const steps = fc.array(
      fc.record({ actor: actors, command: commandsAt(Date.now()), pause: fc.integer({ min: 0, max: 15 * minute }) }),
      { minLength: 1, maxLength: 15, size: 'max' },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (asks, lead) => {
        const name = `run:${(run += 1)}`;
        const { id } = await declareWith(one, name, { anyway: true, lead });
        await record(one, {
          incident: id,
          source: `${name}:room`,
          happenings: [{ event: { kind: 'room opened', channel: `C${id}`, name: `inc-${id}` }, text: 'Opened.' }],
        });
        let rows = await count(one, 'timeline');
        for (const [index, { actor, command, pause }] of asks.entries()) {
          await moveClock(clock, { byMillis: pause });
          const asked = { id: `${name}:${index}`, by: actor, incident: id, command };
          const first = await handle(one, asked);
          const after = await count(one, 'timeline');
          if (first.type !== 'done' || !first.changed) expect(after).toBe(rows);
          else expect(await handle(two, asked)).toEqual({ ...first, changed: false, repeated: true });
          expect(await count(one, 'timeline')).toBe(after);
          rows = after;
          if (first.type === 'done') expect(await readIncident(one.postgres, id)).toEqual(first.incident);
        }
        expect(await replay(two, id)).toEqual(await readIncident(one.postgres, id));
      }),
      { numRuns: 25 },
    );
  });

  test('every row has both times and its words, and none lies after its recording', async () => {
    const { rows } = await one.postgres.query<{ late: number; all: number; worded: number }>(
      `select count(*) filter (where occurred_at > recorded_at)::int as late, count(*)::int as all,
              (select count(*)::int from timeline_text) as worded from timeline`,
    );
    expect(rows[0]?.late).toBe(0);
    expect(rows[0]?.worded).toBe(rows[0]?.all);
  });
});
