/** Everything around the bot on this machine alone: Slack, AWS, a Postgres, a clock, a page, and the bot as a child. */
import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'pg';
import type { AlarmSetup } from './aws/alarms.ts';
import { startAws, type SandboxAws } from './aws/aws.ts';
import type { RoadsSetup } from './aws/wiring.ts';
import { addresses, type PagerVariables } from './addresses.ts';
import { createBotProcess, type BotProcess } from './bot-process.ts';
import { passTime } from './clock-steps.ts';
import { installClock, moveClock, readClock, type ClockReading } from './clock.ts';
import { noteRunning, refuseSecond } from './only-one.ts';
import { refuseTakenPort, startPage } from './page.ts';
import type { CommandForm, Guide, PageWorld, Shortcut } from './page-world.ts';
import { startPager, type PagerSetup, type SandboxPager } from './pager/pager.ts';
import { openPostgres } from './postgres-outage.ts';
import { removePostgres } from './postgres.ts';
import { startSlack, type SlackOptions, type SlackStandIn } from './slack/slack.ts';

/** The bot, of which the sandbox knows the command line only. */
export type BotProgram = {
  readonly command: readonly [string, ...string[]];
  /** The folder in which it is started. */
  readonly folder: string;
  /** What it needs beyond the addresses and tokens of the sandbox. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its output goes: to this terminal, or (when left out) to `bot.log` in the sandbox's folder. */
  readonly output?: 'terminal' | 'file';
};

export type SandboxOptions = {
  /** Where all state is kept. */
  readonly folder: string;
  /** Begin anew: everything of an earlier sandbox in that folder is removed. */
  readonly fresh?: boolean;
  /** `none`: whoever starts the sandbox runs the bot, with `environment`. */
  readonly bot: BotProgram | 'none';
  /** Ports of the stand-in for Slack and of the page; free ones when left out. */
  readonly port?: number;
  readonly pagePort?: number;
  /** How Slack reaches the bot; over Socket Mode when left out. */
  readonly delivery?: SlackOptions['delivery'];
  readonly latencyMs?: number;
  readonly workspace?: SlackOptions['workspace'];
  /** The event types that the bot subscribed to; all when left out. */
  readonly events?: SlackOptions['events'];
  readonly region?: string;
  /** Alarms that exist from the beginning; those that are there already stay as they are. */
  readonly alarms?: readonly AlarmSetup[];
  /** How alarms reach the bot; `usualRoads` when left out. */
  readonly alarmRoads?: RoadsSetup;
  /** What calls people outside Slack, and by which variables the bot knows of it. */
  readonly pagers?: readonly (PagerSetup & PagerVariables)[];
  /** Where the bot hears what was answered in a pager; without it, it does not. */
  readonly botUrl?: string | null;
  readonly shortcuts?: { readonly global: readonly Shortcut[]; readonly message: readonly Shortcut[] };
  /** The slash commands, for completion while they are typed. */
  readonly commands?: readonly CommandForm[];
  /** What leads a newcomer through the page. */
  readonly guide?: Guide;
  /** `false`: the database does not survive a crash of the machine, for speed in tests. */
  readonly durable?: boolean;
};

/** A topic in the actions of every alarm, which feeds one queue; what can't be read there goes to its dead letters. */
export const usualRoads: RoadsSetup = {
  queues: [{ name: 'muster-alarms', deadLetterAfter: 5 }],
  topics: [{ name: 'muster-alarms', inEveryAlarm: true, to: [{ queue: 'muster-alarms' }] }],
};

export type SandboxClock = {
  /** What the clock shows, in epoch milliseconds. */
  now(): number;
  offsetMillis(): number;
  /** In one leap, also backwards. */
  move(move: { readonly byMillis: number } | { readonly to: number }): Promise<ClockReading>;
  /** Forwards, from one due job to the next. */
  pass(byMillis: number): Promise<ClockReading>;
};

export type Sandbox = {
  /** The address of the page. */
  readonly url: string;
  readonly slack: SlackStandIn;
  readonly aws: SandboxAws;
  readonly pager: SandboxPager;
  readonly postgres: { readonly url: string };
  readonly clock: SandboxClock;
  /** What a bot needs in its environment to live in this sandbox. */
  readonly environment: Readonly<Record<string, string>>;
  /** SIGKILL. Does nothing when the bot is not ours. */
  killBot(): Promise<void>;
  startBot(): Promise<void>;
  botRuns(): boolean;
  /** Stops everything; the state stays. */
  stop(): Promise<void>;
  /** Stops everything and removes the folder with all state (some of it may lie outside: see `removePostgres`). */
  remove(): Promise<void>;
};

/** Starts the sandbox. @throws Error in words when a port is taken or Postgres does not start. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const region = options.region ?? 'eu-west-1';
  const stops: (() => Promise<unknown>)[] = [];
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    for (const port of [options.port, options.pagePort]) if (port !== undefined) await refuseTakenPort(port);
    await mkdir(options.folder, { recursive: true });
    const folder = await realpath(options.folder);
    await refuseSecond(folder);
    if (options.fresh === true) await removeState(folder);
    const postgres = await openPostgres({
      folder: join(folder, 'postgres'),
      durable: options.durable ?? true,
      onChange: changed,
    });
    stops.push(() => postgres.stop());
    const clock = await openClock(postgres.url);
    stops.push(() => clock.close());
    const slack = await startSlack({
      now: () => clock.now(),
      stateFile: join(folder, 'slack.json'),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.delivery === undefined ? {} : { delivery: options.delivery }),
      ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
      ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      ...(options.events === undefined ? {} : { events: options.events }),
    });
    stops.push(() => slack.close());
    const aws = await startAws({
      now: () => clock.now(),
      stateFile: join(folder, 'aws.json'),
      defaultRegion: region,
      roads: options.alarmRoads ?? usualRoads,
    });
    stops.push(() => aws.close());
    for (const alarm of options.alarms ?? []) {
      const known = aws.alarms.list().some((one) => one.name === alarm.name && one.region === (alarm.region ?? region));
      if (!known) aws.alarms.put(alarm);
    }
    const pager = await startPager({
      now: () => clock.now(),
      stateFile: join(folder, 'pager.json'),
      pagers: options.pagers ?? [],
      botUrl: options.botUrl ?? null,
    });
    stops.push(() => pager.close());
    const standIns = { slack, aws, pager, pagers: options.pagers ?? [] };
    const environment = addresses({ ...standIns, region, databaseUrl: postgres.url });
    slack.onChange(changed);
    aws.onChange(changed);
    pager.onChange(changed);
    const bot = options.bot === 'none' ? null : await botOf(options.bot, { folder, environment, onChange: changed });
    const world: PageWorld = {
      folder,
      slack,
      aws,
      pager,
      clock: { ...clock, pass: async (byMillis) => passWith(clock, bot, byMillis) },
      bot,
      postgres,
      shortcuts: options.shortcuts ?? { global: [], message: [] },
      commands: options.commands ?? [],
      guide: options.guide ?? null,
      hasHome: options.events?.includes('app_home_opened') ?? true,
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const page = await startPage(world, options.pagePort === undefined ? {} : { port: options.pagePort });
    stops.push(() => page.close());
    stops.push(await noteRunning(folder, page.url));
    if (bot !== null) {
      stops.push(() => bot.stop());
      await bot.start();
    }
    return {
      url: page.url,
      slack,
      aws,
      pager,
      postgres: { url: postgres.url },
      clock,
      environment,
      killBot: async () => bot?.kill(),
      startBot: async () => bot?.start(),
      botRuns: () => bot?.running() ?? false,
      stop,
      async remove() {
        await stop();
        await removeState(folder);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function removeState(folder: string): Promise<void> {
  await removePostgres(join(folder, 'postgres'));
  for (const name of ['slack.json', 'aws.json', 'pager.json', 'bot.log']) await rm(join(folder, name), { force: true });
}

async function openClock(url: string): Promise<SandboxClock & { close(): Promise<void> }> {
  const pool = new Pool({ connectionString: url, max: 2 });
  // A connection that breaks while it is idle is replaced by the pool.
  pool.on('error', () => undefined);
  await installClock(pool);
  let offset = (await readClock(pool)).offsetMillis;
  const keep = (reading: ClockReading): ClockReading => {
    offset = reading.offsetMillis;
    return reading;
  };
  const now = (): number => Date.now() + offset;
  return {
    now,
    offsetMillis: () => offset,
    move: async (move) => keep(await moveClock(pool, move)),
    async pass(byMillis) {
      const to = now() + byMillis;
      // However long the leap, a hundred stops are enough to see.
      return passTime(pool, to, { leastStepMillis: byMillis / 100, onStep: keep });
    },
    close: () => pool.end(),
  };
}

/** Nobody would answer to the timers of a bot that is down: then time leaps. */
async function passWith(clock: SandboxClock, bot: BotProcess | null, byMillis: number): Promise<ClockReading> {
  return bot?.running() === false ? clock.move({ byMillis }) : clock.pass(byMillis);
}

async function botOf(
  program: BotProgram,
  known: {
    readonly folder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly onChange: () => void;
  },
): Promise<BotProcess> {
  return createBotProcess({
    command: program.command,
    folder: program.folder,
    environment: { ...known.environment, ...program.environment },
    pidFile: join(known.folder, 'bot.pid'),
    logFile: program.output === 'terminal' ? null : join(known.folder, 'bot.log'),
    onChange: known.onChange,
  });
}
