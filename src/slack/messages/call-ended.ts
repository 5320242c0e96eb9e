/** The message that called somebody once that call is over: what became of it stands where the buttons were. */
import type { TimelineRow } from '../../incident/event.ts';
import type { Incident, PersonId } from '../../incident/incident.ts';
import { isUnmitigated } from '../../incident/incident.ts';
import type { Page } from '../../incident/page.ts';
import type { Message } from '../blocks.ts';
import { say } from '../blocks.ts';
import { mention } from '../mrkdwn.ts';
import { forWhat } from './page-words.ts';

type Called = {
  /** As it is now. */
  readonly incident: Incident;
  /** The row with which they were called. */
  readonly row: TimelineRow;
  readonly person: PersonId;
  /** What the message said, in Slack's format. */
  readonly said: string;
};

/** `null`: they are still called, or whoever comes is still welcome. */
export function callEnded({ incident, row, person, said }: Called): Message | null {
  const { event } = row;
  if (event.kind !== 'people paged') return null;
  const page = incident.pages.find(({ key }) => key === event.page);
  // The same page may have been opened anew since; then this call belongs to the one before.
  const known = page === undefined || page.openedAt > row.recordedAt ? null : page;
  const state = incident.responders.find((each) => each.person === person)?.state;
  if (state === 'active') return say(`${said}\n*You are on it.*`);
  const words = known === null ? 'This page is over.' : endWords(incident, known);
  return words === null ? null : say(`${said}\n*${words} There is nothing for you to do.*`);
}

function endWords(incident: Incident, page: Page): string | null {
  switch (page.ended) {
    case null:
      return null;
    case 'unanswered':
    case 'nobody':
      return isUnmitigated(incident) ? null : `The page${forWhat(page)} is over.`;
    case 'answered':
      return page.takenBy === null
        ? `Somebody is on it${forWhat(page)}.`
        : `${mention(page.takenBy)} is on it${forWhat(page)}.`;
    case 'withdrawn':
    case 'over':
      return `The page${forWhat(page)} is over.`;
  }
}
