/** How often each method may be called: Slack's tiers, for each method by itself, and messages for each channel by itself. */
import { textOf } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { isKnownMethod } from './methods.ts';
import type { MethodName } from './methods.ts';

type Tier = 1 | 2 | 3 | 4 | 'several hundred' | 'one a second in a channel';

const tiers: { readonly [Name in MethodName]: Tier } = {
  'api.test': 4,
  'apps.connections.open': 3,
  'auth.test': 'several hundred',
  'bookmarks.add': 2,
  'bookmarks.edit': 2,
  'bookmarks.list': 3,
  'bookmarks.remove': 2,
  'chat.delete': 3,
  'chat.getPermalink': 'several hundred',
  'chat.postEphemeral': 4,
  'chat.postMessage': 'one a second in a channel',
  'chat.update': 3,
  'conversations.archive': 2,
  'conversations.create': 2,
  'conversations.history': 3,
  'conversations.info': 3,
  'conversations.invite': 3,
  'conversations.join': 3,
  'conversations.kick': 3,
  'conversations.leave': 3,
  'conversations.list': 2,
  'conversations.members': 4,
  'conversations.open': 3,
  'conversations.rename': 2,
  'conversations.replies': 3,
  'conversations.setPurpose': 2,
  'conversations.setTopic': 2,
  'dnd.info': 3,
  'dnd.teamInfo': 2,
  'files.completeUploadExternal': 4,
  'files.getUploadURLExternal': 4,
  'files.info': 4,
  'pins.add': 2,
  'pins.list': 2,
  'pins.remove': 2,
  'reactions.add': 3,
  'reactions.get': 3,
  'reactions.remove': 2,
  'usergroups.list': 2,
  'usergroups.users.list': 2,
  'users.conversations': 3,
  'users.getPresence': 3,
  'users.info': 4,
  'users.list': 2,
  'users.lookupByEmail': 3,
  'views.open': 4,
  'views.publish': 4,
  'views.push': 4,
  'views.update': 4,
};

/** Calls within a time. Slack says of its tiers only that there is some room above them; here there is none. */
type Allowance = { readonly calls: number; readonly millis: number };

const minute = 60_000;
const allowances: { readonly [T in Tier]: Allowance } = {
  1: { calls: 1, millis: minute },
  2: { calls: 20, millis: minute },
  3: { calls: 50, millis: minute },
  4: { calls: 100, millis: minute },
  'several hundred': { calls: 300, millis: minute },
  // A short burst passes, as long as it is one a second over some seconds.
  'one a second in a channel': { calls: 5, millis: 5_000 },
};

/** All messages of the app together, in a workspace. */
const allMessages: Allowance = { calls: 300, millis: minute };

export type RateTiers = {
  /** Counts the call; gives the whole seconds to wait when it is one too many, which then does not count. */
  readonly take: (method: string, args: JsonObject) => number | null;
};

/** `now` in milliseconds that never go back; the limits hold in real time, whatever the sandbox's clock says. */
export function makeRateTiers(now: () => number = () => performance.now()): RateTiers {
  const taken = new Map<string, readonly number[]>();
  const recent = (key: string, { millis }: Allowance): readonly number[] =>
    (taken.get(key) ?? []).filter((at) => now() - at < millis);
  return {
    take(method, args) {
      if (!isKnownMethod(method)) return null;
      const tier = tiers[method];
      const isPost = tier === 'one a second in a channel';
      const limits: readonly (readonly [key: string, Allowance])[] = [
        [isPost ? `${method} ${textOf(args, 'channel') ?? ''}` : method, allowances[tier]],
        ...(isPost ? [[method, allMessages] as const] : []),
      ];
      const waits = limits.flatMap(([key, allowance]) => {
        const calls = recent(key, allowance);
        const oldest = calls[0];
        return calls.length < allowance.calls || oldest === undefined ? [] : [oldest + allowance.millis - now()];
      });
      if (waits.length > 0) return Math.max(1, Math.ceil(Math.max(...waits) / 1000));
      for (const [key, allowance] of limits) taken.set(key, [...recent(key, allowance), now()]);
      return null;
    },
  };
}
