/** Says in the room what has happened and was not said yet: in order, each thing once. */
import { Refused } from '../failure.ts';
import type { TimelineRow } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import type { Policy } from '../incident/policy.ts';
import { readIncident } from '../postgres/incidents.ts';
import { countMade, resultOf, settled } from '../postgres/outside-writes.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Message } from '../slack/blocks.ts';
import { inviteReport } from '../slack/messages/failure.ts';
import { findSpells, type Spell, spellKind, tellSpell } from '../slack/messages/spells.ts';
import { tellStoodDown } from '../slack/messages/stand-down.ts';
import { tellRow } from '../slack/messages/tell-row.ts';
import { tellSignals } from '../slack/messages/tell-signals.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import { type Quiet, withoutMentions } from '../slack/quiet-mentions.ts';
import type { Context } from './context.ts';
import { keepPosted } from './keep.ts';
import { whoIsQuiet } from './who-is-quiet.ts';
import { noteFailure, type Write, writeOnce } from './write-once.ts';

const method = 'chat.postMessage';

export async function tellRoom(context: Context, { incident: id }: JobData['tell-room']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  if (incident === null || incident.room === null) return;
  const rows = await readTimeline(context.postgres, id);
  const told = await settled(
    context.postgres,
    rows.map((row) => keyOf(row)),
  );
  const untold = rows.filter((row) => !told.has(keyOf(row)) && spellKind(row) === null);
  const invited = await countMade(context.postgres, id, 'conversations.invite');
  const { channel } = incident.room;
  const quiet = await whoIsQuiet(context, incident);
  const groups = groupRows(untold).map((group) => ({ type: 'once', rows: group }) as const);
  const spells = findSpells(rows).map((spell) => ({ type: 'spell', ...spell }) as const);
  for (const each of [...groups, ...spells].toSorted((a, b) => firstId(a.rows) - firstId(b.rows))) {
    if (each.type === 'spell') {
      await tellKept(context, { incident, channel, spell: each, quiet });
    } else {
      const message = tellGroup(each.rows, { incident, invited, policy: context.policy });
      if (message === null) continue;
      const thread = await threadOf(context, firstCall(rows, each.rows));
      await tell(context, { incident, channel, group: each.rows, message: withoutMentions(message, quiet), thread });
    }
  }
}

function firstId(rows: readonly TimelineRow[]): number {
  return rows[0]?.id ?? 0;
}

/** A line that is edited as long as the same goes on. */
async function tellKept(
  context: Context,
  {
    incident,
    channel,
    spell,
    quiet,
  }: { readonly incident: Incident; readonly channel: string; readonly spell: Spell; readonly quiet: Quiet },
): Promise<void> {
  await keepPosted(context, {
    key: `spell:${firstId(spell.rows)}`,
    incident: incident.id,
    channel,
    name: 'a line about alarms',
    message: withoutMentions(tellSpell(incident, spell), quiet),
    essential: true,
  });
}

function keyOf(row: TimelineRow): string {
  return `tell:${row.id}`;
}

/** A message in the room, and the keys of all rows that it tells. */
type RoomMessage = { readonly ts: string; readonly covers: readonly string[] };

/** The row with which people were called first, where this calls the same again: that goes under the first call, out of the way. */
function firstCall(rows: readonly TimelineRow[], [row]: readonly TimelineRow[]): TimelineRow | null {
  if (row?.event.kind !== 'people paged' || row.event.call === 1) return null;
  const { page, level, people } = row.event;
  const first = rows.findLast(
    ({ id, event }) =>
      id < row.id && event.kind === 'people paged' && event.page === page && event.level === level && event.call === 1,
  );
  const known = first?.event.kind === 'people paged' ? first.event.people : [];
  return first !== undefined && people.every((person) => known.includes(person)) ? first : null;
}

/** `null`: nothing stands in the room under which it could go. */
async function threadOf({ postgres }: Context, row: TimelineRow | null): Promise<string | null> {
  // What is saved under a row's key is what `tell` saved there.
  const told = row === null ? null : ((await resultOf(postgres, keyOf(row))) as RoomMessage | null);
  return told?.ts ?? null;
}

/** One message for the whole group; it stands under the key of its first row and names the others. */
async function tell(
  context: Context,
  ask: {
    readonly incident: Incident;
    readonly channel: string;
    readonly group: readonly TimelineRow[];
    readonly message: Message;
    /** The message under which it stands; `null`: it stands by itself. */
    readonly thread: string | null;
  },
): Promise<void> {
  const { incident, channel, message, thread } = ask;
  const [first] = ask.group;
  if (first === undefined) return;
  const key = keyOf(first);
  const keys = ask.group.map(keyOf);
  const place = { channel, key, ...(thread === null ? {} : { thread }) };
  const write: Write<RoomMessage> = {
    key,
    incident: incident.id,
    method,
    essential: true,
    look: async (since) => {
      const found = await findMessage(context.slack, { ...place, since });
      // What was sent then may have covered fewer rows than there are now.
      return found === null ? null : { ts: found.ts, covers: String(found.facts['covers']).split(' ') };
    },
    write: async () => {
      const { ts } = await postMessage(context.slack, { ...place, message, facts: { covers: keys.join(' ') } });
      return { ts, covers: keys };
    },
  };
  try {
    await writeOnce(context, write);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code } = error;
    if (first.event.kind === 'write failed') {
      // What can't be told of a failure must not become the next failure to tell.
      context.log.warn({ incident: roomKey(incident.id), code }, 'the room could not be told of a failure');
    } else {
      await noteFailure(context, lockedOut.has(code) ? { ...write, key: `tell:${channel}:${code}` } : write, code);
    }
  }
}

/** What keeps everything out of the room is noted once, not with each thing that is not told. */
const lockedOut = new Set(['is_archived', 'channel_not_found', 'not_in_channel']);

const mostInGroup = 40;

/** A burst of machine signals is one message, and so are those who leave together and those who could not be invited. */
function groupRows(rows: readonly TimelineRow[]): readonly (readonly TimelineRow[])[] {
  const groups: TimelineRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && last.length < mostInGroup && belongTogether(before, row)) {
      last.push(row);
    } else {
      groups.push([row]);
    }
  }
  return groups;
}

function belongTogether(before: TimelineRow, row: TimelineRow): boolean {
  if (before.event.kind === 'signalled' && row.event.kind === 'signalled') {
    return before.event.adopted === row.event.adopted;
  }
  if (before.event.kind === 'responder stood down' && row.event.kind === 'responder stood down') {
    return before.recordedAt === row.recordedAt;
  }
  return before.event.kind === 'responder unreachable' && row.event.kind === 'responder unreachable';
}

type Telling = { readonly incident: Incident; readonly invited: number; readonly policy: Policy };

function tellGroup(group: readonly TimelineRow[], { incident, invited, policy }: Telling): Message | null {
  const [row] = group;
  if (row === undefined) return null;
  if (row.event.kind === 'signalled') return tellSignals({ incident, rows: group });
  if (row.event.kind === 'responder stood down') return tellStoodDown(group);
  if (row.event.kind !== 'responder unreachable') return tellRow({ incident, row, policy });
  const failed = group.flatMap(({ event }) => (event.kind === 'responder unreachable' ? [event] : []));
  return inviteReport({ invited, failed });
}
