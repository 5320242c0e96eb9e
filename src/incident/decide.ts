/** What happens when someone asks something of an incident: events, or a refusal in words. */
import type { IncidentCommand } from './command.ts';
import type { Ask, Decision } from './decision.ts';
import { decided, over, refused } from './decision.ts';
import { stabilisationOf, unknownServices, watchesOf } from './declare.ts';
import { decideAlarms } from './decide-alarms.ts';
import { decideStatus } from './decide-status.ts';
import { decideLeaving } from './decide-leaving.ts';
import { decidePeople } from './decide-people.ts';
import { keepTime } from './keep-time.ts';
import { maySetSeverity } from './permissions.ts';
import { servicesWords, withWords } from './timeline.ts';

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
    case 'speak':
    case 'take in pager':
    case 'give role':
    case 'page':
      return decidePeople({ ...ask, command });
    case 'stand down':
    case 'ask to stand down':
    case 'put off standing down':
    case 'keep me':
    case 'recall':
      return decideLeaving({ ...ask, command });
    case 'keep time':
      return decided(keepTime({ ...ask, lastWordAt: command.lastWordAt }));
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

/** Who is paged follows (see `consequences.ts`); nobody is dropped because the service changed. */
function setServices({ incident, command, policy }: Ask<Extract<IncidentCommand, { name: 'set services' }>>): Decision {
  const services = [...new Set(command.services)];
  const unknown = services.filter((name) => !policy.services.some((service) => service.name === name));
  if (unknown.length > 0) return refused(unknownServices(unknown, policy));
  if (services.length === incident.services.length && services.every((name) => incident.services.includes(name))) {
    return refused(`It is on ${servicesWords(services)} already.`);
  }
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
  ]);
}
