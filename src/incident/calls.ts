/** Whom an incident calls for what, as the catalog says. */
import type { Incident, Instant, ServiceName, Severity } from './incident.ts';
import { isUnmitigated, rank } from './incident.ts';
import type { Happening } from './event.ts';
import type { Cadence, Call, Page, PageKey, Target } from './page.ts';
import { expand } from './page.ts';
import {
  callable,
  type Circumstances,
  calling,
  ending,
  openPage,
  spread,
  timer,
  turnPage,
  whoIsAwake,
  pageName,
} from './paging.ts';
import type { Level, PeoplePolicy, Policy } from './policy.ts';

export function cadenceOf(severity: Severity | null, { cadences }: PeoplePolicy): Cadence {
  return cadences[severity ?? 'SEV2'];
}

/** The levels that count at this severity, without empty ones. */
function levelsAt(levels: readonly Level[], severity: Severity | null): readonly (readonly Target[])[] {
  return levels
    .filter(({ atLeast }) => atLeast === null || rank(severity) <= rank(atLeast))
    .map(({ targets }) => targets)
    .filter((targets) => targets.length > 0);
}

/** What an incident on these services asks of whom, at this severity. */
export function callsFor(
  { services, severity }: { readonly services: readonly ServiceName[]; readonly severity: Severity | null },
  policy: Policy,
): readonly Call[] {
  const common = { cadence: cadenceOf(severity, policy.people), night: policy.people.night, reason: '' };
  const affected = policy.services.filter(({ name }) => services.includes(name));
  const fix: readonly Call[] =
    services.length === 0
      ? [
          {
            ...common,
            key: 'service',
            question: 'fix',
            service: null,
            levels: levelsAt(policy.fallbackLevels, severity),
          },
        ]
      : affected.map(({ name, levels }) => ({
          ...common,
          key: serviceKey(name),
          question: 'fix',
          service: name,
          levels: levelsAt(levels, severity),
        }));
  const impact = policy.people.circles.map((circle): Call => ({
    ...common,
    key: `impact:${circle.name}`,
    question: 'impact',
    service: null,
    levels: levelsAt([circle], severity),
  }));
  return [...fix, ...impact].filter(({ levels }) => levels.length > 0);
}

export function serviceKey(service: ServiceName): PageKey {
  return `service:${service}`;
}

/**
 * Opens what is not open yet, changes what runs on, and withdraws what does not fit any more. Whoever is called at once is
 * called here.
 *
 * @param anew whoever took a page before may have gone to bed since: it is called again, and whoever leads is called, too.
 * @param worse what nobody answered is called again.
 * @param byHand services that somebody paged though they are no part of this: no catalog takes that back.
 */
export function followCalls(
  incident: Incident,
  {
    calls,
    at,
    directory,
    anew,
    worse,
    byHand,
  }: Circumstances & {
    readonly calls: readonly Call[];
    readonly anew: boolean;
    readonly worse: boolean;
    readonly byHand: readonly ServiceName[];
  },
): readonly Happening[] {
  if (incident.test || !isUnmitigated(incident)) return [];
  const byCatalog = incident.pages.filter(({ key }) => key === 'service' || /^(?:service|impact):/.test(key));
  const withdrawn = byCatalog
    .filter((page) => page.ended === null && !calls.some(({ key }) => key === page.key))
    .filter(({ service }) => service === null || !byHand.includes(service))
    .map((page) => ending(page, 'withdrawn'));
  const followed = calls.flatMap((call): readonly Happening[] => {
    const page = incident.pages.find(({ key }) => key === call.key);
    if (page === undefined || anew || page.ended === 'withdrawn' || page.ended === 'over') {
      return openPage(anew ? asleep(incident) : incident, call, { at, directory });
    }
    if (page.ended === 'answered') return callNewcomers(incident, { page, call }, { at, directory });
    if (page.ended !== null) return worse ? openPage(incident, call, { at, directory }) : [];
    return isAsInsistent(page, call) ? [] : changePage(incident, { page, call }, { at, directory });
  });
  return [...withdrawn, ...followed];
}

/** As it is when nobody who was at work is known to be there any more. */
function asleep(incident: Incident): Incident {
  return {
    ...incident,
    responders: incident.responders.map((each) => (each.state === 'active' ? { ...each, state: 'paged' } : each)),
  };
}

function isAsInsistent(page: Page, { cadence, levels }: Call): boolean {
  const { repeatMillis, climbMillis, atNight } = page.cadence;
  return (
    repeatMillis === cadence.repeatMillis &&
    climbMillis === cadence.climbMillis &&
    atNight === cadence.atNight &&
    JSON.stringify(levels) === JSON.stringify(page.levels)
  );
}

/** A page that runs on at another severity: sooner if it is worse, and those who were let sleep are called. */
function changePage(
  incident: Incident,
  { page, call }: { readonly page: Page; readonly call: Call },
  circumstances: Circumstances,
): readonly Happening[] {
  const { at } = circumstances;
  const { levels, cadence } = call;
  const called = page.calls > 0;
  // What was called before stays called, and what is due anyway does not come later because it got worse.
  const repeatAt = called ? nextDue(page, 'repeat', { cadence, at }) : at;
  const climbAt = called ? nextDue(page, 'climb', { cadence, at }) : null;
  const changed: Page = { ...page, levels, cadence, level: Math.min(page.level, levels.length - 1), repeatAt, climbAt };
  return [
    {
      event: { kind: 'page changed', page: page.key, levels, cadence, repeatAt, climbAt },
      text: `The page for ${pageName(page)} follows the severity.`,
      actor: timer,
    },
    ...callNewcomers(incident, { page: changed, call }, circumstances),
    ...turnPage(incident, changed, circumstances),
  ];
}

/** Counted anew at the new pace. */
function nextDue(
  page: Page,
  which: 'repeat' | 'climb',
  { cadence, at }: { readonly cadence: Cadence; readonly at: Instant },
): Instant {
  const [wait, before] = [cadence[`${which}Millis`], page.cadence[`${which}Millis`]];
  const anew = at + spread(wait, page, which);
  return wait <= before ? Math.min(anew, page[`${which}At`] ?? anew) : anew;
}

/** The first levels up to the one that was called, as they are now, may name people whom nobody called. */
export function callNewcomers(
  incident: Incident,
  { page, call }: { readonly page: Page; readonly call: Call },
  { at, directory }: Circumstances,
): readonly Happening[] {
  if (page.calls === 0) return [];
  const { people } = expand(call.levels.slice(0, page.level + 1).flat(), directory);
  const fresh = { ...page, cadence: call.cadence };
  const { awake } = whoIsAwake(
    fresh,
    callable(incident, fresh, people).filter((each) => !page.called.includes(each)),
    {
      at,
      directory,
    },
  );
  if (awake.length === 0) return [];
  const { repeatAt, level } = page;
  const climbAt = page.climbAt ?? repeatAt;
  return [calling(page, { level, call: page.calls, people: awake, repeatAt, climbAt })];
}
