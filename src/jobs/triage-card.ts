/** Keeps one message for each group of alarms in the triage channel, and pages the service when no more rooms may open. */
import { Later, Refused } from '../failure.ts';
import { callsFor } from '../incident/calls.ts';
import { expand } from '../incident/page.ts';
import type { Instant, PersonId } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readMembers } from '../postgres/directory.ts';
import { readOpenIncidents } from '../postgres/incidents.ts';
import { resultOf, settled } from '../postgres/outside-writes.ts';
import { countAutomatic, readCard, type TriageCard } from '../postgres/triage.ts';
import type { Message } from '../slack/blocks.ts';
import { overflowPage } from '../slack/messages/alarms.ts';
import { triageMessage } from '../slack/messages/triage.ts';
import { findMessage, linkTo, type Posted, postMessage } from '../slack/posting.ts';
import type { Context } from './context.ts';
import { keepPosted } from './keep.ts';
import { roomsMillis } from './triage-alarms.ts';
import { writeOnce } from './write-once.ts';

export async function refreshTriageCard(context: Context, { group }: JobData['triage-card']): Promise<void> {
  const { postgres, policy } = context;
  const card = await readCard(postgres, group);
  if (card === null) return;
  const channel = channelOf(context);
  const message = triageMessage({ card, open: await readOpenIncidents(postgres), policy });
  const key = cardKey(card);
  const name = `the alarms of ${group}`;
  const posted =
    channel === null ? null : await keepPosted(context, { key, incident: null, channel, name, message, join: true });
  // Nobody sees it otherwise.
  if (posted === null) context.log.warn({ group, ...card.counts }, 'alarms could not be shown in a triage channel');
}

function channelOf({ policy }: Context): string | null {
  return policy.alarms.triageChannel ?? policy.broadcastChannel;
}

function cardKey({ group, startedAt }: TriageCard): string {
  return `triage:${group}:${startedAt}`;
}

/** @throws Later: it is not posted yet, but may be soon. */
async function linkToCard(context: Context, card: TriageCard): Promise<string | null> {
  if (channelOf(context) === null) return null;
  const key = cardKey(card);
  const posted = await resultOf(context.postgres, key);
  if (isPosted(posted)) return linkTo(context.slack, posted);
  if ((await settled(context.postgres, [key])).has(key)) return null;
  throw new Later(2_000, 'the message with the alarms is not posted yet');
}

function isPosted(result: unknown): result is Posted {
  return typeof result === 'object' && result !== null && 'channel' in result && 'ts' in result;
}

/** The first level is called directly: nobody may be looking at the channel. */
export async function pageOverflow(context: Context, { service }: JobData['page-overflow']): Promise<void> {
  const { postgres, policy } = context;
  const card = await readCard(postgres, service);
  if (card === null || card.pagedAt === null) return;
  const { pagedAt } = card;
  const message = overflowPage({
    service,
    opened: await countAutomatic(postgres, pagedAt - roomsMillis),
    most: policy.alarms.automaticRooms,
    where: await linkToCard(context, card),
  });
  const first = callsFor({ services: [service], severity: null }, policy).flatMap(({ levels }) => levels[0] ?? []);
  for (const person of expand(first, { groups: await readMembers(postgres) }).people) {
    await pageOne(context, person, { key: `overflow:${service}:${pagedAt}:${person}`, message });
  }
}

async function pageOne(
  context: Context,
  person: PersonId,
  { key, message }: { readonly key: string; readonly message: Message },
): Promise<void> {
  try {
    await writeOnce(context, {
      key,
      incident: null,
      method: 'chat.postMessage',
      look: (since: Instant) => findMessage(context.slack, { channel: person, key, since }),
      write: () => postMessage(context.slack, { channel: person, key, message }),
    });
  } catch (error) {
    // The others are called all the same.
    if (!(error instanceof Refused)) throw error;
    context.log.warn({ err: error }, 'a person could not be paged');
  }
}
