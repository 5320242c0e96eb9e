/** The panel for what surrounds the bot: processes, the clock, the alarms, pagers, groups, what goes wrong, support cases. */
import { useState } from 'preact/hooks';
import { Alarms } from './alarms.js';
import { Button, html, useHere } from './html.js';
import { Pager } from './pager.js';
import { Groups, Myself } from './people.js';

const steps = [
  ['+1 min', 1],
  ['+5 min', 5],
  ['+15 min', 15],
  ['+1 h', 60],
  ['+6 h', 360],
  ['+1 day', 1440],
];

export function World() {
  const { state } = useHere();
  return html`<section class="side world" aria-label="World around the bot">
    <h2>Processes</h2>
    <${Processes} />
    <h2>Move the clock</h2>
    <${Clock} />
    <h2>Alarms in CloudWatch</h2>
    <${Alarms} />
    <h2>Pager</h2>
    <${Pager} />
    <h2>User groups</h2>
    <${Groups} />
    <h2>You</h2>
    <${Myself} />
    <h2>What goes wrong</h2>
    <${Faults} />
    ${
      state.cases.length > 0 &&
      html`<h2>Support cases</h2>
        <ul>
          ${state.cases.map((one) => html`<li class="row" key=${one.displayId}>${one.displayId} ${one.subject} (${one.status})</li>`)}
        </ul>`
    }
  </section>`;
}

function Processes() {
  const { state, send } = useHere();
  const { managed, running, sockets } = state.bot;
  const line = sockets === 0 ? 'not connected' : sockets === 1 ? 'connected' : `connected ${sockets} times`;
  return html`<ul>
    <li class="row">
      <span class="grow">
        <b>Bot</b>${' '}
        <span class=${running ? 'state-OK' : 'state-ALARM'}>${managed ? (running ? 'running' : 'killed') : ''}</span>
        <span class="quiet"> ${line}</span>
      </span>
      ${
        managed &&
        (running
          ? html`<${Button} class="danger" press=${() => send({ do: 'bot', run: false })} aria-label="Kill the bot"
              >Kill<//
            >`
          : html`<${Button} press=${() => send({ do: 'bot', run: true })} aria-label="Start the bot">Start<//>`)
      }
    </li>
    <li class="row">
      <span class="grow">
        <b>Postgres</b>${' '}
        <span class=${state.postgres.running ? 'state-OK' : 'state-ALARM'}>
          ${state.postgres.running ? 'running' : 'away'}
        </span>
      </span>
      ${
        state.postgres.running
          ? html`<${Button}
              class="danger"
              press=${() => send({ do: 'postgres', run: false })}
              aria-label="Take away Postgres"
              >Take away<//
            >`
          : html`<${Button} press=${() => send({ do: 'postgres', run: true })} aria-label="Bring back Postgres"
              >Bring back<//
            >`
      }
    </li>
  </ul>`;
}

function Clock() {
  const { send } = useHere();
  const [moving, setMoving] = useState('');
  const move = async (label, minutes) => {
    if (moving !== '') return;
    setMoving(label);
    await send({ do: 'clock', byMillis: minutes * 60_000 });
    setMoving('');
  };
  return html`<div class="row">
      ${steps.map(
        ([label, minutes]) =>
          html`<button
            type="button"
            aria-disabled=${moving === '' ? null : 'true'}
            onClick=${() => move(label, minutes)}
          >
            ${label}
          </button>`,
      )}
    </div>
    <p class="row quiet" role="status">${moving === '' ? '' : `${moving}: from one due reminder to the next …`}</p>`;
}

function Faults() {
  const { state, send } = useHere();
  const groups = Map.groupBy(state.faults, (fault) => fault.group);
  const on = state.faults.filter((fault) => fault.on).length;
  return html`<p class=${on > 0 ? 'row state-ALARM' : 'row quiet'} role="status">
      ${on === 0 ? 'Nothing is switched on.' : `${on} switched on.`}
    </p>
    ${[...groups].map(
      ([group, faults]) =>
        html`<fieldset key=${group}>
          <legend>${group}</legend>
          ${faults.map(
            (fault) =>
              html`<label class="choice" key=${fault.name}>
                <input
                  type="checkbox"
                  role="switch"
                  checked=${fault.on}
                  onChange=${(event) => send({ do: 'fault', name: fault.name, on: event.currentTarget.checked })}
                />
                <span>${fault.label}</span>
              </label>`,
          )}
        </fieldset>`,
    )}`;
}
