/** CloudWatch in one account and region: a client, a breaker, and a pace that all replicas share. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
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
  /** Makes one call when its turn has come. @throws Unreadable */
  readonly run: <Answer>(
    operation: string,
    call: (client: CloudWatchClient, limit: AbortSignal) => Promise<Answer>,
  ) => Promise<Answer>;
};

/** A call did not give what was asked. The message says why, in words for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Takes a place in a shared pace; gives the milliseconds to wait for one, 0 when it was taken. */
export type TakePace = (pace: {
  readonly key: string;
  readonly intervalMillis: number;
  readonly burst: number;
}) => Promise<number>;

/** All attempts of one call together, in milliseconds. */
const callMillis = 12_000;

const requestHandler = {
  connectionTimeout: 2_000,
  requestTimeout: 8_000,
  // Without it a timeout is only logged, and the call goes on waiting.
  throwOnRequestTimeout: true,
};

/** A place is kept: it holds connections, and the credentials of its role. */
export function openPlace(options: {
  readonly key: string;
  readonly account: Account;
  readonly region: string;
  readonly takePace: TakePace;
}): Place {
  const { key, account, region, takePace } = options;
  const credentials = account.roleArn === null ? {} : { credentials: assume(account, account.roleArn, region) };
  const client = new CloudWatchClient({ region, maxAttempts: 3, requestHandler, ...credentials });
  const breaker = circuitBreaker(
    handleWhen((error) => describeFailure(error).passing),
    { halfOpenAfter: 20_000, breaker: new ConsecutiveBreaker(3) },
  );
  return {
    key,
    words: `${region} (${account.name})`,
    run: async (operation, call) => {
      // The account's 9 DescribeAlarms a second are shared with everyone else who looks at its alarms.
      const pace = { key: `${operation} ${key}`, intervalMillis: 500, burst: 4 };
      for (let wait = await takePace(pace); wait > 0; wait = await takePace(pace)) await sleep(wait);
      try {
        return await breaker.execute(() => call(client, AbortSignal.timeout(callMillis)));
      } catch (error) {
        throw new Unreadable(describeFailure(error).because, { cause: error });
      }
    },
  };
}

function assume({ externalId }: Account, roleArn: string, region: string): ReturnType<typeof fromTemporaryCredentials> {
  const external = externalId === null ? {} : { ExternalId: externalId };
  return fromTemporaryCredentials({
    params: { RoleArn: roleArn, RoleSessionName: 'muster', ...external },
    clientConfig: { region, requestHandler },
  });
}
