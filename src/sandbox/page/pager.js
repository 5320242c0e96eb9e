/** Who was called outside Slack, and buttons that answer as they would on their phone. */
import { Button, html, useHere } from './html.js';
import { clockTime } from './time.js';

const states = { triggered: 'ALARM', acknowledged: 'INSUFFICIENT_DATA', resolved: 'OK' };

export function Pager() {
  const { names, pages } = useHere().state.pager;
  if (names.length === 0) return html`<p class="row quiet">No pager is set up.</p>`;
  if (pages.length === 0) return html`<p class="row quiet">Nobody was called yet (${names.join(', ')}).</p>`;
  return html`<ul>
    ${pages.map((page) => html`<${Page} key=${page.id} page=${page} />`)}
  </ul>`;
}

function Page({ page }) {
  const { send, me } = useHere();
  const { id, pager, about, state, by, triggered, openedAt } = page;
  const answer = (label, act) =>
    html`<${Button}
      press=${() => send({ do: 'pager-answer', page: id, act, by: me.realName })}
      aria-label=${`${label} ${about.title}`}
      >${label}<//
    >`;
  const times = triggered > 1 ? `, ${triggered} times` : '';
  return html`<li class="alarm">
    <p>
      <b>${about.title}</b>${' '}
      <span class=${`state-${states[state]}`}>${state}${by === null ? '' : ` by ${by}`}</span>
    </p>
    <p class="quiet">${`${pager}, ${clockTime(openedAt, me.timeZone)}${times}`}${told(page)}</p>
    ${about.people.length > 0 && html`<p class="quiet">${`Called in Slack too: ${about.people.join(', ')}`}</p>`}
    ${
      state !== 'resolved' &&
      html`<div class="actions">
        ${state === 'triggered' ? answer('Acknowledge', 'acknowledge') : answer('Take back', 'unacknowledge')}
        ${answer('Resolve', 'resolve')}
      </div>`
    }
  </li>`;
}

function told({ told: heard }) {
  switch (heard?.outcome) {
    case 'waiting':
      return '. The bot was not told yet';
    case 'refused':
      return `. The bot refused to hear of it (${heard.status})`;
    case 'given up':
      return '. The bot could not be told';
    default:
      return '';
  }
}
