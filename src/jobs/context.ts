/** What every job works with. */
import type { Logger } from 'pino';
import type { CloudWatchDoor } from '../aws/cloudwatch.ts';
import type { Shell } from '../handle.ts';
import type { PagerDoor } from '../pager/pager.ts';
import type { SlackDoor } from '../slack/web-api.ts';

export type Context = Shell & {
  readonly slack: SlackDoor;
  readonly cloudWatch: CloudWatchDoor;
  readonly pagers: PagerDoor;
  readonly log: Logger;
};
