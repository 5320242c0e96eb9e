/** What is asked of both workspaces, in order: everything that the bot calls, and the errors that it must understand. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Json, JsonObject, Side } from './smoke-side.ts';

/** What a person is asked to do in the temporary channel. */
export type Deed =
  | { readonly type: 'press'; readonly channel: string; readonly ts: string; readonly action: string }
  | { readonly type: 'command'; readonly channel: string; readonly command: string };

export type Walker = {
  readonly side: Side;
  /** The member who is invited, and who acts. */
  readonly person: string;
  /** Of the temporary channel. */
  readonly name: string;
  /** Has a person do it: asks for it, or does it in their place. */
  readonly ask: (deed: Deed) => void;
  readonly patienceMillis: number;
};

export type Said = { readonly what: string; readonly answer: Answer };
/** Each step hears whether anything came of it, in both workspaces. */
type Steps<Result> = AsyncGenerator<Said, Result, boolean>;
type InRoom = Walker & { readonly channel: string };

const nobody = 'U00000000';
const nowhere = 'C00000000';
const longAgo = '1000000000.000001';
const action = 'smoke_press';
const command = '/incident';
/** A trigger lives three seconds. */
const triggerDeadMillis = 3_500;

/** Walks through everything and archives the channel at the end, also when it is left halfway. */
export async function* walk(walker: Walker): Steps<void> {
  const { side, name } = walker;
  const made = yield* ask(walker, 'auth.test', 'who the bot is', {});
  const created = yield* ask(walker, 'conversations.create', 'a channel is made', { name });
  const channel = textAt(created, 'channel', 'id');
  if (channel === '') return;
  const inRoom: InRoom = { ...walker, channel };
  let isArchived = false;
  try {
    yield* names(walker);
    yield* people(inRoom, textAt(made, 'user_id'));
    yield* headings(inRoom);
    const ts = yield* messages(inRoom);
    yield* furniture(inRoom, ts);
    yield* files(inRoom);
    yield* direct(walker);
    yield* views(walker);
    yield* acts(inRoom, ts);
    yield* leaving(inRoom);
    const archived = yield* ask(walker, 'conversations.archive', 'the channel is archived', { channel });
    isArchived = archived['ok'] === true;
    yield* afterwards(inRoom, ts);
  } finally {
    if (!isArchived) await side.call('conversations.archive', { channel });
  }
}

async function* ask({ side }: Walker, method: string, what: string, args: JsonObject): Steps<JsonObject> {
  const answer = await side.call(method, args);
  yield { what: `${method}: ${what}`, answer };
  return answer;
}

async function* names(walker: Walker): Steps<void> {
  const create = (what: string, name: string): Steps<JsonObject> => ask(walker, 'conversations.create', what, { name });
  yield* create('the name is taken', walker.name);
  yield* create('no name', '');
  yield* create('81 characters', 'x'.repeat(81));
  yield* create('capitals and spaces', 'Smoke Test');
  yield* create('punctuation alone', '!!!');
  const find = (what: string, args: JsonObject): Steps<JsonObject> => ask(walker, 'users.conversations', what, args);
  yield* find('the channels of the bot', { types: 'public_channel', exclude_archived: true, limit: 200 });
  yield* find('a cursor that is none', { cursor: 'nonsense!' });
  yield* find('a page that is too long', { limit: 1001 });
  yield* find('a kind that is none', { types: 'telephone' });
}

async function* people(walker: InRoom, self: string): Steps<void> {
  const { channel, person } = walker;
  const invite = (what: string, users: string): Steps<JsonObject> =>
    ask(walker, 'conversations.invite', what, { channel, users });
  yield* ask(walker, 'users.info', 'a person', { user: person });
  yield* ask(walker, 'users.info', 'nobody', { user: nobody });
  yield* invite('no one', '');
  yield* invite('nobody', nobody);
  yield* invite('the bot itself', self);
  const both = { channel, users: `${person},${nobody}`, force: true };
  yield* ask(walker, 'conversations.invite', 'those who can be invited', both);
  yield* invite('who is in already', person);
  yield* ask(walker, 'conversations.invite', 'into no channel', { channel: nowhere, users: person });
  yield* ask(walker, 'conversations.join', 'where the bot is already', { channel });
  yield* ask(walker, 'conversations.join', 'no channel', { channel: nowhere });
  yield* ask(walker, 'usergroups.list', 'with who is in them', { include_users: true });
  yield* ask(walker, 'dnd.teamInfo', 'of a person', { users: person });
  yield* ask(walker, 'dnd.teamInfo', 'of no one', {});
}

/** Whether the workspace allows the first depends on its settings. */
async function* leaving(walker: InRoom): Steps<void> {
  const { channel, person } = walker;
  yield* ask(walker, 'conversations.kick', 'a person', { channel, user: person });
  yield* ask(walker, 'conversations.kick', 'from no channel', { channel: nowhere, user: person });
}

async function* headings(walker: InRoom): Steps<void> {
  const { channel, name } = walker;
  yield* ask(walker, 'conversations.setTopic', 'a topic', { channel, topic: 'A smoke test: nothing to do here' });
  yield* ask(walker, 'conversations.setTopic', '251 characters', { channel, topic: 'x'.repeat(251) });
  yield* ask(walker, 'conversations.info', 'the channel', { channel });
  yield* ask(walker, 'conversations.info', 'no channel', { channel: nowhere });
  yield* ask(walker, 'conversations.rename', 'another name', { channel, name: `${name}-renamed` });
  yield* ask(walker, 'conversations.rename', 'capitals', { channel, name: 'Renamed' });
}

function message(channel: string): JsonObject {
  const button = {
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text: 'Press me' },
    value: 'pressed',
  };
  return {
    channel,
    text: 'A smoke test of Muster. Please press the button.',
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: 'A smoke test of *Muster*. Please press the button.' } },
      { type: 'actions', block_id: 'smoke', elements: [button] },
    ],
    metadata: { event_type: 'muster_smoke', event_payload: { key: 'smoke' } },
  };
}

async function* messages(walker: InRoom): Steps<string> {
  const { channel } = walker;
  const post = (what: string, args: JsonObject): Steps<JsonObject> => ask(walker, 'chat.postMessage', what, args);
  const posted = yield* post('a message with a button', message(channel));
  const ts = textAt(posted, 'ts');
  yield* post('an answer in a thread', { channel, text: 'In a thread', thread_ts: ts });
  yield* post('nothing', { channel });
  yield* post('in no channel', { channel: nowhere, text: 'x' });
  yield* post('a section without text', { channel, text: 'x', blocks: [{ type: 'section' }] });
  const long = { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } };
  yield* post('a header that is too long', { channel, text: 'x', blocks: [long] });
  yield* post('blocks that are none', { channel, text: 'x', blocks: 'none' });
  yield* post('an argument that is unknown', { channel, text: 'With an unknown argument', colour: 'red' });
  const update = (what: string, args: JsonObject): Steps<JsonObject> => ask(walker, 'chat.update', what, args);
  yield* update('the message', { ...message(channel), ts });
  yield* update('4,001 characters', { channel, ts, text: 'x'.repeat(4001) });
  yield* update('no message', { channel, ts: longAgo, text: 'x' });
  const history = (what: string, args: JsonObject): Steps<JsonObject> =>
    ask(walker, 'conversations.history', what, { channel, ...args });
  yield* history('with what belongs to each', { include_all_metadata: true, limit: 100 });
  yield* history('the first of several pages', { limit: 1 });
  yield* history('from a time that is none', { oldest: 'yesterday' });
  const replies = (what: string, of: string): Steps<JsonObject> =>
    ask(walker, 'conversations.replies', what, { channel, ts: of, include_all_metadata: true });
  yield* replies('of the thread', ts);
  yield* replies('of no message', longAgo);
  return ts;
}

async function* furniture(walker: InRoom, ts: string): Steps<void> {
  const { channel } = walker;
  yield* ask(walker, 'chat.getPermalink', 'of the message', { channel, message_ts: ts });
  yield* ask(walker, 'chat.getPermalink', 'of no message', { channel, message_ts: longAgo });
  yield* ask(walker, 'pins.add', 'the message', { channel, timestamp: ts });
  yield* ask(walker, 'pins.add', 'again', { channel, timestamp: ts });
  yield* ask(walker, 'pins.add', 'no message', { channel, timestamp: longAgo });
  const bookmark = (what: string, args: JsonObject): Steps<JsonObject> =>
    ask(walker, 'bookmarks.add', what, { channel_id: channel, title: 'Smoke', type: 'link', ...args });
  yield* bookmark('a link', { link: 'https://example.com/', emoji: ':fire:' });
  yield* bookmark('no link', { link: 'nonsense' });
  yield* bookmark('another type', { type: 'song', link: 'https://example.com/' });
  yield* ask(walker, 'bookmarks.list', 'of the channel', { channel_id: channel });
}

async function* files(walker: InRoom): Steps<void> {
  const { side, channel } = walker;
  const bytes = new TextEncoder().encode('# A smoke test\n');
  const place = yield* ask(walker, 'files.getUploadURLExternal', 'a place', {
    filename: 'smoke.md',
    length: bytes.byteLength,
  });
  const id = textAt(place, 'file_id');
  const status = await side.upload(textAt(place, 'upload_url'), bytes);
  yield { what: 'the upload address: the bytes', answer: statusAnswer(status) };
  const share = { files: [{ id, title: 'Smoke' }], channel_id: channel, initial_comment: 'The file' };
  yield* ask(walker, 'files.completeUploadExternal', 'into the channel', share);
  yield* ask(walker, 'files.completeUploadExternal', 'no file', { ...share, files: [{ id: 'F00000000' }] });
  yield* ask(walker, 'files.info', 'the file', { file: id });
  yield* ask(walker, 'files.info', 'no file', { file: 'F00000000' });
  yield* pictures(walker);
}

/** A grey square of one pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/** A picture that stands in no channel, but in a message. */
async function* pictures(walker: InRoom): Steps<void> {
  const { side, channel } = walker;
  const bytes = new Uint8Array(Buffer.from(pixel, 'base64'));
  const place = yield* ask(walker, 'files.getUploadURLExternal', 'a place for a picture', {
    filename: 'smoke.png',
    length: bytes.byteLength,
  });
  const id = textAt(place, 'file_id');
  const status = await side.upload(textAt(place, 'upload_url'), bytes);
  yield { what: 'the upload address: a picture', answer: statusAnswer(status) };
  yield* ask(walker, 'files.completeUploadExternal', 'into no channel', { files: [{ id, title: 'Smoke' }] });
  const blocks = [{ type: 'image', slack_file: { id }, alt_text: 'a grey square' }];
  yield* ask(walker, 'chat.postMessage', 'with the picture', { channel, text: 'a grey square', blocks });
}

async function* direct(walker: Walker): Steps<void> {
  const opened = yield* ask(walker, 'conversations.open', 'with a person', { users: walker.person });
  yield* ask(walker, 'conversations.open', 'with no one', {});
  yield* ask(walker, 'conversations.open', 'with nobody', { users: nobody });
  const channel = textAt(opened, 'channel', 'id');
  yield* ask(walker, 'conversations.history', 'of a direct message', { channel, limit: 1 });
}

const form = {
  type: 'modal',
  title: { type: 'plain_text', text: 'A smoke test' },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'That is all. You can close this.' } }],
};

async function* views(walker: Walker): Steps<void> {
  yield* ask(walker, 'views.open', 'a trigger that is none', { trigger_id: 'nonsense', view: form });
  yield* ask(walker, 'views.update', 'no view', { view_id: 'V00000000', view: form });
}

/** What a person does, and what may be done with it. Where nothing comes, nothing is asked of it. */
async function* acts(walker: InRoom, ts: string): Steps<void> {
  const { side, channel, patienceMillis } = walker;
  const comes = side.arrival('interactive', patienceMillis);
  walker.ask({ type: 'press', channel, ts, action });
  const pressed = await comes;
  if (yield { what: 'a button is pressed: what comes', answer: pressed }) yield* afterPress(walker, pressed);
  const isTyped = side.arrival('slash_commands', patienceMillis);
  walker.ask({ type: 'command', channel, command });
  const typed = await isTyped;
  if (!(yield { what: 'a command is typed: what comes', answer: typed })) return;
  await wait(triggerDeadMillis);
  yield* ask(walker, 'views.open', 'with a late trigger', { trigger_id: textAt(typed, 'trigger_id'), view: form });
}

async function* afterPress(walker: InRoom, pressed: Answer): Steps<void> {
  const trigger_id = textAt(pressed, 'trigger_id');
  const opened = yield* ask(walker, 'views.open', 'with the trigger', { trigger_id, view: form });
  yield* ask(walker, 'views.open', 'with the same trigger', { trigger_id, view: form });
  yield* ask(walker, 'views.update', 'the view', { view_id: textAt(opened, 'view', 'id'), view: form });
  const url = textAt(pressed, 'response_url');
  for (let use = 1; use <= 6; use += 1) {
    const status = await walker.side.respond(url, `Answer ${use} of 5`);
    yield { what: `the response address: use ${use}`, answer: statusAnswer(status) };
  }
}

async function* afterwards(walker: InRoom, ts: string): Steps<void> {
  const { channel, person } = walker;
  yield* ask(walker, 'conversations.archive', 'again', { channel });
  yield* ask(walker, 'chat.postMessage', 'in the archived channel', { channel, text: 'x' });
  yield* ask(walker, 'chat.update', 'in the archived channel', { channel, ts, text: 'x' });
  yield* ask(walker, 'conversations.invite', 'into the archived channel', { channel, users: person });
  yield* ask(walker, 'conversations.setTopic', 'of the archived channel', { channel, topic: 'x' });
  yield* ask(walker, 'conversations.join', 'the archived channel', { channel });
  yield* ask(walker, 'conversations.history', 'of the archived channel', { channel });
}

function statusAnswer(status: number): JsonObject {
  return status === 200 ? { ok: true } : { ok: false, error: `status ${status}` };
}

/** The text at that path; empty where there is none. */
function textAt(answer: Answer, ...path: readonly string[]): string {
  let found: Json | undefined = answer;
  for (const key of path) {
    found = typeof found === 'object' && found !== null && isObject(found) ? found[key] : undefined;
  }
  return typeof found === 'string' ? found : '';
}

function isObject(value: JsonObject | readonly Json[]): value is JsonObject {
  return !Array.isArray(value);
}
