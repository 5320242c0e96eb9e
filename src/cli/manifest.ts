/** What the manifest of the Slack app subscribes to, so that the bot hears in a sandbox what it hears in a workspace. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const shape = z.object({
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

/** The events that the app hears of, as the manifest names them. */
export function manifestEvents(): readonly string[] {
  const text = readFileSync(new URL('../../slack-manifest.yaml', import.meta.url), 'utf8');
  return shape.parse(parse(text)).settings.event_subscriptions.bot_events;
}
