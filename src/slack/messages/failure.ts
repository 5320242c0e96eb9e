/** What Slack would not do, in words that say what to do about it. */
import type { PersonId } from '../../incident/incident.ts';
import type { Message } from '../blocks.ts';
import { lines, message, section } from '../blocks.ts';
import { escape, mention, oneLine } from '../mrkdwn.ts';

const attempts: Readonly<Record<string, string>> = {
  'conversations.create': 'create the war room',
  'conversations.invite': 'invite people to the war room',
  'conversations.join': 'join the channel',
  'conversations.kick': 'take people who stand by out of the channel',
  'conversations.archive': 'archive the war room',
  'conversations.rename': 'rename the war room',
  'conversations.setTopic': 'set the topic of the war room',
  'conversations.open': 'open a direct message',
  'conversations.history': 'look into the channel',
  'users.conversations': 'look for the war room',
  'users.info': 'look up where people are',
  'usergroups.list': 'read the user groups',
  'dnd.teamInfo': 'see who does not want to be disturbed',
  'chat.postMessage': 'post a message',
  'chat.update': 'edit a message',
  'chat.postEphemeral': 'answer you',
  'pins.add': 'pin the status card',
  'bookmarks.add': 'add a bookmark',
  'bookmarks.list': 'read the bookmarks',
  'files.getUploadURLExternal': 'upload the file',
  'files.completeUploadExternal': 'upload the file',
  response_url: 'answer you',
  'views.open': 'open the form',
  'views.update': 'update the form',
};

/** For errors that mean one thing with one method and another with the next. */
const special: Readonly<Record<string, string>> = {
  'pager http_400': 'the pager did not take it: look at its key in my environment, and at my log',
  'pager http_401': 'the pager does not know its key: correct it in my environment',
  'pager http_403': 'the pager does not let me: look at its key in my environment',
  'pager http_404': 'there is nothing at the address of the pager: correct it in the catalog',
  'pager muster_no_answer': 'it does not answer. I go on trying; call by phone what can’t wait',
  'pager muster_put_off': 'it asks me to wait. I go on trying; call by phone what can’t wait',
  'pager not_set_up': 'its key is missing in my environment',
  'conversations.create restricted_action':
    'the workspace does not let me create channels: ask an admin to allow apps to do so',
  'conversations.kick restricted_action':
    'the workspace does not allow it, so they stay in it and I do not mention them',
  'conversations.kick cant_kick_from_general': 'nobody can be taken out of this channel',
  'conversations.archive restricted_action':
    'the workspace does not let me archive channels: archive it by hand, or ask an admin to allow it',
  'pins.add restricted_action':
    'the workspace does not let me pin messages: pin it by hand, or ask an admin to allow it',
  'conversations.setTopic user_is_restricted': 'the workspace does not let me set topics: ask an admin to allow it',
  'conversations.create channel_not_found': 'the workspace answered that the new channel is not there',
};

const errors: Readonly<Record<string, string>> = {
  access_denied: 'the workspace does not allow it: ask an admin',
  account_inactive: 'my account in this workspace is switched off: ask an admin to install me again',
  already_archived: 'the channel is archived already',
  app_access_restricted: 'the workspace limits who may use me: ask an admin',
  cannot_create_channel: 'Slack could not create it',
  cant_invite: 'Slack does not let me invite this person: somebody in the room can try by hand',
  cant_update_message: 'that message is not mine to edit',
  channel_not_found: 'the channel is gone, or private and I am not in it: invite me there',
  edit_window_closed: 'the workspace does not let messages be edited any more',
  ekm_access_denied: 'the admins have stopped messages for now: ask an admin',
  expired_trigger_id: 'it took too long: please try again',
  fatal_error: 'Slack is in trouble right now',
  file_type_not_allowed: 'the workspace does not allow this type of file: ask an admin',
  file_upload_size_restricted: 'the workspace limits the size of files',
  file_uploads_disabled: 'the workspace does not allow files: ask an admin',
  file_uploads_except_images_disabled: 'the workspace allows images only: ask an admin',
  internal_error: 'Slack is in trouble right now',
  invalid_auth: 'my access to this workspace does not hold any more: ask an admin to install me again',
  invalid_blocks: 'Slack did not take the form of the message: that is my mistake, please report it',
  invalid_name_specials: 'Slack did not take the name',
  invalid_link: 'the link in the catalog is not one that Slack takes',
  invitee_cant_see_channel: "the person belongs to another workspace and can't see the room",
  is_archived: 'the channel is archived: somebody must unarchive it first',
  message_limit_exceeded: 'the workspace has reached its limit of messages',
  message_not_found: 'the message is gone',
  missing_scope: 'I lack a permission: ask an admin to install me again with the current manifest',
  msg_too_long: 'it was too long for a message',
  muster_no_answer: 'Slack has not answered for a quarter of an hour',
  muster_bug: 'something is wrong on my side, and it is in my log',
  muster_unsure: 'I can’t look whether it was done, so I do not do it again',
  muster_put_off: 'Slack has put me off for a quarter of an hour',
  name_taken: 'all names I tried are taken',
  no_external_invite_permission: 'the person is outside the company and I may not invite them',
  no_permission: 'I lack the permission: ask an admin',
  no_such_subteam: 'Slack knows no such user group: correct the catalog',
  plan_upgrade_required: 'user groups need a paid plan: name people in the catalog instead',
  not_authed: 'my access to this workspace does not hold any more: ask an admin to install me again',
  not_in_channel: 'I am not in the channel: invite me with `/invite`',
  org_user_not_in_team: 'the person is not in this workspace: ask an admin to add them',
  permission_denied: 'the workspace does not let me: ask an admin to allow it',
  posting_to_channel_denied: 'I may not post in that channel: ask an admin',
  rate_limited: 'Slack takes no more from me right now',
  ratelimited: 'Slack takes no more from me right now',
  request_timeout: 'Slack did not answer in time',
  restricted_action: 'a setting of the workspace forbids it: ask an admin',
  restricted_action_read_only_channel: 'the channel is read-only: ask an admin to let me post there',
  restricted_action_thread_locked: 'the thread is locked',
  service_unavailable: 'Slack is in trouble right now',
  storage_limit_reached: 'the workspace has no space left for files',
  token_expired: 'my access to this workspace has run out: ask an admin to install me again',
  token_revoked: 'my access to this workspace was taken back: ask an admin to install me again',
  too_long: 'it was too long',
  too_many_bookmarks: 'the channel has as many bookmarks as it can hold',
  too_many_pins: 'the channel has as many pins as it can hold: remove one',
  ura_max_channels: 'the person is a guest who may be in one channel only: ask an admin',
  user_disabled: 'the account is switched off',
  user_is_restricted: 'the person is a guest who may not enter: ask an admin',
  user_not_found: 'Slack knows no such person: correct the catalog',
};

/**
 * What could not be done and why, as one sentence for the timeline and for Slack alike.
 *
 * @param method the Web API method, such as `conversations.create`.
 * @param error Slack's error code, or ours: `muster_put_off`, `muster_no_answer`.
 * @param what that is missing now, such as `post the status card`, where the method alone does not tell.
 */
export function failureInWords(method: string, error: string, what: string = attemptInWords(method)): string {
  return `I could not ${what}: ${errorInWords(method, error)}.`;
}

function attemptInWords(method: string): string {
  return own(attempts, method) ?? `do everything (Slack's ${named(method)})`;
}

/** Why, in words; the code itself when it is one that nobody foresaw. */
export function errorInWords(method: string, error: string): string {
  return own(special, `${method} ${error}`) ?? own(errors, error) ?? `Slack answered ${named(error)}`;
}

/** A name of Slack's as code; nothing else passes. */
function named(name: string): string {
  return `\`${name
    .replace(/[^\w.:-]+/g, ' ')
    .trim()
    .slice(0, 80)}\``;
}

function own(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}

/**
 * Who could not be brought into the room, and why; `null` when everybody could.
 *
 * @param failed as `responder unreachable` rows hold it.
 */
export function inviteReport({
  invited,
  failed,
}: {
  readonly invited: number;
  readonly failed: readonly { readonly person: PersonId; readonly because: string }[];
}): Message | null {
  if (failed.length === 0) return null;
  const what = `${invited} of ${invited + failed.length} people are invited; ${failed.length} could not be`;
  const reasons = Map.groupBy(failed, ({ because }) => because);
  const told = [...reasons].map(([because, people]) => {
    const shown = people.slice(0, 10).map(({ person }) => mention(person));
    const left = people.length - shown.length;
    const who = left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
    return `• ${who}: ${escape(oneLine(because))}`;
  });
  return message(`${what}.`, [section(`*${what}:*\n${lines(told, 15, (left) => `… and ${left} more reasons`)}`)]);
}
