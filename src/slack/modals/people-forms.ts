/** The forms about people: who is called, and who takes a role. */
import type { IncidentCommand } from '../../incident/command.ts';
import type { GroupId, IncidentId } from '../../incident/incident.ts';
import { roles, roomKey } from '../../incident/incident.ts';
import type { Policy } from '../../incident/policy.ts';
import type { KnownBlock } from '../blocks.ts';
import { option } from '../blocks.ts';
import { mostPageReason, mostTargets } from '../form.ts';
import { isGroupId } from '../ids.ts';
import { roleNames } from '../messages/wording.ts';
import type { FieldErrors } from './declare.ts';
import type { FormValues } from './fields.ts';
import {
  choiceInput,
  choicesInput,
  input,
  inputAction,
  readChoice,
  readChoices,
  readLine,
  readPeopleChosen,
  readPersonChosen,
  textInput,
} from './fields.ts';

/** A user group as people know it. */
export type GroupShown = { readonly id: GroupId; readonly handle: string; readonly name: string };

/** What Slack takes in one list. */
const mostListed = 100;

type Read = { readonly type: 'read'; readonly command: IncidentCommand } | FieldErrors;

export function pageInputs(
  incident: IncidentId,
  { policy, groups }: { readonly policy: Policy; readonly groups: readonly GroupShown[] },
): readonly KnownBlock[] {
  const listed = groups.slice(0, mostListed).map(({ id, handle, name }) => option(`@${handle}`, id, name));
  // A choice holds 75 characters and comes back as it was sent.
  const services = policy.services.filter(({ name }) => name !== '' && name.length <= 75).slice(0, mostListed);
  return [
    input(
      { field: 'people', label: `Who is needed in ${roomKey(incident)}?`, optional: true },
      { type: 'multi_users_select', action_id: inputAction, max_selected_items: mostTargets },
    ),
    ...(listed.length === 0
      ? []
      : [choicesInput({ field: 'groups', label: 'Groups', options: listed, optional: true })]),
    ...(services.length === 0
      ? []
      : [
          choicesInput({
            field: 'services',
            label: 'Those who answer for a service',
            options: services.map(({ name }) => option(name, name)),
            optional: true,
          }),
        ]),
    textInput({
      field: 'reason',
      label: 'What for?',
      hint: 'They read it with the page. Before it goes out you see who is called and what time it is there.',
      optional: true,
      most: mostPageReason,
    }),
  ];
}

/** Sending it is no confirmation: who that calls, and what time it is there, is shown next. */
export function readPageForm(values: FormValues): Read {
  const people = readPeopleChosen(values, 'people');
  const groups = readChoices(values, 'groups').filter(isGroupId);
  const services = readChoices(values, 'services');
  const reason = readLine(values, 'reason');
  const count = people.length + groups.length + services.length;
  if (count === 0) return wrong('people', 'Choose at least one person, group or service.');
  if (count > mostTargets) return wrong('people', `Choose at most ${mostTargets} in all.`);
  if (reason.length > mostPageReason) return wrong('reason', `Please shorten it to ${mostPageReason} characters.`);
  const targets = [...people, ...groups];
  return { type: 'read', command: { name: 'page', targets, services, reason, confirmed: false } };
}

/** @param subject the role that is meant; `null`: none in particular. */
export function roleInputs(incident: IncidentId, subject: string | null): readonly KnownBlock[] {
  return [
    choiceInput({
      field: 'role',
      label: `Which role in ${roomKey(incident)}?`,
      options: roles.map((role) => option(roleNames[role], role)),
      initial: subject,
    }),
    input(
      { field: 'person', label: 'Who takes it?', hint: 'They hold it from now on, and the room is told.' },
      { type: 'users_select', action_id: inputAction },
    ),
  ];
}

export function readRoleForm(values: FormValues): Read {
  const chosen = readChoice(values, 'role');
  const role = roles.find((each) => each === chosen);
  const person = readPersonChosen(values, 'person');
  if (role === undefined) return wrong('role', 'Choose one.');
  if (person === null) return wrong('person', 'Choose somebody.');
  return { type: 'read', command: { name: 'give role', role, person } };
}

function wrong(field: string, words: string): FieldErrors {
  return { type: 'errors', errors: { [field]: words } };
}
