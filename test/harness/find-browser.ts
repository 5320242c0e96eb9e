/** The browser of this machine: none is downloaded. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of Chromium or Chrome: what `CHROME_PATH` says, else the first on the `PATH`; `null` when there is none. */
export async function findBrowser(): Promise<string | null> {
  const named = process.env['CHROME_PATH'] ?? '';
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const place of named === '' ? places : [named]) if (await canRun(place)) return place;
  return null;
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
