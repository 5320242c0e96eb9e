/** Which of the series of an alarm that watches many are red. */
import { DescribeAlarmContributorsCommand } from '@aws-sdk/client-cloudwatch';
import type { Logger } from 'pino';
import type { AlarmArn } from '../incident/incident.ts';
import { describeContributor } from './alarm-message-shape.ts';
import { type Described, turnedAt } from './described.ts';
import { type Place, Unreadable } from './place.ts';

/** The red series of each red alarm, in words. What can't be read is left out: the alarm is red all the same. */
export type ReadContributors = (
  place: Place,
  red: ReadonlyMap<AlarmArn, Described>,
) => Promise<ReadonlyMap<AlarmArn, readonly string[]>>;

/** Calls to one place at a time; the rest follow at the next poll, while the alarms are still red. */
const mostCalls = 5;

/** The next page would change no more than the count. */
const mostKept = 100;

/** Asks once for each time that an alarm turned red: what stands in the room is why it did. */
export function openContributors(log: Logger): ReadContributors {
  const known = new Map<AlarmArn, { readonly turned: number | null; readonly series: readonly string[] }>();

  return async (place, red) => {
    let calls = 0;
    for (const [arn, described] of red) {
      const turned = turnedAt(described);
      if (!mayHaveMany(described) || known.get(arn)?.turned === turned) continue;
      if ((calls += 1) > mostCalls) break;
      try {
        known.set(arn, { turned, series: await readSeries(place, described) });
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        log.info({ place: place.key, err: error }, 'the contributors of an alarm could not be read');
        break;
      }
    }
    for (const arn of known.keys()) if (known.size > 1_000 && !red.has(arn)) known.delete(arn);
    return new Map([...red.keys()].map((arn) => [arn, known.get(arn)?.series ?? []]));
  };
}

/**
 * Alarms on one metric have no contributors; those on logs, on PromQL and on groups of series do, and the data of one
 * metric would not explain them.
 */
function mayHaveMany({ type, alarm }: Described): boolean {
  switch (type) {
    case 'composite':
      return false;
    case 'log':
      return true;
    case 'metric':
      return (
        alarm.EvaluationCriteria !== undefined ||
        alarm.StateReasonData === undefined ||
        (alarm.Metrics ?? []).some(({ Expression }) => Expression !== undefined && /\bgroup\s+by\b/i.test(Expression))
      );
  }
}

async function readSeries(place: Place, { alarm }: Described): Promise<readonly string[]> {
  const command = new DescribeAlarmContributorsCommand({ AlarmName: alarm.AlarmName });
  const answer = await place.paced.contributors((client, abortSignal) => client.send(command, { abortSignal }));
  return (answer.AlarmContributors ?? []).slice(0, mostKept).map(({ ContributorId = '', ContributorAttributes }) => {
    const { id, words } = describeContributor(ContributorId, ContributorAttributes);
    return words === '' ? id : words;
  });
}
