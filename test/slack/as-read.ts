/** A message or a form as a person sees it, for golden files. */
import type { KnownBlock, Message, ModalView } from '../../src/slack/blocks.ts';
import { buttonsOf } from './slack-limits.ts';

export function asRead({ text, blocks }: Message): string {
  return `${blocks.map(block).join('\n\n')}\n\n(notification) ${text}\n`;
}

export function formAsRead(view: ModalView): string {
  const blocks = view.blocks.filter((each): each is KnownBlock => 'type' in each);
  return `# ${view.title.text}\n\n${blocks.map(block).join('\n\n')}\n\n[${view.close?.text}] [${view.submit?.text}]\n`;
}

function block(shown: KnownBlock): string {
  if (shown.type === 'header') return `# ${shown.text.text}`;
  if (shown.type === 'section') {
    const words = [shown.text?.text ?? '', ...(shown.fields ?? []).map((field) => field.text)].filter(Boolean);
    const buttons = buttonsOf(shown).map((button) => ` [${button.text.text}]`);
    const menu = shown.accessory?.type === 'overflow' ? shown.accessory.options.map(({ text }) => text.text) : [];
    return words.join('\n') + buttons.join('') + (menu.length === 0 ? '' : ` [⋮ ${menu.join(' | ')}]`);
  }
  if (shown.type === 'context') {
    return shown.elements.map((element) => (element.type === 'image' ? '' : `~ ${element.text}`)).join(' ');
  }
  if (shown.type === 'actions') {
    return buttonsOf(shown)
      .map((button) => `[${button.text.text}]`)
      .join(' ');
  }
  if (shown.type !== 'input') return shown.type;
  return [
    `${shown.label.text}${shown.optional === true ? ' (optional)' : ''}`,
    ...inputLines(shown.element),
    ...(shown.hint === undefined ? [] : [`  ~ ${shown.hint.text}`]),
  ].join('\n');
}

function inputLines(element: Extract<KnownBlock, { type: 'input' }>['element']): readonly string[] {
  if (element.type === 'plain_text_input') return [`  [${element.initial_value ?? ''}___]`];
  if (element.type === 'static_select' || element.type === 'multi_static_select' || element.type === 'checkboxes') {
    return (element.options ?? []).map((option) => {
      const described = option.description === undefined ? '' : ` – ${option.description.text}`;
      return `  ( ) ${option.text.text}${described}`;
    });
  }
  return [`  <${element.type}>`];
}
