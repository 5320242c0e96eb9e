/** Who holds a role, and who leads because nobody else does yet. */
import type { IncidentCommand } from './command.ts';
import type { Ask, Decision } from './decision.ts';
import { decided } from './decision.ts';
import type { Happening } from './event.ts';
import { type Incident, type Instant, isOngoing, type PersonId, type Role } from './incident.ts';
import type { Page, PageKey } from './page.ts';
import { taken } from './paging.ts';
import { clock } from './timeline.ts';

/** The page for somebody to lead. */
export const leadKey: PageKey = 'lead';

export function giveRole({ incident, command, at }: Ask<Extract<IncidentCommand, { name: 'give role' }>>): Decision {
  const { role, person: to } = command;
  const from = incident.roles[role];
  const settles = role === 'commander' && incident.provisional;
  if (from === to && !settles) return decided([]);
  const asked = role === 'commander' ? leadPages(incident) : [];
  return decided([givesRole(incident, { role, to, at }), ...asked.map((each) => taken(each, to, 'button'))]);
}

export function givesRole(
  incident: Incident,
  { role, to, at }: { readonly role: Role; readonly to: PersonId; readonly at: Instant },
): Happening {
  const from = incident.roles[role];
  return {
    event: { kind: 'role given', role, person: to, provisional: false },
    text: roleWords(role, { to, from: from === to ? null : from, time: clock(at) }),
  };
}

function leadPages({ pages }: Incident): readonly Page[] {
  return pages.filter(({ key, ended }) => ended === null && key === leadKey);
}

function roleWords(
  role: Role,
  { to, from, time }: { readonly to: PersonId; readonly from: PersonId | null; readonly time: string },
): string {
  const now = role === 'commander' ? `<@${to}> leads as commander` : `<@${to}> takes ${role}`;
  return from === null ? `${now}.` : `${now} from ${time} UTC on, taking over from <@${from}>.`;
}

/** In a room that an alarm opened, the first who takes it leads until somebody else does. */
export function firstToLead(incident: Incident, self: PersonId): readonly Happening[] {
  const { declaredBy, roles, test } = incident;
  if (declaredBy.type === 'person' || roles.commander !== null || test || !isOngoing(incident)) return [];
  if (incident.responders.some(({ state }) => state === 'active')) return [];
  return [
    {
      event: { kind: 'role given', role: 'commander', person: self, provisional: true },
      text: `<@${self}> leads for now, as the first to take the page.`,
    },
    ...leadPages(incident).map((each) => taken(each, self, 'button')),
  ];
}
