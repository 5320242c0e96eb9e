/** The form to declare an incident. "I don't know" is an answer. */
import { z } from 'zod';
import type { Declare } from '../../incident/command.ts';
import type { Incident, Origin, PersonId, ServiceName } from '../../incident/incident.ts';
import { severities } from '../../incident/incident.ts';
import { type Directory, expand } from '../../incident/page.ts';
import type { Policy } from '../../incident/policy.ts';
import { askButton } from '../actions.ts';
import type { DeclarePrefill } from '../asked.ts';
import type { KnownBlock, ModalView } from '../blocks.ts';
import { context, option, section } from '../blocks.ts';
import { mostTitle } from '../form.ts';
import { headline, roomMention, statusNames } from '../messages/wording.ts';
import { escape } from '../mrkdwn.ts';
import type { FormValues } from './fields.ts';
import { choiceInput, input, inputAction, modal, readChoice, readChoices, readLine, textInput } from './fields.ts';

/** `callback_id` of the form. */
export const declareForm = 'form:declare';
/** The field that sends an action as soon as it changes, so that what is open on the service can be shown. */
export const servicesField = 'services';

const unknown = 'unknown';
/** What Slack takes in one list, less the one for "I don't know". */
const mostServices = 99;
const mostChosen = 10;
const mostOpen = 5;

export function declareModal({
  policy,
  prefill,
  origin,
  line = null,
  open,
  leads = false,
}: {
  readonly policy: Policy;
  readonly prefill: DeclarePrefill;
  /** The message it is declared from. */
  readonly origin: Origin | null;
  /** The line of the triage channel that it is about. */
  readonly line?: number | null;
  /** What is open on the chosen services. */
  readonly open: readonly Incident[];
  /** Whether whoever declares is among those who are paged for the chosen services: then they lead unless they say otherwise. */
  readonly leads?: boolean;
}): ModalView {
  const severityOptions = [
    option("I don't know", unknown, 'Handled as SEV2 until someone says'),
    ...severities.map((severity) => option(severity, severity, policy.severities[severity])),
  ];
  return modal({
    id: declareForm,
    title: 'Declare an incident',
    submit: 'Declare',
    about: { origin, line },
    blocks: [
      textInput({ field: 'title', label: 'What do users feel?', most: mostTitle, initial: prefill.title }),
      choiceInput({
        field: 'severity',
        label: 'How bad is it?',
        options: severityOptions,
        initial: prefill.severity ?? unknown,
      }),
      servicesInput(policy, prefill.services),
      ...openOnes(open),
      leadInput(leads),
    ],
  });
}

/** Slack keeps what was ticked in a field of the same name, so the field that is ticked from the start has another. */
const leadFields = { unticked: 'lead', ticked: 'lead-unless' } as const;

function leadInput(leads: boolean): KnownBlock {
  const options = [option("I'll lead", 'lead')];
  return input(
    { field: leads ? leadFields.ticked : leadFields.unticked, label: 'Who leads?', optional: true },
    { type: 'checkboxes', action_id: inputAction, options, ...(leads ? { initial_options: options } : {}) },
  );
}

/** Whether somebody is in a level of one of these services. */
export function isInLevels(
  person: PersonId,
  {
    services,
    policy,
    groups,
  }: {
    readonly services: readonly ServiceName[];
    readonly policy: Policy;
    readonly groups: Directory['groups'];
  },
): boolean {
  const targets = policy.services
    .filter(({ name }) => services.includes(name))
    .flatMap(({ levels }) => levels.flatMap((level) => level.targets));
  return expand(targets, { groups }).people.includes(person);
}

function servicesInput(policy: Policy, prefilled: readonly ServiceName[]): KnownBlock {
  // The prefilled ones must be in the list, or Slack refuses the form.
  const names = policy.services.map((service) => service.name);
  const wanted = prefilled.filter((name) => names.includes(name)).slice(0, mostChosen);
  const listed = [...wanted, ...names.filter((name) => !wanted.includes(name))].slice(0, mostServices);
  const left = names.length - listed.length;
  const options = [option("I don't know", unknown), ...listed.map((name) => option(name, name))];
  const initial = options.filter((choice) => wanted.some((name) => name === choice.value));
  const hint = left > 0 ? { hint: `${left} more don't fit here. Type them: /incident declare service:NAME …` } : {};
  return input(
    { field: servicesField, label: 'Which service?', optional: true, ...hint },
    {
      type: 'multi_static_select',
      action_id: inputAction,
      options,
      max_selected_items: mostChosen,
      ...(initial.length === 0 ? {} : { initial_options: initial }),
    },
    true,
  );
}

function openOnes(open: readonly Incident[]): readonly KnownBlock[] {
  if (open.length === 0) return [];
  const left = open.length - mostOpen;
  return [
    section('*Already open on this service.* Is it one of these?'),
    ...open
      .slice(0, mostOpen)
      .map((incident) =>
        section(
          `${escape(headline(incident))}\n${statusNames[incident.status]}, ${roomMention(incident)}`,
          askButton({ label: 'Join', incident: incident.id, command: { name: 'join', page: null, said: false } }),
        ),
      ),
    ...(left > 0 ? [context(`… and ${left} more: \`/incident list\``)] : []),
  ];
}

/** The services chosen so far, for showing what is open on them. */
export function readServices(values: FormValues): readonly ServiceName[] {
  return readChoices(values, servicesField).filter((name) => name !== unknown);
}

/** What is filled in so far: the form is built again with it. */
export function readPrefill(values: FormValues): DeclarePrefill {
  return {
    title: readLine(values, 'title'),
    severity: readSeverityChoice(values),
    services: readServices(values),
  };
}

function readSeverityChoice(values: FormValues): Declare['severity'] {
  const choice = readChoice(values, 'severity');
  return severities.find((severity) => severity === choice) ?? null;
}

const about = z.object({
  origin: z.object({ channel: z.string(), message: z.string() }).nullable(),
  line: z.int().positive().nullish(),
});

/** The message that the form was opened from. @param metadata the view's `private_metadata`. */
export function readOrigin(metadata: string): Origin | null {
  return readAbout(metadata)?.origin ?? null;
}

/** The line of the triage channel that the form was opened from. @param metadata the view's `private_metadata`. */
export function readAlarmLine(metadata: string): number | null {
  return readAbout(metadata)?.line ?? null;
}

function readAbout(metadata: string): z.infer<typeof about> | null {
  try {
    return about.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}

/** What Slack shows under the inputs. */
export type FieldErrors = { readonly type: 'errors'; readonly errors: Readonly<Record<string, string>> };

export function readDeclare(
  values: FormValues,
  metadata: string,
): { readonly type: 'declare'; readonly command: Declare; readonly line: number | null } | FieldErrors {
  const { title, severity, services } = readPrefill(values);
  if (title === '') return { type: 'errors', errors: { title: 'Say in a few words what users feel.' } };
  if (title.length > mostTitle) {
    return { type: 'errors', errors: { title: `Please shorten it to ${mostTitle} characters.` } };
  }
  const lead = Object.values(leadFields).some((field) => readChoices(values, field).includes('lead'));
  const origin = readOrigin(metadata);
  return {
    type: 'declare',
    command: { name: 'declare', title, severity, services, test: false, origin, anyway: false, lead },
    line: readAlarmLine(metadata),
  };
}
