import { expect, test } from 'vitest';
import type { PersonId } from '../../src/incident/incident.ts';
import { nameByRole } from '../../src/postmortem/roles-for-names.ts';
import type { PlainRow } from '../../src/postmortem/roles-for-names.ts';
import type { Person } from '../../src/postmortem/typed-names.ts';
import { ana, ben, chi, people, person, record, system } from './record.ts';
import type { RowBuilder } from './record.ts';

function plain(from: RowBuilder, known: readonly Person[] = people): readonly PlainRow[] {
  return nameByRole({ title: 'Checkout fails', records: [{ of: null, rows: from.rows }], people: known }).rows;
}

/** The words of one note by somebody nobody knows, so that numbers in them begin at 2. */
function say(text: string, known: readonly Person[] = people): string {
  const by = person('U9OTHER99' as PersonId);
  return plain(record().note('14:00', 'note', text, { by }), known)[0]?.text ?? '';
}

const named = (...names: readonly string[]): readonly Person[] => [{ id: ana, names }];

test('a person is numbered by first appearance and keeps the number', () => {
  const rows = plain(
    record()
      .note('14:00', 'note', `<@${chi}> is looking`, { by: person(ben) })
      .note('14:01', 'note', 'on it', { by: person(chi) })
      .note('14:02', 'note', 'thanks', { by: person(ben) }),
  );
  expect(rows.map((row) => row.actor)).toEqual(['responder 1', 'responder 2', 'responder 1']);
  expect(rows[0]?.text).toBe('responder 2 is looking');
});

test('numbers follow the order of what happened, not of what was recorded', () => {
  const rows = plain(
    record()
      .note('14:05', 'note', 'second', { by: person(ana) })
      .note('14:01', 'note', 'first', { by: person(ben) }),
  );
  expect(rows.map((row) => [row.text, row.actor])).toEqual([
    ['first', 'responder 1'],
    ['second', 'responder 2'],
  ]);
});

test('a person stands as the role they held when the row happened', () => {
  const rows = plain(
    record()
      .note('14:00', 'note', 'before')
      .role('14:01', 'commander', ana)
      .note('14:02', 'note', 'while')
      .role('14:03', 'commander', ben)
      .note('14:04', 'note', `after, with <@${ben}>`),
  );
  expect(rows.map((row) => row.actor)).toEqual(['responder 1', 'responder 1', 'commander', 'commander', 'responder 1']);
  expect(rows.at(-1)?.text).toBe('after, with commander');
});

test('the row that gives a role shows who they were before it', () => {
  expect(plain(record().role('14:01', 'scribe', ben))[0]?.text).toBe('responder 2 leads as scribe.');
});

test('machines keep their name, and Muster is Muster', () => {
  const rows = plain(
    record()
      .signal('14:00', 'change', 'deployed')
      .note('14:01', 'note', 'x', { by: { type: 'alarm', name: 'checkout <!channel> 5xx' } })
      .note('14:02', 'note', 'x', { by: system })
      .note('14:03', 'note', 'x', { by: { type: 'timer' } }),
  );
  expect(rows.map((row) => row.actor)).toEqual([
    'deploys',
    'checkout everyone in the channel 5xx',
    'Muster',
    'Muster (timer)',
  ]);
});

test.each([
  ['a mention', `ask <@${ana}>`, 'ask responder 2'],
  ['a mention with a name', `ask <@${ana}|ana.lopez>`, 'ask responder 2'],
  ['a mention of somebody unknown', 'ask <@U777>', 'ask responder 2'],
  ['an escaped mention', `ask &lt;@${ana}&gt;`, 'ask responder 2'],
  ['a bare id', `user ${ana} did`, 'user responder 2 did'],
  ['a full name', 'ask Ana Lopez.', 'ask responder 2.'],
  ['a full name in capitals', 'ask ANA LOPEZ', 'ask responder 2'],
  ['a full name with other spaces', 'ask Ana\u00a0 Lopez', 'ask responder 2'],
  ['a full name written with dots', 'Ana_Lopez', 'responder 2'],
  ['a full name with a hidden character in it', 'Ana \u200bLopez', 'responder 2'],
  ['a full name without its accents', 'Chi Nguyen', 'responder 2'],
  ['a possessive', "Ana Lopez's shell", "responder 2's shell"],
  ['a handle', 'ask @ana.lopez', 'ask responder 2'],
  ['a handle without its @', 'ask ana.lopez', 'ask responder 2'],
  ['a mail address made of a name', 'ask ana.lopez@acme.example!', 'ask responder 2!'],
  ['a handle that could be a word, with its @', 'ask @Chi now', 'ask responder 2 now'],
  ['a given name', 'Ana is looking', 'responder 2 is looking'],
  ['a given name in brackets', 'someone (Ana) looks', 'someone (responder 2) looks'],
])('%s becomes the role', (_, written, expected) => {
  expect(say(written)).toBe(expected);
});

test.each([
  ['lower case', 'ana is a prefix'],
  ['part of a word', 'Anabolic, Banana, Ana2'],
  ['part of an address', 'see https://x.example/Ana/Ana.html'],
  ['somebody else of that name', 'Ana Kern is from another team'],
  ['an id inside a word', `x${ana}y`],
])('a given name is left when it is %s', (_, written) => {
  expect(say(written)).toBe(written);
});

test('an ordinary word is a name only inside a sentence', () => {
  const will = named('Will Stone');
  expect(say('Will restart now. Will do. Plan: Will wait', will)).toBe('Will restart now. Will do. Plan: Will wait');
  expect(say('asked Will to restart', will)).toBe('asked responder 2 to restart');
});

test('a given name that is also a product is left, and the writer is asked', () => {
  const [row] = plain(record().note('14:00', 'note', 'restarted by Ruby', { by: system }), named('Ruby Hall'));
  expect(row?.text).toBe('restarted by Ruby');
  expect(row?.doubtful).toEqual(['Ruby']);
});

test('a given name that two people share is left, a full name that two share is nobody in particular', () => {
  const two: readonly Person[] = [
    { id: ana, names: ['Ana Lopez'] },
    { id: ben, names: ['Ana Lopez', 'Ana Kern'] },
  ];
  expect(say('Ana and Ana Lopez and Ana Kern', two)).toBe('Ana and a responder and responder 2');
});

test('names in scripts without spaces are found inside running text', () => {
  expect(say('担当は田中太郎です', named('田中太郎'))).toBe('担当はresponder 2です');
});

test.each([
  ['<https://x.example/a?b=1&amp;c=2|the graph>', 'the graph (https://x.example/a?b=1&c=2)'],
  ['<https://x.example/>', 'https://x.example/'],
  ['<https://x.example/|x.example>', 'https://x.example/'],
  ['<mailto:a@x.example|a@x.example>', 'a@x.example'],
  ['<#C012345|checkout>', '#checkout'],
  ['<#C012345>', 'a channel'],
  ['<!channel> look', 'everyone in the channel look'],
  ['<!here|here> look', 'everyone here look'],
  ['&lt;!everyone&gt; look', 'everyone look'],
  ['@channel look', 'everyone in the channel look'],
  ['<!subteam^S123|@oncall>', 'the group oncall'],
  ['<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
  ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
  ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
  ['if a <b and c> d', 'if a <b and c> d'],
  ['one\r\n\r\n  two\u2028three', 'one\ntwo\nthree'],
  ['evil \u202egnp.exe\u0000', 'evil gnp.exe'],
])('mrkdwn %j is %j in plain text', (written, expected) => {
  expect(say(written)).toBe(expected);
});

test('a link is kept only for http(s), without credentials and without a person in it', () => {
  const links = [
    'https://x.example/a',
    'javascript:alert(1)',
    'https://me:secret@x.example/',
    `https://x.example/team/${ana}`,
    'not a link',
  ];
  const built = links.reduce((all, link) => all.note('14:00', 'note', 'x', { link }), record());
  expect(plain(built).map((row) => row.link)).toEqual(['https://x.example/a', null, null, null, null]);
});
