import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCloudWatch } from '../../src/aws/cloudwatch.ts';
import { readCatalog } from '../../src/catalog.ts';
import type { AlarmNews } from '../../src/incident/alarm.ts';
import { handle } from '../../src/handle.ts';
import type { Command } from '../../src/incident/command.ts';
import type { IncidentId, PersonId } from '../../src/incident/incident.ts';
import type { Context } from '../../src/jobs/context.ts';
import { readFollowed, tellFollowed } from '../../src/jobs/followed-incidents.ts';
import { triageAlarms } from '../../src/jobs/triage-alarms.ts';
import { createLog } from '../../src/log.ts';
import { readUnsettled, saveNews } from '../../src/postgres/alarms.ts';
import { readOpenIncidents } from '../../src/postgres/incidents.ts';
import { openPagers } from '../../src/pager/pager.ts';
import { openPostgres, readNow } from '../../src/postgres/postgres.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import { readCard } from '../../src/postgres/triage.ts';
import { openSlack } from '../../src/slack/web-api.ts';
import { testDatabase } from '../harness/database.ts';

const catalog = `
accounts: { '123456789012': { name: production } }
workspace: { broadcastChannel: C0BROAD }
alarms:
  rules: [{ prefix: web-, service: web, opens: SEV2, hold: 0s }]
defaults: { responders: [U0ANA000001] }
services:
  - { name: web, responders: [U0BEN000002] }
`;

let context: Context;
let end: () => Promise<void>;

beforeEach(async () => {
  const database = await testDatabase();
  const log = createLog('silent');
  const postgres = openPostgres(database.url, () => undefined);
  const queue = await openQueue(database.url, log);
  const reading = readCatalog(catalog, 'muster.yaml');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const { policy, accounts } = reading.catalog;
  const slack = openSlack(postgres, { token: 'xoxb-not-used', apiUrl: null });
  const pagers = openPagers({ pagers: [], keys: new Map(), pagerDutyUrl: 'http://127.0.0.1:9' });
  context = { postgres, queue, policy, log, slack, pagers, cloudWatch: openCloudWatch({ accounts, log }) };
  end = async () => {
    await queue.stop();
    await postgres.close();
    await database.drop();
  };
});

afterEach(() => end());

/** One for each name, red or green since now. */
async function tell(state: AlarmNews['state'], names: readonly string[]): Promise<void> {
  const at = await readNow(context.postgres);
  const bare = { contributor: null, description: '', tags: {}, mutedUntil: null, firstBreachAt: null, because: '' };
  const received = names.map((name) => {
    const alarm = `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;
    return { road: 'queue' as const, news: { ...bare, alarm, name, state, at } };
  });
  await context.postgres.transaction((tx) => saveNews(tx, received));
}

async function waiting(): Promise<readonly { readonly name: string; readonly key: string }[]> {
  const { rows } = await context.postgres.query<{ name: string; key: string }>(
    `select name, singleton_key as key from pgboss.job where state = 'created' order by 1, 2`,
  );
  return rows;
}

test('more alarms than are read at once become one incident, in a few runs', async () => {
  await tell(
    'ALARM',
    Array.from({ length: 4_500 }, (_, index) => `web-${index}`),
  );
  for (let run = 0; run < 3; run++) {
    await triageAlarms(context);
    const more = (await waiting()).some(({ name }) => name === 'triage-alarms');
    expect(more).toBe(run < 2);
    await context.postgres.query(`delete from pgboss.job where name = 'triage-alarms'`);
  }
  expect(await readUnsettled(context.postgres)).toEqual([]);
  const incidents = await readOpenIncidents(context.postgres);
  expect(incidents.map(({ watches }) => watches.length)).toEqual([4_500]);
});

test('the same alarms twice open nothing new, and change nothing', async () => {
  await tell('ALARM', ['web-1', 'web-2', 'else']);
  await triageAlarms(context);
  const before = await readOpenIncidents(context.postgres);
  expect(before).toHaveLength(1);
  const card = await readCard(context.postgres, 'unmapped');
  expect(card).toMatchObject({ counts: { red: 1 }, lines: [{ name: 'else' }] });
  await triageAlarms(context);
  // As if nobody had noted what was done.
  await context.postgres.query('update alarm set settled_since = null, incident = null');
  await triageAlarms(context);
  expect(await readOpenIncidents(context.postgres)).toEqual(before);
  expect(await readCard(context.postgres, 'unmapped')).toEqual(card);
  expect(await readUnsettled(context.postgres)).toEqual([]);
});

test('an alarm that was never shown and cleared before anybody looked leaves no trace', async () => {
  await tell('ALARM', ['else', 'web-1']);
  await tell('OK', ['else', 'web-1']);
  expect(await readUnsettled(context.postgres)).toHaveLength(2);
  await triageAlarms(context);
  expect(await readUnsettled(context.postgres)).toEqual([]);
  expect(await readOpenIncidents(context.postgres)).toEqual([]);
  expect(await readCard(context.postgres, 'unmapped')).toBeNull();
  expect(await waiting()).toEqual([]);
});

test('what is red behind more cleared alarms than are read at once is looked at, too', async () => {
  const cleared = Array.from({ length: 2_000 }, (_, index) => `else-${index}`);
  await tell('ALARM', cleared);
  await tell('OK', cleared);
  await tell('ALARM', ['web-1']);
  await triageAlarms(context);
  expect(await readOpenIncidents(context.postgres)).toEqual([]);
  expect(await waiting()).toContainEqual({ name: 'triage-alarms', key: 'triage-alarms' });
  await triageAlarms(context);
  expect(await readOpenIncidents(context.postgres)).toHaveLength(1);
});

test('an alarm that is taken out of an incident which another was merged into is looked at anew', async () => {
  const by = { type: 'person', person: 'U0BEN000002' as PersonId } as const;
  const ask = (id: string, incident: number, command: Command): Promise<unknown> =>
    handle(context, { id, by, incident: incident as IncidentId, command });
  await tell('ALARM', ['web-1']);
  await triageAlarms(context);
  await handle(context, {
    id: 'declared',
    by,
    incident: null,
    command: {
      name: 'declare',
      title: 'Pages are slow',
      severity: 'SEV2',
      services: ['web'],
      test: false,
      origin: null,
      anyway: true,
      lead: true,
    },
  });
  await ask('merged', 1, { name: 'merge', into: 2 as IncidentId, confirmed: true });
  expect(await readUnsettled(context.postgres)).toEqual([]);
  const alarm = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web-1';
  await ask('separated', 2, { name: 'separate alarm', alarm });
  await triageAlarms(context);
  const open = await readOpenIncidents(context.postgres);
  expect(open.map(({ id, watches }) => [id, watches.length])).toEqual([
    [3, 1],
    [2, 0],
  ]);
});

test('an alarm that was taken out of the incident it opened, which then was cancelled, is shown', async () => {
  const by = { type: 'person', person: 'U0BEN000002' as PersonId } as const;
  await tell('ALARM', ['web-1']);
  await triageAlarms(context);
  const commands: readonly Command[] = [
    { name: 'join', page: null, said: false },
    { name: 'separate alarm', alarm: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web-1' },
    { name: 'cancel', reason: 'a test of the load balancer', confirmed: true },
  ];
  for (const command of commands) {
    await handle(context, { id: command.name, by, incident: 1 as IncidentId, command });
  }
  await triageAlarms(context);
  expect(await readUnsettled(context.postgres)).toEqual([]);
  expect(await readOpenIncidents(context.postgres)).toEqual([]);
  expect(await readCard(context.postgres, 'web')).toMatchObject({ counts: { red: 1 }, lines: [{ name: 'web-1' }] });
});

test('an alarm that went red again while a poll read it as green does not end with the incident that cancels itself', async () => {
  await tell('ALARM', ['web-1']);
  await triageAlarms(context);
  const [opened] = await readOpenIncidents(context.postgres);
  const [watch] = opened?.watches ?? [];
  if (watch === undefined) throw new Error('nothing was opened');
  const read = { verdict: 'ok', doubt: null, because: '', timing: null, since: watch.since + 1 } as const;
  await context.postgres.query(`update alarm set since = since + interval '2 milliseconds'`);
  await triageAlarms(context);
  const at = await readNow(context.postgres);
  await readFollowed(context.postgres, at);
  const readings = new Map([[watch.alarm, { alarm: watch.alarm, ...read }]]);
  await tellFollowed(context, { readings, blind: [], at: at + 1 });
  expect(await readOpenIncidents(context.postgres)).toEqual([]);
  await triageAlarms(context);
  expect((await readOpenIncidents(context.postgres)).map(({ id }) => id)).toEqual([2]);
});

test('a flapping alarm is one line that counts', async () => {
  for (let round = 0; round < 3; round++) {
    await tell('ALARM', ['else']);
    await triageAlarms(context);
    await context.postgres.query(`update alarm set since = since - interval '1 minute'`);
    await context.postgres.query(`update alarm_news set at = at - interval '1 minute'`);
    await context.postgres.query(`update triage_line set first_red_at = first_red_at - interval '1 minute'`);
    await context.postgres.query('update alarm set settled_since = since');
    if (round < 2) await tell('OK', ['else']);
    await triageAlarms(context);
  }
  expect(await readCard(context.postgres, 'unmapped')).toMatchObject({
    counts: { red: 1, cleared: 0 },
    lines: [{ times: 3, state: 'red' }],
  });
});
