/** What is done on the page: as a person in the workspace, or to the world around the bot. */
import { z } from 'zod';
import type { Controls } from './page-state.ts';
import type { PageWorld } from './page-world.ts';
import type { Values } from './slack/input-values.ts';
import type { JsonObject } from './slack/json.ts';
import type { Ack } from './slack/sockets.ts';

const id = z.string().min(1).max(300);
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);
const json = z.record(z.string(), z.json());
const values = z.record(id, z.record(id, json));
const where = z.union([
  z.object({ channel: id, ts: id }),
  z.object({ ephemeral: id }),
  z.object({ view: id, values: values.optional() }),
]);

const action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('say'), user: id, channel: id, text: z.string().max(40_000), threadTs: id.optional() }),
  z.object({ do: z.literal('command'), user: id, channel: id, command: id, text: z.string().max(40_000) }),
  z.object({ do: z.literal('join'), user: id, channel: id }),
  z.object({ do: z.literal('leave'), user: id, channel: id }),
  z.object({ do: z.literal('topic'), user: id, channel: id, topic: z.string().max(1000) }),
  z.object({ do: z.literal('react'), user: id, channel: id, ts: id, name: id, on: z.boolean() }),
  z.object({ do: z.literal('pin'), user: id, channel: id, ts: id, on: z.boolean() }),
  z.object({ do: z.literal('direct'), user: id, other: id }),
  z.object({ do: z.literal('home'), user: id }),
  z.object({ do: z.literal('click'), user: id, where, action: json }),
  z.object({ do: z.literal('submit'), user: id, view: id, values }),
  z.object({ do: z.literal('close'), user: id, view: id }),
  z.object({ do: z.literal('global-shortcut'), user: id, callbackId: id }),
  z.object({ do: z.literal('message-shortcut'), user: id, channel: id, ts: id, callbackId: id }),
  z.object({ do: z.literal('group'), user: id, group: id, members: z.array(id).max(1000) }),
  z.object({ do: z.literal('time-zone'), user: id, timeZone: id }),
  z.object({ do: z.literal('quiet-hours'), user: id, from: time, to: time, on: z.boolean() }),
  z.object({ do: z.literal('alarm-put'), name: z.string().min(1).max(255) }),
  z.object({ do: z.literal('alarm-state'), arn: id, state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']) }),
  z.object({ do: z.literal('alarm-data'), arn: id, flows: z.boolean() }),
  z.object({ do: z.literal('alarm-flap'), arn: id, on: z.boolean() }),
  z.object({ do: z.literal('alarm-remove'), arn: id }),
  z.object({
    do: z.literal('pager-answer'),
    page: id,
    act: z.enum(['acknowledge', 'resolve', 'unacknowledge']),
    by: z.string().min(1).max(100),
  }),
  z.object({ do: z.literal('fault'), name: id, on: z.boolean() }),
  z.object({ do: z.literal('clock'), byMillis: z.number().positive().max(31_536_000_000) }),
  z.object({ do: z.literal('bot'), run: z.boolean() }),
  z.object({ do: z.literal('postgres'), run: z.boolean() }),
]);

type Action = z.infer<typeof action>;

/** What the page is told: words above the composer, problems in a form by block, or the channel that was opened. */
export type Told = {
  readonly message?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly channel?: string;
};

/** Does what the page asks for. What can't be done is told in words, never thrown. */
export async function act(world: PageWorld, controls: Controls, asked: unknown): Promise<Told> {
  const parsed = action.safeParse(asked);
  if (!parsed.success) return { message: 'The page asked for something that the sandbox does not know.' };
  try {
    return await perform(world, controls, parsed.data);
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(world: PageWorld, controls: Controls, asked: Action): Promise<Told> {
  const { slack, aws, pager, bot, postgres } = world;
  switch (asked.do) {
    case 'say': {
      const { user, channel, text, threadTs } = asked;
      await slack.say({ user, channel, text, ...(threadTs === undefined ? {} : { threadTs }) });
      return {};
    }
    case 'command':
      if (!isKnown(world, asked.command)) return { message: `${asked.command} is not a valid command.` };
      // Slack itself tells the person what became of it.
      await slack.command(asked);
      return {};
    case 'join':
      await slack.join(asked);
      return {};
    case 'leave':
      await slack.leave(asked);
      return {};
    case 'topic':
      await slack.setTopic(asked);
      return {};
    case 'react': {
      const { user, channel, ts, name } = asked;
      await (asked.on ? slack.react : slack.unreact)({ user, channel, messageTs: ts, name });
      return {};
    }
    case 'pin':
      await slack.pin({ user: asked.user, channel: asked.channel, messageTs: asked.ts, pinned: asked.on });
      return {};
    case 'direct':
      return { channel: slack.openDirect(asked) };
    case 'home':
      return tell(await slack.openHome(asked));
    case 'click':
      return tell(await slack.click({ user: asked.user, ...pressed(asked.action), ...placeOf(asked.where) }));
    case 'submit': {
      const sent = await slack.submitView({ user: asked.user, viewId: asked.view, values: asked.values });
      const trouble = 'We had some trouble connecting. Try again?';
      return { errors: sent.errors, ...(sent.outcome === 'failed' ? { message: `${trouble} (${sent.problem})` } : {}) };
    }
    case 'close':
      return tell(await slack.closeView({ user: asked.user, viewId: asked.view }));
    case 'global-shortcut':
      return tell(await slack.globalShortcut(asked));
    case 'message-shortcut':
      return tell(await slack.messageShortcut({ ...asked, messageTs: asked.ts }));
    case 'group':
      await slack.changeGroup({ ...asked, by: asked.user });
      return {};
    case 'time-zone':
      await slack.changeTimeZone(asked);
      return {};
    case 'quiet-hours': {
      const { user, from, to, on } = asked;
      await slack.changeQuietHours({ user, quietHours: on ? { from, to } : null });
      return {};
    }
    case 'alarm-put':
      aws.alarms.put({ name: asked.name });
      return {};
    case 'alarm-state':
      aws.alarms.setState(asked.arn, asked.state);
      return {};
    case 'alarm-data':
      if (asked.flows) aws.metrics.resumeData(asked.arn);
      else aws.metrics.stopData(asked.arn);
      return {};
    case 'alarm-flap':
      controls.flaps.set(asked.arn, asked.on);
      return {};
    case 'alarm-remove':
      aws.alarms.remove(asked.arn);
      return {};
    case 'pager-answer':
      pager.answer({ id: asked.page, act: asked.act, by: asked.by });
      return {};
    case 'fault':
      controls.faults.set(asked.name, asked.on);
      return {};
    case 'clock':
      if (!postgres.running()) return { message: 'The clock stands in Postgres, which is away. Start it first.' };
      await world.clock.pass(asked.byMillis);
      return {};
    case 'bot':
      await (asked.run ? bot?.start() : bot?.kill());
      return {};
    case 'postgres':
      await (asked.run ? postgres.start() : postgres.stop());
      return {};
  }
}

/** Whether an app answers to that command; without a list every one is passed on. */
function isKnown({ commands }: PageWorld, command: string): boolean {
  return commands.length === 0 || commands.some(({ form }) => form.split(' ')[0] === command.toLowerCase());
}

function placeOf(
  place: z.infer<typeof where>,
):
  | { readonly channel: string; readonly messageTs: string }
  | { readonly ephemeralId: string }
  | { readonly viewId: string; readonly values?: Values } {
  if ('ts' in place) return { channel: place.channel, messageTs: place.ts };
  if ('ephemeral' in place) return { ephemeralId: place.ephemeral };
  return { viewId: place.view, ...(place.values === undefined ? {} : { values: place.values }) };
}

const choice = z.object({ value: z.string() });
const pressedShape = z.object({
  action_id: z.string(),
  block_id: z.string().optional(),
  value: z.string().nullish(),
  selected_option: choice.nullish(),
  selected_options: z.array(choice).optional(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).optional(),
  selected_channel: z.string().nullish(),
  selected_conversation: z.string().nullish(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
});

/** The action as Slack's client would send it, as the name and value by which the stand-in finds it again. */
function pressed(sent: JsonObject): {
  readonly action: string;
  readonly block?: string;
  readonly value?: string | readonly string[];
} {
  const read = pressedShape.parse(sent);
  const value =
    read.value ??
    read.selected_option?.value ??
    read.selected_options?.map((option) => option.value) ??
    read.selected_user ??
    read.selected_users ??
    read.selected_channel ??
    read.selected_conversation ??
    read.selected_date ??
    read.selected_time;
  const block = read.block_id === undefined ? {} : { block: read.block_id };
  return { action: read.action_id, ...block, ...(value === undefined || value === null ? {} : { value }) };
}

function tell(ack: Ack | null): Told {
  if (ack === null || ack.acked) return {};
  return {
    message: ack.why === 'timeout' ? 'The bot did not respond in time.' : `The bot can't be reached: ${ack.why}.`,
  };
}
