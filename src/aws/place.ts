/** CloudWatch in one account and region: a client and a breaker. */
import { CloudWatchClient, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../catalog.ts';
import { describeFailure } from './failure-words.ts';

export type Place = {
  /** `<account>:<region>` */
  readonly key: string;
  /** For people: `eu-west-1 (production)`. */
  readonly words: string;
  /** Makes one call. @throws Unreadable */
  readonly run: Run;
  /** The same, never faster than Muster allows itself there. */
  readonly paced: { readonly [Q in Quota]: Run };
};

export type Run = <Answer>(call: (client: CloudWatchClient, limit: AbortSignal) => Promise<Answer>) => Promise<Answer>;

/**
 * What Muster allows itself of an account's calls a second, which it shares with everyone else who looks at its alarms:
 * DescribeAlarms 9, DescribeAlarmHistory 20, ListTagsForResource 10, GetAlarmMuteRule 20, DescribeAlarmContributors 9.
 */
const quotas = {
  alarms: { burst: 5, perSecond: 3 },
  history: { burst: 5, perSecond: 15 },
  tags: { burst: 3, perSecond: 7 },
  mutes: { burst: 3, perSecond: 15 },
  contributors: { burst: 3, perSecond: 3 },
} as const;
type Quota = keyof typeof quotas;

/** Gives the place, always the same one; `null` when the catalog does not know the account. */
export type FindPlace = (at: { readonly account: string; readonly region: string }) => Place | null;

/** A call did not give what was asked. The message says why, in words for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  /** Whether permission is what is missing, so that asking again soon is of no use. */
  readonly forbidden: boolean;
  /** Whether the other calls there would fare no better now. */
  readonly general: boolean;

  constructor(
    message: string,
    options: { readonly forbidden?: boolean; readonly general?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.forbidden = options.forbidden ?? false;
    this.general = options.general ?? false;
  }
}

/** All attempts of one call together, in milliseconds. */
const callMillis = 12_000;

const requestHandler = {
  connectionTimeout: 2_000,
  requestTimeout: 8_000,
  // Without it a timeout is only logged, and the call goes on waiting.
  throwOnRequestTimeout: true,
};

/** Where to ask instead of AWS, and as whom. */
export type StandIn = Pick<CloudWatchClientConfig, 'endpoint' | 'credentials'>;

/** Places are opened when they are first asked for, and kept: they hold connections, and the credentials of their role. */
export function openPlaces(accounts: readonly Account[], standIn: StandIn = {}): FindPlace {
  const places = new Map<string, Place>();
  return ({ account: id, region }) => {
    const account = accounts.find((known) => known.id === id);
    if (account === undefined) return null;
    const key = `${id}:${region}`;
    const place = places.get(key) ?? openPlace({ key, account, region, standIn });
    places.set(key, place);
    return place;
  };
}

function openPlace(options: {
  readonly key: string;
  readonly account: Account;
  readonly region: string;
  readonly standIn: StandIn;
}): Place {
  const { key, account, region, standIn } = options;
  const credentials = account.roleArn === null ? {} : { credentials: assume(account, account.roleArn, region) };
  const client = new CloudWatchClient({ region, maxAttempts: 3, requestHandler, ...credentials, ...standIn });
  const breaker = circuitBreaker(
    handleWhen((error) => describeFailure(error).passing),
    // Spares the rest of a poll; the next one asks anew.
    { halfOpenAfter: 3_000, breaker: new ConsecutiveBreaker(3) },
  );
  const run: Run = async (call) => {
    try {
      return await breaker.execute(() => call(client, AbortSignal.timeout(callMillis)));
    } catch (error) {
      const { because, forbidden, passing } = describeFailure(error);
      throw new Unreadable(because, { forbidden, general: forbidden || passing, cause: error });
    }
  };
  const paced = {
    alarms: slowDown(run, quotas.alarms),
    history: slowDown(run, quotas.history),
    tags: slowDown(run, quotas.tags),
    mutes: slowDown(run, quotas.mutes),
    contributors: slowDown(run, quotas.contributors),
  };
  return { key, words: `${region} (${account.name})`, run, paced };
}

/** The first few calls go out at once; the others wait for their turn. */
function slowDown(run: Run, { burst, perSecond }: { readonly burst: number; readonly perSecond: number }): Run {
  let free: number = burst;
  let countedAt = performance.now();
  return async (call) => {
    const now = performance.now();
    free = Math.min(burst, free + ((now - countedAt) / 1000) * perSecond) - 1;
    countedAt = now;
    if (free < 0) await sleep((-free / perSecond) * 1000);
    return run(call);
  };
}

/** The credentials of an account's role, renewed as they run out. */
export function assume(
  { externalId }: Account,
  roleArn: string,
  region: string,
): ReturnType<typeof fromTemporaryCredentials> {
  const external = externalId === null ? {} : { ExternalId: externalId };
  return fromTemporaryCredentials({
    params: { RoleArn: roleArn, RoleSessionName: 'muster', ...external },
    clientConfig: { region, requestHandler },
  });
}
