/** Reads user groups, and where the people are whom the catalog pages; again every hour, and when Slack says that one changed. */
import { Refused } from '../failure.ts';
import type { GroupId, Incident, IncidentId, PersonId } from '../incident/incident.ts';
import { isOngoing } from '../incident/incident.ts';
import { directoryRefresh } from '../incident/job.ts';
import { callsGroups, expand } from '../incident/page.ts';
import type { Policy } from '../incident/policy.ts';
import { forgetOtherGroups, readMembers, saveGroup } from '../postgres/directory.ts';
import { readOpenIncidents } from '../postgres/incidents.ts';
import { savePeople, unknownPeople } from '../postgres/people.ts';
import { readNow } from '../postgres/postgres.ts';
import { listGroups, readProfile } from '../slack/people.ts';
import type { Context } from './context.ts';
import { isFailureNoted, noteFailure } from './write-once.ts';

const everyMillis = 60 * 60_000;

/** Called when a process starts. */
export async function ensureDirectory(context: Context): Promise<void> {
  await context.postgres.transaction((tx) => context.queue.enqueue(tx, [directoryRefresh]));
}

export async function refreshDirectory(context: Context): Promise<void> {
  const { postgres, queue, policy } = context;
  await refreshGroups(context);
  const { people } = expand(named(policy), { groups: await readMembers(postgres) });
  for (const person of await unknownPeople(postgres, people)) {
    await savePeople(postgres, [await readProfile(context.slack, person)]);
  }
  const runAt = (await readNow(postgres)) + everyMillis;
  await postgres.transaction((tx) => queue.enqueue(tx, [{ ...directoryRefresh, runAt }]));
}

/** Groups that are called for right now, and can't be read, are told of in their rooms. */
async function refreshGroups(context: Context): Promise<void> {
  const { postgres, queue, slack, log } = context;
  try {
    const groups = await listGroups(slack);
    const changed = await postgres.transaction(async (tx) => {
      const news: boolean[] = [];
      for (const group of groups) news.push(await saveGroup(tx, group));
      await forgetOtherGroups(
        tx,
        groups.map(({ id }) => id),
      );
      return news.includes(true);
    });
    const calling = (await readOpenIncidents(postgres)).filter(waitsForGroups);
    const members = await readMembers(postgres);
    for (const incident of calling.filter((each) => callsUnknownGroup(each, members))) {
      await noteUnread(context, incident, 'no_such_subteam');
    }
    if (!changed) return;
    await postgres.transaction((tx) =>
      queue.enqueue(
        tx,
        calling.map(({ id }) => ({ name: 'keep-time', key: `keep-time:${id}`, data: { incident: id } }) as const),
      ),
    );
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    log.warn({ code: error.code }, 'user groups could not be read');
    for (const incident of (await readOpenIncidents(postgres)).filter(waitsForGroups)) {
      await noteUnread(context, incident, error.code);
    }
  }
}

async function noteUnread(context: Context, { id }: Incident, code: string): Promise<void> {
  const what = 'read who is in the groups that are paged';
  await noteFailure(context, { key: unreadKey(id), incident: id, method: 'usergroups.list', what }, code);
}

function unreadKey(id: IncidentId): string {
  return `groups:${id}`;
}

/** A page may call a group that was never read: then it is read now, unless that was in vain before. */
export async function seekGroups(context: Context, incident: Incident): Promise<void> {
  const { postgres, queue } = context;
  if (!waitsForGroups(incident) || !callsUnknownGroup(incident, await readMembers(postgres))) return;
  if (await isFailureNoted(context, { key: unreadKey(incident.id), incident: incident.id })) return;
  await postgres.transaction((tx) => queue.enqueue(tx, [directoryRefresh]));
}

function callsUnknownGroup({ pages }: Incident, groups: ReadonlyMap<GroupId, readonly PersonId[]>): boolean {
  const running = pages.filter(({ ended }) => ended === null);
  return (
    expand(
      running.flatMap(({ levels }) => levels.flat()),
      { groups },
    ).missing.length > 0
  );
}

function waitsForGroups(incident: Incident): boolean {
  return isOngoing(incident) && incident.pages.some(callsGroups);
}

/** Everyone whom the catalog names. */
function named({ services, fallbackLevels, people }: Policy): Parameters<typeof expand>[0] {
  const levels = [...services.flatMap((service) => service.levels), ...fallbackLevels, ...people.circles];
  return levels.flatMap(({ targets }) => targets);
}
