/** Forgets what arrived from Slack once it was handled: what matters of it stands in the timeline, where it can be blanked. */
import type { Job } from '../incident/job.ts';
import { forgetHandled } from '../postgres/inbox.ts';
import { readNow } from '../postgres/postgres.ts';
import type { Context } from './context.ts';

const dayMillis = 24 * 60 * 60_000;

/** One chain for the whole cluster: each time arms the next. */
const forgetting = { name: 'forget-handled', key: 'forget-handled', data: {} } as const satisfies Job;

export async function forgetArrived(context: Context): Promise<void> {
  await forgetHandled(context.postgres);
  const runAt = (await readNow(context.postgres)) + dayMillis;
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [{ ...forgetting, runAt }]));
}

/** Makes sure that the chain goes on; called when a process starts. */
export async function ensureForgetting(context: Context): Promise<void> {
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [forgetting]));
}
