/** The alarms and the metrics that they watch. */
import { useState } from 'preact/hooks';
import { Button, html, useHere } from './html.js';

export function Alarms() {
  const { state } = useHere();
  return html`<ul>
      ${state.alarms.map((alarm) => html`<${Alarm} key=${alarm.arn} alarm=${alarm} />`)}
    </ul>
    <${NewAlarm} />`;
}

function Alarm({ alarm }) {
  const { send } = useHere();
  const { arn, name, state, hasData, flaps } = alarm;
  const set = (label, next) =>
    html`<${Button} press=${() => send({ do: 'alarm-state', arn, state: next })} aria-label=${`${label} ${name}`}
      >${label}<//
    >`;
  const more = [flaps && 'flapping', !hasData && 'no data'].filter(Boolean).join(', ');
  return html`<li class="alarm">
    <p>
      <b>${name}</b>${' '}
      <span class=${`state-${state}`}>${state}</span> ${more !== '' && html`<span class="quiet">${more}</span>`}
    </p>
    <p class="quiet">${alarm.place}</p>
    <${Metric} alarm=${alarm} />
    <div class="actions">
      ${state !== 'ALARM' && set('Break', 'ALARM')} ${state !== 'OK' && set('Heal', 'OK')}
      <${Button}
        press=${() => send({ do: 'alarm-flap', arn, on: !flaps })}
        aria-pressed=${String(flaps)}
        aria-label=${`Let ${name} flap`}
      >
        Flap
      <//>
      <${Button}
        press=${() => send({ do: 'alarm-data', arn, flows: !hasData })}
        aria-label=${`${hasData ? 'Stop' : 'Give'} data of ${name}`}
      >
        ${hasData ? 'Stop data' : 'Give data'}
      <//>
      <${Button} press=${() => send({ do: 'alarm-remove', arn })} aria-label=${`Delete ${name}`}>Delete<//>
    </div>
  </li>`;
}

const [width, height] = [240, 32];

/** The last half hour against the threshold; a gap where there was no data. */
function Metric({ alarm }) {
  const { points, threshold, from, to, metric } = alarm;
  const last = points.at(-1);
  const words =
    last === undefined ? `${metric}: no data in half an hour` : `${metric}: ${last.value} (threshold ${threshold})`;
  const values = [...points.map((point) => point.value), threshold];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at) => Math.round(((at - from) / (to - from)) * width);
  const y = (value) => Math.round(height - 3 - ((value - low) / (high - low || 1)) * (height - 6));
  return html`<svg class="metric" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${words}>
      <line class="threshold" x1="0" x2=${width} y1=${y(threshold)} y2=${y(threshold)} />
      ${points.map((point) => html`<rect x=${x(point.at)} y=${y(point.value) - 1} width="5" height="3" />`)}
    </svg>
    <p class="quiet">${words}</p>`;
}

function NewAlarm() {
  const { send } = useHere();
  const [name, setName] = useState('');
  const add = (event) => {
    event.preventDefault();
    if (name.trim() === '') return;
    void send({ do: 'alarm-put', name: name.trim() });
    setName('');
  };
  return html`<form class="row" onSubmit=${add}>
    <label class="unseen" for="new-alarm">Name of a new alarm</label>
    <input
      id="new-alarm"
      class="grow"
      maxlength="255"
      placeholder="Name of a new alarm"
      value=${name}
      onInput=${(event) => setName(event.currentTarget.value)}
    />
    <button type="submit">Add</button>
  </form>`;
}
