/** Whether a token may call a method: Slack asks for a scope of the kind of conversation that is meant. */
import { idsOf, flagOf, textOf } from './arguments.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';
import type { ChannelKind } from './workspace.ts';

const prefixes: { readonly [Kind in ChannelKind]: string } = {
  public: 'channels:',
  private: 'groups:',
  im: 'im:',
  mpim: 'mpim:',
};

const kindsOfTypes: { readonly [type: string]: ChannelKind } = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
};

/**
 * `scopes` are those of which the method needs one.
 * @throws Refusal `missing_scope`, with what is needed and what the token has
 */
export function checkScopes(
  world: World,
  { name, args, scopes }: { readonly name: string; readonly args: JsonObject; readonly scopes: readonly string[] },
): void {
  const granted = world.scopes;
  if (granted === undefined || scopes.length === 0) return;
  const refuseWithout = (needed: readonly string[]): void => {
    if (needed.length === 0 || needed.some((scope) => granted.includes(scope))) return;
    throw new Refusal('missing_scope', { needed: needed.join(','), provided: granted.join(',') });
  };
  refuseWithout(scopes);
  for (const kind of kindsMeant(world, name, args)) {
    refuseWithout(scopes.filter((scope) => scope.startsWith(prefixes[kind])));
  }
}

/** The kinds of conversation that a call is about, where that can be told before it is made. */
function kindsMeant(world: World, name: string, args: JsonObject): readonly ChannelKind[] {
  switch (name) {
    case 'conversations.create':
      return [flagOf(args, 'is_private') ? 'private' : 'public'];
    case 'conversations.list':
    case 'users.conversations':
      return (textOf(args, 'types') ?? 'public_channel').split(',').flatMap((type) => {
        const kind = kindsOfTypes[type.trim()];
        return kind === undefined ? [] : [kind];
      });
    case 'conversations.open':
      if (textOf(args, 'channel') === undefined) return [idsOf(args, 'users').length > 1 ? 'mpim' : 'im'];
  }
  if (!name.startsWith('conversations.')) return [];
  const channel = world.store.channels.get(textOf(args, 'channel') ?? '');
  // Of a private channel that it is not in the app may not even learn that it is one.
  const isSeen = channel?.kind === 'public' || channel?.members.includes(world.store.app.botUserId) === true;
  return channel !== undefined && isSeen ? [channel.kind] : [];
}
