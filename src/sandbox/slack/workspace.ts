/** What a workspace holds. Records are replaced, never changed in place. */
import type { Json, JsonObject } from './json.ts';

export type Person = {
  readonly id: string;
  readonly teamId: string;
  /** The handle, as typed after `@`. */
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  /** IANA name, such as `Europe/Lisbon`. */
  readonly timeZone: string;
  readonly kind: 'member' | 'multi-channel guest' | 'single-channel guest' | 'bot';
  readonly deactivated: boolean;
  readonly presence: 'active' | 'away';
  /** When Slack lets no notification through, each day; `null`: never. */
  readonly quietHours: QuietHours | null;
};

/** Times on the wall where the person is, such as `22:00` to `08:00`. */
export type QuietHours = { readonly from: string; readonly to: string };

export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

/** The topic or the purpose of a channel. */
export type Heading = { readonly value: string; readonly creator: string; readonly lastSet: number };

export type Channel = {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly previousNames: readonly string[];
  /** Epoch seconds. */
  readonly created: number;
  readonly creator: string;
  readonly isArchived: boolean;
  readonly isGeneral: boolean;
  readonly topic: Heading;
  readonly purpose: Heading;
  readonly members: readonly string[];
};

export type Reaction = { readonly name: string; readonly users: readonly string[] };

export type Metadata = { readonly event_type: string; readonly event_payload: JsonObject };

/** What only some kinds of message have. */
export type MessageExtra = {
  readonly client_msg_id?: string;
  readonly inviter?: string;
  readonly topic?: string;
  readonly purpose?: string;
  readonly name?: string;
  readonly old_name?: string;
  readonly upload?: boolean;
};

export type Message = {
  readonly ts: string;
  readonly user: string;
  /** Set when an app said it. */
  readonly botId: string | null;
  readonly subtype: string | null;
  /** As it was sent: nothing is rendered or unescaped. */
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments: readonly Json[];
  readonly metadata: Metadata | null;
  readonly edited: { readonly user: string; readonly ts: string } | null;
  readonly threadTs: string | null;
  readonly isBroadcast: boolean;
  readonly reactions: readonly Reaction[];
  readonly files: readonly string[];
  readonly extra: MessageExtra;
};

/** Seen by one person only, and in nobody's history. */
export type Ephemeral = {
  readonly id: string;
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly threadTs: string | null;
  /** `slack` where Slack itself tells the person that something failed. */
  readonly from: 'app' | 'slack';
};

export type View = {
  readonly id: string;
  readonly kind: 'modal' | 'home';
  readonly user: string;
  readonly rootId: string;
  readonly previousId: string | null;
  readonly hash: string;
  readonly callbackId: string;
  readonly externalId: string;
  readonly privateMetadata: string;
  readonly title: JsonObject | null;
  readonly submit: JsonObject | null;
  readonly close: JsonObject | null;
  readonly clearOnClose: boolean;
  readonly notifyOnClose: boolean;
  readonly blocks: readonly JsonObject[];
};

export type StoredFile = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly user: string;
  readonly created: number;
  readonly mimetype: string;
  /** `expected`: an upload URL was given; `uploaded`: its bytes came; `shared`: the upload was completed. */
  readonly stage: 'expected' | 'uploaded' | 'shared';
  readonly base64: string;
  readonly size: number;
  /** In the link with which a person downloads it. */
  readonly secret: string;
  readonly shares: readonly { readonly channel: string; readonly ts: string }[];
};

export type Pin = { readonly channel: string; readonly ts: string; readonly user: string; readonly created: number };

export type Bookmark = {
  readonly id: string;
  readonly channel: string;
  readonly title: string;
  readonly link: string;
  readonly emoji: string;
  readonly created: number;
  readonly updated: number;
  readonly user: string;
};

export type UserGroup = {
  readonly id: string;
  /** As typed after `@`. */
  readonly handle: string;
  readonly name: string;
  readonly members: readonly string[];
  /** Kept by Slack, and mentioned by nobody any more. */
  readonly disabled: boolean;
  /** Epoch seconds. */
  readonly created: number;
  readonly updated: number;
  /** Who changed it last. */
  readonly updatedBy: string;
};

/** What the workspace's plan and its administrators allow. */
export type Rules = {
  /** Whether the app may take people out of public channels; most workspaces leave that to owners and administrators. */
  readonly removeFromPublic: boolean;
  /** A free plan has none. */
  readonly userGroups: boolean;
};

export type Team = { readonly id: string; readonly name: string; readonly domain: string };

export type InstalledApp = {
  readonly id: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly botName: string;
};

/** With what a workspace begins. Channels name their members by handle; the first one is the general channel. */
export type Workspace = {
  readonly team: Team;
  readonly app: InstalledApp;
  readonly people: readonly Person[];
  readonly channels: readonly {
    readonly id: string;
    readonly name: string;
    readonly topic: string;
    readonly isPrivate: boolean;
    readonly members: readonly string[];
  }[];
  readonly userGroups: readonly Pick<UserGroup, 'id' | 'handle' | 'name' | 'members' | 'disabled'>[];
};
