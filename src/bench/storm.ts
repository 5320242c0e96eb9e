/** Twenty thousand messages about the alarms of one service, half by SQS, half by SNS over HTTPS: one incident, none lost. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { AlarmState } from '../incident/alarm.ts';
import type { IncidentId } from '../incident/incident.ts';
import { readIncident } from '../postgres/incidents.ts';
import { openPostgres, type Postgres } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { openArena } from './arena.ts';
import { type Measured, round } from './measured.ts';

const alarms = 500;
/** Of each alarm by each road, red first and last. */
const changes = 19;
/** So many messages are sent a second time. */
const repeated = 500;
const messages = alarms * changes + repeated;

const [account, region] = ['123456789012', 'eu-west-1'];
const topic = `arn:aws:sns:${region}:${account}:alarms`;
const queue = 'alarms';
const prefix = 'storm-';

const secondMillis = 1_000;
const apartMillis = 10 * secondMillis;
const firstMinuteMillis = 60 * secondMillis;

type Road = 'queue' | 'topic';
type Change = { readonly name: string; readonly at: number; readonly state: AlarmState };
type Run = { readonly perSecond: number; readonly slowestAckMs: number };

export async function measureStorm(): Promise<Measured> {
  const port = await freePort();
  const arena = await openArena({
    catalog: catalog(),
    environment: { PORT: String(port) },
    alarmRoads: { queues: [{ name: queue, deadLetterAfter: 5 }], topics: [{ name: queue }] },
  });
  const { sandbox } = arena;
  const postgres = openPostgres(sandbox.postgres.url, () => undefined);
  try {
    await subscribe(sandbox, port);
    // The roads follow each other, and all of it lies in the past: nothing is held back.
    const begun = Date.now() - 15 * 60 * secondMillis;
    const first = storm(begun);
    const second = storm(begun + changes * apartMillis);
    for (const { name, at } of first.slice(-alarms)) {
      const { arn } = sandbox.aws.alarms.put({ name });
      sandbox.aws.alarms.setState(arn, 'ALARM', { at });
    }
    const byQueue = await sendToQueue(sandbox, first);
    const byTopic = await sendToTopic(sandbox, second);
    await waitUntilSettled(postgres);
    const told = await readRoom(sandbox, postgres);
    return summarise({ byQueue, byTopic, told, ...(await check(postgres, [...first, ...second])) });
  } finally {
    await postgres.close();
    await arena.close();
  }
}

/** What happens, in order; what is told twice is not in it twice. */
function storm(from: number): readonly Change[] {
  return Array.from({ length: changes * alarms }, (_, index) => ({
    name: `${prefix}${index % alarms}`,
    at: from + Math.floor(index / alarms) * apartMillis,
    state: Math.floor(index / alarms) % 2 === 0 ? 'ALARM' : 'OK',
  }));
}

/** What the message of this number tells: the last ones tell again what was told before. */
function sayer(all: readonly Change[]): (index: number) => {
  readonly alarm: { readonly name: string };
  readonly at: number;
  readonly state: AlarmState;
} {
  return (index) => {
    const change = all[index < all.length ? index : (index - all.length) * changes];
    if (change === undefined) throw new Error('there are more messages than were asked for');
    const { name, at, state } = change;
    return { alarm: { name }, at, state };
  };
}

async function subscribe({ aws }: Sandbox, port: number): Promise<void> {
  aws.topics.subscribe(topic, { http: `http://127.0.0.1:${port}/sns` });
  const confirmed = (): boolean => aws.topics.subscriptions(topic).every(({ state }) => state === 'confirmed');
  await until(confirmed, 'the subscription is confirmed', 10 * secondMillis);
}

async function sendToQueue({ aws }: Sandbox, all: readonly Change[]): Promise<Run> {
  const sent = await aws.deliver({ count: messages, to: { queue }, say: sayer(all) });
  const begun = performance.now() - (messages / sent.perSecond) * secondMillis;
  if (!(await aws.queues.emptied(queue, 120 * secondMillis))) throw new Error('the queue was not emptied');
  const seconds = (performance.now() - begun) / secondMillis;
  return { perSecond: messages / seconds, slowestAckMs: aws.queues.slowestRemovalMillis(queue) };
}

async function sendToTopic({ aws }: Sandbox, all: readonly Change[]): Promise<Run> {
  const { taken, perSecond, slowestAckMs } = await aws.deliver({ count: messages, to: { topic }, say: sayer(all) });
  if (taken !== messages) throw new Error(`${messages - taken} messages of the topic were not taken`);
  return { perSecond, slowestAckMs };
}

/** Until every alarm is brought to an incident and nothing waits to be done about it. */
async function waitUntilSettled(postgres: Postgres): Promise<void> {
  const settled = async (): Promise<boolean> => {
    const { rows } = await postgres.query<{ left: number }>(
      `select (select count(*) from alarm where settled_since is distinct from since or incident is null)::int
            + (select count(*) from pgboss.job where name = 'triage-alarms' and state < 'completed' and start_after <= now())::int
        as left`,
    );
    return rows[0]?.left === 0;
  };
  await until(settled, 'all alarms are brought to an incident', 60 * secondMillis);
}

type Checked = {
  readonly incidents: number;
  /** Changes that are not stored, and alarms that no incident watches. */
  readonly lost: number;
  /** Changes that are stored but did not happen, and alarms that joined more than once. */
  readonly doubled: number;
};

async function check(postgres: Postgres, all: readonly Change[]): Promise<Checked> {
  const expected = new Set(all.map(({ name, at, state }) => `${name} ${at} ${state}`));
  const { rows } = await postgres.query<{ name: string; at: Date; state: string }>(
    `select substring(arn from '[^:]*$') as name, at, state from alarm_news`,
  );
  const found = rows.map(({ name, at, state }) => `${name} ${at.getTime()} ${state}`);
  const known = new Set(found);
  const ids = (await postgres.query<{ id: string }>('select id from incident order by id')).rows;
  const watched = new Set<string>();
  const joined: string[] = [];
  for (const { id } of ids) {
    const incident = await readIncident(postgres, Number(id) as IncidentId);
    for (const { name } of incident?.watches ?? []) watched.add(name);
    for (const { event } of await readTimeline(postgres, Number(id) as IncidentId)) {
      if (event.kind === 'alarms joined') joined.push(...event.alarms.map(({ watch }) => watch.name));
    }
  }
  const names = [...new Set(all.map(({ name }) => name))];
  const stored = [...expected].filter((change) => known.has(change)).length;
  return {
    incidents: ids.length,
    lost: expected.size - stored + names.filter((name) => !watched.has(name)).length,
    doubled: found.length - stored + joined.length - new Set(joined).size,
  };
}

type Told = { readonly messages: number; readonly bytes: number };

/** What the bot wrote into the room within a minute of its first message. */
async function readRoom({ slack }: Sandbox, postgres: Postgres): Promise<Told> {
  const room = (await readIncident(postgres, 1 as IncidentId))?.room;
  if (room === undefined || room === null) throw new Error('the incident has no room');
  const written = (): ReturnType<typeof slack.messages> =>
    slack.messages(room.channel).filter(({ subtype }) => subtype === null || subtype === 'bot_message');
  const openedAt = Math.min(...written().map(({ ts }) => Number(ts) * secondMillis));
  await wait(Math.max(0, openedAt + firstMinuteMillis - Date.now()));
  const early = written().filter(({ ts }) => Number(ts) * secondMillis <= openedAt + firstMinuteMillis);
  const bytes = early.map(({ text, blocks }) => Buffer.byteLength(JSON.stringify({ text, blocks })));
  return { messages: early.length, bytes: bytes.reduce((sum, size) => sum + size, 0) };
}

function summarise(
  measured: Checked & { readonly told: Told } & { readonly byQueue: Run; readonly byTopic: Run },
): Measured {
  const { incidents, lost, doubled, told } = measured;
  const figures = ({ perSecond, slowestAckMs }: Run): Run => ({
    perSecond: round(perSecond, 0),
    slowestAckMs: round(slowestAckMs, 0),
  });
  const roads: Readonly<Record<Road, Run>> = { queue: figures(measured.byQueue), topic: figures(measured.byTopic) };
  const seconds = messages / roads.queue.perSecond + messages / roads.topic.perSecond;
  const perSecond = round((2 * messages) / seconds, 0);
  const slowestAckMs = Math.max(roads.queue.slowestAckMs, roads.topic.slowestAckMs);
  const line = (run: Run): string => `${run.perSecond} a second, the slowest acknowledged after ${run.slowestAckMs} ms`;
  return {
    rows: [
      ['messages', `${messages} by each road, ${repeated} of them twice, about ${alarms} alarms of one service`],
      ['SQS', line(roads.queue)],
      ['SNS over HTTPS', line(roads.topic)],
      ['incidents', String(incidents)],
      ['lost, doubled', `${lost}, ${doubled}`],
      ['in the room', `${told.messages} messages in the first minute, ${told.bytes} bytes`],
    ],
    result: {
      incidents,
      lost,
      doubled,
      perSecond,
      slowestAckMs,
      roads,
      messagesInRoomFirstMinute: told.messages,
      bytesInRoomFirstMinute: told.bytes,
    },
  };
}

async function until(holds: () => boolean | Promise<boolean>, what: string, withinMillis: number): Promise<void> {
  for (const end = Date.now() + withinMillis; !(await holds()); await wait(50)) {
    if (Date.now() > end) throw new Error(`not within ${withinMillis / secondMillis} s: ${what}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

function catalog(): string {
  return stringify({
    workspace: { broadcastChannel: 'C0INCIDENTS' },
    accounts: { [account]: { name: 'production' } },
    alarms: {
      queues: [`https://sqs.${region}.amazonaws.com/${account}/${queue}`],
      topics: [topic],
      rules: [{ prefix, service: 'checkout', opens: 'SEV2', hold: '0s' }],
    },
    defaults: { responders: ['U0ANA000001'] },
    services: [{ name: 'checkout', responders: ['U0BEN000002'] }],
  });
}
