/** Who takes a page, who passes it on, who speaks, who is paged. Who leaves and comes back is in `decide-leaving.ts`. */
import type { IncidentCommand } from './command.ts';
import { cadenceOf, callsFor } from './calls.ts';
import { unknownServices } from './declare.ts';
import type { Ask, Decision } from './decision.ts';
import { decided, over, refused } from './decision.ts';
import { firstToLead, giveRole, givesRole } from './decide-roles.ts';
import type { Happening } from './event.ts';
import { type Asked, type Incident, isOngoing, isUnmitigated, type PersonId, type ResponderState } from './incident.ts';
import { previewWords } from './page-preview.ts';
import { type Call, type Directory, expand, type Page, type PageKey } from './page.ts';
import { type Circumstances, mostPauses, openPage, pageName, pauseMillis, taken, turnPage } from './paging.ts';
import { person } from './permissions.ts';
import { clock } from './timeline.ts';

/** How many people one command may page; a room takes 100 in one call. */
const mostPaged = 100;

type PeopleCommand = Extract<
  IncidentCommand,
  { name: 'join' | 'pass on' | 'speak' | 'take in pager' | 'give role' | 'page' }
>;

export function decidePeople(ask: Ask<PeopleCommand>): Decision {
  const { incident, command } = ask;
  switch (command.name) {
    case 'join':
      return over(incident) ?? join({ ...ask, command });
    case 'pass on':
      return over(incident) ?? passOn(ask);
    case 'speak':
      return isOngoing(incident) ? speak(ask) : decided([]);
    case 'take in pager':
      return takeInPager({ ...ask, command });
    case 'give role':
      return over(incident) ?? giveRole({ ...ask, command });
    case 'page':
      return over(incident) ?? page({ ...ask, command });
  }
}

export function stateOf(incident: Incident, who: PersonId): ResponderState | null {
  return incident.responders.find((responder) => responder.person === who)?.state ?? null;
}

function isRunning({ ended }: Page): boolean {
  return ended === null;
}

/** Whoever says so is on it: the page they name, or every page that called them or names them on a later level. */
function join({ incident, command, by, at, directory }: Ask<Extract<PeopleCommand, { name: 'join' }>>): Decision {
  const self = person(by);
  if (self === null) return refused('Only a person can join.');
  const pages = pagesMeant(incident, { page: command.page, self, directory });
  // Words in the room count for those who were called, also when somebody else was first; whoever else says them is only talking.
  if (command.said && pages.length === 0 && stateOf(incident, self) !== 'paged') return decided([]);
  const active = stateOf(incident, self) === 'active';
  if (active && pages.length === 0) return decided([]);
  const joined: readonly Happening[] = active
    ? []
    : [{ event: { kind: 'responder active', person: self }, text: `<@${self}> is on it.` }];
  const answered = pages.map((each) => taken(each, self, command.said ? 'words' : 'button'));
  const leads = pages.some(({ question }) => question === 'lead');
  const known = incident.roles.commander === self && !incident.provisional;
  return decided([
    ...(answered.length === 0 ? joined : answered),
    ...(leads && !known ? [givesRole(incident, { role: 'commander', to: self, at })] : []),
    ...(leads ? [] : firstToLead(incident, self)),
  ]);
}

function pagesMeant(
  { pages }: Incident,
  ask: { readonly page: PageKey | null; readonly self: PersonId; readonly directory: Directory },
): readonly Page[] {
  const running = pages.filter(isRunning);
  // Nobody took those, and whoever was called, or reads of it, may still come.
  const unanswered = pages.filter(({ ended }) => ended === 'unanswered');
  if (ask.page !== null) return [...running, ...unanswered].filter(({ key }) => key === ask.page);
  const called = running.filter((each) => each.called.includes(ask.self));
  // Nobody leads by accident: only who was called for nothing else means that they lead.
  if (called.length > 0 && called.every(({ question }) => question === 'lead')) return called;
  const isNamed = ({ levels }: Page): boolean => expand(levels.flat(), ask.directory).people.includes(ask.self);
  const late = unanswered.filter((each) => each.called.includes(ask.self));
  return [...running.filter((each) => called.includes(each) || isNamed(each)), ...late].filter(
    ({ question }) => question !== 'lead',
  );
}

function passOn({ incident, by, at, directory }: Pick<Ask, 'incident' | 'by' | 'at' | 'directory'>): Decision {
  const self = person(by);
  const state = self === null ? null : stateOf(incident, self);
  if (self === null || state === null) return refused('You are not a responder here, so there is nothing to pass on.');
  if (state === 'passed on') return decided([]);
  const left: Incident = {
    ...incident,
    responders: incident.responders.map((each) => (each.person === self ? { ...each, state: 'passed on' } : each)),
  };
  // When nobody of the level is left to answer, there is nothing to wait for.
  const onward = incident.pages
    .filter((each) => isRunning(each) && each.called.includes(self) && !anybodyLeft(left, each, directory))
    .flatMap((each) => turnPage(left, { ...each, climbAt: at, repeatAt: at }, { at, directory }));
  const again = state === 'active' ? pageAgain(left, self, { at, directory }) : [];
  return decided([
    { event: { kind: 'responder passed on', person: self }, text: `<@${self}> passed on.` },
    ...onward,
    ...again,
  ]);
}

/** What somebody had taken who is not there after all is nobody's any more: it is paged again. */
export function pageAgain(left: Incident, gone: PersonId, circumstances: Circumstances): readonly Happening[] {
  if (!isUnmitigated(left)) return [];
  return left.pages
    .filter(({ takenBy, question }) => takenBy === gone && question !== 'lead')
    .filter((each) => !isWorkedOn(left, each))
    .flatMap(({ key, question, service, reason, levels, cadence, night }) =>
      openPage(left, { key, question, service, reason, levels, cadence, night }, circumstances),
    );
}

function isWorkedOn({ responders }: Incident, { question, service }: Asked): boolean {
  return responders.some(
    ({ state, asked }) => state === 'active' && asked?.question === question && asked.service === service,
  );
}

/** Of the level that is called now: whoever was silent before is not waited for any more. */
function anybodyLeft(incident: Incident, { called, level, levels }: Page, directory: Directory): boolean {
  const { people } = expand(levels[level] ?? [], directory);
  return called.some((each) => people.includes(each) && ['paged', 'active'].includes(stateOf(incident, each) ?? ''));
}

/** Words are no answer, but somebody is there: the climb waits a little for them. */
function speak({ incident, by, at }: Pick<Ask, 'incident' | 'by' | 'at'>): Decision {
  const self = person(by);
  if (self === null) return decided([]);
  const waiting = incident.pages.filter(
    (each) =>
      isRunning(each) &&
      each.called.includes(self) &&
      // A level that sleeps is not climbed past because somebody speaks.
      each.climbAt !== null &&
      each.pauses < mostPauses &&
      (each.pausedUntil === null || each.pausedUntil <= at) &&
      stateOf(incident, self) === 'paged',
  );
  const paused = waiting.map((each): Happening => ({
    event: {
      kind: 'page paused',
      page: each.key,
      person: self,
      until: at + pauseMillis,
      repeatAt: Math.max(each.repeatAt, at + pauseMillis),
      climbAt: (each.climbAt ?? at) + pauseMillis,
    },
    text: `<@${self}> said something: the page for ${pageName(each)} waits until ${clock(at + pauseMillis)} UTC.`,
  }));
  const asked = incident.suggested?.asked.includes(self) ?? false;
  return decided([...paused, ...(asked ? [kept(self, `<@${self}> is still at it, and stays.`)] : [])]);
}

/** Somebody stays who was asked to stand down. */
export function kept(who: PersonId, text: string): Happening {
  return { event: { kind: 'responder kept', person: who }, text };
}

function takeInPager({ incident, command }: Ask<Extract<PeopleCommand, { name: 'take in pager' }>>): Decision {
  const running = incident.pages.find((each) => isRunning(each) && each.key === command.page);
  if (running === undefined) return decided([]);
  const who = command.who.trim() === '' ? '' : ` by ${command.who.trim()}`;
  return decided([
    {
      event: { kind: 'page answered', page: running.key, person: null, by: 'pager' },
      text: `The page for ${pageName(running)} was taken in the pager${who}.`,
    },
  ]);
}

type PageCommand = Extract<PeopleCommand, { name: 'page' }>;

function page(ask: Ask<PageCommand>): Decision {
  const { incident, command, policy, directory, at } = ask;
  const services = [...new Set(command.services)];
  const unknown = services.filter((name) => !policy.services.some((service) => service.name === name));
  if (unknown.length > 0) return refused(unknownServices(unknown, policy));
  const targets = [...new Set(command.targets)];
  if (targets.length === 0 && services.length === 0) {
    return refused('Say whom to page: `/incident page @name`, a group or a service.');
  }
  if (incident.test) {
    return refused('This is a test: it pages nobody. Invite people to the channel by hand if you want them here.');
  }
  const calls = callsOf(ask, { targets, services });
  const first = expand(
    calls.flatMap(({ levels }) => levels[0] ?? []),
    directory,
  );
  const people = first.people.filter((each) => !['paged', 'active'].includes(stateOf(incident, each) ?? ''));
  if (first.people.length > mostPaged) {
    return refused(`${first.people.length} people are too many for one command; page at most ${mostPaged} at a time.`);
  }
  if (people.length === 0 && first.missing.length === 0) return refused('They are paged or active already.');
  if (!command.confirmed) {
    const { zones } = directory;
    const { night } = policy.people;
    return {
      type: 'confirm',
      text: previewWords({ people, missing: first.missing, zones, at, night }),
      offers: [
        {
          label: 'Page Them',
          incident: incident.id,
          command: { ...command, confirmed: true },
        },
      ],
    };
  }
  // Whoever stood by and is paged is called back by that.
  const back = people.filter((each) => stateOf(incident, each) !== null);
  const known = recalled(incident, back);
  return decided([
    ...(back.length === 0 ? [] : [backWords(back)]),
    ...calls.flatMap((call) => openPage(known, call, { at, directory })).map((each) => ({ ...each, actor: ask.by })),
  ]);
}

/** Typed pages wake people: whoever asks has seen what time it is where they are. */
function callsOf(
  { incident, command, policy }: Ask<PageCommand>,
  { targets, services }: { readonly targets: Call['levels'][number]; readonly services: readonly string[] },
): readonly Call[] {
  const reason = command.reason.trim();
  const cadence = { ...cadenceOf(incident.severity, policy.people), atNight: true };
  const number = incident.pages.filter(({ key }) => key.startsWith('call:')).length + 1;
  const typed: readonly Call[] =
    targets.length === 0
      ? []
      : [
          {
            key: `call:${number}`,
            question: 'fix',
            service: null,
            reason,
            levels: [targets],
            cadence,
            night: policy.people.night,
          },
        ];
  const ofServices = callsFor({ services, severity: incident.severity }, policy)
    .filter(({ question }) => services.length > 0 && question === 'fix')
    .filter(({ key }) => !incident.pages.some((each) => each.key === key && isRunning(each)))
    .map((call) => ({ ...call, reason, cadence }));
  return [...typed, ...ofServices];
}

/** As it is once they are called back. */
export function recalled(incident: Incident, people: readonly PersonId[]): Incident {
  return {
    ...incident,
    responders: incident.responders.map((each) => (people.includes(each.person) ? { ...each, state: 'paged' } : each)),
  };
}

export function backWords(people: readonly PersonId[]): Happening {
  return {
    event: { kind: 'responders recalled', people },
    text: `Called back: ${people.map((each) => `<@${each}>`).join(', ')}.`,
  };
}
