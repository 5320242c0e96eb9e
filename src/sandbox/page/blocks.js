/** Block Kit as nodes. */
import { element } from './element.js';
import { renderElement } from './controls.js';
import { renderMrkdwn, renderPlain } from './mrkdwn.js';

/**
 * @param {object[]} blocks
 * @param {object} context `names` for mentions; `act(block, action)` is called when a control is used; in a form
 *   `field(block, control, action)` shows an input block instead.
 */
export function renderBlocks(blocks, context) {
  return element('div', { class: 'blocks' }, ...blocks.map((block) => renderBlock(block, context)));
}

function renderBlock(block, context) {
  switch (block.type) {
    case 'header':
      return element('h3', {}, renderPlain(block.text.text));
    case 'divider':
      return document.createElement('hr');
    case 'section':
      return element(
        'div',
        { class: 'section' },
        block.text && element('div', { class: 'words' }, renderText(block.text, context)),
        block.fields &&
          element(
            'div',
            { class: 'fields' },
            ...block.fields.map((text) => element('div', {}, renderText(text, context))),
          ),
        block.accessory && renderElement(block, block.accessory, context),
      );
    case 'context':
      return element('div', { class: 'context' }, ...block.elements.flatMap((one) => [renderSmall(one, context), ' ']));
    case 'actions':
      return element('div', { class: 'actions' }, ...block.elements.map((one) => renderElement(block, one, context)));
    case 'input':
      return (
        context.field?.(block) ??
        element('div', {}, renderText(block.label, context), renderElement(block, block.element, context))
      );
    case 'rich_text':
      return element('div', {}, ...block.elements.map((part) => renderRich(part, context)));
    case 'markdown':
      return element('pre', {}, block.text);
    case 'image':
      return element('p', { class: 'quiet' }, `[image: ${block.alt_text ?? block.title?.text ?? ''}]`);
    default:
      return element('p', { class: 'quiet' }, `[${block.type} is not shown here]`);
  }
}

/** A text object. */
export function renderText(text, context) {
  return text.type === 'mrkdwn' ? renderMrkdwn(text.text, context.names) : renderPlain(text.text);
}

function renderSmall(one, context) {
  return one.type === 'image' ? element('span', {}, `[${one.alt_text ?? 'image'}]`) : renderText(one, context);
}

function renderRich(part, context) {
  const children = (part.elements ?? []).map((one) => renderRichElement(one, context));
  switch (part.type) {
    case 'rich_text_list':
      return element(
        part.style === 'ordered' ? 'ol' : 'ul',
        {},
        ...children.map((one) => element('li', {}, '• ', one)),
      );
    case 'rich_text_quote':
      return element('blockquote', {}, ...children);
    case 'rich_text_preformatted':
      return element('pre', {}, ...children);
    default:
      return element('p', {}, ...children);
  }
}

function renderRichElement(one, context) {
  const { names } = context;
  switch (one.type) {
    case 'text': {
      const tags = { bold: 'b', italic: 'i', strike: 's', code: 'code' };
      const tag = Object.keys(tags).find((name) => one.style?.[name]);
      return tag === undefined ? renderPlain(one.text) : element(tags[tag], {}, one.text);
    }
    case 'link':
      return renderMrkdwn(`<${one.url}|${one.text ?? one.url}>`, names);
    case 'user':
      return renderMrkdwn(`<@${one.user_id}>`, names);
    case 'usergroup':
      return renderMrkdwn(`<!subteam^${one.usergroup_id}>`, names);
    case 'channel':
      return renderMrkdwn(`<#${one.channel_id}>`, names);
    case 'broadcast':
      return renderMrkdwn(`<!${one.range}>`, names);
    case 'emoji':
      return renderPlain(`:${one.name}:`);
    default:
      return one.elements ? renderRich(one, context) : document.createTextNode(one.text ?? '');
  }
}
