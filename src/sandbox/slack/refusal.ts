import type { JsonObject } from './json.ts';

/** `ok: false` with one of Slack's error names; `details` are further fields of the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly error: string;
  readonly details: JsonObject;

  constructor(error: string, details: JsonObject = {}) {
    super(error);
    this.error = error;
    this.details = details;
  }
}
