/** Who may be asleep: a guess, for the commander alone. */
import type { Incident, Instant, PersonId } from '../../incident/incident.ts';
import type { Page } from '../../incident/page.ts';
import { isNight, type Night, wallClock } from '../../incident/night.ts';
import type { Message } from '../blocks.ts';
import { lines, message, section } from '../blocks.ts';
import { mention, time } from '../mrkdwn.ts';
import { forWhat } from './page-words.ts';
import { named } from './wording.ts';

/** What Slack says of people's hours. */
export type Hours = {
  /** Time zones such as `Africa/Nairobi`; who is not here was never looked up. */
  readonly zones: ReadonlyMap<PersonId, string>;
  /** Until when people do not want to be disturbed; who is not here may be. */
  readonly quiet: ReadonlyMap<PersonId, Instant>;
};

type Sleepers = Hours & {
  readonly incident: Incident;
  readonly page: Page;
  readonly people: readonly PersonId[];
  readonly at: Instant;
};

const mostSleepers = 15;

/** `null`: it seems that all are awake, or nobody can tell. */
export function sleepGuess({ incident, page, people, zones, quiet, at }: Sleepers): Message | null {
  const reasons = people.flatMap((person) => {
    const why = sleepReason(person, { zones, quiet, at, night: page.night });
    return why === null ? [] : [`• ${mention(person)} ${why}`];
  });
  if (reasons.length === 0) return null;
  const what = `${named(incident)}: of those called now${forWhat(page)}, ${reasons.length} may be asleep. This is a guess, and only you see it.`;
  return message(what, [section(`${what}\n${lines(reasons, mostSleepers, (left) => `… and ${left} more`)}`)]);
}

function sleepReason(
  person: PersonId,
  { zones, quiet, at, night }: Hours & { readonly at: Instant; readonly night: Night },
): string | null {
  const zone = zones.get(person);
  const clock = zone === undefined ? null : wallClock(at, zone);
  const asleep = zone !== undefined && clock !== null && isNight(at, zone, night) ? `${clock} there` : null;
  const until = quiet.get(person);
  if (until === undefined || until <= at) return asleep;
  const end = zone === undefined ? null : wallClock(until, zone);
  const undisturbed = `do not disturb until ${end ?? time(until)}`;
  return asleep === null ? undisturbed : `${asleep}, ${undisturbed}`;
}

/** `<@U1> 14:03` for each of these for whom it is day; who can't be told is left out. */
export function awakeOnes(
  people: readonly PersonId[],
  { zones, quiet, at, night }: Hours & { readonly at: Instant; readonly night: Night },
): readonly string[] {
  return people.flatMap((person) => {
    const zone = zones.get(person);
    const clock = zone === undefined ? null : wallClock(at, zone);
    if (clock === null || sleepReason(person, { zones, quiet, at, night }) !== null) return [];
    return [`${mention(person)} ${clock}`];
  });
}
