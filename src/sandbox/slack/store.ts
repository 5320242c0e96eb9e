/** What the workspace holds now, kept in a file when one is named. */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type {
  Bookmark,
  Channel,
  Ephemeral,
  InstalledApp,
  Message,
  Person,
  Pin,
  StoredFile,
  Team,
  UserGroup,
  View,
  Workspace,
} from './workspace.ts';

export type Credentials = {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
};

export type Store = {
  readonly team: Team;
  readonly app: InstalledApp;
  readonly credentials: Credentials;
  readonly userGroups: Map<string, UserGroup>;
  readonly people: Map<string, Person>;
  readonly channels: Map<string, Channel>;
  /** By channel, in the order of their timestamps. */
  readonly messages: Map<string, readonly Message[]>;
  readonly ephemerals: Map<string, Ephemeral>;
  /** By person: the stack of open modals, the lowest first. */
  readonly modals: Map<string, readonly View[]>;
  readonly homes: Map<string, View>;
  readonly files: Map<string, StoredFile>;
  readonly pins: Map<string, readonly Pin[]>;
  readonly bookmarks: Map<string, readonly Bookmark[]>;
  /** Must be called after every change: it saves, and tells the listeners. */
  changed: () => void;
  onChange: (listener: () => void) => () => void;
  /** Writes what is not yet written. */
  flush: () => void;
};

type MapName =
  | 'userGroups'
  | 'people'
  | 'channels'
  | 'messages'
  | 'ephemerals'
  | 'modals'
  | 'homes'
  | 'files'
  | 'pins'
  | 'bookmarks';

/** Of what is kept; another one can't be read. */
const format = 2;

type Saved = Pick<Store, 'team' | 'app' | 'credentials'> & { readonly format: typeof format } & {
  readonly [Name in MapName]: Store[Name] extends Map<infer Key, infer Value>
    ? readonly (readonly [Key, Value])[]
    : never;
};

const saveAfterMillis = 50;

/** The store in that file, or a new one with the workspace's people and channels. */
export function openStore(workspace: Workspace, file: string | undefined, epochSeconds: number): Store {
  const saved = (file === undefined ? undefined : readSaved(file)) ?? newWorkspace(workspace, epochSeconds);
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let isNotifying = false;

  const store: Store = {
    team: saved.team,
    app: saved.app,
    credentials: saved.credentials,
    userGroups: new Map(saved.userGroups),
    people: new Map(saved.people),
    channels: new Map(saved.channels),
    messages: new Map(saved.messages),
    ephemerals: new Map(saved.ephemerals),
    modals: new Map(saved.modals),
    homes: new Map(saved.homes),
    files: new Map(saved.files),
    pins: new Map(saved.pins),
    bookmarks: new Map(saved.bookmarks),
    changed() {
      if (file !== undefined) timer ??= setTimeout(store.flush, saveAfterMillis);
      if (isNotifying) return;
      isNotifying = true;
      // One round of telling for all changes of one answer.
      queueMicrotask(() => {
        isNotifying = false;
        for (const listener of listeners) listener();
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    flush() {
      if (timer === undefined || file === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      save(store, file);
    },
  };
  return store;
}

/** A new id of a kind: `C` for channels, `F` for files, … */
export function newId(prefix: string): string {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return prefix + Array.from({ length: 10 }, () => letters.charAt(randomInt(letters.length))).join('');
}

function readSaved(file: string): Saved | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const saved = JSON.parse(text) as Saved;
  if (saved.format !== format) throw new Error(`${file} was not written by this version of the sandbox; remove it`);
  return saved;
}

function save(store: Store, file: string): void {
  const { team, app, credentials } = store;
  const saved: Saved = {
    format,
    team,
    app,
    credentials,
    userGroups: [...store.userGroups],
    people: [...store.people],
    channels: [...store.channels],
    messages: [...store.messages],
    ephemerals: [...store.ephemerals],
    modals: [...store.modals],
    homes: [...store.homes],
    files: [...store.files],
    pins: [...store.pins],
    bookmarks: [...store.bookmarks],
  };
  mkdirSync(dirname(file), { recursive: true });
  // Renamed into place, so that a kill in the middle leaves the old file whole.
  writeFileSync(`${file}.new`, JSON.stringify(saved));
  renameSync(`${file}.new`, file);
}

function newWorkspace(workspace: Workspace, epochSeconds: number): Saved {
  const { team, app, people, userGroups } = workspace;
  const bot: Person = {
    id: app.botUserId,
    teamId: team.id,
    name: app.botName,
    realName: app.botName,
    email: '',
    timeZone: 'Etc/UTC',
    kind: 'bot',
    deactivated: false,
    presence: 'active',
    quietHours: null,
  };
  const creator = people[0]?.id ?? bot.id;
  const channels = workspace.channels.map((seed, index): Channel => ({
    id: seed.id,
    kind: seed.isPrivate ? 'private' : 'public',
    name: seed.name,
    previousNames: [],
    created: epochSeconds,
    creator,
    isArchived: false,
    isGeneral: index === 0,
    topic: { value: seed.topic, creator, lastSet: epochSeconds },
    purpose: { value: '', creator: '', lastSet: 0 },
    members: seed.members.map((name) => {
      const member = people.find((person) => person.name === name);
      if (member === undefined) throw new Error(`#${seed.name} has a member @${name} whom the workspace does not know`);
      return member.id;
    }),
  }));
  const secret = (): string => randomBytes(16).toString('hex');
  const groups = userGroups.map((seed): UserGroup => {
    const { members } = seed;
    return { ...seed, created: epochSeconds, updated: epochSeconds, updatedBy: members[0] ?? creator };
  });
  return {
    format,
    team,
    app,
    credentials: {
      botToken: `xoxb-sandbox-${secret()}`,
      appToken: `xapp-1-${app.id}-sandbox-${secret()}`,
      signingSecret: secret(),
    },
    userGroups: groups.map((group) => [group.id, group] as const),
    people: [...people, bot].map((person) => [person.id, person] as const),
    channels: channels.map((channel) => [channel.id, channel] as const),
    messages: [],
    ephemerals: [],
    modals: [],
    homes: [],
    files: [],
    pins: [],
    bookmarks: [],
  };
}
