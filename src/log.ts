/** The root of every log line: one JSON object a line, without secrets, names and what people wrote. */
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from './config.ts';

/** Fields that never show their value, at the top of a line or one or two levels down. */
const hiddenFields = [
  'token',
  'botToken',
  'appToken',
  'signingSecret',
  'signalsToken',
  'pagesToken',
  'pagerVariables',
  'pagerDutySecrets',
  'routing_key',
  'databaseUrl',
  'connectionString',
  'password',
  'secret',
  'authorization',
  'cookie',
  'headers',
  'response_url',
  'trigger_id',
  'body',
  'payload',
  'text',
  'blocks',
  'title',
  'reason',
  'user_name',
  'real_name',
  'display_name',
  'email',
];

/** What gives a secret away in the middle of other text, such as the message of an error. */
const secretWords =
  /xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=:\/\/[^/\s:@"]*:)[^/\s@"]+(?=@)|(?<=\/\/hooks\.slack\.com\/)[^\s"]+|(?<=Bearer )[^\s"]+/g;

const mask = '[hidden]';

/** The root logger: constant messages, what varies in fields. Writes to standard output unless told otherwise. */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination(1)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError, error: describeError },
      redact: { paths: hiddenFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: mask },
      hooks: { streamWrite: (line) => line.replace(secretWords, mask) },
    },
    destination,
  );
}

type DescribedError = {
  readonly type: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
  readonly cause: DescribedError | null;
};

/** Only what is known to be harmless: an error of Slack or Postgres carries whole answers and rows in its other fields. */
function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: String(error), code: null, stack: null, cause: null };
  }
  return {
    type: error.name,
    message: error.message,
    code: 'code' in error && typeof error.code === 'string' ? error.code : null,
    stack: error.stack ?? null,
    cause: error.cause === undefined || depth > 3 ? null : describeError(error.cause, depth + 1),
  };
}
