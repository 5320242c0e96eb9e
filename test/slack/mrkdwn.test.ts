import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bounded,
  boundedMrkdwn,
  clean,
  code,
  date,
  escape,
  fromSlack,
  link,
  mention,
  oneLine,
  renderRowText,
  unescape,
  utc,
} from '../../src/slack/mrkdwn.ts';
import { hostileText, night } from './incidents.ts';

describe('text on its way out', () => {
  it('pings nobody, whatever outside text says', () => {
    expect(escape('<!channel> <!here> <!everyone> <!subteam^S1|@db> <@U0ANA>')).toBe(
      '&lt;!channel&gt; &lt;!here&gt; &lt;!everyone&gt; &lt;!subteam^S1|@db&gt; &lt;@U0ANA&gt;',
    );
  });

  it('keeps mentions of people and channels in the words of a row and disarms the rest', () => {
    expect(renderRowText('<@U0ANA> & <!channel> in <#C0ROOM> <https://evil.example|bank>')).toBe(
      '<@U0ANA> &amp; &lt;!channel&gt; in <#C0ROOM> &lt;<https://evil.example/>|bank&gt;',
    );
  });

  it('makes addresses in the words of a row clickable under their own name', () => {
    expect(renderRowText('see https://example.com/a?b=1&c=2.')).toBe('see <https://example.com/a?b=1&amp;c=2>.');
  });

  it('takes out marks that turn the direction of text', () => {
    expect(escape('invoice\u202egnp.exe\u2066\u200f')).toBe('invoicegnp.exe');
  });

  it('links only to http and https', () => {
    expect(link('https://example.com/x|y', 'a|b <c>')).toBe('<https://example.com/x%7Cy|a/b &lt;c&gt;>');
    expect(link('javascript:alert(1)', 'click')).toBe('click');
    expect(link('not a url', '<!here>')).toBe('&lt;!here&gt;');
  });

  it('shows what is no member id as words', () => {
    expect(mention('U0ANA')).toBe('<@U0ANA>');
    expect(mention('!channel> x')).toBe('!channel&gt; x');
  });

  it("writes a date for the reader's zone with UTC to fall back on", () => {
    expect(date(night)).toBe('<!date^1773457320^{date_short_pretty} {time}|2026-03-14 03:02 UTC>');
    expect(utc(Number.NaN)).toBe('time not known');
  });

  it('leaves nothing in code that would end it', () => {
    expect(code('a`b\n<!here>')).toBe("`a'b &lt;!here&gt;`");
  });

  it('is the same after Slack and back', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(unescape(escape(text))).toBe(clean(text));
      }),
    );
  });
});

describe('bounding', () => {
  it('cuts between characters as people see them', () => {
    expect(bounded('ab👩‍👩‍👧‍👦cd', 6)).toBe('ab…');
    expect(bounded('abcdef', 4)).toBe('abc…');
    expect(bounded('abcd', 4)).toBe('abcd');
  });

  it('never exceeds the bound nor cuts a pair of surrogates', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 200 }), (text, most) => {
        const short = bounded(text.toWellFormed(), most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(short.isWellFormed()).toBe(true);
      }),
    );
  });

  it('never cuts a mention or an entity in two', () => {
    expect(boundedMrkdwn('hello <@U0ANA> x', 12)).toBe('hello…');
    expect(boundedMrkdwn('a &amp; b and more', 6)).toBe('a…');
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 200 }), (text, most) => {
        const short = boundedMrkdwn(renderRowText(text), most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(short.replace(/<[^<>]+>/g, '')).not.toMatch(/[<>]/);
        expect(short.replace(/&(?:amp|lt|gt);/g, '').replace(/<[^<>]+>/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('text on its way in', () => {
  it.each([
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['&amp;lt;', '&lt;'],
    ['<@U1|ana> and <@W2>', '<@U1> and <@W2>'],
    ['<#C1|general> <#C2|> <#C3>', '#general <#C2> <#C3>'],
    ['<https://example.com/x|the graph>', 'the graph (https://example.com/x)'],
    ['<https://example.com/x>', 'https://example.com/x'],
    ['<http://example.com|example.com>', 'http://example.com'],
    ['<!channel> <!here|here> <!subteam^S1|@db> <!subteam^S2>', '@channel @here @db @group'],
    ['<!date^1^{date}|1970>', '1970'],
    ['<mailto:a@b.c|a@b.c>', 'a@b.c'],
    ['2 &lt; 3', '2 < 3'],
  ])('reads %j as %j', (typed, plain) => {
    expect(fromSlack(typed)).toBe(plain);
  });

  it('can be shown again without reaching anybody but people', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(renderRowText(fromSlack(text))).not.toMatch(/<!/);
      }),
    );
  });
});

it('a title stays on one line', () => {
  expect(oneLine(' a\r\nb\u2028c\t d ')).toBe('a b c d');
});
