import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import type { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { clientOf, refusal } from './slack-client.ts';

let slack: SlackStandIn;
let client: WebClient;

beforeAll(async () => {
  slack = await startSlack();
  client = clientOf(slack, { timeout: 300 });
  await client.conversations.join({ channel: 'C0INCIDENTS' });
});

afterAll(async () => {
  await slack.close();
});

beforeEach(() => {
  slack.clearCalls();
});

const said = (text: string): number => slack.messages('incidents').filter((message) => message.text === text).length;
const post = (text: string): Promise<unknown> => client.chat.postMessage({ channel: 'C0INCIDENTS', text });

async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'none',
    (error: unknown) => error,
  );
}

it('answers 429 with Retry-After as often as told, and then no more', async () => {
  const fault = slack.inject({
    method: 'chat.postMessage',
    times: 2,
    fault: { type: 'rate limited', retryAfterSeconds: 7 },
  });
  for (let time = 0; time < 2; time += 1) {
    const error = await failure(post('limited'));
    expect(error instanceof WebAPIRateLimitedError && error.retryAfter).toBe(7);
  }
  await post('limited');
  expect(fault.hits).toBe(2);
  expect(said('limited')).toBe(1);
  expect(slack.calls.map((call) => [call.outcome, call.error, call.applied])).toEqual([
    ['faulted', 'rate limited', false],
    ['faulted', 'rate limited', false],
    ['ok', null, true],
  ]);
});

it('answers 429 without end until the fault is removed', async () => {
  const fault = slack.inject({ times: Infinity, fault: { type: 'rate limited', retryAfterSeconds: 1 } });
  for (let time = 0; time < 3; time += 1) expect(await failure(post('endless'))).toBeInstanceOf(WebAPIRateLimitedError);
  expect(await failure(client.auth.test())).toBeInstanceOf(WebAPIRateLimitedError);
  fault.remove();
  await post('endless');
  expect(said('endless')).toBe(1);
});

it('answers with a status, and with an error of its own', async () => {
  slack.inject({ method: 'chat.postMessage', fault: { type: 'status', status: 503 } });
  slack.inject({ method: 'pins.add', fault: { type: 'error', error: 'restricted_action' } });
  const error = await failure(post('broken'));
  expect(error instanceof WebAPIHTTPError && error.statusCode).toBe(503);
  expect(await refusal(client.pins.add({ channel: 'C0INCIDENTS', timestamp: '1.1' }))).toMatchObject({
    error: 'restricted_action',
  });
  expect(said('broken')).toBe(0);
});

it.each([
  [{ type: 'lost reply' }, 1],
  [{ type: 'late', ms: 2000 }, 1],
  [{ type: 'reset before' }, 0],
  [{ type: 'never' }, 0],
] as const)('leaves the app without an answer for %j, and the write done %i times', async (fault, times) => {
  const text = `fault ${fault.type}`;
  slack.inject({ method: 'chat.postMessage', fault });
  expect(await failure(post(text))).toBeInstanceOf(WebAPIRequestError);
  expect(said(text)).toBe(times);
  expect(slack.calls.at(-1)).toMatchObject({ method: 'chat.postMessage', applied: times === 1 });
});

it('does a call twice when told to, and answers once', async () => {
  slack.inject({ method: 'chat.postMessage', fault: { type: 'twice' } });
  expect(await post('doubled')).toMatchObject({ ok: true });
  expect(said('doubled')).toBe(2);
});

it('meets only the calls that match, and waits for who looks on', async () => {
  const phases: string[] = [];
  slack.inject({
    method: 'chat.postMessage',
    match: (args) => args['text'] === 'second',
    fault: { type: 'lost reply' },
    async onHit(phase) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      phases.push(`${phase} ${said('second')}`);
    },
  });
  await post('first');
  expect(await failure(post('second'))).toBeInstanceOf(WebAPIRequestError);
  expect(phases).toEqual(['before 0', 'after 1']);
});

it('stops every call before it is applied and before it is answered', async () => {
  const seen: string[] = [];
  const stop = slack.onCall(async (call, phase) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    seen.push(`${phase} ${call.method} ${call.applied} ${said('watched')}`);
  });
  await post('watched');
  stop();
  await post('unwatched');
  expect(seen).toEqual(['before chat.postMessage false 0', 'after chat.postMessage true 1']);
});

it('adds latency to each call and logs how long it took, without the token', async () => {
  slack.setLatency(60);
  await clientOf(slack).auth.test({ token: slack.botToken });
  slack.setLatency(0);
  const call = slack.calls.at(-1);
  expect((call?.finishedAt ?? 0) - (call?.startedAt ?? 0)).toBeGreaterThanOrEqual(59);
  expect(JSON.stringify(slack.calls)).not.toContain(slack.botToken);
});
