/** What is to be done about something that happened in the workspace. */
import { handle } from '../handle.ts';
import type { IncidentCommand } from '../incident/command.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import { isOngoing } from '../incident/incident.ts';
import { directoryRefresh } from '../incident/job.ts';
import { noteWord } from '../postgres/directory.ts';
import { readIncidentOfRoom, readOpenIncidents } from '../postgres/incidents.ts';
import { moveZone } from '../postgres/people.ts';
import type { News } from '../slack/news.ts';
import type { Context } from './context.ts';

export async function handleNews(context: Context, news: News, source: string): Promise<void> {
  switch (news.type) {
    case 'spoken':
      await hear(context, news, source);
      return;
    case 'groups changed':
      await context.postgres.transaction((tx) => context.queue.enqueue(tx, [directoryRefresh]));
      return;
    case 'person changed':
      await moveZone(context.postgres, news.person, news.zone);
  }
}

type Spoken = Extract<News, { type: 'spoken' }>;

async function hear(context: Context, news: Spoken, source: string): Promise<void> {
  const incident = news.direct
    ? lastToCall(await readOpenIncidents(context.postgres), news.by)
    : await readIncidentOfRoom(context.postgres, news.channel);
  if (incident === null) return;
  const { by, at, onIt, direct } = news;
  if (!direct) await noteWord(context.postgres, { incident: incident.id, person: by, at });
  if (!isOngoing(incident) || !isWaitedFor(incident, by)) return;
  const command: IncidentCommand = onIt ? { name: 'join', page: null, said: true } : { name: 'speak' };
  await handle(context, { id: source, by: { type: 'person', person: by }, incident: incident.id, command });
}

/** Whether anybody's words may mean something to a page, or to who is asked to go. Most words do not. */
function isWaitedFor({ pages, responders, suggested }: Incident, who: PersonId): boolean {
  const paged = responders.some(({ person, state }) => person === who && state === 'paged');
  return paged || pages.some(({ ended }) => ended === null) || (suggested?.asked.includes(who) ?? false);
}

/** Of several incidents that call somebody at once, the last one is what they answer. */
function lastToCall(open: readonly Incident[], person: PersonId): Incident | null {
  const calling = open.flatMap((incident) =>
    incident.pages
      .filter(({ ended, called }) => (ended === null || ended === 'unanswered') && called.includes(person))
      .map((page) => ({ incident, page })),
  );
  return calling.toSorted((a, b) => b.page.openedAt - a.page.openedAt)[0]?.incident ?? null;
}
