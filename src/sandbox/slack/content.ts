/** What an app wants said: text, blocks, attachments and metadata of a message, with Slack's limits. */
import { structureOf, textOf } from './arguments.ts';
import { charactersOf } from './block-checks.ts';
import { checkBlocks, withIds } from './blocks.ts';
import { isList, isObject, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import type { Metadata } from './workspace.ts';

export type Content = {
  readonly text: string;
  /** `undefined`: none were given, which is not the same as an empty list. */
  readonly blocks: readonly JsonObject[] | undefined;
  readonly attachments: readonly Json[] | undefined;
  readonly metadata: Metadata | undefined;
};

const mostCharacters = 40_000;
const mostMarkdownCharacters = 12_000;
const mostAttachments = 100;

/** Slack publishes no number; this is where apps have met it, a little above 12,000 with all that is around the text. */
const mostBlockCharacters = 13_200;

/**
 * Reads the content of a call. Refuses what is empty, contradictory or over a limit; cuts text at 40,000 characters.
 * `withErrors`: what is wrong with blocks is named a second time, as `chat.postMessage` does it.
 */
export function readContent(call: JsonObject, { withErrors = false }: { readonly withErrors?: boolean } = {}): Content {
  const text = textOf(call, 'text');
  const markdown = textOf(call, 'markdown_text');
  const blocks = readBlocks(call, withErrors);
  const attachments = readAttachments(call);
  const metadata = readMetadata(call);
  if (markdown !== undefined && (text !== undefined || blocks !== undefined)) {
    throw new Refusal('markdown_text_conflict');
  }
  if ((markdown ?? '').length > mostMarkdownCharacters) throw new Refusal('msg_too_long');
  const said = (text ?? markdown ?? '').slice(0, mostCharacters);
  const isEmpty = said === '' && (blocks ?? []).length === 0 && (attachments ?? []).length === 0;
  if (isEmpty) throw new Refusal('no_text');
  return { text: said, blocks, attachments, metadata };
}

function readBlocks(call: JsonObject, withErrors: boolean): readonly JsonObject[] | undefined {
  const blocks = structureOf(call, 'blocks');
  if (blocks === undefined) return undefined;
  if (!isList(blocks) || !blocks.every(isObject)) throw new Refusal('invalid_blocks_format');
  const wrong = checkBlocks(blocks, 'message');
  if (wrong.length > 0) {
    const errors = withErrors ? { errors: wrong.map(withoutTag) } : {};
    throw new Refusal('invalid_blocks', { ...errors, response_metadata: { messages: wrong } });
  }
  if (charactersOf(blocks) > mostBlockCharacters) throw new Refusal('msg_blocks_too_long');
  return withIds(blocks);
}

function readAttachments(call: JsonObject): readonly Json[] | undefined {
  const attachments = structureOf(call, 'attachments');
  if (attachments === undefined) return undefined;
  if (!isList(attachments)) throw new Refusal('invalid_attachments');
  if (attachments.length > mostAttachments) throw new Refusal('too_many_attachments');
  for (const attachment of attachments) {
    const blocks = isObject(attachment) ? attachment['blocks'] : undefined;
    if (blocks !== undefined && checkBlocks(blocks, 'message').length > 0) throw new Refusal('invalid_attachments');
  }
  return attachments;
}

function readMetadata(call: JsonObject): Metadata | undefined {
  const metadata = structureOf(call, 'metadata');
  if (metadata === undefined) return undefined;
  if (!isObject(metadata)) throw new Refusal('invalid_metadata_format');
  const type = textAt(metadata, 'event_type');
  const payload = metadata['event_payload'];
  if (type === undefined || !isObject(payload)) throw new Refusal('invalid_metadata_schema');
  return { event_type: type, event_payload: payload };
}

function withoutTag(message: string): string {
  return message.replace('[ERROR] ', '');
}
