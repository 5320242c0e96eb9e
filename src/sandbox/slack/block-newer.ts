/** The limits of the younger blocks: tables, cards, containers, plans. Not every client of Slack shows them yet. */
import {
  anything,
  anyText,
  charactersOf,
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
import type { Check, Shape } from './block-checks.ts';
import { button, image } from './block-elements.ts';

const block = ({ optional = {}, ...rest }: Shape): Check =>
  shape({ ...rest, optional: { block_id: identifier, ...optional } });

const markup = (most: number): Check =>
  typed({ mrkdwn: shape({ required: { text: text(most) }, optional: { verbatim: flag } }) });

const mostTableCharacters = 10_000;
const mostDataTableCharacters = 20_000;
const mostColumns = 20;

const noMoreCharacters =
  (most: number): NonNullable<Shape['also']> =>
  (value, pointer, report) => {
    if (charactersOf(value['rows'] ?? []) > most) report(`${pointer}/rows`, `must be less than ${most + 1} characters`);
  };

const columnSetting: Check = (value, pointer, report) => {
  if (value === null) return;
  shape({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: flag } })(value, pointer, report);
};

/** Both kinds of table; they stand in messages only. */
export function tables(richText: Check): { readonly [type: string]: Check } {
  const cell = typed({
    raw_text: shape({ required: { text: text(mostTableCharacters, 0) } }),
    raw_number: shape({ required: { value: anything }, optional: { text: text(255) } }),
    rich_text: richText,
  });
  const row = list(cell, { most: mostColumns });
  return {
    table: block({
      required: { rows: list(row, { most: 100 }) },
      optional: { column_settings: list(columnSetting, { most: mostColumns }) },
      also: noMoreCharacters(mostTableCharacters),
    }),
    data_table: block({
      // The first row is the header.
      required: { rows: list(row, { most: 201 }), caption: text(2000) },
      optional: { page_size: number(1, 100), row_header_column_index: number(0, mostColumns - 1) },
      also: noMoreCharacters(mostDataTableCharacters),
    }),
  };
}

export const card = block({
  optional: {
    hero_image: typed({ image }),
    icon: typed({ image }),
    title: markup(150),
    subtitle: markup(150),
    body: markup(200),
    actions: list(typed({ button }), { most: 3 }),
  },
});

export const carousel = block({ required: { elements: list(typed({ card }), { most: 10 }) } });

export const video = block({
  required: {
    video_url: webAddress,
    thumbnail_url: webAddress,
    alt_text: text(2000),
    title: plainText(200),
  },
  optional: {
    title_url: webAddress,
    author_name: text(50),
    provider_name: text(50),
    provider_icon_url: webAddress,
    description: plainText(200),
  },
});

/** A frame around other blocks, given by their types. */
export function container(richText: Check, children: { readonly [type: string]: Check }): Check {
  return block({
    required: { child_blocks: list(typed(children), { most: 10 }) },
    optional: {
      title: plainText(150),
      rich_text_title: richText,
      subtitle: anyText(150),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: typed({ image }),
      is_collapsible: flag,
      default_collapsed: flag,
      has_header_divider: flag,
    },
  });
}

/** The steps of a task, alone or as a plan. */
export function tasks(richText: Check): { readonly [type: string]: Check } {
  const source = typed({ url: shape({ required: { url: webAddress, text: text(3000) } }) });
  const task = block({
    required: {
      task_id: identifier,
      title: text(3000),
      status: oneOf('pending', 'in_progress', 'complete', 'error'),
    },
    optional: { details: richText, output: richText, sources: list(source, { most: 100 }) },
  });
  return {
    task_card: task,
    plan: block({
      required: { title: text(3000) },
      optional: { tasks: list(typed({ task_card: task }), { least: 0, most: 50 }) },
    }),
  };
}
