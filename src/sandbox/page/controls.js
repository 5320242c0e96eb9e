/** Block Kit's buttons, menus and inputs: how each looks, and what it says when it is used. */
import { useState } from 'preact/hooks';
import { Button, html, Menu, useHere } from './html.js';
import { renderPlain } from './mrkdwn.js';

/** A control that acts at once; in a form what was chosen is kept there, too. */
export function ActingControl({ block, one, act, form }) {
  const here = useHere();
  const [chosen, setChosen] = useState(initialValue(one));
  const use = async (rest) => {
    if (one.confirm !== undefined && !(await here.confirm(confirmWords(one.confirm)))) return false;
    await act({ type: one.type, block_id: block.block_id, action_id: one.action_id, ...rest });
    return true;
  };
  switch (one.type) {
    case 'button': {
      const press = async () => {
        if (/^https?:/.test(one.url ?? '')) window.open(one.url, '_blank', 'noreferrer');
        await use({ value: one.value, text: one.text });
      };
      return html`<${Button} press=${press} class=${one.style} aria-label=${one.accessibility_label}>
        ${renderPlain(one.text.text)}
      <//>`;
    }
    case 'overflow':
      return html`<${Menu} label="More" text="⋯">
        ${one.options.map(
          (option) =>
            html`<${Button} press=${() => use({ selected_option: option })}>${renderPlain(option.text.text)}<//>`,
        )}
      <//>`;
    case 'image':
      return html`<span class="quiet">[${one.alt_text ?? 'image'}]</span>`;
    default: {
      const value = form?.get(block, one) ?? chosen;
      const keep = (next) => (form === undefined ? setChosen(next) : form.set(block, next, one));
      const settle = async (next) => {
        const before = value;
        if (next !== undefined) keep(next);
        if (!(await use(next ?? value))) keep(before);
      };
      const label = one.placeholder?.text ?? block.text?.text ?? 'Choose';
      return html`<${Control} ...${{ one, value, change: keep, settle }} attributes=${{ 'aria-label': label }} />`;
    }
  }
}

/** What stands in a control before anybody touches it, in the fields of Slack's view state. */
export function initialValue(one) {
  const kind = /^(?:multi_)?(users|channels|conversations)_select$/.exec(one.type)?.[1];
  if (kind !== undefined) {
    return one.type.startsWith('multi_')
      ? { [`selected_${kind}`]: one[`initial_${kind}`] ?? [] }
      : { [`selected_${kind.slice(0, -1)}`]: one[`initial_${kind.slice(0, -1)}`] ?? null };
  }
  switch (one.type) {
    case 'checkboxes':
    case 'multi_static_select':
      return { selected_options: one.initial_options ?? [] };
    case 'radio_buttons':
    case 'static_select':
      return { selected_option: one.initial_option ?? null };
    case 'datepicker':
      return { selected_date: one.initial_date ?? null };
    case 'timepicker':
      return { selected_time: one.initial_time ?? null };
    case 'datetimepicker':
      return { selected_date_time: one.initial_date_time ?? null };
    default:
      return { value: one.initial_value ?? null };
  }
}

/**
 * A control with a value. `change(value)` is called as it changes; `settle(value)` once somebody has chosen or has
 * finished writing (then without a value).
 */
export function Control({ one, value, change, settle, attributes }) {
  const here = useHere();
  const choose = (next) => {
    change(next);
    void settle?.(next);
  };
  switch (one.type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return html`<${TextInput} ...${{ one, value, change, settle, attributes }} />`;
    case 'checkboxes':
    case 'radio_buttons':
      return html`<${OptionButtons} ...${{ one, value, choose, attributes }} />`;
    case 'datepicker':
      return dateInput('date', value.selected_date, (date) => choose({ selected_date: date }), attributes);
    case 'timepicker':
      return dateInput('time', value.selected_time, (time) => choose({ selected_time: time }), attributes);
    case 'datetimepicker':
      return dateInput(
        'datetime-local',
        localMoment(value.selected_date_time),
        (moment) => choose({ selected_date_time: moment === null ? null : new Date(moment).getTime() / 1000 }),
        attributes,
      );
    case 'static_select':
      return html`<${Select}
        ...${{ one, attributes, groups: optionGroups(one) }}
        chosen=${value.selected_option?.value}
        choose=${(id) => choose({ selected_option: optionsOf(one).find((option) => option.value === id) ?? null })}
      />`;
    case 'multi_static_select':
      return html`<${Ticks}
        ...${{ one, attributes, entries: optionsOf(one).map((option) => [option.value, option.text.text]) }}
        chosen=${value.selected_options.map((option) => option.value)}
        choose=${(ids) => choose({ selected_options: optionsOf(one).filter((option) => ids.includes(option.value)) })}
      />`;
    default: {
      const [, many, kind] = /^(multi_)?(users|channels|conversations)_select$/.exec(one.type) ?? [];
      if (kind === undefined) return html`<p class="quiet">[${one.type} is not shown here]</p>`;
      const entries = kind === 'users' ? here.peopleToChoose() : here.channelsToChoose();
      const field = many ? `selected_${kind}` : `selected_${kind.slice(0, -1)}`;
      const pick = (picked) => choose({ [field]: picked });
      return many
        ? html`<${Ticks} ...${{ one, attributes, entries, chosen: value[field], choose: pick }} />`
        : html`<${Select}
            ...${{ one, attributes, groups: [[null, entries]], chosen: value[field] }}
            choose=${(id) => pick(id === '' ? null : id)}
          />`;
    }
  }
}

function confirmWords({ title, text, confirm, deny, style }) {
  return { title: title.text, text: text.text, yes: confirm.text, no: deny.text, danger: style === 'danger' };
}

function TextInput({ one, value, change, settle, attributes }) {
  const types = { email_text_input: 'email', url_text_input: 'url', number_input: 'number' };
  const common = {
    ...attributes,
    value: value.value ?? '',
    placeholder: one.placeholder?.text ?? '',
    maxLength: one.max_length ?? 3000,
    autofocus: one.focus_on_load,
    onInput: (event) => change({ value: event.currentTarget.value === '' ? null : event.currentTarget.value }),
    onChange: () => void settle?.(),
  };
  return one.multiline
    ? html`<textarea rows="4" ...${common}></textarea>`
    : html`<input type=${types[one.type] ?? 'text'} step=${one.is_decimal_allowed ? 'any' : null} ...${common} />`;
}

function dateInput(type, value, choose, attributes) {
  const read = (event) => choose(event.currentTarget.value === '' ? null : event.currentTarget.value);
  return html`<input type=${type} value=${value ?? ''} onChange=${read} ...${attributes} />`;
}

function localMoment(seconds) {
  if (seconds === null || seconds === undefined) return null;
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function optionsOf(one) {
  return one.options ?? one.option_groups?.flatMap((group) => group.options) ?? [];
}

function optionGroups(one) {
  const entries = (options) => options.map((option) => [option.value, option.text.text]);
  if (one.options !== undefined) return [[null, entries(one.options)]];
  return (one.option_groups ?? []).map((group) => [group.label.text, entries(group.options)]);
}

/** One of many in a menu. */
function Select({ one, groups, chosen, choose, attributes }) {
  const placeholder = one.placeholder?.text ?? 'Choose';
  const options = (entries) =>
    entries.map(([id, text]) => html`<option value=${id} selected=${id === chosen}>${renderPlain(text)}</option>`);
  return html`<select ...${attributes} onChange=${(event) => choose(event.currentTarget.value)}>
    <option value="" selected=${chosen === undefined || chosen === null}>${placeholder}</option>
    ${groups.map(([label, entries]) =>
      label === null ? options(entries) : html`<optgroup label=${label}>${options(entries)}</optgroup>`,
    )}
  </select>`;
}

/** Several of many as boxes to tick, which need no second hand on the keyboard. */
function Ticks({ entries, chosen, choose, attributes }) {
  const toggle = (id) => choose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const { 'aria-invalid': _, ...rest } = attributes;
  return html`<div class="ticks" role="group" ...${rest}>
    ${entries.map(
      ([id, text]) =>
        html`<label key=${id}>
          <input type="checkbox" checked=${chosen.includes(id)} onChange=${() => toggle(id)} /> ${renderPlain(text)}
        </label>`,
    )}
  </div>`;
}

function OptionButtons({ one, value, choose, attributes }) {
  const many = one.type === 'checkboxes';
  const chosen = (many ? value.selected_options : [value.selected_option]).map((option) => option?.value);
  const pick = (option) => {
    if (!many) return choose({ selected_option: option });
    const has = (other) => (other.value === option.value) !== chosen.includes(other.value);
    return choose({ selected_options: one.options.filter(has) });
  };
  const { 'aria-invalid': _, ...rest } = attributes;
  return html`<div role=${many ? 'group' : 'radiogroup'} ...${rest}>
    ${one.options.map(
      (option) =>
        html`<label class="choice" key=${option.value}>
          <input
            type=${many ? 'checkbox' : 'radio'}
            name=${`${attributes.id ?? ''}${one.action_id}`}
            checked=${chosen.includes(option.value)}
            onChange=${() => pick(option)}
          />
          <span>
            ${renderPlain(option.text.text)}
            ${option.description && html`<small class="quiet"> ${renderPlain(option.description.text)}</small>`}
          </span>
        </label>`,
    )}
  </div>`;
}
