import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Command } from '../../src/incident/command.ts';
import { askButton, decodeAction, openButton } from '../../src/slack/actions.ts';
import { mostReason } from '../../src/slack/form.ts';
import { ana, ben, hostileText, incidentId, payments, person } from './incidents.ts';

const id = incidentId(12);

it('a button carries its command and gives it back', () => {
  const button = askButton({
    label: 'Yes',
    incident: id,
    command: { name: 'resolve', reason: 'done', confirmed: true },
  });
  expect(decodeAction({ value: button?.value, by: ana })).toEqual({
    type: 'ask',
    incident: 12,
    command: { name: 'resolve', reason: 'done', confirmed: true },
  });
});

it('whoever presses Lead is the one who leads', () => {
  const button = askButton({ label: 'Lead', incident: id, command: { name: 'take role', role: 'commander' } });
  expect(decodeAction({ value: button?.value, by: ben })).toEqual({
    type: 'ask',
    incident: 12,
    command: { name: 'give role', role: 'commander', person: ben },
  });
});

it('a button opens a form about an alarm', () => {
  const button = openButton({ label: "Doesn't Count Here", form: 'discount', incident: id, subject: 'arn:x' });
  expect(decodeAction({ value: button?.value, by: ana })).toEqual({
    type: 'open',
    form: 'discount',
    incident: 12,
    subject: 'arn:x',
  });
});

it('the longest reason still fits into the button that confirms it', () => {
  for (const character of ['"', '\n', '\\', '🔥', '<', 'x']) {
    const reason = character.repeat(mostReason).slice(0, mostReason);
    const button = askButton({ label: 'Yes', incident: id, command: { name: 'mitigate', reason, confirmed: true } });
    expect(button?.value?.length).toBeLessThanOrEqual(2000);
  }
});

it('what does not fit gives no button', () => {
  const services = Array.from({ length: 100 }, (_, index) => `${'service'.repeat(5)}-${index}`);
  expect(askButton({ label: 'x', incident: id, command: { name: 'set services', services } })).toBeNull();
  expect(openButton({ label: 'x', form: 'discount', incident: id, subject: 'a'.repeat(3000) })).toBeNull();
});

it('a button takes one page, and one from before pages had keys takes what there is', () => {
  const button = askButton({
    label: "I'm On It",
    incident: id,
    command: { name: 'join', page: 'service:checkout', said: false },
  });
  expect(decodeAction({ value: button?.value, by: ana })).toMatchObject({ command: { page: 'service:checkout' } });
  expect(decodeAction({ value: '{"incident":12,"command":{"name":"join"}}', by: ana })).toEqual({
    type: 'ask',
    incident: 12,
    command: { name: 'join', page: null, said: false },
  });
});

it('whoever presses Stand Me Down is the one who stands by', () => {
  const button = askButton({ label: 'Stand Me Down', incident: id, command: { name: 'stand me down' } });
  expect(decodeAction({ value: button?.value, by: ben })).toEqual({
    type: 'ask',
    incident: 12,
    command: { name: 'stand down', people: [ben], everyone: false, suggested: false },
  });
});

it.each<Command>([
  {
    name: 'page',
    targets: [ben, payments],
    services: ['checkout'],
    reason: 'the queue only grows',
    confirmed: true,
  },
  { name: 'pass on' },
  { name: 'keep me' },
  { name: 'put off standing down' },
  { name: 'ask to stand down', people: [ben] },
  { name: 'stand down', people: [ben], everyone: true, suggested: false },
  { name: 'recall', people: [], services: [], everyone: true, reason: '' },
])('a button carries $name', (command) => {
  const button = askButton({ label: 'x', incident: id, command });
  expect(decodeAction({ value: button?.value, by: ana })).toEqual({ type: 'ask', incident: 12, command });
});

it('as many as one page may name fit into the button that confirms it, with a reason', () => {
  const targets = Array.from({ length: 90 }, (_, index) => person(`U${String(index).padStart(10, '0')}`));
  const command = { name: 'page', targets, services: [], reason: 'x'.repeat(300), confirmed: true } as const;
  expect(askButton({ label: 'Page', incident: id, command })).not.toBeNull();
});

it.each<Command>([
  { name: 'speak' },
  { name: 'take in pager', page: 'service:checkout', who: 'Ben' },
  { name: 'keep time', lastWordAt: null },
  { name: 'join', page: null, said: true },
])('no button carries $name, which nobody presses', (command) => {
  expect(askButton({ label: 'x', incident: id, command })).toBeNull();
  expect(decodeAction({ value: JSON.stringify({ incident: 12, command }), by: ana })).toBeNull();
});

it('no button carries what only machines may say', () => {
  expect(
    askButton({ label: 'x', incident: id, command: { name: 'observe alarms', readings: [], blind: [] } }),
  ).toBeNull();
  const value = JSON.stringify({ incident: 12, command: { name: 'observe alarms', readings: [], blind: [] } });
  expect(decodeAction({ value, by: ana })).toBeNull();
});

it.each([
  undefined,
  '',
  'x',
  '{}',
  'null',
  '{"incident":0,"command":{"name":"join"}}',
  '{"incident":"12","command":{"name":"join"}}',
  '{"incident":12,"command":{"name":"join","extra":1}}',
  '{"incident":12,"command":{"name":"page","targets":["<!channel>"],"services":[],"reason":"","confirmed":true}}',
  '{"incident":12,"command":{"name":"join","page":null,"said":true}}',
  '{"incident":12,"command":{"name":"stand down","people":["S0PAY"],"everyone":false,"suggested":true}}',
  '{"incident":12,"form":"rm","subject":null}',
])('a value that is none of ours means nothing: %j', (value) => {
  expect(decodeAction({ value, by: ana })).toBeNull();
});

it('different commands have different action ids, the same command the same', () => {
  const onIt = { name: 'join', page: null, said: false } as const;
  const join = askButton({ label: 'a', incident: id, command: onIt });
  const again = askButton({ label: 'b', incident: id, command: onIt });
  const other = askButton({ label: 'a', incident: incidentId(13), command: onIt });
  expect(join?.action_id).toBe(again?.action_id);
  expect(join?.action_id).not.toBe(other?.action_id);
});

it('never throws on any value', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.json()), (value) => {
      expect(() => decodeAction({ value, by: ana })).not.toThrow();
    }),
  );
});
