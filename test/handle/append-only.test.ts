import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TimelineRow } from '../../src/incident/event.ts';
import { addRows, readTimeline } from '../../src/postgres/timeline.ts';
import type { TestDatabase } from '../harness/database.ts';
import { testDatabase } from '../harness/database.ts';
import { system } from '../incident/scenario.ts';
import type { Replica } from './replica.ts';
import { declareWith, openReplica } from './replica.ts';

let database: TestDatabase;
let replica: Replica;
let row: TimelineRow;

beforeAll(async () => {
  database = await testDatabase();
  replica = await openReplica(database.url);
  const { id } = await declareWith(replica, 'declared', { lead: true });
  const [first] = await readTimeline(replica.postgres, id);
  if (first === undefined) throw new Error('no row');
  row = first;
});

afterAll(async () => {
  await replica.stop();
  await database.drop();
});

type Trial = { readonly refused: string | null; readonly changed: boolean };

async function attempt(sql: string): Promise<Trial> {
  const everything = 'select * from timeline join timeline_text on row_id = id order by id';
  const before = await replica.postgres.query(everything);
  const refused = await replica.postgres.query(sql).then(
    () => null,
    (error: unknown) => String(error),
  );
  const after = await replica.postgres.query(everything);
  return { refused, changed: JSON.stringify(after.rows) !== JSON.stringify(before.rows) };
}

const kept = { refused: expect.stringMatching(/append-only|foreign key/), changed: false };

describe('the timeline', () => {
  test.each([
    `update timeline set kind = 'note'`,
    `update timeline set occurred_at = now()`,
    `update timeline set link = null where id = 1`,
    `delete from timeline`,
    `delete from timeline where id = 1`,
    `truncate timeline cascade`,
    `truncate incident cascade`,
    `delete from incident`,
    `delete from timeline_text`,
    `truncate timeline_text`,
    `update timeline_text set text = 'nothing happened'`,
    `update timeline_text set text = ''`,
    `update timeline_text set text = 'nothing', blanked_at = now(), blanked_by = '{"type":"system"}'`,
    `update timeline_text set row_id = row_id + 1000, text = '', blanked_at = now(), blanked_by = '{"type":"system"}'`,
    `update timeline_text set blanked_at = now(), blanked_by = '{"type":"system"}'`,
    `merge into timeline using (values (1)) as v (id) on timeline.id = v.id when matched then delete`,
    `insert into timeline_text (row_id, text) values (1, 'x') on conflict (row_id) do update set text = excluded.text`,
  ])('refuses: %s', async (sql) => {
    expect(await attempt(sql)).toEqual(kept);
  });

  test('takes the same source once for an incident', async () => {
    const { id } = await declareWith(replica, 'another', { anyway: true });
    const again = { ...row, incident: id, recordedAt: row.recordedAt, actor: system, source: 'another#0' };
    await expect(replica.postgres.transaction((tx) => addRows(tx, [again]))).rejects.toThrow(/timeline_source_once/);
  });
});

describe('the words of a row', () => {
  const blank = (id: number): string =>
    `update timeline_text set text = '', blanked_at = muster_now(), blanked_by = '{"type":"system"}' where row_id = ${id}`;

  test('can be blanked, with a trace, and the row stays', async () => {
    const { id } = await declareWith(replica, 'blanked', { anyway: true });
    const [before, ...others] = await readTimeline(replica.postgres, id);
    if (before === undefined) throw new Error('no row');
    await replica.postgres.query(blank(before.id));
    expect(await readTimeline(replica.postgres, id)).toEqual([{ ...before, text: '' }, ...others]);
  });

  test('can be blanked once, and never come back', async () => {
    const { id } = await declareWith(replica, 'blanked twice', { anyway: true });
    const [before] = await readTimeline(replica.postgres, id);
    if (before === undefined) throw new Error('no row');
    await replica.postgres.query(blank(before.id));
    expect(await attempt(blank(before.id))).toEqual(kept);
    expect(
      await attempt(`update timeline_text set blanked_at = null, blanked_by = null where row_id = ${before.id}`),
    ).toEqual(kept);
    expect(await attempt(`update timeline_text set text = 'back' where row_id = ${before.id}`)).toEqual(kept);
  });

  test('cannot be blanked without saying who did it', async () => {
    await expect(
      replica.postgres.query(`update timeline_text set text = '', blanked_at = muster_now() where row_id = ${row.id}`),
    ).rejects.toThrow(/timeline_text_blanked/);
  });
});
