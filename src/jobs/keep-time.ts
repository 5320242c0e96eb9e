/** Does what is due in an incident because time went by, and waits for what is due next. */
import { handle } from '../handle.ts';
import { archiveAt, nextTime } from '../incident/keep-time.ts';
import { callsGroups } from '../incident/page.ts';
import type { JobData } from '../incident/job.ts';
import { readLastWord } from '../postgres/directory.ts';
import { readIncident, readOpenIds } from '../postgres/incidents.ts';
import { readNow } from '../postgres/postgres.ts';
import type { Context } from './context.ts';
import { seekGroups } from './refresh-directory.ts';

/** What is due but could not be decided yet, such as a group that is still read, is looked at again after this long. */
const againMillis = 2_000;

/** Makes sure that time is kept in every incident that is not over; called when a process starts, also beside others. */
export async function ensureTime({ postgres, queue }: Pick<Context, 'postgres' | 'queue'>): Promise<void> {
  for (const id of await readOpenIds(postgres)) {
    await postgres.transaction((tx) =>
      queue.enqueue(tx, [{ name: 'keep-time', key: `keep-time:${id}`, data: { incident: id } }]),
    );
  }
}

export async function keepTime(context: Context, { incident: id }: JobData['keep-time']): Promise<void> {
  const { postgres, policy, queue } = context;
  const begun = await readNow(postgres);
  const before = await readIncident(postgres, id);
  if (before === null) return;
  const lastWordAt = await readLastWord(postgres, id);
  const due = nextTime({ incident: before, at: begun, policy, lastWordAt });
  if (before.status !== 'closed' && ((due !== null && due <= begun) || before.pages.some(callsGroups))) {
    await handle(context, {
      id: `time:${id}:${begun}`,
      by: { type: 'timer' },
      incident: id,
      command: { name: 'keep time', lastWordAt },
    });
  }
  const after = await readIncident(postgres, id);
  if (after === null) return;
  await seekGroups(context, after);
  const now = await readNow(postgres);
  const archive = archiveAt(after, policy);
  const next = nextTime({ incident: after, at: now, policy, lastWordAt });
  await postgres.transaction(async (tx) => {
    if (archive !== null && archive <= now) {
      await queue.enqueue(tx, [{ name: 'archive-room', key: `archive-room:${id}`, data: { incident: id } }]);
    } else if (next !== null) {
      const runAt = next <= now ? now + againMillis : next;
      await queue.enqueue(tx, [{ name: 'keep-time', key: `keep-time:${id}`, data: { incident: id }, runAt }]);
    }
  });
}
