/** `POST /signals`: what other machines say. Saved once, and put on the timeline of every incident it belongs to. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { recordWithin, type Shell } from '../handle.ts';
import { signalled } from '../incident/declare.ts';
import type { IncidentId, Instant, ServiceName } from '../incident/incident.ts';
import { roomKey } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import { lockServices, readOpenIncidentsOn } from '../postgres/incidents.ts';
import { readNow, type Transaction } from '../postgres/postgres.ts';
import { type SavedSignal, saveSignal } from '../postgres/signals.ts';
import { isBearer } from './bearer.ts';
import { readJson } from './read-body.ts';
import { fieldName, readSent, type SentSignal } from './signal-shape.ts';
import type { Answer } from './web.ts';

export type IntakeContext = {
  readonly shell: Shell;
  /** What senders must know; `null`: nobody may send. */
  readonly signalsToken: string | null;
  readonly log: Logger;
};

const aheadMillis = 5 * 60_000;
const oldestMillis = 30 * 24 * 60 * 60_000;

/** Without an id and a time of its own, the same signal within this long is the same one, sent again. */
const repeatMillis = 10 * 60_000;

export async function takeSignals(context: IntakeContext, request: IncomingMessage): Promise<Answer> {
  const { signalsToken, shell, log } = context;
  if (signalsToken === null) {
    return { status: 503, body: { error: 'Signals are not taken here: SIGNALS_TOKEN is not set.' } };
  }
  if (!isBearer(request.headers.authorization, signalsToken)) {
    return {
      status: 401,
      body: { error: 'Send "authorization: Bearer" with the token for signals.' },
      headers: { 'www-authenticate': 'Bearer' },
    };
  }
  const body = await readJson(request);
  if (!body.ok) return body.answer;
  const reading = readSent(body.value);
  if (!reading.ok) return refuse(reading.problems);
  try {
    const taken = await shell.postgres.transaction((tx) => save(context, tx, reading.signals));
    return taken.type === 'refused' ? refuse(taken.problems) : accept(taken, reading.signals, shell.policy);
  } catch (error) {
    log.error({ err: error, signals: reading.signals.length }, 'signals could not be saved');
    const said = 'Nothing was saved. Please send it again: what arrives twice is kept once.';
    return { status: 503, body: { error: said }, headers: { 'retry-after': '10' } };
  }
}

function refuse(problems: readonly string[]): Answer {
  return { status: 422, body: { error: 'Nothing was saved.', problems } };
}

type Taken =
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'saved'; readonly saved: number; readonly incidents: readonly IncidentId[] };

async function save({ shell }: IntakeContext, tx: Transaction, sent: readonly SentSignal[]): Promise<Taken> {
  const now = await readNow(tx);
  const problems = findWrongTimes(sent, now);
  if (problems.length > 0) return { type: 'refused', problems };
  // A declaration of the same service waits for us, or we for it: so it adopts the signal or finds it attached, never both.
  await lockServices(
    tx,
    sent.map(({ service }) => service),
  );
  const saved: (SavedSignal & { readonly service: ServiceName })[] = [];
  for (const signal of sent) {
    const sender = signal.source ?? 'webhook';
    const one = await saveSignal(tx, {
      source: sourceOf(signal, sender, now),
      service: signal.service,
      sender,
      kind: signal.kind,
      text: signal.text,
      link: signal.link ?? null,
      at: Math.min(signal.at ?? now, now),
      from: { type: 'webhook', name: sender },
    });
    if (one !== null) saved.push({ ...one, service: signal.service });
  }
  const open = await readOpenIncidentsOn(
    tx,
    saved.map(({ service }) => service),
  );
  // Incident by incident in the order of their numbers: whoever locks several does it in the same order.
  for (const incident of open) {
    for (const signal of saved.filter(({ service }) => incident.services.includes(service))) {
      const source = `signal:${signal.id}`;
      await recordWithin(shell, tx, { incident: incident.id, source, happenings: [signalled(signal)] });
    }
  }
  return { type: 'saved', saved: saved.length, incidents: open.map(({ id }) => id) };
}

function findWrongTimes(sent: readonly SentSignal[], now: Instant): readonly string[] {
  return sent.flatMap(({ at }, index) => {
    const field = sent.length === 1 ? 'at' : fieldName(['signals', index, 'at']);
    if (at === undefined) return [];
    if (at > now + aheadMillis) return [`${field} lies in the future`];
    return at < now - oldestMillis ? [`${field} is more than 30 days ago`] : [];
  });
}

/** What tells a signal from every other: the sender's own id, or what it says. */
function sourceOf(signal: SentSignal, sender: string, now: Instant): string {
  const { id, service, kind, text, link } = signal;
  const at = signal.at ?? `about ${Math.floor(now / repeatMillis)}`;
  const identity = id === undefined ? ['said', sender, service, kind, text, link ?? null, at] : ['id', sender, id];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function accept(
  taken: Extract<Taken, { readonly type: 'saved' }>,
  sent: readonly SentSignal[],
  policy: Policy,
): Answer {
  const known = policy.services.map(({ name }) => name);
  const strange = [...new Set(sent.map(({ service }) => service))].filter((name) => !known.includes(name));
  const body = {
    saved: taken.saved,
    repeated: sent.length - taken.saved,
    incidents: taken.incidents.map(roomKey),
  };
  if (strange.length === 0) return { status: 200, body };
  const names = strange.slice(0, 10).map((name) => `"${name}"`);
  const listed = known.length > 20 ? `${known.slice(0, 20).join(', ')} …` : known.join(', ');
  const warning = `Saved, but no declaration will take it over: the catalog has no service named ${names.join(', ')}. It knows: ${listed}.`;
  return { status: 202, body: { ...body, warning } };
}
