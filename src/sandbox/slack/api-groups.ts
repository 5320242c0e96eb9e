/** usergroups.*: groups of people that are mentioned together. */
import type { web } from './answer.ts';
import { flagOf, requiredText } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { reads } from './method.ts';
import { Refusal } from './refusal.ts';
import { groupObject } from './user-groups.ts';
import type { World } from './world.ts';
import type { UserGroup } from './workspace.ts';

const read = ['usergroups:read'];

export const listUserGroups = reads<web.UsergroupsListResponse>(read, (world, call) => {
  const withUsers = flagOf(call, 'include_users');
  const withCount = flagOf(call, 'include_count');
  return {
    ok: true,
    usergroups: groupsAsked(world, call).map((group) => ({
      ...groupObject(world, group),
      ...(withUsers ? { users: group.members } : {}),
      ...(withCount ? { user_count: group.members.length } : {}),
    })),
  };
});

export const listUsersOfGroup = reads<web.UsergroupsUsersListResponse>(read, (world, call) => {
  const groups = groupsAsked(world, call);
  const id = requiredText(call, 'usergroup');
  const group = groups.find((one) => one.id === id);
  if (group === undefined) throw new Refusal('no_such_subteam');
  return { ok: true, users: group.members };
});

function groupsAsked(world: World, call: JsonObject): readonly UserGroup[] {
  if (!world.rules().userGroups) throw new Refusal('plan_upgrade_required');
  const withDisabled = flagOf(call, 'include_disabled');
  return [...world.store.userGroups.values()].filter((group) => withDisabled || !group.disabled);
}
