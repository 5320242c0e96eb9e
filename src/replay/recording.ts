/**
 * Reads a recorded incident. What nobody could know at the time is dropped here, at the door: events seen only afterwards,
 * notes, what was published in the end. Nothing behind this file can play, show or look it up.
 */
import { z } from 'zod';
import { severities } from '../incident/incident.ts';
import type { Instant, Severity } from '../incident/incident.ts';

/** Words of the file format; the timeline writes `hypothesis_dropped` with a space. */
export const recordedKinds = [
  'trigger',
  'change',
  'impact',
  'alarm',
  'page',
  'observation',
  'hypothesis',
  'hypothesis_dropped',
  'decision',
  'action',
  'role',
  'handoff',
  'escalation',
  'comms',
  'mitigation',
  'recovery',
  'resolution',
  'setback',
] as const;
export type RecordedKind = (typeof recordedKinds)[number];

export type RecordedEvent = {
  readonly at: Instant;
  /** Who said it, or which machine signalled it, as a role: `on-call`, `monitoring`. */
  readonly role: string;
  readonly kind: RecordedKind;
  readonly text: string;
  /** `live`: people said it; `feed`: a machine signalled it. */
  readonly visibility: 'live' | 'feed';
};

export type Recording = {
  readonly title: string;
  readonly severity: Severity;
  /** In the order of time, at least one. */
  readonly events: readonly RecordedEvent[];
};

export type Reading =
  | { readonly ok: true; readonly recording: Recording }
  /** One line for each field that is wrong: `file.json: events[3].at: …`. */
  | { readonly ok: false; readonly problems: readonly string[] };

const longestTitle = 300;
const longestText = 3000;
const longestRole = 80;
const mostEvents = 5000;
const mostProblems = 20;

function words(most: number): z.ZodType<string> {
  const error = `must be a text of 1 to ${most} characters`;
  return z.string({ error }).trim().min(1, { error }).max(most, { error });
}

function texts(): z.ZodType<readonly string[]> {
  return z.array(z.string({ error: 'must be a text' }), { error: 'must be a list of texts' });
}

const instant = z.iso
  .datetime({ offset: true, error: 'must be a time with its zone, such as "2026-11-20T14:07:00Z"' })
  .transform((time) => Date.parse(time));

const eventShape = z.object(
  {
    at: instant,
    actor_role: words(longestRole),
    kind: z.enum(recordedKinds, { error: `must be one of: ${recordedKinds.join(', ')}` }),
    text: words(longestText),
    visibility: z.enum(['live', 'feed', 'retro'], { error: 'must be live, feed or retro' }).default('live'),
  },
  { error: 'must be an event: { "at", "actor_role", "kind", "text" }' },
);

const listOfEvents = `must be a list of 1 to ${mostEvents} events`;

/** Keys that are not named here are let through the check and left behind. */
const fileShape = z.object(
  {
    title: words(longestTitle),
    source: texts(),
    started_at: instant,
    ended_at: instant.optional(),
    severity: z.enum(severities, { error: `must be one of: ${severities.join(', ')}` }),
    events: z
      .array(eventShape, { error: listOfEvents })
      .min(1, { error: listOfEvents })
      .max(mostEvents, { error: listOfEvents })
      .refine((events) => events.length === 0 || events.some((event) => event.visibility !== 'retro'), {
        error: 'must hold an event that could be seen at the time (live or feed)',
      }),
    published_summary_facts: texts(),
  },
  { error: 'must be an object with the fields of a recorded incident' },
);

/**
 * @param json the text of the file
 * @param fileName what problems are named after
 */
export function parseRecording(json: string, fileName: string): Reading {
  const file = readJson(json);
  if (file === undefined) return { ok: false, problems: [`${fileName}: is not JSON`] };
  const parsed = fileShape.safeParse(file);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => nameProblem(fileName, issue));
    return { ok: false, problems: problems.slice(0, mostProblems) };
  }
  const { title, severity, events } = parsed.data;
  return {
    ok: true,
    recording: {
      title,
      severity,
      events: events
        .flatMap(({ at, actor_role: role, kind, text, visibility }): readonly RecordedEvent[] =>
          visibility === 'retro' ? [] : [{ at, role, kind, text, visibility }],
        )
        .toSorted((a, b) => a.at - b.at),
    },
  };
}

/** `undefined` is no value of JSON, so it can stand for a text that is none. */
function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** `file.json: events[3].at: must be …` */
function nameProblem(
  fileName: string,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
): string {
  const field = issue.path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
  return field === '' ? `${fileName}: ${issue.message}` : `${fileName}: ${field}: ${issue.message}`;
}
