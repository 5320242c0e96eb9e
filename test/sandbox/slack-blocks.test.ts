import { describe, expect, it } from 'vitest';
import { checkBlocks } from '../../src/sandbox/slack/blocks.ts';
import type { Surface } from '../../src/sandbox/slack/blocks.ts';
import type { Json } from '../../src/sandbox/slack/json.ts';
import { startSlack } from '../../src/sandbox/slack/slack.ts';
import { clientOf, refusal } from './slack-client.ts';

const plain = (text: string): Json => ({ type: 'plain_text', text });
const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text });
const x = (count: number): string => 'x'.repeat(count);
const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));
const button = (more: { [field: string]: Json } = {}): Json => ({ type: 'button', text: plain('Go'), ...more });
const option = (value: string): Json => ({ text: plain(value), value });
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
const input = (element: Json): { [field: string]: Json } => ({ type: 'input', label: plain('Label'), element });
const select = (more: { [field: string]: Json }): Json => actions({ type: 'static_select', action_id: 's', ...more });

const cell = (text: string): Json => ({ type: 'raw_text', text });
const divider: Json = { type: 'divider' };
const card = (more: { [field: string]: Json }): Json => ({ type: 'card', ...more });
const task = (id: string): Json => ({ type: 'task_card', task_id: id, title: 'Do it', status: 'pending' });

const wrong = (blocks: Json, surface: Surface = 'message'): readonly string[] => checkBlocks(blocks, surface);

describe('fine blocks', () => {
  it.each<[string, Surface, Json]>([
    ['a section at its limit', 'message', [{ type: 'section', text: mrkdwn(x(3000)) }]],
    ['ten fields', 'message', [{ type: 'section', fields: times(10, () => mrkdwn(x(2000))) }]],
    ['a header at its limit', 'message', [{ type: 'header', text: plain(x(150)) }]],
    ['fifty blocks', 'message', times(50, () => ({ type: 'divider' }))],
    ['a hundred blocks in a modal', 'modal', times(100, () => ({ type: 'divider' }))],
    ['twenty-five buttons', 'message', [actions(...times(25, (i) => button({ action_id: `b${i}`, value: x(2000) })))]],
    [
      'the same action in two blocks',
      'message',
      [actions(button({ action_id: 'a' })), actions(button({ action_id: 'a' }))],
    ],
    ['a confirmation', 'message', [actions(button({ confirm: { title: plain('Sure?'), text: mrkdwn('Really') } }))]],
    [
      'rich text',
      'message',
      [
        {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: '<!channel>', style: { bold: true } }] },
          ],
        },
      ],
    ],
    ['a file input in a modal', 'modal', [input({ type: 'file_input', max_files: 10 })]],
    ['no blocks', 'message', []],
    [
      'a choice made at first',
      'message',
      [select({ options: [option('a'), option('b')], initial_option: option('b') })],
    ],
    [
      'tables',
      'message',
      [
        { type: 'table', rows: times(100, () => times(20, () => cell('x'))) },
        { type: 'data_table', caption: 'Open', page_size: 100, rows: times(201, () => [cell('x')]) },
      ],
    ],
    ['ten cards', 'home', [{ type: 'carousel', elements: times(10, () => card({ title: mrkdwn(x(150)) })) }]],
    ['a container', 'home', [{ type: 'container', title: plain('More'), child_blocks: times(10, () => divider) }]],
    ['a plan', 'message', [{ type: 'plan', title: 'Steps', tasks: times(50, (i) => task(`t${i}`)) }]],
    ['an alert in a modal', 'modal', [{ type: 'alert', level: 'warning', text: plain(x(200)) }]],
    ['text as long as messages take', 'message', times(4, () => ({ type: 'section', text: mrkdwn(x(3000)) }))],
  ])('takes %s', (_name, surface, blocks) => {
    expect(wrong(blocks, surface)).toEqual([]);
  });
});

describe('blocks that Slack refuses', () => {
  it.each<[string, Json, string, Surface?]>([
    ['51 blocks', times(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [
      '101 in a modal',
      times(101, () => ({ type: 'divider' })),
      'no more than 100 items allowed [json-pointer:/blocks]',
      'modal',
    ],
    [
      'a long section',
      [{ type: 'section', text: mrkdwn(x(3001)) }],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'an empty section text',
      [{ type: 'section', text: mrkdwn('') }],
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['a section without text', [{ type: 'section' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      '11 fields',
      [{ type: 'section', fields: times(11, () => mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a long header',
      [{ type: 'header', text: plain(x(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'mrkdwn in a header',
      [{ type: 'header', text: mrkdwn('x') }],
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      '11 context elements',
      [{ type: 'context', elements: times(11, () => mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      '26 buttons',
      [actions(...times(26, () => button()))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    ['no buttons', [actions()], 'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]'],
    [
      'a long button',
      [actions(button({ text: plain(x(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a long button value',
      [actions(button({ value: x(2001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a green button',
      [actions(button({ style: 'success' }))],
      'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a script link',
      [actions(button({ url: 'javascript:alert(1)' }))],
      'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      '101 options',
      [select({ options: times(101, (i) => option(`o${i}`)) })],
      'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    ['no options', [select({})], 'must provide either options or option_groups [json-pointer:/blocks/0/elements/0]'],
    [
      'a long option',
      [select({ options: [option(x(76))] })],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
    ],
    [
      'six overflow options',
      [actions({ type: 'overflow', options: times(6, (i) => option(`o${i}`)) })],
      'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'a long confirmation',
      [actions(button({ confirm: { title: plain(x(101)), text: mrkdwn('x') } }))],
      'must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]',
    ],
    [
      'a text input among buttons',
      [actions({ type: 'plain_text_input' })],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'an alert in a message',
      [{ type: 'alert', text: plain('x') }],
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
    [
      'markdown in a modal',
      [{ type: 'markdown', text: 'x' }],
      'unsupported type: markdown [json-pointer:/blocks/0/type]',
      'modal',
    ],
    [
      'a file input in a message',
      [input({ type: 'file_input' })],
      'unsupported type: file_input [json-pointer:/blocks/0/element/type]',
    ],
    [
      'an image without words',
      [{ type: 'image', image_url: 'https://x.example/a.png' }],
      'missing required field: alt_text [json-pointer:/blocks/0]',
    ],
    [
      'an unknown field',
      [{ type: 'divider', colour: 'red' }],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'a long block id',
      [{ type: 'divider', block_id: x(256) }],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'one block id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id "a" already exists [json-pointer:/blocks/1/block_id]',
    ],
    [
      'one action id twice in a block',
      [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
      'action_id "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'two tables',
      times(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })),
      'only_one_table_allowed [json-pointer:/blocks]',
    ],
    [
      'much markdown',
      times(2, () => ({ type: 'markdown', text: x(7000) })),
      'markdown blocks must be less than 12001 characters together [json-pointer:/blocks]',
    ],
    [
      'a number for text',
      [{ type: 'section', text: { type: 'mrkdwn', text: 5 } }],
      'must provide a string [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a choice that is none of the options, made at first',
      [select({ options: [option('a')], initial_option: option('b') })],
      'must be one of the options [json-pointer:/blocks/0/elements/0/initial_option]',
    ],
    [
      'a ticked box that is not there',
      [actions({ type: 'checkboxes', options: [option('a')], initial_options: [option('a'), option('b')] })],
      'must be one of the options [json-pointer:/blocks/0/elements/0/initial_options/1]',
    ],
    [
      'eleven boxes',
      [actions({ type: 'checkboxes', options: times(11, (i) => option(`o${i}`)) })],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]',
    ],
    [
      'two elements that want the cursor',
      times(2, (i) => ({ ...input({ type: 'plain_text_input', focus_on_load: true }), block_id: `b${i}` })),
      'only one element may have focus_on_load [json-pointer:/blocks/1/element/focus_on_load]',
      'modal',
    ],
    [
      'a response address for what is chosen in a message',
      [actions({ type: 'channels_select', response_url_enabled: true })],
      'response_url_enabled is for modals only [json-pointer:/blocks/0/elements/0/response_url_enabled]',
    ],
    [
      'a long text input',
      [input({ type: 'plain_text_input', max_length: 3001 })],
      'must provide a number from 1 to 3000 [json-pointer:/blocks/0/element/max_length]',
    ],
    [
      'a long placeholder',
      [input({ type: 'plain_text_input', placeholder: plain(x(151)) })],
      'must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]',
    ],
    [
      'eleven files',
      [input({ type: 'file_input', max_files: 11 })],
      'must provide a number from 1 to 10 [json-pointer:/blocks/0/element/max_files]',
      'modal',
    ],
    [
      '101 rows',
      [{ type: 'table', rows: times(101, () => [cell('x')]) }],
      'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
    ],
    [
      '21 columns',
      [{ type: 'table', rows: [times(21, () => cell('x'))] }],
      'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
    ],
    [
      'much text in a table',
      [{ type: 'table', rows: times(2, () => [cell(x(5001))]) }],
      'must be less than 10001 characters [json-pointer:/blocks/0/rows]',
    ],
    [
      'a data table without a caption',
      [{ type: 'data_table', rows: [[cell('x')]] }],
      'missing required field: caption [json-pointer:/blocks/0]',
    ],
    [
      'pages that are too long',
      [{ type: 'data_table', caption: 'x', page_size: 101, rows: [[cell('x')]] }],
      'must provide a number from 1 to 100 [json-pointer:/blocks/0/page_size]',
    ],
    [
      'four actions on a card',
      [card({ actions: times(4, () => button()) })],
      'no more than 3 items allowed [json-pointer:/blocks/0/actions]',
    ],
    [
      'eleven cards',
      [{ type: 'carousel', elements: times(11, () => card({})) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a container in a modal',
      [{ type: 'container', child_blocks: [divider] }],
      'unsupported type: container [json-pointer:/blocks/0/type]',
      'modal',
    ],
    [
      'eleven blocks in a container',
      [{ type: 'container', child_blocks: times(11, () => divider) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]',
    ],
    [
      'a task without a known status',
      [{ type: 'task_card', task_id: 't', title: 'x', status: 'done' }],
      'must be one of: pending, in_progress, complete, error [json-pointer:/blocks/0/status]',
    ],
    [
      '51 tasks',
      [{ type: 'plan', title: 'x', tasks: times(51, (i) => task(`t${i}`)) }],
      'no more than 50 items allowed [json-pointer:/blocks/0/tasks]',
    ],
    [
      'a long alert',
      [{ type: 'alert', text: plain(x(201)) }],
      'must be less than 201 characters [json-pointer:/blocks/0/text/text]',
      'modal',
    ],
    ['a block that is none', ['x'], 'must provide an object [json-pointer:/blocks/0]'],
  ])('names %s', (_name, blocks, message, surface = 'message') => {
    expect(wrong(blocks, surface)).toContain(`[ERROR] ${message}`);
  });
});

describe('views', () => {
  const fine = { title: plain('Form'), blocks: [] };
  it.each<[string, 'modal' | 'home', object, string]>([
    [
      'a long title',
      'modal',
      { title: plain(x(25)) },
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'a long submit',
      'modal',
      { submit: plain(x(25)) },
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    [
      'a long close',
      'modal',
      { close: plain(x(25)) },
      'must be less than 25 characters [json-pointer:/view/close/text]',
    ],
    ['mrkdwn in a title', 'modal', { title: mrkdwn('x') }, 'unsupported type: mrkdwn [json-pointer:/view/title/type]'],
    ['no title', 'modal', { title: undefined }, 'missing required field: title [json-pointer:/view]'],
    ['no blocks', 'modal', { blocks: undefined }, 'missing required field: blocks [json-pointer:/view]'],
    ['a field of its own', 'modal', { colour: 'red' }, 'invalid additional property: colour [json-pointer:/view]'],
    [
      'a long callback id',
      'modal',
      { callback_id: x(256) },
      'must be less than 256 characters [json-pointer:/view/callback_id]',
    ],
    [
      'a long external id',
      'home',
      { external_id: x(256) },
      'must be less than 256 characters [json-pointer:/view/external_id]',
    ],
    [
      'long metadata',
      'home',
      { private_metadata: x(3001) },
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      '101 blocks',
      'home',
      { blocks: times(101, () => divider) },
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'an alert at home',
      'home',
      { blocks: [{ type: 'alert', text: plain('x') }] },
      'unsupported type: alert [json-pointer:/view/blocks/0/type]',
    ],
  ])('are refused with %s', async (_name, type, more, message) => {
    const slack = await startSlack();
    const view = { ...fine, type, ...more };
    const method = type === 'home' ? 'views.publish' : 'views.open';
    const call = clientOf(slack).apiCall(method, { user_id: 'U0ANA000001', trigger_id: 'x', view });
    expect(await refusal(call)).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: expect.arrayContaining([`[ERROR] ${message}`]) },
    });
    await slack.close();
  });
});

describe('on the wire', () => {
  it('refuses messages and views with the pointers of what is wrong', async () => {
    const slack = await startSlack();
    const client = clientOf(slack);
    await client.conversations.join({ channel: 'C0INCIDENTS' });
    const post = (blocks: unknown): Promise<unknown> =>
      client.apiCall('chat.postMessage', { channel: 'C0INCIDENTS', text: 'x', blocks });
    expect(await refusal(post([{ type: 'section' }]))).toMatchObject({
      error: 'invalid_blocks',
      response_metadata: { messages: ['[ERROR] missing required field: text [json-pointer:/blocks/0]'] },
    });
    expect(await refusal(post('{'))).toMatchObject({ error: 'invalid_blocks_format' });

    const publish = (view: object): Promise<unknown> =>
      client.apiCall('views.publish', { user_id: 'U0ANA000001', view: { type: 'home', ...view } });
    expect(await refusal(publish({ blocks: [{ type: 'header', text: plain(x(151)) }] }))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] must be less than 151 characters [json-pointer:/view/blocks/0/text/text]'],
      },
    });
    expect(await refusal(publish({ blocks: [], private_metadata: x(3001) }))).toMatchObject({
      response_metadata: {
        messages: ['[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]'],
      },
    });
    const modal = { type: 'modal', title: plain(x(25)), blocks: [input({ type: 'plain_text_input' })] };
    expect(await refusal(client.apiCall('views.open', { trigger_id: 'x', view: modal }))).toMatchObject({
      response_metadata: {
        messages: [
          '[ERROR] must be less than 25 characters [json-pointer:/view/title/text]',
          '[ERROR] missing required field: submit [json-pointer:/view/submit]',
        ],
      },
    });
    await slack.close();
  });
});
