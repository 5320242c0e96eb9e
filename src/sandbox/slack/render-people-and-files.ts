/** People and files as the Web API and the events show them. */
import type { World } from './world.ts';
import type { Channel, Person, StoredFile } from './workspace.ts';

export type FileObject = {
  readonly id: string;
  readonly created: number;
  readonly timestamp: number;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly filetype: string;
  readonly user: string;
  readonly size: number;
  readonly mode: 'hosted';
  readonly is_external: boolean;
  readonly is_public: boolean;
  readonly url_private: string;
  readonly url_private_download: string;
  readonly permalink: string;
  readonly channels: readonly string[];
  readonly groups: readonly string[];
  readonly ims: readonly string[];
};

export function fileObject(world: World, file: StoredFile): FileObject {
  const url = `${world.origin()}/files/${file.id}/${encodeURIComponent(file.name)}`;
  const sharedIn = (kinds: readonly Channel['kind'][]): readonly string[] =>
    file.shares.flatMap(({ channel }) => {
      const kind = world.store.channels.get(channel)?.kind;
      return kind !== undefined && kinds.includes(kind) ? [channel] : [];
    });
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? 'text',
    user: file.user,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    is_public: sharedIn(['public']).length > 0,
    url_private: url,
    url_private_download: `${url}?download=1`,
    permalink: `${world.site()}/files/${file.user}/${file.id}/${encodeURIComponent(file.name)}`,
    channels: sharedIn(['public']),
    groups: sharedIn(['private']),
    ims: sharedIn(['im', 'mpim']),
  };
}

export type UserObject = {
  readonly id: string;
  readonly team_id: string;
  readonly name: string;
  readonly deleted: boolean;
  readonly real_name: string;
  readonly tz: string;
  readonly tz_label: string;
  readonly tz_offset: number;
  readonly profile: {
    readonly real_name: string;
    readonly real_name_normalized: string;
    readonly display_name: string;
    readonly display_name_normalized: string;
    readonly email?: string;
    readonly team: string;
  };
  readonly is_admin: boolean;
  readonly is_owner: boolean;
  readonly is_primary_owner: boolean;
  readonly is_restricted: boolean;
  readonly is_ultra_restricted: boolean;
  readonly is_bot: boolean;
  readonly is_app_user: boolean;
  readonly is_stranger?: boolean;
  readonly updated: number;
};

export function userObject(world: World, person: Person): UserObject {
  const isOutside = person.teamId !== world.store.team.id;
  return {
    id: person.id,
    team_id: person.teamId,
    name: person.name,
    deleted: person.deactivated,
    real_name: person.realName,
    tz: person.timeZone,
    tz_label: zonePart(person.timeZone, world.now(), 'long'),
    tz_offset: offsetSeconds(person.timeZone, world.now()),
    profile: {
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      // Slack shows no address of people from outside, nor of bots.
      ...(isOutside || person.kind === 'bot' ? {} : { email: person.email }),
      team: person.teamId,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.kind === 'multi-channel guest' || person.kind === 'single-channel guest',
    is_ultra_restricted: person.kind === 'single-channel guest',
    is_bot: person.kind === 'bot',
    is_app_user: false,
    ...(isOutside ? { is_stranger: true } : {}),
    updated: 0,
  };
}

function zonePart(timeZone: string, at: number, style: 'long' | 'longOffset'): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: style }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
}

/** How far the clocks there are ahead of UTC, `at` epoch milliseconds. */
export function offsetSeconds(timeZone: string, at: number): number {
  const parts = /^GMT([+-])(\d\d):(\d\d)/.exec(zonePart(timeZone, at, 'longOffset'));
  if (parts === null) return 0;
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 3600 + Number(parts[3]) * 60);
}
