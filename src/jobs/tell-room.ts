/** Says in the room what has happened and was not said yet: in order, each thing once. */
import { Refused } from '../failure.ts';
import type { TimelineRow } from '../incident/event.ts';
import type { Incident } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import type { Policy } from '../incident/policy.ts';
import { readIncident } from '../postgres/incidents.ts';
import { countMade, settled } from '../postgres/outside-writes.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Message } from '../slack/blocks.ts';
import { inviteReport } from '../slack/messages/failure.ts';
import { findSpells, type Spell, spellKind, tellSpell } from '../slack/messages/spells.ts';
import { tellRow } from '../slack/messages/tell-row.ts';
import { tellSignals } from '../slack/messages/tell-signals.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import type { Context } from './context.ts';
import { keepPosted } from './keep.ts';
import { attempt, type Write, writeOnce } from './write-once.ts';

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
  const groups = groupRows(untold).map((group) => ({ type: 'once', rows: group }) as const);
  const spells = findSpells(rows).map((spell) => ({ type: 'spell', ...spell }) as const);
  for (const each of [...groups, ...spells].toSorted((a, b) => firstId(a.rows) - firstId(b.rows))) {
    if (each.type === 'spell') {
      await tellKept(context, { incident, channel, spell: each });
    } else {
      const message = tellGroup(each.rows, { incident, invited, policy: context.policy });
      if (message !== null) await tell(context, { incident, channel, group: each.rows, message });
    }
  }
}

function firstId(rows: readonly TimelineRow[]): number {
  return rows[0]?.id ?? 0;
}

/** A line that is edited as long as the same goes on. */
async function tellKept(
  context: Context,
  { incident, channel, spell }: { readonly incident: Incident; readonly channel: string; readonly spell: Spell },
): Promise<void> {
  await keepPosted(context, {
    key: `spell:${firstId(spell.rows)}`,
    incident: incident.id,
    channel,
    name: 'a line about alarms',
    message: tellSpell(incident, spell),
    essential: true,
  });
}

function keyOf(row: TimelineRow): string {
  return `tell:${row.id}`;
}

/** One message for the whole group; it stands under the key of its first row and names the others. */
async function tell(
  context: Context,
  ask: {
    readonly incident: Incident;
    readonly channel: string;
    readonly group: readonly TimelineRow[];
    readonly message: Message;
  },
): Promise<void> {
  const { incident, channel, message } = ask;
  const [first] = ask.group;
  if (first === undefined) return;
  const key = keyOf(first);
  const keys = ask.group.map(keyOf);
  const write: Write<readonly string[]> = {
    key,
    incident: incident.id,
    method,
    essential: true,
    look: async (since) => {
      const found = await findMessage(context.slack, { channel, key, since });
      // What was sent then may have covered fewer rows than there are now.
      return found === null ? null : String(found.facts['covers']).split(' ');
    },
    write: async () => {
      await postMessage(context.slack, { channel, message, key, facts: { covers: keys.join(' ') } });
      return keys;
    },
  };
  if (first.event.kind !== 'write failed') {
    await attempt(context, write);
    return;
  }
  try {
    await writeOnce(context, write);
  } catch (error) {
    // What can't be told of a failure must not become the next failure to tell.
    if (!(error instanceof Refused)) throw error;
    context.log.warn({ incident: roomKey(incident.id), code: error.code }, 'the room could not be told of a failure');
  }
}

const mostInGroup = 40;

/** A burst of machine signals is one message, and so is the report on who could not be invited. */
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
  return before.event.kind === 'responder unreachable' && row.event.kind === 'responder unreachable';
}

type Telling = { readonly incident: Incident; readonly invited: number; readonly policy: Policy };

function tellGroup(group: readonly TimelineRow[], { incident, invited, policy }: Telling): Message | null {
  const [row] = group;
  if (row === undefined) return null;
  if (row.event.kind === 'signalled') return tellSignals({ incident, rows: group });
  if (row.event.kind !== 'responder unreachable') return tellRow({ incident, row, policy });
  const failed = group.flatMap(({ event }) => (event.kind === 'responder unreachable' ? [event] : []));
  return inviteReport({ invited, failed });
}
