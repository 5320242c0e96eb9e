/** Words and buttons of a page, the same in the room, in direct messages and elsewhere. */
import type { TimelineRow } from '../../incident/event.ts';
import { type Incident, type Instant, isUnmitigated, type PersonId } from '../../incident/incident.ts';
import type { Call, Page, PageKey } from '../../incident/page.ts';
import type { Policy } from '../../incident/policy.ts';
import { askButton, openButton } from '../actions.ts';
import type { Button } from '../blocks.ts';
import { bounded, escape, link, mention, oneLine, renderRowText, time } from '../mrkdwn.ts';
import { bridgesOf, named, titleOf } from './wording.ts';

/** More are counted. */
const mostMentioned = 100;

export function pageOf(incident: Incident, key: PageKey): Page | null {
  return incident.pages.find((page) => page.key === key) ?? null;
}

type Meant = Pick<Call, 'key' | 'question' | 'service'>;

function isRecall({ key }: Pick<Call, 'key'>): boolean {
  return key.startsWith('recall:');
}

/** What the page is for, after a sentence: ` for checkout`; empty for one that is for nothing in particular. */
export function forWhat({ key, question, service }: Meant): string {
  const circle = /^impact:(.+)$/s.exec(key)?.[1];
  if (question === 'impact' && circle !== undefined) return ` for ${shortName(circle)}`;
  if (question === 'lead') return ' to lead';
  return service === null ? '' : ` for ${shortName(service)}`;
}

function shortName(name: string): string {
  return escape(bounded(oneLine(name), 60));
}

/** What is asked of those who are called, as sentences. */
export function askedWords(call: Meant): string {
  const { question, service } = call;
  const back = isRecall(call);
  switch (question) {
    case 'fix':
      if (service === null) return back ? 'Please come back.' : 'Please come and help.';
      return back
        ? `Please come back and help with ${shortName(service)}.`
        : `Please come and help to repair ${shortName(service)}.`;
    case 'impact':
      return `Please ${back ? 'come back and ' : ''}say what users see: who, how many, since when. You are not asked to repair anything.`;
    case 'lead':
      return 'Please lead: one person who keeps the overview and decides.';
  }
}

/** The same for who has come: goes on after a colon. */
export function askedOfYou({ question, service }: Meant): string {
  switch (question) {
    case 'fix':
      return service === null ? 'to help' : `to help repair ${shortName(service)}`;
    case 'impact':
      return 'to say what users see (who, how many, since when), not to repair anything';
    case 'lead':
      return 'to lead, which is to keep the overview and decide';
  }
}

/** Asked again, after "can you". */
export function canYou({ question }: Pick<Call, 'question'>): string {
  switch (question) {
    case 'fix':
      return 'come';
    case 'impact':
      return 'say what users see';
    case 'lead':
      return 'lead';
  }
}

/** `INC-12 (SEV2), payments fail.` */
export function aboutWhat(incident: Incident): string {
  return `${named(incident)}, ${titleOf(incident).replace(/\.$/, '')}.`;
}

/** Why they are called, in the words of the one who asks; empty when nobody gave any. @param by who asks, when a person does. */
export function whyWords({ reason }: Pick<Call, 'reason'>, by: PersonId | null): string {
  const words = renderRowText(bounded(oneLine(reason), 300));
  if (words === '') return by === null ? '' : `\n${mention(by)} asks for you.`;
  return `\n${by === null ? 'Why' : mention(by)}: ${words}`;
}

/** Who asked for the page; `null`: the catalog did. */
export function askerOf(rows: readonly TimelineRow[], key: PageKey): PersonId | null {
  const opened = rows.find(({ event }) => event.kind === 'page opened' && event.call.key === key);
  return opened?.actor.type === 'person' ? opened.actor.person : null;
}

/** With a blank before it; empty where there is none. */
export function bridgeWords(incident: Incident, policy: Policy): string {
  const [bridge] = bridgesOf(incident, policy);
  return bridge === undefined ? '' : ` ${link(bridge, 'Voice bridge')}`;
}

/**
 * Whether who is called by it is still asked to come. That a page went unanswered may only mean that Slack was away while it
 * climbed: whoever has not heard of it yet hears of it late.
 */
export function asks(incident: Incident, { ended }: Page): boolean {
  return ended === null || ended === 'answered' || (ended === 'unanswered' && isUnmitigated(incident));
}

/** Those who have not said yet whether they come; nobody once the page has come to its end otherwise. */
export function stillAsked(
  incident: Incident,
  { page, people }: { readonly page: Page; readonly people: readonly PersonId[] },
): readonly PersonId[] {
  if (!asks(incident, page)) return [];
  const settled = new Set(
    incident.responders
      // Whoever is at work on something else can be called for this while nobody has taken it.
      .filter(({ state }) => ['standby', 'passed on'].includes(state) || (state === 'active' && page.ended !== null))
      .map(({ person }) => person),
  );
  return people.filter((person) => !settled.has(person));
}

/** `<@U1>, <@U2> and 3 more`. */
export function mentions(people: readonly PersonId[], most: number = mostMentioned): string {
  const shown = people.slice(0, most).map(mention).join(', ');
  return people.length > most ? `${shown} and ${people.length - most} more` : shown;
}

export function countPeople(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

export function pageButtons({ id }: Incident, page: PageKey): readonly (Button | null)[] {
  return [
    askButton({
      label: "I'm On It",
      incident: id,
      command: { name: 'join', page, said: false },
      style: 'primary',
    }),
    askButton({ label: 'Pass It On', incident: id, command: { name: 'pass on' } }),
  ];
}

export function pageSomeone({ id }: Incident, label = 'Page'): Button | null {
  return openButton({ label, form: 'page', incident: id });
}

/** That nobody came, plainly and without blame. @param at when the page ended. */
export function unansweredWords(page: Page, at: Instant): string {
  const who = page.called.length === 1 ? '1 person' : `${page.called.length} people`;
  const where = page.levels.length === 1 ? '' : ` in ${page.levels.length} levels`;
  const were = page.called.length === 1 ? 'was' : 'were';
  return `Nobody has answered${page.question === 'lead' ? ' the call to lead' : forWhat(page)}: ${who}${where} ${were} called between ${time(page.openedAt)} and ${time(at)}.`;
}

/** That there is nobody to call. */
export function nobodyWords(page: Page): string {
  return `There is nobody to call${forWhat(page)}.`;
}
