/** What stands in the inputs of a modal, in the form in which Slack sends it. */
import { isList, isObject, objectAt, objectsAt, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Block id → action id → the value of that element. */
export type Values = { readonly [blockId: string]: { readonly [actionId: string]: JsonObject } };

type Field = { readonly field: string; readonly initial: string; readonly empty: Json };

const fields: { readonly [type: string]: Field } = {
  plain_text_input: { field: 'value', initial: 'initial_value', empty: null },
  email_text_input: { field: 'value', initial: 'initial_value', empty: null },
  url_text_input: { field: 'value', initial: 'initial_value', empty: null },
  number_input: { field: 'value', initial: 'initial_value', empty: null },
  rich_text_input: { field: 'rich_text_value', initial: 'initial_value', empty: null },
  static_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  external_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  radio_buttons: { field: 'selected_option', initial: 'initial_option', empty: null },
  checkboxes: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_external_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  users_select: { field: 'selected_user', initial: 'initial_user', empty: null },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', empty: [] },
  channels_select: { field: 'selected_channel', initial: 'initial_channel', empty: null },
  multi_channels_select: { field: 'selected_channels', initial: 'initial_channels', empty: [] },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation', empty: null },
  multi_conversations_select: { field: 'selected_conversations', initial: 'initial_conversations', empty: [] },
  datepicker: { field: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { field: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time', empty: null },
  file_input: { field: 'files', initial: 'files', empty: [] },
};

export type Interactive = { readonly block: JsonObject; readonly blockId: string; readonly element: JsonObject };

/** Everything in these blocks that a person can press, choose or type into. */
export function interactiveIn(blocks: readonly JsonObject[]): readonly Interactive[] {
  return blocks.flatMap((block) => {
    const elements = [objectAt(block, 'accessory'), objectAt(block, 'element'), ...objectsAt(block, 'elements')];
    return elements.flatMap((element) =>
      element !== undefined && textAt(element, 'action_id') !== undefined
        ? [{ block, blockId: textAt(block, 'block_id') ?? '', element }]
        : [],
    );
  });
}

/** The values with which a view opens. */
export function initialValues(blocks: readonly JsonObject[]): Values {
  return withValues(blocks, {});
}

/** The values that are sent: what the person gave, and what stood there for the rest. */
export function withValues(blocks: readonly JsonObject[], given: Values): Values {
  const values: { [blockId: string]: { [actionId: string]: JsonObject } } = {};
  for (const { blockId, element } of interactiveIn(blocks)) {
    const type = textAt(element, 'type') ?? '';
    const actionId = textAt(element, 'action_id') ?? '';
    const known = fields[type];
    if (known === undefined) continue;
    const inBlock = (values[blockId] ??= {});
    inBlock[actionId] = {
      type,
      [known.field]: element[known.initial] ?? known.empty,
      ...withWholeOptions(element, given[blockId]?.[actionId] ?? {}),
    };
  }
  return values;
}

/** The field in which an element of this type keeps what was chosen; `undefined` for buttons. */
export function valueFieldOf(type: string): string | undefined {
  return fields[type]?.field;
}

/** The option of a choice with that value or that text. */
export function optionOf(element: JsonObject, wanted: string): JsonObject | undefined {
  const options = [
    ...objectsAt(element, 'options'),
    ...objectsAt(element, 'option_groups').flatMap((group) => objectsAt(group, 'options')),
  ];
  return options.find((option) => textAt(option, 'value') === wanted || textAt(option['text'], 'text') === wanted);
}

/** Block ids of required inputs that are empty, with what the person is told under them. */
export function unfilledInputs(blocks: readonly JsonObject[], values: Values): { readonly [blockId: string]: string } {
  const errors: { [blockId: string]: string } = {};
  for (const { block, blockId, element } of interactiveIn(blocks)) {
    if (block['type'] !== 'input' || block['optional'] === true) continue;
    const known = fields[textAt(element, 'type') ?? ''];
    if (known === undefined) continue;
    const value = values[blockId]?.[textAt(element, 'action_id') ?? '']?.[known.field];
    const isEmpty = value === undefined || value === null || value === '' || (isList(value) && value.length === 0);
    if (isEmpty) errors[blockId] = 'Please complete this required field.';
  }
  return errors;
}

/** A chosen option may be given by its value alone: it is sent whole. */
function withWholeOptions(element: JsonObject, given: JsonObject): JsonObject {
  const whole = (option: Json): Json => {
    const value = isObject(option) ? textAt(option, 'value') : typeof option === 'string' ? option : undefined;
    return value === undefined ? option : (optionOf(element, value) ?? option);
  };
  const { selected_option: one, selected_options: several } = given;
  return {
    ...given,
    ...(one === undefined ? {} : { selected_option: whole(one) }),
    ...(isList(several) ? { selected_options: several.map(whole) } : {}),
  };
}
