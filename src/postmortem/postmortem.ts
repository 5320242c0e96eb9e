/** The postmortem as a document: what it says, and the timeline rows that each of its lines stands on. */
import type { IncidentId, Instant } from '../incident/incident.ts';

/** Ids of timeline rows. Never empty: what stands on no row is not said. */
export type RowIds = readonly [number, ...number[]];

/** Something the record supports. */
export type Statement = { readonly type: 'statement'; readonly text: string; readonly rows: RowIds };

/** Something the writer has to answer. It may point at rows; it claims nothing beyond them. */
export type Question = { readonly type: 'question'; readonly text: string; readonly rows: readonly number[] };

export type Line = Statement | Question;

/** One line of the list at the head of the document. */
export type Fact = { readonly label: string; readonly text: string; readonly rows: RowIds };

/** One timeline row, as a reader sees it. */
export type Entry = {
  readonly type: 'entry';
  readonly row: number;
  /** The room key of the incident that it happened in, if that is another which turned out to be part of this one. */
  readonly of: string | null;
  readonly occurredAt: Instant;
  readonly kind: string;
  /** A role, an alarm, a webhook or Muster; never a name of a person. */
  readonly actor: string;
  /** The row's words with roles for names; may hold line breaks. */
  readonly text: string;
  readonly link: string | null;
  /** When it was recorded, if that was much later than it happened. */
  readonly recordedLater: Instant | null;
};

/** How many people were there at a moment. */
export type Attendance = {
  readonly at: Instant;
  /** Such as `mitigated`. */
  readonly label: string;
  readonly paged: number;
  readonly active: number;
  readonly standby: number;
};

/** What the time of people was given to. */
export type Effort = {
  /** A role, a service, or others. */
  readonly name: string;
  /** Such as `2.5`. */
  readonly personHours: string;
  readonly from: Instant;
  readonly to: Instant;
};

/** Who came and who could leave again, in numbers: no person stands in them. */
export type Responders = {
  readonly lines: readonly Statement[];
  readonly attendance: readonly Attendance[];
  readonly efforts: readonly Effort[];
};

/** The shape of a Correction of Error. Factors stand in a list, because no single one explains an incident. */
export type Postmortem = {
  readonly type: 'postmortem';
  readonly incident: IncidentId;
  readonly title: string;
  /** What this draft was written from. */
  readonly origin: Statement;
  readonly facts: readonly Fact[];
  readonly summary: readonly Line[];
  readonly impact: readonly Line[];
  /** What the alarms tell: from when to when they were red, and what could not be known. */
  readonly detectionAndRecovery: readonly Line[];
  /** `null`: the record does not tell who was there. */
  readonly responders: Responders | null;
  /** In the order in which things happened; gaps stand as questions where they are. */
  readonly timeline: readonly (Entry | Question)[];
  readonly contributingFactors: readonly Line[];
  readonly wentWell: readonly Line[];
  readonly actionItems: readonly Line[];
  readonly openQuestions: readonly Line[];
};

/** There is nothing to learn from in the record; `text` says so in words that can be shown. */
export type NoDraft = { readonly type: 'no draft'; readonly text: string };

/** In ascending order, each once; `null` when there are no rows to stand on. */
export function rowIds(rows: readonly { readonly id: number }[]): RowIds | null {
  const [first, ...rest] = [...new Set(rows.map((row) => row.id))].toSorted((a, b) => a - b);
  return first === undefined ? null : [first, ...rest];
}

export function statement(text: string, first: { readonly id: number }, ...rest: { readonly id: number }[]): Statement {
  return { type: 'statement', text, rows: rowIds([first, ...rest]) ?? [first.id] };
}

export function question(text: string, ...rows: readonly { readonly id: number }[]): Question {
  return { type: 'question', text, rows: rowIds(rows) ?? [] };
}
