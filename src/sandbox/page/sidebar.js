/** Channels, direct messages and people, with what is unread. */
import { html, useHere } from './html.js';
import { clockTime, isAsleep } from './time.js';

/** How many messages this person has not seen there; `kind` is `times`, or `pings` for those that are meant for them. */
export function unreadIn(me, channel, kind) {
  const read = Number(window.localStorage.getItem(`read ${me.id} ${channel.id}`) ?? 0);
  return channel[kind].filter((ts) => Number(ts) > read).length;
}

/** Everybody whom somebody can be. */
export function livingPeople(state) {
  return state.people.filter((one) => one.kind !== 'bot' && !one.deactivated);
}

export function Sidebar() {
  const { state } = useHere();
  const groups = [
    ['Channels', state.channels.filter((one) => one.member && !one.direct && !one.archived)],
    ['Direct messages', state.channels.filter((one) => one.direct)],
    ['Not joined', state.channels.filter((one) => !one.member && !one.direct && !one.archived)],
    ['Archived', state.channels.filter((one) => one.archived)],
  ];
  return html`<nav class="channels" aria-label="Channels">
    ${groups.map(
      ([title, channels]) =>
        channels.length > 0 &&
        html`<h2 key=${title}>${title}</h2>
          <ul>
            ${channels.map((one) => html`<li key=${one.id}><${Row} channel=${one} /></li>`)}
          </ul>`,
    )}
    <${People} />
  </nav>`;
}

function Row({ channel }) {
  const here = useHere();
  const isOpen = channel.id === here.room?.id;
  const unread = isOpen ? 0 : unreadIn(here.me, channel, 'times');
  const pings = isOpen ? 0 : unreadIn(here.me, channel, 'pings');
  return html`<button
    type="button"
    class=${unread > 0 && channel.member ? 'unread' : null}
    aria-current=${isOpen ? 'page' : null}
    onClick=${() => here.open(channel.id)}
  >
    <span>${channel.label}</span>
    ${unread > 0 && channel.member && pings === 0 && html`<span class="unseen">, unread</span>`}
    ${pings > 0 && html`<span class="badge">${pings}<span class="unseen"> for you</span></span>`}
  </button>`;
}

/** Everybody else, with the time where they are; a click begins a direct message. */
function People() {
  const here = useHere();
  const { state, me } = here;
  const now = here.now();
  const app = state.people.filter((one) => one.id === state.app);
  const others = livingPeople(state).filter((one) => one.id !== me.id);
  return html`<details class="people">
    <summary>People</summary>
    <ul>
      ${[...app, ...others].map(
        (one) =>
          html`<li key=${one.id}>
            <button type="button" onClick=${() => here.direct(one.id)}>
              <span>${one.realName}</span>
              <span class="quiet">${one.kind === 'bot' ? 'app' : whenThere(one, now)}</span>
            </button>
          </li>`,
      )}
    </ul>
  </details>`;
}

/** `03:12, asleep`, and whether Slack holds notifications back from them. */
export function whenThere(person, now) {
  const kind = person.external ? ', other workspace' : person.kind === 'member' ? '' : ', guest';
  const words = `${clockTime(now, person.timeZone)}, ${isAsleep(person.timeZone, now) ? 'asleep' : 'awake'}${kind}`;
  return html`${words}${person.quiet && html`${' '}<abbr title="Do not disturb">DND</abbr>`}`;
}
