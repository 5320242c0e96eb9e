import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { expect, test } from 'vitest';
import { postmortemFileName } from '../../src/export/file-name.ts';
import { toMarkdown } from '../../src/export/markdown.ts';
import type { IncidentId } from '../../src/incident/incident.ts';
import { draftPostmortem } from '../../src/postmortem/draft.ts';
import { checkoutIncident } from '../postmortem/checkout-incident.ts';
import { ben, incidentOf, people, record } from '../postmortem/record.ts';
import type { RowBuilder } from '../postmortem/record.ts';

function write(from: RowBuilder, title = 'Checkout fails'): string {
  const made = draftPostmortem({
    incident: incidentOf(title),
    rows: from.rows,
    merged: [],
    people,
    draftedAt: last(from),
  });
  if (made.type === 'no draft') throw new Error(made.text);
  return toMarkdown(made);
}

/** Drafted when the last row was recorded. */
function last(from: RowBuilder): number {
  return Math.max(...from.rows.map((row) => row.recordedAt));
}

function nodesOf(markdown: string): readonly Nodes[] {
  const walk = (node: Nodes): readonly Nodes[] => ['children' in node ? node.children.flatMap(walk) : [], node].flat();
  return walk(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
}

function linksOf(nodes: readonly Nodes[]): readonly string[] {
  return nodes.flatMap((node) => (node.type === 'link' ? [node.url] : []));
}

/** As people read it: the text of every node, line breaks as such. */
function readBack(markdown: string): string {
  return nodesOf(markdown)
    .map((node) =>
      node.type === 'text' || node.type === 'inlineCode' ? node.value : node.type === 'break' ? '\n' : '',
    )
    .join('');
}

const harmless =
  /^(break|emphasis|heading|inlineCode|link|list|listItem|paragraph|root|strong|table|tableCell|tableRow|text)$/;

const hostile = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '![gotcha](https://evil.example/pixel.png)',
  '[click](javascript:alert(1)) [ref][1] [#1]: https://evil.example',
  'HTTPS://evil.example/<script>alert(1)</script> (https://evil.example/)<b>x</b> http://evil.example\\<i>',
  'WWW.<b>x</b> wWw.evil.example/<i>',
  '# heading\n## another\n---\n- [ ] task\n1. one\n> quote\n```js\ncode\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '<https://evil.example/a_b|[#3](https://evil.example)>',
  'javascript:alert(1) mailto:a@evil.example www.evil.example a@evil.example ftp://evil.example',
  '&lt;b&gt; &amp;lt; &copy; &#x3C;b> <!-- comment --> <![CDATA[x]]> <?php ?>',
  '*a* _b_ **c** ~~d~~ `e` [^1] \\ \\* :fire: $x$',
  '<!channel> @here \u202e reversed \u0000 \ud800',
];

test('the draft of a whole incident reads like this', async () => {
  const built = checkoutIncident();
  await expect(write(built, 'Checkout fails for one in twenty')).toMatchFileSnapshot(
    '../fixtures/checkout-incident.md',
  );
});

test.each(hostile)('%j stays one cell as the name of a service', (service) => {
  const markdown = write(
    record().declare('14:00').page('14:01', service, [ben]).takes('14:02', service, ben).note('15:00', 'note', 'x'),
  );
  const nodes = nodesOf(markdown);
  for (const node of nodes) expect(node.type).toMatch(harmless);
  const widths = nodes.flatMap((node) => (node.type === 'tableRow' ? [node.children.length] : []));
  expect(widths).toEqual([5, 5, 5, 5, 4, 4, 4]);
});

test.each(hostile)('%j stays words', (text) => {
  const markdown = write(
    record().declare('14:00').note('14:01', 'setback', text, { link: 'javascript:alert(1)' }),
    text,
  );
  const nodes = nodesOf(markdown);
  for (const node of nodes) expect(node.type).toMatch(harmless);
  for (const address of linksOf(nodes)) expect(address).toMatch(/^https?:\/\//i);
  expect(markdown).not.toMatch(/<!channel>|@here|@channel/);
  const plain = draftEntryText(text);
  expect(readBack(markdown)).toContain(plain);
});

function draftEntryText(text: string): string {
  const rows = record().note('14:01', 'note', text).rows;
  const made = draftPostmortem({ incident: incidentOf(), rows, merged: [], people, draftedAt: 0 });
  const [entry] = made.type === 'postmortem' ? made.timeline : [];
  return entry?.text ?? '';
}

test('whatever is written, no HTML, image, table of theirs or code block comes out, and no link but to http(s)', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...hostile,
      ' ',
      '\n',
      '\\',
      '!',
      '(',
      ')',
      '<',
      '<i>',
      '_',
      '*',
      'hTTp://',
      'x.example',
      'WwW.',
      'FTP://',
    ),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.option(fc.webUrl()), (pieces, link) => {
      const text = pieces.join('');
      const built = record()
        .declare('14:00')
        .note('14:01', 'impact', text, link === null ? {} : { link });
      const markdown = write(built, text.slice(0, 80));
      const nodes = nodesOf(markdown);
      for (const node of nodes) expect(node.type).toMatch(harmless);
      // Those of the headcount.
      expect(nodes.filter(({ type }) => type === 'table')).toHaveLength(2);
      for (const address of linksOf(nodes)) expect(address).toMatch(/^https?:\/\//i);
    }),
    { numRuns: 200 },
  );
});

test('whatever is written, the words can be read back as they were', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const markdown = write(record().declare('14:00').note('14:01', 'note', text));
      expect(readBack(markdown)).toContain(draftEntryText(text));
    }),
    { numRuns: 200 },
  );
});

test('each line of the timeline begins with its time, and each day with its date', () => {
  const markdown = write(record().declare('23:58').note('2026-11-21 00:03', 'note', 'still red'));
  expect(markdown).toContain('\n### 2026-11-20\n\n- 23:58 **declared**, responder 1: Declared');
  expect(markdown).toContain('\n### 2026-11-21\n\n- 00:03 **note**, responder 1: still red [#2]\n');
});

test('a mail address is no link', () => {
  const markdown = write(record().declare('14:00').note('14:01', 'note', 'mail ops@x.example now'));
  expect(markdown).toContain('mail `ops@x.example` now');
});

test('a row with a link refers to it, and one without is plain', () => {
  const link = 'https://acme.slack.com/archives/C1/p1?a=(b)';
  const markdown = write(record().declare('14:00').note('14:01', 'note', 'x', { link }));
  expect(markdown).toContain('x [#2](https://acme.slack.com/archives/C1/p1?a=\\(b\\))');
  expect(markdown).toMatch(/Declared \(SEV2, checkout\): Checkout fails \[#1\]\n/);
});

test('a web address in the words stays one, without a person in it and free of markup', () => {
  const markdown = write(
    record().declare('14:00').note('14:01', 'note', 'see https://x.example/d/a_b?from=now-1h, please'),
  );
  expect(markdown).toContain('see https://x.example/d/a_b?from=now-1h, please');
  expect(linksOf(nodesOf(markdown))).toEqual(['https://x.example/d/a_b?from=now-1h']);
});

test('lines of one row stay lines of one entry', () => {
  const markdown = write(record().declare('14:00').note('14:01', 'note', 'one\n\n- two'));
  expect(markdown).toContain('- 14:01 **note**, responder 1: one  \n  \\- two [#2]\n');
});

test('words that were removed are said to be removed', () => {
  expect(write(record().declare('14:00').note('14:01', 'note', ''))).toContain(
    '- 14:01 **note**, responder 1: _the words were removed from the record_ [#2]',
  );
});

test('a row recorded much later says when', () => {
  const late = record().declare('23:50').note('23:55', 'note', 'x', { recordedAt: '2026-11-21 00:10' });
  expect(write(late)).toContain('x _recorded later (2026-11-21 00:10)_ [#2]');
});

test('a file is named after the incident alone', () => {
  expect(postmortemFileName(42 as IncidentId)).toBe('inc-42-postmortem.md');
});
