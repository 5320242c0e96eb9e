/** What machines said, several at a time: one message for a burst. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Incident } from '../../incident/incident.ts';
import { roomKey } from '../../incident/incident.ts';
import type { Message } from '../blocks.ts';
import { lines, message, section } from '../blocks.ts';
import { bounded, date, escape, link, oneLine } from '../mrkdwn.ts';
import { actorName } from './wording.ts';

const mostLines = 12;

/** @param rows consecutive rows of kind `signalled`, at least one, in order. */
export function tellSignals({
  incident,
  rows,
}: {
  readonly incident: Incident;
  readonly rows: readonly TimelineRow[];
}): Message {
  const adopted = rows.every((row) => row.event.kind === 'signalled' && row.event.adopted);
  const many = rows.length === 1 ? '1 signal' : `${rows.length} signals`;
  const what = adopted ? `${many} from before the declaration` : `${many} from machines`;
  const [first] = rows;
  const said = first === undefined ? '' : `, ${rows.length === 1 ? '' : 'first '}${row(first, 200)}`;
  return message(`${roomKey(incident.id)}: ${what}${said}`, [
    section(`*${what}*\n${lines(rows.map(signalLine), mostLines, (left) => `… and ${left} more on the timeline`)}`),
  ]);
}

function signalLine(signal: TimelineRow): string {
  const source = signal.link === null ? '' : ` ${link(signal.link, '(source)')}`;
  return `• ${date(signal.occurredAt)} ${row(signal, 200)}${source}`;
}

/** Machines can mention nobody, whatever they say. */
function row(signal: TimelineRow, most: number): string {
  const words = escape(bounded(oneLine(signal.text), most));
  return `${signal.kind} by ${actorName(signal.actor)}: ${words}`;
}
