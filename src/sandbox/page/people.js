/** What changes about people: who is in a group, in which time zone somebody is, when they are to be left alone. */
import { html, useHere } from './html.js';
import { livingPeople } from './sidebar.js';
import { cityOf, clockTime } from './time.js';

/** Each group, which opens to show who is in it. */
export function Groups() {
  const { state } = useHere();
  if (state.groups.length === 0) return html`<p class="row quiet">There are none.</p>`;
  return html`${state.groups.map((group) => html`<${Group} key=${group.id} group=${group} />`)}`;
}

function Group({ group }) {
  const { state, me, send } = useHere();
  const { id, handle, name, members } = group;
  const people = livingPeople(state).filter((one) => !one.external && one.kind === 'member');
  const toggle = (person) => {
    const others = members.filter((one) => one !== person);
    return send({
      do: 'group',
      user: me.id,
      group: id,
      members: members.includes(person) ? others : [...members, person],
    });
  };
  return html`<details class="group">
    <summary><b>@${handle}</b> <span class="quiet">${members.length}</span></summary>
    <div class="ticks" role="group" aria-label=${`In ${name}`}>
      ${people.map(
        (one) =>
          html`<label key=${one.id}>
            <input type="checkbox" checked=${members.includes(one.id)} onChange=${() => toggle(one.id)} />
            ${` ${one.realName}`}
          </label>`,
      )}
    </div>
  </details>`;
}

/** Where whoever uses the page is, and when they want no notifications. */
export function Myself() {
  const here = useHere();
  const { state, me, send } = here;
  const now = here.now();
  const zones = [...new Set(state.people.filter((one) => one.kind !== 'bot').map((one) => one.timeZone))];
  const sorted = zones.toSorted((a, b) => (cityOf(a) < cityOf(b) ? -1 : 1));
  const { from, to } = me.quietHours ?? { from: '22:00', to: '08:00' };
  const move = (event) => send({ do: 'time-zone', user: me.id, timeZone: event.currentTarget.value });
  const hush = (event) => send({ do: 'quiet-hours', user: me.id, from, to, on: event.currentTarget.checked });
  return html`<label class="row">
      ${'Time zone '}
      <select onChange=${move}>
        ${sorted.map(
          (zone) =>
            html`<option key=${zone} value=${zone} selected=${zone === me.timeZone}>
              ${`${cityOf(zone)} (${clockTime(now, zone)})`}
            </option>`,
        )}
      </select>
    </label>
    <label class="choice">
      <input type="checkbox" role="switch" checked=${me.quietHours !== null} onChange=${hush} />
      <span>${`Do not disturb from ${from} to ${to}`}</span>
    </label>`;
}
