/** How a button carries what it asks: as JSON in its value, read back with suspicion. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Command, Declare, IncidentCommand } from '../incident/command.ts';
import { noteKinds } from '../incident/event.ts';
import type { IncidentId, PersonId, Role } from '../incident/incident.ts';
import { roles, severities } from '../incident/incident.ts';
import type { Target } from '../incident/page.ts';
import type { Button, Overflow } from './blocks.ts';
import { option, plain } from './blocks.ts';
import type { Form } from './form.ts';
import { forms, mostNote, mostPageReason, mostReason, mostTargets, mostTitle } from './form.ts';
import { isGroupId, isIncidentId, isPersonId } from './ids.ts';

/** Whoever presses takes the role: who that is becomes known only then. */
export type TakeRole = { readonly name: 'take role'; readonly role: Role };
/** Whoever presses stands by: who that is becomes known only then. */
export type StandMeDown = { readonly name: 'stand me down' };
/** What no person presses: what machines observe, what is said, and what the clock asks. */
type NeverPressed =
  'observe alarms' | 'join alarms' | 'note reconfigured alarm' | 'speak' | 'take in pager' | 'keep time';
type Pressed = Declare | Exclude<IncidentCommand, { name: NeverPressed }>;

export type AskAction = { readonly type: 'ask'; readonly incident: IncidentId | null; readonly command: Pressed };
export type OpenAction = {
  readonly type: 'open';
  readonly form: Form;
  readonly incident: IncidentId | null;
  /** What in the incident is meant, such as an alarm. */
  readonly subject: string | null;
};

/** What is to become of an alarm in the triage channel. */
export type AlarmAction = {
  readonly type: 'alarm';
  /** The line of the message that it stands in. */
  readonly line: number;
  readonly act: { readonly name: 'ignore' } | { readonly name: 'join'; readonly incident: IncidentId };
};

type Look = {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /** Asked before it is sent. */
  readonly confirm?: { readonly title: string; readonly text: string };
};

const mostValue = 2000;

const person = z.custom<PersonId>((value) => typeof value === 'string' && isPersonId(value));
const people = z.array(person).max(mostTargets);
const target = z.custom<Target>((value) => typeof value === 'string' && (isPersonId(value) || isGroupId(value)));
const services = z.array(z.string());
const incident = z.custom<IncidentId>(isIncidentId).nullable();
const reason = z.string().max(mostReason);
const pageReason = z.string().max(mostPageReason);
const ending = { reason, confirmed: z.boolean() };
const alarm = z.string().min(1).max(2000);

const askable = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('declare'),
    title: z.string().max(mostTitle),
    severity: z.enum(severities).nullable(),
    services,
    test: z.boolean(),
    origin: z.strictObject({ channel: z.string(), message: z.string() }).nullable(),
    anyway: z.boolean(),
    lead: z.boolean(),
  }),
  z.strictObject({
    name: z.literal('join'),
    // Buttons from before pages had keys carry none, and are pressed for weeks.
    page: z.string().max(300).nullable().default(null),
    said: z.literal(false).default(false),
  }),
  z.strictObject({ name: z.literal('pass on') }),
  z.strictObject({
    name: z.literal('note'),
    noteKind: z.enum(noteKinds),
    text: z.string().max(mostNote),
    occurredAt: z.number().nullable(),
    link: z.string().nullable(),
    said: z.boolean(),
    saidBy: person.nullable(),
  }),
  z.strictObject({ name: z.literal('set severity'), severity: z.enum(severities), reason }),
  z.strictObject({ name: z.literal('give role'), role: z.enum(roles), person }),
  z.strictObject({ name: z.literal('take role'), role: z.enum(roles) }),
  z.strictObject({
    name: z.literal('page'),
    targets: z.array(target).max(mostTargets),
    services,
    reason: pageReason,
    confirmed: z.boolean(),
  }),
  z.strictObject({
    name: z.literal('stand down'),
    people,
    everyone: z.boolean(),
    suggested: z.boolean(),
  }),
  z.strictObject({ name: z.literal('stand me down') }),
  z.strictObject({ name: z.literal('ask to stand down'), people }),
  z.strictObject({ name: z.literal('put off standing down') }),
  z.strictObject({ name: z.literal('keep me') }),
  z.strictObject({ name: z.literal('recall'), people, services, everyone: z.boolean(), reason: pageReason }),
  z.strictObject({ name: z.literal('identify'), text: reason }),
  z.strictObject({ name: z.literal('mitigate'), ...ending }),
  z.strictObject({ name: z.literal('resolve'), ...ending }),
  z.strictObject({ name: z.literal('cancel'), ...ending }),
  z.strictObject({ name: z.literal('undo') }),
  z.strictObject({ name: z.literal('reopen'), reason }),
  z.strictObject({ name: z.literal('close') }),
  z.strictObject({ name: z.literal('rename'), title: z.string().max(mostTitle) }),
  z.strictObject({ name: z.literal('set services'), services }),
  z.strictObject({ name: z.literal('discount alarm'), alarm, reason }),
  z.strictObject({ name: z.literal('separate alarm'), alarm }),
  z.strictObject({ name: z.literal('trust alarm'), alarm }),
  z.strictObject({ name: z.literal('merge'), into: z.custom<IncidentId>(isIncidentId), confirmed: z.boolean() }),
]) satisfies z.ZodType<Pressed | TakeRole | StandMeDown>;

const line = z.int().positive();
/** Short, because a choice in a menu holds only 75 characters. */
const onAlarm = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('declare'), line }),
  z.strictObject({ do: z.literal('ignore'), line }),
  z.strictObject({ do: z.literal('join'), line, in: z.custom<IncidentId>(isIncidentId) }),
]);
export type AlarmChoice = z.infer<typeof onAlarm>;

const asking = z.strictObject({ incident, command: askable });
const opening = z.strictObject({ form: z.enum(forms), incident, subject: z.string().nullable() });

/** A button that sends a command; `null` when the command is too long for one, or no person's to give. */
export function askButton(
  ask: Look & { incident: IncidentId | null; command: Command | TakeRole | StandMeDown },
): Button | null {
  const { success } = askable.safeParse(ask.command);
  if (!success) return null;
  return button(`ask:${ask.command.name}`, ask, { incident: ask.incident, command: ask.command });
}

/** A button that opens a form; `null` when its subject is too long for one. */
export function openButton(
  open: Look & { form: Form; incident: IncidentId | null; subject?: string | null },
): Button | null {
  const { form, subject = null } = open;
  return button(`open:${form}`, open, { form, incident: open.incident, subject });
}

/** A button about an alarm in the triage channel. */
export function alarmButton(label: string, choice: AlarmChoice): Button {
  return {
    type: 'button',
    action_id: `alarm:${choice.do}:${choice.line}`,
    text: plain(label, 75),
    value: JSON.stringify(choice),
  };
}

/** The same as a menu, where many alarms stand below each other. At most five choices. */
export function alarmMenu(
  ofLine: number,
  choices: readonly { readonly label: string; readonly choice: AlarmChoice }[],
): Overflow {
  const options = choices.map(({ label, choice }) => option(label, JSON.stringify(choice)));
  return { type: 'overflow', action_id: `alarm:menu:${ofLine}`, options };
}

/** The form to declare an incident about an alarm in the triage channel. */
function declareAlarm(of: number): OpenAction {
  return { type: 'open', form: 'declare', incident: null, subject: lineSubject(of) };
}

/** What a form to declare is about, as it stands in its button. */
function lineSubject(of: number): string {
  return `line:${of}`;
}

export function serviceSubject(service: string): string {
  return `service:${service}`;
}

/** The subject of a form to declare. */
export function readSubject(
  subject: string | null,
): { readonly type: 'line'; readonly line: number } | { readonly type: 'service'; readonly service: string } | null {
  const [, kind, rest] = /^(line|service):(.+)$/s.exec(subject ?? '') ?? [];
  if (kind === 'service' && rest !== undefined) return { type: 'service', service: rest };
  const number = line.safeParse(Number(rest));
  return kind === 'line' && number.success ? { type: 'line', line: number.data } : null;
}

/** What a pressed button means; `null` when it is none of ours or was tampered with. */
export function decodeAction(action: {
  readonly value: string | undefined;
  readonly by: PersonId;
}): AskAction | OpenAction | AlarmAction | null {
  const json = parseJson(action.value);
  const chosen = onAlarm.safeParse(json).data;
  if (chosen !== undefined) return alarmAction(chosen);
  const open = opening.safeParse(json);
  if (open.success) return { type: 'open', ...open.data };
  const ask = asking.safeParse(json);
  if (!ask.success) return null;
  return { type: 'ask', incident: ask.data.incident, command: pressedBy(ask.data.command, action.by) };
}

function pressedBy(command: z.infer<typeof askable>, by: PersonId): Pressed {
  if (command.name === 'take role') return { name: 'give role', role: command.role, person: by };
  if (command.name === 'stand me down') {
    return { name: 'stand down', people: [by], everyone: false, suggested: false };
  }
  return command;
}

function alarmAction(chosen: AlarmChoice): AlarmAction | OpenAction {
  switch (chosen.do) {
    case 'declare':
      return declareAlarm(chosen.line);
    case 'ignore':
      return { type: 'alarm', line: chosen.line, act: { name: 'ignore' } };
    case 'join':
      return { type: 'alarm', line: chosen.line, act: { name: 'join', incident: chosen.in } };
  }
}

function button(action: string, look: Look, value: unknown): Button | null {
  const json = JSON.stringify(value);
  if (json.length > mostValue) return null;
  // An action id must be the only one of its kind in a message, and the same when the message is written again.
  const mark = createHash('sha256').update(json).digest('hex').slice(0, 10);
  return {
    type: 'button',
    action_id: `${action.replaceAll(' ', '-')}:${mark}`,
    text: plain(look.label, 75),
    value: json,
    ...(look.style === undefined ? {} : { style: look.style }),
    ...(look.confirm === undefined
      ? {}
      : {
          confirm: {
            title: plain(look.confirm.title, 100),
            text: plain(look.confirm.text, 300),
            confirm: plain(look.label, 30),
            deny: plain('Not Now', 30),
          },
        }),
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
