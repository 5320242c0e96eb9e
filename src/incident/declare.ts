/** How a person declares an incident; what an alarm opens is in `raise.ts`. */
import type { Declare } from './command.ts';
import type { Decision } from './decision.ts';
import type { Happening, SignalKind, WatchedAlarm } from './event.ts';
import type { Actor, Incident, Instant, ServiceName } from './incident.ts';
import { isOngoing, roomKey } from './incident.ts';
import type { Policy, Service } from './policy.ts';
import { servicesWords, severityWords } from './timeline.ts';

/** What a machine said, kept until an incident of its service adopts it. */
export type Signal = {
  readonly kind: SignalKind;
  readonly text: string;
  readonly link: string | null;
  readonly at: Instant;
  readonly from: Actor;
};

/** How far back a declaration looks for what machines said, in milliseconds. */
export const adoptionMillis = 60 * 60_000;

type Circumstances = {
  readonly by: Actor;
  readonly policy: Policy;
  /** Incidents that are not over, on any of the services meant. */
  readonly open: readonly Incident[];
  /** What machines said of these services within the last hour. */
  readonly signals: readonly Signal[];
};

/** A person declares. One that is already open on the same service is offered to be joined instead. */
export function declare(command: Declare, { by, policy, open, signals }: Circumstances): Decision {
  const title = command.title.trim();
  if (title === '') {
    return { type: 'refused', text: 'An incident needs a title: a few words on what users feel.', offers: [] };
  }
  const services = [...new Set(command.services)];
  const unknown = services.filter((name) => !policy.services.some((service) => service.name === name));
  if (unknown.length > 0) {
    return { type: 'refused', text: unknownServices(unknown, policy), offers: [] };
  }
  const same = command.test ? undefined : open.find((incident) => isOngoing(incident) && !incident.test);
  if (same !== undefined && !command.anyway) {
    return {
      type: 'refused',
      text: `${roomKey(same.id)} is already open on ${servicesWords(same.services)}: ${same.title}. Nothing new was declared.`,
      offers: [
        { label: `Join ${roomKey(same.id)}`, incident: same.id, command: { name: 'join', page: null, said: false } },
        { label: 'Declare Anyway', incident: null, command: { ...command, anyway: true } },
      ],
    };
  }
  const person = by.type === 'person' ? by.person : null;
  const lead: readonly Happening[] =
    command.lead && person !== null
      ? [
          {
            event: { kind: 'role given', role: 'commander', person, provisional: false },
            text: `<@${person}> leads as commander.`,
          },
        ]
      : [];
  return {
    type: 'decided',
    happenings: [
      {
        event: {
          kind: 'declared',
          title,
          severity: command.severity,
          services,
          test: command.test,
          origin: command.origin,
          watches: watchesOf(services, policy),
          stabilisationMillis: stabilisationOf(services, policy),
          follows: null,
        },
        text: `${command.test ? 'Test declared' : 'Declared'} (${severityWords(command.severity)}, ${servicesWords(services)}): ${title}`,
      },
      ...lead,
      ...(command.test ? [] : signals.map(adopt)),
    ],
  };
}

/** The row of a signal from before the declaration. */
export function adopt(signal: Signal): Happening {
  return {
    event: { kind: 'signalled', signalKind: signal.kind, adopted: true },
    text: signal.text,
    occurredAt: signal.at,
    link: signal.link,
    actor: signal.from,
  };
}

/** The row of a signal that arrives while the incident lasts. */
export function signalled(signal: Signal): Happening {
  return { ...adopt(signal), event: { kind: 'signalled', signalKind: signal.kind, adopted: false } };
}

export function unknownServices(names: readonly ServiceName[], policy: Policy): string {
  const known = policy.services.map((service) => service.name).slice(0, 20);
  return `The catalog has no service named ${names.map((name) => `"${name.slice(0, 60)}"`).join(', ')}. It knows: ${known.join(', ')}. Use "unknown" if you don't know.`;
}

function find(names: readonly ServiceName[], policy: Policy): readonly Service[] {
  return policy.services.filter((service) => names.includes(service.name));
}

export function watchesOf(names: readonly ServiceName[], policy: Policy): readonly WatchedAlarm[] {
  return find(names, policy).flatMap((service) =>
    service.alarms.map((rule) => ({ alarm: rule.alarm, name: rule.name, service: service.name })),
  );
}

/** The longest window of the services meant, in milliseconds: recovery of all is what counts. `null`: the catalog has none. */
export function stabilisationOf(names: readonly ServiceName[], policy: Policy): number | null {
  const services = find(names, policy);
  if (services.length === 0) return policy.defaultStabilisationMillis;
  const windows = services.flatMap(({ stabilisationMillis }) => stabilisationMillis ?? []);
  return windows.length < services.length ? null : Math.max(...windows);
}
