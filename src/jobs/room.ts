/** What stands in and around the room: the status card, topic, pin and bookmarks, answers elsewhere. */
import { Later } from '../failure.ts';
import type { Incident } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { arrivalOfSource, readArrived } from '../postgres/inbox.ts';
import { readIncident } from '../postgres/incidents.ts';
import { resultOf, settled } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import { declarerAnswer, originAnswer } from '../slack/messages/announcement.ts';
import { bookmarks, roomName, topic } from '../slack/messages/room.ts';
import { statusCard } from '../slack/messages/status-card.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import { respond, responseUrlOf } from '../slack/respond.ts';
import { addBookmark, bookmarkedLinks, pinMessage, renameRoom, setTopic } from '../slack/war-room.ts';
import { withoutMentions } from '../slack/quiet-mentions.ts';
import type { Context } from './context.ts';
import { asMember, digest, keepPosted, keepSet } from './keep.ts';
import { learnNames } from './learn-names.ts';
import { whoIsQuiet } from './who-is-quiet.ts';
import { attempt } from './write-once.ts';

type WithRoom = { readonly incident: Incident; readonly channel: string };

async function withRoom(context: Context, id: Incident['id']): Promise<WithRoom | null> {
  const incident = await readIncident(context.postgres, id);
  return incident === null || incident.room === null ? null : { incident, channel: incident.room.channel };
}

export async function refreshStatusCard(context: Context, job: JobData['status-card']): Promise<void> {
  const found = await withRoom(context, job.incident);
  if (found === null) return;
  const { incident, channel } = found;
  const quiet = await whoIsQuiet(context, incident);
  const shown = statusCard({ incident, policy: context.policy, at: await readNow(context.postgres) });
  const message = withoutMentions(shown, quiet);
  const card = { key: `card:${incident.id}`, name: 'the status card', essential: true };
  await keepPosted(context, { ...card, incident: incident.id, channel, message });
}

export async function furnishRoom(context: Context, job: JobData['furnish-room']): Promise<void> {
  const found = await withRoom(context, job.incident);
  if (found === null) return;
  const parts = await Promise.allSettled([
    pinCard(context, found),
    keepTopic(context, found),
    keepName(context, found),
    keepBookmarks(context, found),
    // While Slack answers: a draft may have to be written when it does not.
    learnNames(context, found.incident),
  ]);
  // Each part stands for itself; what was put off brings the job back.
  for (const part of parts) if (part.status === 'rejected') throw part.reason;
}

async function pinCard(context: Context, { incident, channel }: WithRoom): Promise<void> {
  const key = `card:${incident.id}`;
  const card = await resultOf(context.postgres, key);
  if (typeof card !== 'object' || card === null || !('ts' in card) || typeof card.ts !== 'string') {
    // Without a card there is nothing to pin; until it is settled it may still come.
    if ((await settled(context.postgres, [key])).has(key)) return;
    throw new Later(2_000, 'the card is not posted yet');
  }
  const { ts } = card;
  await attempt(context, {
    key: `pin:${incident.id}`,
    incident: incident.id,
    method: 'pins.add',
    look: () => Promise.resolve(null),
    write: () => pinMessage(context.slack, channel, ts),
  });
}

async function keepTopic(context: Context, { incident, channel }: WithRoom): Promise<void> {
  const value = topic(incident);
  const set = (): Promise<void> => setTopic(context.slack, channel, value);
  const key = `topic:${incident.id}`;
  await keepSet(context, { key, incident: incident.id, method: 'conversations.setTopic', value, set });
}

/** The room follows a new title; its first name stands as it was made. */
async function keepName(context: Context, { incident, channel }: WithRoom): Promise<void> {
  const rows = await readTimeline(context.postgres, incident.id);
  if (!rows.some((row) => row.kind === 'renamed')) return;
  const value = roomName({ incident, prefix: context.policy.roomPrefix, attempt: 1 });
  const set = (): Promise<void> => renameRoom(context.slack, channel, value);
  await keepSet(context, {
    key: `name:${incident.id}`,
    incident: incident.id,
    method: 'conversations.rename',
    value,
    set,
  });
}

async function keepBookmarks(context: Context, { incident, channel }: WithRoom): Promise<void> {
  for (const bookmark of bookmarks({ incident, policy: context.policy })) {
    await attempt(context, {
      key: `bookmark:${incident.id}:${digest(bookmark.link)}`,
      incident: incident.id,
      method: 'bookmarks.add',
      what: `add the bookmark "${bookmark.title}"`,
      look: async () => ((await bookmarkedLinks(context.slack, channel)).has(bookmark.link) ? true : null),
      write: () => addBookmark(context.slack, channel, bookmark),
    });
  }
}

/** Gives the room's link where it was declared: under the message, or to the person who typed the command. */
export async function answerDeclarer(context: Context, job: JobData['answer-declarer']): Promise<void> {
  const found = await withRoom(context, job.incident);
  if (found === null) return;
  const { incident } = found;
  if (incident.origin !== null) {
    const { channel, message: thread } = incident.origin;
    const key = `origin:${incident.id}`;
    await attempt(context, {
      key,
      incident: incident.id,
      method: 'chat.postMessage',
      what: `answer in <#${channel}>, where it was declared`,
      look: (since) => asMember(context, channel, () => findMessage(context.slack, { channel, key, since, thread })),
      write: () =>
        asMember(context, channel, () =>
          postMessage(context.slack, { channel, key, thread, message: originAnswer(incident) }),
        ),
    });
    return;
  }
  const [declared] = await readTimeline(context.postgres, incident.id);
  const arrived = declared === undefined ? null : await readArrived(context.postgres, arrivalOfSource(declared.source));
  const url = responseUrlOf(arrived?.body ?? {});
  if (url === null) return;
  await answerOnce(context, { key: `answer:${incident.id}`, incident, url });
}

/**
 * What can't be looked up is sent at most once: a second answer is worse than none. After an unclear try the job comes back
 * and settles it as sent.
 */
async function answerOnce(
  context: Context,
  { key, incident, url }: { readonly key: string; readonly incident: Incident; readonly url: string },
): Promise<void> {
  await attempt(context, {
    key,
    incident: incident.id,
    method: 'response_url',
    what: 'answer the person who declared',
    look: () => Promise.resolve('unknown'),
    write: async () => {
      await respond(url, declarerAnswer(incident));
      return 'sent';
    },
  });
}
