/** What machines say again and again is one line in the room that is edited, not a line each time. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Message } from '../blocks.ts';
import { tellDoubts, tellJoined, tellReconfigured, tellRelapse } from './tell-alarms.ts';

type SpellKind = 'joined' | 'doubt' | 'relapse' | 'reconfigured';

/** Rows of one kind that follow one another closely, at least one. */
export type Spell = { readonly kind: SpellKind; readonly rows: readonly TimelineRow[] };

/** After so long without another one, the next is news and gets a line of its own, in milliseconds. */
const quietMillis: { readonly [K in SpellKind]: number } = {
  joined: 15 * 60_000,
  doubt: 60 * 60_000,
  relapse: 60 * 60_000,
  reconfigured: 15 * 60_000,
};

/** `null`: this row is told on its own, or not at all. */
export function spellKind(row: TimelineRow): SpellKind | null {
  const { event } = row;
  if (event.kind === 'alarms joined') return 'joined';
  if (event.kind === 'relapsed') return 'relapse';
  if (event.kind === 'alarm reconfigured') return 'reconfigured';
  if (event.kind !== 'alarms changed') return null;
  // Where Muster is blind that is told once for the place.
  return event.changes.some(({ doubt }) => doubt !== null && doubt !== 'unread') ? 'doubt' : null;
}

/** @param rows all rows of the incident, in order. */
export function findSpells(rows: readonly TimelineRow[]): readonly Spell[] {
  const spells: { readonly kind: SpellKind; readonly rows: TimelineRow[] }[] = [];
  const opening = rows[0] === undefined ? null : sourceOf(rows[0]);
  for (const row of rows) {
    const kind = spellKind(row);
    // What opened the incident stands in its title and on the card.
    if (kind === null || (kind === 'joined' && sourceOf(row) === opening)) continue;
    const last = spells.findLast((spell) => spell.kind === kind);
    const before = last?.rows.at(-1);
    if (last !== undefined && before !== undefined && row.recordedAt - before.recordedAt < quietMillis[kind]) {
      last.rows.push(row);
    } else {
      spells.push({ kind, rows: [row] });
    }
  }
  return spells;
}

function sourceOf({ source }: TimelineRow): string {
  return source.replace(/#\d+$/, '');
}

export function tellSpell(incident: Incident, { kind, rows }: Spell): Message {
  switch (kind) {
    case 'joined':
      return tellJoined(incident, rows);
    case 'doubt':
      return tellDoubts(incident, rows);
    case 'relapse':
      return tellRelapse(incident, rows);
    case 'reconfigured':
      return tellReconfigured(rows);
  }
}
