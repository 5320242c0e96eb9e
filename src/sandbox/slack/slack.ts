/** A stand-in for Slack on loopback: the Web API, Socket Mode and signed HTTP, and people who act. */
import {
  archiveChannel,
  joinChannel,
  leaveChannel,
  openHome,
  reactTo,
  say,
  typeCommand,
  useGlobalShortcut,
  useMessageShortcut,
} from './acting.ts';
import type { InChannel, Said, Stage } from './acting.ts';
import { makeCalls } from './calls.ts';
import type { Call, CallHook, InjectedFault, Injection } from './calls.ts';
import { click } from './clicking.ts';
import type { Click } from './clicking.ts';
import { makeDeliveries } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { changeGroup, changeQuietHours, changeTimeZone } from './directory.ts';
import type { Values } from './input-values.ts';
import { makeRateTiers } from './rate-tiers.ts';
import { makeResponseUrls } from './response-urls.ts';
import { seedWorkspace } from './seed.ts';
import {
  channelNamed,
  knownChannel,
  personNamed,
  seeBookmarks,
  seeEphemerals,
  seeFiles,
  seeMessages,
  seePins,
} from './seeing.ts';
import type { SeenFile, SeenMessage } from './seeing.ts';
import { makeServer } from './server.ts';
import { makeSockets } from './sockets.ts';
import type { Ack, DropKind } from './sockets.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';
import { closeView, submitView } from './submitting.ts';
import type { Submitted } from './submitting.ts';
import { openDirect, pinMessage, setTopic, takeReactionBack } from './tidying.ts';
import { makeTriggers } from './triggers.ts';
import { modalsOf } from './views.ts';
import { livingGroups } from './world.ts';
import type { World } from './world.ts';
import type {
  Bookmark,
  Channel,
  Ephemeral,
  Person,
  QuietHours,
  Rules,
  UserGroup,
  View,
  Workspace,
} from './workspace.ts';

export type SlackOptions = {
  /** 0, or left out: a free one. */
  readonly port?: number;
  /** The sandbox's clock, epoch milliseconds. Signatures, triggers and response URLs stay on real time. */
  readonly now?: () => number;
  /** Where the workspace is kept; left out: nowhere. */
  readonly stateFile?: string;
  readonly delivery?: Delivery;
  /** Added to each call of the app. */
  readonly latencyMs?: number;
  /** With what a new workspace begins. */
  readonly workspace?: Workspace;
  /** The scopes of the bot token; left out: every scope. */
  readonly scopes?: readonly string[];
  /** Whether calls beyond Slack's rate tiers are answered with 429, in real time; false unless told. */
  readonly rateTiers?: boolean;
  /** What the app subscribed to, as its manifest names it (`message.channels`); left out: all. */
  readonly events?: readonly string[];
  /** Where links to messages and files point; left out: to the stand-in. */
  readonly site?: string;
  /** Whether mentions and links in commands arrive as ids in brackets; true unless told. */
  readonly shouldEscape?: boolean;
  /** Keeps the line open after a socket was closed, as Slack does. */
  readonly lingerOnClose?: boolean;
  /** Those left out are `usualRules`. */
  readonly rules?: Partial<Rules>;
};

/** A paid plan whose administrators let nobody else take people out of public channels. */
const usualRules: Rules = { removeFromPublic: false, userGroups: true };

export type SlackStandIn = {
  readonly url: string;
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly botUserId: string;
  readonly teamId: string;

  readonly people: () => readonly Person[];
  /** Those that can be mentioned. */
  readonly userGroups: () => readonly UserGroup[];
  readonly channels: () => readonly Channel[];
  readonly channel: (nameOrId: string) => Channel | undefined;
  readonly messages: (channel: string, options?: { readonly threadTs?: string }) => readonly SeenMessage[];
  readonly ephemerals: (user: string, channel?: string) => readonly Ephemeral[];
  /** The open modals, the lowest first. */
  readonly views: (user: string) => readonly View[];
  readonly home: (user: string) => View | undefined;
  readonly files: () => readonly SeenFile[];
  readonly pins: (channel: string) => readonly SeenMessage[];
  readonly bookmarks: (channel: string) => readonly Bookmark[];

  readonly command: (act: InChannel & { readonly command: string; readonly text?: string }) => Promise<Ack>;
  readonly say: (act: InChannel & { readonly text: string; readonly threadTs?: string }) => Promise<Said>;
  readonly click: (act: Click) => Promise<Ack>;
  readonly submitView: (act: {
    readonly user: string;
    readonly viewId?: string;
    readonly values?: Values;
  }) => Promise<Submitted>;
  readonly closeView: (act: { readonly user: string; readonly viewId?: string }) => Promise<Ack | null>;
  readonly globalShortcut: (act: { readonly user: string; readonly callbackId: string }) => Promise<Ack>;
  readonly messageShortcut: (
    act: InChannel & { readonly messageTs: string; readonly callbackId: string },
  ) => Promise<Ack>;
  readonly openHome: (act: { readonly user: string }) => Promise<Ack | null>;
  readonly join: (act: InChannel & { readonly inviter?: string }) => Promise<void>;
  readonly leave: (act: InChannel) => Promise<void>;
  readonly archive: (act: InChannel) => Promise<void>;
  readonly react: (act: InChannel & { readonly messageTs: string; readonly name: string }) => Promise<void>;
  readonly unreact: (act: InChannel & { readonly messageTs: string; readonly name: string }) => Promise<void>;
  readonly pin: (act: InChannel & { readonly messageTs: string; readonly pinned: boolean }) => Promise<void>;
  readonly setTopic: (act: InChannel & { readonly topic: string }) => Promise<void>;
  /** The group by id or handle. */
  readonly changeGroup: (act: {
    readonly group: string;
    readonly members: readonly string[];
    readonly by?: string;
  }) => Promise<void>;
  readonly changeTimeZone: (act: { readonly user: string; readonly timeZone: string }) => Promise<void>;
  readonly changeQuietHours: (act: { readonly user: string; readonly quietHours: QuietHours | null }) => Promise<void>;
  /** Gives the id of the direct message. */
  readonly openDirect: (act: { readonly user: string; readonly other: string }) => string;

  /** Told after every change, once for all changes of one answer. Gives back how to stop it. */
  readonly onChange: (listener: () => void) => () => void;
  /** The latest 10,000 calls of the app. */
  readonly calls: readonly Call[];
  readonly clearCalls: () => void;
  readonly onCall: (hook: CallHook) => () => void;
  readonly inject: (injection: Injection) => InjectedFault;
  readonly setDelivery: (delivery: Delivery) => void;
  readonly setLatency: (ms: number) => void;
  /** While it is on, every other delivery to the app is overtaken by the next. */
  readonly setDisorder: (disorder: boolean) => void;
  readonly setLingerOnClose: (linger: boolean) => void;
  readonly setRules: (rules: Partial<Rules>) => void;
  readonly socketCount: () => number;
  /** `break` unless told; the reason goes with a disconnect message. */
  readonly dropSockets: (kind?: DropKind, reason?: string) => void;
  readonly close: () => Promise<void>;
};

/** Starts the stand-in on loopback. Rejects when the port is taken or the state file is not its own. */
export async function startSlack(options: SlackOptions = {}): Promise<SlackStandIn> {
  const { now = Date.now, workspace = seedWorkspace } = options;
  const store = openStore(workspace, options.stateFile, Math.floor(now() / 1000));
  let origin = '';
  let linger = options.lingerOnClose ?? false;
  let rules: Rules = { ...usualRules, ...options.rules };
  const calls = makeCalls(options.latencyMs ?? 0);
  const sockets = makeSockets(store.app.id, { lingerOnClose: () => linger });
  const delivery = options.delivery ?? { type: 'socket' };
  const deliveries = makeDeliveries({ store, now, calls, sockets, delivery, events: options.events ?? 'all' });
  const responseUrls = makeResponseUrls((id) => `${origin}/response/${id}`);
  const world: World = {
    store,
    now,
    origin: () => origin,
    site: () => options.site ?? origin,
    scopes: options.scopes,
    rules: () => rules,
    triggers: makeTriggers(),
    socketUrl: () => `${origin.replace('http', 'ws')}/link/?ticket=${sockets.newTicket()}&app_id=${store.app.id}`,
    emit: deliveries.emit,
  };
  const rateTiers = options.rateTiers === true ? makeRateTiers() : null;
  const server = makeServer({ world, calls, sockets, responseUrls, rateTiers });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The stand-in for Slack listens on no port');
  origin = `http://127.0.0.1:${address.port}`;

  const stage: Stage = { world, deliveries, responseUrls, shouldEscape: options.shouldEscape ?? true };
  return {
    ...addressesOf(origin, store),
    ...peopleSee(world),
    command: (act) => typeCommand(stage, act),
    say: (act) => say(stage, act),
    click: (act) => click(stage, act),
    submitView: (act) => submitView(stage, act),
    closeView: (act) => closeView(stage, act),
    globalShortcut: (act) => useGlobalShortcut(stage, act),
    messageShortcut: (act) => useMessageShortcut(stage, act),
    openHome: (act) => openHome(stage, act),
    join: (act) => joinChannel(stage, act),
    leave: (act) => leaveChannel(stage, act),
    archive: (act) => archiveChannel(stage, act),
    react: (act) => reactTo(stage, act),
    unreact: (act) => takeReactionBack(stage, act),
    pin: (act) => pinMessage(stage, act),
    setTopic: (act) => setTopic(stage, act),
    openDirect: (act) => openDirect(stage, act),
    changeGroup: (act) => changeGroup(stage, act),
    changeTimeZone: (act) => changeTimeZone(stage, act),
    changeQuietHours: (act) => changeQuietHours(stage, act),
    onChange: store.onChange,
    get calls() {
      return calls.all();
    },
    clearCalls: calls.clear,
    onCall: calls.onCall,
    inject: calls.inject,
    setDelivery: deliveries.set,
    setLatency: calls.setLatency,
    setDisorder: deliveries.setDisorder,
    setLingerOnClose: (next) => {
      linger = next;
    },
    setRules: (next) => {
      rules = { ...rules, ...next };
      store.changed();
    },
    socketCount: sockets.count,
    dropSockets: (kind = 'break', reason) => {
      sockets.drop(kind, reason);
    },
    async close() {
      deliveries.close();
      sockets.close();
      store.flush();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function addressesOf(origin: string, { credentials, app, team }: Store) {
  return { url: origin, apiUrl: `${origin}/api/`, ...credentials, botUserId: app.botUserId, teamId: team.id };
}

function peopleSee(world: World) {
  const { store } = world;
  return {
    people: () => [...store.people.values()],
    userGroups: () => livingGroups(world),
    channels: () => [...store.channels.values()],
    channel: (nameOrId: string) => channelNamed(world, nameOrId),
    messages: (channel: string, options: { readonly threadTs?: string } = {}) =>
      seeMessages(world, knownChannel(world, channel), options.threadTs),
    ephemerals: (user: string, channel?: string) =>
      seeEphemerals(world, personNamed(world, user), channel === undefined ? undefined : knownChannel(world, channel)),
    views: (user: string) => modalsOf(world, personNamed(world, user).id),
    home: (user: string) => store.homes.get(personNamed(world, user).id),
    files: () => seeFiles(world),
    pins: (channel: string) => seePins(world, knownChannel(world, channel)),
    bookmarks: (channel: string) => seeBookmarks(world, knownChannel(world, channel)),
  };
}
