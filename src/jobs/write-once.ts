/**
 * Writes to the outside that survive a kill at any moment: marked before the call, looked for before a repetition, and
 * when they fail for good, noted in the timeline in words.
 */
import { Later, Refused, Unclear } from '../failure.ts';
import { record } from '../handle.ts';
import type { IncidentId, Instant } from '../incident/incident.ts';
import { fail, finish, mark, markAgain, putOff, unmark } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { isRecorded } from '../postgres/timeline.ts';
import { failureInWords } from '../slack/messages/failure.ts';
import type { Context } from './context.ts';

/** "Not now" without end is told after this long, in milliseconds. */
const patienceMillis = 15 * 60_000;

export type Write<Result> = {
  /** What tells this write from every other, for ever. */
  readonly key: string;
  /** `null`: it belongs to none, and its failure is nobody's to read in a timeline. */
  readonly incident: IncidentId | null;
  /** The call, such as `pins.add`. */
  readonly method: string;
  /** What is missing without it, such as `post the status card`, where the call alone does not tell. */
  readonly what?: string;
  /** Looks whether an earlier attempt (made no earlier than this) was applied. */
  readonly look: (since: Instant) => Promise<Result | null>;
  readonly write: () => Promise<Result>;
  /** Without it the incident can't be worked on: it is told when it takes long, but never given up. */
  readonly essential?: boolean;
  /** After how long "not now" is told, if somebody has to know sooner than usual, in milliseconds. */
  readonly patienceMillis?: number;
};

/**
 * Makes the write, once. Gives its result, also when it was made before.
 * @throws Later, Unclear: to be tried again. Refused: it failed for good, now or earlier; nothing was noted.
 */
export async function writeOnce<Result>(context: Context, write: Write<Result>): Promise<Result> {
  const { postgres } = context;
  const { key } = write;
  const known = await mark(postgres, write);
  // What was saved is what `write` or `look` gave for this same key.
  if (known.finished) return known.result as Result;
  if (known.failed !== null) throw new Refused(known.failed);
  try {
    if (!known.fresh && known.attemptedAt !== null) {
      const found = await look(write, known.attemptedAt);
      if (found !== null) {
        await finish(postgres, key, found);
        return found;
      }
    }
    if (!known.fresh) await markAgain(postgres, key);
    const result = await write.write();
    await finish(postgres, key, result);
    return result;
  } catch (error) {
    if (error instanceof Refused) {
      await fail(postgres, key, error.code);
      throw error;
    }
    if (!(error instanceof Later) && !(error instanceof Unclear)) throw error;
    // "Not now" changed nothing, unless what came before it is still unclear: then the look itself was put off.
    if (error instanceof Later && (known.fresh || known.attemptedAt === null)) await unmark(postgres, key);
    const code = await losePatience(context, [key], error, write.patienceMillis);
    if (code === null) throw error;
    if (write.essential === true) {
      await noteFailure(context, write, code);
      throw error;
    }
    // Whoever takes the refusal notes it.
    await fail(postgres, key, code);
    throw new Refused(code);
  }
}

/** Where we may not look, nobody knows whether it was done; then it is not repeated. */
async function look<Result>(write: Write<Result>, since: Instant): Promise<Result | null> {
  try {
    return await write.look(since);
  } catch (error) {
    throw error instanceof Refused ? new Refused('muster_unsure') : error;
  }
}

/** "Not now", or no answer, once more. Gives the code to tell once that has gone on for a long time, otherwise `null`. */
export async function losePatience(
  context: Context,
  keys: readonly string[],
  error: Later | Unclear,
  mostMillis: number = patienceMillis,
): Promise<string | null> {
  const since = await putOff(context.postgres, keys, error instanceof Later ? error.waitMillis : 0);
  if ((await readNow(context.postgres)) - since < mostMillis) return null;
  return error instanceof Later ? 'muster_put_off' : 'muster_no_answer';
}

/** The same for writes that may be left undone: when they fail for good the timeline says so, and `null` comes back. */
export async function attempt<Result>(context: Context, write: Write<Result>): Promise<Result | null> {
  try {
    return await writeOnce(context, write);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await noteFailure(context, write, error.code);
    return null;
  }
}

/** Notes in the timeline, once, what could not be done; the room is told from there. */
export async function noteFailure(
  context: Context,
  write: Pick<Write<unknown>, 'key' | 'incident' | 'method' | 'what'>,
  code: string,
): Promise<void> {
  if (write.incident === null) return;
  await record(context, {
    incident: write.incident,
    source: sourceOfFailure(write.key),
    happenings: [
      {
        event: { kind: 'write failed', method: write.method },
        text: failureInWords(write.method, code, write.what),
      },
    ],
  });
}

export async function isFailureNoted(
  { postgres }: Context,
  { key, incident }: { readonly key: string; readonly incident: IncidentId },
): Promise<boolean> {
  return isRecorded(postgres, incident, sourceOfFailure(key));
}

function sourceOfFailure(key: string): string {
  return `failed:${key}`;
}
