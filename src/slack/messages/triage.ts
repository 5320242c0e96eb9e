/** What the triage channel shows: red alarms that opened nothing, one message for each group, edited in place. It never pings. */
import { consoleLink } from '../../aws/alarm-arn.ts';
import { neighboursOf } from '../../incident/dependencies.ts';
import type { Incident } from '../../incident/incident.ts';
import { isOngoing, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import { unmapped } from '../../incident/triaged.ts';
import type { TriageCard, TriageLine } from '../../postgres/triage.ts';
import { alarmButton, type AlarmChoice, alarmMenu } from '../actions.ts';
import type { KnownBlock, Message } from '../blocks.ts';
import { actions, context, lines, message, section } from '../blocks.ts';
import { bold, bounded, date, escape, link, oneLine } from '../mrkdwn.ts';
import { actorName, shortAlarm } from './wording.ts';

/** Up to so many have buttons of their own; more have a menu each. */
const mostWithButtons = 3;
const mostWithMenu = 15;
const mostDone = 10;

/** @param open incidents that are not over. */
export function triageMessage({
  card,
  open,
  policy,
}: {
  readonly card: TriageCard;
  readonly open: readonly Incident[];
  readonly policy: Policy;
}): Message {
  const joinable = joinableFor(card.group, open, policy);
  const waiting = card.lines.filter(({ state }) => state === 'red');
  const red = waiting.slice(0, card.counts.red > mostWithButtons ? mostWithMenu : mostWithButtons);
  const left = card.counts.red - red.length;
  return message(`${summary(card)}.`, [
    section(`*${summary(card)}*`),
    ...red.flatMap((each) =>
      card.counts.red > mostWithButtons
        ? [section(redLine(each), alarmMenu(each.id, choices(each, joinable)))]
        : [
            section(redLine(each)),
            ...actions(choices(each, joinable).map((the) => alarmButton(the.label, the.choice))),
          ],
    ),
    ...(left > 0 ? [context(`… and ${left} more: \`/incident alarms\``)] : []),
    ...doneWith(card),
    context(footer(card)),
  ]);
}

/** The newest incident that goes on for the service, or else for one that depends on it or that it depends on. */
function joinableFor(group: string, open: readonly Incident[], policy: Policy): Incident | null {
  const live = open.filter((incident) => isOngoing(incident) && !incident.test).toSorted((a, b) => b.id - a.id);
  const near = [group, ...neighboursOf([group], policy)];
  return (
    live.find(({ services }) => services.includes(group)) ??
    live.find(({ services }) => services.some((service) => near.includes(service))) ??
    null
  );
}

function summary({ group, counts, lines: all }: TriageCard): string {
  const whose = group === unmapped ? 'Alarms of no known service' : `Alarms of ${escape(bounded(oneLine(group), 60))}`;
  const since = Math.min(...all.filter(({ state }) => state === 'red').map((each) => each.since));
  const parts = [
    counts.red === 0 ? 'nothing waits' : `${counts.red} red since ${date(since)}`,
    ...(counts.ignored > 0 ? [`${counts.ignored} ignored`] : []),
    ...(counts.brought > 0 ? [`${counts.brought} with an incident`] : []),
    ...(counts.cleared > 0 ? [`${counts.cleared} cleared`] : []),
  ];
  return `${whose}: ${parts.join(', ')}`;
}

function nameOf({ alarm, name }: TriageLine): string {
  const page = consoleLink(alarm);
  // A link that is cut in two would be none.
  return page === null || page.length > 200 ? shortAlarm(name) : link(page, bounded(oneLine(name), 100));
}

function redLine(line: TriageLine): string {
  const series = line.series > 1 ? ` (${line.series} of its series)` : '';
  const because = oneLine(line.because);
  const why = because === '' ? '' : `\n${escape(bounded(because, 300))}`;
  return `${bold(nameOf(line))} red since ${date(line.since)}${series}${flapping(line)}${why}`;
}

function flapping({ times }: TriageLine): string {
  return times > 1 ? `, for the ${ordinal(times)} time here` : '';
}

function ordinal(count: number): string {
  const ending = count % 100 > 10 && count % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}

type Choice = { readonly label: string; readonly choice: AlarmChoice };

function choices({ id: line, alarm }: TriageLine, joinable: Incident | null): readonly Choice[] {
  const join =
    joinable === null || joinable.separated.includes(alarm)
      ? []
      : [{ label: `Join ${roomKey(joinable.id)}`, choice: { do: 'join' as const, line, in: joinable.id } }];
  return [
    { label: 'Declare', choice: { do: 'declare', line } },
    ...join,
    { label: 'Ignore for 1 h', choice: { do: 'ignore', line } },
  ];
}

/** What nobody has to do anything about any more, and why. */
function doneWith({ lines: all, counts }: TriageCard): readonly KnownBlock[] {
  const done = all.filter(({ state }) => state !== 'red');
  if (done.length === 0) return [];
  const whole = counts.ignored + counts.brought + counts.cleared;
  const shown = done.slice(0, mostDone).map((each) => `• ${nameOf(each)}: ${becameOf(each)}`);
  // More were counted than are read.
  const unread = Array.from({ length: whole - shown.length }, () => '');
  return [section(lines([...shown, ...unread], shown.length, (left) => `… and ${left} more`))];
}

function becameOf(line: TriageLine): string {
  const incident = line.incident === null ? '' : roomKey(line.incident);
  switch (line.state) {
    case 'red':
      return `red since ${date(line.since)}`;
    case 'brought':
      return `${incident}, red since ${date(line.since)}${flapping(line)}`;
    case 'ignored':
      return line.ignored === null
        ? 'ignored'
        : `ignored until ${date(line.ignored.until)} by ${actorName(line.ignored.by)}`;
    case 'cleared': {
      const words = line.silent ? 'without data since' : 'cleared';
      const times = line.times > 1 ? `, was red ${line.times} times` : '';
      return `${incident === '' ? '' : `${incident}, `}${words} ${date(line.since)}${times}`;
    }
  }
}

function footer({ group, pagedAt }: TriageCard): string {
  if (pagedAt !== null) return `No more rooms could open by themselves, so the service was paged ${date(pagedAt)}.`;
  return group === unmapped
    ? 'No rule in the catalog says which service these belong to. They open nothing by themselves: you decide.'
    : 'These open nothing by themselves: you decide.';
}
