/** The postmortem draft of a stored incident as Markdown: for Slack and the shell alike, and without either. */
import { describeChart } from './export/describe-chart.ts';
import { drawChart } from './export/draw-chart.ts';
import { headcountFileName, postmortemFileName } from './export/file-name.ts';
import { headcountChart } from './export/headcount-chart.ts';
import { toMarkdown } from './export/markdown.ts';
import type { TimelineRow } from './incident/event.ts';
import { readHeadcount } from './incident/headcount.ts';
import type { Incident, IncidentId, Instant } from './incident/incident.ts';
import { roomKey } from './incident/incident.ts';
import { milestonesOf } from './incident/milestones.ts';
import { readIncident } from './postgres/incidents.ts';
import { readPeople } from './postgres/people.ts';
import { readNow, type Sql } from './postgres/postgres.ts';
import { readTimeline } from './postgres/timeline.ts';
import { draftPostmortem, type MergedIncident } from './postmortem/draft.ts';

export type Draft =
  | {
      readonly type: 'draft';
      readonly fileName: string;
      readonly markdown: string;
      /** The headcount; `null`: the record does not tell who was there. */
      readonly chart: DraftChart | null;
    }
  /** In words, why there is none. */
  | { readonly type: 'no draft'; readonly text: string };

export type DraftChart = {
  readonly fileName: string;
  readonly svg: string;
  /** What it shows, in at most 1,000 characters on one line. */
  readonly alt: string;
};

export async function readDraft(sql: Sql, id: IncidentId): Promise<Draft> {
  const incident = await readIncident(sql, id);
  if (incident === null) return { type: 'no draft', text: `There is no ${roomKey(id)}.` };
  const rows = await readTimeline(sql, id);
  const merged = await readMerged(sql, incident);
  const people = await readPeople(sql);
  const draftedAt = await readNow(sql);
  const postmortem = draftPostmortem({ incident, rows, merged, people, draftedAt });
  if (postmortem.type === 'no draft') return postmortem;
  const chart = drawHeadcount(id, rows, draftedAt);
  return { type: 'draft', fileName: postmortemFileName(id), markdown: toMarkdown(postmortem), chart };
}

function drawHeadcount(incident: IncidentId, rows: readonly TimelineRow[], at: Instant): DraftChart | null {
  const headcount = readHeadcount(rows, at);
  if (headcount === null) return null;
  const chart = headcountChart({ incident, headcount, marks: milestonesOf(rows) });
  return { fileName: headcountFileName(incident), svg: drawChart(chart), alt: describeChart(chart) };
}

/** Those that turned out to be part of the incident, those that had turned out to be part of them, and so on; each once. */
async function readMerged(sql: Sql, incident: Incident): Promise<readonly MergedIncident[]> {
  const merged: MergedIncident[] = [];
  const left = [...incident.merged];
  for (let id = left.shift(); id !== undefined; id = left.shift()) {
    if (id === incident.id || merged.some((known) => known.id === id)) continue;
    merged.push({ id, rows: await readTimeline(sql, id) });
    left.push(...((await readIncident(sql, id))?.merged ?? []));
  }
  return merged;
}
