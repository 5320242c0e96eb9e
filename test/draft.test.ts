import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDraft } from '../src/draft.ts';
import type { IncidentEvent } from '../src/incident/event.ts';
import { rowKind } from '../src/incident/event.ts';
import type { Incident, IncidentId } from '../src/incident/incident.ts';
import { saveIncident } from '../src/postgres/incidents.ts';
import { openPostgres, type Postgres } from '../src/postgres/postgres.ts';
import { addRows } from '../src/postgres/timeline.ts';
import { testDatabase, type TestDatabase } from './harness/database.ts';
import { incidentOf, record } from './postmortem/record.ts';

let database: TestDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await testDatabase();
  postgres = openPostgres(database.url, () => undefined);
});

afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const [one, two, three] = [1, 2, 3] as readonly number[] as readonly [IncidentId, IncidentId, IncidentId];

async function save(id: IncidentId, merged: readonly IncidentId[], ...events: readonly IncidentEvent[]): Promise<void> {
  const [declared] = record().declare('14:00').rows;
  const incident: Incident = { ...incidentOf(`Incident ${id}`), id, merged };
  await postgres.transaction(async (tx) => {
    await saveIncident(tx, incident);
    for (const [index, event] of [...(declared === undefined ? [] : [declared.event]), ...events].entries()) {
      const at = Date.parse('2026-11-20T14:00:00Z') + index * 60_000;
      const source = `test:${id}#${index}`;
      const text = `${event.kind} in ${id}`;
      const row = {
        incident: id,
        occurredAt: at,
        recordedAt: at,
        kind: rowKind(event),
        event,
        source,
        text,
        link: null,
      };
      await addRows(tx, [{ ...row, actor: { type: 'system' } }]);
    }
  });
}

test('a draft holds the rows of every incident that turned out to be the same, also at second hand', async () => {
  const more = { services: [], watches: [], responders: [], stabilisationMillis: null };
  await save(three, [], { kind: 'merged into', incident: two });
  await save(two, [three], { kind: 'merged', incident: three, ...more }, { kind: 'merged into', incident: one });
  await save(one, [two], { kind: 'merged', incident: two, ...more });

  const draft = await readDraft(postgres, one);
  const markdown = draft.type === 'draft' ? draft.markdown : '';
  expect(markdown).toContain('written from 7 timeline rows of INC-1, INC-2, INC-3 and nothing else');
  expect(markdown).toMatch(/_INC-3_ \*\*declared\*\*, Muster: declared in 3 \[#1\]/);
  expect(markdown).toMatch(/_INC-2_ \*\*declared\*\*, Muster: declared in 2 \[#3\]/);

  expect(await readDraft(postgres, two)).toEqual({
    type: 'no draft',
    text: 'INC-2 turned out to be part of INC-1, whose draft holds both timelines.',
  });
});
