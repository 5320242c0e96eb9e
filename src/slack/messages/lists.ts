/** Answers for who wants to know: one incident, all of them, and the menu. */
import type { TimelineRow } from '../../incident/event.ts';
import { personHours, readHeadcount } from '../../incident/headcount.ts';
import type { Incident, Instant } from '../../incident/incident.ts';
import { isOngoing, isUnmitigated } from '../../incident/incident.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button, KnownBlock, Message } from '../blocks.ts';
import { actions, context, lines, message, say, section } from '../blocks.ts';
import { bold, date, escape, time } from '../mrkdwn.ts';
import { recallButton } from './stand-down.ts';
import { cardButtons, type Shown, statusBlocks, statusSentence } from './status-card.ts';
import { headline, roomMention, statusNames } from './wording.ts';

/** @param rows all rows of the incident: they tell how many people there were, and for how long. */
export function incidentStatus(shown: Shown, rows: readonly TimelineRow[]): Message {
  const { incident, at } = shown;
  return message(`${statusSentence(incident)} War room: ${roomMention(incident)}.`, [
    ...statusBlocks(shown),
    ...headcountLine(rows, at),
    context(`War room: ${roomMention(incident)}`),
  ]);
}

const dayMillis = 24 * 60 * 60_000;

/** Every figure says from when to when. */
function headcountLine(rows: readonly TimelineRow[], at: Instant): readonly KnownBlock[] {
  const headcount = readHeadcount(rows, at);
  if (headcount === null) return [];
  const { from, to, last, most, totalMillis } = headcount;
  const moment = to - from < dayMillis ? time : date;
  const words = [
    `${last.active} active at ${moment(to)}`,
    `at most ${most.active}, from ${moment(most.at)} to ${moment(most.until)}`,
    `${personHours(totalMillis)} person-hours from ${moment(from)} to ${moment(to)}`,
  ];
  return [section(`*Headcount:* ${words.join(' · ')}`)];
}

/** @param incidents those that are not over; the newest first. */
export function incidentList(incidents: readonly Incident[]): Message {
  if (incidents.length === 0) {
    return say('No incident is open.', [declareButton()]);
  }
  const count = incidents.length === 1 ? '1 incident is open' : `${incidents.length} incidents are open`;
  const [first] = incidents;
  const title = first === undefined ? '' : escape(headline(first));
  return message(`${count}: ${title}${incidents.length > 1 ? ' and more' : ''}.`, [
    section(`*${count}*\n${lines(incidents.map(incidentLine), 20, (left) => `… and ${left} more`)}`),
  ]);
}

function incidentLine(incident: Incident): string {
  return `• ${bold(escape(headline(incident)))} – ${statusNames[incident.status]}, ${roomMention(incident)}, since ${date(incident.declaredAt)}`;
}

/**
 * What `/incident` alone shows: buttons instead of syntax.
 *
 * @param room the incident whose room it was typed in.
 */
export function menu({
  openIncidents,
  room,
}: {
  readonly openIncidents: readonly Incident[];
  readonly room: Incident | null;
}): Message {
  const others = openIncidents.filter((incident) => incident.id !== room?.id);
  const blocks: readonly KnownBlock[] = [
    ...(room === null ? [section('*What do you want to do?*')] : roomMenu(room)),
    ...(room === null ? actions([declareButton()]) : []),
    ...othersMenu(others),
    ...(room === null ? [] : actions([declareButton(false)])),
    context('Everything can be typed too: `/incident help`'),
  ];
  const here = room === null ? '' : `${escape(headline(room))}: `;
  const open = others.length === 1 ? '1 incident is' : `${others.length} incidents are`;
  return message(`${here}What do you want to do? ${open} open${room === null ? '' : ' elsewhere'}.`, blocks);
}

function roomMenu(room: Incident): readonly KnownBlock[] {
  const { id } = room;
  const over = !isOngoing(room);
  const more: readonly (Button | null)[] = over
    ? []
    : [
        openButton({ label: 'Add a Note', form: 'note', incident: id }),
        openButton({ label: 'Severity', form: 'severity', incident: id }),
        isUnmitigated(room) ? openButton({ label: 'Resolved', form: 'resolve', incident: id }) : null,
        openButton({ label: 'Give a Role', form: 'role', incident: id }),
        askButton({ label: 'Stand Me Down', incident: id, command: { name: 'stand me down' } }),
        recallButton(room),
        openButton({ label: 'Cancel', form: 'cancel', incident: id }),
      ];
  const reopen =
    room.status === 'closed' || room.status === 'cancelled'
      ? [openButton({ label: 'Reopen', form: 'reopen', incident: id })]
      : [];
  return [
    section(`${bold(escape(headline(room)))}\n${statusNames[room.status]}. What do you want to do?`),
    ...actions([...cardButtons(room), ...reopen]),
    ...actions(more),
  ];
}

const mostOthers = 8;

function othersMenu(others: readonly Incident[]): readonly KnownBlock[] {
  if (others.length === 0) return [];
  const left = others.length - mostOthers;
  return [
    section('*Open now*'),
    ...others
      .slice(0, mostOthers)
      .map((incident) =>
        section(
          `${escape(headline(incident))}\n${statusNames[incident.status]}, ${roomMention(incident)}`,
          askButton({ label: 'Join', incident: incident.id, command: { name: 'join', page: null, said: false } }),
        ),
      ),
    ...(left > 0 ? [context(`… and ${left} more: \`/incident list\``)] : []),
  ];
}

function declareButton(first = true): Button | null {
  return openButton({
    label: 'Declare an Incident',
    form: 'declare',
    incident: null,
    ...(first ? { style: 'primary' } : {}),
  });
}

/** Plain words for what a menu or a message says about one incident when a key names none. */
export function noSuchIncident(key: string | null): Message {
  return say(
    key === null
      ? 'This channel belongs to no incident. Say which one is meant by its key, as in `/incident status INC-12`, or see `/incident list`.'
      : `There is no ${escape(key)}. See \`/incident list\`.`,
  );
}
