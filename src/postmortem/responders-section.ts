/** How many people were there, and for how long, as the draft tells it: in numbers, by role and service. */
import { type Headcount, headsAt, personHours, type Purpose, readHeadcount } from '../incident/headcount.ts';
import type { Instant } from '../incident/incident.ts';
import { type Milestone, milestonesOf } from '../incident/milestones.ts';
import type { Attendance, Responders, Statement } from './postmortem.ts';
import { statement } from './postmortem.ts';
import type { TimelineRecord } from './roles-for-names.ts';
import { formatClock, formatDay } from './times.ts';

/** @param at up to when an incident that goes on is counted. */
export function writeResponders(records: readonly TimelineRecord[], at: Instant): Responders | null {
  const counted = records.map(({ of, rows }) => ({ of, rows, headcount: readHeadcount(rows, at) }));
  const own = counted.find(({ of }) => of === null);
  if (own === undefined || own.headcount === null) return null;
  const { headcount } = own;
  return {
    // Its own first: what another incident took until the two were one is counted there.
    lines: counted.flatMap(({ headcount: each, ...record }) => (each === null ? [] : [writeLine(each, record)])),
    attendance: writeAttendance(headcount, milestonesOf(own.rows)),
    efforts: headcount.shares.map(({ purpose, millis, from, to }) => ({
      name: nameOf(purpose),
      personHours: personHours(millis),
      from,
      to,
    })),
  };
}

function writeLine(headcount: Headcount, { of, rows }: TimelineRecord): Statement {
  const { most, last, from, to, endedBy, totalMillis, shares } = headcount;
  const who = of === null ? '' : `${of}, until it turned out to be the same incident: `;
  const whole = stretch(from, to, from);
  const declared = rows.filter(({ event }) => event.kind === 'declared');
  const end = endedBy === null ? [] : [{ id: endedBy }];
  const say = (text: string): Statement =>
    statement(`${who}${text}`, { id: most.row }, { id: last.row }, ...declared, ...end);
  if (most.active === 0) return say(`${of === null ? 'Nobody' : 'nobody'} was active ${whole}.`);
  const closing = `${last.active} ${endedBy === null ? 'at the time of this draft' : 'at the end'} (${moment(to, from)})`;
  const given = shares.map(({ purpose, millis }) => `${nameOf(purpose)} ${personHours(millis)}`).join(', ');
  return say(
    `${most.active === 1 ? '1 person' : `${most.active} people`} at most (${stretch(most.at, most.until, from)}), ${closing}; ` +
      `${personHours(totalMillis)} person-hours ${whole}${given === '' ? '' : `: ${given}`}.`,
  );
}

/** `from 14:02 to 16:40 UTC`, with days as soon as one of them is not the day it began. */
function stretch(from: Instant, to: Instant, began: Instant): string {
  const dated = [from, to].some((at) => formatDay(at) !== formatDay(began));
  const write = (at: Instant): string => (dated ? `${formatDay(at)} ${formatClock(at)}` : formatClock(at));
  return write(from) === write(to) ? `at ${write(from)} UTC` : `from ${write(from)} to ${write(to)} UTC`;
}

function moment(at: Instant, began: Instant): string {
  return stretch(at, at, began).slice('at '.length);
}

function nameOf(purpose: Purpose): string {
  switch (purpose.type) {
    case 'role':
      return purpose.role;
    case 'service':
      return purpose.service;
    case 'others':
      return 'others';
  }
}

/** At each milestone, when most were there, and at the end. */
function writeAttendance(headcount: Headcount, milestones: readonly Milestone[]): readonly Attendance[] {
  const { from, to, most, endedBy } = headcount;
  const within = milestones.filter(({ at }) => at >= from && at <= to);
  const end = within.some(({ at }) => at === to) ? [] : [{ at: to, label: endedBy === null ? 'this draft' : 'end' }];
  const labels = new Map<Instant, string>();
  for (const { at, label } of [...within, { at: most.at, label: 'most people' }, ...end]) {
    const known = labels.get(at);
    labels.set(at, known === undefined ? label : `${known}, ${label}`);
  }
  return [...labels]
    .toSorted(([one], [other]) => one - other)
    .map(([at, label]) => {
      const { paged, active, standby } = headsAt(headcount, at);
      return { at, label, paged, active, standby };
    });
}
