/** What a sender may say. Each wrong field has a sentence; fields that mean nothing are refused, since they were meant. */
import { z } from 'zod';
import { signalKinds } from '../incident/event.ts';
import { plainLine, plainText } from '../outside-text.ts';

function wrong(sentence: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: (issue) => (issue.input === undefined ? 'is missing' : sentence) };
}

function words(most: number, make: (words: string) => string): z.ZodType<string> {
  const sentence = `must be text of 1 to ${most} characters`;
  return z.string(wrong(sentence)).transform(make).pipe(z.string().min(1, sentence).max(most, sentence));
}

const signalShape = z.strictObject(
  {
    service: words(40, plainLine),
    kind: z.enum(signalKinds, wrong(`must be one of ${signalKinds.join(', ')}`)),
    text: words(3_000, plainText),
    at: z.iso
      .datetime({ offset: true, ...wrong('must be a time such as 2026-03-01T12:00:00Z') })
      .transform((written) => Date.parse(written))
      .optional(),
    link: z
      .url({ protocol: /^https?$/, ...wrong('must be a link that starts with https:// or http://') })
      .max(2_000, 'must be a link of at most 2000 characters')
      .regex(/^[^\s<>|]*$/, 'must be a link without spaces, "<", ">" and "|"')
      .optional(),
    source: words(60, plainLine).optional(),
    id: words(200, plainLine).optional(),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? 'is unknown; a signal has service, kind, text, at, link, source, id'
        : 'must be a signal: an object with service, kind and text',
  },
);

const mostSignals = 100;

const manyShape = z.strictObject(
  {
    signals: z
      .array(signalShape, wrong('must be a list'))
      .min(1, 'is empty')
      .max(mostSignals, `may hold ${mostSignals} at most`),
  },
  wrong('stands beside "signals"; either one signal or { "signals": [ … ] }'),
);

/** A signal as it was sent; `at` in epoch milliseconds. */
export type SentSignal = z.infer<typeof signalShape>;

export type SignalsReading =
  | { readonly ok: true; readonly signals: readonly SentSignal[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads one signal, or `{ signals: [ … ] }`. Problems name the field. */
export function readSent(value: unknown): SignalsReading {
  const many = typeof value === 'object' && value !== null && 'signals' in value;
  const parsed = many
    ? manyShape.transform(({ signals }) => signals).safeParse(value)
    : signalShape.transform((signal) => [signal]).safeParse(value);
  if (parsed.success) return { ok: true, signals: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap(toProblems).slice(0, 20) };
}

function toProblems(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${fieldName([...issue.path, plainLine(key).slice(0, 40)])} ${issue.message}`);
  }
  return [`${issue.path.length === 0 ? 'The body' : fieldName(issue.path)} ${issue.message}`];
}

/** `signals[3].kind` */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`))
    .join('');
}
