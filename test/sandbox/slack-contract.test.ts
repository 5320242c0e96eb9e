import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/sandbox/slack/json.ts';
import { objectAt, textAt } from '../../src/sandbox/slack/json.ts';
import { makeRateTiers } from '../../src/sandbox/slack/rate-tiers.ts';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackOptions, SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { botMethods } from '../harness/bot-methods.ts';
import { fieldsBeyondTypes } from '../harness/response-types.ts';
import { contracts } from './slack-contracts.ts';
import type { Contract, Kind, Stage } from './slack-contracts.ts';
import { peopleContracts } from './slack-people-contracts.ts';

type AnyContract = Omit<Contract<object>, 'takes'> & { readonly takes: { readonly [argument: string]: Kind } };
const all: readonly (readonly [method: string, contract: AnyContract])[] = Object.entries({
  ...contracts,
  ...peopleContracts,
});

/** Makes a call over the wire, with nothing of Slack's client in between. */
async function call(slack: SlackStandIn, method: string, args: JsonObject = {}): Promise<JsonObject> {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${method.startsWith('apps.') ? slack.appToken : slack.botToken}`,
      'content-type': 'application/json; charset=utf-8',
    },
    body: JSON.stringify(args),
  });
  return JSON.parse(await response.text()) as JsonObject;
}

async function launch(options: SlackOptions = {}): Promise<SlackStandIn> {
  const slack = await startSlack(options);
  onTestFinished(() => slack.close());
  return slack;
}

async function stage(): Promise<Stage> {
  const slack = await launch();
  const room =
    textAt(objectAt(await call(slack, 'conversations.create', { name: 'inc-1-room' }), 'channel'), 'id') ?? '';
  const ts = textAt(await call(slack, 'chat.postMessage', { channel: room, text: 'x' }), 'ts') ?? '';
  // Nobody listens: the trigger is what the command would have brought.
  const trigger = async (): Promise<string> => {
    const sent = Promise.withResolvers<string>();
    const server = await listenOnce((body) => sent.resolve(new URLSearchParams(body).get('trigger_id') ?? ''));
    slack.setDelivery({ type: 'http', url: server.url });
    await slack.command({ user: 'ana', channel: 'general', command: '/incident' });
    server.close();
    return sent.promise;
  };
  return { slack, room, ts, trigger, call: (method, args) => call(slack, method, args) };
}

async function listenOnce(heard: (body: string) => void): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard(Buffer.concat(chunks).toString());
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '',
    close: () => void server.close(),
  };
}

it('holds a contract for every method that the bot calls', () => {
  const held = new Set(all.map(([method]) => method));
  expect(botMethods().filter((method) => !held.has(method))).toEqual([]);
});

describe.each(all)('%s', (method, { takes, scopes, works, refuses, injected }) => {
  it('answers with fields of the client’s type, and with no other', async () => {
    const answer = await works(await stage());
    expect(answer).toMatchObject({ ok: true });
    expect(fieldsBeyondTypes(method, answer)).toEqual([]);
  });

  const errors = Object.entries(refuses);
  it.each(errors)('refuses with %s', async (error, provoke) => {
    const answer = await provoke(await stage());
    expect(answer).toMatchObject({ ok: false, error });
    expect(fieldsBeyondTypes(method, answer)).toEqual([]);
  });

  it('passes on the errors for which the stand-in has no rule, and does nothing then', async () => {
    const here = await stage();
    for (const error of injected.split(' ')) {
      here.slack.inject({ method, fault: { type: 'error', error } });
      expect(await works(here)).toEqual({ ok: false, error });
      expect(here.slack.calls.findLast((one) => one.method === method)).toMatchObject({ error, applied: false });
    }
  });

  it('knows its arguments by name, and passes over others', async () => {
    const slack = await launch();
    await call(slack, method, { ...Object.fromEntries(Object.keys(takes).map((name) => [name, ''])), colour: 'red' });
    expect(slack.calls.at(-1)?.unknownArguments).toEqual(['colour']);
    expect(await call(slack, method, { 'no-name': 'x' })).toMatchObject({ error: 'invalid_arg_name' });
  });

  const typed = Object.entries(takes).filter(([name, kind]) => kind !== 'structure' && name !== 'limit');
  it.each(typed)('takes %s as a %s alone', async (name, kind) => {
    const slack = await launch();
    expect(await call(slack, method, { [name]: ['x'] })).toMatchObject({ error: 'invalid_array_arg' });
    const word = { text: 'string', flag: 'boolean', number: 'number', structure: '' }[kind];
    expect(await call(slack, method, { [name]: kind === 'text' ? {} : 'perhaps' })).toEqual({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: [`[ERROR] must provide a ${word} [json-pointer:/${name}]`] },
    });
  });

  it('says which scope is missing, when it needs one', async () => {
    const slack = await launch({ scopes: ['reactions:read', 'team:read'] });
    const { error, needed, provided } = await call(slack, method);
    const refusal = { error: 'missing_scope', needed: scopes.join(','), provided: 'reactions:read,team:read' };
    if (scopes.length > 0) expect({ error, needed, provided }).toEqual(refusal);
    else expect(error).not.toBe('missing_scope');
  });
});

describe('scopes', () => {
  const cases: readonly (readonly [what: string, method: string, args: JsonObject, scope: string, needed: string])[] = [
    ['a private channel', 'conversations.create', { name: 'x', is_private: true }, 'channels:manage', 'groups:write'],
    ['a direct message', 'conversations.open', { users: 'U0ANA000001' }, 'channels:manage', 'im:write'],
    ['a group', 'conversations.open', { users: 'U0ANA000001,U0BEN000002' }, 'im:write', 'mpim:write'],
    ['direct messages', 'users.conversations', { types: 'public_channel,im' }, 'channels:read', 'im:read'],
    ['the topic of a channel', 'conversations.setTopic', { channel: 'C0GENERAL01' }, 'groups:write.topic', 'channels:'],
  ];
  it.each(cases)('are asked for by kind of conversation: %s', async (_what, method, args, scope, needed) => {
    const slack = await launch({ scopes: [scope] });
    const answer = await call(slack, method, args);
    expect(answer).toMatchObject({ ok: false, error: 'missing_scope', provided: scope });
    expect((textAt(answer, 'needed') ?? '').startsWith(needed)).toBe(true);
  });
});

describe('pages', () => {
  type Walked = { readonly method: string; readonly args: JsonObject; readonly list: string; readonly most: number };
  const room = 'C0GENERAL01';
  const walks: readonly Walked[] = [
    { method: 'conversations.history', args: { channel: room }, list: 'messages', most: 999 },
    { method: 'conversations.replies', args: { channel: room }, list: 'messages', most: 1000 },
    { method: 'conversations.list', args: {}, list: 'channels', most: 999 },
    { method: 'conversations.members', args: { channel: room }, list: 'members', most: 999 },
    { method: 'users.conversations', args: {}, list: 'channels', most: 999 },
    { method: 'users.list', args: {}, list: 'members', most: 999 },
  ];

  it.each(walks)('of $method are walked to the end, each item once', async ({ method, args, list, most }) => {
    const slack = await launch();
    for (const { id } of slack.channels()) await call(slack, 'conversations.join', { channel: id });
    const ts = textAt(await call(slack, 'chat.postMessage', { channel: room, text: 'first' }), 'ts') ?? '';
    for (const text of ['a', 'b', 'c']) await call(slack, 'chat.postMessage', { channel: room, text, thread_ts: ts });
    const asked = method === 'conversations.replies' ? { ...args, ts } : args;
    const itemsOf = (page: JsonObject): readonly unknown[] => {
      const items = page[list];
      return Array.isArray(items) ? items : [];
    };
    const whole = itemsOf(await call(slack, method, asked));
    expect(whole.length).toBeGreaterThan(1);
    const walked: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = await call(slack, method, { ...asked, limit: 1, ...(cursor === '' ? {} : { cursor }) });
      expect(itemsOf(page)).toHaveLength(1);
      walked.push(...itemsOf(page));
      cursor = textAt(objectAt(page, 'response_metadata'), 'next_cursor') ?? '';
      if ('has_more' in page) expect(page['has_more']).toBe(cursor !== '');
      if (cursor === '') break;
    }
    expect(walked).toEqual(whole);
    expect(await call(slack, method, { ...asked, limit: most })).toMatchObject({ ok: true });
    for (const limit of [most + 1, -1, 'many']) {
      expect(await call(slack, method, { ...asked, limit })).toMatchObject({
        ok: false,
        error: expect.stringMatching(/^invalid_(limit|arguments)$/),
      });
    }
    expect(await call(slack, method, { ...asked, cursor: 'nonsense' })).toMatchObject({ error: 'invalid_cursor' });
  });

  it('hold a hundred when nothing is said', async () => {
    const slack = await launch();
    await call(slack, 'conversations.join', { channel: room });
    for (let count = 0; count < 105; count += 1) {
      await call(slack, 'chat.postMessage', { channel: room, text: String(count) });
    }
    const page = await call(slack, 'conversations.history', { channel: room });
    expect(page['messages']).toHaveLength(100);
    expect(page['has_more']).toBe(true);
  });
});

describe('rate tiers', () => {
  it.each(all)('let %s be called as often as its tier says', (method, { tier }) => {
    let now = 0;
    const tiers = makeRateTiers(() => now);
    const allowed = { 'by channel': 5, 'several hundred': 300 }[String(tier)] ?? Number(tier);
    for (let count = 0; count < allowed; count += 1) expect(tiers.take(method, { channel: 'C1' })).toBeNull();
    const wait = tier === 'by channel' ? 5 : 60;
    expect(tiers.take(method, { channel: 'C1' })).toBe(wait);
    now = 1000 * wait - 1;
    expect(tiers.take(method, { channel: 'C1' })).toBe(1);
    now += 1;
    expect(tiers.take(method, { channel: 'C1' })).toBeNull();
  });

  it('count each method, and each channel of a message, by itself', () => {
    const tiers = makeRateTiers(() => 0);
    for (let count = 0; count < 20; count += 1) tiers.take('pins.add', {});
    expect(tiers.take('pins.add', {})).toBe(60);
    expect(tiers.take('conversations.create', {})).toBeNull();
    for (let count = 0; count < 300; count += 1) {
      expect(tiers.take('chat.postMessage', { channel: `C${count % 60}` })).toBeNull();
    }
    // A workspace as a whole takes several hundred messages a minute.
    expect(tiers.take('chat.postMessage', { channel: 'C61' })).toBe(60);
  });

  it('are kept only when told to, with 429, Retry-After and no effect', async () => {
    const post = (slack: SlackStandIn): Promise<Response> =>
      fetch(`${slack.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${slack.botToken}` },
        body: new URLSearchParams({ channel: 'C0GENERAL01', text: 'x' }),
      });
    for (const rateTiers of [false, true]) {
      const slack = await launch({ rateTiers });
      await call(slack, 'conversations.join', { channel: 'C0GENERAL01' });
      for (let count = 0; count < 5; count += 1) expect((await post(slack)).status).toBe(200);
      const sixth = await post(slack);
      expect(sixth.status).toBe(rateTiers ? 429 : 200);
      expect(sixth.headers.get('retry-after')).toBe(rateTiers ? '5' : null);
      expect(slack.calls.at(-1)?.applied).toBe(!rateTiers);
    }
  });
});

it('remarks upon charsets as Slack does', async () => {
  const slack = await launch();
  const test = async (type: string, body: string): Promise<unknown> =>
    (await fetch(`${slack.apiUrl}api.test`, { method: 'POST', headers: { 'content-type': type }, body })).json();
  expect(await test('application/json', '{}')).toMatchObject({
    ok: true,
    warning: 'missing_charset',
    response_metadata: { warnings: ['missing_charset'] },
  });
  expect(await test('application/x-www-form-urlencoded; charset=utf-8', 'a=b')).toMatchObject({
    warning: 'superfluous_charset',
  });
  expect(await test('application/x-www-form-urlencoded', 'a=b')).not.toHaveProperty('warning');
});
