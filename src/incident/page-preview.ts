/** Who would be paged, and what time it is where they are: read before anybody is woken. */
import type { GroupId, Instant, PersonId } from './incident.ts';
import { isNight, type Night, wallClock } from './night.ts';

const mostShown = 30;

type Previewed = {
  /** Who would be called at once. */
  readonly people: readonly PersonId[];
  /** Time zones such as `Africa/Nairobi`; who is not here was never looked up. */
  readonly zones: ReadonlyMap<PersonId, string>;
  readonly at: Instant;
  readonly night: Night;
  /** Groups that were never read: nobody knows who is in them. */
  readonly missing: readonly GroupId[];
};

/** Words for a timeline row or a refusal, with people as `<@U024BE7LH>`. Those for whom it is night come first. */
export function previewWords({ people, zones, at, night, missing }: Previewed): string {
  const all = people.map((person) => {
    const zone = zones.get(person);
    const clock = zone === undefined ? null : wallClock(at, zone);
    return { person, clock, asleep: zone !== undefined && clock !== null && isNight(at, zone, night) };
  });
  const asleep = all.filter((each) => each.asleep);
  const shown = [...asleep, ...all.filter((each) => !each.asleep)]
    .slice(0, mostShown)
    .map(
      ({ person, clock, asleep: sleeps }) =>
        `<@${person}>${clock === null ? '' : ` ${clock}`}${sleeps ? ', night there' : ''}`,
    );
  const left = all.length - shown.length;
  const who = `${shown.join(' · ')}${left > 0 ? ` and ${left} more` : ''}`;
  const count = all.length === 1 ? '1 person' : `${all.length} people`;
  const wakes = asleep.length === 0 || all.length === 1 ? '' : `; it is night for ${asleep.length} of them`;
  return [
    ...(all.length === 0 ? [] : [`This pages ${count} at once${wakes}: ${who}`]),
    ...(missing.length === 0 ? [] : [missingWords(missing)]),
  ].join('\n');
}

function missingWords(missing: readonly GroupId[]): string {
  const shown = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return missing.length === 1
    ? `I don't know yet who is in the group ${shown}: its members are called as soon as I do.`
    : `I don't know yet who is in the groups ${shown}${more}: their members are called as soon as I do.`;
}
