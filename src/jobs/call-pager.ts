/** Brings the pagers to what is true of the pages: called, answered, or over. And back: what pagers say. */
import { handle } from '../handle.ts';
import type { Incident, IncidentId, Instant, Room } from '../incident/incident.ts';
import { isUnmitigated, roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import type { Page } from '../incident/page.ts';
import type { PagerName, Policy } from '../incident/policy.ts';
import type { PagerAct } from '../pager/pager-call.ts';
import type { PagerNews } from '../pager/pager-news.ts';
import { readIncident } from '../postgres/incidents.ts';
import { keysBeginning, resultOf, settled, wantedAt } from '../postgres/outside-writes.ts';
import { readPeople } from '../postgres/people.ts';
import { readNow } from '../postgres/postgres.ts';
import type { Context } from './context.ts';
import { waitForRoom } from './wait-for-room.ts';
import { attempt } from './write-once.ts';

export async function callPager(context: Context, { incident: id }: JobData['call-pager']): Promise<void> {
  const incident = await readIncident(context.postgres, id);
  if (incident === null || incident.test) return;
  const triggers = (await keysBeginning(context.postgres, id, triggerPrefix)).map((key) =>
    key.slice(triggerPrefix.length),
  );
  const pagings = pagingsOf(incident, { triggers, policy: context.policy });
  if (pagings.length > 0) waitForRoom(incident, await readNow(context.postgres));
  // A pager that does not answer does not keep another from being called.
  const failures: unknown[] = [];
  for (const paging of pagings) {
    await bring(context, paging).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * What pagers are to be told. A page that was opened anew is a call of its own: the one before it is over, and would ring on.
 * @param triggers the keys of all calls that ever went to a pager, or were about to.
 */
export function pagingsOf(
  incident: Incident,
  { triggers, policy }: { readonly triggers: readonly string[]; readonly policy: Policy },
): readonly Paging[] {
  const pages = incident.pages.map((page) => ({ page, act: wanted(incident, page) }));
  const replaced = triggers.flatMap((key) => {
    const { page: name = '', openedAt = 0 } = readKey(key) ?? {};
    if (!name.startsWith(servicePrefix)) return [];
    if (incident.pages.some((page) => page.key === name && page.openedAt === openedAt)) return [];
    const page = { key: name, openedAt, service: name.slice(servicePrefix.length), called: [] };
    return [{ page, act: 'resolve' as const }];
  });
  return [...replaced, ...pages].flatMap(({ page, act }) => {
    const pager = policy.services.find(({ name }) => name === page.service)?.pager ?? null;
    const isOurs = pager !== null && act !== null && page.key === `${servicePrefix}${page.service}`;
    return isOurs ? [{ incident, page, pager, act }] : [];
  });
}

/** Whoever waits for the pager must know soon that it does not ring, in milliseconds; it is tried all the same. */
const patienceMillis = 60_000;

type Paging = {
  readonly incident: Incident;
  readonly page: Pick<Page, 'key' | 'openedAt' | 'service' | 'called'>;
  readonly pager: PagerName;
  readonly act: PagerAct;
};

const triggerPrefix = 'pager:trigger:';
const servicePrefix = 'service:';

/** What was never called needs no end. */
async function bring(context: Context, paging: Paging): Promise<void> {
  const { act } = paging;
  const triggered = writeKey(paging, 'trigger');
  if (act === 'trigger') {
    await send(context, paging, act);
    return;
  }
  const { postgres } = context;
  // It may be on its way: then it has to arrive before its end does.
  if ((await resultOf(postgres, triggered)) === null) {
    if ((await wantedAt(postgres, triggered)) === null || (await settled(postgres, [triggered])).has(triggered)) return;
    await send(context, paging, 'trigger');
  }
  await send(context, paging, act);
}

/** As long as nobody took it, the pager goes on calling, also when Slack has nobody left to call. */
function wanted(incident: Incident, page: Page): PagerAct | null {
  // Once users are no longer affected nobody is woken, nor reminded of what they have taken.
  const over = !isUnmitigated(incident);
  switch (page.ended) {
    case null:
      return page.calls > 0 ? 'trigger' : null;
    case 'unanswered':
    case 'nobody':
      return over ? 'resolve' : 'trigger';
    case 'answered':
      return over ? 'resolve' : 'acknowledge';
    case 'withdrawn':
    case 'over':
      return 'resolve';
  }
}

function writeKey(paging: Paging, act: PagerAct): string {
  return `pager:${act}:${dedupKey(paging)}`;
}

/** Each opening of a page is a call of its own. */
function dedupKey({ incident, page }: Pick<Paging, 'incident' | 'page'>): string {
  return `muster:${incident.id}:${page.openedAt}:${page.key}`;
}

async function send(context: Context, paging: Paging, act: PagerAct): Promise<void> {
  const { incident, page, pager } = paging;
  const names = new Map((await readPeople(context.postgres)).map((person) => [person.id, person.names[0]]));
  await attempt(context, {
    key: writeKey(paging, act),
    incident: incident.id,
    method: 'pager',
    essential: true,
    patienceMillis,
    what: `${actWords[act]} the pager ${pager} for ${page.service}`,
    // Sending it again is harmless: the pager knows it by its key.
    look: () => Promise.resolve(null),
    write: async () => {
      // The same when it is sent again: it tells this call from a later one.
      const at = (await wantedAt(context.postgres, writeKey(paging, act))) ?? page.openedAt;
      await context.pagers.send(pager, {
        act,
        dedupKey: dedupKey(paging),
        incident: roomKey(incident.id),
        title: incident.title,
        severity: incident.severity,
        service: page.service,
        question: `Please come and help to repair ${page.service}.`,
        link: incident.room === null ? null : roomAddress(incident.room),
        people: page.called.flatMap((person) => names.get(person) ?? []),
        at,
      });
      return true;
    },
  });
}

const actWords: { readonly [A in PagerAct]: string } = {
  trigger: 'call',
  acknowledge: 'stop',
  resolve: 'end the call of',
};

/** Slack sends whoever follows it to the channel, in whichever of its apps they use. */
function roomAddress({ channel }: Room): string {
  return `https://slack.com/app_redirect?channel=${encodeURIComponent(channel)}`;
}

/** What a pager says of a page. Whoever takes it there takes it here; nothing else changes a page. */
export async function takePagerNews(context: Context, news: PagerNews): Promise<'taken' | 'unknown'> {
  const meant = readKey(news.dedupKey);
  const incident = meant === null ? null : await readIncident(context.postgres, meant.incident);
  const page = incident?.pages.find((each) => each.key === meant?.page && each.openedAt === meant.openedAt);
  if (incident === null || page === undefined) return 'unknown';
  // Muster itself ends calls, and pagers tell of that, too.
  if (news.act === 'reopened' || !news.person) return 'taken';
  await handle(context, {
    id: `pager:${news.id}`,
    by: { type: 'webhook', name: 'pager' },
    incident: incident.id,
    command: { name: 'take in pager', page: page.key, who: news.by ?? '' },
  });
  return 'taken';
}

function readKey(
  key: string,
): { readonly incident: IncidentId; readonly openedAt: Instant; readonly page: string } | null {
  const [, incident, openedAt, page] = /^muster:(\d{1,15}):(\d{1,15}):(.{1,200})$/s.exec(key) ?? [];
  if (incident === undefined || openedAt === undefined || page === undefined) return null;
  return { incident: Number(incident) as IncidentId, openedAt: Number(openedAt), page };
}
