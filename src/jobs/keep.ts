/** Things outside that are kept as they should be: set again only when what is wanted has changed. */
import { createHash } from 'node:crypto';
import type { IncidentId } from '../incident/incident.ts';
import { Refused } from '../failure.ts';
import { resultOf, wantAgain } from '../postgres/outside-writes.ts';
import type { Message } from '../slack/blocks.ts';
import { editMessage, findMessage, type Posted, postMessage } from '../slack/posting.ts';
import { joinChannel } from '../slack/war-room.ts';
import type { Context } from './context.ts';
import { attempt, noteFailure, writeOnce } from './write-once.ts';

export type Setting = {
  readonly key: string;
  /** `null`: it belongs to none. */
  readonly incident: IncidentId | null;
  readonly method: string;
  readonly what?: string;
  /** What is wanted, as words that differ when it differs. */
  readonly value: string;
  /** Safe to run twice. */
  readonly set: () => Promise<void>;
};

/** Sets what is not yet as wanted. What can't be set is noted in the timeline. */
export async function keepSet(context: Context, { value, set, ...setting }: Setting): Promise<void> {
  const { key } = setting;
  if ((await resultOf(context.postgres, key)) === value) return;
  await wantAgain(context.postgres, key, value);
  const write = async (): Promise<string> => {
    await set();
    return value;
  };
  try {
    await writeOnce(context, { ...setting, look: () => Promise.resolve(null), write });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // Another value that can't be set is told again.
    await noteFailure(context, { ...setting, key: `${key}:${digest(value)}` }, error.code);
  }
}

export type Kept = {
  readonly key: string;
  /** `null`: it belongs to none. */
  readonly incident: IncidentId | null;
  readonly channel: string;
  /** What the message is, such as `the status card`. */
  readonly name: string;
  readonly message: Message;
  readonly essential?: boolean;
  /** The message under which it stands. */
  readonly thread?: string;
  /** The bot may have to join the channel first. */
  readonly join?: boolean;
};

/** Keeps one message posted and true: posts it once, edits it when it should read differently. */
export async function keepPosted(context: Context, kept: Kept): Promise<Posted | null> {
  const { key, incident, channel, message } = kept;
  const shown = digest(JSON.stringify(message));
  const thread = kept.thread === undefined ? {} : { thread: kept.thread };
  const within = <Result>(act: () => Promise<Result>): Promise<Result> =>
    kept.join === true ? asMember(context, channel, act) : act();
  const posted = await attempt<Posted & { readonly shown: string }>(context, {
    key,
    incident,
    method: 'chat.postMessage',
    what: `post ${kept.name}`,
    essential: kept.essential ?? false,
    look: async (since) => {
      const found = await within(() => findMessage(context.slack, { channel, key, since, ...thread }));
      return found === null ? null : { channel: found.channel, ts: found.ts, shown: String(found.facts['shown']) };
    },
    write: async () => {
      const made = await within(() =>
        postMessage(context.slack, { channel, message, key, facts: { shown }, ...thread }),
      );
      return { ...made, shown };
    },
  });
  if (posted === null) return null;
  const edits = `${key}:shown`;
  if (((await resultOf(context.postgres, edits)) ?? posted.shown) === shown) return posted;
  const set = (): Promise<void> => editMessage(context.slack, posted, message);
  const what = `update ${kept.name}`;
  await keepSet(context, { key: edits, incident, method: 'chat.update', what, value: shown, set });
  return posted;
}

/** Does something in a channel; where the bot is no member yet it joins first. */
export async function asMember<Result>(context: Context, channel: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'not_in_channel')) throw error;
    await joinChannel(context.slack, channel);
    return act();
  }
}

export function digest(words: string): string {
  return createHash('sha256').update(words).digest('hex').slice(0, 16);
}
