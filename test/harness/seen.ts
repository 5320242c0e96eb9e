/** What a person sees of a message, and what they fill into a form. */

/** Everything a person reads of a message: its text, and the texts of its blocks; each once. */
export function textOf(message: { readonly text?: string | undefined; readonly blocks?: unknown }): string {
  const parts: string[] = [];
  walk(message.blocks, (key, value) => {
    if (key === 'text' && typeof value === 'string') parts.push(value);
  });
  return [...new Set([message.text ?? '', ...parts])].join('\n');
}

/** The labels of the buttons of a message. */
export function buttonsOf(message: { readonly blocks?: unknown }): readonly string[] {
  const labels: string[] = [];
  walk({ blocks: message.blocks }, (_, value) => {
    if (!isObject(value) || value['type'] !== 'button') return;
    const { text } = value;
    if (isObject(text) && typeof text['text'] === 'string') labels.push(text['text']);
  });
  return labels;
}

function walk(value: unknown, see: (key: string, inner: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    see(key, inner);
    walk(inner, see);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What stands in one field of a form: every one has the same action. */
export const input = <Value>(value: Value): { readonly input: Value } => ({ input: value });
