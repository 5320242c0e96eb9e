/** The limits of block elements: what can be pressed, chosen and typed. */
import { isDeepStrictEqual } from 'node:util';
import {
  anyText,
  anything,
  confirmation,
  flag,
  identifier,
  list,
  matching,
  number,
  oneOf,
  plainText,
  shape,
  text,
  typed,
  webAddress,
} from './block-checks.ts';
import type { Check, Shape } from './block-checks.ts';
import { isList, isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

const option = (isPlain: boolean): Check =>
  shape({
    required: { text: isPlain ? plainText(75) : anyText(75), value: text(75, 0) },
    optional: { description: isPlain ? plainText(75) : anyText(75) },
  });

const overflowOption = shape({
  required: { text: plainText(75), value: text(75, 0) },
  optional: { description: plainText(75), url: webAddress },
});

const optionGroup = shape({
  required: { label: plainText(75), options: list(option(true), { most: 100 }) },
});

const placeholder = plainText(150);
const date = matching(/^\d{4}-\d\d-\d\d$/, 'a date as YYYY-MM-DD');
const time = matching(/^\d\d:\d\d$/, 'a time as HH:MM');
const shared = { action_id: identifier };
const asked = { ...shared, confirm: confirmation, focus_on_load: flag };
const many = { max_selected_items: number(1, 1000) };

const dispatchConfig = shape({
  optional: {
    trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { most: 2 }),
  },
});

const conversationFilter = shape({
  optional: {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { most: 4 }),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
});

const eitherOptionsOrGroups: NonNullable<Shape['also']> = (value, pointer, report) => {
  const given = ['options', 'option_groups'].filter((field) => value[field] !== undefined);
  if (given.length !== 1) report(pointer, 'must provide either options or option_groups');
};

/** What is chosen at first must be one of what can be chosen, to the letter. */
const initialAmongOptions: NonNullable<Shape['also']> = (value, pointer, report) => {
  const { options, option_groups: groups, initial_option: one, initial_options: several } = value;
  const all = [
    ...(isList(options) ? options : []),
    ...(isList(groups)
      ? groups.flatMap((group) => (isObject(group) && isList(group['options']) ? group['options'] : []))
      : []),
  ];
  const isOption = (wanted: Json): boolean => all.some((each) => isDeepStrictEqual(each, wanted));
  if (one !== undefined && one !== null && !isOption(one)) {
    report(`${pointer}/initial_option`, 'must be one of the options');
  }
  for (const [index, each] of isList(several) ? several.entries() : []) {
    if (!isOption(each)) report(`${pointer}/initial_options/${index}`, 'must be one of the options');
  }
};

const staticChoice = (initial: Shape['optional']): Check =>
  shape({
    optional: {
      ...asked,
      placeholder,
      options: list(option(true), { most: 100 }),
      option_groups: list(optionGroup, { most: 100 }),
      ...initial,
    },
    also(value, pointer, report) {
      eitherOptionsOrGroups(value, pointer, report);
      initialAmongOptions(value, pointer, report);
    },
  });

const choice = (initial: Shape['optional']): Check => shape({ optional: { ...asked, placeholder, ...initial } });

const ids = list(text(255), { most: 1000, least: 0 });

export const button = shape({
  required: { text: plainText(75) },
  optional: {
    ...shared,
    url: webAddress,
    value: text(2000, 0),
    style: oneOf('primary', 'danger'),
    confirm: confirmation,
    accessibility_label: text(75),
  },
});

export const image = shape({
  required: { alt_text: text(2000) },
  optional: { image_url: webAddress, slack_file: anything },
  also(value, pointer, report) {
    if (value['image_url'] === undefined && value['slack_file'] === undefined) {
      report(pointer, 'missing required field: image_url');
    }
  },
});

const overflow = shape({
  required: { options: list(overflowOption, { most: 5 }) },
  optional: { ...shared, confirm: confirmation },
});

const singleChoices = {
  static_select: staticChoice({ initial_option: option(true) }),
  external_select: choice({ initial_option: option(true), min_query_length: number(0, 100) }),
  users_select: choice({ initial_user: text(255) }),
  conversations_select: choice({
    initial_conversation: text(255),
    default_to_current_conversation: flag,
    response_url_enabled: flag,
    filter: conversationFilter,
  }),
  channels_select: choice({ initial_channel: text(255), response_url_enabled: flag }),
};

const multipleChoices = {
  multi_static_select: staticChoice({ ...many, initial_options: list(option(true), { most: 100 }) }),
  multi_external_select: choice({
    ...many,
    initial_options: list(option(true), { most: 100 }),
    min_query_length: number(0, 100),
  }),
  multi_users_select: choice({ ...many, initial_users: ids }),
  multi_conversations_select: choice({
    ...many,
    initial_conversations: ids,
    default_to_current_conversation: flag,
    filter: conversationFilter,
  }),
  multi_channels_select: choice({ ...many, initial_channels: ids }),
};

const boxes = {
  checkboxes: shape({
    required: { options: list(option(false), { most: 10 }) },
    optional: { ...asked, initial_options: list(option(false), { most: 10 }) },
    also: initialAmongOptions,
  }),
  radio_buttons: shape({
    required: { options: list(option(false), { most: 10 }) },
    optional: { ...asked, initial_option: option(false) },
    also: initialAmongOptions,
  }),
};

const moments = {
  datepicker: choice({ initial_date: date }),
  timepicker: choice({ initial_time: time, timezone: text(255) }),
};

const momentOfDay = {
  datetimepicker: shape({ optional: { ...asked, initial_date_time: number(1e9, 9_999_999_999) } }),
};

const typing = {
  plain_text_input: shape({
    optional: {
      ...shared,
      focus_on_load: flag,
      placeholder,
      initial_value: text(3000, 0),
      multiline: flag,
      min_length: number(0, 3000),
      max_length: number(1, 3000),
      dispatch_action_config: dispatchConfig,
    },
    also(value, pointer, report) {
      const { min_length: least, max_length: most } = value;
      const isCrossed = typeof least === 'number' && typeof most === 'number' && least > most;
      if (isCrossed) report(pointer, 'min_length must not be more than max_length');
    },
  }),
  email_text_input: choice({ initial_value: text(3000, 0), dispatch_action_config: dispatchConfig }),
  url_text_input: choice({ initial_value: text(3000, 0), dispatch_action_config: dispatchConfig }),
  number_input: shape({
    required: { is_decimal_allowed: flag },
    optional: {
      ...shared,
      focus_on_load: flag,
      placeholder,
      initial_value: text(255, 0),
      min_value: text(255),
      max_value: text(255),
      dispatch_action_config: dispatchConfig,
    },
  }),
  rich_text_input: choice({ initial_value: anything, dispatch_action_config: dispatchConfig }),
};

const fileInput = shape({
  optional: { ...shared, filetypes: list(text(255), { most: 100 }), max_files: number(1, 10) },
});

const feedbackButton = shape({
  required: { text: plainText(75), value: text(2000) },
  optional: { accessibility_label: text(75) },
});

export const sectionAccessory = typed({
  button,
  image,
  overflow,
  ...singleChoices,
  ...multipleChoices,
  ...boxes,
  ...moments,
});

export const actionElement = typed({
  button,
  overflow,
  ...singleChoices,
  ...multipleChoices,
  ...boxes,
  ...moments,
  ...momentOfDay,
});

export const contextElement = typed({
  image,
  plain_text: shape({ required: { text: text(2000) }, optional: { emoji: flag } }),
  mrkdwn: shape({ required: { text: text(2000) }, optional: { verbatim: flag, emoji: flag } }),
});

export const contextAction = typed({
  feedback_buttons: shape({
    required: { positive_button: feedbackButton, negative_button: feedbackButton },
    optional: shared,
  }),
  icon_button: shape({
    required: { icon: oneOf('trash'), text: plainText(75) },
    optional: {
      ...shared,
      value: text(2000),
      confirm: confirmation,
      accessibility_label: text(75),
      visible_to_user_ids: ids,
    },
  }),
});

/** An element of an input block; files can be given in modals only. */
export function inputElement(isModal: boolean): Check {
  return typed({
    ...singleChoices,
    ...multipleChoices,
    ...boxes,
    ...moments,
    ...momentOfDay,
    ...typing,
    ...(isModal ? { file_input: fileInput } : {}),
  });
}

/** The elements in a block, with where they stand. */
export function elementsIn(block: Json): readonly { readonly at: string; readonly value: JsonObject }[] {
  if (!isObject(block)) return [];
  const { accessory, element, elements } = block;
  const all = [
    { at: '/accessory', value: accessory },
    { at: '/element', value: element },
    ...(isList(elements) ? elements.map((value, index) => ({ at: `/elements/${index}`, value })) : []),
  ];
  return all.flatMap(({ at, value }) => (isObject(value) ? [{ at, value }] : []));
}
