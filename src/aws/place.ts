/** CloudWatch in one account and region: a client and a breaker. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import type { Account } from '../catalog.ts';
import { describeFailure } from './failure-words.ts';

export type Place = {
  /** `<account>:<region>` */
  readonly key: string;
  /** For people: `eu-west-1 (production)`. */
  readonly words: string;
  /** Makes one call. @throws Unreadable */
  readonly run: <Answer>(call: (client: CloudWatchClient, limit: AbortSignal) => Promise<Answer>) => Promise<Answer>;
};

/** A call did not give what was asked. The message says why, in words for people. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

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
}): Place {
  const { key, account, region } = options;
  const credentials = account.roleArn === null ? {} : { credentials: assume(account, account.roleArn, region) };
  const client = new CloudWatchClient({ region, maxAttempts: 3, requestHandler, ...credentials });
  const breaker = circuitBreaker(
    handleWhen((error) => describeFailure(error).passing),
    // Spares the rest of a poll; the next one, half a minute later, asks anew.
    { halfOpenAfter: 3_000, breaker: new ConsecutiveBreaker(3) },
  );
  return {
    key,
    words: `${region} (${account.name})`,
    run: async (call) => {
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
