/** One poll of 500 red alarms that 1, 100 and 1,000 open incidents share: what it asks of CloudWatch, and how long it takes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { openCloudWatch } from '../aws/cloudwatch.ts';
import { readCatalog } from '../catalog.ts';
import { handle } from '../handle.ts';
import type { IncidentCommand, RaisedAlarm } from '../incident/command.ts';
import type { Actor, Incident, IncidentId, PersonId } from '../incident/incident.ts';
import type { Context } from '../jobs/context.ts';
import { pollAlarms } from '../jobs/poll-alarms.ts';
import { createLog } from '../log.ts';
import { readIncident } from '../postgres/incidents.ts';
import { openPagers } from '../pager/pager.ts';
import { migrate } from '../postgres/migrate.ts';
import { openPostgres } from '../postgres/postgres.ts';
import { openQueue } from '../postgres/queue.ts';
import { type SandboxAws, startAws } from '../sandbox/aws/aws.ts';
import { removePostgres, startPostgres } from '../sandbox/postgres.ts';
import { openSlack } from '../slack/web-api.ts';
import { type Measured, percentile, round } from './measured.ts';

const alarms = 500;
const sizes = [1, 100, 1_000] as const;
const quietCycles = 5;

/** So long after a poll all that Muster allows itself of CloudWatch's calls is there again; in life polls are further apart. */
const restMillis = 2_000;

const [account, region] = ['123456789012', 'eu-west-1'];
const person = 'U0ANA000001' as PersonId;

type Cycle = { readonly calls: number; readonly ms: number };
type Size = {
  readonly incidents: number;
  /** The first poll that sees them, and the one in which an alarm of all of them turns. */
  readonly first: Cycle;
  readonly turning: Cycle;
  readonly quiet: readonly Cycle[];
};

export async function measurePoll(): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const aws = await startAws();
  try {
    const { url } = await startPostgres({ folder });
    const context = await openContext(url, aws);
    try {
      return summarise(await measureSizes(context, aws));
    } finally {
      await context.queue.stop();
      await context.postgres.close();
    }
  } finally {
    await aws.close();
    await removePostgres(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a process of the bot has, without Slack: nothing here is told to anyone. */
async function openContext(databaseUrl: string, aws: SandboxAws): Promise<Context> {
  const log = createLog('warn');
  const reading = readCatalog(catalog(), 'muster.yaml');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const { policy, accounts } = reading.catalog;
  await migrate(databaseUrl, log);
  const postgres = openPostgres(databaseUrl, () => undefined);
  const standIn = { endpoint: aws.url, credentials: { accessKeyId: 'AKIASANDBOX', secretAccessKey: 'sandbox' } };
  return {
    postgres,
    queue: await openQueue(databaseUrl, log),
    policy,
    log,
    slack: openSlack(postgres, { token: 'xoxb-not-used', apiUrl: null }),
    cloudWatch: openCloudWatch({ accounts, log, standIn }),
    pagers: openPagers({ pagers: [], keys: new Map(), pagerDutyUrl: 'http://127.0.0.1:9' }),
  };
}

async function measureSizes(context: Context, aws: SandboxAws): Promise<readonly Size[]> {
  const red = Array.from({ length: alarms }, (_, index): RaisedAlarm => {
    const { arn, name, reason, transitionedAt } = aws.alarms.put({ name: nameOf(index), state: 'ALARM' });
    const watch = { alarm: arn, name, service: 'checkout' };
    return { watch, since: transitionedAt, because: reason, severity: null, firstBreachAt: null, link: null };
  });
  const measured: Size[] = [];
  let open = 0;
  let last: Incident | null = null;
  for (const incidents of sizes) {
    for (; open < incidents; open++) last = await openIncident(context, red, open);
    const first = await poll(context, aws);
    await expectVerdict(context, last, 'alarm');
    const quiet: Cycle[] = [];
    for (let number = 0; number < quietCycles; number++) quiet.push(await poll(context, aws));
    const [turned] = red;
    if (turned === undefined) throw new Error('there is no alarm');
    aws.alarms.setState(turned.watch.alarm, 'OK');
    const turning = await poll(context, aws);
    await expectVerdict(context, last, 'ok');
    aws.alarms.setState(turned.watch.alarm, 'ALARM');
    await poll(context, aws);
    measured.push({ incidents, first, turning, quiet });
  }
  return measured;
}

/** Declared without a service, which takes no time that grows with what is open, and given its alarms as people give them. */
async function openIncident(context: Context, red: readonly RaisedAlarm[], number: number): Promise<Incident> {
  const by: Actor = { type: 'person', person };
  const facts = { severity: 'SEV2', services: [], test: false, origin: null, anyway: true, lead: false } as const;
  const command = { name: 'declare', title: `Incident ${number}`, ...facts } as const;
  const declared = await handle(context, { id: `bench:${number}`, by, incident: null, command });
  if (declared.type !== 'done') throw new Error(declared.text);
  const joining: IncidentCommand = { name: 'join alarms', alarms: red };
  const { id } = declared.incident;
  const joined = await handle(context, { id: `bench:${number}:join`, by, incident: id, command: joining });
  if (joined.type !== 'done') throw new Error(joined.text);
  return joined.incident;
}

async function poll(context: Context, aws: SandboxAws): Promise<Cycle> {
  await wait(restMillis);
  aws.clearCalls();
  const begun = performance.now();
  await pollAlarms(context);
  const ms = performance.now() - begun;
  return { calls: aws.calls.filter(({ operation }) => operation === 'DescribeAlarms').length, ms };
}

/** A poll that did nothing would be quick. */
async function expectVerdict(context: Context, incident: Incident | null, verdict: 'alarm' | 'ok'): Promise<void> {
  const id = (incident?.id ?? 0) as IncidentId;
  const now = await readIncident(context.postgres, id);
  const watch = now?.watches.find(({ name }) => name === nameOf(0));
  if (now?.watches.length !== alarms || watch?.verdict !== verdict) {
    throw new Error(`INC-${id} does not know that ${nameOf(0)} is ${verdict}`);
  }
}

function summarise(measured: readonly Size[]): Measured {
  const each = <Value>(of: (size: Size) => Value): { readonly [incidents: string]: Value } =>
    Object.fromEntries(measured.map((size) => [String(size.incidents), of(size)]));
  const most = ({ first, turning, quiet }: Size): number =>
    Math.max(...[first, turning, ...quiet].map(({ calls }) => calls));
  const quietMs = ({ quiet }: Size): number =>
    round(
      percentile(
        quiet.map(({ ms }) => ms),
        0.5,
      ),
    );
  return {
    rows: [
      ['alarms', `${alarms}, all of them red and in every incident`],
      ...measured.map((size): [string, string] => [
        `${size.incidents} open`,
        `${most(size)} calls of DescribeAlarms a poll (most of all), ${quietMs(size)} ms (median of ${quietCycles}), ` +
          `${round(size.turning.ms)} ms when an alarm turns in all of them`,
      ]),
    ],
    result: {
      callsPerCycle: each(most),
      msPerCycle: each(quietMs),
      msFirstCycle: each(({ first }) => round(first.ms)),
      msWhenOneTurns: each(({ turning }) => round(turning.ms)),
      alarms,
    },
  };
}

function nameOf(index: number): string {
  return `checkout-${index + 1}`;
}

function catalog(): string {
  return stringify({
    accounts: { [account]: { name: 'production' } },
    defaults: { responders: [person] },
    services: [
      {
        name: 'checkout',
        responders: [person],
        alarms: Array.from({ length: alarms }, (_, index) => ({ name: nameOf(index), account, region })),
      },
    ],
  });
}
