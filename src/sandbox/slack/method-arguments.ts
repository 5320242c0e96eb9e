/** Which arguments each method of the Web API takes, and what happens to others. */
import { isList } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { MethodName } from './methods.ts';
import { Refusal } from './refusal.ts';

/** `anything`: whatever form it has is read, and refused in its own words, by the method itself. */
type Kind = 'text' | 'flag' | 'number' | 'anything';
type Taken = { readonly [argument: string]: Kind };

const text = 'text';
const flag = 'flag';
const number = 'number';
const anything = 'anything';

const paging: Taken = { cursor: text, limit: anything };
const content: Taken = {
  text,
  blocks: anything,
  attachments: anything,
  metadata: anything,
  markdown_text: text,
  parse: text,
  link_names: flag,
  as_user: flag,
};
const disguise: Taken = { username: text, icon_emoji: text, icon_url: text };
const item: Taken = { channel: text, timestamp: text };
const messages: Taken = {
  ...paging,
  channel: text,
  oldest: text,
  latest: text,
  inclusive: flag,
  include_all_metadata: flag,
};
const view: Taken = { view: anything, interactivity_pointer: text };

const taken: { readonly [Name in Exclude<MethodName, 'api.test'>]: Taken } = {
  'apps.connections.open': {},
  'auth.test': {},
  'bookmarks.add': {
    channel_id: text,
    title: text,
    type: text,
    link: text,
    emoji: text,
    entity_id: text,
    access_level: text,
    parent_id: text,
  },
  'bookmarks.edit': { channel_id: text, bookmark_id: text, title: text, link: text, emoji: text },
  'bookmarks.list': { channel_id: text },
  'bookmarks.remove': { channel_id: text, bookmark_id: text, quip_section_id: text },
  'chat.delete': { channel: text, ts: text, as_user: flag },
  'chat.getPermalink': { channel: text, message_ts: text },
  'chat.postEphemeral': { ...content, ...disguise, channel: text, user: text, thread_ts: text },
  'chat.postMessage': {
    ...content,
    ...disguise,
    channel: text,
    thread_ts: text,
    reply_broadcast: flag,
    unfurl_links: flag,
    unfurl_media: flag,
    mrkdwn: flag,
  },
  'chat.update': { ...content, channel: text, ts: text, reply_broadcast: flag, file_ids: anything },
  'conversations.archive': { channel: text },
  'conversations.create': { name: text, is_private: flag },
  'conversations.history': messages,
  'conversations.info': { channel: text, include_locale: flag, include_num_members: flag },
  'conversations.invite': { channel: text, users: anything, force: flag },
  'conversations.join': { channel: text },
  'conversations.kick': { channel: text, user: text },
  'conversations.leave': { channel: text },
  'conversations.list': { ...paging, types: text, exclude_archived: flag },
  'conversations.members': { ...paging, channel: text },
  'conversations.open': { channel: text, users: anything, return_im: flag, prevent_creation: flag },
  'conversations.rename': { channel: text, name: text },
  'conversations.replies': { ...messages, ts: text },
  'conversations.setPurpose': { channel: text, purpose: text },
  'conversations.setTopic': { channel: text, topic: text },
  'dnd.info': { user: text },
  'dnd.teamInfo': { users: text },
  'files.completeUploadExternal': {
    ...disguise,
    files: anything,
    channel_id: text,
    channels: text,
    thread_ts: text,
    initial_comment: text,
    blocks: anything,
  },
  'files.getUploadURLExternal': { filename: text, length: number, snippet_type: text, alt_txt: text },
  'files.info': { ...paging, file: text, count: number, page: number },
  'pins.add': item,
  'pins.list': { channel: text },
  'pins.remove': item,
  'reactions.add': { ...item, name: text },
  'reactions.get': { ...item, full: flag, file: text, file_comment: text },
  'reactions.remove': { ...item, name: text, file: text, file_comment: text },
  'usergroups.list': { include_count: flag, include_disabled: flag, include_users: flag },
  'usergroups.users.list': { usergroup: text, include_disabled: flag },
  'users.conversations': { ...paging, types: text, exclude_archived: flag, exclude_muted: flag, user: text },
  'users.getPresence': { user: text },
  'users.info': { user: text, include_locale: flag },
  'users.list': { ...paging, include_locale: flag },
  'users.lookupByEmail': { email: text },
  'views.open': { ...view, trigger_id: text },
  'views.publish': { ...view, user_id: text, hash: text },
  'views.push': { ...view, trigger_id: text },
  'views.update': { view: anything, view_id: text, external_id: text, hash: text },
};

const mostNameCharacters = 100;

/** Slack takes these with every method. */
const everywhere: Taken = { token: text, team_id: text };

/**
 * The arguments that the method does not know. Slack passes over them without a word, and so does the stand-in: they are for
 * its log. `api.test` takes whatever it is given.
 */
export function unknownArguments(name: string, args: JsonObject): readonly string[] {
  const known = takenBy(name);
  return known === undefined ? [] : Object.keys(args).filter((argument) => !Object.hasOwn(known, argument));
}

/**
 * Checks names and types.
 * @throws Refusal `invalid_arg_name`, `invalid_array_arg`, or `invalid_arguments` with a message for each wrong one
 */
export function checkArguments(name: MethodName, args: JsonObject): void {
  if (Object.keys(args).some((one) => one.length > mostNameCharacters || !/^\w+$/.test(one))) {
    throw new Refusal('invalid_arg_name');
  }
  const known = takenBy(name) ?? {};
  const messages: string[] = [];
  for (const [argument, value] of Object.entries(args)) {
    const kind = Object.hasOwn(known, argument) ? known[argument] : undefined;
    if (kind === undefined || kind === 'anything' || value === null || value === '') continue;
    if (isList(value)) throw new Refusal('invalid_array_arg');
    if (!fits(kind, value)) messages.push(`[ERROR] must provide a ${words[kind]} [json-pointer:/${argument}]`);
  }
  if (messages.length > 0) throw new Refusal('invalid_arguments', { response_metadata: { messages } });
}

const words = { text: 'string', flag: 'boolean', number: 'number' } as const;

function fits(kind: Exclude<Kind, 'anything'>, value: Json): boolean {
  if (typeof value === 'object') return false;
  switch (kind) {
    case 'text':
      return true;
    case 'flag':
      return ['true', 'false', '1', '0'].includes(String(value));
    case 'number':
      return /^-?\d+$/.test(String(value));
  }
}

function takenBy(name: string): Taken | undefined {
  const all: { readonly [method: string]: Taken } = taken;
  const own = Object.hasOwn(all, name) ? all[name] : undefined;
  return own === undefined ? undefined : { ...everywhere, ...own };
}
