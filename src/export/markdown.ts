/**
 * A postmortem as Markdown. It is built as a tree and written by a library that knows what to escape, so that whatever
 * people and machines wrote stays words: no HTML, no image, no link but to http(s).
 */
import type { Heading, List, ListItem, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { gfmToMarkdown } from 'mdast-util-gfm';
import type { ConstructName } from 'mdast-util-to-markdown';
import { toMarkdown as writeTree } from 'mdast-util-to-markdown';
import { roomKey } from '../incident/incident.ts';
import type { Entry, Fact, Line, Postmortem, Question } from '../postmortem/postmortem.ts';
import { formatBeside, formatClock, formatDay } from '../postmortem/times.ts';
import { writeFreeText } from './free-text.ts';
import { writeReference } from './verbatim.ts';

/** Where a web address is meant to be one. */
const notInConstruct: ConstructName[] = ['destinationLiteral', 'destinationRaw'];

/** The whole document; ends with a line break. */
export function toMarkdown(postmortem: Postmortem): string {
  return writeTree(buildTree(postmortem), {
    bullet: '-',
    emphasis: '_',
    extensions: [gfmToMarkdown()],
    // Readers make links of `HTTPS://` and `WWW.` as well, which the library does not escape, and then take the backslash
    // before a `<` that follows for a part of the address: HTML would come through.
    unsafe: [
      { character: ':', before: '[PpSs]', after: '\\/', inConstruct: 'phrasing', notInConstruct },
      { character: '.', before: '[Ww]{3}', inConstruct: 'phrasing', notInConstruct },
    ],
    handlers: {
      // Two spaces, not a backslash: whoever reads the raw file sees the words as they were written.
      break: () => '  \n',
      verbatim: (node: { readonly value: string }) => node.value,
    },
  });
}

function buildTree(postmortem: Postmortem): Root {
  const { incident, title, origin } = postmortem;
  return {
    type: 'root',
    children: [
      writeHeading(1, `${roomKey(incident)}: ${title}`),
      { type: 'paragraph', children: writeReferenced(writeFreeText(origin.text), origin.rows) },
      ...(postmortem.facts.length === 0 ? [] : [writeList(postmortem.facts.map(writeFact))]),
      ...writeSection('Summary', postmortem.summary),
      ...writeSection('Impact', postmortem.impact),
      ...writeSection('Detection and recovery', postmortem.detectionAndRecovery),
      ...writeResponders(postmortem.responders),
      writeHeading(2, 'Timeline'),
      ...writeTimeline(postmortem.timeline),
      ...writeSection('Contributing factors', postmortem.contributingFactors),
      ...writeSection('What went well', postmortem.wentWell),
      ...writeSection('Action items', postmortem.actionItems),
      ...writeSection('Open questions', postmortem.openQuestions),
    ],
  };
}

/** The line, and the picture of the headcount as tables for those who can't see it. */
function writeResponders(responders: Postmortem['responders']): readonly RootContent[] {
  if (responders === null) return [];
  const { lines, attendance, efforts } = responders;
  const began = attendance[0]?.at ?? 0;
  const moments = attendance.map(({ at, label, active, paged, standby }) => {
    return [formatBeside(at, began), label, ...[active, paged, standby].map(String)];
  });
  const given = efforts.map(({ name, personHours, from, to }) => {
    return [name, personHours, formatBeside(from, began), formatBeside(to, began)];
  });
  return [
    ...writeSection('Responders', lines),
    writeTable(['UTC', 'Moment', 'Active', 'Paged', 'Standby'], moments),
    ...(given.length === 0 ? [] : [writeTable(['For', 'Person-hours', 'From (UTC)', 'To (UTC)'], given)]),
  ];
}

function writeTable(head: readonly string[], rows: readonly (readonly string[])[]): Table {
  return {
    type: 'table',
    children: [head, ...rows].map((cells) => ({
      type: 'tableRow',
      children: cells.map((text) => ({ type: 'tableCell', children: [...writeFreeText(text.replaceAll('\n', ' '))] })),
    })),
  };
}

function writeHeading(depth: Heading['depth'], text: string): Heading {
  return { type: 'heading', depth, children: [...writeFreeText(text)] };
}

/** Nothing is left out in silence: a section without lines does not appear at all. */
function writeSection(title: string, lines: readonly Line[]): readonly RootContent[] {
  return lines.length === 0 ? [] : [writeHeading(2, title), writeList(lines.map(writeLine))];
}

function writeList(items: readonly (readonly PhrasingContent[])[]): List {
  return {
    type: 'list',
    spread: false,
    children: items.map((children): ListItem => ({
      type: 'listItem',
      spread: false,
      children: [{ type: 'paragraph', children: [...children] }],
    })),
  };
}

function writeStrong(text: string): PhrasingContent {
  return { type: 'strong', children: [{ type: 'text', value: text }] };
}

function writeReferenced(nodes: readonly PhrasingContent[], rows: readonly number[]): PhrasingContent[] {
  return [...nodes, ...rows.flatMap((row): PhrasingContent[] => [{ type: 'text', value: ' ' }, writeReference(row)])];
}

function writeFact({ label, text, rows }: Fact): readonly PhrasingContent[] {
  return writeReferenced([writeStrong(`${label}:`), ...writeFreeText(` ${text}`)], rows);
}

function writeLine(line: Line): readonly PhrasingContent[] {
  switch (line.type) {
    case 'statement':
      return writeReferenced(writeFreeText(line.text), line.rows);
    case 'question':
      return writeQuestion(line);
  }
}

function writeQuestion({ text, rows }: Question): readonly PhrasingContent[] {
  const unnamed = rows.filter((row) => !new RegExp(`#${row}(?!\\d)`).test(text));
  return writeReferenced([writeStrong('Question:'), ...writeFreeText(` ${text}`)], unnamed);
}

/** One list for each day, under its date. A silence that lasts over midnight stands at the end of the day it began. */
function writeTimeline(timeline: Postmortem['timeline']): readonly RootContent[] {
  const blocks: RootContent[] = [];
  let items: (readonly PhrasingContent[])[] = [];
  let day: string | null = null;
  for (const line of timeline) {
    if (line.type === 'question') {
      items.push(writeQuestion(line));
      continue;
    }
    if (formatDay(line.occurredAt) !== day) {
      if (items.length > 0) blocks.push(writeList(items));
      items = [];
      day = formatDay(line.occurredAt);
      blocks.push(writeHeading(3, day));
    }
    items.push(writeEntry(line));
  }
  return items.length === 0 ? blocks : [...blocks, writeList(items)];
}

function writeEntry(entry: Entry): readonly PhrasingContent[] {
  const nodes: PhrasingContent[] = [
    { type: 'text', value: `${formatClock(entry.occurredAt)} ` },
    ...(entry.of === null ? [] : [writeNote(entry.of), { type: 'text', value: ' ' } as const]),
    writeStrong(entry.kind),
    ...writeFreeText(`, ${entry.actor}: `),
    ...(entry.text === '' ? [writeNote('the words were removed from the record')] : writeFreeText(entry.text)),
  ];
  if (entry.recordedLater !== null) {
    const when = formatBeside(entry.recordedLater, entry.occurredAt);
    nodes.push({ type: 'text', value: ' ' }, writeNote(`recorded later (${when})`));
  }
  nodes.push({ type: 'text', value: ' ' }, writeRow(entry));
  return nodes;
}

function writeNote(text: string): PhrasingContent {
  return { type: 'emphasis', children: [{ type: 'text', value: text }] };
}

/** `[#12]`, or a link to where the row can be seen. */
function writeRow({ row, link }: Entry): PhrasingContent {
  return link === null
    ? writeReference(row)
    : { type: 'link', url: link, children: [{ type: 'text', value: `#${row}` }] };
}
