/** Block Kit as nodes. */
import { ActingControl, Control } from './controls.js';
import { html, useHere } from './html.js';
import { renderLink, renderMrkdwn, renderPlain } from './mrkdwn.js';

/**
 * @param {object} properties `blocks`; `act(action)` is called with the action as Slack would send it; in a form
 *   `form` holds what was typed and what was wrong.
 */
export function Blocks({ blocks, act, form }) {
  return html`<div class="blocks">
    ${blocks.map((block, index) => html`<${Block} key=${block.block_id ?? index} ...${{ block, act, form }} />`)}
  </div>`;
}

function Block({ block, act, form }) {
  const here = useHere();
  const control = (one) => html`<${ActingControl} key=${one.action_id} ...${{ block, one, act, form }} />`;
  switch (block.type) {
    case 'header':
      return html`<h3>${renderPlain(block.text.text)}</h3>`;
    case 'divider':
      return html`<hr />`;
    case 'section':
      return html`<div class="section">
        ${block.text && html`<div class="words"><${Text} text=${block.text} /></div>`}
        ${
          block.fields &&
          html`<div class="fields">${block.fields.map((text) => html`<div><${Text} text=${text} /></div>`)}</div>`
        }
        ${block.accessory && control(block.accessory)}
      </div>`;
    case 'context':
      return html`<div class="context">
        ${block.elements.map((one) =>
          one.type === 'image' ? `[${one.alt_text ?? 'image'}] ` : html`<span><${Text} text=${one} /> </span>`,
        )}
      </div>`;
    case 'actions':
      return html`<div class="actions">${block.elements.map(control)}</div>`;
    case 'input':
      return html`<${Field} ...${{ block, act, form }} />`;
    case 'rich_text':
      return html`<div>${block.elements.map((part) => renderRich(part, here))}</div>`;
    case 'markdown':
      return html`<pre>${block.text}</pre>`;
    case 'image':
      return html`<${Picture} block=${block} />`;
    default:
      return html`<p class="quiet">[${block.type} is not shown here]</p>`;
  }
}

/** A picture that was uploaded; one from elsewhere is only told, since nothing is fetched from outside. */
function Picture({ block }) {
  const file = block.slack_file?.id;
  if (file === undefined) return html`<p class="quiet">[image: ${block.alt_text ?? block.title?.text ?? ''}]</p>`;
  return html`<figure class="picture">
    <figcaption class="quiet">${block.title?.text ?? ''}</figcaption>
    <img src=${`/file/${encodeURIComponent(file)}`} alt=${block.alt_text} />
  </figure>`;
}

/** A text object. */
function Text({ text }) {
  const here = useHere();
  return text.type === 'mrkdwn' ? renderMrkdwn(text.text, here) : renderPlain(text.text);
}

/** An input with its label, its hint and what is wrong with it. */
function Field({ block, act, form }) {
  const one = block.element;
  const id = `${form.id}-${block.block_id}`;
  const wrong = form.wrong[block.block_id];
  const described = [block.hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  // A group of boxes is no single control that a label could stand for.
  const isGroup = /^(?:checkboxes|radio_buttons|multi_)/.test(one.type);
  const words = html`${renderPlain(block.label.text)}${block.optional && html`<span class="quiet"> (optional)</span>`}`;
  const change = (value) => form.set(block, value);
  const settle = (value) =>
    block.dispatch_action &&
    act({ type: one.type, block_id: block.block_id, action_id: one.action_id, ...(value ?? form.get(block, one)) });
  return html`<div class="field">
    ${isGroup ? html`<b id=${`${id}-label`}>${words}</b>` : html`<label for=${id}>${words}</label>`}
    <${Control}
      one=${one}
      value=${form.get(block, one)}
      change=${change}
      settle=${settle}
      attributes=${{
        id,
        'aria-describedby': described === '' ? null : described,
        'aria-invalid': wrong ? 'true' : null,
        'aria-labelledby': isGroup ? `${id}-label` : null,
      }}
    />
    ${block.hint && html`<p class="quiet" id=${`${id}-hint`}>${renderPlain(block.hint.text)}</p>`}
    <p class="wrong" role="alert" id=${`${id}-wrong`}>${wrong}</p>
  </div>`;
}

function renderRich(part, here) {
  const children = (part.elements ?? []).map((one) => renderRichElement(one, here));
  switch (part.type) {
    case 'rich_text_list': {
      const items = children.map((one) => html`<li>${one}</li>`);
      return part.style === 'ordered'
        ? html`<ol class="listed">
            ${items}
          </ol>`
        : html`<ul class="listed">
            ${items}
          </ul>`;
    }
    case 'rich_text_quote':
      return html`<blockquote>${children}</blockquote>`;
    case 'rich_text_preformatted':
      return html`<pre>${children}</pre>`;
    default:
      return html`<p>${children}</p>`;
  }
}

function renderRichElement(one, here) {
  switch (one.type) {
    case 'text':
      return styled(one.text, one.style ?? {});
    case 'link':
      return renderLink(one.url, one.text ?? one.url, here);
    case 'user':
      return renderMrkdwn(`<@${one.user_id}>`, here);
    case 'usergroup':
      return renderMrkdwn(`<!subteam^${one.usergroup_id}>`, here);
    case 'channel':
      return renderMrkdwn(`<#${one.channel_id}>`, here);
    case 'broadcast':
      return renderMrkdwn(`<!${one.range}>`, here);
    case 'emoji':
      return renderPlain(`:${one.name}:`);
    case 'date':
      return renderMrkdwn(`<!date^${one.timestamp}^${one.format}|${one.fallback ?? ''}>`, here);
    default:
      return one.elements ? renderRich(one, here) : (one.text ?? '');
  }
}

function styled(text, style) {
  if (style.code) return html`<code>${text}</code>`;
  if (style.bold) return html`<b>${styled(text, { ...style, bold: false })}</b>`;
  if (style.italic) return html`<i>${styled(text, { ...style, italic: false })}</i>`;
  if (style.strike) return html`<s>${text}</s>`;
  return text;
}
