/** Only one sandbox may work in a folder: two would overwrite each other's state, and a fresh one would remove it. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const shape = z.object({ folder: z.string() });

/** @throws Error in words when a sandbox that answers works in this folder. */
export async function refuseSecond(folder: string): Promise<void> {
  const url = (await readFile(noteIn(folder), 'utf8').catch(() => '')).trim();
  if (url === '') return;
  // A note is left behind by a sandbox that was killed, and its port may be another's by now: so the page is asked.
  const said = await fetch(new URL('/api/folder', url), { signal: AbortSignal.timeout(2000) })
    .then(async (answer): Promise<unknown> => answer.json())
    .catch(() => undefined);
  if (shape.safeParse(said).data?.folder === folder)
    throw new Error(`A sandbox already works in ${folder}: ${url} Stop it first.`);
}

/** Notes where the sandbox of this folder can be found; returns a function that takes the note away. */
export async function noteRunning(folder: string, url: string): Promise<() => Promise<void>> {
  await writeFile(noteIn(folder), url);
  return () => rm(noteIn(folder), { force: true });
}

function noteIn(folder: string): string {
  return join(folder, 'sandbox.url');
}
