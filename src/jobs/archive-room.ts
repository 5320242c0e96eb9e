/** Archives the room of an incident that was closed long enough ago, once its draft is exported. */
import { Later } from '../failure.ts';
import { record } from '../handle.ts';
import { archiveAt } from '../incident/keep-time.ts';
import type { JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { countUnfinished, isExported } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { archiveChannel } from '../slack/war-room.ts';
import type { Context } from './context.ts';
import { attempt } from './write-once.ts';

/** How long to wait for an export that is still under way, and for one that somebody has to ask for again, in milliseconds. */
const exportMillis = 10 * 60_000;
const askMillis = 60 * 60_000;

export async function archiveRoom(context: Context, { incident: id }: JobData['archive-room']): Promise<void> {
  const { postgres, policy, slack } = context;
  const incident = await readIncident(postgres, id);
  const due = incident === null ? null : archiveAt(incident, policy);
  if (incident === null || incident.room === null || due === null || due > (await readNow(postgres))) return;
  const { channel } = incident.room;
  // Afterwards nothing can be read or written there any more.
  if ((await countUnfinished(postgres, id)) > 0) throw new Later(exportMillis, 'an export is not finished yet');
  if (!(await isExported(postgres, id, incident.closedAt ?? 0))) throw new Later(askMillis, 'nothing was exported yet');
  const archived = await attempt(context, {
    key: `archive:${id}:${incident.closedAt ?? 0}`,
    incident: id,
    method: 'conversations.archive',
    look: () => Promise.resolve(null),
    write: () => archiveChannel(slack, channel),
  });
  if (archived === null) return;
  await record(context, {
    incident: id,
    source: `archived:${id}:${incident.closedAt ?? 0}`,
    happenings: [{ event: { kind: 'room archived' }, text: 'The room was archived.' }],
  });
}
