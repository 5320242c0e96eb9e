import type * as web from '@slack/web-api';
import {
  ana,
  away,
  general,
  inRoom,
  manage,
  manyDividers,
  nobody,
  nowhere,
  plainly,
  secret,
  section,
  whenArchived,
} from './slack-contracts.ts';
import type { Contract, Provoke } from './slack-contracts.ts';

/** As `contracts`: what the bot calls to bring people in and to let them go. */
export const peopleContracts: {
  readonly 'chat.postEphemeral': Contract<web.ChatPostEphemeralArguments>;
  readonly 'conversations.archive': Contract<web.ConversationsArchiveArguments>;
  readonly 'conversations.kick': Contract<web.ConversationsKickArguments>;
  readonly 'dnd.info': Contract<web.DndInfoArguments>;
  readonly 'dnd.teamInfo': Contract<web.DndTeamInfoArguments>;
  readonly 'usergroups.list': Contract<web.UsergroupsListArguments>;
  readonly 'usergroups.users.list': Contract<web.UsergroupsUsersListArguments>;
} = {
  'chat.postEphemeral': {
    takes: {
      channel: 'text',
      user: 'text',
      text: 'text',
      blocks: 'structure',
      attachments: 'structure',
      markdown_text: 'text',
      thread_ts: 'text',
      link_names: 'flag',
      parse: 'text',
      username: 'text',
      icon_emoji: 'text',
      icon_url: 'text',
    },
    scopes: ['chat:write'],
    tier: 100,
    works: invited(inRoom('chat.postEphemeral', { user: ana, text: 'x', blocks: [section] })),
    refuses: {
      channel_not_found: plainly('chat.postEphemeral', { channel: secret, user: ana, text: 'x' }),
      invalid_arguments: inRoom('chat.postEphemeral', { text: 'x' }),
      invalid_blocks: invited(inRoom('chat.postEphemeral', { user: ana, blocks: manyDividers })),
      is_archived: whenArchived(inRoom('chat.postEphemeral', { user: ana, text: 'x' })),
      no_text: invited(inRoom('chat.postEphemeral', { user: ana })),
      not_in_channel: plainly('chat.postEphemeral', { channel: away, user: ana, text: 'x' }),
      user_not_in_channel: inRoom('chat.postEphemeral', { user: ana, text: 'x' }),
    },
    injected: 'restricted_action restricted_action_read_only_channel messages_tab_disabled rate_limited',
  },
  'conversations.archive': {
    takes: { channel: 'text' },
    scopes: manage,
    tier: 20,
    works: inRoom('conversations.archive'),
    refuses: {
      already_archived: whenArchived(inRoom('conversations.archive')),
      cant_archive_general: plainly('conversations.archive', { channel: general }),
      channel_not_found: plainly('conversations.archive', { channel: nowhere }),
      method_not_supported_for_channel_type: inDirect('conversations.archive'),
      not_in_channel: plainly('conversations.archive', { channel: away }),
    },
    injected: 'restricted_action cant_archive_required not_authorized',
  },
  'conversations.kick': {
    takes: { channel: 'text', user: 'text' },
    scopes: ['channels:manage', 'groups:write'],
    tier: 50,
    works: allowed(invited(inRoom('conversations.kick', { user: ana }))),
    refuses: {
      cant_kick_from_general: async (stage) => {
        await stage.call('conversations.join', { channel: general });
        return stage.call('conversations.kick', { channel: general, user: ana });
      },
      cant_kick_self: ({ call, room, slack }) => call('conversations.kick', { channel: room, user: slack.botUserId }),
      channel_not_found: plainly('conversations.kick', { channel: secret, user: ana }),
      method_not_supported_for_channel_type: inDirect('conversations.kick', { user: ana }),
      not_in_channel: allowed(inRoom('conversations.kick', { user: ana })),
      restricted_action: invited(inRoom('conversations.kick', { user: ana })),
      // One person for each call.
      user_not_found: allowed(invited(inRoom('conversations.kick', { user: `${ana},${nobody}` }))),
    },
    injected: 'not_supported missing_scope',
  },
  'dnd.info': {
    takes: { user: 'text', team_id: 'text' },
    scopes: ['dnd:read'],
    tier: 50,
    works: plainly('dnd.info', { user: 'U0GRACE0007' }),
    refuses: { user_not_found: plainly('dnd.info', { user: nobody }) },
    injected: 'user_not_visible',
  },
  'dnd.teamInfo': {
    takes: { users: 'text', team_id: 'text' },
    scopes: ['dnd:read'],
    tier: 20,
    works: plainly('dnd.teamInfo', { users: `${ana},U0GRACE0007` }),
    refuses: {
      invalid_arguments: plainly('dnd.teamInfo', {
        users: Array.from({ length: 51 }, (_, index) => `U${index}`).join(','),
      }),
      no_users_provided: plainly('dnd.teamInfo'),
    },
    injected: 'user_not_visible',
  },
  'usergroups.list': {
    takes: { include_count: 'flag', include_disabled: 'flag', include_users: 'flag', team_id: 'text' },
    scopes: ['usergroups:read'],
    tier: 20,
    works: plainly('usergroups.list', { include_count: true, include_disabled: true, include_users: true }),
    refuses: { plan_upgrade_required: free(plainly('usergroups.list')) },
    injected: 'missing_argument invalid_cursor users_not_found invalid_team',
  },
  'usergroups.users.list': {
    takes: { usergroup: 'text', include_disabled: 'flag', team_id: 'text' },
    scopes: ['usergroups:read'],
    tier: 20,
    works: plainly('usergroups.users.list', { usergroup: 'S0OLDPAGER01', include_disabled: true }),
    refuses: {
      invalid_arguments: plainly('usergroups.users.list'),
      no_such_subteam: plainly('usergroups.users.list', { usergroup: 'S0OLDPAGER01' }),
      plan_upgrade_required: free(plainly('usergroups.users.list', { usergroup: 'S0SUPPORT001' })),
    },
    injected: 'invalid_cursor',
  },
};

/** Once ana is in the room. */
function invited(provoke: Provoke): Provoke {
  return async (stage) => {
    await stage.call('conversations.invite', { channel: stage.room, users: ana });
    return provoke(stage);
  };
}

/** Where the workspace lets the app take people out of public channels. */
function allowed(provoke: Provoke): Provoke {
  return (stage) => {
    stage.slack.setRules({ removeFromPublic: true });
    return provoke(stage);
  };
}

/** On a plan without groups. */
function free(provoke: Provoke): Provoke {
  return (stage) => {
    stage.slack.setRules({ userGroups: false });
    return provoke(stage);
  };
}

function inDirect(method: string, args: Parameters<typeof inRoom>[1] = {}): Provoke {
  return ({ call, slack }) =>
    call(method, { channel: slack.openDirect({ user: 'ana', other: slack.botUserId }), ...args });
}
