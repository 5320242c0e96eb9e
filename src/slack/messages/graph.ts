/** The picture of what an alarm measures, under the status card. */
import type { Message } from '../blocks.ts';
import { context, message, picture } from '../blocks.ts';
import { date, escape } from '../mrkdwn.ts';
import { shortAlarm } from './wording.ts';

type Pictured = {
  /** The alarm's name. */
  readonly name: string;
  readonly fileId: string;
  /** What the picture shows, in words. */
  readonly alt: string;
  /** When it was drawn. */
  readonly at: number;
  readonly link: string | null;
};

export function graphMessage({ name, fileId, alt, at, link }: Pictured): Message {
  const where = link === null ? '' : ` · <${link}|in CloudWatch>`;
  return message(escape(alt), [
    picture(fileId, alt, name),
    context(`${shortAlarm(name)}, drawn ${date(at)}${where} · \`/incident graph\` draws it anew`),
  ]);
}

/** No picture can be had. @param because goes on after a colon. */
export function noGraphMessage(name: string, because: string): Message {
  const text = `There is no picture of ${shortAlarm(name)}: ${escape(because)}.`;
  return message(text, [context(text)]);
}
