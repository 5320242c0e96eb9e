import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = new URL('../', import.meta.url);
const text = readFileSync(new URL('slack-manifest.yaml', root), 'utf8');

/** The manifest as Slack documents it, with its limits, as far as an app like this needs it. */
const url = z.url({ protocol: /^https$/ }).max(3000);
const names = z.array(z.string().min(1).max(50)).refine((list) => new Set(list).size === list.length);
const manifestSchema = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal([1, 2]), minor_version: z.int() }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().min(1).max(140),
    long_description: z.string().min(175).max(4000).optional(),
    background_color: z.string().regex(/^#(?:[0-9a-fA-F]{3}){1,2}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({
      display_name: z
        .string()
        .max(80)
        .regex(/^[a-z0-9._-]+$/),
      always_online: z.boolean(),
    }),
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(24),
          type: z.enum(['global', 'message']),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      )
      .min(1)
      .max(10),
    slash_commands: z
      .array(
        z.strictObject({
          command: z
            .string()
            .max(32)
            .regex(/^\/\S+$/),
          url: url.optional(),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().min(1).max(1000),
          should_escape: z.boolean(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: names.max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: url.optional(), bot_events: names.max(100) }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: url.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

/** What each method needs of a bot, in public channels and in messages to one person. */
const scopesOfMethods: Record<string, readonly string[]> = {
  // Made with the app-level token.
  'apps.connections.open': [],
  'auth.test': [],
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.archive': ['channels:manage'],
  'conversations.create': ['channels:manage'],
  'conversations.history': ['channels:history', 'im:history'],
  'conversations.info': ['channels:read'],
  'conversations.invite': ['channels:manage'],
  'conversations.join': ['channels:join'],
  'conversations.kick': ['channels:manage'],
  'conversations.open': ['im:write'],
  'conversations.rename': ['channels:manage'],
  'conversations.replies': ['channels:history', 'im:history'],
  'conversations.setTopic': ['channels:manage'],
  'dnd.info': ['dnd:read'],
  'dnd.teamInfo': ['dnd:read'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'pins.add': ['pins:write'],
  'usergroups.list': ['usergroups:read'],
  'users.conversations': ['channels:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.update': [],
};

/** What Slack asks for before it tells an app of an event. */
const scopesOfEvents: Record<string, readonly string[]> = {
  'message.channels': ['channels:history'],
  'message.im': ['im:history'],
  subteam_members_changed: ['usergroups:read'],
  subteam_updated: ['usergroups:read'],
  user_change: ['users:read'],
};

const manifest = manifestSchema.parse(parse(text));
const subscribed = manifest.settings.event_subscriptions.bot_events;

/** The source of the bot itself: not of its sandbox, which knows methods that the bot never calls. */
const source = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^(?:sandbox|replay)[\\/]/.test(file))
  .map((file) => readFileSync(new URL(`src/${file.replaceAll('\\', '/')}`, root), 'utf8'))
  .join('\n');

const families = [...new Set(Object.keys(scopesOfMethods).map((method) => method.split('.')[0]))].join('|');
const calledMethods = new Set(
  [
    ...source.matchAll(
      new RegExp(
        `\\b(?:(?:${families}|reactions|usergroups|canvases|team|dnd|apps)\\.[a-z]+[A-Za-z.]*)(?=['\`(])`,
        'g',
      ),
    ),
  ]
    .map(([method]) => method)
    .filter((method) => !method.endsWith('.')),
);

describe('the manifest of the Slack app', () => {
  test('keeps every limit that Slack documents, and says nothing that Slack does not know', () => {
    expect(manifestSchema.safeParse(parse(text)).error?.issues ?? []).toEqual([]);
  });

  test('keeps them too when the lines for HTTP are switched on', () => {
    const forHttp = text
      .replaceAll(/# (?=(?:request_)?url: )/g, '')
      .replace('socket_mode_enabled: true', 'socket_mode_enabled: false');
    const { features, settings } = manifestSchema.parse(parse(forHttp));
    expect(features.slash_commands[0]?.url).toMatch(/\/slack\/events$/);
    expect(settings.interactivity.request_url).toBe(features.slash_commands[0]?.url);
    expect(settings.event_subscriptions.request_url).toBe(features.slash_commands[0]?.url);
  });

  test('offers /incident with mentions as ids, and the three shortcuts', () => {
    expect(manifest.features.slash_commands.map(({ command, should_escape }) => [command, should_escape])).toEqual([
      ['/incident', true],
    ]);
    expect(manifest.features.shortcuts.map(({ type, callback_id }) => `${type} ${callback_id}`)).toEqual([
      'global declare_incident',
      'message declare_from_message',
      'message add_to_timeline',
    ]);
    expect(manifest.features.shortcuts.filter(({ callback_id }) => !source.includes(`'${callback_id}'`))).toEqual([]);
  });

  test('knows what every method that the bot calls needs', () => {
    expect([...calledMethods].filter((method) => !Object.hasOwn(scopesOfMethods, method))).toEqual([]);
    expect(calledMethods.size).toBeGreaterThan(10);
  });

  test('asks for all the scopes that are needed, and for none besides', () => {
    const needed = [
      'commands',
      ...[...calledMethods].flatMap((method) => scopesOfMethods[method] ?? []),
      ...subscribed.flatMap((event) => scopesOfEvents[event] ?? []),
    ];
    // A message to one person may open the conversation with them.
    const asked = manifest.oauth_config.scopes.bot.filter((scope) => scope !== 'im:write');
    expect(asked.toSorted()).toEqual([...new Set(needed)].filter((scope) => scope !== 'im:write').toSorted());
  });

  test('knows what every event that it subscribes to needs', () => {
    expect(subscribed.filter((event) => !Object.hasOwn(scopesOfEvents, event))).toEqual([]);
    expect(subscribed).toHaveLength(Object.keys(scopesOfEvents).length);
  });

  test('hears answers where people give them: in rooms and in the message tab, which they may write in', () => {
    expect(subscribed).toEqual(expect.arrayContaining(['message.channels', 'message.im']));
    expect(manifest.features.app_home).toMatchObject({
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
  });
});
