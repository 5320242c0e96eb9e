/** The limits of Block Kit: what Slack refuses to show, with the words and pointers of its refusal. */
import { randomBytes } from 'node:crypto';
import {
  anything,
  anyText,
  flag,
  identifier,
  list,
  number,
  oneOf,
  plainText,
  shape,
  text,
  typed,
  webAddress,
} from './block-checks.ts';
import type { Check, Report, Shape } from './block-checks.ts';
import {
  actionElement,
  contextAction,
  contextElement,
  elementsIn,
  inputElement,
  sectionAccessory,
} from './block-elements.ts';
import { card, carousel, container, tables, tasks, video } from './block-newer.ts';
import { isList, isObject, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';

export type Surface = 'message' | 'modal' | 'home';

const mostBlocks: { readonly [S in Surface]: number } = { message: 50, modal: 100, home: 100 };
const mostMarkdownCharacters = 12_000;

const block = ({ optional = {}, ...rest }: Shape): Check =>
  shape({ ...rest, optional: { block_id: identifier, ...optional } });

const richTextParts = list(typed(richTextElements()), { least: 0, most: 1000 });

function richTextElements(): { readonly [type: string]: Check } {
  const style = { style: anything };
  return {
    text: shape({ required: { text: text(40_000) }, optional: style }),
    link: shape({ required: { url: webAddress }, optional: { ...style, text: text(3000), unsafe: flag } }),
    user: shape({ required: { user_id: text(255) }, optional: style }),
    usergroup: shape({ required: { usergroup_id: text(255) }, optional: style }),
    channel: shape({ required: { channel_id: text(255) }, optional: style }),
    emoji: shape({
      required: { name: text(255) },
      optional: { ...style, unicode: text(255), skin_tone: number(1, 6) },
    }),
    broadcast: shape({ required: { range: oneOf('here', 'channel', 'everyone') } }),
    color: shape({ required: { value: text(255) } }),
    date: shape({
      required: { timestamp: number(0, 99_999_999_999), format: text(255) },
      optional: { ...style, url: webAddress, fallback: text(255) },
    }),
  };
}

const richTextSection = shape({ required: { elements: richTextParts } });
const indented = { border: number(0, 1), indent: number(0, 8) };
const richText = block({
  required: {
    elements: list(
      typed({
        rich_text_section: richTextSection,
        rich_text_list: shape({
          required: {
            style: oneOf('bullet', 'ordered'),
            elements: list(typed({ rich_text_section: richTextSection }), { most: 1000 }),
          },
          optional: { ...indented, offset: number(0, 10_000) },
        }),
        rich_text_preformatted: shape({
          required: { elements: richTextParts },
          optional: { ...indented, language: text(255) },
        }),
        rich_text_quote: shape({ required: { elements: richTextParts }, optional: indented }),
      }),
      { most: 1000 },
    ),
  },
});

const everywhere: { readonly [type: string]: Check } = {
  section: block({
    optional: {
      text: anyText(3000),
      fields: list(anyText(2000), { most: 10 }),
      accessory: sectionAccessory,
      expand: flag,
    },
    also(value, pointer, report) {
      if (value['text'] === undefined && value['fields'] === undefined) report(pointer, 'missing required field: text');
    },
  }),
  header: block({ required: { text: plainText(150) }, optional: { level: number(1, 4) } }),
  divider: block({}),
  context: block({ required: { elements: list(contextElement, { most: 10 }) } }),
  actions: block({ required: { elements: list(actionElement, { most: 25 }) } }),
  image: block({
    required: { alt_text: text(2000) },
    optional: { image_url: webAddress, slack_file: anything, title: plainText(2000) },
    also(value, pointer, report) {
      const hasSource = value['image_url'] !== undefined || value['slack_file'] !== undefined;
      if (!hasSource) report(pointer, 'missing required field: image_url');
    },
  }),
  rich_text: richText,
  card,
  video,
};

const input = (isModal: boolean): Check =>
  block({
    required: { label: plainText(2000), element: inputElement(isModal) },
    optional: { hint: plainText(2000), optional: flag, dispatch_action: flag },
  });

const bySurface: { readonly [S in Surface]: Check } = {
  message: typed({
    ...everywhere,
    input: input(false),
    markdown: block({ required: { text: text(mostMarkdownCharacters) } }),
    context_actions: block({ required: { elements: list(contextAction, { most: 5 }) } }),
    file: block({ required: { source: oneOf('remote'), external_id: text(255) } }),
    ...tables(richText),
    ...tasks(richText),
    carousel,
    container: container(richText, { ...everywhere, ...tables(richText), input: input(false) }),
  }),
  modal: typed({
    ...everywhere,
    input: input(true),
    alert: block({
      required: { text: anyText(200) },
      optional: { level: oneOf('default', 'info', 'warning', 'error', 'success') },
    }),
  }),
  home: typed({
    ...everywhere,
    input: input(false),
    carousel,
    container: container(richText, { ...everywhere, input: input(false) }),
  }),
};

/** What Slack would refuse in these blocks, as it words it; empty when they are fine. */
export function checkBlocks(blocks: Json, surface: Surface, base = ''): readonly string[] {
  const found: string[] = [];
  const report: Report = (pointer, message) => {
    found.push(`[ERROR] ${message} [json-pointer:${pointer}]`);
  };
  const pointer = `${base}/blocks`;
  list(bySurface[surface], { least: 0, most: mostBlocks[surface] })(blocks, pointer, report);
  if (isList(blocks)) {
    checkIds(blocks, pointer, report);
    checkSums(blocks, pointer, report);
    checkFocus(blocks, pointer, report);
    if (surface === 'message') checkResponseUrls(blocks, pointer, report);
  }
  return found;
}

function checkIds(blocks: readonly Json[], pointer: string, report: Report): void {
  const blockIds = new Set<string>();
  for (const [index, one] of blocks.entries()) {
    const blockId = textAt(one, 'block_id');
    if (blockId !== undefined && blockIds.has(blockId)) {
      report(`${pointer}/${index}/block_id`, `block_id "${blockId}" already exists`);
    }
    if (blockId !== undefined) blockIds.add(blockId);
    const actionIds = new Set<string>();
    for (const { at, value } of elementsIn(one)) {
      const id = textAt(value, 'action_id');
      if (id === undefined) continue;
      if (actionIds.has(id)) report(`${pointer}/${index}${at}/action_id`, `action_id "${id}" already exists`);
      actionIds.add(id);
    }
  }
}

/** One element at most may hold the cursor when the view opens. */
function checkFocus(blocks: readonly Json[], pointer: string, report: Report): void {
  const focused = blocks.flatMap((one, index) =>
    elementsIn(one).flatMap(({ at, value }) => (value['focus_on_load'] === true ? [`${index}${at}`] : [])),
  );
  for (const where of focused.slice(1)) {
    report(`${pointer}/${where}/focus_on_load`, 'only one element may have focus_on_load');
  }
}

function checkResponseUrls(blocks: readonly Json[], pointer: string, report: Report): void {
  for (const [index, one] of blocks.entries()) {
    for (const { at, value } of elementsIn(one)) {
      if (value['response_url_enabled'] === true) {
        report(`${pointer}/${index}${at}/response_url_enabled`, 'response_url_enabled is for modals only');
      }
    }
  }
}

function checkSums(blocks: readonly Json[], pointer: string, report: Report): void {
  const ofType = (type: string): readonly Json[] => blocks.filter((one) => textAt(one, 'type') === type);
  if (ofType('table').length > 1) report(pointer, 'only_one_table_allowed');
  const markdown = ofType('markdown').reduce<number>((sum, one) => sum + (textAt(one, 'text') ?? '').length, 0);
  if (markdown > mostMarkdownCharacters) {
    report(pointer, `markdown blocks must be less than ${mostMarkdownCharacters + 1} characters together`);
  }
}

/** The blocks with the ids that Slack gives where the app gave none. */
export function withIds(blocks: readonly Json[]): readonly JsonObject[] {
  const newId = (): string => randomBytes(4).toString('base64url').slice(0, 5);
  const withActionId = (element: Json): Json => {
    const isActionable =
      isObject(element) && !['image', 'plain_text', 'mrkdwn'].includes(textAt(element, 'type') ?? '');
    return isActionable ? { action_id: newId(), ...element } : element;
  };
  return blocks.filter(isObject).map((one) => {
    const { accessory, element, elements } = one;
    const hasActions = one['type'] === 'actions' || one['type'] === 'context_actions';
    return {
      block_id: newId(),
      ...one,
      ...(accessory === undefined ? {} : { accessory: withActionId(accessory) }),
      ...(element === undefined ? {} : { element: withActionId(element) }),
      ...(hasActions && isList(elements) ? { elements: elements.map(withActionId) } : {}),
    };
  });
}
