/** What happens when someone asks something of an incident: events, or a refusal in words. */
import type { IncidentCommand } from './command.ts';
import type { Ask, Decision } from './decision.ts';
import { decided, over, refused } from './decision.ts';
import { stabilisationOf, unknownServices, watchesOf } from './declare.ts';
import { decideAlarms } from './decide-alarms.ts';
import { decideStatus } from './decide-status.ts';
import type { Happening } from './event.ts';
import type { Incident, PersonId, Role } from './incident.ts';
import { maySetSeverity, mayStandDown, person } from './permissions.ts';
import { servicesWords, withWords } from './timeline.ts';

/** How many people one command may page; a room takes 100 in one call. */
const mostPaged = 100;

export function decide(ask: Ask): Decision {
  const { incident, command, by } = ask;
  switch (command.name) {
    case 'mitigate':
    case 'resolve':
    case 'cancel':
    case 'identify':
    case 'undo':
    case 'reopen':
    case 'close':
      return decideStatus({ ...ask, command });
    case 'note':
      return note(command);
    case 'join':
    case 'pass on':
    case 'give role':
    case 'page':
    case 'stand down':
      return over(incident) ?? decidePeople({ ...ask, command });
    case 'set severity': {
      if (incident.severity === command.severity) return refused(`The severity is ${command.severity} already.`);
      const objection = maySetSeverity(incident, by, command.severity, command.reason);
      if (objection !== null) return refused(objection);
      const from = incident.severity ?? 'not known yet';
      return (
        over(incident) ??
        decided([
          {
            event: { kind: 'severity changed', from: incident.severity, to: command.severity },
            text: withWords(`Severity ${command.severity} (was ${from})`, command.reason),
          },
        ])
      );
    }
    case 'rename': {
      const title = command.title.trim();
      if (title === '')
        return refused('The new title is empty. Write it after the command: `/incident rename <title>`.');
      if (title === incident.title) return decided([]);
      return over(incident) ?? decided([{ event: { kind: 'renamed', title }, text: `Renamed: ${title}` }]);
    }
    case 'set services':
      return over(incident) ?? setServices({ ...ask, command });
    case 'observe alarms':
    case 'discount alarm':
    case 'trust alarm':
    case 'separate alarm':
    case 'join alarms':
    case 'note reconfigured alarm':
      return decideAlarms({ ...ask, command });
    case 'merge':
      throw new Error('a merge is decided on two incidents: see merge.ts');
  }
}

function note(command: Extract<IncidentCommand, { name: 'note' }>): Decision {
  if (command.text.trim() === '')
    return refused('The note is empty. Write it after the command: `/incident note <text>`.');
  return decided([
    {
      event: { kind: 'noted', noteKind: command.noteKind, said: command.said },
      text: command.text,
      link: command.link,
      ...(command.occurredAt === null ? {} : { occurredAt: command.occurredAt }),
      ...(command.saidBy === null ? {} : { actor: { type: 'person', person: command.saidBy } }),
    },
  ]);
}

type PeopleCommand = Extract<IncidentCommand, { name: 'join' | 'pass on' | 'give role' | 'page' | 'stand down' }>;

function decidePeople({ incident, command, by }: Ask<PeopleCommand>): Decision {
  switch (command.name) {
    case 'join': {
      const self = person(by);
      if (self === null) return refused('Only a person can join.');
      if (stateOf(incident, self) === 'active') return decided([]);
      return decided([{ event: { kind: 'responder active', person: self }, text: `<@${self}> is on it.` }]);
    }
    case 'pass on': {
      const self = person(by);
      const state = self === null ? null : stateOf(incident, self);
      if (self === null || state === null)
        return refused('You are not a responder here, so there is nothing to pass on.');
      if (state === 'passed on') return decided([]);
      return decided([{ event: { kind: 'responder passed on', person: self }, text: `<@${self}> passed on.` }]);
    }
    case 'give role':
      if (incident.roles[command.role] === command.person) return decided([]);
      return decided([
        {
          event: { kind: 'role given', role: command.role, person: command.person },
          text: roleWords(command.role, command.person, incident.roles[command.role]),
        },
      ]);
    case 'page': {
      const people = [...new Set(command.people)];
      if (people.length === 0) return refused('Say whom to page: `/incident page @name`.');
      if (people.length > mostPaged) {
        return refused(`${people.length} people are too many for one command; page at most ${mostPaged} at a time.`);
      }
      if (incident.test)
        return refused('This is a test: it pages nobody. Invite people to the channel by hand if you want them here.');
      const news = people.filter((each) => !['paged', 'active'].includes(stateOf(incident, each) ?? ''));
      if (news.length === 0) return refused('They are paged or active already.');
      return decided(
        news.map((each) => ({ event: { kind: 'responder paged', person: each }, text: `<@${each}> was paged.` })),
      );
    }
    case 'stand down': {
      const self = person(by);
      const asked = command.people.length > 0 ? [...new Set(command.people)] : self === null ? [] : [self];
      const objection = mayStandDown(incident, by, asked);
      if (objection !== null) return refused(objection);
      const strangers = asked.filter((each) => stateOf(incident, each) === null);
      if (strangers.length > 0) {
        return refused(
          `${strangers.map((each) => `<@${each}>`).join(', ')}: not a responder here, so nobody was stood down.`,
        );
      }
      const leaving = asked.filter((each) => stateOf(incident, each) !== 'standby');
      if (leaving.length === 0) return refused('They are standing by already.');
      return decided(
        leaving.map((each) => ({
          event: { kind: 'responder stood down', person: each },
          text: `<@${each}> stands by.`,
        })),
      );
    }
  }
}

function stateOf(incident: Incident, who: PersonId): string | null {
  return incident.responders.find((responder) => responder.person === who)?.state ?? null;
}

function roleWords(role: Role, to: PersonId, from: PersonId | null): string {
  const now = role === 'commander' ? `<@${to}> leads as commander` : `<@${to}> takes ${role}`;
  return from === null ? `${now}.` : `${now}, taking over from <@${from}>.`;
}

/** Those of a service that turns out to be affected are paged; nobody is dropped because the service changed. */
function setServices({ incident, command, policy }: Ask<Extract<IncidentCommand, { name: 'set services' }>>): Decision {
  const services = [...new Set(command.services)];
  const unknown = services.filter((name) => !policy.services.some((service) => service.name === name));
  if (unknown.length > 0) return refused(unknownServices(unknown, policy));
  if (services.length === incident.services.length && services.every((name) => incident.services.includes(name))) {
    return refused(`It is on ${servicesWords(services)} already.`);
  }
  const known = new Set(incident.responders.map((responder) => responder.person));
  const paged = incident.test
    ? []
    : policy.services
        .filter((service) => services.includes(service.name))
        .flatMap((service) => service.responders)
        .filter((each, index, all) => !known.has(each) && all.indexOf(each) === index);
  // The catalog's alarms follow the services. Alarms from elsewhere stay, and so do red ones: somebody works on them here.
  const kept = incident.watches.filter(
    (watch) => watch.service === null || !incident.services.includes(watch.service) || watch.verdict === 'alarm',
  );
  const catalogued = watchesOf(services, policy).filter((watched) => !incident.separated.includes(watched.alarm));
  return decided([
    {
      event: {
        kind: 'services changed',
        services,
        watches: [
          ...catalogued,
          ...kept
            .filter((watch) => !catalogued.some((other) => other.alarm === watch.alarm))
            .map(({ alarm, name, service }) => ({ alarm, name, service })),
        ],
        stabilisationMillis: stabilisationOf(services, policy),
      },
      text: `Service: ${servicesWords(services)} (was ${servicesWords(incident.services)}).`,
    },
    ...paged.map((each): Happening => ({
      event: { kind: 'responder paged', person: each },
      text: `<@${each}> was paged.`,
    })),
  ]);
}
