import { LogLevel, WebAPIPlatformError, WebClient } from '@slack/web-api';
import type { Logger } from '@slack/web-api';
import type { SlackStandIn } from '../../src/sandbox/slack/slack.ts';

/** Says nothing: refusals are what these tests are about. */
export const silence: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Slack's own client, pointed at the stand-in, without tries of its own. */
export function clientOf(slack: SlackStandIn, { token = slack.botToken, timeout = 5000 } = {}): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logger: silence,
  });
}

/** With what Slack refuses the call; fails when it does not. */
export async function refusal(call: Promise<unknown>): Promise<WebAPIPlatformError['data']> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return error.data;
    throw error;
  }
  throw new Error('It was not refused');
}
