/** Answers to the address that came with a command or a click: seen by one person only, for half an hour, five times. */
import { z } from 'zod';
import { Later, Refused, Unclear } from '../failure.ts';
import type { Message } from './blocks.ts';

const timeoutMillis = 5_000;

const withAddress = z.object({ response_url: z.url({ protocol: /^https?$/ }) });

/** The address for answers, when what arrived came with one. */
export function responseUrlOf(body: Readonly<Record<string, unknown>>): string | null {
  const parsed = withAddress.safeParse(body);
  return parsed.success ? parsed.data.response_url : null;
}

/**
 * Sends one answer that only the person sees; `replace` puts it in the place of the message whose button was pressed.
 * @throws Later, Unclear, Refused (the address is used up or too old)
 */
export async function respond(url: string, message: Message, replace = false): Promise<void> {
  const body = { response_type: 'ephemeral', replace_original: replace, text: message.text, blocks: message.blocks };
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMillis),
    });
  } catch {
    throw new Unclear('no answer from the response address');
  }
  if (response.status === 429)
    throw new Later(1_000 * (Number(response.headers.get('retry-after')) || 5), 'Slack asked to wait');
  if (response.status >= 500) throw new Unclear(`the response address answered with ${response.status}`);
  if (!response.ok) throw new Refused('used_up_url');
}
