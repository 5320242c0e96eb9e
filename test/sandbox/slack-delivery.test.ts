import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeCalls } from '../../src/sandbox/slack/calls.ts';
import { makeDeliveries } from '../../src/sandbox/slack/delivery.ts';
import { seedWorkspace } from '../../src/sandbox/slack/seed.ts';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackOptions, SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import type { Envelope, Sockets } from '../../src/sandbox/slack/sockets.ts';
import { openStore } from '../../src/sandbox/slack/store.ts';
import { clientOf, refusal } from './slack-client.ts';

type Heard = { readonly headers: IncomingHttpHeaders; readonly body: string };
type Reply = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A stand-in that delivers over HTTP to an app that only listens. */
async function deliverTo(
  answer: (heard: Heard, count: number) => Reply,
  options: SlackOptions = {},
): Promise<{ readonly slack: SlackStandIn; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString() };
      heard.push(one);
      const { status, headers, body } = answer(one, heard.length);
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const slack = await startSlack({ delivery: { type: 'http', url: `http://127.0.0.1:${port}/` }, ...options });
  onTestFinished(async () => {
    await slack.close();
    server.close();
  });
  return { slack, heard };
}

const fine = (): Reply => ({ status: 200 });
const eventOf = ({ body }: Heard): { readonly event_id: string; readonly event: Record<string, unknown> } =>
  JSON.parse(body);
const direct = { user: 'ana', channel: '@incident-bot' };
const list = { user: 'ana', channel: 'general', command: '/incident', text: 'list & more – ü' };

afterEach(() => {
  vi.useRealTimers();
});

describe('over HTTP', () => {
  it('is signed over the bytes that are sent, commands and events alike', async () => {
    const { slack, heard } = await deliverTo(fine);
    await slack.command(list);
    await slack.say({ ...direct, text: 'Ünïcode & more' });
    expect(heard).toHaveLength(2);
    for (const { headers, body } of heard) {
      const at = String(headers['x-slack-request-timestamp']);
      const sign = (text: string): string =>
        `v0=${createHmac('sha256', slack.signingSecret).update(`v0:${at}:${text}`).digest('hex')}`;
      expect(headers['x-slack-signature']).toBe(sign(body));
      expect(headers['x-slack-signature']).not.toBe(sign(`${body} `));
      expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(5);
    }
    expect(heard.map(({ headers }) => headers['content-type'])).toEqual([
      'application/x-www-form-urlencoded',
      'application/json',
    ]);
  });

  it('tries an event again, the same one, with the number and the reason', async () => {
    const { slack, heard } = await deliverTo((_heard, count) => ({ status: count === 1 ? 500 : 200 }));
    const { ack } = await slack.say({ ...direct, text: 'hello' });
    expect(ack).toMatchObject({ acked: false, why: 'status 500' });
    await expect.poll(() => heard.length).toBe(2);
    expect(heard[0]?.headers).not.toHaveProperty('x-slack-retry-num');
    expect(heard[1]?.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_error' });
    expect(heard[1]?.body).toBe(heard[0]?.body);
  });

  it('does not try again what the app does not want again, nor a command', async () => {
    const { slack, heard } = await deliverTo(() => ({ status: 500, headers: { 'x-slack-no-retry': '1' } }));
    await slack.say({ ...direct, text: 'hello' });
    await slack.command(list);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toHaveLength(2);
  });
});

it('tries at once, after a minute and after five more, and then no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const sent: { readonly after: number; readonly retry: Envelope['retry'] }[] = [];
  const begun = Date.now();
  const nobody = (): never => {
    throw new Error('not in this test');
  };
  const sockets: Sockets = {
    send({ retry }) {
      sent.push({ after: Date.now() - begun, retry });
      return Promise.resolve({ acked: false, body: null, ms: 0, why: 'timeout' });
    },
    newTicket: nobody,
    upgrade: nobody,
    count: nobody,
    drop: nobody,
    close: nobody,
  };
  const store = openStore(seedWorkspace, undefined, 0);
  const delivery = { type: 'socket' } as const;
  makeDeliveries({ store, now: Date.now, calls: makeCalls(0), sockets, delivery, events: 'all' }).emit({ type: 'x' });
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  const reason = 'http_timeout';
  expect(sent).toEqual([
    { after: 0, retry: null },
    { after: 0, retry: { number: 1, reason } },
    { after: 60_000, retry: { number: 2, reason } },
    { after: 360_000, retry: { number: 3, reason } },
  ]);
});

describe('faults', () => {
  it('bring an event twice, the second time as a redelivery', async () => {
    const { slack, heard } = await deliverTo(fine);
    slack.inject({ method: 'events_api', fault: { type: 'twice' } });
    await slack.say({ ...direct, text: 'once' });
    await expect.poll(() => heard.length).toBe(2);
    const [first, second] = heard.map(eventOf);
    expect(second).toEqual(first);
    expect(heard.map(({ headers }) => headers['x-slack-retry-num']).toSorted()).toEqual(['1', undefined]);
  });

  const textsOf = (heard: readonly Heard[]): readonly unknown[] => heard.map((one) => eventOf(one).event['text']);

  it('let one event be overtaken by the next', async () => {
    const { slack, heard } = await deliverTo(fine);
    const fault = slack.inject({ method: 'events_api', fault: { type: 'out of order' } });
    await Promise.all(['first', 'second', 'third'].map((text) => slack.say({ ...direct, text })));
    expect(textsOf(heard).indexOf('first')).toBeGreaterThan(textsOf(heard).indexOf('second'));
    expect(fault.hits).toBe(1);
  });

  it('hold an event back for a moment only, when no other comes', async () => {
    const { slack, heard } = await deliverTo(fine);
    slack.inject({ fault: { type: 'out of order' } });
    const { ack } = await slack.say({ ...direct, text: 'alone' });
    expect(ack).toMatchObject({ acked: true });
    expect(textsOf(heard)).toEqual(['alone']);
  });

  it('let commands and clicks be overtaken too, while disorder is on', async () => {
    const { slack, heard } = await deliverTo(fine);
    slack.setDisorder(true);
    for (const pair of [
      ['a', 'b'],
      ['c', 'd'],
    ])
      await Promise.all(pair.map((text) => slack.command({ ...list, text })));
    slack.setDisorder(false);
    expect(heard.map(({ body }) => new URLSearchParams(body).get('text'))).toEqual(['b', 'a', 'd', 'c']);
  });

  it('of delivery leave the calls of the app alone', async () => {
    const { slack } = await deliverTo(fine);
    const fault = slack.inject({ times: Infinity, fault: { type: 'out of order' } });
    expect(await clientOf(slack).auth.test()).toMatchObject({ ok: true });
    expect(fault.hits).toBe(0);
  });
});

describe('channels', () => {
  const events = ({ heard }: { readonly heard: readonly Heard[] }): readonly unknown[] =>
    heard.filter(({ headers }) => headers['content-type'] === 'application/json').map((one) => eventOf(one).event);

  it('tell of everyone who comes in, also of those who are invited', async () => {
    const app = await deliverTo(fine);
    const client = clientOf(app.slack);
    const { channel } = await client.conversations.create({ name: 'room' });
    const id = channel?.id ?? '';
    await client.conversations.invite({ channel: id, users: 'U0ANA000001,U0BEN000002' });
    await app.slack.join({ user: 'chen', channel: 'room' });
    await app.slack.join({ user: 'dara', channel: 'room', inviter: 'ana' });
    const joined = (): readonly unknown[] =>
      events(app).filter((event) => expect.objectContaining({ type: 'member_joined_channel' }).asymmetricMatch(event));
    await expect.poll(() => joined().length).toBe(5);
    expect(joined()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ user: app.slack.botUserId, channel: id }),
        expect.objectContaining({ user: 'U0ANA000001', inviter: app.slack.botUserId, channel_type: 'C' }),
        expect.objectContaining({ user: 'U0BEN000002', inviter: app.slack.botUserId }),
        expect.objectContaining({ user: 'U0CHEN00003', channel: id }),
        expect.objectContaining({ user: 'U0DARA00004', inviter: 'U0ANA000001' }),
      ]),
    );
  });

  it('lose the app when they are archived, and then nothing comes from them', async () => {
    const app = await deliverTo(fine);
    const { slack } = app;
    const client = clientOf(slack);
    const { channel } = await client.conversations.create({ name: 'room' });
    const id = channel?.id ?? '';
    await client.conversations.invite({ channel: id, users: 'U0ANA000001' });
    const button = { type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } } as const;
    const blocks = [{ type: 'actions', elements: [button] }] as const;
    const { ts = '' } = await client.chat.postMessage({ channel: id, text: 'x', blocks: [...blocks] });
    await slack.command({ ...list, channel: 'room' });
    const url = new URLSearchParams(app.heard.at(-1)?.body).get('response_url') ?? '';
    await slack.archive({ user: 'ana', channel: 'room' });
    expect(slack.channel('room')).toMatchObject({ isArchived: true, members: [] });
    await expect.poll(() => events(app)).toContainEqual(expect.objectContaining({ type: 'channel_archive' }));
    const count = app.heard.length;
    await expect(slack.say({ user: 'ana', channel: 'room', text: 'x' })).rejects.toThrow('archived');
    await expect(slack.command({ ...list, channel: 'room' })).rejects.toThrow('archived');
    await expect(slack.click({ user: 'ana', channel: 'room', messageTs: ts, action: 'go' })).rejects.toThrow(
      'archived',
    );
    await expect(slack.react({ user: 'ana', channel: 'room', messageTs: ts, name: 'eyes' })).rejects.toThrow(
      'archived',
    );
    await expect(slack.join({ user: 'ben', channel: 'room' })).rejects.toThrow('archived');
    expect((await fetch(url, { method: 'POST', body: '{"text":"x"}' })).status).toBe(400);
    expect(app.heard).toHaveLength(count);
    expect(await refusal(client.conversations.history({ channel: id }))).toMatchObject({ error: 'not_in_channel' });
  });

  it('let the app take nobody out of a public one, as workspaces begin', async () => {
    const { slack } = await deliverTo(fine);
    const client = clientOf(slack);
    for (const is_private of [false, true]) {
      const { channel } = await client.conversations.create({ name: `room-${is_private}`, is_private });
      const kicked = { channel: channel?.id ?? '', user: 'U0ANA000001' };
      await client.conversations.invite({ channel: kicked.channel, users: kicked.user });
      const kick = client.conversations.kick(kicked);
      if (is_private) expect(await kick).toMatchObject({ ok: true });
      else expect(await refusal(kick)).toMatchObject({ error: 'restricted_action' });
    }
  });
});

it('lays three modals on each other, and no fourth', async () => {
  const plain = (text: string) => ({ type: 'plain_text', text }) as const;
  const view = { type: 'modal', title: plain('Form'), submit: plain('More'), blocks: [] } as const;
  const push = JSON.stringify({ response_action: 'push', view });
  const isSubmission = ({ body }: Heard): boolean => body.includes('view_submission');
  const { slack, heard } = await deliverTo((one) =>
    isSubmission(one) ? { status: 200, headers: { 'content-type': 'application/json' }, body: push } : fine(),
  );
  await slack.command(list);
  const trigger_id = new URLSearchParams(heard[0]?.body).get('trigger_id') ?? '';
  await clientOf(slack).views.open({ trigger_id, view: { ...view, blocks: [] } });
  for (const count of [2, 3]) {
    expect(await slack.submitView({ user: 'ana' })).toMatchObject({ outcome: 'pushed' });
    expect(slack.views('ana')).toHaveLength(count);
  }
  const fourth = await slack.submitView({ user: 'ana' });
  expect(fourth).toMatchObject({ outcome: 'failed', problem: expect.stringContaining('push_limit_reached') });
});

it('takes answers by response_url for thirty minutes', async () => {
  const { slack, heard } = await deliverTo(fine);
  await slack.command(list);
  const url = new URLSearchParams(heard[0]?.body).get('response_url') ?? '';
  const respond = (): Promise<Response> => fetch(url, { method: 'POST', body: '{"text":"later"}' });
  const begun = Date.now();
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(begun + 30 * 60_000 - 1_000);
  expect((await respond()).status).toBe(200);
  vi.setSystemTime(begun + 30 * 60_000 + 1_000);
  const late = await respond();
  expect(late.status).toBe(404);
  expect(await late.json()).toEqual({ ok: false, error: 'expired_url' });
});
