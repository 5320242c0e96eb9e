/** What one person sees, as JSON for the page. Texts are passed on as they are: the page shows them as text alone. */
import type { FaultSwitches } from './page-faults.ts';
import type { PageWorld } from './page-world.ts';
import type { SeenMessage } from './slack/seeing.ts';
import type { Channel, Person } from './slack/workspace.ts';

/** When each message that only one person sees was first seen here, as a timestamp among the others. */
export type EphemeralTimes = ReadonlyMap<string, string>;

/** Everything around the messages. @param user an id; the first person when it is nobody's. */
export function showState(world: PageWorld, faults: FaultSwitches, user: string): unknown {
  const { slack, aws, bot, clock } = world;
  const people = slack.people();
  const person = people.find(({ id }) => id === user) ?? people[0];
  if (person === undefined) return {};
  return {
    person: { id: person.id, timeZone: person.timeZone },
    people: people.map(({ id, realName, kind, deactivated }) => ({ id, realName, kind, deactivated })),
    channels: slack
      .channels()
      .filter((channel) => maySee(channel, person))
      .map((channel) => ({
        id: channel.id,
        name: channel.name,
        label: labelOf(channel, person, people),
        member: channel.members.includes(person.id),
        direct: isDirect(channel),
        archived: channel.isArchived,
        times: timesFor(slack.messages(channel.id), person),
      }))
      .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
    modals: slack.views(person.id),
    shortcuts: world.shortcuts,
    hints: world.hints,
    clock: { offsetMillis: clock.offsetMillis() },
    bot: { managed: bot !== null, running: bot?.running() ?? false },
    alarms: aws.alarms.list().map((alarm) => ({
      arn: alarm.arn,
      name: alarm.name,
      region: `${alarm.account}, ${alarm.region}`,
      state: alarm.state,
      hasData: alarm.gaps.every((gap) => gap.to !== null) && alarm.datapoints === null,
    })),
    faults: faults.list(),
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
  const person = people.find(({ id }) => id === asked.user);
  const channel = slack.channels().find(({ id }) => id === asked.channel);
  if (person === undefined || channel === undefined || !maySee(channel, person)) return null;
  const own = slack.ephemerals(person.id, channel.id);
  return {
    id: channel.id,
    label: labelOf(channel, person, people),
    topic: channel.topic.value,
    archived: channel.isArchived,
    members: channel.members.length,
    member: channel.members.includes(person.id),
    messages: slack.messages(channel.id).map((message) => ({
      ...showMessage(message),
      replies: message.replyCount === 0 ? [] : repliesTo(world, channel, message).map(showMessage),
    })),
    ephemerals: own.flatMap((one) => {
      const ts = times.get(one.id);
      return ts === undefined ? [] : [{ ...one, user: slack.botUserId, ts }];
    }),
    pins: slack.pins(channel.id).map(({ ts }) => ts),
    bookmarks: slack.bookmarks(channel.id).map(({ title, link }) => ({ title, link })),
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

function maySee(channel: Channel, person: Person): boolean {
  return channel.members.includes(person.id) || (channel.kind === 'public' && person.kind === 'member');
}

function isDirect({ kind }: Channel): boolean {
  return kind === 'im' || kind === 'mpim';
}

function labelOf(channel: Channel, person: Person, people: readonly Person[]): string {
  if (!isDirect(channel)) return `${channel.kind === 'private' ? '🔒 ' : '#'}${channel.name}`;
  const others = channel.members.filter((id) => id !== person.id);
  return others.map((id) => people.find((one) => one.id === id)?.realName ?? id).join(', ');
}

function timesFor(messages: readonly SeenMessage[], person: Person): readonly string[] {
  return messages.filter((one) => one.threadTs === null && one.user !== person.id).map(({ ts }) => ts);
}
