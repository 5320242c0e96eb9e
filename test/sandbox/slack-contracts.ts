import type * as web from '@slack/web-api';
import type { Json, JsonObject } from '../../src/sandbox/slack/json.ts';
import { textAt } from '../../src/sandbox/slack/json.ts';
import type { SlackStandIn } from '../../src/sandbox/slack/slack.ts';

/** What Slack's reference says of each method that the bot calls, and how the stand-in is brought to each of its errors. */

export type Kind = 'text' | 'flag' | 'number' | 'structure';

export type Stage = {
  readonly slack: SlackStandIn;
  /** Makes the call as the app does, whatever the arguments; gives the answer, also a refusal. */
  readonly call: (method: string, args?: JsonObject) => Promise<JsonObject>;
  /** A room of the app's own, with a message of its own. */
  readonly room: string;
  readonly ts: string;
  readonly trigger: () => Promise<string>;
};

export type Provoke = (stage: Stage) => Promise<JsonObject>;

export type Contract<Arguments> = {
  readonly takes: { readonly [Name in KeysOf<Arguments>]?: Kind };
  /** As documented for bot tokens, any one of them; none: no scope is needed. */
  readonly scopes: readonly string[];
  /** Calls a minute, or the method's own rule. */
  readonly tier: 20 | 50 | 100 | 'several hundred' | 'by channel';
  /** A call that is fine. */
  readonly works: Provoke;
  /** Documented errors that the stand-in's own rules lead to. */
  readonly refuses: { readonly [error: string]: Provoke };
  /** Documented errors for which it has no rule: a fault brings them about. */
  readonly injected: string;
};

type KeysOf<Arguments> = Arguments extends unknown ? keyof Arguments : never;

type Arguments = {
  'apps.connections.open': web.AppsConnectionsOpenArguments;
  'auth.test': web.AuthTestArguments;
  'bookmarks.add': web.BookmarksAddArguments;
  'bookmarks.list': web.BookmarksListArguments;
  'chat.getPermalink': web.ChatGetPermalinkArguments;
  'chat.postMessage': web.ChatPostMessageArguments;
  'chat.update': web.ChatUpdateArguments;
  'conversations.create': web.ConversationsCreateArguments;
  'conversations.history': web.ConversationsHistoryArguments;
  'conversations.info': web.ConversationsInfoArguments;
  'conversations.invite': web.ConversationsInviteArguments;
  'conversations.join': web.ConversationsJoinArguments;
  'conversations.open': web.ConversationsOpenArguments;
  'conversations.rename': web.ConversationsRenameArguments;
  'conversations.replies': web.ConversationsRepliesArguments;
  'conversations.setTopic': web.ConversationsSetTopicArguments;
  'files.completeUploadExternal': web.FilesCompleteUploadExternalArguments;
  'files.getUploadURLExternal': web.FilesGetUploadURLExternalArguments;
  'files.info': web.FilesInfoArguments;
  'pins.add': web.PinsAddArguments;
  'users.conversations': web.UsersConversationsArguments;
  'users.info': web.UsersInfoArguments;
  'views.open': web.ViewsOpenArguments;
  'views.update': web.ViewsUpdateArguments;
};

export type Contracts = { readonly [Name in keyof Arguments]: Contract<Arguments[Name]> };

export const ana = 'U0ANA000001';
export const nobody = 'U00000000';
export const nowhere = 'C00000000';
const longAgo = '1000000000.000001';
export const general = 'C0GENERAL01';
export const away = 'C0PAYMENTS1';
export const secret = 'C0LEADERS01';
const x = (count: number): string => 'x'.repeat(count);
const plain = (text: string): Json => ({ type: 'plain_text', text });
const modal = { type: 'modal', title: plain('Form'), blocks: [] };
export const section = { type: 'section', text: { type: 'mrkdwn', text: 'x' } };
export const manyDividers = Array.from({ length: 51 }, () => ({ type: 'divider' }));

export const manage = ['channels:manage', 'groups:write', 'channels:write', 'im:write', 'mpim:write'];
const read = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const history = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];
const paging = { cursor: 'text', limit: 'number' } as const;

/** Calls the method in the room, with these arguments. */
export const inRoom =
  (method: string, args: JsonObject = {}): Provoke =>
  ({ call, room }) =>
    call(method, { channel: room, ...args });
export const plainly =
  (method: string, args: JsonObject = {}): Provoke =>
  ({ call }) =>
    call(method, args);
/** The same, once the room was archived. */
export const whenArchived =
  (provoke: Provoke): Provoke =>
  async (stage) => {
    await stage.call('conversations.archive', { channel: stage.room });
    return provoke(stage);
  };
const twice =
  (provoke: Provoke): Provoke =>
  async (stage) => {
    await provoke(stage);
    return provoke(stage);
  };

const pin: Provoke = ({ call, room, ts }) => call('pins.add', { channel: room, timestamp: ts });
const update =
  (args: JsonObject): Provoke =>
  ({ call, room, ts }) =>
    call('chat.update', { channel: room, ts, ...args });
const bookmark =
  (args: JsonObject = {}): Provoke =>
  ({ call, room }) =>
    call('bookmarks.add', { channel_id: room, title: 'Runbook', type: 'link', link: 'https://x.example/', ...args });
/** Uploads a file; gives its id. */
const upload = async ({ call }: Stage): Promise<string> => {
  const place = await call('files.getUploadURLExternal', { filename: 'a.md', length: 1 });
  await fetch(textAt(place, 'upload_url') ?? '', { method: 'POST', body: 'x' });
  return textAt(place, 'file_id') ?? '';
};
const share =
  (args: JsonObject = {}): Provoke =>
  async (stage) =>
    stage.call('files.completeUploadExternal', {
      files: [{ id: await upload(stage), title: 'A' }],
      channel_id: stage.room,
      ...args,
    });
const open =
  (view: Json, more: JsonObject = {}): Provoke =>
  async ({ call, trigger }) =>
    call('views.open', { trigger_id: await trigger(), view, ...more });
const updateView =
  (args: JsonObject): Provoke =>
  async (stage) => {
    const opened = await open(modal)(stage);
    const { view } = opened;
    const id = typeof view === 'object' && view !== null && 'id' in view ? view.id : '';
    return stage.call('views.update', { view_id: id ?? '', view: modal, ...args });
  };

export const contracts: Contracts = {
  'apps.connections.open': {
    takes: {},
    scopes: [],
    tier: 50,
    works: plainly('apps.connections.open'),
    refuses: {},
    injected: 'forbidden_team internal_error',
  },
  'auth.test': {
    takes: {},
    scopes: [],
    tier: 'several hundred',
    works: plainly('auth.test'),
    refuses: {},
    injected: 'internal_error account_inactive token_revoked',
  },
  'bookmarks.add': {
    takes: { channel_id: 'text', title: 'text', type: 'text', link: 'text', emoji: 'text', entity_id: 'text' },
    scopes: ['bookmarks:write'],
    tier: 20,
    works: bookmark(),
    refuses: {
      channel_not_found: bookmark({ channel_id: nowhere }),
      invalid_arguments: bookmark({ title: '' }),
      invalid_bookmark_type: bookmark({ type: 'song' }),
      invalid_emoji: bookmark({ emoji: 'fire' }),
      invalid_link: bookmark({ link: 'nonsense' }),
      permission_denied: bookmark({ channel_id: away }),
      async too_many_bookmarks(stage) {
        for (let count = 0; count < 100; count += 1) await bookmark()(stage);
        return bookmark()(stage);
      },
    },
    injected: 'access_denied cannot_bookmark_from_external_org not_implemented too_many_tabs',
  },
  'bookmarks.list': {
    takes: { channel_id: 'text' },
    scopes: ['bookmarks:read'],
    tier: 50,
    async works(stage) {
      await bookmark({ emoji: ':fire:' })(stage);
      return stage.call('bookmarks.list', { channel_id: stage.room });
    },
    refuses: { channel_not_found: plainly('bookmarks.list', { channel_id: secret }) },
    injected: 'access_denied not_implemented',
  },
  'chat.getPermalink': {
    takes: { channel: 'text', message_ts: 'text' },
    scopes: [],
    tier: 'several hundred',
    works: ({ call, room, ts }) => call('chat.getPermalink', { channel: room, message_ts: ts }),
    refuses: {
      channel_not_found: plainly('chat.getPermalink', { channel: nowhere, message_ts: longAgo }),
      message_not_found: inRoom('chat.getPermalink', { message_ts: longAgo }),
    },
    injected: 'internal_error',
  },
  'chat.postMessage': {
    takes: {
      channel: 'text',
      text: 'text',
      blocks: 'structure',
      attachments: 'structure',
      metadata: 'structure',
      markdown_text: 'text',
      thread_ts: 'text',
      reply_broadcast: 'flag',
      unfurl_links: 'flag',
      unfurl_media: 'flag',
      link_names: 'flag',
      mrkdwn: 'flag',
      parse: 'text',
      username: 'text',
      icon_emoji: 'text',
      icon_url: 'text',
    },
    scopes: ['chat:write'],
    tier: 'by channel',
    works: inRoom('chat.postMessage', {
      text: 'x',
      blocks: [section],
      metadata: { event_type: 'muster', event_payload: { key: 'a' } },
    }),
    refuses: {
      cannot_reply_to_message: async ({ call, room, slack }) =>
        call('chat.postMessage', { channel: room, text: 'x', thread_ts: slack.messages(room)[0]?.ts ?? '' }),
      channel_not_found: plainly('chat.postMessage', { channel: nowhere, text: 'x' }),
      invalid_arguments: plainly('chat.postMessage', { text: 'x' }),
      invalid_blocks: inRoom('chat.postMessage', { blocks: manyDividers, text: 'x' }),
      invalid_blocks_format: inRoom('chat.postMessage', { blocks: '{', text: 'x' }),
      invalid_metadata_format: inRoom('chat.postMessage', { text: 'x', metadata: '[]' }),
      invalid_metadata_schema: inRoom('chat.postMessage', { text: 'x', metadata: { event_type: 'x' } }),
      is_archived: whenArchived(inRoom('chat.postMessage', { text: 'x' })),
      markdown_text_conflict: inRoom('chat.postMessage', { text: 'x', markdown_text: 'x' }),
      msg_blocks_too_long: inRoom('chat.postMessage', {
        text: 'x',
        blocks: Array.from({ length: 5 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: x(3000) } })),
      }),
      no_text: inRoom('chat.postMessage'),
      not_in_channel: plainly('chat.postMessage', { channel: away, text: 'x' }),
      too_many_attachments: inRoom('chat.postMessage', { attachments: Array.from({ length: 101 }, () => ({})) }),
    },
    injected:
      'restricted_action restricted_action_read_only_channel restricted_action_thread_locked messages_tab_disabled ' +
      'message_limit_exceeded metadata_too_large rate_limited ekm_access_denied team_not_found app_access_restricted',
  },
  'chat.update': {
    takes: {
      channel: 'text',
      ts: 'text',
      text: 'text',
      blocks: 'structure',
      attachments: 'structure',
      metadata: 'structure',
      markdown_text: 'text',
      link_names: 'flag',
      parse: 'text',
      reply_broadcast: 'flag',
    },
    scopes: ['chat:write'],
    tier: 50,
    works: update({ text: 'y', blocks: [section] }),
    refuses: {
      cant_update_message: async ({ call, slack }) => {
        await call('conversations.join', { channel: general });
        const { message } = await slack.say({ user: 'ana', channel: 'general', text: 'mine' });
        return call('chat.update', { channel: general, ts: message.ts, text: 'x' });
      },
      channel_not_found: update({ channel: nowhere, text: 'x' }),
      invalid_arguments: plainly('chat.update', { text: 'x' }),
      invalid_blocks: update({ blocks: [{ type: 'section' }] }),
      invalid_blocks_format: update({ blocks: '{' }),
      is_inactive: whenArchived(update({ text: 'x' })),
      message_not_found: update({ ts: longAgo, text: 'x' }),
      msg_too_long: update({ text: x(4001) }),
      no_text: update({}),
    },
    injected: 'block_mismatch cant_broadcast_message edit_window_closed external_channel_migrating update_failed',
  },
  'conversations.create': {
    takes: { name: 'text', is_private: 'flag', team_id: 'text' },
    scopes: manage,
    tier: 20,
    works: plainly('conversations.create', { name: 'fine' }),
    refuses: {
      invalid_name_maxlength: plainly('conversations.create', { name: x(81) }),
      invalid_name_punctuation: plainly('conversations.create', { name: '!!!' }),
      invalid_name_required: plainly('conversations.create'),
      invalid_name_specials: plainly('conversations.create', { name: 'Über uns' }),
      name_taken: plainly('conversations.create', { name: 'general' }),
    },
    injected: 'restricted_action cannot_create_channel invalid_name missing_argument no_channel',
  },
  'conversations.history': {
    takes: {
      ...paging,
      channel: 'text',
      oldest: 'text',
      latest: 'text',
      inclusive: 'flag',
      include_all_metadata: 'flag',
    },
    scopes: history,
    tier: 50,
    works: inRoom('conversations.history', { include_all_metadata: true }),
    refuses: {
      channel_not_found: plainly('conversations.history', { channel: secret }),
      invalid_arguments: inRoom('conversations.history', { limit: 1000 }),
      invalid_cursor: inRoom('conversations.history', { cursor: 'nonsense' }),
      invalid_ts_latest: inRoom('conversations.history', { latest: 'today' }),
      invalid_ts_oldest: inRoom('conversations.history', { oldest: 'yesterday' }),
      not_in_channel: plainly('conversations.history', { channel: away }),
    },
    injected: 'channel_is_limited_access',
  },
  'conversations.info': {
    takes: { channel: 'text', include_locale: 'flag', include_num_members: 'flag' },
    scopes: read,
    tier: 50,
    works: inRoom('conversations.info', { include_num_members: true }),
    refuses: {
      channel_not_found: plainly('conversations.info', { channel: secret }),
      invalid_arguments: plainly('conversations.info'),
    },
    injected: 'channel_is_limited_access',
  },
  'conversations.invite': {
    takes: { channel: 'text', users: 'structure', force: 'flag' },
    scopes: ['channels:write.invites', 'groups:write.invites', ...manage],
    tier: 50,
    works: inRoom('conversations.invite', { users: `${ana},${nobody}`, force: true }),
    refuses: {
      already_in_channel: twice(inRoom('conversations.invite', { users: ana })),
      cant_invite: inRoom('conversations.invite', { users: 'U0OMAR00015' }),
      cant_invite_self: ({ call, room, slack }) =>
        call('conversations.invite', { channel: room, users: slack.botUserId }),
      channel_not_found: inRoom('conversations.invite', { channel: nowhere, users: ana }),
      invalid_arguments: inRoom('conversations.invite', {
        users: Array.from({ length: 101 }, (_, index) => `U${index}`).join(','),
      }),
      is_archived: whenArchived(inRoom('conversations.invite', { users: ana })),
      method_not_supported_for_channel_type: async ({ call }) => {
        await call('conversations.open', { users: ana });
        const { channels } = await call('users.conversations', { types: 'im' });
        const direct = Array.isArray(channels) ? String(channels[0]?.id) : '';
        return call('conversations.invite', { channel: direct, users: ana });
      },
      no_user: inRoom('conversations.invite'),
      not_in_channel: inRoom('conversations.invite', { channel: away, users: ana }),
      user_is_restricted: inRoom('conversations.invite', { users: 'U0NOOR00014' }),
      user_not_found: inRoom('conversations.invite', { users: nobody }),
    },
    injected:
      'app_cannot_join_channel invitee_cant_see_channel org_user_not_in_team no_permission ' +
      'no_external_invite_permission ura_max_channels external_channel_migrating',
  },
  'conversations.join': {
    takes: { channel: 'text' },
    scopes: ['channels:join'],
    tier: 50,
    works: plainly('conversations.join', { channel: general }),
    refuses: {
      channel_not_found: plainly('conversations.join', { channel: secret }),
      is_archived: whenArchived(inRoom('conversations.join')),
      method_not_supported_for_channel_type: async ({ call }) => {
        const { channel } = await call('conversations.create', { name: 'private', is_private: true });
        const id = typeof channel === 'object' && channel !== null && 'id' in channel ? channel.id : '';
        return call('conversations.join', { channel: id ?? '' });
      },
    },
    injected: 'channel_is_limited_access too_many_members',
  },
  'conversations.open': {
    takes: { channel: 'text', users: 'structure', return_im: 'flag', prevent_creation: 'flag' },
    scopes: manage,
    tier: 50,
    works: plainly('conversations.open', { users: ana, return_im: true }),
    refuses: {
      channel_not_found: plainly('conversations.open', { channel: nowhere }),
      method_not_supported_for_channel_type: inRoom('conversations.open'),
      not_enough_users: ({ call, slack }) => call('conversations.open', { users: slack.botUserId }),
      too_many_users: plainly('conversations.open', {
        users: Array.from({ length: 9 }, (_, index) => `U${index}`).join(','),
      }),
      user_disabled: plainly('conversations.open', { users: 'U0OMAR00015' }),
      user_not_found: plainly('conversations.open', { users: nobody }),
      user_not_visible: plainly('conversations.open', { users: 'U0PETRA0016' }),
      users_list_not_supplied: plainly('conversations.open'),
    },
    injected: 'invalid_user_combination',
  },
  'conversations.rename': {
    takes: { channel: 'text', name: 'text' },
    scopes: manage,
    tier: 20,
    works: inRoom('conversations.rename', { name: 'renamed' }),
    refuses: {
      channel_not_found: plainly('conversations.rename', { channel: nowhere, name: 'x' }),
      invalid_name_maxlength: inRoom('conversations.rename', { name: x(81) }),
      invalid_name_punctuation: inRoom('conversations.rename', { name: '...' }),
      invalid_name_required: inRoom('conversations.rename'),
      invalid_name_specials: inRoom('conversations.rename', { name: 'New Name' }),
      is_archived: whenArchived(inRoom('conversations.rename', { name: 'x' })),
      name_taken: inRoom('conversations.rename', { name: 'general' }),
      not_authorized: async ({ call }) => {
        await call('conversations.join', { channel: general });
        return call('conversations.rename', { channel: general, name: 'x' });
      },
      not_in_channel: plainly('conversations.rename', { channel: away, name: 'x' }),
    },
    injected: 'invalid_name',
  },
  'conversations.replies': {
    takes: {
      ...paging,
      channel: 'text',
      ts: 'text',
      oldest: 'text',
      latest: 'text',
      inclusive: 'flag',
      include_all_metadata: 'flag',
    },
    scopes: history,
    tier: 50,
    async works({ call, room, ts }) {
      await call('chat.postMessage', { channel: room, thread_ts: ts, text: 'x' });
      return call('conversations.replies', { channel: room, ts, include_all_metadata: true });
    },
    refuses: {
      channel_not_found: plainly('conversations.replies', { channel: nowhere, ts: longAgo }),
      invalid_arguments: ({ call, room, ts }) => call('conversations.replies', { channel: room, ts, limit: 1001 }),
      invalid_cursor: ({ call, room, ts }) => call('conversations.replies', { channel: room, ts, cursor: 'x' }),
      invalid_ts_latest: ({ call, room, ts }) => call('conversations.replies', { channel: room, ts, latest: 'x' }),
      invalid_ts_oldest: ({ call, room, ts }) => call('conversations.replies', { channel: room, ts, oldest: 'x' }),
      thread_not_found: inRoom('conversations.replies', { ts: longAgo }),
    },
    injected: 'list_record_comment_fetch_failed',
  },
  'conversations.setTopic': {
    takes: { channel: 'text', topic: 'text' },
    scopes: ['channels:write.topic', 'groups:write.topic', ...manage],
    tier: 20,
    works: inRoom('conversations.setTopic', { topic: 'x' }),
    refuses: {
      channel_not_found: plainly('conversations.setTopic', { channel: nowhere, topic: 'x' }),
      is_archived: whenArchived(inRoom('conversations.setTopic', { topic: 'x' })),
      not_in_channel: plainly('conversations.setTopic', { channel: away, topic: 'x' }),
      too_long: inRoom('conversations.setTopic', { topic: x(251) }),
    },
    injected: 'user_is_restricted',
  },
  'files.completeUploadExternal': {
    takes: { files: 'structure', channel_id: 'text', thread_ts: 'text', initial_comment: 'text' },
    scopes: ['files:write'],
    tier: 100,
    works: share({ initial_comment: 'Here' }),
    refuses: {
      channel_not_found: share({ channel_id: nowhere }),
      file_not_found: share({ files: [{ id: 'F0' }] }),
      invalid_arguments: share({ files: [] }),
      not_in_channel: share({ channel_id: away }),
      posting_to_channel_denied: whenArchived(share()),
    },
    injected: 'access_denied file_update_failed file_type_not_allowed file_uploads_except_images_disabled',
  },
  'files.getUploadURLExternal': {
    takes: { filename: 'text', length: 'number', snippet_type: 'text' },
    scopes: ['files:write'],
    tier: 100,
    works: plainly('files.getUploadURLExternal', { filename: 'a.md', length: 3 }),
    refuses: {
      alt_txt_too_large: plainly('files.getUploadURLExternal', { filename: 'a', length: 1, alt_txt: x(1001) }),
      invalid_arguments: plainly('files.getUploadURLExternal', { filename: 'a.md' }),
      snippet_too_large: plainly('files.getUploadURLExternal', { filename: 'a', length: 2e6, snippet_type: 'text' }),
    },
    injected: 'storage_limit_reached file_uploads_disabled file_upload_size_restricted missing_argument',
  },
  'files.info': {
    takes: { ...paging, file: 'text', count: 'number', page: 'number' },
    scopes: ['files:read'],
    tier: 100,
    async works(stage) {
      const file = await upload(stage);
      await stage.call('files.completeUploadExternal', { files: [{ id: file }], channel_id: stage.room });
      return stage.call('files.info', { file });
    },
    refuses: {
      file_not_found: plainly('files.info', { file: 'F0' }),
      invalid_arguments: plainly('files.info'),
    },
    injected: 'access_denied file_deleted not_visible',
  },
  'pins.add': {
    takes: { channel: 'text', timestamp: 'text' },
    scopes: ['pins:write'],
    tier: 20,
    works: pin,
    refuses: {
      already_pinned: twice(pin),
      bad_timestamp: inRoom('pins.add', { timestamp: 'x' }),
      channel_not_found: plainly('pins.add', { channel: nowhere, timestamp: longAgo }),
      message_not_found: inRoom('pins.add', { timestamp: longAgo }),
      no_item_specified: inRoom('pins.add'),
      not_in_channel: whenArchived(pin),
      not_pinnable: ({ call, room, slack }) =>
        call('pins.add', { channel: room, timestamp: slack.messages(room)[0]?.ts ?? '' }),
    },
    injected: 'restricted_action too_many_pins external_channel_migrating',
  },
  'users.conversations': {
    takes: { ...paging, types: 'text', exclude_archived: 'flag', user: 'text', team_id: 'text' },
    scopes: read,
    tier: 50,
    works: plainly('users.conversations', { types: 'public_channel', exclude_archived: true }),
    refuses: {
      invalid_cursor: plainly('users.conversations', { cursor: 'x' }),
      invalid_limit: plainly('users.conversations', { limit: 1000 }),
      invalid_types: plainly('users.conversations', { types: 'telephone' }),
    },
    injected: 'method_not_supported_for_channel_type missing_argument',
  },
  'users.info': {
    takes: { user: 'text', include_locale: 'flag' },
    scopes: ['users:read'],
    tier: 100,
    works: plainly('users.info', { user: ana, include_locale: true }),
    refuses: { user_not_found: plainly('users.info', { user: nobody }) },
    injected: 'user_not_visible too_many_users',
  },
  'views.open': {
    takes: { trigger_id: 'text', view: 'structure', interactivity_pointer: 'text' },
    scopes: [],
    tier: 100,
    works: open(modal),
    refuses: {
      async duplicate_external_id(stage) {
        await open({ ...modal, external_id: 'one' })(stage);
        return open({ ...modal, external_id: 'one' })(stage);
      },
      async exchanged_trigger_id({ call, trigger }) {
        const args = { trigger_id: await trigger(), view: modal };
        await call('views.open', args);
        return call('views.open', args);
      },
      expired_trigger_id: plainly('views.open', { trigger_id: `1700000000000.1.${'a'.repeat(32)}`, view: modal }),
      invalid_arguments: open({ ...modal, title: plain(x(25)) }),
      invalid_trigger_id: plainly('views.open', { trigger_id: 'x', view: modal }),
      view_too_large: open({ ...modal, blocks: bigBlocks() }),
    },
    injected: 'internal_error',
  },
  'views.update': {
    takes: { view_id: 'text', external_id: 'text', view: 'structure', hash: 'text' },
    scopes: [],
    tier: 100,
    works: updateView({}),
    refuses: {
      hash_conflict: updateView({ hash: '1.x' }),
      invalid_arguments: updateView({ view: { ...modal, title: plain('') } }),
      not_found: plainly('views.update', { view_id: 'V0', view: modal }),
      view_too_large: updateView({ view: { ...modal, blocks: bigBlocks() } }),
    },
    injected: 'duplicate_external_id',
  },
};

/** Fine one by one, too large together. */
function bigBlocks(): Json {
  return Array.from({ length: 100 }, () => ({ type: 'section', text: { type: 'mrkdwn', text: x(2900) } }));
}
