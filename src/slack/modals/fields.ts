/** The inputs that forms are made of, and what people filled in. */
import { z } from 'zod';
import type { PersonId } from '../../incident/incident.ts';
import type { KnownBlock, ModalView, Option } from '../blocks.ts';
import { plain } from '../blocks.ts';
import { isPersonId } from '../ids.ts';
import { clean, oneLine } from '../mrkdwn.ts';

/** Every input's block has the field's name, and its element this action id. */
export const inputAction = 'input';

type Labelled = { readonly field: string; readonly label: string; readonly hint?: string; readonly optional?: boolean };

export function modal(view: {
  readonly id: string;
  readonly title: string;
  readonly submit: string;
  /** Ids only: it passes through people's devices. */
  readonly about: unknown;
  readonly blocks: readonly KnownBlock[];
}): ModalView {
  return {
    type: 'modal',
    callback_id: view.id,
    title: plain(view.title, 24),
    submit: plain(view.submit, 24),
    close: plain('Not Now', 24),
    private_metadata: JSON.stringify(view.about),
    blocks: view.blocks.slice(0, 100),
  };
}

type InputElement = Extract<KnownBlock, { type: 'input' }>['element'];

export function input(labelled: Labelled, element: InputElement, dispatch = false): KnownBlock {
  return {
    type: 'input',
    block_id: labelled.field,
    label: plain(labelled.label, 200),
    element,
    optional: labelled.optional ?? false,
    ...(labelled.hint === undefined ? {} : { hint: plain(labelled.hint, 300) }),
    ...(dispatch ? { dispatch_action: true } : {}),
  };
}

export function textInput(
  labelled: Labelled & { readonly most: number; readonly lines?: boolean; readonly initial?: string },
): KnownBlock {
  const initial = labelled.initial ?? '';
  return input(labelled, {
    type: 'plain_text_input',
    action_id: inputAction,
    max_length: labelled.most,
    multiline: labelled.lines ?? false,
    ...(initial === '' ? {} : { initial_value: initial.slice(0, labelled.most) }),
  });
}

export function choiceInput(
  labelled: Labelled & { readonly options: readonly Option[]; readonly initial?: string | null },
): KnownBlock {
  const initial = labelled.options.find((choice) => choice.value === labelled.initial);
  return input(labelled, {
    type: 'static_select',
    action_id: inputAction,
    options: [...labelled.options],
    ...(initial === undefined ? {} : { initial_option: initial }),
  });
}

export function choicesInput(labelled: Labelled & { readonly options: readonly Option[] }): KnownBlock {
  return input(labelled, { type: 'multi_static_select', action_id: inputAction, options: [...labelled.options] });
}

const chosen = z.object({ value: z.string() });
const filled = z.object({
  value: z.string().nullish(),
  selected_option: chosen.nullish(),
  selected_options: z.array(chosen).nullish(),
  selected_users: z.array(z.string()).nullish(),
  selected_user: z.string().nullish(),
});

/** What Slack sends of a form: block id, action id, input. */
export type FormValues = unknown;

function read(values: FormValues, field: string): z.infer<typeof filled> {
  const blocks = z.record(z.string(), z.record(z.string(), z.unknown())).safeParse(values);
  const parsed = filled.safeParse(blocks.data?.[field]?.[inputAction] ?? {});
  return parsed.data ?? {};
}

export function readText(values: FormValues, field: string): string {
  return clean(read(values, field).value ?? '').trim();
}

export function readLine(values: FormValues, field: string): string {
  return oneLine(read(values, field).value ?? '');
}

export function readChoice(values: FormValues, field: string): string | null {
  return read(values, field).selected_option?.value ?? null;
}

export function readChoices(values: FormValues, field: string): readonly string[] {
  return read(values, field).selected_options?.map(({ value }) => value) ?? [];
}

export function readPeopleChosen(values: FormValues, field: string): readonly PersonId[] {
  return (read(values, field).selected_users ?? []).filter(isPersonId);
}

export function readPersonChosen(values: FormValues, field: string): PersonId | null {
  const id = read(values, field).selected_user ?? '';
  return isPersonId(id) ? id : null;
}
