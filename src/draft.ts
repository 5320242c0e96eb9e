/** The postmortem draft of a stored incident as Markdown: for Slack and the shell alike, and without either. */
import { postmortemFileName } from './export/file-name.ts';
import { toMarkdown } from './export/markdown.ts';
import type { Incident, IncidentId } from './incident/incident.ts';
import { roomKey } from './incident/incident.ts';
import { readIncident } from './postgres/incidents.ts';
import { readPeople } from './postgres/people.ts';
import { readNow, type Sql } from './postgres/postgres.ts';
import { readTimeline } from './postgres/timeline.ts';
import { draftPostmortem, type MergedIncident } from './postmortem/draft.ts';

export type Draft =
  | { readonly type: 'draft'; readonly fileName: string; readonly markdown: string }
  /** In words, why there is none. */
  | { readonly type: 'no draft'; readonly text: string };

export async function readDraft(sql: Sql, id: IncidentId): Promise<Draft> {
  const incident = await readIncident(sql, id);
  if (incident === null) return { type: 'no draft', text: `There is no ${roomKey(id)}.` };
  const rows = await readTimeline(sql, id);
  const merged = await readMerged(sql, incident);
  const people = await readPeople(sql);
  const postmortem = draftPostmortem({ incident, rows, merged, people, draftedAt: await readNow(sql) });
  if (postmortem.type === 'no draft') return postmortem;
  return { type: 'draft', fileName: postmortemFileName(id), markdown: toMarkdown(postmortem) };
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
