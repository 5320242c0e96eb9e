import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TriageCard, TriageLine } from '../../../src/postgres/triage.ts';
import { lineStates } from '../../../src/postgres/triage.ts';
import { decodeAction, readSubject } from '../../../src/slack/actions.ts';
import type { Message } from '../../../src/slack/blocks.ts';
import { ignored, noSuchAlarm, overflowPage, redAlarms } from '../../../src/slack/messages/alarms.ts';
import { triageMessage } from '../../../src/slack/messages/triage.ts';
import { asRead } from '../as-read.ts';
import { ana, hostileIncident, hostileText, incident, incidentId, night, policy } from '../incidents.ts';
import { brokenByMessage, buttonsOf } from '../slack-limits.ts';

const minute = 60_000;

function line(id: number, more: Partial<TriageLine> = {}): TriageLine {
  return {
    id,
    alarm: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-${id}`,
    name: `checkout-${id}`,
    state: 'red',
    since: night + id * minute,
    because: '',
    series: 1,
    times: 1,
    silent: false,
    incident: null,
    ignored: null,
    ...more,
  };
}

function cardOf(lines: readonly TriageLine[], more: Partial<TriageCard> = {}): TriageCard {
  const count = (state: TriageLine['state']): number => lines.filter((each) => each.state === state).length;
  const counts = {
    red: count('red'),
    ignored: count('ignored'),
    brought: count('brought'),
    cleared: count('cleared'),
  };
  return { group: 'checkout', startedAt: night, pagedAt: null, counts, lines, ...more };
}

function shown(card: TriageCard, open = [incident]): Message {
  return triageMessage({ card, open, policy });
}

function labels(message: Message): readonly string[] {
  return message.blocks.flatMap(buttonsOf).map(({ text }) => text.text);
}

/** What each choice of a button or a menu sends. */
function values(message: Message): readonly string[] {
  return message.blocks.flatMap((block) => {
    const menu = block.type === 'section' && block.accessory?.type === 'overflow' ? block.accessory.options : [];
    return [...buttonsOf(block).map(({ value }) => value ?? ''), ...menu.map(({ value }) => value ?? '')];
  });
}

describe('the message in the triage channel', () => {
  it('with one red alarm reads as the file says', async () => {
    const red = line(1, { because: 'Threshold Crossed: <!channel> 34 > 5', times: 3, series: 2 });
    const silent = line(4, { state: 'cleared', silent: true });
    const lines = [
      red,
      line(2, { state: 'ignored', ignored: { until: night + 67 * minute, by: { type: 'person', person: ana } } }),
      line(3, { state: 'brought', incident: incidentId(12) }),
      silent,
      line(5, { state: 'cleared', times: 2, incident: incidentId(12) }),
    ];
    await expect(asRead(shown(cardOf(lines)))).toMatchFileSnapshot('__snapshots__/triage.txt');
  });

  it('with many has a menu for each of the first fifteen and counts the others', () => {
    const lines = Array.from({ length: 60 }, (_, id) => line(id + 1));
    const message = shown(cardOf(lines, { counts: { red: 500, ignored: 0, brought: 0, cleared: 0 } }));
    expect(labels(message)).toEqual([]);
    expect(values(message)).toHaveLength(45);
    expect(asRead(message)).toContain('… and 485 more');
    expect(message.text).toMatch(/^Alarms of checkout: 500 red since/);
  });

  it('offers to join only what goes on for the service, and nothing that an alarm was taken out of', () => {
    const { alarm } = line(1);
    expect(labels(shown(cardOf([line(1)])))).toEqual(['Declare', 'Join INC-12', 'Ignore for 1 h']);
    for (const other of [
      { ...incident, status: 'resolved' as const },
      { ...incident, services: ['search'] },
      { ...incident, test: true },
      { ...incident, separated: [alarm] },
    ]) {
      expect(labels(shown(cardOf([line(1)]), [other]))).toEqual(['Declare', 'Ignore for 1 h']);
    }
    expect(labels(shown(cardOf([line(1)], { group: 'unmapped' })))).toEqual(['Declare', 'Ignore for 1 h']);
  });

  it('has nothing to press once something became of everything', () => {
    const message = shown(cardOf([line(1, { state: 'brought', incident: incidentId(12) })]));
    expect(values(message)).toEqual([]);
    expect(message.text).toBe('Alarms of checkout: nothing waits, 1 with an incident.');
  });

  it('has only choices that mean something', () => {
    for (const count of [1, 9]) {
      const message = shown(cardOf(Array.from({ length: count }, (_, id) => line(id + 1))));
      const meant = values(message).map((value) => decodeAction({ value, by: ana }));
      expect(meant).toHaveLength(count * 3);
      expect(meant.slice(0, 3)).toEqual([
        { type: 'open', form: 'declare', incident: null, subject: 'line:1' },
        { type: 'alarm', line: 1, act: { name: 'join', incident: 12 } },
        { type: 'alarm', line: 1, act: { name: 'ignore' } },
      ]);
    }
    expect(readSubject('line:1')).toEqual({ type: 'line', line: 1 });
    for (const none of [null, '', 'line:', 'line:-1', 'line:1.5', 'line:x', 'service:'])
      expect(readSubject(none)).toBeNull();
  });
});

const anyLine = fc
  .record({
    id: fc.integer({ min: 1, max: 2_000_000_000 }),
    alarm: hostileText,
    name: hostileText,
    state: fc.constantFrom(...lineStates),
    since: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    because: hostileText,
    series: fc.nat(1000),
    times: fc.nat(1000),
    silent: fc.boolean(),
    who: hostileText,
  })
  .map(({ who, ...rest }): TriageLine => ({
    ...rest,
    incident: rest.state === 'brought' ? incidentId(4711) : null,
    ignored: rest.state === 'ignored' ? { until: rest.since, by: { type: 'webhook', name: who } } : null,
  }));

it('whatever alarms say, no message about them breaks a limit of Slack or reaches anybody', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyLine, { selector: ({ id }) => id, maxLength: 60 }),
      hostileText,
      fc.array(hostileIncident, { maxLength: 3 }),
      fc.nat(10_000),
      (lines, words, open, more) => {
        const sorted = lines.toSorted((a, b) => lineStates.indexOf(a.state) - lineStates.indexOf(b.state));
        const card = cardOf(sorted, { group: words, pagedAt: night });
        const counts = { ...card.counts, cleared: card.counts.cleared + more };
        const red = lines.map(({ alarm, name, since, because }) => ({
          alarm,
          name,
          because,
          since,
          description: words,
          contributor: { id: 'x', words },
          state: 'ALARM' as const,
          tags: {},
          mutedUntil: null,
          ignoredUntil: null,
          firstBreachAt: null,
          settledSince: null,
          incident: null,
          service: words,
        }));
        for (const message of [
          triageMessage({ card: { ...card, counts }, open, policy }),
          redAlarms(red, night),
          ignored([words], night),
          noSuchAlarm(words, words),
          overflowPage({ service: words, opened: 3, most: 3, where: words }),
        ]) {
          expect(brokenByMessage(message)).toEqual([]);
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('the page of last resort says what is the matter and lets declare', () => {
  const page = overflowPage({ service: 'checkout', opened: 4, most: 3, where: 'https://x.slack.com/archives/C1/p2' });
  expect(page.text).toBe(
    'Alarms of checkout are red and no more rooms may open by themselves this hour (3 of 3). See <https://x.slack.com/archives/C1/p2|what is red>.',
  );
  expect(page.blocks.flatMap(buttonsOf).map(({ value }) => decodeAction({ value, by: ana }))).toEqual([
    { type: 'open', form: 'declare', incident: null, subject: 'service:checkout' },
  ]);
});
