/** Tells everybody, in the broadcast channel: one message that is kept true, and a new one where an edit would go unseen. */
import type { TimelineRow } from '../incident/event.ts';
import { isAnnounced } from '../incident/announcing.ts';
import type { Incident, Instant } from '../incident/incident.ts';
import { rank } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readIncident } from '../postgres/incidents.ts';
import { wantedAt } from '../postgres/outside-writes.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Message } from '../slack/blocks.ts';
import { announcement, raisedAnnouncement, unansweredAnnouncement } from '../slack/messages/announcement.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import { withoutMentions } from '../slack/quiet-mentions.ts';
import type { Context } from './context.ts';
import { asMember, keepPosted } from './keep.ts';
import { whoIsQuiet } from './who-is-quiet.ts';
import { attempt } from './write-once.ts';

export async function announce(context: Context, job: JobData['announce']): Promise<void> {
  const { postgres } = context;
  const incident = await readIncident(postgres, job.incident);
  const channel = context.policy.broadcastChannel;
  if (incident === null || incident.test || channel === null) return;
  const quiet = await whoIsQuiet(context, incident);
  const key = `announcement:${incident.id}`;
  const since = await wantedAt(postgres, key);
  // What was announced stays true, also when it turns out to be less bad.
  if (since !== null || isAnnounced(incident)) {
    const name = `the announcement in <#${channel}>`;
    const message = withoutMentions(announcement({ incident }), quiet);
    await keepPosted(context, { key, name, incident: incident.id, channel, message, join: true });
  }
  for (const row of await readTimeline(postgres, incident.id)) {
    const message = callOut(incident, row, since);
    if (message !== null) await post(context, { incident, channel, row, message: withoutMentions(message, quiet) });
  }
}

/** What deserves a message of its own: it became worse than was announced, or nobody came. */
function callOut(incident: Incident, row: TimelineRow, since: Instant | null): Message | null {
  const { event } = row;
  if (event.kind === 'severity changed') {
    const worse = rank(event.to) < rank(event.from) && rank(event.to) <= rank('SEV2');
    // What is announced for the first time says so itself.
    return worse && since !== null && row.recordedAt > since && isAnnounced(incident)
      ? raisedAnnouncement(incident, event.from)
      : null;
  }
  if (event.kind !== 'page ended' || (event.because !== 'unanswered' && event.because !== 'nobody')) return null;
  const page = incident.pages.find(({ key }) => key === event.page);
  return page === undefined || page.question === 'impact'
    ? null
    : unansweredAnnouncement(incident, page, row.occurredAt);
}

async function post(
  context: Context,
  ask: {
    readonly incident: Incident;
    readonly channel: string;
    readonly row: TimelineRow;
    readonly message: Message;
  },
): Promise<void> {
  const { incident, channel, row, message } = ask;
  const key = `announced:${row.id}`;
  await attempt(context, {
    key,
    incident: incident.id,
    method: 'chat.postMessage',
    what: `say so in <#${channel}>`,
    look: (since) => asMember(context, channel, () => findMessage(context.slack, { channel, key, since })),
    write: () => asMember(context, channel, () => postMessage(context.slack, { channel, key, message })),
  });
}
