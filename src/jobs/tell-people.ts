/** Says to people in private what concerns them and was not said yet: each thing once. */
import { Later, Refused, Unclear } from '../failure.ts';
import type { TimelineRow } from '../incident/event.ts';
import type { Incident, PersonId } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { JobData } from '../incident/job.ts';
import { readDirectory } from '../postgres/directory.ts';
import { readIncident } from '../postgres/incidents.ts';
import { settled } from '../postgres/outside-writes.ts';
import { readNow } from '../postgres/postgres.ts';
import { readTimeline } from '../postgres/timeline.ts';
import type { Message } from '../slack/blocks.ts';
import { type Telling, tellPeople as messagesOf } from '../slack/messages/tell-people.ts';
import { readQuiet } from '../slack/people.ts';
import { findMessage, postMessage } from '../slack/posting.ts';
import type { Context } from './context.ts';
import { type Call, callKey, ensureEnds } from './end-calls.ts';
import { waitForRoom } from './wait-for-room.ts';
import { writeOnce } from './write-once.ts';

const method = 'chat.postMessage';

/** How many direct messages are under way at once. */
const abreast = 5;

type Letter = {
  readonly to: PersonId;
  readonly message: Message;
  readonly key: string;
  /** As long as they are called it has to reach them, however long Slack is away. */
  readonly essential: boolean;
};

export async function tellPeople(context: Context, { incident: id }: JobData['tell-people']): Promise<void> {
  const { postgres, policy } = context;
  const incident = await readIncident(postgres, id);
  if (incident === null) return;
  const rows = await readTimeline(postgres, id);
  const at = await readNow(postgres);
  const { zones } = await readDirectory(postgres, id);
  const telling = { incident, rows, policy, at, zones };
  const drafts = rows.map((row) => ({ row, letters: lettersOf({ ...telling, row, quiet: new Map() }) }));
  const told = await settled(
    postgres,
    drafts.flatMap(({ letters }) => letters.map(({ key }) => key)),
  );
  const untold = drafts.filter(({ letters }) => letters.some(({ key }) => !told.has(key))).map(({ row }) => row);
  if (untold.length > 0) waitForRoom(incident, at);
  const quiet = await hoursOf(context, { incident, rows: untold, at });
  const waiting = untold.flatMap((row) => lettersOf({ ...telling, row, quiet })).filter(({ key }) => !told.has(key));
  await sendAll(context, incident, waiting);
  await ensureEnds(context, incident, rows);
}

function lettersOf(telling: Telling): readonly Letter[] {
  return messagesOf(telling).map(({ to, message }, index, all) => {
    // Somebody may be told two things at once, such as a commander who is called.
    const earlier = all.slice(0, index).filter((other) => other.to === to).length;
    const essential = telling.row.event.kind === 'people paged';
    return { to, message, essential, key: `${callKey(telling.row, to)}${earlier === 0 ? '' : `:${earlier}`}` };
  });
}

/** Whether they may be asleep matters for later levels, and for who could take over a role. */
function whoseHours({ responders }: Incident, rows: readonly TimelineRow[]): readonly PersonId[] {
  const people = rows.flatMap(({ event }): readonly PersonId[] => {
    if (event.kind === 'people paged') return event.level > 0 ? event.people : [];
    if (event.kind !== 'prompted' || event.about !== 'relief') return [];
    return responders.filter(({ state }) => state === 'active' || state === 'standby').map(({ person }) => person);
  });
  return [...new Set(people)];
}

/** Only where it will be told: it costs a call. Without an answer nobody can tell, and nobody waits for it. */
async function hoursOf(
  context: Context,
  { incident, rows, at }: { readonly incident: Incident; readonly rows: readonly TimelineRow[]; readonly at: number },
): Promise<Telling['quiet']> {
  const people = whoseHours(incident, rows);
  if (people.length === 0) return new Map();
  try {
    return await readQuiet(context.slack, people, at);
  } catch (error) {
    if (!(error instanceof Later) && !(error instanceof Unclear)) throw error;
    return new Map();
  }
}

/** One that is put off or unclear does not hold up the others; it brings the job back. */
async function sendAll(context: Context, incident: Incident, letters: readonly Letter[]): Promise<void> {
  const failures: unknown[] = [];
  const left = [...letters];
  const sender = async (): Promise<void> => {
    for (let letter = left.shift(); letter !== undefined; letter = left.shift()) {
      await send(context, incident, letter).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: abreast }, sender));
  if (failures.length > 0) throw failures[0];
}

async function send(context: Context, { id }: Incident, { to, message, key, essential }: Letter): Promise<void> {
  try {
    await writeOnce<Call>(context, {
      key,
      incident: id,
      method,
      what: 'call people in private',
      essential,
      look: (since) => findMessage(context.slack, { channel: to, key, since }),
      write: async () => ({
        ...(await postMessage(context.slack, { channel: to, key, message })),
        text: message.text,
      }),
    });
  } catch (error) {
    // The room has mentioned them, too; who can't be invited either is told of there.
    if (!(error instanceof Refused)) throw error;
    context.log.warn({ incident: roomKey(id), code: error.code }, 'a person could not be told in private');
  }
}
