/** What Muster does to channels: create, find, fill and furnish a war room. Each call stands for itself; jobs put them in order. */
import { WebAPIPlatformError } from '@slack/web-api';
import { Refused } from '../failure.ts';
import type { Instant, PersonId, Room } from '../incident/incident.ts';
import type { SlackDoor } from './web-api.ts';

/** Slack's clock and ours may differ by this much, in milliseconds. */
export const clockSkewMillis = 60_000;

/** Creates a public channel; the bot is its first member. */
export async function createRoom(slack: SlackDoor, name: string): Promise<Room> {
  const answer = await slack.run('conversations.create', null, (web) => web.conversations.create({ name }));
  const channel = answer.channel?.id;
  if (channel === undefined) throw new Error('conversations.create answered without a channel');
  return { channel, name: answer.channel?.name ?? name };
}

/** Looks for a room of ours by the beginning of its name, created no earlier than `since`. */
export async function findRoom(
  slack: SlackDoor,
  { stem, since }: { readonly stem: string; readonly since: Instant },
): Promise<Room | null> {
  const self = await slack.self();
  for (let cursor = ''; ;) {
    const page = await slack.run('users.conversations', null, (web) =>
      web.users.conversations({
        types: 'public_channel',
        exclude_archived: true,
        limit: 200,
        ...(cursor === '' ? {} : { cursor }),
      }),
    );
    for (const { id, name, creator, created } of page.channels ?? []) {
      const named = name === stem || name?.startsWith(`${stem}-`) === true;
      if (id !== undefined && name !== undefined && named && creator === self && isSince(created, since)) {
        return { channel: id, name };
      }
    }
    cursor = page.response_metadata?.next_cursor ?? '';
    if (cursor === '') return null;
  }
}

/** Slack's `created` counts whole seconds. */
function isSince(created: number | undefined, since: Instant): boolean {
  return created !== undefined && created * 1000 >= since - clockSkewMillis;
}

/** What Slack says of people; anything else it says of an invitation is about the call. */
const aboutPeople = new Set([
  'cant_invite',
  'cant_invite_self',
  'failed_for_some_users',
  'invitee_cant_see_channel',
  'no_external_invite_permission',
  'no_user',
  'org_user_not_in_team',
  'ura_max_channels',
  'user_disabled',
  'user_is_restricted',
  'user_not_found',
]);

export type Invited = {
  /** Those who could not be brought in, with Slack's word for why. */
  readonly failed: readonly { readonly person: PersonId; readonly code: string }[];
};

/** Brings people in with one call: 100 at most. Those who are in already count as brought in. */
export async function inviteToRoom(slack: SlackDoor, channel: string, people: readonly PersonId[]): Promise<Invited> {
  const answer = await slack.run('conversations.invite', null, (web) =>
    web.conversations.invite({ channel, users: people.join(','), force: true }).catch((error: unknown) => {
      // When nobody could be invited the call as a whole is an error, with the same list.
      if (error instanceof WebAPIPlatformError && refusalsOf(error.data).length > 0) return error.data;
      if (error instanceof WebAPIPlatformError && error.data.error === 'already_in_channel') return { ok: true };
      if (error instanceof WebAPIPlatformError && aboutPeople.has(error.data.error)) {
        return { ok: false, errors: people.map((user) => ({ user, error: error.data.error })) };
      }
      throw error;
    }),
  );
  const failed = refusalsOf(answer)
    .filter(({ code }) => code !== 'already_in_channel' && code !== 'cant_invite_self')
    .flatMap(({ user, code }) => {
      const person = people.find((each) => each === user);
      return person === undefined ? [] : [{ person, code }];
    });
  return { failed };
}

function refusalsOf(answer: object): readonly { readonly user: string; readonly code: string }[] {
  const errors: unknown = 'errors' in answer ? answer.errors : [];
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((each: unknown) =>
    typeof each === 'object' &&
    each !== null &&
    'user' in each &&
    typeof each.user === 'string' &&
    'error' in each &&
    typeof each.error === 'string'
      ? [{ user: each.user, code: each.error }]
      : [],
  );
}

export async function setTopic(slack: SlackDoor, channel: string, topic: string): Promise<void> {
  const info = await slack.run('conversations.info', null, (web) => web.conversations.info({ channel }));
  // Each change posts a line in the room, so an equal one is not sent.
  if (info.channel?.topic?.value === topic) return;
  await slack.run('conversations.setTopic', null, (web) => web.conversations.setTopic({ channel, topic }));
}

export async function pinMessage(slack: SlackDoor, channel: string, ts: string): Promise<true> {
  try {
    await slack.run('pins.add', null, (web) => web.pins.add({ channel, timestamp: ts }));
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'already_pinned')) throw error;
  }
  return true;
}

export type Bookmark = { readonly title: string; readonly link: string; readonly emoji?: string };

/** The links that the room's bookmarks hold already. */
export async function bookmarkedLinks(slack: SlackDoor, channel: string): Promise<ReadonlySet<string>> {
  const answer = await slack.run('bookmarks.list', null, (web) => web.bookmarks.list({ channel_id: channel }));
  return new Set((answer.bookmarks ?? []).flatMap(({ link }) => (link === undefined ? [] : [link])));
}

export async function addBookmark(slack: SlackDoor, channel: string, bookmark: Bookmark): Promise<true> {
  await slack.run('bookmarks.add', null, (web) =>
    web.bookmarks.add({ channel_id: channel, type: 'link', ...bookmark }),
  );
  return true;
}

export async function renameRoom(slack: SlackDoor, channel: string, name: string): Promise<void> {
  await slack.run('conversations.rename', null, (web) => web.conversations.rename({ channel, name }));
}

/** Joins a public channel, so that the bot can post there and look at what it posted. */
export async function joinChannel(slack: SlackDoor, channel: string): Promise<void> {
  await slack.run('conversations.join', null, (web) => web.conversations.join({ channel }));
}

/** Takes somebody out of a channel. Who is not in it is out already. */
export async function removeFromRoom(slack: SlackDoor, channel: string, person: PersonId): Promise<true> {
  try {
    await slack.run('conversations.kick', null, (web) => web.conversations.kick({ channel, user: person }));
  } catch (error) {
    if (!(error instanceof Refused && (error.code === 'not_in_channel' || error.code === 'user_not_found')))
      throw error;
  }
  return true;
}

export async function archiveChannel(slack: SlackDoor, channel: string): Promise<true> {
  try {
    await slack.run('conversations.archive', null, (web) => web.conversations.archive({ channel }));
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'already_archived')) throw error;
  }
  return true;
}
