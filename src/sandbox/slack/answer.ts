/** What handlers answer: the response types of Slack's own client, so that an answer of another shape does not compile. */
import type { Json, JsonObject } from './json.ts';

// Types alone, and here alone: no code of Slack's client runs in the stand-in.
// oxlint-disable-next-line no-restricted-imports
export type * as web from '@slack/web-api';

/** Fields that hold what the app itself sent, and that come back as they were. */
type Opaque = 'blocks' | 'attachments' | 'event_payload' | 'state' | 'args';

/** A response type as data: read-only, with the app's own blocks as they came. */
export type Held<Response> = Response extends readonly (infer Item)[]
  ? readonly Held<Item>[]
  : Response extends object
    ? { readonly [Key in keyof Response]: Key extends Opaque ? readonly Json[] | JsonObject : Held<Response[Key]> }
    : Response;

export type Answer<Response> = Held<Response> & { readonly ok: true };
