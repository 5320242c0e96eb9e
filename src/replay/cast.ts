/** Who speaks in a recording: one person for each role, in a workspace of their own. */
import { seedWorkspace } from '../sandbox/slack/seed.ts';
import type { Workspace } from '../sandbox/slack/workspace.ts';

export type Cast = readonly {
  /** As the recording names it, such as `db-engineer`. */
  readonly role: string;
  readonly id: string;
  /** A name that stands in no recording, so that it can't be mistaken for a word in one. */
  readonly name: string;
}[];

/** Where people are before there is a room, and where incidents are announced. */
export const generalChannel = 'C0GENERAL01';
export const broadcastChannel = 'C0INCIDENTS';

/** One person for each role, in the order in which the roles first speak. */
export function castRoles(roles: readonly string[]): Cast {
  return [...new Set(roles)].map((role, index) => {
    const number = String(index + 1).padStart(3, '0');
    return { role, id: `U0CAST${number}XX`, name: `cast-${number}` };
  });
}

export function castWorkspace(cast: Cast): Workspace {
  const people = cast.map(({ id, name }) => ({
    id,
    name,
    realName: name,
    teamId: seedWorkspace.team.id,
    email: `${name}@replay.example`,
    timeZone: 'Etc/UTC',
    kind: 'member' as const,
    deactivated: false,
    presence: 'active' as const,
    quietHours: null,
  }));
  const members = cast.map(({ name }) => name);
  const channel = { isPrivate: false, members };
  return {
    ...seedWorkspace,
    people,
    channels: [
      { ...channel, id: generalChannel, name: 'general', topic: 'Everything that concerns everyone' },
      { ...channel, id: broadcastChannel, name: 'incidents', topic: 'What is broken now, and where it is worked on' },
    ],
    userGroups: [],
  };
}
