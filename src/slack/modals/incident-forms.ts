/** The forms about an incident that exists: each asks for the rest of one command. */
import { z } from 'zod';
import type { IncidentCommand } from '../../incident/command.ts';
import { noteKinds } from '../../incident/event.ts';
import type { IncidentId } from '../../incident/incident.ts';
import { roomKey, severities } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import type { KnownBlock, ModalView } from '../blocks.ts';
import { context, option } from '../blocks.ts';
import type { Form } from '../form.ts';
import { forms, mostNote, mostReason } from '../form.ts';
import { isIncidentId } from '../ids.ts';
import type { FieldErrors } from './declare.ts';
import type { FormValues } from './fields.ts';
import { choiceInput, modal, readChoice, readText, textInput } from './fields.ts';
import { type GroupShown, pageInputs, readPageForm, readRoleForm, roleInputs } from './people-forms.ts';

/** Every form but the one to declare. */
export type IncidentForm = Exclude<Form, 'declare'>;

type Look = { readonly title: string; readonly submit: string };

const looks: { readonly [F in IncidentForm]: Look } = {
  mitigate: { title: 'Mitigated', submit: 'Mitigated' },
  resolve: { title: 'Resolved', submit: 'Resolved' },
  cancel: { title: 'Cancel the incident', submit: 'Cancel Incident' },
  reopen: { title: 'Reopen', submit: 'Reopen' },
  page: { title: 'Page people', submit: 'Page' },
  role: { title: 'Give a role', submit: 'Give Role' },
  severity: { title: 'Severity', submit: 'Set Severity' },
  discount: { title: "Alarm doesn't count", submit: "Doesn't Count" },
  alarm: { title: 'An alarm', submit: 'Save' },
  note: { title: 'Add a note', submit: 'Add Note' },
};

export type IncidentFormAsk = {
  readonly form: IncidentForm;
  readonly incident: IncidentId;
  /** The alarm, for `discount`; for `alarm` what was typed already; the role, for `role`. */
  readonly subject: string | null;
  /** The names of the incident's alarms, for `alarm`. */
  readonly alarms: readonly string[];
  readonly policy: Policy;
  /** The user groups that can be called, for `page`. */
  readonly groups: readonly GroupShown[];
};

export function incidentModal(ask: IncidentFormAsk): ModalView {
  const { form, incident, subject } = ask;
  return modal({
    id: `form:${form}`,
    ...looks[form],
    about: { incident, subject: subject === null ? null : subject.slice(0, 2000) },
    blocks: inputs(ask),
  });
}

function inputs({ form, incident, subject, alarms, policy, groups }: IncidentFormAsk): readonly KnownBlock[] {
  const key = roomKey(incident);
  switch (form) {
    case 'mitigate':
      return [reasonInput(`${key}: what made users well again?`, 'Users are no longer affected. Everyone sees this.')];
    case 'resolve':
      return [reasonInput(`${key}: what was done?`, 'The service works as usual again. Everyone sees this.')];
    case 'cancel':
      return [reasonInput(`${key}: why is this no incident?`, 'No postmortem is drafted. Everyone sees this.')];
    case 'reopen':
      return [reasonInput(`${key}: what happened?`, 'Everyone sees this.', true)];
    case 'page':
      return pageInputs(incident, { policy, groups });
    case 'role':
      return roleInputs(incident, subject);
    case 'alarm':
      return alarmInputs(incident, { alarms, typed: subject ?? '' });
    case 'severity':
      return [
        choiceInput({
          field: 'severity',
          label: `How bad is ${key}?`,
          options: severities.map((severity) => option(severity, severity, policy.severities[severity])),
        }),
        reasonInput('Why?', 'Lowering needs the commander or a reason.', true),
      ];
    case 'discount':
      return [reasonInput('Why does this alarm not count here?', 'Recovery is then proved without it.')];
    case 'note':
      return [
        choiceInput({
          field: 'kind',
          label: 'What is it?',
          options: noteKinds.map((kind) => option(kind, kind)),
          initial: 'note',
        }),
        textInput({ field: 'text', label: `For the timeline of ${key}`, most: mostNote, lines: true }),
      ];
  }
}

const alarmChoices = {
  separate: 'It is not part of this incident',
  discount: 'It does not count here',
  trust: 'It counts as it is configured now',
} as const;

const mostAlarms = 100;

function alarmInputs(
  incident: IncidentId,
  { alarms, typed }: { readonly alarms: readonly string[]; readonly typed: string },
): readonly KnownBlock[] {
  const [what, begun = ''] = typed.split(' ', 2);
  const named = alarms.filter((name) => name.trim() !== '').slice(0, mostAlarms);
  if (named.length === 0) return [context(`No alarm is watched for ${roomKey(incident)}.`)];
  const meant = begun === '' ? [] : named.filter((name) => name.toLowerCase().startsWith(begun.toLowerCase()));
  const exact = meant.find((name) => name.toLowerCase() === begun.toLowerCase());
  const one = exact ?? (meant.length === 1 ? meant[0] : undefined);
  return [
    choiceInput({
      field: 'alarm',
      label: `Which alarm of ${roomKey(incident)}?`,
      // What comes back is found again by its beginning.
      options: named.map((name) => option(name, name.slice(0, 75))),
      initial: one?.slice(0, 75) ?? null,
    }),
    choiceInput({
      field: 'what',
      label: 'What about it?',
      options: Object.entries(alarmChoices).map(([value, words]) => option(words, value)),
      initial: what ?? null,
    }),
    reasonInput('Why?', 'Needed when it does not count here: recovery is then proved without it.', true),
  ];
}

function reasonInput(label: string, hint: string, optional = false): KnownBlock {
  return textInput({ field: 'reason', label, hint, optional, most: mostReason, lines: true });
}

const about = z.object({
  incident: z.custom<IncidentId>(isIncidentId),
  subject: z.string().nullable(),
});

type Submitted =
  | { readonly type: 'command'; readonly incident: IncidentId; readonly command: IncidentCommand }
  | FieldErrors
  /** Not one of our forms, or one from before an update. */
  | { readonly type: 'unreadable' };

/**
 * What a submitted form asks. Sending a form is the confirmation, except for a page.
 *
 * @param id the view's `callback_id`. @param metadata the view's `private_metadata`.
 */
export function readIncidentForm(id: string, metadata: string, values: FormValues): Submitted {
  const form = forms.find((each) => `form:${each}` === id);
  const meant = readAbout(metadata);
  if (form === undefined || form === 'declare' || meant === null) return { type: 'unreadable' };
  const read = readCommand(form, values, meant.subject);
  return read.type === 'errors' ? read : { type: 'command', incident: meant.incident, command: read.command };
}

function readAbout(metadata: string): z.infer<typeof about> | null {
  try {
    return about.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}

type Read = { readonly type: 'read'; readonly command: IncidentCommand } | FieldErrors;

function command(read: IncidentCommand): Read {
  return { type: 'read', command: read };
}

function wrong(field: string, words: string): FieldErrors {
  return { type: 'errors', errors: { [field]: words } };
}

function readCommand(form: IncidentForm, values: FormValues, subject: string | null): Read {
  const reason = readText(values, 'reason');
  if (reason.length > mostReason) return wrong('reason', `Please shorten it to ${mostReason} characters.`);
  const noReason = wrong('reason', 'Say it in a few words: everyone in the room reads it.');
  switch (form) {
    case 'mitigate':
      return reason === '' ? noReason : command({ name: 'mitigate', reason, confirmed: true });
    case 'resolve':
      return reason === '' ? noReason : command({ name: 'resolve', reason, confirmed: true });
    case 'cancel':
      return reason === '' ? noReason : command({ name: 'cancel', reason, confirmed: true });
    case 'reopen':
      return command({ name: 'reopen', reason });
    case 'page':
      return readPageForm(values);
    case 'role':
      return readRoleForm(values);
    case 'severity': {
      const choice = readChoice(values, 'severity');
      const severity = severities.find((each) => each === choice);
      return severity === undefined
        ? wrong('severity', 'Choose one.')
        : command({ name: 'set severity', severity, reason });
    }
    case 'discount':
      if (subject === null) return wrong('reason', 'I lost which alarm is meant. Please press the button again.');
      return reason === '' ? noReason : command({ name: 'discount alarm', alarm: subject, reason });
    case 'alarm':
      return readAlarm(values, reason);
    case 'note':
      return readNote(values);
  }
}

function readAlarm(values: FormValues, reason: string): Read {
  const alarm = readChoice(values, 'alarm');
  const what = readChoice(values, 'what');
  if (alarm === null) return wrong('alarm', 'Choose one.');
  if (what === 'separate') return command({ name: 'separate alarm', alarm });
  if (what === 'trust') return command({ name: 'trust alarm', alarm });
  if (what !== 'discount') return wrong('what', 'Choose one.');
  if (reason === '') return wrong('reason', 'Say why it does not count: everyone in the room reads it.');
  return command({ name: 'discount alarm', alarm, reason });
}

function readNote(values: FormValues): Read {
  const text = readText(values, 'text');
  const chosen = readChoice(values, 'kind');
  const noteKind = noteKinds.find((kind) => kind === chosen) ?? 'note';
  if (text === '') return wrong('text', 'Write the note here.');
  if (text.length > mostNote) return wrong('text', `Please shorten it to ${mostNote} characters.`);
  return command({ name: 'note', noteKind, text, occurredAt: null, link: null, said: false, saidBy: null });
}
