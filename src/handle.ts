/**
 * The shell around the rules: lock, decide, apply, react, and save row, events and jobs in one transaction. `record` does
 * the same for what was seen rather than asked.
 */
import type { Entry } from './incident/apply.ts';
import { apply, begin } from './incident/apply.ts';
import type { Command, Declare, IncidentCommand, RaiseAlarms } from './incident/command.ts';
import { decide } from './incident/decide.ts';
import { changesCalls, consequences } from './incident/consequences.ts';
import type { Decision, Refusal } from './incident/decision.ts';
import { adoptionMillis, declare } from './incident/declare.ts';
import { neighboursOf } from './incident/dependencies.ts';
import type { Happening } from './incident/event.ts';
import { rowKind } from './incident/event.ts';
import type { Actor, Incident, IncidentId, Instant } from './incident/incident.ts';
import { roomKey } from './incident/incident.ts';
import type { Job } from './incident/job.ts';
import { emptyDirectory } from './incident/page.ts';
import type { Policy } from './incident/policy.ts';
import { merge } from './incident/merge.ts';
import { joinAlarms, raiseAlarms } from './incident/raise.ts';
import { opening, react } from './incident/react.ts';
import {
  lockIncident,
  lockOpenIncidentsNear,
  lockServices,
  lockSource,
  nextIncidentId,
  readIncident,
  readLastOver,
  readOpenIncidentsOn,
  saveIncident,
} from './postgres/incidents.ts';
import { type Postgres, readNow, type Transaction } from './postgres/postgres.ts';
import type { Queue } from './postgres/queue.ts';
import { readDirectory } from './postgres/directory.ts';
import { readSignals } from './postgres/signals.ts';
import { addRows, incidentOfSource, isRecorded, occurred } from './postgres/timeline.ts';
import { moveAlarms } from './postgres/triage.ts';

/** What the shell needs to decide and save. */
export type Shell = { readonly postgres: Postgres; readonly queue: Queue; readonly policy: Policy };

/** @see handle */
export type Asked = {
  /** The same id twice decides nothing new; it is also the source key of the rows. */
  readonly id: string;
  readonly by: Actor;
  /** `null` for commands that belong to no incident yet. */
  readonly incident: IncidentId | null;
  readonly command: Command;
  /** What has to be saved in the same transaction, once this is done. */
  readonly also?: (tx: Transaction, incident: Incident) => Promise<void>;
};

export type Outcome =
  | {
      readonly type: 'done';
      readonly incident: Incident;
      /** Whether anything happened: `false` when it was true already, or was asked before. */
      readonly changed: boolean;
      /** Whether it had been asked before, by the same id: then it was done then. */
      readonly repeated: boolean;
    }
  | Refusal;

/** Decides what someone or something asks, and saves all that follows from it, or nothing. */
export async function handle(shell: Shell, asked: Asked): Promise<Outcome> {
  const { command } = asked;
  return shell.postgres.transaction(async (tx) => {
    const outcome = await dispatch(shell, tx, { ...asked, command });
    if (outcome.type === 'done') await asked.also?.(tx, outcome.incident);
    return outcome;
  });
}

function dispatch(shell: Shell, tx: Transaction, asked: Asked): Promise<Outcome> {
  const { command } = asked;
  if (command.name === 'declare') return handleDeclare(shell, tx, { ...asked, command });
  if (command.name === 'raise alarms') return handleAlarms(shell, tx, { ...asked, command });
  if (command.name === 'merge') return handleMerge(shell, tx, { ...asked, command });
  return handleOnIncident(shell, tx, { ...asked, command });
}

/** Saves what was seen. The same source twice changes nothing. Returns `null` when there is no such incident. */
export async function record(
  shell: Shell,
  ask: { readonly incident: IncidentId; readonly source: string; readonly happenings: readonly Happening[] },
): Promise<Incident | null> {
  return shell.postgres.transaction((tx) => recordWithin(shell, tx, ask));
}

/** `record`, as part of a transaction that saves more. */
export async function recordWithin(
  shell: Shell,
  tx: Transaction,
  ask: { readonly incident: IncidentId; readonly source: string; readonly happenings: readonly Happening[] },
): Promise<Incident | null> {
  const incident = await lockIncident(tx, ask.incident);
  if (incident === null || (await isRecorded(tx, ask.incident, ask.source))) return incident;
  const now = await readNow(tx);
  return save(shell, tx, { incident, happenings: ask.happenings, by: { type: 'system' }, source: ask.source, now });
}

type Ask<C extends Command> = Asked & { readonly command: C };

async function handleOnIncident(shell: Shell, tx: Transaction, asked: Ask<IncidentCommand>): Promise<Outcome> {
  const incident = asked.incident === null ? null : await lockIncident(tx, asked.incident);
  if (incident === null) return noSuchIncident(asked.incident);
  if (await isRecorded(tx, incident.id, asked.id)) return { type: 'done', incident, changed: false, repeated: true };
  const now = await readNow(tx);
  const { command, by } = asked;
  const directory = isAboutPeople(command) ? await readDirectory(tx, incident.id) : emptyDirectory;
  const decision = decide({ incident, command, by, at: now, policy: shell.policy, directory });
  if (decision.type !== 'decided') return decision;
  const after = await save(shell, tx, {
    incident,
    happenings: decision.happenings,
    by: asked.by,
    source: asked.id,
    now,
  });
  return { type: 'done', incident: after, changed: decision.happenings.length > 0, repeated: false };
}

async function handleDeclare(shell: Shell, tx: Transaction, asked: Ask<Declare>): Promise<Outcome> {
  const { command, by } = asked;
  await lockSource(tx, asked.id);
  await lockServices(tx, command.services);
  const before = await repeated(tx, asked.id);
  if (before !== null) return before;
  const now = await readNow(tx);
  const open = command.services.length === 0 ? [] : await readOpenIncidentsOn(tx, command.services);
  const signals = await readSignals(tx, command.services, now - adoptionMillis);
  return start(shell, tx, { asked, now, decision: declare(command, { by, policy: shell.policy, open, signals }) });
}

async function handleAlarms(shell: Shell, tx: Transaction, asked: Ask<RaiseAlarms>): Promise<Outcome> {
  const { command, by } = asked;
  const { policy } = shell;
  const near = [...command.services, ...neighboursOf(command.services, policy)];
  await lockSource(tx, asked.id);
  await lockServices(tx, near);
  const before = await repeated(tx, asked.id);
  if (before !== null) return before;
  const now = await readNow(tx);
  const open = await lockOpenIncidentsNear(tx, near);
  const signals = await readSignals(tx, command.services, now - adoptionMillis);
  const earlier = await readLastOver(
    tx,
    command.alarms.map(({ watch }) => watch.alarm),
    now - followMillis,
  );
  const raised = raiseAlarms(command, { at: now, policy, open, before: earlier, signals });
  if (raised.type === 'opens') return start(shell, tx, { asked, now, decision: raised.decision });
  const { incident } = raised;
  const happenings = joinAlarms(incident, command.alarms);
  const after = await save(shell, tx, { incident, happenings, by, source: asked.id, now });
  return { type: 'done', incident: after, changed: happenings.length > 0, repeated: false };
}

/** An incident that was over this long ago, in milliseconds, may go on in a new one. */
const followMillis = 24 * 60 * 60_000;

async function handleMerge(
  shell: Shell,
  tx: Transaction,
  asked: Ask<Extract<IncidentCommand, { name: 'merge' }>>,
): Promise<Outcome> {
  const { incident: id, command, by } = asked;
  // In the order of their numbers: whoever locks several does it in the same order.
  const ids = [...new Set(id === null ? [command.into] : [id, command.into])].toSorted((a, b) => a - b);
  const locked: Incident[] = [];
  for (const each of ids) {
    const incident = await lockIncident(tx, each);
    if (incident !== null) locked.push(incident);
  }
  const from = locked.find((each) => each.id === id);
  const into = locked.find((each) => each.id === command.into);
  if (from === undefined) return noSuchIncident(id);
  if (into === undefined) return noSuchIncident(command.into);
  if (await isRecorded(tx, into.id, asked.id)) return { type: 'done', incident: into, changed: false, repeated: true };
  const merged = merge({ from, into, by, confirmed: command.confirmed });
  if (merged.type !== 'merged') return merged;
  const now = await readNow(tx);
  const after = await save(shell, tx, { incident: into, happenings: merged.into, by, source: asked.id, now });
  await save(shell, tx, { incident: from, happenings: merged.from, by, source: asked.id, now });
  await moveAlarms(tx, from.id, into.id);
  return { type: 'done', incident: after, changed: merged.into.length > 0, repeated: false };
}

function noSuchIncident(id: IncidentId | null): Refusal {
  const which = id === null ? 'that incident' : roomKey(id);
  return { type: 'refused', text: `There is no ${which}. \`/incident list\` shows what is open.`, offers: [] };
}

/** The outcome of the same thing asked before. */
async function repeated(tx: Transaction, id: string): Promise<Outcome | null> {
  const known = await incidentOfSource(tx, id);
  const incident = known === null ? null : await readIncident(tx, known);
  return incident === null ? null : { type: 'done', incident, changed: false, repeated: true };
}

async function start(
  shell: Shell,
  tx: Transaction,
  ask: { readonly asked: Asked; readonly now: Instant; readonly decision: Decision },
): Promise<Outcome> {
  const { asked, now, decision } = ask;
  if (decision.type !== 'decided') return decision;
  const incident = await save(shell, tx, {
    incident: await nextIncidentId(tx),
    happenings: decision.happenings,
    by: asked.by,
    source: asked.id,
    now,
  });
  return { type: 'done', incident, changed: true, repeated: false };
}

type Saving = {
  /** The incident as it was, or the number of a new one. */
  readonly incident: Incident | IncidentId;
  readonly happenings: readonly Happening[];
  readonly by: Actor;
  readonly source: string;
  readonly now: Instant;
};

/** Commands that are decided by who is where; what follows from others looks by itself. */
function isAboutPeople({ name }: IncidentCommand): boolean {
  return ['join', 'pass on', 'page', 'stand down', 'recall', 'keep time'].includes(name);
}

async function save(shell: Shell, tx: Transaction, saving: Saving): Promise<Incident> {
  const { by, source, now } = saving;
  const happenings = [...saving.happenings, ...(await consequencesOf(shell, tx, saving))];
  let after: Incident | null = typeof saving.incident === 'number' ? null : saving.incident;
  const id = typeof saving.incident === 'number' ? saving.incident : saving.incident.id;
  const rows = happenings.map((happening, index) => {
    const entry: Entry = {
      event: happening.event,
      actor: happening.actor ?? by,
      occurredAt: occurred(happening.occurredAt, now),
    };
    after = after === null ? begin(id, entry) : apply(after, entry);
    return { happening, entry, state: after, source: `${source}#${index}` };
  });
  const state = rows.at(-1)?.state ?? after;
  if (state === null) throw new Error('nothing happened to begin an incident with');
  if (rows.length === 0) return state;

  // The incident first: its rows refer to it.
  await saveIncident(tx, state);
  await addRows(
    tx,
    rows.map(({ happening, entry, source: key }) => ({
      incident: id,
      ...entry,
      recordedAt: now,
      kind: rowKind(entry.event),
      text: happening.text,
      link: happening.link ?? null,
      source: key,
    })),
  );
  const isNew = typeof saving.incident === 'number';
  const jobs = isNew
    ? opening(state)
    : rows.flatMap((row) => react(row.state, row.entry.event, { source: row.source, at: now }));
  await shell.queue.enqueue(tx, distinct(jobs));
  return state;
}

/** Who is called, or called no more, because of what happened. */
async function consequencesOf(
  { policy }: Shell,
  tx: Transaction,
  { incident: before, happenings, by, now: at }: Saving,
): Promise<readonly Happening[]> {
  if (!changesCalls({ before, happenings, by, at })) return [];
  const directory = await readDirectory(tx, typeof before === 'number' ? before : before.id);
  return consequences({ before, happenings, by, at, policy, directory });
}

/** Several events of one moment want the same to-do once; which is there already is known to the first of them. */
function distinct(jobs: readonly Job[]): readonly Job[] {
  const firsts = new Map<string, Job>();
  for (const job of jobs) {
    const name = `${job.name} ${job.key}`;
    if (!firsts.has(name)) firsts.set(name, job);
  }
  return [...firsts.values()];
}
