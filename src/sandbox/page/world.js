/** The panel for what surrounds the bot: its process, the clock, the alarms, what goes wrong, support cases. */
import { button, element } from './element.js';

const panel = document.querySelector('#world');
let drawn = '';

/** @param {object} state as the server gives it. @param {(action: object) => Promise<unknown>} send */
export function showWorld(state, send) {
  const parts = JSON.stringify([state.bot, state.alarms, state.faults, state.cases]);
  if (parts === drawn) return;
  drawn = parts;
  const typed = panel.querySelector('#new-alarm')?.value ?? '';
  panel.replaceChildren(
    element('h2', {}, 'Bot'),
    botRow(state.bot, send),
    element('h2', {}, 'Move the clock'),
    clockRow(send),
    element('h2', {}, 'Alarms in CloudWatch'),
    element('ul', {}, ...state.alarms.map((alarm) => alarmRow(alarm, send))),
    newAlarm(typed, send),
    element('h2', {}, 'What goes wrong'),
    element('ul', {}, ...state.faults.map((fault) => faultRow(fault, send))),
    ...(state.cases.length === 0 ? [] : [element('h2', {}, 'Support cases'), caseList(state.cases)]),
  );
}

function botRow(bot, send) {
  if (!bot.managed) return element('p', { class: 'row quiet' }, 'The bot runs elsewhere.');
  const words = bot.running ? 'Running' : 'Not running';
  return element(
    'div',
    { class: 'row' },
    element('span', { class: `grow ${bot.running ? 'state-OK' : 'state-ALARM'}` }, words),
    bot.running
      ? button('Kill', () => send({ do: 'bot', run: false }), { class: 'danger' })
      : button('Start', () => send({ do: 'bot', run: true })),
  );
}

function clockRow(send) {
  const steps = [
    ['+1 min', 1],
    ['+5 min', 5],
    ['+15 min', 15],
    ['+1 h', 60],
    ['+6 h', 360],
    ['+1 day', 1440],
  ];
  const buttons = steps.map(([label, minutes]) =>
    button(label, () => send({ do: 'clock', byMillis: minutes * 60_000 })),
  );
  return element('div', { class: 'row' }, ...buttons);
}

function alarmRow(alarm, send) {
  const set = (label, state) =>
    button(label, () => send({ do: 'alarm-state', arn: alarm.arn, state }), { 'aria-label': `${label} ${alarm.name}` });
  return element(
    'li',
    {},
    element(
      'div',
      { class: 'row' },
      element(
        'span',
        { class: 'grow' },
        element('b', {}, alarm.name),
        ' ',
        element('span', { class: `state-${alarm.state}` }, alarm.state),
        element('br'),
        element('span', { class: 'quiet' }, `${alarm.region}${alarm.hasData ? '' : ' · no data'}`),
      ),
      alarm.state !== 'ALARM' && set('Break', 'ALARM'),
      alarm.state !== 'OK' && set('Heal', 'OK'),
      button(alarm.hasData ? 'Stop data' : 'Give data', () =>
        send({ do: 'alarm-data', arn: alarm.arn, flows: !alarm.hasData }),
      ),
      button('Remove', () => send({ do: 'alarm-remove', arn: alarm.arn }), { 'aria-label': `Remove ${alarm.name}` }),
    ),
  );
}

function newAlarm(typed, send) {
  const name = element('input', { id: 'new-alarm', value: typed, placeholder: 'Name of a new alarm', maxLength: 255 });
  const form = element(
    'form',
    { class: 'row' },
    element('label', { class: 'unseen', for: 'new-alarm' }, 'Name of a new alarm'),
    name,
    element('button', { type: 'submit' }, 'Add'),
  );
  name.classList.add('grow');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (name.value.trim() === '') return;
    void send({ do: 'alarm-put', name: name.value.trim() });
    name.value = '';
  });
  return form;
}

function faultRow(fault, send) {
  const box = element('input', { type: 'checkbox', checked: fault.on });
  box.addEventListener('change', () => void send({ do: 'fault', name: fault.name, on: box.checked }));
  return element('li', { class: 'row' }, element('label', {}, box, ' ', fault.label));
}

function caseList(cases) {
  return element(
    'ul',
    {},
    ...cases.map((one) => element('li', { class: 'row' }, `${one.displayId} ${one.subject} (${one.status})`)),
  );
}
