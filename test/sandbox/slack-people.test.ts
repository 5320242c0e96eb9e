import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/sandbox/slack/json.ts';
import { isObject, parseJson } from '../../src/sandbox/slack/json.ts';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import type { SlackOptions, SlackStandIn } from '../../src/sandbox/slack/slack.ts';
import { manifestEvents } from '../../src/cli/manifest.ts';
import { clientOf, refusal } from './slack-client.ts';
import { listen } from './slack-listener.ts';

const [ana, ben, dara, emil, grace] = ['U0ANA000001', 'U0BEN000002', 'U0DARA00004', 'U0EMIL00005', 'U0GRACE0007'];
const checkout = 'S0CHECKOUT01';

/** A stand-in, and the events that it delivers to an app with the manifest's subscriptions. */
async function launch(options: SlackOptions = {}): Promise<{
  readonly slack: SlackStandIn;
  readonly events: readonly JsonObject[];
  readonly bodies: readonly string[];
}> {
  const bodies: string[] = [];
  const events: JsonObject[] = [];
  const url = await listen((body) => {
    bodies.push(body);
    const parsed = parseJson(body);
    const event = isObject(parsed) ? parsed['event'] : undefined;
    if (isObject(event)) events.push(event);
  });
  const slack = await startSlack({
    delivery: { type: 'http', url },
    events: [...manifestEvents(), 'member_left_channel', 'member_joined_channel', 'dnd_updated_user'],
    ...options,
  });
  onTestFinished(() => slack.close());
  return { slack, events, bodies };
}

async function roomOf(slack: SlackStandIn, ...users: readonly string[]): Promise<string> {
  const client = clientOf(slack);
  const { channel } = await client.conversations.create({ name: 'inc-1-room' });
  const id = channel?.id ?? '';
  if (users.length > 0) await client.conversations.invite({ channel: id, users: users.join(',') });
  return id;
}

describe('user groups', () => {
  it('are listed with who is in them, the disabled ones only when asked for', async () => {
    const { slack } = await launch();
    const client = clientOf(slack);
    const { usergroups = [] } = await client.usergroups.list({ include_users: true, include_count: true });
    expect(usergroups.map(({ handle }) => handle)).toEqual([
      'platform-oncall',
      'checkout-oncall',
      'accounts-db-oncall',
      'support',
    ]);
    expect(usergroups[1]).toMatchObject({ id: checkout, users: [ben, dara], user_count: 2, date_delete: 0 });
    expect((await client.usergroups.list({})).usergroups?.[0]).not.toHaveProperty('users');
    const whole = await client.usergroups.list({ include_disabled: true });
    expect(whole.usergroups?.find(({ handle }) => handle === 'old-pager')?.date_delete).toBeGreaterThan(0);
    expect((await client.usergroups.users.list({ usergroup: checkout })).users).toEqual([ben, dara]);
  });

  it('are mentioned by id, with the handle, in commands and in messages', async () => {
    const { slack, bodies } = await launch();
    const text = 'page @checkout-oncall, @ben and @old-pager';
    await slack.command({ user: 'ana', channel: 'general', command: '/incident', text });
    expect(new URLSearchParams(bodies[0]).get('text')).toBe(
      `page <!subteam^${checkout}|@checkout-oncall>, <@${ben}|ben> and @old-pager`,
    );
    const said = await slack.say({ user: 'ana', channel: 'general', text: 'hello @support' });
    expect(said.message.text).toBe('hello <!subteam^S0SUPPORT001|@support>');
  });

  it('are words alone on a free plan, which has none', async () => {
    const { slack } = await launch({ rules: { userGroups: false } });
    expect(slack.userGroups()).toEqual([]);
    const said = await slack.say({ user: 'ana', channel: 'general', text: '@support' });
    expect(said.message.text).toBe('@support');
    expect(await refusal(clientOf(slack).usergroups.list({}))).toMatchObject({ error: 'plan_upgrade_required' });
  });

  it('tell the app who came and who went, and show themselves whole', async () => {
    let now = Date.UTC(2026, 10, 20);
    const { slack, events } = await launch({ now: () => now });
    now += 60_000;
    await slack.changeGroup({ group: '@checkout-oncall', members: ['dara', 'ana'], by: 'grace' });
    const updated = Date.UTC(2026, 10, 20) / 1000 + 60;
    expect(events).toEqual([
      {
        type: 'subteam_members_changed',
        subteam_id: checkout,
        team_id: slack.teamId,
        date_previous_update: updated - 60,
        date_update: updated,
        added_users: [ana],
        added_users_count: 1,
        removed_users: [ben],
        removed_users_count: 1,
        event_ts: expect.any(String),
      },
      {
        type: 'subteam_updated',
        subteam: expect.objectContaining({ id: checkout, users: [dara, ana], user_count: 2, updated_by: grace }),
        event_ts: expect.any(String),
      },
    ]);
    await slack.changeGroup({ group: checkout, members: [dara ?? '', ana ?? ''] });
    expect(events).toHaveLength(2);
    await expect(slack.changeGroup({ group: 'nobody', members: [] })).rejects.toThrow(/no user group nobody/);
  });
});

describe('Do Not Disturb', () => {
  const at = (text: string): number => Date.parse(text) / 1000;
  const quiet = async (now: string, user: string): Promise<unknown> => {
    const slack = await startSlack({ now: () => Date.parse(now) });
    onTestFinished(() => slack.close());
    const { dnd_enabled, next_dnd_start_ts, next_dnd_end_ts } = await clientOf(slack).dnd.info({ user });
    return [dnd_enabled, next_dnd_start_ts, next_dnd_end_ts];
  };

  it('is in hours of the person’s own zone: those that have begun, or else the next', async () => {
    const night = [true, at('2026-11-20T22:00:00+09:00'), at('2026-11-21T08:00:00+09:00')];
    expect(await quiet('2026-11-20T22:00:00+09:00', grace ?? '')).toEqual(night);
    expect(await quiet('2026-11-21T07:59:59+09:00', grace ?? '')).toEqual(night);
    expect(await quiet('2026-11-20T12:00:00+09:00', grace ?? '')).toEqual(night);
    expect(await quiet('2026-11-21T08:00:00+09:00', grace ?? '')).not.toEqual(night);
    expect(await quiet('2026-11-20T12:00:00Z', ana ?? '')).toEqual([false, 1, 1]);
  });

  it('follows the clock on the wall through a change to summer time', async () => {
    const night = [true, at('2026-03-28T22:00:00+01:00'), at('2026-03-29T08:00:00+02:00')];
    expect(await quiet('2026-03-29T05:30:00Z', emil ?? '')).toEqual(night);
    expect(await quiet('2026-03-29T06:30:00Z', emil ?? '')).not.toEqual(night);
  });

  it('is asked for many at once, of whom those that nobody knows are left out', async () => {
    const { slack } = await launch();
    const { users } = await clientOf(slack).dnd.teamInfo({ users: `${ana},${grace},U0NOBODY0001` });
    expect(Object.keys(users ?? {})).toEqual([ana, grace]);
    expect(users?.[grace ?? '']).toMatchObject({ dnd_enabled: true });
  });
});

describe('a person', () => {
  it('who moves, or wants to be left alone, is told of', async () => {
    const { slack, events } = await launch();
    await slack.changeTimeZone({ user: 'ben', timeZone: 'Africa/Nairobi' });
    await slack.changeQuietHours({ user: 'ben', quietHours: { from: '20:00', to: '06:00' } });
    expect(events).toMatchObject([
      { type: 'user_change', user: { id: ben, tz: 'Africa/Nairobi', tz_offset: 10_800 }, cache_ts: expect.any(Number) },
      { type: 'dnd_updated_user', user: ben, dnd_status: { dnd_enabled: true } },
    ]);
    expect((await clientOf(slack).users.info({ user: ben ?? '' })).user).toMatchObject({ tz: 'Africa/Nairobi' });
    await expect(slack.changeTimeZone({ user: 'ben', timeZone: 'Mars/Olympus' })).rejects.toThrow(/time zone/);
  });

  it('is taken out of a public channel only where the workspace allows it, and both sides learn of it', async () => {
    const { slack, events } = await launch();
    const room = await roomOf(slack, ana ?? '', ben ?? '');
    const kick = (): Promise<unknown> => clientOf(slack).conversations.kick({ channel: room, user: ben ?? '' });
    expect(await refusal(kick())).toMatchObject({ error: 'restricted_action' });
    slack.setRules({ removeFromPublic: true });
    await kick();
    await expect
      .poll(() => events.filter(({ type }) => type === 'member_left_channel'))
      .toMatchObject([{ user: ben, channel: room, channel_type: 'C', team: slack.teamId }]);
    expect(slack.channel(room)?.members).not.toContain(ben);
    expect(slack.messages(room).at(-1)).toMatchObject({
      user: ben,
      subtype: 'channel_leave',
      text: `<@${ben}> has left the channel`,
    });
    expect(slack.ephemerals('ben')).toMatchObject([{ from: 'slack', text: expect.stringContaining('were removed') }]);
    expect(await refusal(kick())).toMatchObject({ error: 'not_in_channel' });
  });
});

describe('of what people say the app hears', () => {
  const textsOf = (events: readonly JsonObject[]): readonly unknown[] =>
    events.filter(({ type, subtype }) => type === 'message' && subtype === undefined).map(({ text }) => text);

  it('where it is: in a channel and in the message tab, as the manifest asks', async () => {
    const { slack, events } = await launch();
    const room = await roomOf(slack, ana ?? '');
    await slack.say({ user: 'ana', channel: room, text: 'on it' });
    await slack.say({ user: 'ana', channel: '@incident-bot', text: 'me too' });
    await slack.say({ user: 'ana', channel: 'general', text: 'unheard' });
    expect(events.filter(({ client_msg_id }) => client_msg_id !== undefined)).toMatchObject([
      { type: 'message', channel: room, channel_type: 'channel', user: ana, text: 'on it' },
      { type: 'message', channel_type: 'im', user: ana, text: 'me too' },
    ]);
    expect(textsOf(events)).toEqual(['on it', 'me too']);
  });

  it('its own words too, with its bot id', async () => {
    const { slack, events } = await launch();
    const room = await roomOf(slack);
    await clientOf(slack).chat.postMessage({ channel: room, text: 'mine' });
    await expect.poll(() => textsOf(events)).toEqual(['mine']);
    expect(events.find(({ text }) => text === 'mine')).toMatchObject({
      user: slack.botUserId,
      bot_id: 'B0SANDBOX01',
      channel_type: 'channel',
    });
  });

  it('nothing that it did not subscribe to', async () => {
    const { slack, events } = await launch();
    const room = await roomOf(slack, ana ?? '');
    const { message } = await slack.say({ user: 'ana', channel: room, text: '@incident-bot look' });
    await slack.react({ user: 'ana', channel: room, messageTs: message.ts, name: 'eyes' });
    await slack.join({ user: slack.botUserId, channel: 'leadership', inviter: 'ana' });
    await slack.say({ user: 'ana', channel: 'leadership', text: 'in private' });
    await slack.archive({ user: 'ana', channel: room });
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['member_joined_channel', 'message']));
    expect(textsOf(events)).toEqual([`<@${slack.botUserId}> look`]);
  });
});
