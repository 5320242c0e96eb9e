/** What a method of the Web API is. */
import type { Answer } from './answer.ts';
import type { JsonObject } from './json.ts';
import type { World } from './world.ts';

export type Method<Response> = {
  readonly token: 'none' | 'bot' | 'app';
  /** Any one of them is enough; none: no scope is needed. */
  readonly scopes: readonly string[];
  readonly isWrite: boolean;
  /** Throws a `Refusal` for what Slack refuses. */
  readonly run: (world: World, call: JsonObject) => Answer<Response>;
};

export function reads<Response>(scopes: readonly string[], run: Method<Response>['run']): Method<Response> {
  return { token: 'bot', scopes, isWrite: false, run };
}

export function writes<Response>(scopes: readonly string[], run: Method<Response>['run']): Method<Response> {
  return { token: 'bot', scopes, isWrite: true, run };
}
