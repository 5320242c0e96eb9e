/** Shows what the incident's most telling alarm measures, with what happened: one picture under the card, replaced each time. */
import { consoleLink } from '../aws/alarm-arn.ts';
import { Later } from '../failure.ts';
import { type Incident, type Instant, isPutAway, type Watch } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { milestonesOf } from '../incident/milestones.ts';
import { judge } from '../incident/verdict.ts';
import { readIncident } from '../postgres/incidents.ts';
import { resultOf, settled } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Message } from '../slack/blocks.ts';
import { graphMessage, noGraphMessage } from '../slack/messages/graph.ts';
import { isKept, keepFile, placeForFile, sendBytes } from '../slack/posting.ts';
import type { Context } from './context.ts';
import { digest, keepPosted } from './keep.ts';
import { attempt } from './write-once.ts';

const minute = 60_000;

/** What came before the incident shows what is usual. */
const leadMillis = 60 * minute;
/** A picture shows no more than the last day. */
const mostMillis = 24 * 60 * minute;

/** So many alarms are tried until one can be drawn. */
const mostTried = 3;

export async function drawGraph(context: Context, { incident: id }: JobData['graph']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  if (incident === null || incident.room === null || isPutAway(incident)) return;
  const { channel } = incident.room;
  const thread = await cardOf(context, incident);
  if (thread === null) return;
  const at = await readNow(context.postgres);
  const message = await drawBest(context, incident, at);
  if (message === null) return;
  await keepPosted(context, { key: `graph:${id}`, incident: id, channel, name: 'the picture', message, thread });
}

/** The message under which the picture stands; `null`: there is none and will be none. */
async function cardOf({ postgres }: Context, { id }: Incident): Promise<string | null> {
  const key = `card:${id}`;
  const card = await resultOf(postgres, key);
  if (typeof card === 'object' && card !== null && 'ts' in card && typeof card.ts === 'string') return card.ts;
  if ((await settled(postgres, [key])).has(key)) return null;
  throw new Later(2_000, 'the card is not posted yet');
}

async function drawBest(context: Context, incident: Incident, now: Instant): Promise<Message | null> {
  const rows = await readTimeline(context.postgres, incident.id);
  const from = Math.max(
    now - mostMillis,
    Math.min(incident.declaredAt, incident.detection.firstBreachAt ?? now) - leadMillis,
  );
  let failed: Message | null = null;
  for (const watch of mostTelling(incident, now).slice(0, mostTried)) {
    const { alarm, name } = watch;
    const graph = await context.cloudWatch.readGraph({ alarm, from, to: now, marks: milestonesOf(rows), now });
    if (graph.png === null) {
      failed ??= noGraphMessage(name, graph.because);
      continue;
    }
    const fileId = await upload(context, { incident, watch, png: graph.png });
    if (fileId !== null) return graphMessage({ name, fileId, alt: graph.alt, at: now, link: consoleLink(alarm) });
  }
  return failed;
}

const telling = ['red', 'flapping', 'recovering', 'recovered', 'unknown', 'gone'] as const;

/** The alarm that is red or was red most comes first. */
function mostTelling(incident: Incident, at: Instant): readonly Watch[] {
  return judge(incident, at)
    .alarms.toSorted(
      (one, other) =>
        telling.indexOf(one.verdict) - telling.indexOf(other.verdict) ||
        other.watch.reds.length - one.watch.reds.length,
    )
    .map(({ watch }) => watch);
}

type Upload = {
  readonly incident: Incident;
  readonly watch: Watch;
  readonly png: Uint8Array;
};

/** The same picture is uploaded once. `null`: Slack does not take it, and the room was told why. */
async function upload(context: Context, { incident, watch, png }: Upload): Promise<string | null> {
  const bytes = new Uint8Array(png);
  const key = `picture:${incident.id}:${digest(Buffer.from(bytes).toString('base64'))}`;
  const fileId = await attempt(context, {
    key: `${key}:bytes`,
    incident: incident.id,
    method: 'files.getUploadURLExternal',
    what: 'upload the picture',
    look: () => Promise.resolve(null),
    write: async () => {
      const place = await placeForFile(context.slack, { name: 'alarm.png', bytes });
      await sendBytes(place.uploadUrl, bytes);
      return place.fileId;
    },
  });
  if (fileId === null) return null;
  const kept = await attempt(context, {
    key,
    incident: incident.id,
    method: 'files.completeUploadExternal',
    what: 'upload the picture',
    look: async () => ((await isKept(context.slack, fileId)) ? true : null),
    write: () => keepFile(context.slack, { fileId, title: watch.name.slice(0, 200) }),
  });
  return kept === null ? null : fileId;
}
