/** What somebody reads as they enter, and as they come back: short enough for a phone at night. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Incident, Instant, PersonId } from '../../incident/incident.ts';
import type { Page } from '../../incident/page.ts';
import type { Policy } from '../../incident/policy.ts';
import { judge } from '../../incident/verdict.ts';
import type { Message } from '../blocks.ts';
import { message, say, section } from '../blocks.ts';
import { bold, bounded, date, escape, mention, oneLine, renderRowText, time } from '../mrkdwn.ts';
import { aboutWhat, askedWords, bridgeWords, pageButtons, whyWords } from './page-words.ts';
import { meaningOf, named, roomMention, statusNames, titleOf } from './wording.ts';

type Entering = {
  readonly incident: Incident;
  /** All rows of the incident, in order. */
  readonly rows: readonly TimelineRow[];
  readonly policy: Policy;
  readonly at: Instant;
};

const mostTried = 3;

/** What is known, who leads, what was tried, what is asked, and the bridge: ten lines at most. @param asked what is asked of them, as a sentence; `null`: nothing in particular. */
export function briefing({ incident, rows, policy, at }: Entering, asked: string | null): Message {
  const { commander } = incident.roles;
  const impact = rows.findLast(({ kind }) => kind === 'impact');
  const known =
    rows.findLast(({ kind }) => kind === 'identified') ?? rows.findLast(({ kind }) => kind === 'hypothesis');
  const tried = rows.filter(({ kind }) => kind === 'action' || kind === 'mitigation' || kind === 'mitigated');
  const told = [
    bold(`${named(incident)}: ${titleOf(incident)}`),
    `${statusNames[incident.status]}: ${meaningOf(incident)}. ${beganWords(incident)}`,
    `${commander === null ? 'Nobody leads yet.' : `${mention(commander)} leads.`} War room: ${roomMention(incident)}.${bridgeWords(incident, policy)}`,
    ...(incident.watches.length === 0 ? [] : [`Alarms: ${escape(bounded(judge(incident, at).reason, 160))}`]),
    ...(impact === undefined
      ? []
      : [`What users ${incident.mitigatedAt !== null ? 'felt' : 'feel'}: ${shortRow(impact)}`]),
    ...(known === undefined ? [] : [known.kind === 'hypothesis' ? `Hypothesis: ${shortRow(known)}` : shortRow(known)]),
    ...(tried.length === 0 ? ['Nothing is noted as tried yet.'] : tried.slice(-mostTried).map(triedLine)),
    ...(asked === null ? [] : [asked]),
  ];
  return message(`You are on ${named(incident)}: ${titleOf(incident)}.`, [section(told.join('\n'))]);
}

/** When it began is known by an alarm alone; without one there is only the moment in which somebody said so. */
function beganWords({ detection, declaredAt }: Incident): string {
  return detection.firstBreachAt === null
    ? `Declared ${date(declaredAt)}.`
    : `It began ${date(detection.firstBreachAt)}.`;
}

function triedLine(row: TimelineRow): string {
  return `Tried ${time(row.occurredAt)}: ${shortRow(row)}`;
}

/** The row's words on one line; those of machines can mention nobody. */
function shortRow({ actor, text }: TimelineRow, most = 160): string {
  const words = bounded(oneLine(text), most);
  return actor.type === 'alarm' || actor.type === 'webhook' ? escape(words) : renderRowText(words);
}

const mostSince = 6;

const newsworthy: ReadonlySet<TimelineRow['kind']> = new Set([
  'observation',
  'hypothesis',
  'hypothesis dropped',
  'decision',
  'action',
  'impact',
  'mitigation',
  'setback',
  'severity changed',
  'identified',
  'mitigated',
  'resolved',
  'reopened',
  'undone',
  'role given',
  'services changed',
  'relapsed',
  'recovery proved',
]);

type Recalled = Entering & {
  readonly page: Page;
  /** The row with which they left. */
  readonly left: TimelineRow;
  /** Who asks for them; `null`: nobody in particular. */
  readonly by: PersonId | null;
};

/** To who stood by: please come back, and what happened since they left. */
export function recalled({ incident, rows, policy, page, left, by }: Recalled): Message {
  const since = rows.filter(({ id, kind }) => id > left.id && newsworthy.has(kind));
  const older = since.length - mostSince;
  const news =
    since.length === 0
      ? [`Nothing was noted since you left (${time(left.occurredAt)}).`]
      : [
          `Since you left (${time(left.occurredAt)}):`,
          ...(older > 0 ? [`… ${older} earlier on the timeline`] : []),
          ...since.slice(-mostSince).map((row) => `• ${time(row.occurredAt)} ${shortRow(row, 200)}`),
        ];
  const asked = `${aboutWhat(incident)} ${askedWords(page)}\nWar room: ${roomMention(incident)}.${bridgeWords(incident, policy)}${whyWords(page, by)}`;
  return say([asked, ...news].join('\n'), pageButtons(incident, page.key));
}
