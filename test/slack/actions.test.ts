import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askButton, decodeAction, openButton } from '../../src/slack/actions.ts';
import { mostReason } from '../../src/slack/form.ts';
import { ana, ben, hostileText, incidentId } from './incidents.ts';

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
  '{"incident":12,"command":{"name":"page","people":["<!channel>"]}}',
  '{"incident":12,"form":"rm","subject":null}',
])('a value that is none of ours means nothing: %j', (value) => {
  expect(decodeAction({ value, by: ana })).toBeNull();
});

it('different commands have different action ids, the same command the same', () => {
  const join = askButton({ label: 'a', incident: id, command: { name: 'join' } });
  const again = askButton({ label: 'b', incident: id, command: { name: 'join' } });
  const other = askButton({ label: 'a', incident: incidentId(13), command: { name: 'join' } });
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
