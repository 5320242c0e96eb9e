/** The bot as a process of its own in a sandbox, for measuring: a durable Postgres, a catalog made for the purpose. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { manifestEvents } from '../cli/manifest.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/sandbox.ts';

export type Arena = { readonly sandbox: Sandbox; close(): Promise<void> };

/** Starts the bot with this catalog; each call to Slack takes `latencyMs`. */
export async function openArena(options: {
  readonly catalog: string;
  readonly latencyMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly alarmRoads?: SandboxOptions['alarmRoads'];
  readonly workspace?: SandboxOptions['workspace'];
}): Promise<Arena> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const catalogPath = join(folder, 'muster.yaml');
  await writeFile(catalogPath, options.catalog);
  const sandbox = await startSandbox({
    folder,
    bot: {
      command: [process.execPath, 'src/main.ts'],
      folder: process.cwd(),
      environment: { MUSTER_CATALOG: catalogPath, PORT: '0', LOG_LEVEL: 'warn', ...options.environment },
    },
    latencyMs: options.latencyMs ?? 0,
    ...(options.alarmRoads === undefined ? {} : { alarmRoads: options.alarmRoads }),
    ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
    events: manifestEvents(),
  });
  for (const until = Date.now() + 30_000; sandbox.slack.socketCount() === 0; await wait(20)) {
    if (Date.now() > until) throw new Error('the bot did not connect within 30 s');
  }
  // Let what a start does come to an end.
  await wait(1_000);
  return {
    sandbox,
    close: () => sandbox.remove(),
  };
}
