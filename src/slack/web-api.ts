/**
 * The one door to Slack's Web API: real client, no retries of its own (the queue's are the only ones), a pace shared by all
 * replicas, and a breaker. Every failure leaves as `Later`, `Unclear` or `Refused`.
 */
import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleType } from 'cockatiel';
import { setTimeout as sleep } from 'node:timers/promises';
import { Later, Refused, Unclear } from '../failure.ts';
import { holdPace, type Pace, takePace } from '../postgres/pace.ts';
import type { Sql } from '../postgres/postgres.ts';

export type SlackDoor = {
  /**
   * Makes one call. `channel` is given where Slack's limit is per channel.
   * @throws Later (too fast, or the breaker is open), Unclear (no answer or a broken one), Refused (Slack's error)
   */
  run<Answer>(method: string, channel: string | null, call: (client: WebClient) => Promise<Answer>): Promise<Answer>;
  /** The bot's own user id. */
  readonly self: () => Promise<string>;
};

export type SlackDoorOptions = { readonly token: string; readonly apiUrl: string | null };

/** How long a call may take before its outcome counts as unknown, in milliseconds. */
const timeoutMillis = 10_000;

/** A shorter wait for a place is waited out; a longer one puts the job off, so that its worker is free for others. */
const longestSleepMillis = 1_200;

const breakerOpenMillis = 10_000;

export function openSlack(sql: Sql, { token, apiUrl }: SlackDoorOptions): SlackDoor {
  const client = new WebClient(token, {
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    // Every failure leaves as an error, which is logged where it is handled.
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
    timeout: timeoutMillis,
    maxRequestConcurrency: 30,
  });
  const breaker = circuitBreaker(handleType(Unclear), {
    halfOpenAfter: breakerOpenMillis,
    breaker: new ConsecutiveBreaker(8),
  });
  let self: string | null = null;

  const run: SlackDoor['run'] = async (method, channel, call) => {
    const pace = paceOf(method, channel);
    await takePlace(sql, pace);
    try {
      return await breaker.execute(() => call(client).catch((error: unknown) => Promise.reject(failureOf(error))));
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new Later(breakerOpenMillis, 'Slack is not answering');
      if (error instanceof Later) await holdPace(sql, pace, error.waitMillis);
      throw error;
    }
  };

  return {
    run,
    self: async () => {
      self ??= (await run('auth.test', null, (web) => web.auth.test())).user_id ?? null;
      if (self === null) throw new Unclear('auth.test named no user');
      return self;
    },
  };
}

async function takePlace(sql: Sql, pace: Pace): Promise<void> {
  const wait = await takePace(sql, pace);
  if (wait === 0) return;
  if (wait > longestSleepMillis) throw new Later(wait, `the pace of ${pace.key}`);
  await sleep(wait);
  const again = await takePace(sql, pace);
  if (again > 0) throw new Later(again, `the pace of ${pace.key}`);
}

/** Slack's tiers as calls a minute: https://docs.slack.dev/apis/web-api/rate-limits. Unlisted methods are tier 3. */
const perMinute: { readonly [method: string]: number } = {
  'conversations.create': 20,
  'conversations.rename': 20,
  'conversations.setTopic': 20,
  'pins.add': 20,
  'bookmarks.add': 20,
  'users.info': 100,
  'views.open': 100,
  'views.update': 100,
  'chat.postEphemeral': 100,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
};

function paceOf(method: string, channel: string | null): Pace {
  // About one message a second in a channel, with short bursts.
  if (method === 'chat.postMessage') return { key: `${method} ${channel ?? ''}`, intervalMillis: 1_000, burst: 5 };
  const rate = perMinute[method] ?? 50;
  return { key: method, intervalMillis: 60_000 / rate, burst: Math.ceil(rate / 2) };
}

/** Answers that say nothing about whether the call was applied. */
const unclearCodes = new Set([
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);

const rateLimitCodes = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

/** What a failed call means for who made it. Anything that is not Slack's is a bug and stays as it is. */
function failureOf(error: unknown): unknown {
  if (error instanceof WebAPIRateLimitedError) return new Later(error.retryAfter * 1_000, 'Slack asked to wait');
  if (error instanceof WebAPIHTTPError) {
    // A 429 whose Retry-After is missing or unreadable comes as this.
    return error.statusCode === 429
      ? new Later(30_000, 'Slack asked to wait')
      : new Unclear(`Slack answered with status ${error.statusCode}`);
  }
  if (error instanceof WebAPIRequestError) return new Unclear('no answer from Slack');
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (rateLimitCodes.has(code)) return new Later(30_000, 'Slack asked to wait');
    // Slack's own words are short and plain; anything else is some page between Slack and us.
    if (unclearCodes.has(code) || !/^[a-z0-9_]{1,80}$/.test(code)) return new Unclear('Slack gave no readable answer');
    return new Refused(code);
  }
  if (error instanceof Error && /retry.?after/i.test(error.message)) return new Later(30_000, 'Slack asked to wait');
  return error;
}
