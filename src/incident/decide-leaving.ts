/** Who is let go, who stays, who is called back. */
import { cadenceOf } from './calls.ts';
import type { IncidentCommand } from './command.ts';
import type { Ask, Decision } from './decision.ts';
import { decided, over, refused } from './decision.ts';
import { backWords, kept, recalled, stateOf } from './decide-people.ts';
import type { Happening } from './event.ts';
import { type Incident, type PersonId, roles } from './incident.ts';
import { ending, openPage } from './paging.ts';
import { mayChangeStatus, mayStandDown, person } from './permissions.ts';
import { isKept, suggest } from './standdown.ts';

/** Who said something this shortly before many are let go by one button stays, in milliseconds. */
const justNowMillis = 60_000;

type LeavingCommand = Extract<
  IncidentCommand,
  { name: 'stand down' | 'ask to stand down' | 'put off standing down' | 'keep me' | 'recall' }
>;

export function decideLeaving(ask: Ask<LeavingCommand>): Decision {
  const { incident, command, by } = ask;
  const objection = over(incident);
  if (objection !== null) return objection;
  switch (command.name) {
    case 'stand down':
      return standDown({ ...ask, command });
    case 'ask to stand down':
      return askToStandDown({ ...ask, command });
    case 'put off standing down': {
      const denied = mayStandDown(incident, by, incident.suggested?.people ?? []);
      if (denied !== null) return refused(denied);
      return decided([{ event: { kind: 'stand down put off' }, text: 'Nobody is let go for now.' }]);
    }
    case 'keep me': {
      const self = person(by);
      if (self === null || stateOf(incident, self) !== 'active') {
        return refused("You are not active here. Press I'm On It to come back.");
      }
      return decided([kept(self, `<@${self}> stays on it.`)]);
    }
    case 'recall':
      return recall({ ...ask, command });
  }
}

function holdsRole(incident: Incident, who: PersonId): boolean {
  return roles.some((role) => incident.roles[role] === who);
}

type StandDown = Extract<LeavingCommand, { name: 'stand down' }>;

/** Whom the command means. */
function meant({ incident, command, by, at }: Ask<StandDown>): readonly PersonId[] {
  if (command.everyone) {
    return incident.responders
      .filter(({ state }) => state === 'active' || state === 'paged')
      .map((each) => each.person)
      .filter((each) => !holdsRole(incident, each) && !command.people.includes(each));
  }
  if (command.suggested) {
    // Somebody may have left, taken a role, or have a red service again since it was suggested.
    const named = command.people.length > 0 ? command.people : (incident.suggested?.people ?? []);
    const done = suggest(incident, at).map((each) => each.person);
    return named.filter((each) => done.includes(each));
  }
  if (command.people.length > 0) return [...new Set(command.people)];
  const self = person(by);
  return self === null ? [] : [self];
}

function stillThere(incident: Incident, people: readonly PersonId[]): readonly PersonId[] {
  return people.filter((each) => stateOf(incident, each) === 'active' && !holdsRole(incident, each));
}

function standDown(ask: Ask<StandDown>): Decision {
  const { incident, command, by, at, directory } = ask;
  const asked = meant(ask);
  const objection = mayStandDown(incident, by, asked);
  if (objection !== null) return refused(objection);
  const strangers = asked.filter((each) => stateOf(incident, each) === null);
  if (strangers.length > 0) {
    return refused(
      `${strangers.map((each) => `<@${each}>`).join(', ')}: not a responder here, so nobody was stood down.`,
    );
  }
  const leaving = asked.filter((each) => stateOf(incident, each) !== 'standby');
  if (leaving.length === 0) {
    const alone = asked.length > 0 && asked.every((each) => each === person(by));
    if (alone) return refused('You are standing by already.');
    if (command.suggested) {
      return refused('There is nobody left to let go: they have left, said that they stay, or are needed again.');
    }
    return refused(
      asked.length > 0 ? 'They are standing by already.' : 'There is nobody to let go: everyone else holds a role.',
    );
  }
  const since = Math.min(at - justNowMillis, incident.suggested?.at ?? at);
  const speaking = command.suggested ? leaving.filter((each) => (directory.words.get(each) ?? 0) > since) : [];
  return decided([
    ...leaving
      .filter((each) => !speaking.includes(each))
      .map((each): Happening => ({
        event: { kind: 'responder stood down', person: each },
        text: `<@${each}> stands by.`,
      })),
    ...speaking.map((each) => kept(each, `<@${each}> has just said something, and stays.`)),
    ...(command.everyone ? endCalls(incident, leaving) : []),
  ]);
}

/** Whoever lets everyone go who was called does not want the next level called in their place. */
function endCalls(incident: Incident, leaving: readonly PersonId[]): readonly Happening[] {
  return incident.pages
    .filter(({ ended, called }) => ended === null && called.length > 0)
    .filter(({ called }) => called.every((each) => leaving.includes(each) || stateOf(incident, each) === 'standby'))
    .map((page) => ending(page, 'withdrawn'));
}

function askToStandDown({
  incident,
  command,
  by,
  at,
}: Ask<Extract<LeavingCommand, { name: 'ask to stand down' }>>): Decision {
  const wanted = command.people.length > 0 ? command.people : (incident.suggested?.people ?? []);
  const people = stillThere(incident, [...new Set(wanted)]).filter(
    (each) => !(incident.suggested?.asked.includes(each) ?? false) && !isKept(incident, each, at),
  );
  const objection = mayStandDown(incident, by, people);
  if (objection !== null) return refused(objection);
  if (people.length === 0)
    return refused('There is nobody left to ask: they have left, were asked already, or said that they stay.');
  return decided([
    {
      event: { kind: 'stand down asked', people },
      text: `Asked in private whether they are done: ${people.map((each) => `<@${each}>`).join(', ')}.`,
    },
  ]);
}

function recall(ask: Ask<Extract<LeavingCommand, { name: 'recall' }>>): Decision {
  const { incident, command, by, at, policy, directory } = ask;
  const objection = mayChangeStatus(incident, by);
  if (objection !== null) return refused(objection);
  if (incident.test) return refused('This is a test: it pages nobody, so nobody is called back.');
  const away = incident.responders.filter(({ state }) => state === 'standby' || state === 'passed on');
  const people = [
    ...new Set(
      command.everyone
        ? away.filter(({ state }) => state === 'standby').map((each) => each.person)
        : [
            ...command.people,
            ...away
              .filter(({ asked, state }) => state === 'standby' && command.services.includes(asked?.service ?? ''))
              .map((each) => each.person),
          ],
    ),
  ];
  const strangers = command.people.filter((each) => stateOf(incident, each) === null);
  if (strangers.length > 0) {
    return refused(
      `${strangers.map((each) => `<@${each}>`).join(', ')}: never a responder here, so there is nobody to call back. \`/incident page\` calls them in.`,
    );
  }
  const back = people.filter((each) => !['paged', 'active'].includes(stateOf(incident, each) ?? ''));
  if (back.length === 0) {
    return refused(people.length > 0 ? 'They are paged or active already.' : 'Nobody stands by.');
  }
  const number = incident.pages.filter(({ key }) => key.startsWith('recall:')).length + 1;
  const called = openPage(
    recalled(incident, back),
    {
      key: `recall:${number}`,
      question: 'fix',
      service: null,
      reason: command.reason.trim(),
      levels: [back],
      cadence: { ...cadenceOf(incident.severity, policy.people), atNight: true },
      night: policy.people.night,
    },
    { at, directory },
  );
  return decided([backWords(back), ...called.map((each) => ({ ...each, actor: by }))]);
}
