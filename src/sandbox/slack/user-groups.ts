/** User groups: how the Web API and the events show them, and who is in them. */
import type { JsonObject } from './json.ts';
import { newTimestamp, secondsOf } from './world.ts';
import type { World } from './world.ts';
import type { UserGroup } from './workspace.ts';

/** How many members an event shows; it counts them all. */
const mostShown = 500;

export type GroupObject = {
  readonly id: string;
  readonly team_id: string;
  readonly is_usergroup: boolean;
  readonly is_subteam: boolean;
  readonly is_external: boolean;
  readonly name: string;
  readonly description: string;
  readonly handle: string;
  readonly date_create: number;
  readonly date_update: number;
  readonly date_delete: number;
  readonly auto_provision: boolean;
  readonly enterprise_subteam_id: string;
  readonly created_by: string;
  readonly updated_by: string;
  readonly prefs: { readonly channels: readonly string[]; readonly groups: readonly string[] };
  readonly channel_count: number;
};

/** Without its members. */
export function groupObject(world: World, group: UserGroup): GroupObject {
  return {
    id: group.id,
    team_id: world.store.team.id,
    is_usergroup: true,
    is_subteam: true,
    is_external: false,
    name: group.name,
    description: '',
    handle: group.handle,
    date_create: group.created,
    date_update: group.updated,
    date_delete: group.disabled ? group.updated : 0,
    auto_provision: false,
    enterprise_subteam_id: '',
    created_by: 'USLACKBOT',
    updated_by: group.updatedBy,
    prefs: { channels: [], groups: [] },
    channel_count: 0,
  };
}

/** Says who is in a group from now on, and tells the app; setting who is in it already leaves no trace. */
export function setMembers(
  world: World,
  group: UserGroup,
  { members, by }: { readonly members: readonly string[]; readonly by: string },
): void {
  const added = members.filter((one) => !group.members.includes(one));
  const removed = group.members.filter((one) => !members.includes(one));
  if (added.length + removed.length === 0) return;
  const changed: UserGroup = { ...group, members, updated: secondsOf(world), updatedBy: by };
  world.store.userGroups.set(group.id, changed);
  world.store.changed();
  world.emit({
    type: 'subteam_members_changed',
    subteam_id: group.id,
    team_id: world.store.team.id,
    date_previous_update: group.updated,
    date_update: changed.updated,
    added_users: added,
    added_users_count: added.length,
    removed_users: removed,
    removed_users_count: removed.length,
    event_ts: newTimestamp(world, ''),
  });
  emitUpdated(world, changed);
}

/** The event that shows a group whole. */
function emitUpdated(world: World, group: UserGroup): void {
  const subteam: JsonObject = {
    ...groupObject(world, group),
    auto_type: null,
    deleted_by: null,
    users: group.members.slice(0, mostShown),
    user_count: group.members.length,
  };
  world.emit({ type: 'subteam_updated', subteam, event_ts: newTimestamp(world, '') });
}
