/** What of the stand-in outlives a restart, as one file. Messages in queues and subscriptions do not. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SavedAlarms } from './alarm-store.ts';
import type { MuteRule } from './mute-rules.ts';
import type { Series } from './series.ts';
import type { SupportCase } from './support.ts';

export type Saved = SavedAlarms & {
  readonly cases: readonly SupportCase[];
  readonly series: readonly Series[];
  readonly muteRules: readonly MuteRule[];
};

export type StateFile = {
  readonly saved: Saved;
  /** Writes soon: many changes at once are one write. */
  saveSoon(): void;
  /** Writes what waits, at once. */
  flush(): void;
};

const soonMillis = 20;

/** Opens the file; without a name nothing is kept. `read` gives what is to be saved. */
export function openStateFile(name: string | undefined, read: () => Saved): StateFile {
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    if (timer === undefined || name === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    mkdirSync(dirname(name), { recursive: true });
    // Written beside and renamed, so that a kill in the middle leaves the last whole state.
    writeFileSync(`${name}.new`, JSON.stringify(read()));
    renameSync(`${name}.new`, name);
  }

  return {
    saved: load(name),
    saveSoon() {
      if (name !== undefined) timer ??= setTimeout(flush, soonMillis);
    },
    flush,
  };
}

function load(name: string | undefined): Saved {
  const nothing: Saved = { alarms: [], history: [], cases: [], series: [], muteRules: [] };
  if (name === undefined || !existsSync(name)) return nothing;
  return { ...nothing, ...(JSON.parse(readFileSync(name, 'utf8')) as Partial<Saved>) };
}
