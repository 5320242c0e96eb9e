import type { ViewsOpenArguments, ViewsPublishArguments, WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { clientOf, refusal } from './slack-client.ts';

let slack: SlackStandIn;
let client: WebClient;

beforeAll(async () => {
  slack = await startSlack();
  client = clientOf(slack);
});

afterAll(async () => {
  await slack.close();
});

let made = 0;
async function room(): Promise<string> {
  made += 1;
  const { channel } = await client.conversations.create({ name: `room-${made}` });
  return channel?.id ?? '';
}

async function post(channel: string, text = 'hello'): Promise<string> {
  const { ts } = await client.chat.postMessage({ channel, text });
  return ts ?? '';
}

const person = (name: string): string => slack.people().find((one) => one.name === name)?.id ?? '';

describe('tokens and methods', () => {
  it('tells the app who it is', async () => {
    const answer = await client.auth.test();
    expect(answer).toMatchObject({ ok: true, team_id: slack.teamId, user_id: slack.botUserId, bot_id: 'B0SANDBOX01' });
  });

  it('refuses no token, a wrong token and a token of the other kind', async () => {
    expect(await (await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' })).json()).toEqual({
      ok: false,
      error: 'not_authed',
    });
    expect(await refusal(clientOf(slack, { token: 'xoxb-wrong' }).auth.test())).toMatchObject({
      error: 'invalid_auth',
    });
    const wrongKind = clientOf(slack).apps.connections.open({});
    expect(await refusal(wrongKind)).toMatchObject({ error: 'not_allowed_token_type' });
  });

  it('knows no method that it does not stand in for', async () => {
    expect(await refusal(client.apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
    expect(await refusal(client.apiCall('toString'))).toMatchObject({ error: 'unknown_method' });
  });

  it('reads JSON bodies as it reads forms', async () => {
    const response = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ channel: await room(), blocks: [{ type: 'divider' }], text: 'json' }),
    });
    expect(await response.json()).toMatchObject({ ok: true, message: { text: 'json', blocks: [{ type: 'divider' }] } });
  });

  it('names the scope that is missing', async () => {
    const narrow = await startSlack({ scopes: ['chat:write', 'channels:read'] });
    const call = clientOf(narrow).conversations.create({ name: 'x' });
    expect(await refusal(call)).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:manage,groups:write,channels:write,im:write,mpim:write',
      provided: 'chat:write,channels:read',
    });
    const { response_metadata: metadata } = await clientOf(narrow).conversations.list();
    expect(metadata).toMatchObject({ scopes: ['chat:write', 'channels:read'] });
    await narrow.close();
  });
});

describe('channels', () => {
  it('makes a channel with the app in it', async () => {
    const { channel } = await client.conversations.create({ name: 'inc-1-checkout' });
    expect(channel).toMatchObject({ name: 'inc-1-checkout', creator: slack.botUserId, is_member: true });
    expect(slack.messages('inc-1-checkout')).toMatchObject([{ subtype: 'channel_join', user: slack.botUserId }]);
  });

  it.each([
    ['', 'invalid_name_required'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['---', 'invalid_name_punctuation'],
    ['Upper', 'invalid_name_specials'],
    ['with space', 'invalid_name_specials'],
    ['fire🔥', 'invalid_name_specials'],
    ['general', 'name_taken'],
  ])('refuses the channel name %j with %s', async (name, error) => {
    expect(await refusal(client.conversations.create({ name }))).toMatchObject({ error });
  });

  it('keeps the names of archived channels, and lets the app read them no more', async () => {
    const { channel } = await client.conversations.create({ name: 'inc-2-closed' });
    const id = channel?.id ?? '';
    await client.conversations.archive({ channel: id });
    expect(await refusal(client.conversations.create({ name: 'inc-2-closed' }))).toMatchObject({ error: 'name_taken' });
    expect(await refusal(client.conversations.history({ channel: id }))).toMatchObject({ error: 'not_in_channel' });
    expect(await refusal(client.chat.postMessage({ channel: id, text: 'x' }))).toMatchObject({ error: 'is_archived' });
    expect(await refusal(client.conversations.archive({ channel: id }))).toMatchObject({ error: 'already_archived' });
    const { channel: closed } = await client.conversations.info({ channel: id });
    expect(closed).toMatchObject({ is_archived: true, is_member: false });
  });

  it('invites all or none, and with force those who can be invited', async () => {
    const channel = await room();
    const users = [person('ana'), person('noor'), person('omar'), person('petra'), 'U0NOBODY', slack.botUserId];
    const errors = [
      { user: person('noor'), ok: false, error: 'user_is_restricted' },
      { user: person('omar'), ok: false, error: 'cant_invite' },
      { user: person('petra'), ok: false, error: 'cant_invite' },
      { user: 'U0NOBODY', ok: false, error: 'user_not_found' },
      { user: slack.botUserId, ok: false, error: 'cant_invite_self' },
    ];
    const all = client.conversations.invite({ channel, users: users.join(',') });
    expect(await refusal(all)).toMatchObject({ error: 'user_is_restricted', errors });
    expect(slack.channel(channel)?.members).toEqual([slack.botUserId]);
    expect(await client.conversations.invite({ channel, users: users.join(','), force: true })).toMatchObject({
      errors,
    });
    expect(slack.channel(channel)?.members).toEqual([slack.botUserId, person('ana')]);
    const again = client.conversations.invite({ channel, users: person('ana'), force: true });
    expect(await refusal(again)).toMatchObject({ error: 'already_in_channel' });
    const many = Array.from({ length: 101 }, (_, index) => `U${index}`).join(',');
    expect(await refusal(client.conversations.invite({ channel, users: many }))).toMatchObject({
      error: 'invalid_arguments',
    });
  });

  it('joins public channels only, and says when it was in already', async () => {
    expect(await client.conversations.join({ channel: 'C0INCIDENTS' })).toMatchObject({ channel: { is_member: true } });
    expect(await client.conversations.join({ channel: 'C0INCIDENTS' })).toMatchObject({
      warning: 'already_in_channel',
    });
    const joinPrivate = client.conversations.join({ channel: 'C0LEADERS01' });
    expect(await refusal(joinPrivate)).toMatchObject({ error: 'channel_not_found' });
  });

  it('leaves a line for a new topic, and none for the same topic again', async () => {
    const channel = await room();
    await client.conversations.setTopic({ channel, topic: 'SEV1' });
    await client.conversations.setTopic({ channel, topic: 'SEV1' });
    const lines = slack.messages(channel).filter((message) => message.subtype === 'channel_topic');
    expect(lines).toHaveLength(1);
    const tooLong = client.conversations.setTopic({ channel, topic: 'x'.repeat(251) });
    expect(await refusal(tooLong)).toMatchObject({ error: 'too_long' });
    expect(await refusal(client.conversations.setTopic({ channel: 'C0GENERAL01', topic: 'x' }))).toMatchObject({
      error: 'not_in_channel',
    });
  });

  it('renames its own channels only', async () => {
    const channel = await room();
    const { channel: renamed } = await client.conversations.rename({ channel, name: 'renamed' });
    expect(renamed).toMatchObject({ name: 'renamed', previous_names: [expect.stringMatching(/^room-/)] });
    await client.conversations.join({ channel: 'C0PAYMENTS1' });
    const others = client.conversations.rename({ channel: 'C0PAYMENTS1', name: 'mine' });
    expect(await refusal(others)).toMatchObject({ error: 'not_authorized' });
  });

  it('lists its own channels page by page', async () => {
    const seen: string[] = [];
    for await (const page of client.paginate('users.conversations', { limit: 2 })) {
      for (const channel of Object(page).channels) seen.push(channel.id);
    }
    const own = slack.channels().filter((channel) => channel.members.includes(slack.botUserId));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(own.map((channel) => channel.id));
    expect(await refusal(client.users.conversations({ cursor: 'nonsense' }))).toMatchObject({
      error: 'invalid_cursor',
    });
  });

  it('opens a direct message once for the same person', async () => {
    const first = await client.conversations.open({ users: person('ben') });
    const second = await client.conversations.open({ users: person('ben'), return_im: true });
    expect(second).toMatchObject({ already_open: true, channel: { id: first.channel?.id, user: person('ben') } });
    expect(await refusal(client.conversations.open({ users: person('omar') }))).toMatchObject({
      error: 'user_disabled',
    });
  });
});

describe('messages', () => {
  it('keeps text, blocks and metadata as they were sent', async () => {
    const channel = await room();
    const metadata = { event_type: 'card', event_payload: { key: 'INC-1' } };
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*hi*' } }];
    const sent = await client.chat.postMessage({ channel, text: 'a &amp; b', blocks, metadata });
    expect(sent.message).toMatchObject({ text: 'a &amp; b', blocks, metadata, bot_id: 'B0SANDBOX01' });
    const plain = await client.conversations.history({ channel, limit: 1 });
    expect(plain.messages?.[0]).not.toHaveProperty('metadata');
    const full = await client.conversations.history({ channel, limit: 1, include_all_metadata: true });
    expect(full.messages?.[0]).toMatchObject({ ts: sent.ts, metadata });
  });

  it('finds channels by name and people by id', async () => {
    await client.conversations.join({ channel: 'C0STOREFRON' });
    const named = await client.chat.postMessage({ channel: '#team-storefront', text: 'x' });
    expect(named.channel).toBe('C0STOREFRON');
    const direct = await client.chat.postMessage({ channel: person('dara'), text: 'x' });
    expect(slack.channel(direct.channel ?? '')?.kind).toBe('im');
  });

  it('refuses what is empty, and where it is not', async () => {
    const channel = await room();
    expect(await refusal(client.chat.postMessage({ channel, text: '' }))).toMatchObject({ error: 'no_text' });
    const general = client.chat.postMessage({ channel: 'C0GENERAL01', text: 'x' });
    expect(await refusal(general)).toMatchObject({ error: 'not_in_channel' });
    const unknown = client.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' });
    expect(await refusal(unknown)).toMatchObject({ error: 'channel_not_found' });
    const hidden = client.chat.postMessage({ channel: 'C0LEADERS01', text: 'x' });
    expect(await refusal(hidden)).toMatchObject({ error: 'channel_not_found' });
  });

  it('updates its own messages only, and drops blocks when text comes alone', async () => {
    const channel = await room();
    const { ts = '' } = await client.chat.postMessage({
      channel,
      text: 'before',
      blocks: [{ type: 'divider' }],
      metadata: { event_type: 'card', event_payload: {} },
    });
    await client.chat.update({ channel, ts, text: 'after' });
    const seen = slack.messages(channel).find((message) => message.ts === ts);
    expect(seen).toMatchObject({ text: 'after', blocks: [], isEdited: true, metadata: { event_type: 'card' } });
    const tooLong = client.chat.update({ channel, ts, text: 'x'.repeat(4001) });
    expect(await refusal(tooLong)).toMatchObject({ error: 'msg_too_long' });
    const { message } = await slack.say({ user: 'ana', channel, text: 'mine' });
    const others = client.chat.update({ channel, ts: message.ts, text: 'x' });
    expect(await refusal(others)).toMatchObject({ error: 'cant_update_message' });
    expect(await refusal(client.chat.delete({ channel, ts: message.ts }))).toMatchObject({
      error: 'cant_delete_message',
    });
    await client.chat.delete({ channel, ts });
    expect(await refusal(client.chat.update({ channel, ts, text: 'x' }))).toMatchObject({ error: 'message_not_found' });
  });

  it('keeps threads apart from the channel', async () => {
    const channel = await room();
    const ts = await post(channel, 'parent');
    await client.chat.postMessage({ channel, thread_ts: ts, text: 'reply' });
    const { messages } = await client.conversations.history({ channel });
    expect(messages?.[0]).toMatchObject({ ts, reply_count: 1, reply_users: [slack.botUserId] });
    const replies = await client.conversations.replies({ channel, ts });
    expect(replies.messages?.map((message) => message.text)).toEqual(['parent', 'reply']);
    expect(await refusal(client.conversations.replies({ channel, ts: '1.000001' }))).toMatchObject({
      error: 'thread_not_found',
    });
  });

  it('reads history from a moment on, and page by page', async () => {
    const channel = await room();
    const oldest = await post(channel, '1');
    await post(channel, '2');
    await post(channel, '3');
    const after = await client.conversations.history({ channel, oldest });
    expect(after.messages?.map((message) => message.text)).toEqual(['3', '2']);
    const including = await client.conversations.history({ channel, oldest, inclusive: true, limit: 2 });
    expect(including).toMatchObject({ has_more: true, messages: [{ text: '3' }, { text: '2' }] });
    const rest = await client.conversations.history({
      channel,
      oldest,
      inclusive: true,
      limit: 2,
      cursor: including.response_metadata?.next_cursor ?? '',
    });
    expect(rest).toMatchObject({ has_more: false, messages: [{ text: '1' }] });
  });

  it('shows ephemerals to one person, and only to members', async () => {
    const channel = await room();
    await client.conversations.invite({ channel, users: person('ana') });
    await client.chat.postEphemeral({ channel, user: person('ana'), text: 'only you' });
    expect(slack.ephemerals('ana', channel)).toMatchObject([{ text: 'only you', from: 'app' }]);
    expect(slack.ephemerals('ben', channel)).toEqual([]);
    const outside = client.chat.postEphemeral({ channel, user: person('ben'), text: 'x' });
    expect(await refusal(outside)).toMatchObject({ error: 'user_not_in_channel' });
  });

  it('gives every message of one millisecond a timestamp of its own, in order', async () => {
    const still = await startSlack({ now: () => 1_700_000_000_123 });
    const own = clientOf(still);
    const { channel } = await own.conversations.create({ name: 'still' });
    for (const text of ['1', '2', '3']) await own.chat.postMessage({ channel: channel?.id ?? '', text });
    const said = still.messages('still').filter((message) => message.subtype === null);
    expect(said.map((message) => message.text)).toEqual(['1', '2', '3']);
    expect(new Set(said.map((message) => message.ts)).size).toBe(3);
    expect(said[0]?.ts).toMatch(/^1700000000\.123/);
    await still.close();
  });
});

describe('marks, bookmarks and files', () => {
  it('pins a message once', async () => {
    const channel = await room();
    const timestamp = await post(channel);
    await client.pins.add({ channel, timestamp });
    expect(await refusal(client.pins.add({ channel, timestamp }))).toMatchObject({ error: 'already_pinned' });
    expect((await client.pins.list({ channel })).items).toMatchObject([{ message: { ts: timestamp } }]);
    expect(slack.pins(channel)).toMatchObject([{ ts: timestamp }]);
    await client.pins.remove({ channel, timestamp });
    expect(await refusal(client.pins.remove({ channel, timestamp }))).toMatchObject({ error: 'no_pin' });
    expect(await refusal(client.pins.add({ channel, timestamp: '1.000001' }))).toMatchObject({
      error: 'message_not_found',
    });
  });

  it('keeps bookmarks that are links', async () => {
    const channel_id = await room();
    const link = 'https://runbook.example/checkout';
    const { bookmark } = await client.bookmarks.add({ channel_id, title: 'Runbook', type: 'link', link });
    await client.bookmarks.edit({ channel_id, bookmark_id: bookmark?.id ?? '', title: 'The runbook' });
    const { bookmarks } = await client.bookmarks.list({ channel_id });
    expect(bookmarks).toMatchObject([{ title: 'The runbook', link, type: 'link' }]);
    const script = client.bookmarks.add({ channel_id, title: 'x', type: 'link', link: 'javascript:alert(1)' });
    expect(await refusal(script)).toMatchObject({ error: 'invalid_link' });
    const folder = client.apiCall('bookmarks.add', { channel_id, title: 'x', type: 'folder', link });
    expect(await refusal(folder)).toMatchObject({ error: 'invalid_bookmark_type' });
  });

  it('reacts once with the same emoji', async () => {
    const channel = await room();
    const timestamp = await post(channel);
    await client.reactions.add({ channel, timestamp, name: 'eyes' });
    const again = client.reactions.add({ channel, timestamp, name: 'eyes' });
    expect(await refusal(again)).toMatchObject({ error: 'already_reacted' });
    const { message } = await client.reactions.get({ channel, timestamp });
    expect(message?.reactions).toEqual([{ name: 'eyes', users: [slack.botUserId], count: 1 }]);
    await client.reactions.remove({ channel, timestamp, name: 'eyes' });
    expect(slack.messages(channel).at(-1)?.reactions).toEqual([]);
  });

  it('takes a file in three steps and gives it back', async () => {
    const channel_id = await room();
    const content = '# Postmortem\n\nüber alles';
    const uploaded = await client.filesUploadV2({
      channel_id,
      filename: 'pm.md',
      title: 'PM',
      content,
      initial_comment: 'Here',
    });
    expect(uploaded.ok).toBe(true);
    const seen = slack.messages(channel_id).at(-1);
    expect(seen).toMatchObject({ text: 'Here', files: [{ name: 'pm.md', title: 'PM', mimetype: 'text/markdown' }] });
    const file = seen?.files[0];
    expect(file?.content().toString()).toBe(content);
    expect(await (await fetch(file?.url ?? '')).text()).toBe(content);
    const info = await client.files.info({ file: file?.id ?? '' });
    expect(info.file).toMatchObject({ name: 'pm.md', channels: [channel_id] });
    const url = info.file?.url_private ?? '';
    expect((await fetch(url)).status).toBe(404);
    const authorized = await fetch(url, { headers: { authorization: `Bearer ${slack.botToken}` } });
    expect(await authorized.text()).toBe(content);
  });

  it('knows no file before its upload was completed', async () => {
    const given = await client.files.getUploadURLExternal({ filename: 'a.txt', length: 3 });
    const file = given.file_id ?? '';
    const tooEarly = client.files.completeUploadExternal({ files: [{ id: file }] });
    expect(await refusal(tooEarly)).toMatchObject({ error: 'file_not_found' });
    await fetch(given.upload_url ?? '', { method: 'POST', body: 'abc' });
    expect(await refusal(client.files.info({ file }))).toMatchObject({ error: 'file_not_found' });
    await client.files.completeUploadExternal({ files: [{ id: file, title: 'A' }] });
    expect((await client.files.info({ file })).file).toMatchObject({ title: 'A', size: 3 });
  });
});

describe('people and views', () => {
  it('tells zones, guests, outsiders and who left', async () => {
    const ana = await client.users.info({ user: person('ana') });
    expect(ana.user).toMatchObject({
      name: 'ana',
      tz: 'Europe/Lisbon',
      is_bot: false,
      profile: { email: 'ana@sandbox.example' },
    });
    expect((await client.users.info({ user: person('kavya') })).user).toMatchObject({ tz_offset: 19_800 });
    expect((await client.users.info({ user: person('noor') })).user).toMatchObject({ is_restricted: true });
    expect((await client.users.info({ user: person('omar') })).user).toMatchObject({ deleted: true });
    expect((await client.users.info({ user: person('petra') })).user).toMatchObject({ is_stranger: true });
    expect(await refusal(client.users.info({ user: 'U0NOBODY' }))).toMatchObject({ error: 'user_not_found' });
    expect((await client.users.lookupByEmail({ email: 'BEN@sandbox.example' })).user?.id).toBe(person('ben'));
    expect(await refusal(client.users.lookupByEmail({ email: 'omar@sandbox.example' }))).toMatchObject({
      error: 'users_not_found',
    });
    expect((await client.users.getPresence({ user: person('liam') })).presence).toBe('away');
  });

  it('opens no modal without a fresh trigger', async () => {
    const view: ViewsOpenArguments['view'] = { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [] };
    expect(await refusal(client.views.open({ trigger_id: 'x', view }))).toMatchObject({ error: 'invalid_trigger_id' });
    const stale = `1700000000000.12345.${'a'.repeat(32)}`;
    expect(await refusal(client.views.open({ trigger_id: stale, view }))).toMatchObject({
      error: 'expired_trigger_id',
    });
    const none = await refusal(client.apiCall('views.open', { view }));
    expect(none).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: trigger_id'] },
    });
  });

  it('publishes a Home tab and refuses a stale hash', async () => {
    const view: ViewsPublishArguments['view'] = { type: 'home', blocks: [{ type: 'divider' }] };
    const first = await client.views.publish({ user_id: person('ana'), view });
    await client.views.publish({ user_id: person('ana'), view, hash: first.view?.hash ?? '' });
    const stale = client.views.publish({ user_id: person('ana'), view, hash: first.view?.hash ?? '' });
    expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
    expect(slack.home('ana')?.blocks).toMatchObject([{ type: 'divider' }]);
  });
});
