/** Slack's limits for what is shown: a block that breaks one makes Slack refuse the whole message. */
import type { Button, KnownBlock, Message, ModalView } from '../../src/slack/blocks.ts';

type Text = { readonly type: 'plain_text' | 'mrkdwn'; readonly text: string };
type Element = Extract<KnownBlock, { type: 'input' }>['element'];
type Broken = readonly string[];

/** Every limit that the message breaks, in words; empty when Slack takes it and nobody is pinged by accident. */
export function brokenByMessage({ text, blocks }: Message): Broken {
  return [
    ...unless(text.trim() !== '', 'the text is empty'),
    ...unless(text.length <= 4000, 'the text is too long'),
    ...harm(text),
    ...unless(blocks.length > 0 && blocks.length <= 50, `${blocks.length} blocks`),
    ...brokenByBlocks(blocks),
  ];
}

export function brokenByModal(view: ModalView): Broken {
  const blocks = view.blocks.filter((block): block is KnownBlock => 'type' in block);
  return [
    ...text(view.title, 24),
    ...(view.submit === undefined ? ['no submit'] : text(view.submit, 24)),
    ...(view.close === undefined ? [] : text(view.close, 24)),
    ...unless((view.callback_id ?? '').length <= 255, 'callback_id is too long'),
    ...unless((view.private_metadata ?? '').length <= 3000, 'private_metadata is too long'),
    ...unless(blocks.length <= 100, 'too many blocks'),
    ...unless(JSON.stringify(view).length < 250_000, 'the view is too large'),
    ...brokenByBlocks(blocks),
  ];
}

export function buttonsOf(block: KnownBlock): readonly Button[] {
  if (block.type === 'section') return block.accessory?.type === 'button' ? [block.accessory] : [];
  if (block.type !== 'actions') return [];
  return block.elements.filter((element): element is Button => element.type === 'button');
}

function brokenByBlocks(blocks: readonly KnownBlock[]): Broken {
  const buttons = blocks.flatMap(buttonsOf);
  const blockIds = blocks.map((block) => block.block_id).filter((id) => id !== undefined);
  return [
    ...blocks.flatMap(brokenByBlock),
    ...buttons.flatMap(brokenByButton),
    ...unique(blockIds, 'block ids'),
    ...unique(
      buttons.map((button) => button.action_id ?? ''),
      'action ids',
    ),
    ...unless(buttons.filter((button) => button.style === 'primary').length <= 1, 'more than one primary button'),
  ];
}

function brokenByBlock(block: KnownBlock): Broken {
  if (block.type === 'header') return text(block.text, 150);
  if (block.type === 'section') {
    return [
      ...unless(block.text !== undefined || block.fields !== undefined, 'a section says nothing'),
      ...(block.text === undefined ? [] : text(block.text, 3000)),
      ...count(block.fields ?? [null], 10, 'fields'),
      ...(block.fields ?? []).flatMap((field) => text(field, 2000)),
      ...(block.accessory?.type === 'overflow' ? options(block.accessory.options, 5) : []),
    ];
  }
  if (block.type === 'context') {
    const texts = block.elements.filter((element) => element.type !== 'image');
    return [...count(block.elements, 10, 'context elements'), ...texts.flatMap((element) => text(element, 2000))];
  }
  if (block.type === 'actions') return count(block.elements, 25, 'buttons');
  if (block.type === 'input') {
    const hint = block.hint === undefined ? [] : text(block.hint, 2000);
    return [...text(block.label, 2000), ...hint, ...brokenByInput(block.element)];
  }
  return [`a block of type ${block.type} was not foreseen`];
}

function brokenByButton(button: Button): Broken {
  const { confirm } = button;
  const dialog =
    confirm === undefined
      ? []
      : [
          ...(confirm.title === undefined ? ['no title'] : text(confirm.title, 100)),
          ...text(confirm.text, 300),
          ...(confirm.confirm === undefined ? [] : text(confirm.confirm, 30)),
          ...(confirm.deny === undefined ? [] : text(confirm.deny, 30)),
        ];
  const id = button.action_id ?? '';
  return [
    ...text(button.text, 75),
    ...unless((button.value ?? '').length <= 2000, 'the value of a button is too long'),
    ...unless(id !== '' && id.length <= 255, `action id ${id}`),
    ...dialog,
  ];
}

function brokenByInput(element: Element): Broken {
  if (element.type === 'plain_text_input') {
    const most = element.max_length ?? 3000;
    return unless(most <= 3000 && (element.initial_value ?? '').length <= most, 'too long for an input');
  }
  if (element.type === 'static_select') {
    const initial = element.initial_option;
    const listed = (element.options ?? []).some((each) => each.value === initial?.value);
    return [...options(element.options ?? [], 100), ...unless(initial === undefined || listed, 'an unlisted choice')];
  }
  if (element.type === 'multi_static_select') {
    const values = (element.options ?? []).map((each) => each.value);
    const initial = element.initial_options ?? [];
    return [
      ...options(element.options ?? [], 100),
      ...unless(
        initial.every((each) => values.includes(each.value)),
        'an unlisted choice',
      ),
      ...unless(initial.length <= (element.max_selected_items ?? 100), 'more chosen than can be'),
    ];
  }
  if (element.type === 'checkboxes') return options(element.options, 10);
  if (element.type === 'users_select') return [];
  if (element.type === 'multi_users_select') return unless((element.max_selected_items ?? 1) > 0, 'nobody to choose');
  return [`an input of type ${element.type} was not foreseen`];
}

type Choice = { readonly text: Text; readonly value?: string; readonly description?: Text };

function options(choices: readonly Choice[], most: number): Broken {
  const values = choices.map((choice) => choice.value ?? '');
  return [
    ...count(choices, most, 'options'),
    ...unique(values, 'values'),
    ...values.flatMap((value) => unless(value !== '' && value.length <= 75, `value ${value}`)),
    ...choices.flatMap((choice) => text(choice.text, 75)),
    ...choices.flatMap(({ description }) => (description === undefined ? [] : text(description, 75))),
  ];
}

function text(shown: Text, most: number): Broken {
  return [
    ...unless(shown.text !== '', 'an empty text'),
    ...unless(shown.text.length <= most, `longer than ${most}: ${shown.text.slice(0, 40)}`),
    ...unless(shown.text.isWellFormed(), 'half a character'),
    ...(shown.type === 'mrkdwn' ? harm(shown.text) : []),
  ];
}

/** Tokens are whole, and none of them reaches more than one person. */
function harm(mrkdwn: string): Broken {
  const tokens =
    /<(?:@[UW][A-Z0-9]+|#[CDG][A-Z0-9]+|!date\^\d+\^[^<>|]*\|[^<>|]*|https?:\/\/[^<>|\s]*(?:\|[^<>|]*)?)>/g;
  const rest = mrkdwn.replace(tokens, '');
  return [
    ...unless(!/[<>]/.test(rest), `a token that is none of ours: ${rest.slice(0, 60)}`),
    ...unless(!rest.replace(/&(?:amp|lt|gt);/g, '').includes('&'), 'half an entity'),
    ...unless(!/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(mrkdwn), 'a mark that turns the direction of text'),
  ];
}

function unless(fine: boolean, words: string): Broken {
  return fine ? [] : [words];
}

function count(things: readonly unknown[], most: number, words: string): Broken {
  return unless(things.length > 0 && things.length <= most, `${things.length} ${words}`);
}

function unique(ids: readonly string[], words: string): Broken {
  return unless(new Set(ids).size === ids.length, `${words} that are not unique`);
}
