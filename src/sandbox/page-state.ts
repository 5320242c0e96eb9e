/** What one person sees, as JSON for the page. Texts are passed on as they are: the page shows them as text alone. */
import { readMetric, type Alarm } from './aws/alarms.ts';
import type { FaultSwitches } from './page-faults.ts';
import type { Flaps } from './page-flaps.ts';
import { showGuide } from './page-guide.ts';
import type { PageWorld } from './page-world.ts';
import { isQuiet } from './slack/do-not-disturb.ts';
import type { SeenMessage } from './slack/seeing.ts';
import type { Channel, Person, UserGroup } from './slack/workspace.ts';

/** When each message that only one person sees was first seen here, as a timestamp among the others. */
export type EphemeralTimes = ReadonlyMap<string, string>;

export type Controls = { readonly faults: FaultSwitches; readonly flaps: Flaps };

const minuteMillis = 60_000;
const shownMinutes = 30;
const shownPages = 20;

/**
 * Everything around the messages.
 * @param asked.user an id or a handle; the first person when it is nobody's.
 * @param asked.since when the reader began the guide, epoch seconds of the sandbox's clock.
 */
export function showState(
  world: PageWorld,
  controls: Controls,
  asked: { readonly user: string; readonly since: number },
): unknown {
  const { slack, aws, pager, bot, clock, postgres } = world;
  const people = slack.people();
  const person = personAsked(people, asked.user) ?? people[0];
  if (person === undefined) return {};
  const groups = slack.userGroups();
  const myGroups = groups.filter(({ members }) => members.includes(person.id));
  const channels = slack.channels().filter((channel) => maySee(world, channel, person));
  return {
    me: person.id,
    app: slack.botUserId,
    people: people.map((one) => showPerson(one, { teamId: slack.teamId, now: clock.now() })),
    groups: groups.map(({ id, handle, name, members }) => ({ id, handle, name, members })),
    channels: channels
      .map((channel) => ({
        id: channel.id,
        name: channel.name,
        label: labelOf(channel, person, people),
        member: channel.members.includes(person.id),
        direct: isDirect(channel),
        archived: channel.isArchived,
        ...newFor(channel, slack.messages(channel.id), { person, myGroups }),
      }))
      .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
    modals: slack.views(person.id),
    home: world.hasHome ? (slack.home(person.id)?.blocks ?? []) : null,
    homeView: slack.home(person.id)?.id ?? null,
    shortcuts: world.shortcuts,
    commands: world.commands,
    guide: showGuide(world, asked.since),
    clock: { offsetMillis: clock.offsetMillis() },
    bot: { managed: bot !== null, running: bot?.running() ?? false, sockets: slack.socketCount() },
    postgres: { running: postgres.running() },
    alarms: aws.alarms.list().map((alarm) => showAlarm(alarm, { flaps: controls.flaps, now: clock.now() })),
    faults: controls.faults.list(),
    pager: { names: pager.pagers().map(({ name }) => name), pages: pager.pages().slice(-shownPages).toReversed() },
    cases: aws.cases().map(({ displayId, subject, status }) => ({ displayId, subject, status })),
  };
}

/** One channel as a person sees it, or `null` when they may not. */
export function showChannel(
  world: PageWorld,
  asked: { readonly user: string; readonly channel: string },
  times: EphemeralTimes,
): unknown {
  const { slack } = world;
  const people = slack.people();
  const person = personAsked(people, asked.user);
  const channel = slack.channels().find(({ id }) => id === asked.channel);
  if (person === undefined || channel === undefined || !maySee(world, channel, person)) return null;
  const own = slack.ephemerals(person.id, channel.id);
  return {
    id: channel.id,
    label: labelOf(channel, person, people),
    direct: isDirect(channel),
    withApp: channel.kind === 'im' && channel.members.includes(slack.botUserId),
    topic: channel.topic.value,
    archived: channel.isArchived,
    members: channel.members,
    member: channel.members.includes(person.id),
    messages: slack.messages(channel.id).map((message) => ({
      ...showMessage(message),
      replies: message.replyCount === 0 ? [] : repliesTo(world, channel, message).map(showMessage),
    })),
    ephemerals: own.flatMap((one) => {
      const ts = times.get(one.id);
      return ts === undefined ? [] : [{ ...one, user: slack.botUserId, ts }];
    }),
    pins: slack.pins(channel.id).map(({ ts, text }) => ({ ts, text })),
    bookmarks: slack.bookmarks(channel.id).map(({ id, title, link }) => ({ id, title, link })),
  };
}

function personAsked(people: readonly Person[], user: string): Person | undefined {
  return people.find(({ id, name }) => id === user || name === user);
}

function showPerson(one: Person, { teamId, now }: { readonly teamId: string; readonly now: number }): object {
  const { id, name, realName, kind, deactivated, timeZone, presence, quietHours } = one;
  const quiet = { quietHours, quiet: isQuiet(one, now) };
  return { id, name, realName, kind, deactivated, timeZone, presence, ...quiet, external: one.teamId !== teamId };
}

function showAlarm(alarm: Alarm, { flaps, now }: { readonly flaps: Flaps; readonly now: number }): object {
  const range = { from: now - shownMinutes * minuteMillis, to: now, periodMillis: minuteMillis, now };
  const { arn, name, account, region, state, metric, threshold } = alarm;
  const points = alarm.kind === 'metric' ? readMetric(alarm, range) : [];
  return {
    arn,
    name,
    place: `${account}, ${region}`,
    state,
    hasData: alarm.gaps.every((gap) => gap.to !== null) && alarm.datapoints === null,
    flaps: flaps.has(arn),
    metric,
    threshold,
    from: range.from,
    to: range.to,
    points,
  };
}

function repliesTo({ slack }: PageWorld, channel: Channel, { ts }: SeenMessage): readonly SeenMessage[] {
  return slack.messages(channel.id, { threadTs: ts }).filter((reply) => reply.ts !== ts);
}

function showMessage(message: SeenMessage): object {
  const { ts, user, isBot, subtype, text, blocks, isEdited, isPinned, reactions, threadTs } = message;
  const files = message.files.map(({ id, name, title, size }) => ({ id, name, title, size }));
  return { ts, user, isBot, subtype, text, blocks, isEdited, isPinned, reactions, threadTs, files };
}

/** Guests, and people of another workspace, see only where they were brought in. */
function maySee({ slack }: PageWorld, channel: Channel, person: Person): boolean {
  const isFullMember = person.kind === 'member' && person.teamId === slack.teamId;
  return channel.members.includes(person.id) || (channel.kind === 'public' && isFullMember);
}

function isDirect({ kind }: Channel): boolean {
  return kind === 'im' || kind === 'mpim';
}

function labelOf(channel: Channel, person: Person, people: readonly Person[]): string {
  if (!isDirect(channel)) return `${channel.kind === 'private' ? '🔒 ' : '#'}${channel.name}`;
  const others = channel.members.filter((id) => id !== person.id);
  return others.map((id) => people.find((one) => one.id === id)?.realName ?? id).join(', ');
}

/** What others said there: all of it, and of it what is meant for this person. */
function newFor(
  channel: Channel,
  messages: readonly SeenMessage[],
  { person, myGroups }: { readonly person: Person; readonly myGroups: readonly UserGroup[] },
): object {
  const names = [`<@${person.id}`, ...myGroups.map(({ id }) => `<!subteam^${id}`)];
  const others = messages.filter((one) => one.threadTs === null && one.user !== person.id);
  const mine = others.filter(({ text }) => isDirect(channel) || names.some((name) => text.includes(name)));
  return { times: others.map(({ ts }) => ts), pings: mine.map(({ ts }) => ts) };
}
