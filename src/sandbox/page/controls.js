/** Block Kit's buttons, menus and inputs: how each looks, and what it says when it is used. */
import { button, confirmed, element } from './element.js';
import { renderPlain } from './mrkdwn.js';

/** A control that acts at once. `context.act(block, action)` is called with the action as Slack would send it. */
export function renderElement(block, one, context) {
  const act = async (rest) => {
    if (one.confirm !== undefined && !(await confirmed(confirmWords(one.confirm)))) return;
    await context.act(block, { type: one.type, block_id: block.block_id, action_id: one.action_id, ...rest });
  };
  switch (one.type) {
    case 'button': {
      const press = async () => {
        if (/^https?:/.test(one.url ?? '')) window.open(one.url, '_blank', 'noreferrer');
        await act({ value: one.value, text: one.text });
      };
      const label = element('span', {}, renderPlain(one.text.text));
      return button(label, press, { class: one.style, 'aria-label': one.accessibility_label });
    }
    case 'overflow':
      return overflowMenu(one, act);
    case 'image':
      return element('span', { class: 'quiet' }, `[${one.alt_text ?? 'image'}]`);
    default: {
      const control = renderInput(one, context);
      control.node.addEventListener('change', () => void act(control.read() ?? {}));
      return control.node;
    }
  }
}

/**
 * A control that waits to be read: `read()` gives the fields of its value as Slack puts them into a view's state, or
 * null when nothing was chosen.
 */
export function renderInput(one, context) {
  switch (one.type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return textInput(one);
    case 'checkboxes':
    case 'radio_buttons':
      return optionButtons(one);
    case 'datepicker':
      return valueInput('date', one.initial_date, 'selected_date');
    case 'timepicker':
      return valueInput('time', one.initial_time, 'selected_time');
    case 'datetimepicker':
      return momentInput(one);
    case 'static_select':
    case 'multi_static_select':
      return optionSelect(one, optionsOf(one));
    case 'users_select':
    case 'multi_users_select':
      return idSelect(one, context.names.people(), 'selected_user');
    case 'channels_select':
    case 'multi_channels_select':
      return idSelect(one, context.names.channels(), 'selected_channel');
    case 'conversations_select':
    case 'multi_conversations_select':
      return idSelect(one, context.names.channels(), 'selected_conversation');
    default:
      return { node: element('p', { class: 'quiet' }, `[${one.type} is not shown here]`), read: () => null };
  }
}

function confirmWords(confirm) {
  return {
    title: confirm.title.text,
    text: confirm.text.text,
    yes: confirm.confirm.text,
    no: confirm.deny.text,
    danger: confirm.style === 'danger',
  };
}

function overflowMenu(one, act) {
  const items = one.options.map((option) =>
    element(
      'li',
      {},
      button(option.text.text, () => act({ selected_option: option })),
    ),
  );
  return element(
    'details',
    { class: 'menu' },
    element('summary', { 'aria-label': 'More' }, '⋯'),
    element('ul', {}, ...items),
  );
}

function textInput(one) {
  const types = { email_text_input: 'email', url_text_input: 'url', number_input: 'number' };
  const node = element(one.multiline ? 'textarea' : 'input', {
    ...(one.multiline ? { rows: 4 } : { type: types[one.type] ?? 'text' }),
    ...(one.is_decimal_allowed ? { step: 'any' } : {}),
    value: one.initial_value ?? '',
    placeholder: one.placeholder?.text ?? '',
    maxLength: one.max_length ?? 3000,
  });
  return {
    node,
    read: () => ({ value: node.value === '' ? null : node.value }),
    write: (value) => (node.value = value.value ?? ''),
  };
}

function valueInput(type, initial, field) {
  const node = element('input', { type, value: initial ?? '' });
  return {
    node,
    read: () => ({ [field]: node.value === '' ? null : node.value }),
    write: (value) => (node.value = value[field] ?? ''),
  };
}

function momentInput(one) {
  const node = element('input', { type: 'datetime-local' });
  const write = (value) => {
    const at = new Date((value.selected_date_time ?? Number.NaN) * 1000);
    if (!Number.isNaN(at.getTime())) {
      node.value = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    }
  };
  write({ selected_date_time: one.initial_date_time });
  const read = () => ({ selected_date_time: node.value === '' ? null : new Date(node.value).getTime() / 1000 });
  return { node, read, write };
}

function optionsOf(one) {
  return one.options ?? one.option_groups?.flatMap((group) => group.options) ?? [];
}

function optionSelect(one, options) {
  const many = one.type.startsWith('multi_');
  const initial = many ? (one.initial_options ?? []) : [one.initial_option].filter(Boolean);
  const list = listOf(
    one,
    options.map((option) => [option.value, option.text.text]),
    initial.map((option) => option.value),
  );
  const chosen = () => options.filter((option) => list.chosen().includes(option.value));
  return {
    node: list.node,
    read: () => (many ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null }),
    write: (value) => list.choose((value.selected_options ?? [value.selected_option]).map((option) => option?.value)),
  };
}

function idSelect(one, entries, field) {
  const many = one.type.startsWith('multi_');
  const kind = field.replace('selected_', '');
  const initial = many ? (one[`initial_${kind}s`] ?? []) : [one[`initial_${kind}`]].filter(Boolean);
  const list = listOf(one, entries, initial);
  return {
    node: list.node,
    read: () => (many ? { [`${field}s`]: list.chosen() } : { [field]: list.chosen()[0] ?? null }),
    write: (value) => list.choose(value[`${field}s`] ?? [value[field]]),
  };
}

/** One of many in a menu; several of many as boxes to tick, which need no second hand on the keyboard. */
function listOf(one, entries, initial) {
  const list = one.type.startsWith('multi_') ? tickList(entries) : menu(one, entries);
  list.choose(initial);
  return list;
}

function menu(one, entries) {
  const placeholder = one.placeholder?.text ?? 'Choose';
  const node = element(
    'select',
    { 'aria-label': placeholder },
    element('option', { value: '' }, placeholder),
    ...entries.map(([value, text]) => element('option', { value }, text)),
  );
  return {
    node,
    chosen: () => [node.value].filter((value) => value !== ''),
    choose(values) {
      node.value = values[0] ?? '';
      if (node.selectedIndex < 0) node.selectedIndex = 0;
    },
  };
}

function tickList(entries) {
  const boxes = entries.map(([value]) => element('input', { type: 'checkbox', value }));
  const rows = entries.map(([, text], index) => element('label', {}, boxes[index], ' ', text));
  return {
    node: element('div', { class: 'ticks', role: 'group' }, ...rows),
    chosen: () => boxes.filter((box) => box.checked).map((box) => box.value),
    choose(values) {
      for (const box of boxes) box.checked = values.includes(box.value);
    },
  };
}

let groups = 0;

function optionButtons(one) {
  const many = one.type === 'checkboxes';
  const initial = (many ? (one.initial_options ?? []) : [one.initial_option].filter(Boolean)).map(({ value }) => value);
  const name = `choice-${(groups += 1)}`;
  const inputs = one.options.map((option) =>
    element('input', {
      type: many ? 'checkbox' : 'radio',
      name,
      value: option.value,
      checked: initial.includes(option.value),
    }),
  );
  const rows = one.options.map((option, index) => {
    const small = option.description && element('small', { class: 'quiet' }, ' ', option.description.text);
    return element('label', {}, inputs[index], ' ', option.text.text, small);
  });
  const node = element('div', {}, ...rows.map((row) => element('div', {}, row)));
  const chosen = () => one.options.filter((_, index) => inputs[index].checked);
  return {
    node,
    read: () => (many ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null }),
    write(value) {
      const values = (value.selected_options ?? [value.selected_option]).map((option) => option?.value);
      for (const input of inputs) input.checked = values.includes(input.value);
    },
  };
}
