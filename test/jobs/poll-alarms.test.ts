import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCloudWatch } from '../../src/aws/cloudwatch.ts';
import { readCatalog } from '../../src/catalog.ts';
import { handle } from '../../src/handle.ts';
import type { Declare, IncidentCommand } from '../../src/incident/command.ts';
import type { TimelineRow } from '../../src/incident/event.ts';
import type { Incident, IncidentId, PersonId } from '../../src/incident/incident.ts';
import type { AlarmSelection } from '../../src/incident/policy.ts';
import type { Context } from '../../src/jobs/context.ts';
import { fetchHistory } from '../../src/jobs/fetch-history.ts';
import { ensurePolling, pollAlarms } from '../../src/jobs/poll-alarms.ts';
import { createLog } from '../../src/log.ts';
import { readAlarms, readTransitions } from '../../src/postgres/alarms.ts';
import { readIncident } from '../../src/postgres/incidents.ts';
import { openPagers } from '../../src/pager/pager.ts';
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
    traffic: { account: '123456789012', region: eu-west-1, namespace: App, metric: Requests }
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
    pagers: openPagers({ pagers: [], keys: new Map(), pagerDutyUrl: 'http://127.0.0.1:9' }),
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

function declareCheckout(severity: Declare['severity'] = null): Promise<Incident> {
  const facts = { severity, services: ['checkout'], test: false, origin: null, anyway: true, lead: false };
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

async function doubts(id: number): Promise<readonly (string | null)[]> {
  const incident = await readIncident(context.postgres, id as IncidentId);
  return (incident?.watches ?? []).map(({ doubt }) => doubt);
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
    expect(await doubts(id)).toEqual([null, 'no data']);
    await pollAfter(900);
    expect(await kinds(id)).not.toContain('recovery proved');
    expect((await timeline(id)).at(-1)?.text).toMatch(/^checkout-latency can't tell: OK, but no data since/);
  });

  test('is proved by errors that fall silent while the service lives, and not when it is gone', async () => {
    aws.alarms.put({ name: 'checkout-5xx', treatMissingData: 'notBreaching' });
    aws.metrics.setDatapoints(errors, []);
    const traffic = aws.metrics.put({ namespace: 'App', metric: 'Requests' });
    const { id } = await declareCheckout();
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    aws.metrics.stopData(traffic);
    await pollAfter(500);
    expect(await doubts(id)).toEqual(['no data', null]);
    await pollAfter(600);
    expect(await kinds(id)).not.toContain('recovery proved');
    aws.metrics.resumeData(traffic);
    await pollAfter(120);
    await pollAfter(600);
    expect((await kinds(id)).at(-1)).toBe('recovery proved');
  });

  test('does not wait for an alarm that is gone, and waits for one that is muted', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    aws.alarms.remove(errors);
    aws.muteRules.put({ name: 'works', alarms: ['checkout-latency'], forMinutes: 30 });
    await pollAfter(600);
    expect(await doubts(id)).toEqual(['gone', 'muted']);
    await pollAfter(1_500);
    expect(await doubts(id)).toEqual(['gone', null]);
    await pollAfter(610);
    expect((await kinds(id)).at(-1)).toBe('recovery proved');
  });

  test('waits anew when an alarm went red and green again while nobody looked', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    await moveClock(client, { byMillis: 300_000 });
    ahead += 300_000;
    aws.alarms.setState(errors, 'ALARM');
    aws.alarms.setState(errors, 'OK', { at: Date.now() + ahead + 10 });
    await pollAfter(330);
    expect(await doubts(id)).toEqual(['gap', null]);
    expect((await timeline(id)).map(({ text }) => text)).toContain(
      "checkout-5xx can't tell: it was not OK for a time between two polls",
    );
    await pollAfter(15);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    await pollAfter(580);
    expect(await kinds(id)).not.toContain('recovery proved');
    await pollAfter(30);
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

  test('is followed for an hour after an incident was resolved: red again, it reopens', async () => {
    const incident = await declareCheckout();
    await ask(incident, { name: 'resolve', reason: 'done', confirmed: true });
    await pollAfter(30);
    aws.alarms.setState(errors, 'ALARM', { at: Date.now() + ahead + 1_000 });
    await pollAfter(60);
    expect(await kinds(incident.id)).toContain('reopened');
  });

  test('is not followed after that', async () => {
    const incident = await declareCheckout();
    await ask(incident, { name: 'resolve', reason: 'done', confirmed: true });
    await pollAfter(30);
    await pollAfter(3_700);
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(60);
    expect(await kinds(incident.id)).not.toContain('reopened');
  });
});

describe('when CloudWatch can not be read', () => {
  test('a hiccup changes nothing, then the room is told since when Muster is blind, and when it sees again', async () => {
    const { id } = await declareCheckout();
    await pollAfter(30);
    const withdraw = aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', times: 99 });
    await pollAfter(30);
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    await pollAfter(30);
    expect(await doubts(id)).toEqual(['unread', 'unread']);
    expect((await readIncident(context.postgres, id))?.blind.map(({ place }) => place)).toEqual([
      'eu-west-1 (production)',
    ]);
    expect((await timeline(id)).find(({ kind }) => kind === 'blinded')?.text).toMatch(
      /^Blind in eu-west-1 \(production\) since \d\d:\d\d UTC: Muster's permissions there don't allow it\./,
    );
    const rows = (await timeline(id)).length;
    await pollAfter(30);
    expect(await timeline(id)).toHaveLength(rows);
    withdraw();
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
    expect(await kinds(id)).toContain('seen again');
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied' });
    await pollAfter(30);
    expect(await verdicts(id)).toEqual(['ok', 'ok']);
  });

  test('what was unreadable long ago, and not looked at since, is a hiccup again', async () => {
    const first = await declareCheckout();
    const withdraw = aws.inject({ kind: 'status', status: 403, code: 'AccessDenied', times: 99 });
    await pollAfter(30);
    await ask(first, { name: 'cancel', reason: 'a mistake', confirmed: true });
    await moveClock(client, { byMillis: 3_600_000 });
    ahead += 3_600_000;
    const { id } = await declareCheckout();
    await pollAfter(30);
    expect(await doubts(id)).toEqual([null, null]);
    withdraw();
  });
});

describe('what a poll finds goes where the messages go', () => {
  async function standing(arn: string): Promise<string | undefined> {
    return (await readAlarms(context.postgres, [arn]))[0]?.state;
  }
  async function triages(): Promise<number> {
    const { rowCount } = await client.query(`select from pgboss.job where name = 'triage-alarms' and state < 'active'`);
    return rowCount ?? 0;
  }
  function selecting(by: AlarmSelection['by']): Context {
    const selections = [{ account: '123456789012', region: 'eu-west-1', by }];
    return { ...context, policy: { ...context.policy, alarms: { ...context.policy.alarms, selections } } };
  }

  test('an alarm that opens, red and well again, once each', async () => {
    await pollAfter(60);
    expect(await standing(errors)).toBeUndefined();
    aws.alarms.setState(latency, 'ALARM');
    const red = aws.alarms.setState(errors, 'ALARM', { reason: 'Threshold Crossed' });
    await pollAfter(60);
    expect(await standing(latency)).toBeUndefined();
    expect(await readAlarms(context.postgres, [errors])).toMatchObject([
      { name: 'checkout-5xx', state: 'ALARM', since: Math.round(red.transitionedAt), because: 'Threshold Crossed' },
    ]);
    expect(await triages()).toBe(1);
    await client.query(`delete from pgboss.job where name = 'triage-alarms'`);
    await pollAfter(60);
    expect(await triages()).toBe(0);
    aws.alarms.setState(errors, 'OK');
    await pollAfter(60);
    expect(await standing(errors)).toBe('OK');
    expect(await triages()).toBe(1);
  });

  test('a selected alarm with its tags, and that it is well again although it is not found any more', async () => {
    const { arn } = aws.alarms.put({ name: 'search-5xx', tags: { service: 'search' }, state: 'ALARM' });
    context = selecting({ type: 'prefix', prefix: 'search-' });
    await pollAfter(60);
    expect(await readAlarms(context.postgres, [arn])).toMatchObject([{ state: 'ALARM', tags: { service: 'search' } }]);
    aws.alarms.setState(arn, 'OK');
    await pollAfter(60);
    expect(await standing(arn)).toBe('OK');
  });

  test('an alarm that was deleted while it was red is not red for ever', async () => {
    const { arn } = aws.alarms.put({ name: 'search-5xx', state: 'ALARM' });
    context = selecting({ type: 'prefix', prefix: 'search-' });
    await pollAfter(60);
    aws.alarms.remove(arn);
    await pollAfter(60);
    expect(await standing(arn)).toBe('ALARM');
    await pollAfter(600);
    expect(await standing(arn)).toBe('INSUFFICIENT_DATA');
  });

  test('how long a red alarm is muted', async () => {
    aws.muteRules.put({ name: 'works', alarms: ['checkout-5xx'], forMinutes: 60 });
    aws.alarms.setState(errors, 'ALARM');
    await pollAfter(60);
    const [alarm] = await readAlarms(context.postgres, [errors]);
    expect(alarm?.mutedUntil).toBeGreaterThan(Date.now() + ahead + 50 * 60_000);
  });
});

describe('many incidents', () => {
  test('that share their alarms cost what one does, and nothing is read anew when nothing changes', async () => {
    const incidents: Incident[] = [];
    for (let number = 0; number < 30; number++) incidents.push(await declareCheckout());
    aws.alarms.setState(errors, 'ALARM', { at: Date.now() + ahead + 5_000 });
    aws.clearCalls();
    await pollAfter(30);
    expect(aws.calls.filter(({ operation }) => operation === 'DescribeAlarms')).toHaveLength(1);
    for (const { id } of incidents) expect(await verdicts(id)).toEqual(['alarm', 'ok']);
    await pollAfter(30);

    const texts: string[] = [];
    const { postgres } = context;
    const query: typeof postgres.query = (text, values) => {
      texts.push(text);
      return postgres.query(text, values);
    };
    const counting = { ...postgres, query };
    const listening = { ...context, postgres: counting };
    await pollAlarms(listening);
    texts.splice(0);
    await pollAlarms(listening);
    expect(texts.filter((text) => text.includes('select state'))).toEqual([]);
    expect(texts.length).toBeLessThan(15);

    await ask(incidents[0] ?? null, { name: 'separate alarm', alarm: errors });
    texts.splice(0);
    await pollAlarms(listening);
    expect(texts.filter((text) => text.includes('select state'))).toHaveLength(2);
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
    expect(await waiting()).toHaveLength(1);
    await ensurePolling(context);
    expect((await waiting()).map(({ seconds }) => seconds <= 0)).toEqual([true]);
  });

  test('goes on when a poll breaks', async () => {
    await client.query('alter table outside_write rename to elsewhere');
    aws.inject({ kind: 'status', status: 403, code: 'AccessDenied' });
    await pollAlarms(context);
    expect(await waiting()).toHaveLength(1);
  });

  test.each([
    ['SEV1', 15],
    ['SEV2', 15],
    [null, 15],
    ['SEV3', 30],
    ['SEV4', 60],
    ['SEV5', 60],
  ] as const)('follows severity: %s every %i seconds, give or take a tenth', async (severity, seconds) => {
    const incident = await declareCheckout(severity);
    await pollAlarms(context);
    expect((await waiting())[0]?.seconds).toBeGreaterThan(seconds * 0.9 - 2);
    expect((await waiting())[0]?.seconds).toBeLessThanOrEqual(seconds * 1.1);
    await ask(incident, { name: 'resolve', reason: 'done', confirmed: true });
    await client.query(`delete from pgboss.job where name = 'poll-alarms'`);
    await pollAlarms(context);
    expect((await waiting())[0]?.seconds).toBeGreaterThan(52);
    expect((await waiting())[0]?.seconds).toBeLessThanOrEqual(66);
  });

  test('asks AWS nothing where no alarm is wanted', async () => {
    const services = context.policy.services.map((service) => ({ ...service, alarms: [] }));
    await pollAlarms({ ...context, policy: { ...context.policy, services } });
    expect(aws.calls).toEqual([]);
    expect((await waiting())[0]?.seconds).toBeGreaterThan(500);
  });

  test('asks for data, which costs money, only while an incident lasts', async () => {
    await pollAlarms(context);
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeAlarms']);
    await declareCheckout();
    await pollAlarms(context);
    expect(aws.calls.map(({ operation }) => operation)).toEqual([
      'DescribeAlarms',
      'DescribeAlarms',
      'ListAlarmMuteRules',
      'GetMetricData',
    ]);
  });
});

describe('the history of the alarms', () => {
  test('is stored once, and tells of a first breach that nobody knew of', async () => {
    const red = Date.now() + ahead - 10 * 60_000;
    aws.alarms.setState(errors, 'ALARM', { at: red });
    const incident = await declareCheckout();
    await fetchHistory(context, { incident: incident.id });
    await fetchHistory(context, { incident: incident.id });
    const stored = await readTransitions(context.postgres, { alarms: [errors], from: red - 1_000, to: red + 1_000 });
    expect(stored.map(({ state }) => state)).toEqual(['ALARM']);
    const after = await readIncident(context.postgres, incident.id);
    expect(after?.detection?.by).toBe('person');
    expect(after?.detection?.firstBreachAt).toBeLessThanOrEqual(red);
    const detected = (await timeline(incident.id)).filter(({ kind }) => kind === 'detected');
    expect(detected.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^First breach at \d\d:\d\d UTC \(checkout-5xx\), 1\d min before this was declared, by CloudWatch's history\.$/,
      ),
    ]);
  });

  test('does not take what was over long before for the beginning', async () => {
    const long = Date.now() + ahead - 5 * 3_600_000;
    aws.alarms.setState(errors, 'ALARM', { at: long });
    aws.alarms.setState(errors, 'OK', { at: long + 60_000 });
    const incident = await declareCheckout();
    await fetchHistory(context, { incident: incident.id });
    expect(await kinds(incident.id)).not.toContain('detected');
    const window = { alarms: [errors], from: long - 1_000, to: long + 120_000 };
    expect(await readTransitions(context.postgres, window)).toHaveLength(2);
  });

  test('tells that an alarm was changed during the incident, once', async () => {
    const incident = await declareCheckout();
    await moveClock(client, { byMillis: 60_000 });
    ahead += 60_000;
    aws.alarms.put({ name: 'checkout-5xx', threshold: 99 });
    await fetchHistory(context, { incident: incident.id });
    await fetchHistory(context, { incident: incident.id });
    const told = (await timeline(incident.id)).filter(({ kind }) => kind === 'alarm reconfigured');
    expect(told.map(({ text }) => text)).toEqual([
      'The alarm checkout-5xx was changed: what its state means may have changed.',
    ]);
  });

  test('is asked for again when CloudWatch does not answer', async () => {
    const incident = await declareCheckout();
    aws.inject({ kind: 'throttle', operation: 'DescribeAlarmHistory', times: 3 });
    await fetchHistory(context, { incident: incident.id });
    const { rowCount } = await client.query(`select from pgboss.job where name = 'fetch-history'`);
    expect(rowCount).toBe(1);
  });
});
