import { readFileSync } from 'node:fs';

/** The fields of the response types of Slack's client, read from its declarations: types alone are gone at run time. */
type Declared = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What every answer may hold, whatever the method. */
const everyAnswer = new Map([
  ['ok', 'boolean'],
  ['error', 'string'],
  ['warning', 'string'],
  ['response_metadata', 'any'],
]);
/** What the app itself sent comes back as it was. */
const opaque = new Set(['blocks', 'attachments', 'event_payload', 'state']);

function typeOf(method: string): string {
  const words = method.split('.').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Response`;
}

function declaredBy(method: string): Declared {
  const file = new URL(
    `dist/types/response/${typeOf(method)}.d.ts`,
    import.meta.resolve('@slack/web-api/package.json'),
  );
  const declared = new Map<string, Map<string, string>>();
  let fields = new Map<string, string>();
  let outer = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const begun = /^export (?:interface (\w+)|type (\w+) = WebAPICallResult &) \{/.exec(line);
    if (begun !== null) declared.set(begun[1] ?? begun[2] ?? '', (fields = new Map()));
    const [, name, type = ''] = /^ {4}(\w+)\??: (.+?);?$/.exec(line) ?? [];
    if (name !== undefined) fields.set((outer = name), type.replaceAll('[]', ''));
    // A dictionary, whose keys are ids.
    const values = /^ {8}\[key: string\]: (\w+)/.exec(line)?.[1];
    if (values !== undefined) fields.set(outer, `* ${values}`);
  }
  // What the client adds to the type of every answer.
  const metadata = declared.get('ResponseMetadata');
  for (const name of ['messages', 'warnings', 'next_cursor', 'scopes', 'acceptedScopes']) metadata?.set(name, 'string');
  return declared;
}

/** The paths in the answer that the client's type of that method doesn't have. */
export function fieldsBeyondTypes(method: string, answer: object): readonly string[] {
  const declared = declaredBy(method);
  const beyond = (value: unknown, type: string, path: string): readonly string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((item) => beyond(item, type, `${path}[]`));
    const entries = Object.entries(value);
    if (type.startsWith('* ')) return entries.flatMap(([, one]) => beyond(one, type.slice(2), `${path}.*`));
    const known = declared.get(type);
    if (known === undefined) return [];
    const isAnswer = type === typeOf(method);
    return entries.flatMap(([key, one]) => {
      const field = known.get(key) ?? (isAnswer ? everyAnswer.get(key) : undefined);
      if (field === undefined) return [`${path}.${key}`];
      return opaque.has(key) ? [] : beyond(one, field, `${path}.${key}`);
    });
  };
  if (!declared.has(typeOf(method))) throw new Error(`The client declares no ${typeOf(method)}`);
  return beyond(answer, typeOf(method), method);
}
