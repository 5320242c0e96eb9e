/** Why AWS could not be asked, in plain words. An error's own message is never shown: it may hold anything, or nothing. */
import { BrokenCircuitError } from 'cockatiel';

type Failure = {
  readonly because: string;
  /** Whether the other side is in trouble or out of reach, so that leaving it in peace for a while helps. */
  readonly passing: boolean;
  /** Whether permission is what is missing. */
  readonly forbidden: boolean;
};

type Known = Pick<Failure, 'because' | 'passing'>;

/** Names come with and without "Exception", depending on the protocol that the service once had. */
const known: ReadonlyMap<string, Known> = new Map(
  Object.entries({
    Throttling: { because: 'too many calls are made in that account', passing: true },
    TooManyRequests: { because: 'too many calls are made in that account', passing: true },
    RequestLimitExceeded: { because: 'too many calls are made in that account', passing: true },
    LimitExceeded: { because: 'too many calls are made in that account', passing: true },
    AccessDenied: { because: "Muster's permissions there don't allow it", passing: false },
    UnauthorizedOperation: { because: "Muster's permissions there don't allow it", passing: false },
    NotAuthorized: { because: "Muster's permissions there don't allow it", passing: false },
    CredentialsProviderError: { because: 'no AWS credentials were found', passing: false },
    MissingAuthenticationToken: { because: 'no AWS credentials were found', passing: false },
    ExpiredToken: { because: "AWS says that Muster's credentials have expired", passing: false },
    UnrecognizedClient: { because: "AWS does not accept Muster's credentials", passing: false },
    InvalidClientTokenId: { because: "AWS does not accept Muster's credentials", passing: false },
    SignatureDoesNotMatch: { because: "AWS does not accept Muster's credentials", passing: false },
    OptInRequired: { because: 'the account may not use that region', passing: false },
    RegionDisabled: { because: 'the account may not use that region', passing: false },
    Validation: { because: 'CloudWatch does not accept the question', passing: false },
    ValidationError: { because: 'CloudWatch does not accept the question', passing: false },
  }),
);

/** These mean that Muster may not, whatever else it may. */
const forbidding = ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized'];

export function describeFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name.replace(/(?:Exception|Error)$/, '') : '';
  return { ...wordsFor(error, name), forbidden: forbidding.includes(name) };
}

function wordsFor(error: unknown, name: string): Known {
  if (error instanceof BrokenCircuitError) return { because: 'AWS does not answer', passing: true };
  if (!(error instanceof Error)) return { because: 'of an unforeseen failure', passing: false };
  const failure = known.get(error.name) ?? known.get(name);
  if (failure !== undefined) return failure;
  const status = '$metadata' in error ? statusOf(error.$metadata) : null;
  if (status === null) return { because: 'AWS does not answer', passing: true };
  if (status >= 500) return { because: 'AWS answers with errors', passing: true };
  return { because: `AWS refuses (${plainName(error.name)})`, passing: false };
}

function statusOf(metadata: unknown): number | null {
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

function plainName(name: string): string {
  return /^\w{1,60}$/.test(name) ? name : 'for a reason of its own';
}
