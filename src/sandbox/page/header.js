/** The top of the page: who somebody is, what time it is, whether the bot runs. */
import { useEffect, useState } from 'preact/hooks';
import { html, useHere } from './html.js';
import { livingPeople } from './sidebar.js';
import { cityOf, clockTime, fullTime, isAsleep } from './time.js';

export function Header({ connected }) {
  const here = useHere();
  const { state, me, room } = here;
  useTick();
  const now = here.now();
  const kind = me.external ? ' · from another workspace' : me.kind === 'member' ? '' : ' · guest';
  const { running, managed } = state.bot;
  const other = livingPeople(state).find((one) => one.id !== me.id && !one.external && one.kind === 'member');
  return html`<header class="top">
    <h1>Sandbox</h1>
    <label class="me">
      ${'You are '}
      <select onChange=${(event) => here.become(event.currentTarget.value)}>
        ${livingPeople(state).map(
          (one) =>
            html`<option key=${one.id} value=${one.name} selected=${one.id === me.id}>
              ${one.id === me.id ? one.realName : describe(one, now)}
            </option>`,
        )}
      </select>
    </label>
    <span class="quiet">
      ${`${clockTime(now, me.timeZone)} in ${cityOf(me.timeZone)}${isAsleep(me.timeZone, now) ? ', usually asleep' : ''}${kind}`}
    </span>
    <a href=${`#${other?.name ?? ''}/${room?.id ?? ''}`} target="_blank">Second window</a>
    <span class="clock" title="The clock that the bot and its timers obey">
      ${`${fullTime(now, 'UTC')} UTC${Math.abs(state.clock.offsetMillis) > 1000 ? ' (moved)' : ''}`}
    </span>
    <span class=${running ? 'state-OK' : 'state-ALARM'} role="status">
      ${managed ? (running ? 'Bot running' : 'Bot not running') : ''}
    </span>
    <p class="lost" role="alert">
      ${connected ? '' : 'The sandbox does not answer. This page goes on by itself once it is back; nothing is lost.'}
    </p>
  </header>`;
}

function describe(one, now) {
  const kind = one.external ? ', other workspace' : one.kind === 'member' ? '' : ', guest';
  return `${one.realName}${kind} (${clockTime(now, one.timeZone)}${isAsleep(one.timeZone, now) ? ', asleep' : ''})`;
}

function useTick() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}
