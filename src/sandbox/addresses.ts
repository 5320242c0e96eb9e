/** Where the bot finds the stand-ins, as environment variables. */
import { devNull } from 'node:os';
import type { SandboxAws } from './aws/aws.ts';
import type { PagerSetup, SandboxPager } from './pager/pager.ts';
import type { SlackStandIn } from './slack/slack.ts';

/** By which variables the bot knows of a pager; PagerDuty's address is one for all, so that `urlVariable` is `null`. */
export type PagerVariables = { readonly keyVariable: string; readonly urlVariable: string | null };

/** What a bot needs in its environment to live in this sandbox. */
export function addresses(parts: {
  readonly slack: SlackStandIn;
  readonly aws: SandboxAws;
  readonly pager: SandboxPager;
  readonly pagers: readonly (PagerSetup & PagerVariables)[];
  readonly region: string;
  readonly databaseUrl: string;
}): Readonly<Record<string, string>> {
  const { slack, aws, pager, pagers, region, databaseUrl } = parts;
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DATABASE_URL: databaseUrl,
    AWS_ENDPOINT_URL_CLOUDWATCH: aws.url,
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_SNS: aws.url,
    AWS_ENDPOINT_URL_SUPPORT: aws.url,
    AWS_ENDPOINT_URL_STS: aws.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Profiles of this machine must not lead anywhere else.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    PAGERDUTY_URL: pager.url,
    PAGERDUTY_WEBHOOK_SECRET: pager.pagerDutySecret,
    PAGES_TOKEN: pager.pagesToken,
    ...Object.fromEntries(
      pagers.flatMap(({ name, keyVariable, urlVariable }): (readonly [string, string])[] => [
        [keyVariable, pager.keyOf(name)],
        ...(urlVariable === null ? [] : [[urlVariable, pager.webhookUrl(name)] as const]),
      ]),
    ),
  };
}
