import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCloudWatch } from '../../src/aws/cloudwatch.ts';
import { readCatalog } from '../../src/catalog.ts';
import { handle } from '../../src/handle.ts';
import type { Declare, IncidentCommand } from '../../src/incident/command.ts';
import type { TimelineRow } from '../../src/incident/event.ts';
import type { Incident, IncidentId, PersonId } from '../../src/incident/incident.ts';
import type { Context } from '../../src/jobs/context.ts';
import { ensurePolling, pollAlarms } from '../../src/jobs/poll-alarms.ts';
import { createLog } from '../../src/log.ts';
import { readIncident, readOpenIncidents } from '../../src/postgres/incidents.ts';
import { openPostgres } from '../../src/postgres/postgres.ts';
import { openQueue } from '../../src/postgres/queue.ts';
import { readTimeline } from '../../src/postgres/timeline.ts';
import { type SandboxAws, startAws } from '../../src/sandbox/aws/aws.ts';
import { moveClock } from '../../src/sandbox/clock.ts';
import { openSlack } from '../../src/slack/web-api.ts';
import { testDatabase } from '../harness/database.ts';

const catalog = `
accounts:
  '123456789012': { name: production }
defaults: { responders: [U0ANA000001] }
services:
  - name: checkout
    responders: [U0BEN000002]
    stabilisation: 10m
    alarms:
      - { name: checkout-5xx, account: '123456789012', region: eu-west-1, opens: SEV2, hold: 2m }
      - { name: checkout-latency, account: '123456789012', region: eu-west-1 }
`;
const ana = 'U0ANA000001' as PersonId;

let aws: SandboxAws;
let context: Context;
let client: Client;
let ahead: number;
let errors: string;
let latency: string;
let end: () => Promise<void>;
let asked = 0;

beforeEach(async () => {
  ahead = 0;
  aws = await startAws({ now: () => Date.now() + ahead });
  process.env['AWS_ENDPOINT_URL_CLOUDWATCH'] = aws.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIASANDBOX';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'sandbox';
  errors = aws.alarms.put({ name: 'checkout-5xx' }).arn;
  latency = aws.alarms.put({ name: 'checkout-latency' }).arn;
  const database = await testDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  const log = createLog('silent');
  const postgres = openPostgres(database.url, () => undefined);
  const queue = await openQueue(database.url, log);
  const reading = readCatalog(catalog, 'muster.yaml');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const { policy, accounts } = reading.catalog;
  context = {
    postgres,
    queue,
    policy,
    log,
    slack: openSlack(postgres, { token: 'xoxb-not-used', apiUrl: null }),
    cloudWatch: openCloudWatch({ accounts, log }),
  };
  end = async () => {
    await queue.stop();
    await postgres.close();
    await client.end();
    await database.drop();
    await aws.close();
  };
});
afterEach(() => end());

/** Lets time pass without anyone looking, then polls once. */
async function pollAfter(seconds: number): Promise<void> {
  await moveClock(client, { byMillis: seconds * 1000 });
  ahead += seconds * 1000;
  await pollAlarms(context);
}

async function ask(incident: Incident | null, command: Declare | IncidentCommand): Promise<Incident> {
  const id = `test:${(asked += 1)}`;
  const outcome = await handle(context, {
    id,
    by: { type: 'person', person: ana },
    incident: incident?.id ?? null,
    command,
  });
  if (outcome.type !== 'done') throw new Error(outcome.text);
  return outcome.incident;
}

function declareCheckout(): Promise<Incident> {
  const facts = { severity: null, services: ['checkout'], test: false, origin: null, anyway: false, lead: false };
  return ask(null, { name: 'declare', title: 'Payments fail', ...facts });
}

async function timeline(id: number): Promise<readonly TimelineRow[]> {
  return readTimeline(context.postgres, id as IncidentId);
}

async function kinds(id: number): Promise<readonly string[]> {
  return (await timeline(id)).map(({ kind }) => kind);
}

async function verdicts(id: number): Promise<readonly (string | null)[]> {
  const incident = await readIncident(context.postgres, id as IncidentId);
  return (incident?.watches ?? []).map(({ verdict }) => verdict);
}

async function openKeys(): Promise<readonly number[]> {
  return (await readOpenIncidents(context.postgres)).map(({ id }) => id).toSorted();
}

describe('recovery', () => {
  test('is proved after the window, and a poll that changes nothing writes nothing', async () => {
    const turned = Date.now() + ahead;
    const { id } = await declareCheckout();
    aws.alarms.setState(errors, 'ALARM', { at: turned + 100 });
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['alarm', 'ok']);
    aws.alarms.setState(errors, 'OK');
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    const rows = (await timeline(id)).length;
    await pollAfter(300);
    expect(await timeline(id)).toHaveLength(rows);
    await pollAfter(300);
    expect((await kinds(id)).at(-1)).toBe('recovery proved');
    await pollAfter(30);
    expect((await kinds(id)).filter((kind) => kind === 'recovery proved')).toHaveLength(1);
  });

  test('is not proved by an OK whose data has stopped', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    aws.metrics.stopData(latency);
    await pollAfter(400);
    expect(await verdicts(id)).toEqual(['ok', 'unknown']);
    await pollAfter(900);
    expect(await kinds(id)).not.toContain('recovery proved');
    expect((await timeline(id)).at(-1)?.text).toMatch(/^checkout-latency can't tell: OK, but no data since/);
  });

  test('waits anew when an alarm went red and green again while nobody looked', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    await moveClock(client, { byMillis: 300_000 });
    ahead += 300_000;
    aws.alarms.setState(errors, 'ALARM');
    aws.alarms.setState(errors, 'OK', { at: Date.now() + ahead + 10 });
    await pollAfter(330);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    expect(await kinds(id)).not.toContain('recovery proved');
    expect((await timeline(id)).map(({ text }) => text)).toContain(
      "checkout-5xx can't tell: it was not OK for a time between two polls",
    );
    await pollAfter(600);
    expect(await kinds(id)).toContain('recovery proved');
  });

  test('is not concluded from a poll that could not read every alarm', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', operation: 'GetMetricData' });
    await pollAfter(700);
    expect(await kinds(id)).not.toContain('recovery proved');
    await pollAfter(30);
    expect(await kinds(id)).toContain('recovery proved');
  });
});

describe('when CloudWatch can not be read', () => {
  test('nothing changes at first, the third poll in a row says why, and the next good one ends it', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    const withdraw = aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', times: 99 });
    await pollAfter(30);
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['unknown', 'unknown']);
    expect((await timeline(id)).at(-1)?.text).toMatch(
      /^checkout-latency can't tell: CloudWatch in eu-west-1 \(production\) can't be read: Muster's permissions there don't allow it \(since \d\d:\d\d UTC\)$/,
    );
    withdraw();
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied' });
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
  });
});

describe('an alarm that may open an incident', () => {
  test('opens one when it is still red after its hold, once', async () => {
    aws.alarms.setState(errors, 'ALARM', { reason: 'Threshold Crossed <!channel>' });
    aws.alarms.setState(latency, 'ALARM');
    await pollAfter(60);
    expect(await openKeys()).toEqual([]);
    await pollAfter(70);
    await pollAfter(30);
    await Promise.all([pollAlarms(context), pollAlarms(context)]);
    expect(await openKeys()).toEqual([1]);
    const [declared, red] = await timeline(1);
    expect(declared).toMatchObject({
      kind: 'declared',
      actor: { type: 'alarm', name: 'checkout-5xx' },
      link: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/checkout-5xx',
    });
    expect(red?.text).toBe('checkout-5xx is red: Threshold Crossed <!channel>');
    expect((await readIncident(context.postgres, 1 as IncidentId))?.severity).toBe('SEV2');
  });

  test('opens none when it is green again before', async () => {
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(60);
    aws.alarms.setState(errors, 'OK');
    await pollAfter(70);
    expect(await openKeys()).toEqual([]);
  });

  test('cancels its incident when it clears before anyone acted, and opens another when it turns red anew', async () => {
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(130);
    aws.alarms.setState(errors, 'OK');
    await pollAfter(30);
    expect((await kinds(1)).at(-1)).toBe('cancelled');
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(130);
    expect(await openKeys()).toEqual([2]);
  });

  test('joins what is open on its service, and opens its own once somebody says that it does not belong there', async () => {
    const declared = await declareCheckout();
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(60);
    await pollAfter(70);
    await pollAfter(30);
    expect(await openKeys()).toEqual([1]);
    expect((await kinds(1)).filter((kind) => kind === 'alarm joined')).toHaveLength(1);
    await ask(declared, { name: 'separate alarm', alarm: errors });
    await pollAfter(30);
    await pollAfter(30);
    expect(await openKeys()).toEqual([1, 2]);
    expect(await kinds(1)).not.toContain('relapsed');
    expect((await readIncident(context.postgres, 2 as IncidentId))?.watches.map(({ verdict }) => verdict)).toEqual([
      'alarm',
      'ok',
    ]);
  });

  test('does not come back for the same redness after its incident was cancelled by hand', async () => {
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(130);
    const opened = await readIncident(context.postgres, 1 as IncidentId);
    await ask(opened, { name: 'join' });
    await ask(opened, {
      name: 'cancel',
      reason: 'known maintenance',
      confirmed: true,
    });
    await pollAfter(30);
    expect(await openKeys()).toEqual([]);
  });
});

describe('the chain of polls', () => {
  async function waiting(): Promise<readonly { readonly seconds: number }[]> {
    const { rows } = await client.query<{ seconds: number }>(
      `select extract(epoch from start_after - muster_now())::float8 as seconds from pgboss.job
       where name = 'poll-alarms' and state < 'active'`,
    );
    return rows;
  }

  test('has one link, however many processes start and poll', async () => {
    await Promise.all([ensurePolling(context), ensurePolling(context), ensurePolling(context)]);
    expect(await waiting()).toHaveLength(1);
    // One that waits and is due would keep its place: here a worker has taken it.
    await client.query(`delete from pgboss.job where name = 'poll-alarms'`);
    await Promise.all([pollAlarms(context), pollAlarms(context)]);
    const [next, ...more] = await waiting();
    expect(more).toEqual([]);
    expect(next?.seconds).toBeGreaterThan(25);
    expect(next?.seconds).toBeLessThan(34);
    await ensurePolling(context);
    expect((await waiting()).map(({ seconds }) => seconds <= 0)).toEqual([true]);
  });

  test('goes on when a poll breaks', async () => {
    await client.query('alter table outside_write rename to elsewhere');
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied' });
    await pollAlarms(context);
    expect(await waiting()).toHaveLength(1);
  });

  test('asks AWS nothing where no alarm is wanted', async () => {
    const services = context.policy.services.map((service) => ({ ...service, alarms: [] }));
    await pollAlarms({ ...context, policy: { ...context.policy, services } });
    expect(aws.calls).toEqual([]);
    expect((await waiting())[0]?.seconds).toBeGreaterThan(60);
  });

  test('asks for data, which costs money, only while an incident lasts', async () => {
    await pollAlarms(context);
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeAlarms']);
    await declareCheckout();
    await pollAlarms(context);
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeAlarms', 'DescribeAlarms', 'GetMetricData']);
  });
});
