/** Finds the red alarms that nobody listed: by the beginning of their name, by an action, or by a tag. */
import { ListTagsForResourceCommand } from '@aws-sdk/client-cloudwatch';
import type { Logger } from 'pino';
import type { AlarmNews } from '../incident/alarm.ts';
import type { AlarmArn, Instant } from '../incident/incident.ts';
import type { AlarmSelection } from '../incident/policy.ts';
import { readTags } from './alarm-message-shape.ts';
import { describeAlarms, type Described, newsOf } from './described.ts';
import type { Mute, ReadMutes } from './mute-rules.ts';
import { type Place, Unreadable } from './place.ts';

type Tags = { readonly [key: string]: string };

/** Gives the tags of these alarms, where they are known or can be had in time. */
export type ReadTags = (
  place: Place,
  alarms: readonly AlarmArn[],
  now: Instant,
) => Promise<ReadonlyMap<AlarmArn, Tags>>;

const keptMillis = 60 * 60_000;

/** What is left over is asked for at the next poll. */
const mostCalls = 80;

/** Tags are asked for once an hour. */
export function openTags(log: Logger): ReadTags {
  const known = new Map<AlarmArn, { readonly at: Instant; readonly tags: Tags }>();
  const refused = new Set<string>();

  return async (place, alarms, now) => {
    for (const [arn, { at }] of known) if (now - at >= keptMillis) known.delete(arn);
    let calls = 0;
    for (const arn of alarms) {
      if (known.has(arn) || calls === mostCalls) continue;
      calls += 1;
      try {
        known.set(arn, { at: now, tags: await readTagsOf(place, arn) });
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        if (!refused.has(place.key)) log.warn({ place: place.key, err: error }, 'the tags of alarms could not be read');
        if (error.forbidden) refused.add(place.key);
        break;
      }
    }
    return new Map(
      alarms.flatMap((arn): readonly [AlarmArn, Tags][] => {
        const tags = known.get(arn)?.tags;
        return tags === undefined ? [] : [[arn, tags]];
      }),
    );
  };
}

async function readTagsOf(place: Place, arn: AlarmArn): Promise<Tags> {
  const command = new ListTagsForResourceCommand({ ResourceARN: arn });
  const answer = await place.paced.tags((client, abortSignal) => client.send(command, { abortSignal }));
  return readTags(answer.Tags ?? []);
}

export type Finding = {
  readonly place: Place;
  /** All of this place. */
  readonly selections: readonly AlarmSelection[];
  readonly now: Instant;
  readonly readTags: ReadTags;
  readonly readMutes: ReadMutes;
};

/** The red alarms of a place that any of the selections takes. @throws Unreadable */
export async function findRedAlarms(finding: Finding): Promise<readonly AlarmNews[]> {
  const { place, selections, now } = finding;
  const run = place.paced.alarms;
  const found = new Map<AlarmArn, Described>();
  const add = (described: readonly Described[]): void => {
    for (const each of described) found.set(each.alarm.AlarmArn ?? '', each);
  };
  const wanted: { readonly key: string; readonly value: string }[] = [];
  for (const { by } of selections) {
    switch (by.type) {
      case 'prefix':
        add(await describeAlarms(run, { AlarmNamePrefix: by.prefix, StateValue: 'ALARM' }));
        break;
      case 'action':
        add(await describeAlarms(run, { ActionPrefix: by.action, StateValue: 'ALARM' }));
        break;
      case 'tag':
        wanted.push(by);
        break;
    }
  }
  // A place is searched once, whatever number of tags is looked for.
  const untagged = new Map(found);
  if (wanted.length > 0) add(await describeAlarms(run, { StateValue: 'ALARM' }));
  // Tags also say to whom an alarm belongs, and how bad it is.
  const tags = await finding.readTags(place, [...found.keys()], now);
  const mutes = found.size === 0 ? new Map<string, Mute>() : await finding.readMutes(place, now);
  return [...found].flatMap(([arn, described]): readonly AlarmNews[] => {
    const own = tags.get(arn) ?? {};
    const taken = untagged.has(arn) || wanted.some(({ key, value }) => Object.hasOwn(own, key) && own[key] === value);
    const news = taken ? newsOf(described, { mute: mutes.get(described.alarm.AlarmName ?? '') ?? null, now }) : null;
    return news?.state === 'ALARM' ? [{ ...news, tags: own }] : [];
  });
}
