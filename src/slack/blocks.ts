/** The few Block Kit pieces that Muster speaks in. Each keeps Slack's limits by itself, so that no words can break a message. */
import type {
  Button,
  KnownBlock,
  ModalView,
  MrkdwnElement,
  Overflow,
  PlainTextElement,
  PlainTextOption,
} from '@slack/types';
import { bounded, boundedMrkdwn, oneLine } from './mrkdwn.ts';

export type { Button, KnownBlock, ModalView, Overflow };
export type Option = PlainTextOption;

/** `text` is a whole sentence: it is what notifications and screen readers give. */
export type Message = { readonly text: string; readonly blocks: readonly KnownBlock[] };

const mostBlocks = 50;

/** @param text in Slack's format. */
export function message(text: string, blocks: readonly KnownBlock[]): Message {
  return { text: text.trim() === '' ? '–' : boundedMrkdwn(text, 3000), blocks: blocks.slice(0, mostBlocks) };
}

/** One message of plain paragraphs, with buttons under them. @param text in Slack's format. */
export function say(text: string, buttons: readonly (Button | null)[] = []): Message {
  return message(text, [...paragraphs(text), ...actions(buttons)]);
}

const mostFields = 10;
const mostButtons = 25;

export function plain(text: string, most: number): PlainTextElement {
  const words = oneLine(text);
  return { type: 'plain_text', text: bounded(words === '' ? '–' : words, most), emoji: false };
}

export function header(text: string): KnownBlock {
  return { type: 'header', text: plain(text, 150) };
}

// `verbatim`: otherwise Slack itself makes mentions and links out of plain words.
function mrkdwn(text: string, most: number): MrkdwnElement {
  return { type: 'mrkdwn', text: boundedMrkdwn(text.trim() === '' ? '–' : text, most), verbatim: true };
}

/** @param text in Slack's format. */
export function section(text: string, accessory: Button | Overflow | null = null): KnownBlock {
  return { type: 'section', text: mrkdwn(text, 3000), expand: true, ...(accessory === null ? {} : { accessory }) };
}

/** Text of any length as sections, cut at line ends where there are any. @param text in Slack's format. */
export function paragraphs(text: string): readonly KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let rest = text;
  while (rest.length > 3000 && blocks.length < 4) {
    const whole = boundedMrkdwn(rest, 3000).slice(0, -1);
    const line = whole.lastIndexOf('\n');
    const part = line > 1500 ? whole.slice(0, line) : whole;
    blocks.push(section(part));
    rest = rest.slice(part.length).trimStart();
  }
  return [...blocks, section(rest)];
}

/** @param texts in Slack's format. */
export function fields(texts: readonly string[]): KnownBlock {
  return { type: 'section', fields: texts.slice(0, mostFields).map((text) => mrkdwn(text, 2000)) };
}

/** @param text in Slack's format. */
export function context(text: string): KnownBlock {
  return { type: 'context', elements: [mrkdwn(text, 2000)] };
}

/** A picture that was uploaded before. @param alt what it shows, in words. */
export function picture(fileId: string, alt: string, title: string): KnownBlock {
  return { type: 'image', slack_file: { id: fileId }, alt_text: bounded(oneLine(alt), 2000), title: plain(title, 200) };
}

/** A row of buttons; none when there is nothing to press. */
export function actions(buttons: readonly (Button | null)[]): readonly KnownBlock[] {
  const elements = buttons.filter((button) => button !== null).slice(0, mostButtons);
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

/** A choice in a menu. @param value at most 75 characters; it is what comes back. */
export function option(text: string, value: string, description: string | null = null): Option {
  const choice = { text: plain(text, 75), value };
  return description === null || description === '' ? choice : { ...choice, description: plain(description, 75) };
}

/** As many lines as fit, and words for those that don't. @param lines in Slack's format. */
export function lines(all: readonly string[], most: number, more: (left: number) => string): string {
  const shown: string[] = [];
  let length = 0;
  for (const line of all.slice(0, most)) {
    const short = boundedMrkdwn(line, 400);
    length += short.length + 1;
    if (length > 2800) break;
    shown.push(short);
  }
  const left = all.length - shown.length;
  return [...shown, ...(left > 0 ? [more(left)] : [])].join('\n');
}
