/** Whether the stand-in answers as Slack does: the same outcome, and no field that Slack does not give. */
import type { Answer, Json } from './smoke-side.ts';

export type Verdict =
  { readonly is: 'same' } | { readonly is: 'different'; readonly standIn: string; readonly slack: string };

/** Below these stands what the app itself sent, or what differs from workspace to workspace. */
const opaque = new Set(['blocks', 'event_payload', 'values', 'profile', 'properties']);

export function compare(slack: Answer, standIn: Answer): Verdict {
  const outcomes = { standIn: outcomeOf(standIn), slack: outcomeOf(slack) };
  if (outcomes.standIn !== outcomes.slack) return { is: 'different', ...outcomes };
  const known = new Set(fieldsOf(slack));
  const invented = [...new Set(fieldsOf(standIn))].filter((field) => !known.has(field));
  if (invented.length === 0) return { is: 'same' };
  return {
    is: 'different',
    standIn: `${outcomes.standIn}, with ${invented.join(', ')}`,
    slack: 'none of these fields',
  };
}

/** How it ended, in Slack's words. */
export function outcomeOf(answer: Answer): string {
  if (answer === null) return 'nothing came';
  const { ok, error, warning, response_metadata: metadata } = answer;
  const more = typeof warning === 'string' ? ` (${warning})` : '';
  if (ok !== false) return `ok${more}`;
  const isObject = typeof metadata === 'object' && metadata !== null && 'messages' in metadata;
  const messages = isObject ? metadata.messages : undefined;
  return [
    `${typeof error === 'string' ? error : 'no error'}${more}`,
    ...(messages === undefined ? [] : [JSON.stringify(messages)]),
  ].join(' ');
}

/** The paths of all fields; the items of a list are taken together, and ids that stand as keys too. */
function fieldsOf(value: Json, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isList(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`));
  return Object.entries(value).flatMap(([key, one]) => {
    const field = `${path}${path === '' ? '' : '.'}${/^[A-Z][A-Z0-9]{7,}$/.test(key) ? '*' : key}`;
    return [field, ...(opaque.has(key) ? [] : fieldsOf(one, field))];
  });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
