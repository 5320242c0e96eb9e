import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bookmarks, roomName, roomStem, topic } from '../../../src/slack/messages/room.ts';
import { hostileIncident, hostilePolicy, hostileText, incident, policy } from '../incidents.ts';

function name(title: string, attempt = 1): string {
  return roomName({ incident: { ...incident, title }, prefix: 'inc', attempt });
}

describe("the room's name", () => {
  it.each([
    ['Payments fail', 'inc-12-payments-fail'],
    ['  Çà & là: l’été – ﬁn ', 'inc-12-ca-la-lete-fin'],
    ['🔥🔥🔥', 'inc-12'],
    ['!!! ... ---', 'inc-12'],
    ['مرحبا بالعالم', 'inc-12'],
    ['<!channel> is down', 'inc-12-channel-is-down'],
    ['\u202egnp.exe', 'inc-12-gnp-exe'],
    ['', 'inc-12'],
    ['UPPER_case', 'inc-12-upper-case'],
  ])('%j becomes %s', (title, expected) => {
    expect(name(title)).toBe(expected);
  });

  it('takes a number when it is tried again, also when it is long', () => {
    expect(name('Payments fail', 2)).toBe('inc-12-payments-fail-2');
    expect(name('🔥', 3)).toBe('inc-12-3');
    expect(name('x'.repeat(300), 10)).toBe(`inc-12-${'x'.repeat(70)}-10`);
  });

  it('marks a test', () => {
    expect(roomName({ incident: { ...incident, test: true }, prefix: 'inc', attempt: 1 })).toBe(
      'inc-12-test-payments-fail-for-everyone',
    );
  });

  it('is always one that Slack takes, begins with the stem and differs by attempt', () => {
    fc.assert(
      fc.property(hostileIncident, hostileText, fc.integer({ min: 1, max: 99 }), (one, prefix, attempt) => {
        const made = roomName({ incident: one, prefix, attempt });
        expect(made).toMatch(/^[a-z0-9_-]{1,80}$/);
        expect(`${made}-`.startsWith(`${roomStem(one, prefix)}-`)).toBe(true);
        expect(made).not.toBe(roomName({ incident: one, prefix, attempt: attempt + 1 }));
      }),
    );
  });
});

describe('the topic', () => {
  it('says what it is about', () => {
    expect(topic(incident)).toBe('INC-12 · SEV2 · Payments fail for everyone');
  });

  it('fits and reaches nobody', () => {
    fc.assert(
      fc.property(hostileIncident, (one) => {
        expect(topic(one).length).toBeLessThanOrEqual(250);
        expect(topic(one)).not.toMatch(/[<>\n]/);
      }),
    );
  });
});

describe('the bookmarks', () => {
  it('lead to the bridge, the runbook and the links', () => {
    expect(bookmarks({ incident, policy })).toEqual([
      { title: 'Voice bridge', link: 'https://meet.example.com/incidents', emoji: ':telephone_receiver:' },
      { title: 'Runbook checkout', link: 'https://wiki.example.com/runbooks/checkout', emoji: ':book:' },
      { title: 'Dashboard', link: 'https://graphs.example.com/checkout?a=1&b=2' },
    ]);
  });

  it('are links of the web only, each once', () => {
    fc.assert(
      fc.property(hostileIncident, hostilePolicy, (one, rules) => {
        const made = bookmarks({ incident: one, policy: rules });
        expect(made.every(({ link }) => /^https?:\/\//i.test(link))).toBe(true);
        expect(new Set(made.map(({ link }) => link)).size).toBe(made.length);
      }),
    );
  });
});
