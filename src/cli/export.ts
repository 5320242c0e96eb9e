/**
 * `npm run export -- INC-1 --out file.md`: the postmortem draft from the shell, also while Slack is down; with the headcount as
 * a picture beside it, in `file-headcount.svg`.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readDraft } from '../draft.ts';
import { headcountFileBeside } from '../export/file-name.ts';
import { openPostgres } from '../postgres/postgres.ts';
import { readRoomKey } from '../slack/ids.ts';
import { findDatabase } from './find-database.ts';

const usage = 'Usage: npm run export -- INC-1 [--out file.md]';

async function exportDraft(): Promise<void> {
  const { key, out } = readArguments();
  const id = readRoomKey(key);
  if (id === null) return refuse(`${key === '' ? 'Say which incident.' : `"${key}" is no incident's key.`} ${usage}`);
  const database = await findDatabase();
  if (database === null) {
    return refuse('There is no database to read: set DATABASE_URL, or start the sandbox once with npm start.');
  }
  const postgres = openPostgres(database.url, () => undefined);
  try {
    const draft = await readDraft(postgres, id);
    if (draft.type === 'no draft') return refuse(draft.text);
    if (out === null) process.stdout.write(draft.markdown);
    else {
      await writeFile(out, draft.markdown);
      process.stdout.write(`Written to ${out}\n`);
      if (draft.chart === null) return;
      const beside = headcountFileBeside(out);
      await writeFile(beside, draft.chart.svg);
      process.stdout.write(`The headcount as a picture: ${beside}\n`);
    }
  } finally {
    await postgres.close();
    await database.close();
  }
}

function readArguments(): { readonly key: string; readonly out: string | null } {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
    return { key: positionals[0] ?? '', out: values.out ?? null };
  } catch {
    return { key: '', out: null };
  }
}

function refuse(words: string): void {
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
}

await exportDraft();
