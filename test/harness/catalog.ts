/** The catalog of a story, and how the AWS around the bot has to be for it. */
import { readFile } from 'node:fs/promises';
import { type Catalog, readCatalog } from '../../src/catalog.ts';
import type { RoadsSetup } from '../../src/sandbox/aws/wiring.ts';
import type { AwsService } from '../../src/sandbox/aws/wire.ts';

export type StoryCatalog = { readonly text: string; readonly catalog: Catalog };

/** @param text the project's own example unless given. */
export async function storyCatalog(text?: string): Promise<StoryCatalog> {
  const written = text ?? (await readFile('muster.yaml', 'utf8'));
  const reading = readCatalog(written, 'muster.yaml');
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return { text: written, catalog: reading.catalog };
}

/** Every alarm publishes to one topic, which feeds the queues that the catalog names. */
export function roadsFor({ catalog }: StoryCatalog): RoadsSetup {
  const queues = catalog.policy.alarms.queues.map((address) => {
    const [, account = '', name = ''] = new URL(address).pathname.split('/');
    return { account, name, deadLetterAfter: 5 };
  });
  if (queues.length === 0) return {};
  const to = queues.map(({ account, name }) => ({ queue: `${account}/${name}` }));
  return { queues, topics: [{ name: 'alarms', inEveryAlarm: true, to }] };
}

/** What the bot asks by itself as soon as it runs. */
export function askedAtStart({ catalog: { policy } }: StoryCatalog): readonly AwsService[] {
  const { queues, selections } = policy.alarms;
  const opens = policy.services.some(({ alarms }) => alarms.some((alarm) => alarm.opens));
  return [
    ...(opens || selections.length > 0 ? ['cloudwatch' as const] : []),
    ...(queues.length > 0 ? ['sqs' as const] : []),
  ];
}

/** Whether it asks CloudWatch, but not before something happens. */
export function asksLater(catalog: StoryCatalog): boolean {
  const { policy } = catalog.catalog;
  const watches = policy.alarms.rules.length > 0 || policy.services.some(({ alarms }) => alarms.length > 0);
  return watches && !askedAtStart(catalog).includes('cloudwatch');
}
