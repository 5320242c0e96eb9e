/** Says in the messages with which people were called that it is over: whoever reads them later need not wonder. An edit wakes nobody. */
import type { TimelineRow } from '../incident/event.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import type { Job, JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { resultsOf, settled } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Message } from '../slack/blocks.ts';
import { callEnded } from '../slack/messages/call-ended.ts';
import { editMessage, type Posted } from '../slack/posting.ts';
import type { Context } from './context.ts';
import { digest, keepSet } from './keep.ts';

/** A message that was sent, with its words in Slack's format. */
export type Call = Posted & { readonly text: string };

/** The message that called somebody, last. */
export function callKey(row: TimelineRow, person: PersonId): string {
  return `private:${row.id}:${person}`;
}

/** Slack lets us edit fifty messages a minute in all, and the status card comes first. */
const atOnce = 5;
const paceMillis = 15_000;

export async function endCalls(context: Context, { incident: id }: JobData['end-calls']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  if (incident === null) return;
  const rows = await readTimeline(context.postgres, id);
  const edits = await readEdits(context, incident, rows);
  for (const { key, posted, message, value } of edits.slice(0, atOnce)) {
    await keepSet(context, {
      key,
      incident: id,
      method: 'chat.update',
      what: 'say to somebody in private that a page is over',
      value,
      set: () => editMessage(context.slack, posted, message),
    });
  }
  await ensureEnds(context, incident, rows);
}

/** Makes sure that the messages which should read otherwise are edited, in a while. */
export async function ensureEnds(context: Context, incident: Incident, rows: readonly TimelineRow[]): Promise<void> {
  if ((await readEdits(context, incident, rows)).length === 0) return;
  const runAt = (await readNow(context.postgres)) + paceMillis;
  const job: Job = { name: 'end-calls', key: `end-calls:${incident.id}`, data: { incident: incident.id }, runAt };
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [job]));
}

type Edit = { readonly key: string; readonly posted: Call; readonly message: Message; readonly value: string };

/** What is to be edited still. What Slack refused to edit is left as it is. */
async function readEdits(
  { postgres }: Context,
  incident: Incident,
  rows: readonly TimelineRow[],
): Promise<readonly Edit[]> {
  const calls = lastCalls(rows).map(({ row, person }) => ({ row, person, key: callKey(row, person) }));
  const edits = calls.map(({ key }) => editKey(key));
  const made = await resultsOf(postgres, [...calls.map(({ key }) => key), ...edits]);
  const done = await settled(postgres, edits);
  return calls.flatMap(({ row, person, key }): readonly Edit[] => {
    const posted = made.get(key);
    const message = isCall(posted) ? callEnded({ incident, row, person, said: posted.text }) : null;
    if (!isCall(posted) || message === null) return [];
    const value = digest(JSON.stringify(message));
    const refused = done.has(editKey(key)) && !made.has(editKey(key));
    return refused || made.get(editKey(key)) === value ? [] : [{ key: editKey(key), posted, message, value }];
  });
}

function editKey(key: string): string {
  return `${key}:ended`;
}

/** Of each page and person the last call: older ones need no word of their own. */
function lastCalls(rows: readonly TimelineRow[]): readonly { readonly row: TimelineRow; readonly person: PersonId }[] {
  const last = new Map<string, { readonly row: TimelineRow; readonly person: PersonId }>();
  for (const row of rows) {
    if (row.event.kind !== 'people paged') continue;
    for (const person of row.event.people) last.set(`${row.event.page} ${person}`, { row, person });
  }
  return [...last.values()];
}

function isCall(result: unknown): result is Call {
  return typeof result === 'object' && result !== null && 'channel' in result && 'ts' in result && 'text' in result;
}
