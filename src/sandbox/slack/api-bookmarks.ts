/** bookmarks.* */
import type { web } from './answer.ts';
import { requiredText, textOf } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import { newId } from './store.ts';
import { botOf, channelFor, isBotIn, secondsOf } from './world.ts';
import type { World } from './world.ts';
import type { Bookmark, Channel } from './workspace.ts';
import { reads, writes } from './method.ts';

const write = ['bookmarks:write'];
const mostBookmarks = 100;

export const addBookmark = writes<web.BookmarksAddResponse>(write, (world, call) => {
  const channel = editable(world, call);
  const title = requiredText(call, 'title');
  const type = requiredText(call, 'type');
  if (type !== 'link') throw new Refusal('invalid_bookmark_type');
  const before = world.store.bookmarks.get(channel.id) ?? [];
  if (before.length >= mostBookmarks) throw new Refusal('too_many_bookmarks');
  const bookmark: Bookmark = {
    id: newId('Bk'),
    channel: channel.id,
    title,
    link: checkedLink(textOf(call, 'link')),
    emoji: checkedEmoji(textOf(call, 'emoji')),
    created: secondsOf(world),
    updated: 0,
    user: botOf(world),
  };
  world.store.bookmarks.set(channel.id, [...before, bookmark]);
  world.store.changed();
  return { ok: true, bookmark: bookmarkObject(world, bookmark) };
});

export const editBookmark = writes<web.BookmarksEditResponse>(write, (world, call) => {
  const channel = editable(world, call);
  const before = world.store.bookmarks.get(channel.id) ?? [];
  const found = before.find((bookmark) => bookmark.id === textOf(call, 'bookmark_id'));
  if (found === undefined) throw new Refusal('not_found');
  const edited: Bookmark = {
    ...found,
    title: textOf(call, 'title') ?? found.title,
    link: checkedLink(textOf(call, 'link') ?? found.link),
    emoji: checkedEmoji(textOf(call, 'emoji') ?? found.emoji),
    updated: secondsOf(world),
    user: botOf(world),
  };
  const after = before.map((bookmark) => (bookmark.id === found.id ? edited : bookmark));
  world.store.bookmarks.set(channel.id, after);
  world.store.changed();
  return { ok: true, bookmark: bookmarkObject(world, edited) };
});

export const removeBookmark = writes<web.BookmarksRemoveResponse>(write, (world, call) => {
  const channel = editable(world, call);
  const before = world.store.bookmarks.get(channel.id) ?? [];
  const rest = before.filter((bookmark) => bookmark.id !== textOf(call, 'bookmark_id'));
  if (rest.length === before.length) throw new Refusal('not_found');
  world.store.bookmarks.set(channel.id, rest);
  world.store.changed();
  return { ok: true };
});

export const listBookmarks = reads<web.BookmarksListResponse>(['bookmarks:read'], (world, call) => {
  const channel = channelFor(world, requiredText(call, 'channel_id'));
  const bookmarks = world.store.bookmarks.get(channel.id) ?? [];
  return { ok: true, bookmarks: bookmarks.map((bookmark) => bookmarkObject(world, bookmark)) };
});

function editable(world: World, call: JsonObject): Channel {
  const channel = channelFor(world, requiredText(call, 'channel_id'));
  if (channel.isArchived || !isBotIn(world, channel)) throw new Refusal('permission_denied');
  return channel;
}

function checkedLink(link: string | undefined): string {
  if (link === undefined || !/^https?:\/\/\S+$/i.test(link)) throw new Refusal('invalid_link');
  return link;
}

function checkedEmoji(emoji: string | undefined): string {
  if (emoji !== undefined && emoji !== '' && !/^:[a-z0-9_+'-]+:$/.test(emoji)) throw new Refusal('invalid_emoji');
  return emoji ?? '';
}

function bookmarkObject(world: World, bookmark: Bookmark) {
  return {
    id: bookmark.id,
    channel_id: bookmark.channel,
    title: bookmark.title,
    link: bookmark.link,
    emoji: bookmark.emoji,
    icon_url: `${new URL(bookmark.link).origin}/favicon.ico`,
    type: 'link',
    date_created: bookmark.created,
    date_updated: bookmark.updated,
    rank: 'g',
    last_updated_by_user_id: bookmark.user,
    last_updated_by_team_id: world.store.team.id,
  };
}
