/** What arrives from Slack, read with suspicion: only what is understood comes through, as plain data. */
import { z } from 'zod';
import type { PersonId } from '../incident/incident.ts';
import { isPersonId } from './ids.ts';

type Common = {
  readonly by: PersonId;
  /** From another workspace (Slack Connect): Slack lets them press buttons. */
  readonly outsider: boolean;
  /** For opening a form: three seconds, once. */
  readonly trigger: string | null;
};

export type SharedMessage = {
  readonly channel: string;
  readonly ts: string;
  /** The message whose thread it stands in; itself when it stands in none. */
  readonly thread: string;
  /** As Slack writes it. */
  readonly text: string;
  readonly author: PersonId | null;
  /** Where it can be seen. */
  readonly link: string | null;
};

export type Arrival =
  | (Common & { readonly type: 'command'; readonly channel: string; readonly text: string })
  | (Common & {
      readonly type: 'action';
      readonly channel: string | null;
      readonly value: string | undefined;
      /** The message is seen by this person only. */
      readonly ephemeral: boolean;
      readonly view: View | null;
    })
  | (Common & { readonly type: 'submission'; readonly view: View })
  | (Common & { readonly type: 'shortcut'; readonly callback: string; readonly message: SharedMessage | null });

export type View = {
  readonly id: string;
  readonly hash: string | null;
  readonly callback: string;
  readonly metadata: string;
  /** block id → action id → what was filled in. */
  readonly values: unknown;
};

const person = z.custom<PersonId>((value) => typeof value === 'string' && isPersonId(value));
const team = z
  .object({ id: z.string(), domain: z.string().optional(), enterprise_id: z.string().optional() })
  .nullish();
const user = z.object({ id: person, team_id: z.string().optional() });
const view = z.object({
  id: z.string(),
  hash: z.string().optional(),
  callback_id: z.string(),
  private_metadata: z.string().default(''),
  state: z.object({ values: z.unknown() }).optional(),
  app_installed_team_id: z.string().optional(),
});

const command = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: person,
  channel_id: z.string(),
  trigger_id: z.string().optional(),
});
const action = z.object({
  type: z.literal('block_actions'),
  user,
  team,
  trigger_id: z.string().optional(),
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ is_ephemeral: z.boolean().optional(), message_ts: z.string().optional() }).optional(),
  view: view.optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        // What was chosen in a menu.
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});
const submission = z.object({
  type: z.literal('view_submission'),
  user,
  team,
  trigger_id: z.string().optional(),
  view,
});
const shortcut = z.object({
  type: z.enum(['shortcut', 'message_action']),
  callback_id: z.string(),
  user,
  team,
  trigger_id: z.string().optional(),
  channel: z.object({ id: z.string() }).optional(),
  message: z
    .object({
      ts: z.string(),
      text: z.string().default(''),
      user: z.string().optional(),
      thread_ts: z.string().optional(),
    })
    .optional(),
});

/** `null`: nothing of ours. */
export function readArrival(body: unknown): Arrival | null {
  const typed = command.safeParse(body).data;
  if (typed !== undefined) {
    const { user_id: by, channel_id: channel, text } = typed;
    return { type: 'command', by, outsider: false, trigger: typed.trigger_id ?? null, channel, text };
  }
  const pressed = action.safeParse(body).data;
  if (pressed !== undefined) {
    return {
      type: 'action',
      ...commonOf(pressed),
      channel: pressed.channel?.id ?? null,
      value: pressed.actions[0]?.value ?? pressed.actions[0]?.selected_option?.value,
      ephemeral: pressed.container?.is_ephemeral ?? false,
      view: pressed.view === undefined ? null : viewOf(pressed.view),
    };
  }
  const submitted = submission.safeParse(body).data;
  if (submitted !== undefined) return { type: 'submission', ...commonOf(submitted), view: viewOf(submitted.view) };
  const chosen = shortcut.safeParse(body).data;
  if (chosen === undefined) return null;
  return {
    type: 'shortcut',
    ...commonOf(chosen),
    callback: chosen.callback_id,
    message: messageOf(chosen),
  };
}

/**
 * What tells this arrival from every other, also when it is delivered or sent again; `null` when nothing does. A form is sent
 * once, however often its button is pressed, and so is a button that declares: each press has a trigger of its own.
 */
export function arrivalId(body: unknown, by: PersonId): string | null {
  const submitted = submission.safeParse(body).data;
  if (submitted !== undefined) return `view:${submitted.view.id}`;
  const pressed = action.safeParse(body).data;
  const [first] = pressed?.actions ?? [];
  const message = pressed?.container?.message_ts;
  if (message !== undefined && first?.action_id.startsWith('ask:declare') === true) {
    return `press:${message}:${first.action_id}:${by}`;
  }
  const parsed = z.object({ event_id: z.string().optional(), trigger_id: z.string().optional() }).safeParse(body).data;
  return parsed?.event_id ?? parsed?.trigger_id ?? null;
}

type Senders = {
  readonly user: z.infer<typeof user>;
  readonly team?: z.infer<typeof team>;
  readonly view?: z.infer<typeof view> | undefined;
  readonly trigger_id?: string | undefined;
};

/** On Enterprise Grid a person's team is the organisation; in a form the team that counts is the one that installed us. */
function commonOf(body: Senders): Common {
  const homes = [body.view?.app_installed_team_id ?? body.team?.id, body.team?.enterprise_id];
  const theirs = body.user.team_id;
  return {
    by: body.user.id,
    outsider: theirs !== undefined && homes[0] !== undefined && !homes.includes(theirs),
    trigger: body.trigger_id ?? null,
  };
}

function viewOf(read: z.infer<typeof view>): View {
  return {
    id: read.id,
    hash: read.hash ?? null,
    callback: read.callback_id,
    metadata: read.private_metadata,
    values: read.state?.values ?? {},
  };
}

function messageOf({ channel, message, team: home }: z.infer<typeof shortcut>): SharedMessage | null {
  if (channel === undefined || message === undefined) return null;
  const domain = home?.domain;
  const author = message.user;
  return {
    channel: channel.id,
    ts: message.ts,
    thread: message.thread_ts ?? message.ts,
    text: message.text,
    author: author !== undefined && isPersonId(author) ? author : null,
    link:
      domain !== undefined && /^[a-z0-9-]+$/.test(domain)
        ? `https://${domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`
        : null,
  };
}
